//! Many documents as one file: made by the worker, given to whoever asked, gone after a week.

use crate::cast::{Stage, YEAR};
use crate::hostile;
use crate::site::{Browser, Site};
use domain::document::{RenderError, Rendered, Renderer, Sheet};
use domain::ids::{AgreementId, SchoolId, uuid_v7};
use jobs::Worker;
use reqwest::{Method, StatusCode};
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::time::Duration;
use store::bundles::{self, Try};
use store::files::Passing;
use store::testing::{World, both};
use store::{documents, files, lists, outbox, seals, sweep};
use uuid::Uuid;

/// Prints every document as the same page.
struct OnePage;

impl Renderer for OnePage {
    fn render(&self, _: &Sheet) -> Result<Rendered, RenderError> {
        Ok(Rendered {
            pdf: hostile::letter(),
            pages: 1,
            missing_glyphs: Vec::new(),
            fields: Vec::new(),
        })
    }
}

fn worker(site: &Site) -> Worker {
    Worker::new(site.world.store.clone(), Arc::new(OnePage))
}

/// Two agreements in force with their documents, and one that waits for the school.
async fn stand(site: &Site) {
    let (campus, [one, two]) = (&site.cast.schools[0], &site.cast.firms);
    one.agreement(&site.world, campus, 0, Stage::Effective).await;
    two.agreement(&site.world, campus, 1, Stage::Effective).await;
    worker(site).drain().await;
}

