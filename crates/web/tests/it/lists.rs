//! Lists: filters, order, the file, and many approvals at once.

use crate::cast::{Campus, Stage, YEAR, terms};
use crate::site::{Browser, Page, Site, sent};
use crate::termination::param;
use calamine::{Data, Reader, Xlsx};
use domain::agreement::{Command, Content, StateKind};
use domain::ids::AgreementId;
use domain::policy::Actor;
use reqwest::{Method, StatusCode};
use std::collections::BTreeSet;
use std::io::Cursor;
use store::agreements::{self, Act, Origin};
use store::people::{self, EntryStatus};
use store::testing::both;

async fn kind(site: &Site, campus: &Campus, id: AgreementId) -> StateKind {
    let school = campus.id;
    let read = site
        .world
        .store
        .read(move |c| Box::pin(agreements::load(c, school, id)));
    read.await.unwrap().unwrap().agreement.state.kind()
}

/// The values of the checkboxes, by agreement.
fn boxes(page: &Page) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.text);
    let boxes = scraper::Selector::parse("input[name=agreement]").unwrap();
    html.select(&boxes)
        .filter_map(|input| input.attr("value").map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn many_are_approved_at_once_but_none_that_is_to_be_looked_at() {
    both(|world| async {
        let site = Site::open(world).await;
        let [campus, elsewhere] = &site.cast.schools;
        let [one, two] = &site.cast.firms;
        let good = one.agreement(&site.world, campus, 0, Stage::SchoolReview).await;
        let doubtful = two.agreement(&site.world, campus, 1, Stage::SchoolReview).await;
        let foreign = one
            .agreement(&site.world, elsewhere, 0, Stage::SchoolReview)
            .await;
        let staff = site.signed_in(&campus.staff).await;
        let both_free = boxes(&staff.get("/school/agreements").await);
        assert_eq!(both_free.len(), 2);
        // The second employer loses its certification: somebody has to look.
        let firm = two.id;
        let lose = site.world.store.write(move |c| {
            Box::pin(async move { people::certification_set(c, firm, EntryStatus::Returned).await })
        });
        lose.await.unwrap();
        let queue = staff.get("/school/agreements").await;
        let free = boxes(&queue);
        assert_eq!(free.len(), 1, "no checkbox for what is to be looked at");
        assert!(free[0].starts_with(&good.to_string()));

        let none = staff.post("/school/approvals", &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.has("p.err"));
        let odd = staff.post("/school/approvals", &[("agreement", "x")]).await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST);

        // Everything at once, with what nobody could tick: the foreign one, and the doubtful one.
        let foreign_box = format!("{foreign}:4");
        let mut fields: Vec<(&str, &str)> = both_free
            .iter()
            .map(|value| ("agreement", value.as_str()))
            .collect();
        fields.push(("agreement", &foreign_box));
        let done = staff.post("/school/approvals", &fields).await;
        assert_eq!(done.status, StatusCode::OK);
        assert_eq!(done.text.matches("class=\"st done\"").count(), 1, "one approved");
        assert!(done.text.contains("认证"), "why the other was not");
        assert!(
            done.text.contains("不存在"),
            "and of the foreign one nothing else"
        );
        assert_eq!(kind(&site, campus, good).await, StateKind::Effective);
        assert_eq!(
            kind(&site, campus, doubtful).await,
            StateKind::SchoolReview,
            "as it was"
        );
        assert_eq!(kind(&site, elsewhere, foreign).await, StateKind::SchoolReview);
        // Sent again: whoever was approved is not approved twice.
        let again = staff.post("/school/approvals", &fields).await;
        assert!(!again.text.contains("class=\"st done\""));
    })
    .await;
}

async fn edit(site: &Site, id: AgreementId, position: &str) {
    let (firm, campus) = (&site.cast.firms[0], &site.cast.schools[0]);
    let mut changed = terms();
    changed.position = position.into();
    let act = Act {
        school: campus.id,
        id,
        version: None,
        command: Command::Edit {
            content: Box::new(Content::standard(changed)),
        },
        ticked: BTreeSet::new(),
        actor: Actor::Employer {
            account: firm.login.account,
            employer: firm.id,
        },
        origin: Origin::default(),
    };
    agreements::perform(&site.world.store, act).await.unwrap();
}

