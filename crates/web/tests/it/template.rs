//! A school's own template, logo and seal: written with buttons, previewed, put in force, kept.

use crate::cast::{Stage, YEAR, terms};
use crate::hostile;
use crate::site::{Browser, Page, Site, sent};
use domain::agreement::{Content, StateKind};
use domain::document::{RenderError, Rendered, Renderer, Sheet};
use domain::ids::AgreementId;
use jobs::Worker;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};
use std::sync::{Arc, Mutex};
use store::pictures::{self, Purpose};
use store::testing::{World, both};
use store::{agreements, templates};

const PATH: &str = "/school/template";

/// Keeps what it was asked to print.
#[derive(Default)]
struct Tray(Mutex<Vec<Sheet>>);

impl Renderer for Tray {
    fn render(&self, sheet: &Sheet) -> Result<Rendered, RenderError> {
        self.0.lock().unwrap().push(sheet.clone());
        Ok(Rendered {
            pdf: b"%PDF-1.7 printed".to_vec(),
            pages: 3,
            missing_glyphs: Vec::new(),
            fields: Vec::new(),
        })
    }
}

async fn work(site: &Site) -> Vec<Sheet> {
    let tray = Arc::new(Tray::default());
    Worker::new(site.world.store.clone(), tray.clone()).drain().await;
    let printed = tray.0.lock().unwrap().clone();
    printed
}

/// The fields of the editor as a browser would post them.
fn fields(page: &Page) -> Vec<(String, String)> {
    let html = Html::parse_document(&page.text);
    let select = |css: &str| Selector::parse(css).unwrap();
    let mut fields = Vec::new();
    let inputs =
        select("form[enctype] input[name], form[enctype] textarea[name], form[enctype] select[name]");
    for element in html.select(&inputs) {
        let name = element.attr("name").unwrap().to_owned();
        let value = match element.value().name() {
            "textarea" => element.text().collect::<String>(),
            "select" => {
                let chosen = element.select(&select("option[selected]")).next();
                let chosen = chosen.or_else(|| element.select(&select("option")).next());
                chosen.unwrap().attr("value").unwrap().to_owned()
            }
            _ => element.attr("value").unwrap_or_default().to_owned(),
        };
        fields.push((name, value));
    }
    fields
}

/// Changes the field with this name in the clause with this number, from 1.
fn put(fields: &mut [(String, String)], name: &str, n: usize, value: &str) {
    let mut found = fields.iter_mut().filter(|(field, _)| field == name);
    found.nth(n - 1).unwrap().1 = value.to_owned();
}

fn all<'a>(fields: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let found = fields.iter().filter(|(field, _)| field == name);
    found.map(|(_, value)| value.as_str()).collect()
}

/// Presses a button.
async fn press(staff: &Browser, path: &str, fields: &[(String, String)], act: &str) -> Page {
    let mut form = Form::new();
    for (name, value) in fields {
        form = form.text(name.clone(), value.clone());
    }
    let form = form.text("act", act.to_owned());
    sent(staff.request(Method::POST, path).multipart(form)).await
}

async fn publish(staff: &Browser, path: &str) -> Page {
    let version = staff.get(path).await.attr("input[name=version]", "value");
    let publication = path.replacen("template", "template/publication", 1);
    staff.post(&publication, &[("version", &version)]).await
}

async fn content(world: &World, school: domain::ids::SchoolId, id: AgreementId) -> (Content, StateKind) {
    let read = world
        .store
        .read(move |c| Box::pin(agreements::load(c, school, id)));
    let agreement = read.await.unwrap().unwrap().agreement;
    (agreement.content, agreement.state.kind())
}

