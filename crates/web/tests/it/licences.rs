//! The employer's certificate: sent, replaced, looked at by reviewers, and on record with what they decided.

use crate::cast::{Firm, Stage};
use crate::hostile;
use crate::site::{Browser, Page, Site, sent};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use store::licences::{self, NewLicence};
use store::testing::{World, both};
use store::uploads::{self, NewUpload, Purpose};
use uuid::Uuid;

/// Puts a certificate in place, as the page does.
pub async fn has_licence(world: &World, firm: &Firm, media_type: &'static str, bytes: &[u8]) -> Uuid {
    has_pages(world, firm, (media_type, 1), bytes).await
}

/// The same, of so many pages.
pub async fn has_pages(
    world: &World,
    firm: &Firm,
    (media_type, pages): (&'static str, usize),
    bytes: &[u8],
) -> Uuid {
    let new = NewUpload {
        school: domain::ids::SchoolId::NONE,
        agreement: None,
        purpose: Purpose::Licence,
        account: firm.login.account,
        name: "licence.png".into(),
        pages,
        bytes: bytes.to_vec(),
        media_type,
    };
    let new = NewLicence {
        employer: firm.id,
        number: firm.uscc.clone(),
        valid_from: jiff::civil::date(2020, 1, 1),
        valid_to: None,
        upload: uploads::put(&world.store, new).await.unwrap(),
        account: firm.login.account,
    };
    let env = world.env.clone();
    let put = world.store.write(move |c| {
        let (new, env) = (new.clone(), env.clone());
        Box::pin(async move { licences::put(c, &new, &env).await })
    });
    put.await.unwrap()
}

/// Sends the form of the page.
async fn send(employer: &Browser, fields: &[(&str, &str)], file: Option<(&str, Vec<u8>)>) -> Page {
    let mut form = Form::new().text("csrf", employer.token().await);
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    if let Some((name, bytes)) = file {
        form = form.part("licence", Part::bytes(bytes).file_name(name.to_owned()));
    }
    sent(
        employer
            .request(Method::POST, "/employer/company")
            .multipart(form),
    )
    .await
}

const GOOD: [(&str, &str); 3] = [
    ("number", "91620000ma00000001"),
    ("valid_from", "2020-01-01"),
    ("forever", "yes"),
];

#[tokio::test]
async fn a_certificate_is_sent_compared_and_on_record_with_what_was_decided() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
        let employer = site.signed_in(&firm.login).await;
        let reviewer = site.signed_in(&campus.reviewer).await;
        let staff = site.signed_in(&campus.staff).await;
        let id = firm.agreement(&site.world, campus, 0, Stage::CollegeReview).await;
        let path = format!("/college/agreements/{id}");
        let page = reviewer.get(&path).await;
        assert!(
            page.text.contains("单位没有上传营业执照"),
            "what is missing is said plainly"
        );
        assert_eq!(
            reviewer.get(&format!("{path}/licence")).await.status,
            StatusCode::NOT_FOUND
        );

        let page = employer.get("/employer/company").await;
        assert_eq!(
            page.attr("#f-number", "value"),
            "91620000MA00000001",
            "filled in beforehand"
        );
        let done = send(&employer, &GOOD, Some(("a.png", hostile::png()))).await;
        assert_eq!(
            (done.status, done.to()),
            (StatusCode::SEE_OTHER, "/employer/company")
        );
        let page = reviewer.get(&path).await;
        assert!(
            page.says(".licence").contains("填写的编号与统一社会信用代码相同"),
            "{}",
            page.says(".licence")
        );
        let picture = reviewer.get(&page.attr(".licence img", "src")).await;
        assert_eq!(
            (picture.status, picture.header("content-type")),
            (StatusCode::OK, "image/png")
        );
        assert!(picture.header("content-security-policy").contains("sandbox"));
        let file = reviewer
            .get(&page.attr(".licence a[href*=licence]", "href"))
            .await;
        assert!(file.header("content-disposition").starts_with("attachment"));

        let approved = reviewer
            .post(&format!("{path}/approval"), &fields(&shown(&page)))
            .await;
        assert_eq!(approved.status, StatusCode::SEE_OTHER);
        // Another one comes in between; the one before is kept, and the record says which one was seen when.
        site.wait(60);
        let newer = [
            ("number", "OTHER-1"),
            ("valid_from", "2020-01-01"),
            ("valid_to", "2027-01-31"),
        ];
        let done = send(&employer, &newer, Some(("b.png", hostile::png()))).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert_eq!(
            employer.get("/employer/company").await.count("aside ul.rows li"),
            1,
            "the earlier one"
        );
        let path = format!("/school/agreements/{id}");
        let page = staff.get(&path).await;
        assert!(page.says(".licence").contains("填写的编号与统一社会信用代码不同"));
        staff
            .post(&format!("{path}/approval"), &fields(&shown(&page)))
            .await;
        let record = staff.get(&format!("{path}/record")).await;
        assert!(
            record.text.contains("审核时的营业执照：a.png")
                && record.text.contains("审核时的营业执照：b.png")
        );
        let old = record.attr("a[href*='/licence?']", "href");
        assert!(
            staff
                .get(&old)
                .await
                .header("content-disposition")
                .contains("a.png")
        );

        // Every look is recorded.
        let (employer_id, world) = (firm.id, &site.world);
        let first = world.read(move |c| {
            Box::pin(async move {
                let all = licences::all(c, employer_id).await?;
                uploads::readings(c, domain::ids::SchoolId::NONE, all[1].upload).await
            })
        });
        assert_eq!(first.await.unwrap(), 3);
        // Another employer's certificate is not found under this agreement, and not on its own page.
        let foreign = has_licence(world, &site.cast.firms[1], "image/png", &hostile::png()).await;
        for (browser, path) in [
            (&staff, format!("{path}/licence")),
            (&employer, "/employer/company/licence".into()),
        ] {
            let page = browser.get(&format!("{path}?licence={foreign}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}

/// Version and certificate that a review page would post.
fn shown(page: &Page) -> [String; 2] {
    [
        page.attr("aside form input[name=version]", "value"),
        page.attr("aside form input[name=licence]", "value"),
    ]
}

fn fields([version, licence]: &[String; 2]) -> [(&str, &str); 2] {
    [("version", version), ("licence", licence)]
}

#[tokio::test]
async fn nothing_is_decided_on_a_certificate_that_was_not_shown() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
        let reviewer = site.signed_in(&campus.reviewer).await;
        let id = firm.agreement(&site.world, campus, 0, Stage::CollegeReview).await;
        let path = format!("/college/agreements/{id}");
        has_licence(&site.world, firm, "image/png", &hostile::png()).await;
        let before = shown(&reviewer.get(&path).await);
        site.wait(60);
        has_licence(&site.world, firm, "image/png", &hostile::png()).await;
        // Another one came after the page was opened: neither decision is made, the new one is shown, and
        // what was typed is kept.
        let late = reviewer.post(&format!("{path}/approval"), &fields(&before)).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(
            late.says("#licence-e").contains("更换了营业执照"),
            "{}",
            late.text
        );
        let now = shown(&late);
        assert_ne!(now[1], before[1], "the new one");
        let mut typed = fields(&before).to_vec();
        typed.extend([("reason", "employer_doubt"), ("text", "执照与单位不符")]);
        let late = reviewer.post(&format!("{path}/return"), &typed).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.says("textarea").contains("执照与单位不符"), "kept");
        // Nor by a page that showed none, nor by one that makes it up.
        let none = [("version", before[0].as_str())];
        let none = reviewer.post(&format!("{path}/approval"), &none).await;
        assert_eq!(none.status, StatusCode::CONFLICT);
        let odd = [("version", before[0].as_str()), ("licence", "x")];
        let odd = reviewer.post(&format!("{path}/approval"), &odd).await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST);
        // A stranger learns nothing of it.
        let foreign = site.signed_in(&site.cast.schools[1].reviewer).await;
        let foreign = foreign.post(&format!("{path}/approval"), &fields(&before)).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let done = reviewer.post(&format!("{path}/approval"), &fields(&now)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    })
    .await;
}

