//! Reviews: the college's and the school's queues, 通过, 退回, the number; source information.

use crate::cast::{PASSWORD, Stage, YEAR};
use crate::site::{Browser, Site};
use crate::student::accept;
use domain::ids::{AgreementId, StudentId};
use reqwest::StatusCode;
use store::people::{self, NewStudent};
use store::sealed::PersonalNumber;
use store::testing::{World, both};

const ID_NO: &str = "11010519491231002X";
const MOBILE: &str = "13812345678";

/// A student of a college, imported and not yet approved.
async fn imported(site: &Site, n: usize) -> StudentId {
    let (campus, store) = (&site.cast.schools[0], site.world.store.clone());
    let (school, college_id) = (campus.id, campus.colleges[n]);
    let id = StudentId(uuid::Uuid::from_u128(1000 + n as u128));
    let new = NewStudent {
        id,
        year: YEAR,
        college_id,
        student_no: format!("{YEAR}9{n:03}"),
        exam_no: "27110105".into(),
        name: "欧阳龘".into(),
        gender: "2".into(),
        degree: "31".into(),
        major: "软件工程".into(),
        class_name: "二班".into(),
        training_mode: "1".into(),
        id_no: Some(PersonalNumber::new(ID_NO)).filter(|_| n == 0),
        phone: Some(PersonalNumber::new(MOBILE)),
    };
    let insert = site.world.store.write(move |c| {
        let (store, new) = (store.clone(), new.clone());
        Box::pin(async move { people::student_insert(c, &store, school, &new).await })
    });
    insert.await.unwrap();
    id
}

async fn approve(browser: &Browser, path: &str) -> crate::site::Page {
    let version = browser
        .get(path)
        .await
        .attr("form[action$=approval] input[name=version]", "value");
    browser
        .post(&format!("{path}/approval"), &[("version", &version)])
        .await
}

async fn at(site: &Site, stage: Stage) -> AgreementId {
    site.cast.firms[0]
        .agreement(&site.world, &site.cast.schools[0], 0, stage)
        .await
}