#[tokio::test]
async fn clauses_are_moved_added_and_removed_with_plain_buttons_and_the_law_stays() {
    both(|world| async {
        let site = Site::open(world).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        let page = staff.get(PATH).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let start = fields(&page);
        assert_eq!(all(&start, "key").len(), 13);
        assert_eq!(all(&start, "version"), ["0"]);

        // What cannot move says why.
        let said = |n: usize| page.says(&format!("#clause-{n} + .moves"));
        assert!(
            said(1).contains("已是第一条") && said(1).contains("下移"),
            "{}",
            said(1)
        );
        assert!(
            said(13).contains("已是最后一条") && said(13).contains("上移"),
            "{}",
            said(13)
        );
        assert!(!said(2).contains("已是"), "{}", said(2));
        // The first clause is a must: its button says so, and the address refuses it too.
        assert!(
            page.says("#clause-1 + .moves").contains("必备条款"),
            "{}",
            page.says("#clause-1 + .moves")
        );
        let refused = press(&staff, PATH, &start, "remove-1").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.says(".note.bad").contains("劳动合同法"),
            "{}",
            refused.says(".note.bad")
        );
        assert_eq!(all(&fields(&refused), "key").len(), 13, "nothing is lost");

        let moved = press(&staff, PATH, &start, "down-1").await;
        assert_eq!(moved.to(), "/school/template#clause-2", "{}", moved.text);
        let now = fields(&staff.get(PATH).await);
        assert_eq!(all(&now, "key")[..2], ["position", "truth"]);
        let removed = press(&staff, PATH, &now, "remove-13").await;
        assert_eq!(removed.status, StatusCode::SEE_OTHER);
        let now = fields(&staff.get(PATH).await);
        assert!(!all(&now, "key").contains(&"dispute"));
        // It can be had back, and an empty clause beside it.
        let mut back = now.clone();
        put(&mut back, "added", 1, "dispute");
        press(&staff, PATH, &back, "add").await;
        let added = press(&staff, PATH, &fields(&staff.get(PATH).await), "add").await;
        assert_eq!(added.to(), "/school/template#clause-14");
        let page = staff.get(PATH).await;
        let now = fields(&page);
        assert_eq!(all(&now, "key")[12..], ["dispute", "own-1"]);
        assert!(
            page.says("#problems").contains("还没有写"),
            "{}",
            page.says("#problems")
        );

        // Two who write at once: the second keeps the text and is told who was faster.
        let stale = press(&staff, PATH, &start, "save").await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            stale.says(".note.bad").contains("staff 的人"),
            "{}",
            stale.says(".note.bad")
        );
        // A clause must not be called like one of the form's own.
        let mut forged = now;
        put(&mut forged, "key", 14, "supplementary-1");
        assert_eq!(
            press(&staff, PATH, &forged, "save").await.status,
            StatusCode::BAD_REQUEST
        );
    })
    .await;
}