#[tokio::test]
async fn lists_are_narrowed_by_major_and_day_and_turned_round() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
        let first = firm.agreement(&site.world, campus, 0, Stage::Offered).await;
        site.wait(24 * 3600);
        let second = firm.agreement(&site.world, campus, 1, Stage::Offered).await;
        let hr = site.signed_in(&firm.login).await;
        let staff = site.signed_in(&campus.staff).await;
        let own = format!("/employer/{}/{YEAR}/agreements", campus.code);
        for (browser, list) in [
            (&hr, format!("{own}?tab=pending")),
            (&staff, "/school/agreements?state=offered".into()),
        ] {
            let has =
                |page: &Page, id: AgreementId| page.has(&format!("table.tb a[href$='/agreements/{id}']"));
            let shown = async |more: &str| {
                let page = browser.get(&format!("{list}{more}")).await;
                assert_eq!(page.status, StatusCode::OK, "{list}{more}");
                (has(&page, first), has(&page, second))
            };
            assert_eq!(shown("").await, (true, true));
            assert_eq!(shown("&major=软件工程&degree=31").await, (true, true));
            assert_eq!(shown("&major=法学").await, (false, false));
            assert_eq!(shown("&to=2026-11-23").await, (true, false), "that day included");
            assert_eq!(shown("&from=2026-11-24").await, (false, true));
            assert_eq!(
                shown("&from=rubbish&to=%00&major=%00").await,
                (true, true),
                "nonsense narrows nothing"
            );
            let order = async |more: &str| {
                let text = browser.get(&format!("{list}{more}")).await.text;
                text.find(&first.to_string()) < text.find(&second.to_string())
            };
            assert_ne!(
                order("").await,
                order("&sort=reversed").await,
                "the other way round"
            );
        }
        assert!(
            staff
                .get("/school/agreements?state=offered&q=第1科技")
                .await
                .has("table.tb"),
            "found by the employer's name"
        );
        assert!(
            staff
                .get("/school/agreements?state=offered&q=1")
                .await
                .has("table.tb"),
            "also by the digits in it"
        );
        assert!(
            !staff
                .get("/school/agreements?state=offered&q=第2科技")
                .await
                .has("table.tb")
        );
    })
    .await;
}

/// The names in the employer's list of students for what is typed, under a way of finding them.
async fn found(hr: &Browser, campus: &Campus, typed: &str) -> Vec<&'static str> {
    let path = format!(
        "/employer/{}/{YEAR}/agreements?tab=eligible&q={typed}",
        campus.code
    );
    let page = hr.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{typed}");
    let rows = page.says("table.tb");
    let named = |name: &&str| rows.contains(*name);
    ["张𬭎", "古丽·买买提"].into_iter().filter(named).collect()
}

#[tokio::test]
async fn students_are_found_by_name_initials_or_number_however_it_is_typed() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
        let hr = site.signed_in(&firm.login).await;
        let (zhang, guli) = (vec!["张𬭎"], vec!["古丽·买买提"]);
        let nobody: Vec<&str> = vec![];
        for (typed, who) in [
            ("𬭎", &zhang),
            ("zh", &zhang),
            ("买买提", &guli),
            ("20270000", &zhang),
            ("M20270001", &guli),
            ("m20270001", &guli),
            ("%20Ｍ２０２７０００１%20", &guli),
            ("20270001", &nobody),
            ("张𬭎%2020270000", &zhang),
            ("张%2020270000", &nobody),
            ("%25", &nobody),
        ] {
            assert_eq!(&found(&hr, campus, typed).await, who, "{typed}");
        }
        param(&site, "discovery", "exact".into()).await;
        for (typed, who) in [
            ("张𬭎%2020270000", &zhang),
            ("古丽买买提%20m20270001", &guli),
            ("张𬭎", &nobody),
            ("20270000", &nobody),
            ("张𬭎%20M20270001", &nobody),
        ] {
            assert_eq!(
                &found(&hr, campus, typed).await,
                who,
                "by name and number: {typed}"
            );
        }
        // Who has found the student goes on from there; the address alone shows nobody.
        let list = format!("/employer/{}/{YEAR}/agreements?tab=eligible&q=", campus.code);
        let page = hr.get(&format!("{list}张𬭎%2020270000")).await;
        let resume = page.attr("table.tb a[href*='/resume']", "href");
        let resume_page = hr.get(&resume).await;
        assert!(resume_page.says("h1").contains("张𬭎"), "{}", resume_page.text);
        let offer = resume_page.attr("a.btn.pri[href*='/offer']", "href");
        let form = hr.get(&offer).await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(offer.contains("?found=") && form.has(&format!("form[action='{offer}']")));
        for address in [&resume, &offer] {
            let (bare, proof) = address.split_once('?').unwrap();
            assert_eq!(hr.get(bare).await.status, StatusCode::NOT_FOUND, "{bare}");
            let other = bare.replace(&campus.students[0].to_string(), &campus.students[1].to_string());
            let other = hr.get(&format!("{other}?{proof}")).await;
            assert_eq!(other.status, StatusCode::NOT_FOUND, "a proof is for one student");
            let rival = site.signed_in(&site.cast.firms[1].login).await;
            assert_eq!(
                rival.get(address).await.status,
                StatusCode::NOT_FOUND,
                "and for one employer"
            );
        }
        // A number without its name is not explained, whatever stands in the student's way.
        site.cast.firms[1]
            .agreement(&site.world, campus, 1, Stage::Effective)
            .await;
        let told = async |typed: &str| hr.get(&format!("{list}{typed}")).await.says(".empty");
        let unknown = told("99999999").await;
        assert_eq!(told("M20270001").await, unknown);
        assert_ne!(told("古丽买买提%20M20270001").await, unknown);
        param(&site, "discovery", "applied".into()).await;
        assert_eq!(told("M20270001").await, told("99999999").await);
    })
    .await;
}