#[tokio::test]
async fn from_offer_to_number_every_side_does_its_part() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, id) = (&site.cast.schools[0], at(&site, Stage::Offered).await);
        let student = site.signed_in(&campus.student_logins[0]).await;
        let (reviewer, staff) = (
            site.signed_in(&campus.reviewer).await,
            site.signed_in(&campus.staff).await,
        );
        let (college, school) = (
            format!("/college/agreements/{id}"),
            format!("/school/agreements/{id}"),
        );
        assert!(
            !reviewer
                .get("/college")
                .await
                .has(&format!("a[href='{college}']")),
            "nothing waits yet"
        );
        assert_eq!(
            accept(&student, id, &[], PASSWORD).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(
            reviewer
                .get("/college")
                .await
                .has(&format!("a[href='{college}']")),
            "in the college's queue"
        );
        assert!(
            !staff
                .get("/school/agreements")
                .await
                .has(&format!("a[href='{school}']")),
            "not yet the school's"
        );
        assert!(
            !staff.get(&school).await.has("form[action$=approval]"),
            "nor its turn"
        );

        assert_eq!(approve(&reviewer, &college).await.status, StatusCode::SEE_OTHER);
        let home = staff.get("/school").await;
        assert!(
            home.has(&format!("a[href='{school}']")),
            "on the school's first page"
        );
        let done = approve(&staff, &school).await;
        assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, school.as_str()));
        let page = staff.get(&school).await;
        assert!(page.has(".st.done"), "in force");
        assert!(
            page.says("div.head p").contains("2027"),
            "with its number: {}",
            page.says("div.head p")
        );
        assert!(
            student
                .get(&format!("/student/agreements/{id}"))
                .await
                .has(".st.done")
        );
        let found = staff.get("/school/agreements?state=effective&q=张").await;
        assert!(found.has(&format!("a[href='{school}']")), "found by name");
        assert!(
            !staff
                .get("/school/agreements?state=effective&q=李")
                .await
                .has("table.tb"),
            "and not by another"
        );
        for (browser, path) in [
            (&student, "/student/messages"),
            (&reviewer, "/college/messages"),
            (&staff, "/school/messages"),
        ] {
            assert!(browser.get(path).await.has("ul.rows li"), "{path} tells of it");
            assert_eq!(
                browser.post(&format!("{path}/seen"), &[]).await.status,
                StatusCode::SEE_OTHER
            );
            assert!(
                !browser.get(path).await.has("form[action$=seen]"),
                "{path}: all read"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_agreement_is_returned_with_a_reason() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, id) = (&site.cast.schools[0], at(&site, Stage::CollegeReview).await);
        let reviewer = site.signed_in(&campus.reviewer).await;
        let path = format!("/college/agreements/{id}");
        let version = reviewer
            .get(&path)
            .await
            .attr("form[action$=return] input[name=version]", "value");
        let long = "长".repeat(600);
        for (fields, error) in [
            (vec![("text", "重填")], "#reason-e"),
            (vec![("reason", "other")], "#text-e"),
            (
                vec![("reason", "terms_incomplete"), ("text", long.as_str())],
                "#text-e",
            ),
        ] {
            let mut all = vec![("version", version.as_str())];
            all.extend(fields.iter().copied());
            let page = reviewer.post(&format!("{path}/return"), &all).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
            assert!(!page.says(error).is_empty(), "{error}");
            let typed = fields
                .iter()
                .find(|(name, _)| *name == "text")
                .map_or("", |(_, text)| text);
            assert_eq!(page.says("#f-text"), typed, "what was typed is kept");
        }
        let stale = [("version", "1"), ("reason", "other"), ("text", "重填")];
        assert_eq!(
            reviewer.post(&format!("{path}/return"), &stale).await.status,
            StatusCode::CONFLICT
        );
        assert_eq!(
            reviewer
                .post(&format!("{path}/approval"), &[("version", "1")])
                .await
                .status,
            StatusCode::CONFLICT
        );
        let fields = [
            ("version", version.as_str()),
            ("reason", "other"),
            ("text", "岗位写错了"),
        ];
        assert_eq!(
            reviewer.post(&format!("{path}/return"), &fields).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(reviewer.get(&path).await.text.contains("岗位写错了"));
        let student = site.signed_in(&campus.student_logins[0]).await;
        let page = student.get(&format!("/student/agreements/{id}")).await;
        assert!(
            page.has(".st.bad") && page.text.contains("岗位写错了"),
            "the student sees why"
        );
        let again = reviewer.post(&format!("{path}/return"), &fields).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "once");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_the_reviewers_does_not_exist() {
    let site = Site::open(World::sqlite().await).await;
    let (campus, other) = (&site.cast.schools[0], &site.cast.schools[1]);
    let foreign_college = site.cast.firms[0]
        .agreement(&site.world, campus, 1, Stage::Offered)
        .await;
    let draft = at(&site, Stage::Draft).await;
    let foreign_school = site.cast.firms[0]
        .agreement(&site.world, other, 0, Stage::Offered)
        .await;
    let reviewer = site.signed_in(&campus.reviewer).await;
    let staff = site.signed_in(&campus.staff).await;
    let absent = AgreementId(uuid::Uuid::from_u128(7));
    let college = [foreign_college, draft, foreign_school, absent].map(|id| (&reviewer, "college", id));
    let school = [draft, foreign_school, absent].map(|id| (&staff, "school", id));
    for (browser, level, id) in college.into_iter().chain(school) {
        let path = format!("/{level}/agreements/{id}");
        for page in ["", "/document", "/document.pdf"] {
            assert_eq!(
                browser.get(&format!("{path}{page}")).await.status,
                StatusCode::NOT_FOUND,
                "{path}{page}"
            );
        }
        for act in ["approval", "return"] {
            let fields = [("version", "2"), ("reason", "employer_doubt")];
            let page = browser.post(&format!("{path}/{act}"), &fields).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}/{act}");
        }
    }
}

