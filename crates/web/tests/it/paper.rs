//! 线下签约登记 and 版本与凭据 through the pages.

use crate::cast::{Stage, YEAR};
use crate::hostile;
use crate::site::{Browser, Page, Site, sent};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use store::testing::both;

/// What a paper says.
const TERMS: [(&str, &str); 20] = [
    ("employer", "兰州某某机械有限公司"),
    ("uscc", "91350100M000100Y43"),
    ("position", "机械工程师"),
    ("position_category", "13"),
    ("work_province", "620000"),
    ("work_place", "兰州市城关区"),
    ("contract", "fixed"),
    ("contract_months", "36"),
    ("probation_months", "3"),
    ("probation_pay", "8000"),
    ("regular_pay", "10000"),
    ("report_from", "2027-07-01"),
    ("report_to", "2027-07-10"),
    ("report_place", "兰州市城关区"),
    ("archive_kind", "school"),
    ("household_kind", "stay"),
    ("penalty_employer", "0"),
    ("penalty_student", "0"),
    ("year", "2027"),
    ("student_no", "20270000"),
];

async fn register(browser: &Browser, area: &str, fields: &[(&str, &str)], scan: Option<Vec<u8>>) -> Page {
    let path = format!("{area}/paper");
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let form = format!("form[action='{path}']");
    let mut parts = Form::new();
    for name in ["csrf", "id"] {
        parts = parts.text(name, page.attr(&format!("{form} input[name={name}]"), "value"));
    }
    for (name, value) in fields {
        parts = parts.text((*name).to_owned(), (*value).to_owned());
    }
    if let Some(bytes) = scan {
        parts = parts.part("scan", Part::bytes(bytes).file_name("协议扫描件.pdf"));
    }
    sent(browser.request(Method::POST, &path).multipart(parts)).await
}

/// A paper agreement that the school's staff has registered with a scan of two pages: where it is.
pub async fn registered(site: &Site) -> String {
    let staff = site.signed_in(&site.cast.schools[0].staff).await;
    let done = register(&staff, "/school", &TERMS, Some(hostile::pdf(2, |_| {}))).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done.to().to_owned()
}

async fn approve(browser: &Browser, page: &str) -> Page {
    let version = browser
        .get(page)
        .await
        .attr("form[action$=approval] input[name=version]", "value");
    browser
        .post(&format!("{page}/approval"), &[("version", &version)])
        .await
}

#[tokio::test]
async fn a_paper_is_registered_reviewed_and_numbered_like_every_agreement() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let staff = site.signed_in(&campus.staff).await;
        let done = register(&staff, "/school", &TERMS, Some(hostile::pdf(2, |_| {}))).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let id = done.to().rsplit('/').next().unwrap().to_owned();
        let (school, college) = (done.to().to_owned(), format!("/college/agreements/{id}"));
        let reviewer = site.signed_in(&campus.reviewer).await;
        let page = reviewer.get(&college).await;
        assert!(page.text.contains("登记线下签订的协议"), "{}", page.text);
        let scan = page.attr("a[href*='/files/']", "href");
        assert!(reviewer.get(&scan).await.text.starts_with("%PDF-"));
        assert_eq!(approve(&reviewer, &college).await.status, StatusCode::SEE_OTHER);
        assert_eq!(approve(&staff, &school).await.status, StatusCode::SEE_OTHER);
        let page = staff.get(&school).await;
        assert!(
            page.has(".st.done") && page.says("div.head p").contains("2027"),
            "in force with a number"
        );

        let again = register(&staff, "/school", &TERMS, Some(hostile::letter())).await;
        assert_eq!(
            again.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "one live agreement"
        );
        assert!(
            again.says("#student_no-e").contains("不能登记"),
            "{}",
            again.says("#student_no-e")
        );
        let report = store::verify::all(&site.world.store).await.unwrap();
        assert_eq!(report.breaches, []);
    })
    .await;
}

#[tokio::test]
async fn a_student_registers_their_own_and_an_offer_then_cannot_be_accepted() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let offer = site.cast.firms[0]
            .agreement(&site.world, campus, 0, Stage::Offered)
            .await;
        let student = site.signed_in(&campus.student_logins[0]).await;
        let done = register(&student, "/student", &TERMS[..18], Some(hostile::letter())).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert!(student.get(done.to()).await.text.contains("院系审核中"));
        let late = student.get(&format!("/student/agreements/{offer}")).await;
        assert!(
            late.has("#why-accept"),
            "the offer cannot be accepted any more: {}",
            late.text
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_registration_lacks_is_said_beside_its_field() {
    both(|world| async {
        let site = Site::open(world).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        let empty = register(&staff, "/school", &[], None).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["student_no", "year", "employer", "uscc", "scan", "position"] {
            assert!(empty.has(&format!("#{field}-e")), "{field}");
        }
        let mut unknown = TERMS.to_vec();
        unknown.retain(|(name, _)| *name != "student_no");
        unknown.push(("student_no", "nobody"));
        let page = register(&staff, "/school", &unknown, Some(hostile::letter())).await;
        assert!(
            page.says("#student_no-e").contains("没有这个学号"),
            "{}",
            page.text
        );
        assert!(page.has("input[name=kept]"), "the scan is kept");
    })
    .await;
}

#[tokio::test]
async fn the_record_shows_versions_confirmations_and_what_proved_who_acted() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let id = site.cast.firms[0]
            .agreement(&site.world, campus, 0, Stage::Effective)
            .await;
        let staff = site.signed_in(&campus.staff).await;
        let page = staff.get(&format!("/school/agreements/{id}/record")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(
            page.text.contains("第 1 版") && page.text.contains("登录密码"),
            "{}",
            page.text
        );
        let student = site.signed_in(&campus.student_logins[0]).await;
        let own = student.get(&format!("/student/agreements/{id}/record")).await;
        assert!(own.has("table.tb"), "confirmed clauses are listed");
        let base = format!("/employer/{}/{YEAR}/agreements/{id}/record", campus.code);
        let employer = site.signed_in(&site.cast.firms[0].login).await;
        assert_eq!(employer.get(&base).await.status, StatusCode::OK);
    })
    .await;
}