/// The folders of what is kept for some days only.
fn folders(site: &Site, school: SchoolId) -> Vec<String> {
    let folder = site.world.config.data.join(format!("files/{school}/passing"));
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The address of the first file that is there.
async fn file(browser: &Browser, base: &str) -> String {
    let page = browser.get(&format!("{base}/bundles")).await;
    page.find("a[download]", "href")
        .unwrap_or_else(|| panic!("no file: {}", page.says("main")))
}

async fn bytes(browser: &Browser, path: &str) -> Vec<u8> {
    let answer = browser.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(
        answer.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert!(
        answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    let length = answer.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse::<usize>()
        .unwrap();
    let bytes = answer.bytes().await.unwrap().to_vec();
    assert_eq!(bytes.len(), length);
    bytes
}

#[tokio::test]
async fn a_list_is_packed_given_to_its_asker_only_and_written_down() {
    both(|world| async {
        let site = Site::open(world).await;
        stand(&site).await;
        let campus = &site.cast.schools[0];
        let staff = site.signed_in(&campus.staff).await;
        let list = staff.get("/school/agreements?state=effective").await;
        let way = list
            .find("a[href^='/school/bundles?']", "href")
            .expect("the way from the list");
        let page = staff.get(&way).await;
        assert!(page.says("main").contains("共 2 份协议"), "{}", page.says("main"));
        let asked = staff.post(&way, &[("form", "zip")]).await;
        assert_eq!(asked.to(), "/school/bundles", "{}", asked.text);
        let waiting = staff.get("/school/bundles").await;
        assert!(
            waiting.has("progress")
                && waiting.has("[data-reload]")
                && waiting.text.contains("http-equiv=\"refresh\"")
        );
        worker(&site).drain().await;

        let path = file(&staff, "/school").await;
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes(&staff, &path).await)).unwrap();
        let mut names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        names.sort();
        assert_eq!(names.len(), 3, "{names:?}");
        assert_eq!(names[2], "清单.csv");
        assert!(
            names[0].starts_with("2027") && names[0].ends_with(".pdf"),
            "{names:?}"
        );
        let mut pdf = Vec::new();
        zip.by_name(&names[0]).unwrap().read_to_end(&mut pdf).unwrap();
        assert_eq!(pdf, hostile::letter(), "as it is, signatures and all");
        let mut index = String::new();
        zip.by_name("清单.csv")
            .unwrap()
            .read_to_string(&mut index)
            .unwrap();
        assert!(
            index.starts_with("\u{feff}协议编号,") && index.contains(&names[0]),
            "{index}"
        );

        // Nobody else is given it, whatever they know.
        for (who, path) in [
            (&site.cast.schools[1].staff, path.clone()),
            (&campus.reviewer, path.replace("/school/", "/college/")),
            (
                &site.cast.firms[0].login,
                path.replace("/school/", &format!("/employer/{}/{YEAR}/", campus.code)),
            ),
        ] {
            let other = site.signed_in(who).await;
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
            let removal = path.replace("/file", "/removal");
            assert_eq!(other.post(&removal, &[]).await.status, StatusCode::NOT_FOUND);
        }
        let id: Uuid = path.split('/').nth(3).unwrap().parse().unwrap();
        let school = campus.id;
        let events = site
            .world
            .store
            .read(move |c| Box::pin(bundles::events(c, school, id)));
        // The clock stands still here, so their order says nothing.
        let kinds: BTreeSet<String> = events.await.unwrap().into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(
            kinds,
            BTreeSet::from(["asked", "made", "given"].map(str::to_owned))
        );

        // Removed before its time, the bytes go too.
        assert_eq!(folders(&site, school).len(), 1);
        let removal = path.replace("/file", "/removal");
        let removed = staff.post(&removal, &[]).await;
        assert_eq!(removed.status, StatusCode::SEE_OTHER);
        assert_eq!(folders(&site, school), Vec::<String>::new());
        assert_eq!(staff.get(&path).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn all_pages_come_as_one_pdf() {
    both(|world| async {
        let site = Site::open(world).await;
        stand(&site).await;
        let campus = &site.cast.schools[0];
        let staff = site.signed_in(&campus.staff).await;
        staff
            .post("/school/bundles?state=effective", &[("form", "pdf")])
            .await;
        worker(&site).drain().await;
        let merged = bytes(&staff, &file(&staff, "/school").await).await;
        let merged = lopdf::Document::load_mem(&merged).unwrap();
        let single = lopdf::Document::load_mem(&hostile::letter()).unwrap();
        assert_eq!(merged.get_pages().len(), 2 * single.get_pages().len());
        let page = single.get_pages()[&1];
        let wanted = single.get_page_content(page);
        for page in merged.get_pages().into_values() {
            assert_eq!(merged.get_page_content(page), wanted);
        }
    })
    .await;
}

#[tokio::test]
async fn what_has_no_document_to_be_printed_is_named_with_the_reason() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let base = format!("/employer/{}/{YEAR}", campus.code);
        site.cast.firms[0]
            .agreement(&site.world, campus, 0, Stage::Offered)
            .await;
        site.cast.firms[1]
            .agreement(&site.world, campus, 1, Stage::Offered)
            .await;
        let hr = site.signed_in(&site.cast.firms[1].login).await;
        let page = hr.get(&format!("{base}/agreements?tab=pending")).await;
        let way = page
            .find("a[href*='/bundles?']", "href")
            .expect("the way from the list");
        hr.post(&way, &[("form", "zip")]).await;
        worker(&site).drain().await;
        let page = hr.get(&format!("{base}/bundles")).await;
        let says = page.says("main details.more-d");
        assert!(
            says.contains("1 份没有文件") && says.contains("生效前不能打印"),
            "its own only: {says}"
        );
        let zip = zip::ZipArchive::new(Cursor::new(bytes(&hr, &file(&hr, &base).await).await)).unwrap();
        let names: Vec<_> = zip.file_names().map(Result::unwrap).collect();
        assert_eq!(names, ["清单.csv"]);
        // Students are no agreements.
        let none = hr.get(&format!("{base}/bundles?tab=eligible")).await;
        assert!(!none.has("input[name=form]"));
        let asked = hr
            .post(&format!("{base}/bundles?tab=eligible"), &[("form", "zip")])
            .await;
        assert_eq!(asked.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_dies_leaves_nothing_behind_and_the_next_one_begins_anew() {
    both(|world| async {
        let site = Site::open(world).await;
        stand(&site).await;
        let school = site.cast.schools[0].id;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        staff
            .post("/school/bundles?state=effective", &[("form", "zip")])
            .await;
        // A worker claims it, writes a part and a half, and is killed.
        let (store, env) = (site.world.store.clone(), site.world.env.clone());
        let now = env.now();
        let claimed = store.write(move |c| Box::pin(outbox::claim(c, now, 8, None)));
        let claimed = claimed.await.unwrap();
        let job = claimed
            .iter()
            .find(|job| job.topic == bundles::MAKE)
            .expect("the job");
        let this = Try {
            school,
            bundle: job.payload.parse().unwrap(),
            bytes: uuid_v7(now, &*env.random),
        };
        let begun = store.write(move |c| Box::pin(async move { bundles::begin(c, this, 2).await }));
        begun.await.unwrap().unwrap();
        let left = Passing {
            school,
            id: this.bytes,
        };
        left.put(&store, (0, false), b"half of a zip").await.unwrap();
        let folder = site
            .world
            .config
            .data
            .join(format!("files/{school}/passing/{}", this.bytes));
        std::fs::write(folder.join("000001#1"), b"torn").unwrap();
        worker(&site).drain().await;
        assert!(
            staff.get("/school/bundles").await.has("progress"),
            "still claimed"
        );
        site.wait(180);
        worker(&site).drain().await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        let path = file(&staff, "/school").await;
        zip::ZipArchive::new(Cursor::new(bytes(&staff, &path).await)).unwrap();
        let folders = folders(&site, school);
        assert_eq!(folders.len(), 1);
        assert_ne!(folders[0], this.bytes.to_string());
        // The first worker was only slow: it learns that it is too late and changes nothing.
        let late = store.write(move |c| {
            let job = job_of(school);
            Box::pin(async move { bundles::go_on(c, this, (1, 0), (&job, now)).await })
        });
        assert!(matches!(late.await, Err(store::Error::Stale)));

        // A week later row and bytes are gone; whoever asked and was given stays written down.
        site.wait(8 * 24 * 3600);
        worker(&site).tidy(site.world.env.now()).await;
        assert_eq!(self::folders(&site, school), Vec::<String>::new());
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        assert_eq!(staff.get(&path).await.status, StatusCode::NOT_FOUND);
        let bundle = this.bundle;
        let events = store.read(move |c| Box::pin(bundles::events(c, school, bundle)));
        assert_eq!(events.await.unwrap().len(), 3);
    })
    .await;
}

fn job_of(school: SchoolId) -> outbox::Job {
    outbox::Job {
        school_id: school,
        id: domain::ids::JobId(Uuid::nil()),
        topic: bundles::MAKE.into(),
        payload: String::new(),
        attempts: 1,
    }
}

#[tokio::test]
async fn three_at_once_are_enough_for_one_person() {
    both(|world| async {
        let site = Site::open(world).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        for _ in 0..3 {
            let asked = staff
                .post("/school/bundles?state=effective", &[("form", "zip")])
                .await;
            assert_eq!(asked.status, StatusCode::SEE_OTHER);
        }
        let asked = staff
            .post("/school/bundles?state=effective", &[("form", "zip")])
            .await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.has(".note.bad") && asked.has("input[name=form]"));
        let wrong = staff
            .post("/school/bundles?state=effective", &[("form", "tar")])
            .await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_its_seal_is_not_packed_without() {
    both(|world| async {
        let site = Site::open(world).await;
        stand(&site).await;
        let campus = &site.cast.schools[0];
        let (school, store) = (campus.id, &site.world.store);
        let read = store.read(move |c| {
            Box::pin(async move {
                let filter = lists::Filter::default();
                let ids = lists::all_ids(c, school, lists::Owner::School, &filter, 10).await?;
                let plain = documents::get(c, school, ids[0], documents::FINAL).await?;
                Ok((ids, plain.unwrap()))
            })
        });
        let (ids, plain) = read.await.unwrap();
        assert_eq!(ids.len(), 2);
        let (id, now) = (ids[0], site.world.env.now());
        let prepared = plain.file_id.unwrap();
        let asked = store.write(move |c| {
            let wanted = seals::Wanted {
                prepared,
                prepared_sha256: vec![0; 32],
                prepared_size: 1,
                ordered: "{}".into(),
                evidence: "[]".into(),
            };
            Box::pin(async move { seals::want(c, school, id, &wanted, now).await })
        });
        asked.await.unwrap();
        let given = async || {
            let wanted: Vec<_> = ids.iter().map(|id| (*id, 0, true)).collect();
            let read = store.read(move |c| {
                let wanted = wanted.clone();
                Box::pin(async move { bundles::documents(c, school, &wanted).await })
            });
            read.await.unwrap().len()
        };
        assert_eq!(given().await, 1);
        // The copy without seals is not there yet.
        let failed = store.write(move |c| Box::pin(seals::failed(c, school, id, "no answer")));
        failed.await.unwrap();
        assert_eq!(given().await, 1);
        let read = store.read(move |c| Box::pin(documents::finished(c, school, id)));
        assert!(read.await.unwrap().is_none());
        // Nobody waits for a seal that cannot be made.
        let copy = files::put(store, school, b"%PDF-1.7 without", "application/pdf")
            .await
            .unwrap();
        let made = store.write(move |c| Box::pin(documents::unsealed(c, school, id, prepared, copy)));
        assert!(made.await.unwrap());
        assert_eq!(given().await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_bundle_that_kills_its_worker_is_given_up() {
    both(|world| async {
        let site = Site::open(world).await;
        stand(&site).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        staff
            .post("/school/bundles?state=effective", &[("form", "zip")])
            .await;
        let store = &site.world.store;
        for _ in 0..4 {
            let now = site.world.env.now();
            let claimed = store.write(move |c| Box::pin(outbox::claim(c, now, 8, None)));
            assert_eq!(claimed.await.unwrap().len(), 1, "and nobody hears of it again");
            site.wait(61);
        }
        worker(&site).drain().await;
        let page = site
            .signed_in(&site.cast.schools[0].staff)
            .await
            .get("/school/bundles")
            .await;
        assert!(!page.has("progress") && !page.has("a[download]"));
        assert!(
            page.says("main").contains("打包没有成功"),
            "{}",
            page.says("main")
        );
    })
    .await;
}

/// As the seal does it, over and over: another file takes the place of a document, and the row of the first one
/// goes.
async fn seal_on_and_on(site: &Site, id: AgreementId) {
    let school = site.cast.schools[0].id;
    let now = site.world.env.now();
    loop {
        // A document is sealed once: never twice while one request reads it.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mark: [u8; 16] = site.world.env.bytes();
        let pdf = [
            hostile::letter(),
            b"\n%".to_vec(),
            mark.map(|b| b'a' + b % 26).to_vec(),
        ]
        .concat();
        let file = files::put(&site.world.store, school, &pdf, "application/pdf")
            .await
            .unwrap();
        let swapped = site.world.store.write(move |c| {
            Box::pin(async move {
                let before = documents::get(c, school, id, documents::SEALED).await?;
                store::exec!(
                    c,
                    "DELETE FROM document WHERE school_id = $1 AND agreement_id = $2",
                    school,
                    id
                )?;
                let made = documents::Document {
                    version: 4,
                    file_id: Some(file),
                    pages: 1,
                    missing_glyphs: "[]".into(),
                    error: None,
                    at: now,
                };
                documents::put(c, school, id, documents::SEALED, &made).await?;
                let gone = before
                    .and_then(|before| before.file_id)
                    .map(|file| (school, file));
                sweep::let_go(c, &gone.into_iter().collect(), now).await
            })
        });
        swapped.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_whose_seal_comes_while_it_is_read_is_given_all_the_same() {
    let site = Site::open(World::sqlite().await).await;
    let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
    let id = firm.agreement(&site.world, campus, 0, Stage::Effective).await;
    worker(&site).drain().await;
    let staff = site.signed_in(&campus.staff).await;
    let read = async {
        for _ in 0..600 {
            let page = staff.get(&format!("/school/agreements/{id}/document.pdf")).await;
            assert_eq!(page.status, StatusCode::OK);
        }
        let list = staff.get("/school/agreements?state=effective").await;
        let way = list.find("a[href^='/school/bundles?']", "href").unwrap();
        for _ in 0..3 {
            staff.post(&way, &[("form", "zip")]).await;
            worker(&site).drain().await;
            let path = file(&staff, "/school").await;
            let zip = zip::ZipArchive::new(Cursor::new(bytes(&staff, &path).await)).unwrap();
            assert_eq!(zip.len(), 2, "the document and the list");
        }
    };
    tokio::select! { () = seal_on_and_on(&site, id) => {}, () = read => {} }
}
