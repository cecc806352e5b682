//! Files that people sent, seen as pictures of their pages on ours: by whoever may have the file and nobody else,
//! every look on record.

use crate::cast::{Firm, Stage};
use crate::licences::{has_licence, has_pages};
use crate::site::{Browser, Page, Site};
use crate::{hostile, paper, termination};
use bytes::Bytes;
use domain::ids::SchoolId;
use lopdf::{Object, dictionary};
use reqwest::{Method, StatusCode};
use store::testing::{World, both};
use store::{licences, uploads};
use web::upload::{Readers, Undrawn, draw};

/// How dark the writing of a test page is at least, in pixels darker than half grey.
const WRITTEN: usize = 200;

/// A picture: its width and height, and how many of its pixels are dark.
pub fn seen(bytes: &[u8]) -> (u32, u32, usize) {
    let picture = image::load_from_memory_with_format(bytes, image::ImageFormat::Jpeg).unwrap();
    let picture = picture.to_luma8();
    let dark = picture.pixels().filter(|pixel| pixel.0[0] < 128).count();
    (picture.width(), picture.height(), dark)
}

/// A picture that is on a page.
pub async fn look(browser: &Browser, path: &str) -> (u32, u32, usize) {
    let answer = browser.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/jpeg");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("content-security-policy").starts_with("sandbox; default-src 'none'"));
    assert!(!answer.headers().contains_key("content-disposition"));
    seen(&answer.bytes().await.unwrap())
}

/// How often the latest certificate was looked at.
async fn looks(world: &World, firm: &Firm) -> i64 {
    let employer = firm.id;
    let read = world.read(move |c| {
        Box::pin(async move {
            let all = licences::all(c, employer).await?;
            uploads::readings(c, SchoolId::NONE, all[0].upload).await
        })
    });
    read.await.unwrap()
}

fn sources(page: &Page, within: &str) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.text);
    let all = scraper::Selector::parse(&format!("{within} .sheets img[loading=lazy]")).unwrap();
    html.select(&all)
        .map(|image| image.attr("src").unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_certificate_that_is_a_pdf_is_seen_beside_the_terms() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
        let reviewer = site.signed_in(&campus.reviewer).await;
        let id = firm.agreement(&site.world, campus, 0, Stage::CollegeReview).await;
        let path = format!("/college/agreements/{id}");
        has_pages(
            &site.world,
            firm,
            ("application/pdf", 7),
            &hostile::pdf(7, |_| {}),
        )
        .await;
        let page = reviewer.get(&path).await;
        let shown = sources(&page, ".licence");
        assert_eq!(shown.len(), 5, "the first pages");
        let said = page.says(".licence");
        assert!(said.contains("共 7 页，这里显示前 5 页"), "{said}");
        let alt = page.attr(".licence img", "alt");
        assert!(
            alt.contains("第 1 页，共 7 页；图片没有显示时，请下载文件查看"),
            "{alt}"
        );
        assert_eq!(looks(&site.world, firm).await, 0);

        // 595 by 842 points.
        let (width, height, dark) = look(&reviewer, &shown[0]).await;
        assert_eq!((width, height), (989, 1_400));
        assert!(dark > WRITTEN, "{dark}");
        assert_eq!(looks(&site.world, firm).await, 1);
        let sixth = reviewer.get(&shown[0].replace("page=1", "page=6")).await;
        assert_eq!(sixth.status, StatusCode::NOT_FOUND);
        // The other pages of the same look are no more looks.
        for page in &shown[1..] {
            assert!(look(&reviewer, page).await.2 > WRITTEN);
        }
        assert_eq!(looks(&site.world, firm).await, 1);
        // A page on its own is one, whoever else has just looked, and whenever the same person did long ago.
        let own = site.signed_in(&firm.login).await;
        let company = own.get("/employer/company").await;
        assert!(look(&own, &sources(&company, "")[1]).await.2 > WRITTEN);
        assert_eq!(looks(&site.world, firm).await, 2);
        site.wait(11 * 60);
        look(&reviewer, &shown[3]).await;
        assert_eq!(looks(&site.world, firm).await, 3);
        look(&reviewer, &shown[0]).await;
        assert_eq!(looks(&site.world, firm).await, 4, "opened anew");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_have_the_file_does_not_see_its_pages_and_no_other_page_exists() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, [firm, other]) = (&site.cast.schools[0], &site.cast.firms);
        let id = firm.agreement(&site.world, campus, 0, Stage::CollegeReview).await;
        has_pages(
            &site.world,
            firm,
            ("application/pdf", 2),
            &hostile::pdf(2, |_| {}),
        )
        .await;
        let foreign = has_licence(&site.world, other, "image/png", &hostile::png()).await;
        let reviewer = site.signed_in(&campus.reviewer).await;
        let path = format!("/college/agreements/{id}/licence");
        for (browser, query) in [
            (site.browser(), String::new()),
            (site.signed_in(&campus.student_logins[0]).await, String::new()),
            (
                site.signed_in(&site.cast.schools[1].reviewer).await,
                String::new(),
            ),
            (site.signed_in(&other.login).await, String::new()),
            (
                site.signed_in(&campus.reviewer).await,
                format!("?licence={foreign}"),
            ),
        ] {
            let file = browser.get(&format!("{path}{query}")).await;
            let picture = browser.get(&format!("{path}/picture{query}")).await;
            assert_ne!(file.status, StatusCode::OK);
            assert_eq!((picture.status, picture.to()), (file.status, file.to()));
        }
        for page in ["0", "3", "6", "-1", "x", "4294967297"] {
            let page = reviewer.get(&format!("{path}/picture?page={page}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(looks(&site.world, firm).await, 0, "nothing was seen");
        site.wait(60);
        // Nor when the file has fewer pages than are on record.
        has_pages(
            &site.world,
            firm,
            ("application/pdf", 3),
            &hostile::pdf(2, |_| {}),
        )
        .await;
        let page = reviewer.get(&format!("{path}/picture?page=3")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        // A picture has one page.
        site.wait(60);
        has_licence(&site.world, firm, "image/png", &hostile::png()).await;
        for (page, status) in [("1", StatusCode::OK), ("2", StatusCode::NOT_FOUND)] {
            let page = reviewer.get(&format!("{path}/picture?page={page}")).await;
            assert_eq!(page.status, status);
        }
    })
    .await;
}

/// A page in a font that is not in the file.
fn borrowed(subtype: &str, encoding: &str, ordering: &str) -> Vec<u8> {
    hostile::pdf(1, |document| {
        let info = dictionary! { "Registry" => Object::string_literal("Adobe"),
        "Ordering" => Object::string_literal(ordering), "Supplement" => 4 };
        let below = document.add_object(dictionary! { "Type" => "Font", "Subtype" => subtype,
        "BaseFont" => "STSong-Light", "CIDSystemInfo" => info, "DW" => 1000 });
        let font = document.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type0",
        "BaseFont" => "STSong-Light", "Encoding" => encoding, "DescendantFonts" => vec![below.into()] });
        let id = document.page_iter().next().unwrap();
        let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
        document
            .get_dictionary_mut(id)
            .unwrap()
            .set("Resources", resources);
    })
}

