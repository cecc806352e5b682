//! Every route × every role × {own, other's, other school's, not sent, absent}: what is expected follows from
//! the policy in the list of routes, and the whole table is a snapshot to be read. Foreign and absent
//! answer alike, byte by byte.

use crate::cast::{Campus, Stage, YEAR};
use crate::site::{Browser, Page, Site};
use domain::ids::{AgreementId, UploadId};
use reqwest::{Method, StatusCode};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use store::accounts::Role;
use store::testing::{World, both};
use store::uploads::{self, NewUpload, Purpose};
use uuid::Uuid;
use web::access::{Access, RolePaths, Route};

/// Whose object the address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Object {
    Own,
    Others,
    OtherSchools,
    NotSent,
    Absent,
}

const OBJECTS: [(Object, &str); 5] = [
    (Object::Own, "own"),
    (Object::Others, "other's"),
    (Object::OtherSchools, "other school's"),
    (Object::NotSent, "not sent"),
    (Object::Absent, "absent"),
];

/// What an answer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    In,
    SignIn,
    Forbidden,
    Absent,
}

impl Verdict {
    fn mark(self) -> &'static str {
        match self {
            Self::In => "✔",
            Self::SignIn => "✘ sign in",
            Self::Forbidden => "✘ 403",
            Self::Absent => "✘ 404",
        }
    }
}

/// The agreements of the stage, seen from the first school.
struct Objects {
    /// The first employer's with the first student, offered.
    own: AgreementId,
    /// The second employer's with the second student, of the other college.
    others: AgreementId,
    /// The same parties' at the other school.
    elsewhere: AgreementId,
    /// A draft of the second employer with the first student.
    draft: AgreementId,
    /// A checked sheet of the first employer.
    batch: Uuid,
    /// What somebody of each sort has had made of a list.
    bundles: BTreeMap<&'static str, Uuid>,
    /// A file of each of them.
    files: BTreeMap<AgreementId, UploadId>,
}

async fn objects(site: &Site) -> Objects {
    let [first, second] = &site.cast.schools;
    let [one, two] = &site.cast.firms;
    let (env, whose, by) = (
        site.world.env.clone(),
        store::batches::Whose {
            school: first.id,
            year: YEAR,
            employer: one.id,
        },
        one.login.account,
    );
    let batch = site.world.store.write(move |c| {
        let env = env.clone();
        Box::pin(async move { store::batches::create(c, whose, ("sheet", &[], by), &env).await })
    });
    own_look(site, first).await;
    for firm in &site.cast.firms {
        crate::licences::has_licence(&site.world, firm, "image/png", &crate::hostile::png()).await;
    }
    let own = one.agreement(&site.world, first, 0, Stage::Offered).await;
    let others = two.agreement(&site.world, first, 1, Stage::Offered).await;
    let elsewhere = one.agreement(&site.world, second, 0, Stage::Offered).await;
    let draft = two.agreement(&site.world, first, 0, Stage::Draft).await;
    let mut files = BTreeMap::new();
    for (school, id) in [(first, own), (first, others), (second, elsewhere), (first, draft)] {
        files.insert(id, file(site, school, id).await);
    }
    Objects {
        batch: batch.await.unwrap(),
        bundles: own_bundles(site).await,
        own,
        others,
        elsewhere,
        draft,
        files,
    }
}

/// A finished bundle of the first employer, of the first reviewer and of the first school's staff.
async fn own_bundles(site: &Site) -> BTreeMap<&'static str, Uuid> {
    use store::bundles::{self, Form, Made, NewBundle, Owner, Try};
    let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
    let owners = [
        ("employer", firm.login.account, Owner::Employer(firm.id, YEAR)),
        ("college", campus.reviewer.account, Owner::Colleges(Vec::new())),
        ("school", campus.staff.account, Owner::School),
    ];
    let mut all = BTreeMap::new();
    for (area, account, owner) in owners {
        let (env, school) = (site.world.env.clone(), campus.id);
        let new = NewBundle {
            school,
            account,
            address: String::new(),
            owner,
            filter: store::lists::Filter::default(),
            form: Form::Zip,
            title: "list".into(),
        };
        let made = site.world.store.write(move |c| {
            let (new, env) = (new.clone(), env.clone());
            Box::pin(async move {
                let bundle = bundles::create(c, &new, &env).await?.unwrap();
                let bytes = bundle;
                let this = Try {
                    school,
                    bundle,
                    bytes,
                };
                bundles::begin(c, this, 0).await?;
                bundles::finish(c, this, &Made::default(), &env).await?;
                Ok(bundle)
            })
        });
        all.insert(area, made.await.unwrap());
    }
    all
}