#[tokio::test]
async fn source_information_is_approved_many_at_once() {
    both(|world| async {
        let site = Site::open(world).await;
        let (mine, foreign) = (
            imported(&site, 0).await.to_string(),
            imported(&site, 1).await.to_string(),
        );
        let reviewer = site.signed_in(&site.cast.schools[0].reviewer).await;
        let list = reviewer.get("/college/students").await;
        assert!(list.has(&format!("input[name=student][value='{mine}']")));
        assert!(
            !list.has(&format!("input[name=student][value='{foreign}']")),
            "only the own college's"
        );
        assert!(
            !list.text.contains(ID_NO) && list.text.contains("110"),
            "numbers are masked"
        );
        assert!(
            reviewer
                .get("/college/students?q=欧阳")
                .await
                .has(&format!("input[value='{mine}']"))
        );
        assert!(!reviewer.get("/college/students?q=无此人").await.has("table.tb"));
        let none = reviewer.post("/college/students/approval", &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.has("p.err"));
        let both = [("student", mine.as_str()), ("student", &foreign)];
        let refused = reviewer.post("/college/students/approval", &both).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "all or none");
        assert!(
            reviewer
                .get("/college/students")
                .await
                .has(&format!("input[value='{mine}']")),
            "nothing is half done"
        );
        let done = reviewer
            .post("/college/students/approval", &[("student", &mine)])
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert!(
            !reviewer
                .get("/college/students")
                .await
                .has(&format!("input[value='{mine}']"))
        );
    })
    .await;
}