#[tokio::test]
async fn the_longest_permitted_template_is_kept_and_a_longer_one_comes_back_whole() {
    both(|world| async {
        let site = Site::open(world).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        let start = fields(&staff.get(PATH).await);
        let csrf = all(&start, "csrf")[0].to_owned();
        // Forty clauses in characters of four bytes, each as long as it may be.
        let with = |version: &str, length: usize| {
            let mut sent = vec![
                ("csrf".to_owned(), csrf.clone()),
                ("version".into(), version.into()),
            ];
            for n in 1..=40 {
                for (name, value) in [
                    ("key", format!("own-{n}")),
                    ("title", format!("{}{n}", "𬭎".repeat(50))),
                    ("body", "𬭎".repeat(length)),
                    ("kind", "standard".into()),
                    ("confirm", "both".into()),
                ] {
                    sent.push((name.to_owned(), value));
                }
            }
            sent
        };
        let kept = press(&staff, PATH, &with("0", 3_000), "save").await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.says(".note.bad"));
        let page = staff.get(PATH).await;
        assert_eq!(all(&fields(&page), "body"), vec!["𬭎".repeat(3_000); 40]);

        let long = press(&staff, PATH, &with("1", 4_000), "save").await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            long.says(".note.bad").contains("没有保存"),
            "{}",
            long.says(".note.bad")
        );
        assert_eq!(
            all(&fields(&long), "body"),
            vec!["𬭎".repeat(4_000); 40],
            "nothing is lost"
        );
        assert_eq!(all(&fields(&long), "version"), ["1"]);
        let page = staff.get(PATH).await;
        assert_eq!(
            all(&fields(&page), "body"),
            vec!["𬭎".repeat(3_000); 40],
            "nor kept"
        );
        // One clause that is out of all proportion: its length is said, and its thousand fields are not.
        let mut wild = with("1", 10);
        put(&mut wild, "body", 1, &"{不存在}".repeat(150_000));
        let wild = press(&staff, PATH, &wild, "save").await;
        assert_eq!(wild.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wild.says("#body-1-e").contains("3000"),
            "{}",
            wild.says("#body-1-e")
        );
        assert_eq!(wild.count("#body-1-e li"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_broken_template_is_refused_with_its_line_and_nothing_typed_is_lost() {
    both(|world| async {
        let site = Site::open(world).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        let mut typed = fields(&staff.get(PATH).await);
        let text = "第一行没有问题。\n第二行写了{岗们}。";
        put(&mut typed, "body", 13, text);
        put(&mut typed, "title", 13, "第十三条 争议");
        assert_eq!(
            press(&staff, PATH, &typed, "save").await.status,
            StatusCode::SEE_OTHER
        );
        let page = staff.get(PATH).await;
        let says = page.says("#body-13-e");
        assert!(
            says.contains("第 2 行第 6 个字") && says.contains("{岗位}"),
            "{says}"
        );
        assert!(page.says("#title-13-e").contains("编号"));
        assert_eq!(all(&fields(&page), "body")[12].trim(), text);
        let refused = publish(&staff, PATH).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(all(&fields(&refused), "body")[12].trim(), text);
        let preview = staff.get("/school/template/preview").await;
        assert!(preview.has(".note.bad"), "{}", preview.text);
        assert!(work(&site).await.is_empty());

        // A term that stands in no clause is missed by name, with the field that says it.
        put(&mut typed, "body", 13, "改好了。");
        put(&mut typed, "title", 13, "争议");
        put(&mut typed, "body", 5, "乙方按时报到。");
        let version = staff.get(PATH).await.attr("input[name=version]", "value");
        put(&mut typed, "version", 1, &version);
        press(&staff, PATH, &typed, "save").await;
        let page = staff.get(PATH).await;
        let says = page.says("#problems");
        assert!(
            says.contains("{报到时间}") && says.contains("{报到地点}"),
            "{says}"
        );
        assert!(page.says("aside").contains("先改好上面列出的问题"));

        // Given up, the page is back at what counts.
        let version = page.attr("input[name=version]", "value");
        let gone = staff
            .post("/school/template/removal", &[("version", &version)])
            .await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER);
        assert!(!staff.get(PATH).await.has("#problems"));
    })
    .await;
}

#[tokio::test]
async fn a_version_counts_for_new_agreements_and_changes_none_that_exists() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let old = site.cast.firms[0]
            .agreement(&site.world, campus, 0, Stage::Offered)
            .await;
        let (before, _) = content(&site.world, campus.id, old).await;
        let staff = site.signed_in(&campus.staff).await;
        let year = format!("{PATH}?year={YEAR}");
        let mut typed = fields(&staff.get(&year).await);
        put(&mut typed, "body", 13, "争议由双方协商解决。岗位：{岗位}。");
        put(&mut typed, "kind", 13, "negotiable");
        put(&mut typed, "confirm", 13, "student");
        let previewed = press(&staff, &year, &typed, "preview").await;
        assert_eq!(previewed.to(), format!("/school/template/preview?year={YEAR}"));
        let preview = staff.get(previewed.to()).await;
        assert!(
            preview.says("article.paper").contains("岗位：软件开发工程师。"),
            "{}",
            preview.text
        );
        let printed = work(&site).await;
        let [sheet] = &printed[..] else {
            panic!("one preview, not {}", printed.len())
        };
        assert!(
            sheet
                .clauses
                .iter()
                .any(|clause| clause.body.contains("岗位：软件开发工程师。"))
        );
        assert_eq!(sheet.graduation_year, 2027);
        let pdf = staff
            .get(&format!("/school/template/preview.pdf?year={YEAR}"))
            .await;
        assert_eq!(pdf.header("content-type"), "application/pdf");
        // Asked again, it is there and not printed again.
        assert!(staff.get(previewed.to()).await.has("a[target=_blank]"));
        assert!(work(&site).await.is_empty());

        let done = publish(&staff, &year).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let page = staff.get(&year).await;
        assert!(page.says("aside").contains("第 1 版"), "{}", page.says("aside"));
        let shown = staff
            .get(&format!("/school/template/versions/1?year={YEAR}"))
            .await;
        assert!(shown.says("article.paper").contains("岗位：{岗位}。"));
        assert!(staff.get("/school/template/versions/1").await.status == StatusCode::NOT_FOUND);

        // A new offer shows and takes the new clauses.
        let hr = site.signed_in(&site.cast.firms[0].login).await;
        let student = campus.students[1];
        let form = hr
            .get(&format!(
                "/employer/{}/{YEAR}/students/{student}/offer",
                campus.code
            ))
            .await;
        assert_eq!(form.attr("input[name=template]", "value"), "school-2027-1");
        let world = &site.world;
        let school = campus.id;
        let read = world
            .store
            .read(move |c| Box::pin(templates::in_force(c, school, YEAR)));
        let made = Content::of(&read.await.unwrap(), terms());
        assert_eq!(made.template, "school-2027-1");
        // Another year and another school have what they had.
        let other = site.cast.schools[1].id;
        for (school, year) in [(school, YEAR + 1), (other, YEAR)] {
            let read = world
                .store
                .read(move |c| Box::pin(templates::in_force(c, school, year)));
            assert_eq!(read.await.unwrap().name(), "standard-1");
        }
        assert!(
            !site
                .signed_in(&site.cast.schools[1].staff)
                .await
                .get(&year)
                .await
                .says("aside")
                .contains("第 1 版")
        );

        // What exists stays as it was, through an edit too, and prints with the clauses it was made with.
        let (after, kind) = content(world, school, old).await;
        assert_eq!((after.hash(), kind), (before.hash(), StateKind::Offered));
        let base = format!("/employer/{}/{YEAR}/agreements/{old}", campus.code);
        let withdrawn = hr.post(&format!("{base}/withdrawal"), &[("version", "2")]).await;
        assert_eq!(withdrawn.status, StatusCode::SEE_OTHER, "{}", withdrawn.text);
        let edit = hr.get(&format!("{base}/edit")).await;
        assert!(!edit.text.contains("争议由双方协商解决。岗位"));
        hr.get(&format!("{base}/document")).await;
        let printed = work(&site).await;
        let sheet = printed.last().expect("the old agreement is printed");
        let bodies: Vec<_> = sheet.clauses.iter().map(|clause| clause.body.as_str()).collect();
        assert!(bodies.iter().any(|body| body.contains("有管辖权的人民法院")));
        assert!(!bodies.iter().any(|body| body.contains("岗位：")));
    })
    .await;
}