/// A template and a logo of the school's own.
async fn own_look(site: &Site, campus: &Campus) {
    let (school, now) = (campus.id, site.world.env.now());
    let save = store::templates::Save {
        year: 0,
        sources: domain::agreement::template::standard_sources(),
        by: campus.staff.account,
        version: 0,
    };
    let published = site.world.store.write(move |c| {
        let save = save.clone();
        Box::pin(async move {
            store::templates::save(c, school, &save, now).await?;
            let save = store::templates::Save { version: 1, ..save };
            store::templates::publish(c, school, &save, now).await
        })
    });
    assert_eq!(published.await.unwrap(), 1);
    let whose = (school, store::pictures::Purpose::Logo);
    let png = crate::hostile::png();
    store::pictures::put(&site.world.store, whose, ("logo.png", &png), campus.staff.account)
        .await
        .unwrap();
}

/// A file that came with an act on an agreement.
async fn file(site: &Site, campus: &Campus, agreement: AgreementId) -> UploadId {
    let (school, account) = (campus.id, campus.staff.account);
    let new = NewUpload {
        school,
        agreement: Some(agreement),
        purpose: Purpose::Letter,
        account,
        name: "a.pdf".into(),
        pages: 1,
        bytes: b"%PDF-1.7".to_vec(),
        media_type: "application/pdf",
    };
    let id = uploads::put(&site.world.store, new).await.unwrap();
    let now = site.world.env.now();
    let attach = site.world.store.write(move |c| {
        Box::pin(async move {
            let upload = uploads::get(c, school, id).await?.unwrap();
            let by = (account, Purpose::Letter);
            uploads::attach(c, (school, agreement), upload.file_id.unwrap(), by, now).await
        })
    });
    assert!(attach.await.unwrap());
    id
}

const ABSENT: Uuid = Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001);

/// The objects that make a difference for a route: none but `Own` where the address names none.
fn objects_of(path: &str) -> Vec<Object> {
    if path.contains("{id}") {
        return OBJECTS.map(|(object, _)| object).to_vec();
    }
    if path.contains("{student}") || path.starts_with("/employer/{school}") {
        return vec![Object::Own, Object::OtherSchools, Object::Absent];
    }
    vec![Object::Own]
}

fn address(
    path: &str,
    object: Object,
    objects: &Objects,
    [first, second]: &[Campus; 2],
    empty: &str,
) -> String {
    let agreement = match object {
        Object::Own => objects.own.0,
        Object::Others => objects.others.0,
        Object::OtherSchools => objects.elsewhere.0,
        Object::NotSent => objects.draft.0,
        Object::Absent => ABSENT,
    };
    let file = objects
        .files
        .get(&AgreementId(agreement))
        .map_or(ABSENT, |file| file.0);
    let student = match object {
        Object::Own | Object::Others | Object::NotSent => first.students[0].0,
        Object::OtherSchools => second.students[0].0,
        Object::Absent => ABSENT,
    };
    // An address below a place names a foreign object at an own place; one of a place, a foreign place.
    let is_place = !path.contains("{id}") && !path.contains("{student}");
    let school = match object {
        Object::OtherSchools if is_place => empty,
        Object::Absent if is_place => "99999",
        _ => &first.code,
    };
    let area = path.split('/').nth(1).unwrap_or_default();
    let bundle = objects.bundles.get(area).copied().unwrap_or(ABSENT);
    path.replace("{id}", &agreement.to_string())
        .replace("{batch}", &objects.batch.to_string())
        .replace("{file}", &file.to_string())
        .replace("{bundle}", &bundle.to_string())
        .replace("{version}", "1")
        .replace("{page}", "1")
        .replace("{picture}", "logo")
        .replace("{student}", &student.to_string())
        .replace("{school}", school)
        .replace("{year}", &YEAR.to_string())
}