#[tokio::test]
async fn what_cannot_be_drawn_says_so_and_stays_to_be_saved() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
        let reviewer = site.signed_in(&campus.reviewer).await;
        let id = firm.agreement(&site.world, campus, 0, Stage::CollegeReview).await;
        let path = format!("/college/agreements/{id}/licence");
        let cut = hostile::letter()[..40].to_vec();
        for bytes in [cut, borrowed("CIDFontType0", "Identity-H", "Identity")] {
            site.wait(60);
            has_licence(&site.world, firm, "application/pdf", &bytes).await;
            let page = reviewer.get(&format!("{path}/picture")).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.text.contains("这一页无法显示") && page.text.contains("请下载文件查看"));
            let file = reviewer.get(&path).await;
            assert_eq!(file.status, StatusCode::OK);
        }
    })
    .await;
}

#[tokio::test]
async fn hostile_files_are_drawn_without_harm_or_not_at_all() {
    let (mut drawn, mut refused) = (0, 0);
    for case in hostile::corpus() {
        match draw(&Readers::default(), 1, Bytes::from(case.bytes)).await {
            Ok(picture) => {
                let (width, height, _) = seen(&picture);
                assert_eq!(width.max(height), 1_400, "{}", case.what);
                drawn += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(drawn > 10 && refused > 10, "{drawn} drawn, {refused} refused");
    for (bytes, why) in [
        (hostile::png(), Undrawn::Broken),
        (
            borrowed("CIDFontType2", "Identity-H", "Identity"),
            Undrawn::Partly,
        ),
        // Here there is no font for Chinese.
        (borrowed("CIDFontType0", "UniGB-UCS2-H", "GB1"), Undrawn::Partly),
    ] {
        let found = draw(&Readers::default(), 1, Bytes::from(bytes)).await;
        assert_eq!(found.err(), Some(why));
    }
}

#[tokio::test]
async fn a_letter_is_seen_by_staff_and_employer_and_saved_by_the_student() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
        let at = termination::asked(&site).await;
        let staff = site.signed_in(&campus.staff).await;
        let employer = site.signed_in(&firm.login).await;
        let student = site.signed_in(&campus.student_logins[0]).await;
        for (browser, path) in [(&staff, &at.school), (&employer, &at.employer)] {
            let page = browser.get(path).await;
            let letter = sources(&page, ".termination");
            assert_eq!(letter.len(), 1, "{path}");
            assert!(look(browser, &letter[0]).await.2 > WRITTEN);
            let beyond = browser.get(&letter[0].replace("/pages/1", "/pages/2")).await;
            assert_eq!(beyond.status, StatusCode::NOT_FOUND);
        }
        let page = student.get(&at.student).await;
        assert!(page.has(".termination .files a") && !page.has(".sheets"));
    })
    .await;
}

#[tokio::test]
async fn the_scan_of_a_paper_agreement_is_seen_with_its_terms() {
    both(|world| async {
        let site = Site::open(world).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        let path = paper::registered(&site).await;
        let page = staff.get(&path).await;
        let scan = sources(&page, "");
        assert_eq!(scan.len(), 2);
        assert!(look(&staff, &scan[1]).await.2 > WRITTEN);
        let elsewhere = site.signed_in(&site.cast.schools[1].staff).await;
        assert_eq!(elsewhere.get(&scan[1]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