#[tokio::test]
async fn a_logo_is_drawn_anew_shown_replaced_taken_away_and_written_down() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let staff = site.signed_in(&campus.staff).await;
        let send = |name: &'static str, bytes: Vec<u8>| {
            let staff = &staff;
            async move {
                let form = Form::new().text("csrf", staff.token().await);
                let form = form.part("logo", Part::bytes(bytes).file_name(name));
                sent(
                    staff
                        .request(Method::POST, "/school/pictures/logo")
                        .multipart(form),
                )
                .await
            }
        };
        for (name, bytes) in [
            ("a.pdf", hostile::letter()),
            ("a.png", b"no".to_vec()),
            ("a.png", Vec::new()),
        ] {
            let wrong = send(name, bytes).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(wrong.has("#logo-e") && !wrong.has("#seal-e"), "{}", wrong.text);
        }
        let sent_in = [hostile::png(), b"hidden behind".to_vec()].concat();
        let put = send("校徽.png", sent_in.clone()).await;
        assert_eq!(put.status, StatusCode::SEE_OTHER, "{}", put.text);
        let page = staff.get("/school/pictures").await;
        assert!(
            page.says(".two-up").contains("校徽.png · "),
            "{}",
            page.says(".two-up")
        );
        let shown = staff.get(&page.attr("img.mark-pic", "src")).await;
        assert_eq!(shown.header("content-type"), "image/png");
        let kept = pictures::bytes(&site.world.store, campus.id, Purpose::Logo)
            .await
            .unwrap()
            .unwrap();
        assert!(!kept.ends_with(b"hidden behind"), "made anew");
        assert!(
            pictures::bytes(&site.world.store, campus.id, Purpose::Seal)
                .await
                .unwrap()
                .is_none()
        );

        // A document that is made now has it.
        let id = site.cast.firms[0]
            .agreement(&site.world, campus, 0, Stage::Offered)
            .await;
        staff.get(&format!("/school/agreements/{id}/document")).await;
        let printed = work(&site).await;
        let logo = printed.last().unwrap().logo.as_ref().expect("the logo");
        assert_eq!(logo.0, kept);

        let gone = staff.post("/school/pictures/logo/removal", &[]).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER);
        let page = staff.get("/school/pictures").await;
        assert!(!page.has("img.mark-pic"));
        let history = page.says("section[aria-labelledby=h-logo] ul");
        assert!(
            history.contains("移除") && history.contains("上传 校徽.png") && history.contains("staff 的人"),
            "{history}"
        );
        assert_eq!(
            staff.get("/school/pictures/logo").await.status,
            StatusCode::NOT_FOUND
        );
        let again = staff.post("/school/pictures/logo/removal", &[]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    })
    .await;
}