/// What the policy says. The only place where roles are compared is the route's own policy.
fn expected(access: Access, role: Option<Role>, object: Object) -> Verdict {
    match (access, role) {
        (Access::Open | Access::Public, _) | (Access::AnyAccount, Some(_)) => Verdict::In,
        (Access::AnyAccount | Access::Role(_), None) => Verdict::SignIn,
        (Access::Role(wanted), Some(role)) if wanted != role => Verdict::Forbidden,
        (Access::Role(_), Some(role)) => match (role, object) {
            // The school's staff sees every agreement that was sent at its school.
            (_, Object::Own) | (Role::School, Object::Others) => Verdict::In,
            _ => Verdict::Absent,
        },
    }
}

fn verdict(access: Access, page: &Page) -> Verdict {
    let signs_in = page.to().starts_with("/login") || (access == Access::AnyAccount && page.to() == "/");
    match page.status {
        StatusCode::NOT_FOUND => Verdict::Absent,
        StatusCode::FORBIDDEN => Verdict::Forbidden,
        StatusCode::SEE_OTHER if signs_in => Verdict::SignIn,
        status => {
            assert!(!status.is_server_error(), "{status}: {}", page.text);
            Verdict::In
        }
    }
}

/// A visitor of the table: role, browser, a token of its forms.
struct Visitor {
    role: Option<Role>,
    browser: Browser,
    token: String,
}

async fn visitors(site: &Site) -> Vec<Visitor> {
    let first = &site.cast.schools[0];
    let people = [
        (Role::Employer, &site.cast.firms[0].login),
        (Role::Student, &first.student_logins[0]),
        (Role::College, &first.reviewer),
        (Role::School, &first.staff),
        (Role::Platform, &site.cast.platform),
    ];
    let nobody = site.browser();
    let mut all = vec![Visitor {
        role: None,
        token: nobody.token().await,
        browser: nobody,
    }];
    for (role, login) in people {
        let browser = site.signed_in(login).await;
        all.push(Visitor {
            role: Some(role),
            token: browser.token().await,
            browser,
        });
    }
    all
}

async fn visit(visitor: &Visitor, route: &Route, path: &str) -> Page {
    if route.method() == Method::GET {
        return visitor.browser.get(path).await;
    }
    // A version that nothing has: whoever may act is told that it is stale, and nothing changes.
    let fields = [
        ("csrf", visitor.token.as_str()),
        ("version", "0"),
        ("lang", "zh-CN"),
        ("back", "/help"),
    ];
    visitor.browser.post_bare(path, &fields).await
}

/// A body without what differs from page to page: form tokens, and the address it was asked under.
fn without_what_varies(page: &Page, path: &str) -> String {
    let html = page.text.replace(path, "PATH");
    let mut out = String::new();
    let mut rest = html.as_str();
    while let Some(at) = rest.find("name=\"csrf\" value=\"") {
        let start = at + "name=\"csrf\" value=\"".len();
        out += &rest[..start];
        rest = rest[start..].split_once('"').map_or("", |(_, after)| after);
    }
    out += rest;
    let mut headers: Vec<String> = page
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "content-length"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    format!("{}\n{}\n{out}", page.status, headers.join("\n"))
}

struct Table {
    text: String,
    cases: usize,
    wrong: Vec<String>,
}

async fn table(site: &Site) -> Table {
    let objects = objects(site).await;
    let visitors = visitors(site).await;
    let mut table = Table {
        text: String::new(),
        cases: 0,
        wrong: Vec::new(),
    };
    // Routes that end a session or need something made for them are tested by name elsewhere.
    let special = |path: &str| {
        [
            "/logout",
            "/assets/{file}",
            "/captcha/{file}",
            "/v/crl/{authority}",
            "/v/ca/{authority}",
            "/activate/{token}",
        ]
        .contains(&path)
    };
    for route in web::routes().iter().filter(|route| !special(route.path())) {
        writeln!(
            table.text,
            "{} {}  [{}]",
            route.method(),
            route.path(),
            route.access()
        )
        .unwrap();
        for visitor in &visitors {
            row(&mut table, site, &objects, route, visitor).await;
        }
    }
    table
}