async fn file(browser: &Browser, path: &str) -> (Vec<u8>, Vec<Vec<String>>) {
    let request = browser.request(Method::GET, path);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.contains("spreadsheetml"), "{kind}");
    let bytes = response.bytes().await.unwrap().to_vec();
    let mut book = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    let formulas = book.worksheet_formula(&book.sheet_names()[0].clone()).unwrap();
    assert!(formulas.is_empty(), "no formula anywhere");
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| cell.to_string();
    let rows = sheet.rows().map(|row| row.iter().map(text).collect()).collect();
    (bytes, rows)
}

#[tokio::test]
async fn a_list_is_saved_as_a_file_in_which_nothing_is_a_formula() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
        let id = firm.agreement(&site.world, campus, 0, Stage::Draft).await;
        edit(&site, id, "=HYPERLINK(\"http://example.com\")").await;
        let other = firm.agreement(&site.world, campus, 1, Stage::Offered).await;
        let hr = site.signed_in(&firm.login).await;
        let own = format!("/employer/{}/{YEAR}/agreements.xlsx", campus.code);
        let (_, rows) = file(&hr, &format!("{own}?tab=pending")).await;
        assert_eq!(rows.len(), 2, "the head and the offer: {rows:?}");
        assert!(rows[1].iter().any(|cell| cell == "古丽·买买提"), "{rows:?}");
        assert!(rows[1].iter().any(|cell| cell == "10000"), "pay is a number");
        let (_, rows) = file(&hr, &format!("{own}?tab=pending&q=张")).await;
        assert_eq!(rows.len(), 1, "with the list's filters");
        let (_, rows) = file(&hr, &format!("{own}?tab=eligible")).await;
        assert_eq!(rows.len(), 3, "students to whom an offer can be made");

        // Sent, it is in the school's file, as a text.
        let send = Act {
            school: campus.id,
            id,
            version: None,
            command: Command::Send {
                deadline: site.world.env.now() + jiff::SignedDuration::from_hours(72),
                ticks: domain::agreement::Ticks::new(),
            },
            ticked: Content::standard(terms())
                .clauses
                .into_iter()
                .map(|clause| clause.key)
                .collect(),
            actor: Actor::Employer {
                account: firm.login.account,
                employer: firm.id,
            },
            origin: Origin::default(),
        };
        agreements::perform(&site.world.store, send).await.unwrap();
        let staff = site.signed_in(&campus.staff).await;
        let (bytes, rows) = file(&staff, "/school/agreements.xlsx?state=offered").await;
        assert_eq!(rows.len(), 3);
        assert!(
            rows.iter().flatten().any(|cell| cell.starts_with("=HYPERLINK")),
            "kept word for word"
        );
        let styles = String::from_utf8_lossy(&unpacked(&bytes, "xl/styles.xml")).into_owned();
        assert!(styles.contains("quotePrefix=\"1\""), "and quoted");
        let reviewer = site.signed_in(&campus.reviewer).await;
        let (_, rows) = file(&reviewer, "/college/agreements.xlsx?state=offered").await;
        assert_eq!(
            rows.len(),
            2,
            "a reviewer gets the own college's: {other} is of another"
        );
        let stranger = sent(reviewer.request(Method::GET, "/school/agreements.xlsx")).await;
        assert_eq!(stranger.status, StatusCode::FORBIDDEN);
    })
    .await;
}

/// One part of a package.
fn unpacked(bytes: &[u8], name: &str) -> Vec<u8> {
    use std::io::Read as _;
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut content = Vec::new();
    package.by_name(name).unwrap().read_to_end(&mut content).unwrap();
    content
}