#[tokio::test]
async fn a_batch_leaves_out_what_needs_a_look_at_the_certificate_and_says_what_it_compared() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, [one, two]) = (&site.cast.schools[0], &site.cast.firms);
        let staff = site.signed_in(&campus.staff).await;
        let good = one.agreement(&site.world, campus, 0, Stage::SchoolReview).await;
        let bare = two.agreement(&site.world, campus, 1, Stage::SchoolReview).await;
        has_licence(&site.world, one, "image/png", &hostile::png()).await;
        let other = Firm {
            uscc: "91620000MA00000009".into(),
            ..two.clone()
        };
        has_licence(&site.world, &other, "image/png", &hostile::png()).await;
        let wrong = "填写的执照编号与统一社会信用代码不同";
        let queue = staff.get("/school/agreements").await;
        assert!(queue.text.contains(wrong), "said in the queue");
        assert_eq!(queue.count("input[name=agreement]"), 1);
        let chosen = queue.attr("input[name=agreement]", "value");
        let other = chosen.replace(&good.to_string(), &bare.to_string());
        let both = [("agreement", chosen.as_str()), ("agreement", other.as_str())];
        let done = staff.post("/school/approvals", &both).await;
        assert_eq!(done.text.matches("class=\"st done\"").count(), 1, "{}", done.text);
        assert!(done.text.contains(wrong));
        let record = staff.get(&format!("/school/agreements/{good}/record")).await;
        assert!(
            record
                .text
                .contains("只比对了单位填写的执照编号和有效期：licence.png")
                && !record.text.contains("审核时的营业执照"),
            "nobody looked at it"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_a_file_that_came_is_kept() {
    let site = Site::open(World::sqlite().await).await;
    let employer = site.signed_in(&site.cast.firms[0].login).await;
    for (fields, file, error) in [
        (
            vec![("number", ""), GOOD[1], GOOD[2]],
            Some(hostile::png()),
            "#number-e",
        ),
        (
            vec![("number", "九一"), GOOD[1], GOOD[2]],
            Some(hostile::png()),
            "#number-e",
        ),
        (
            vec![GOOD[0], ("valid_from", "2099-01-01"), GOOD[2]],
            Some(hostile::png()),
            "#valid_from-e",
        ),
        (
            vec![GOOD[0], GOOD[1], ("valid_to", "2021-01-01")],
            Some(hostile::png()),
            "#valid_to-e",
        ),
        (vec![GOOD[0], GOOD[1]], Some(hostile::png()), "#valid_to-e"),
        (GOOD.to_vec(), None, "#licence-e"),
        (
            GOOD.to_vec(),
            Some(b"<svg onload=alert(1)>".to_vec()),
            "#licence-e",
        ),
    ] {
        let page = send(&employer, &fields, file.map(|bytes| ("a.png", bytes))).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{error}");
        assert!(!page.says(error).is_empty(), "{error}: {}", page.text);
    }
    let page = send(&employer, &[GOOD[0], GOOD[1]], Some(("a.png", hostile::png()))).await;
    let kept = page.attr("input[name=kept]", "value");
    assert!(
        employer.get("/employer/company").await.has("#licence .note.warn"),
        "nothing is in place yet"
    );
    // Somebody else cannot use it.
    let other = site.signed_in(&site.cast.firms[1].login).await;
    let mut fields = GOOD.to_vec();
    fields.push(("kept", &kept));
    let stolen = send(&other, &fields, None).await;
    assert!(!stolen.says("#licence-e").is_empty());
    assert_eq!(send(&employer, &fields, None).await.status, StatusCode::SEE_OTHER);
}