async fn row(table: &mut Table, site: &Site, objects: &Objects, route: &Route, visitor: &Visitor) {
    let name = visitor.role.map_or("nobody", Role::code);
    let mut absent: BTreeMap<String, Vec<Object>> = BTreeMap::new();
    let mut line = format!("    {name:9}");
    for object in objects_of(route.path()) {
        let path = address(
            route.path(),
            object,
            objects,
            &site.cast.schools,
            &site.cast.empty_school,
        );
        let page = visit(visitor, route, &path).await;
        let (found, wanted) = (
            verdict(route.access(), &page),
            expected(route.access(), visitor.role, object),
        );
        let label = OBJECTS
            .iter()
            .find(|(known, _)| *known == object)
            .map_or("", |(_, label)| label);
        write!(line, " {label} {} ·", found.mark()).unwrap();
        if found != wanted {
            table.wrong.push(format!(
                "{} {path} as {name}, {label}: {found:?}, not {wanted:?} ({})",
                route.method(),
                page.status
            ));
        }
        if found == Verdict::Absent {
            absent
                .entry(without_what_varies(&page, &path))
                .or_default()
                .push(object);
        }
        table.cases += 1;
    }
    if absent.len() > 1 {
        let which: Vec<_> = absent.values().collect();
        table.wrong.push(format!(
            "{} {} as {name}: absent and foreign differ: {which:?}",
            route.method(),
            route.path()
        ));
    }
    writeln!(table.text, "{}", line.trim_end_matches(" ·")).unwrap();
}

#[tokio::test]
async fn every_route_lets_in_whom_its_policy_names_and_nobody_else() {
    both(|world| async {
        let site = Site::open(world).await;
        let table = table(&site).await;
        assert!(table.wrong.is_empty(), "{}", table.wrong.join("\n"));
        assert!(table.cases > 500, "{} cases", table.cases);
        insta::assert_snapshot!("access", table.text);
    })
    .await;
}

#[tokio::test]
async fn an_employer_reaches_only_the_schools_that_let_it_in() {
    both(|world| async {
        let site = Site::open(world).await;
        let [first, second] = &site.cast.schools;
        // The second employer has entered the first school only.
        let browser = site.signed_in(&site.cast.firms[1].login).await;
        for page in ["", "/agreements", "/messages"] {
            let place = |code: &str, year: i32| format!("/employer/{code}/{year}{page}");
            assert_eq!(
                browser.get(&place(&first.code, YEAR)).await.status,
                StatusCode::OK
            );
            let foreign = place(&second.code, YEAR);
            let absent = place("99999", YEAR);
            let (one, two) = (browser.get(&foreign).await, browser.get(&absent).await);
            assert_eq!(one.status, StatusCode::NOT_FOUND);
            assert_eq!(
                without_what_varies(&one, &foreign),
                without_what_varies(&two, &absent)
            );
            assert_eq!(
                browser.get(&place(&first.code, YEAR - 1)).await.status,
                StatusCode::NOT_FOUND
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_one_employer_may_do_another_may_not() {
    let site = Site::open(World::sqlite().await).await;
    let objects = objects(&site).await;
    let browser = site.signed_in(&site.cast.firms[1].login).await;
    let base = format!(
        "/employer/{}/{YEAR}/agreements/{}",
        site.cast.schools[0].code, objects.own
    );
    for act in ["sending", "withdrawal", "deadline", "edit"] {
        let page = browser
            .post(
                &format!("{base}/{act}"),
                &[("version", "2"), ("days", "9"), ("reply_days", "9")],
            )
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{act}");
    }
    let school = site.cast.schools[0].id;
    let id = objects.own;
    let read = site
        .world
        .store
        .read(move |c| Box::pin(store::agreements::load(c, school, id)));
    let kind = read
        .await
        .unwrap()
        .expect("it is still there")
        .agreement
        .state
        .kind();
    assert_eq!(
        kind,
        domain::agreement::StateKind::Offered,
        "nothing happened to it"
    );
}

#[test]
fn every_route_under_a_roles_address_is_that_roles() {
    for route in web::routes() {
        let owner = Role::ALL.iter().find(|role| {
            let rest = route.path().strip_prefix(role.home());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        match owner {
            Some(role) => assert_eq!(route.access(), Access::Role(*role), "{}", route.path()),
            None => assert!(!matches!(route.access(), Access::Role(_)), "{}", route.path()),
        }
    }
}