#[tokio::test]
async fn one_record_is_returned_with_a_reason_or_approved() {
    both(|world| async {
        let site = Site::open(world).await;
        let (mine, foreign) = (imported(&site, 0).await, imported(&site, 1).await);
        let reviewer = site.signed_in(&site.cast.schools[0].reviewer).await;
        let path = format!("/college/students/{mine}");
        let list = reviewer.get("/college/students").await;
        assert!(list.has(&format!("a[href='{path}']")), "the list leads to it");
        let record = reviewer.get(&path).await;
        assert!(record.has("form[action$=approval]") && record.has("form[action$=return]"));
        assert!(!record.text.contains(ID_NO), "numbers are masked");

        let bare = reviewer.post(&format!("{path}/return"), &[("text", " ")]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bare.has("#text-e"), "the reason is missed beside its field");
        let long = "字".repeat(501);
        let long = reviewer.post(&format!("{path}/return"), &[("text", &long)]).await;
        assert!(
            long.has("#text-e") && long.text.contains("字字"),
            "what was typed is kept"
        );

        let done = reviewer
            .post(&format!("{path}/return"), &[("text", "专业应为法学")])
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let returned = reviewer.get(&path).await;
        assert!(returned.text.contains("专业应为法学"));
        assert!(
            returned.has("form[action$=approval]") && !returned.has("form[action$=return]"),
            "only approving is left"
        );
        let done = reviewer.post(&format!("{path}/approval"), &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let approved = reviewer.get(&path).await;
        assert!(!approved.has("form[action$=approval]") && !approved.text.contains("专业应为法学"));
        reviewer
            .post(&format!("{path}/return"), &[("text", "太晚了")])
            .await;
        assert!(
            !reviewer.get(&path).await.has(".note.bad"),
            "what is approved is not returned"
        );

        for act in ["", "/approval", "/return"] {
            let path = format!("/college/students/{foreign}{act}");
            let page = if act.is_empty() {
                reviewer.get(&path).await
            } else {
                reviewer.post(&path, &[("text", "不对")]).await
            };
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{act}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_state_is_found_by_a_tab_and_its_filter() {
    let site = Site::open(store::testing::World::sqlite().await).await;
    let id = at(&site, Stage::Offered).await;
    let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let path = format!("/student/agreements/{id}");
    let version = student
        .get(&path)
        .await
        .attr("form[action$=refusal] input[name=version]", "value");
    let fields = [("version", version.as_str()), ("reason", "study"), ("text", "")];
    student.post(&format!("{path}/refusal"), &fields).await;
    let reviewer = site.signed_in(&site.cast.schools[0].reviewer).await;
    let staff = site.signed_in(&site.cast.schools[0].staff).await;
    for (who, area) in [(&reviewer, "college"), (&staff, "school")] {
        let list = format!("/{area}/agreements?state=unsigned");
        let row = format!("a[href='/{area}/agreements/{id}']");
        assert!(who.get(&list).await.has(&row), "{area}");
        let chip = format!("nav.chips a[href='{list}&only=declined']");
        assert!(who.get(&list).await.has(&chip), "{area}");
        assert!(
            who.get(&format!("{list}&only=declined")).await.has(&row),
            "{area}"
        );
        assert!(
            !who.get(&format!("{list}&only=withdrawn")).await.has(&row),
            "{area}"
        );
    }
    let firm = site.signed_in(&site.cast.firms[0].login).await;
    let list = "/employer/10001/2027/agreements?tab=pending";
    let row = format!("a[href='/employer/10001/2027/agreements/{id}']");
    assert!(firm.get(&format!("{list}&state=declined")).await.has(&row));
    assert!(!firm.get(&format!("{list}&state=returned")).await.has(&row));
}

#[tokio::test]
async fn lists_are_searched_by_name_with_any_sign_in_it() {
    both(|world| async {
        let site = Site::open(world).await;
        let id = at(&site, Stage::Offered).await;
        let hr = site.signed_in(&site.cast.firms[0].login).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        let (own, list) = (
            "/employer/10001/2027/agreements",
            format!("a[href$='/agreements/{id}']"),
        );
        assert!(hr.get(&format!("{own}?q=张")).await.has(&list));
        assert!(
            hr.get(&format!("{own}?tab=eligible&q=买买提"))
                .await
                .has("table.tb")
        );
        assert!(
            staff
                .get("/school/agreements?state=offered&q=张𬭎")
                .await
                .has(&list)
        );
        for sign in ["%25", "_", "!", "\\", "'", "%00"] {
            for path in [
                format!("{own}?q={sign}"),
                format!("{own}?tab=eligible&q={sign}"),
                format!("/school/agreements?q={sign}"),
            ] {
                let browser = if path.starts_with("/school") { &staff } else { &hr };
                assert_eq!(browser.get(&path).await.status, StatusCode::OK, "{path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_document_that_is_not_made_yet_says_so_and_asks_again() {
    let site = Site::open(World::sqlite().await).await;
    let id = at(&site, Stage::CollegeReview).await;
    let reviewer = site.signed_in(&site.cast.schools[0].reviewer).await;
    let path = format!("/college/agreements/{id}/document");
    let page = reviewer.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("http-equiv=\"refresh\""),
        "asks again by itself"
    );
    let pdf = reviewer.get(&format!("{path}.pdf")).await;
    assert_eq!((pdf.status, pdf.to()), (StatusCode::SEE_OTHER, path.as_str()));
}

#[tokio::test]
async fn an_employer_learns_no_number_before_the_student_accepts() {
    let site = Site::open(World::sqlite().await).await;
    let student = imported(&site, 0).await;
    let (campus, firm) = (&mut site.cast.schools[0].clone(), &site.cast.firms[0]);
    campus.students[0] = student;
    let (school, college, now) = (campus.id, campus.colleges[0], site.world.env.now());
    let decide = site.world.store.write(move |c| {
        Box::pin(async move {
            people::source_decide(
                c,
                (school, &[college]),
                &[student],
                &people::SourceDecision::Approve,
                now,
            )
            .await
        })
    });
    decide.await.unwrap();
    let id = firm.agreement(&site.world, campus, 0, Stage::Offered).await;
    let hr = site.signed_in(&firm.login).await;
    for page in ["", "/document"] {
        let text = hr
            .get(&format!("/employer/10001/2027/agreements/{id}{page}"))
            .await
            .text;
        assert!(text.contains("欧阳龘"), "{page}: it is the agreement");
        for number in [ID_NO, "110***", MOBILE, "138****"] {
            assert!(!text.contains(number), "{page}: {number}");
        }
    }
    let reviewer = site.signed_in(&campus.reviewer).await;
    let text = reviewer.get(&format!("/college/agreements/{id}")).await.text;
    assert!(
        text.contains("110***") && !text.contains(ID_NO) && !text.contains(MOBILE),
        "a reviewer sees masked ones"
    );
}
