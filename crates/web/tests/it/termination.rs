//! 解约 and 作废 through the pages: request with its letter, consent, refusal, reviews, and what is left of it.

use crate::cast::{Campus, PASSWORD, Stage, YEAR};
use crate::hostile;
use crate::site::{Browser, Page, Site, sent};
use domain::document::{Letter, RenderError, Rendered, Renderer, Sheet};
use domain::ids::AgreementId;
use jobs::Worker;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::sync::Arc;
use store::schools::{self, ParamChange};
use store::testing::{World, both};
use store::uploads;

async fn in_force(site: &Site) -> AgreementId {
    site.cast.firms[0]
        .agreement(&site.world, &site.cast.schools[0], 0, Stage::Effective)
        .await
}

/// The pages of an agreement for its four sides.
pub struct Paths {
    pub employer: String,
    pub student: String,
    pub college: String,
    pub school: String,
}

fn paths(site: &Site, id: AgreementId) -> Paths {
    let code = &site.cast.schools[0].code;
    Paths {
        employer: format!("/employer/{code}/{YEAR}/agreements/{id}"),
        student: format!("/student/agreements/{id}"),
        college: format!("/college/agreements/{id}"),
        school: format!("/school/agreements/{id}"),
    }
}

/// An agreement of the first student and the first employer that the student has asked to end, with a letter.
pub async fn asked(site: &Site) -> Paths {
    let at = paths(site, in_force(site).await);
    let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let asked = ask(&student, &at.student, &GOOD, letter()).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    at
}

pub async fn param(site: &Site, key: &str, value: serde_json::Value) {
    let (school, now) = (site.cast.schools[0].id, site.world.env.now());
    let change = ParamChange {
        year: 0,
        key: key.into(),
        value,
        by: None,
    };
    let set = site.world.store.write(move |c| {
        let change = change.clone();
        Box::pin(async move { schools::set_param(c, school, &change, now).await })
    });
    set.await.unwrap();
}

/// A request with a file, as a browser without scripts sends it.
async fn ask(browser: &Browser, path: &str, fields: &[(&str, &str)], file: Option<(&str, Vec<u8>)>) -> Page {
    let page = browser.get(&format!("{path}/termination")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let form = format!("form[action='{path}/termination']");
    let mut parts = Form::new()
        .text("csrf", page.attr(&format!("{form} input[name=csrf]"), "value"))
        .text(
            "version",
            page.attr(&format!("{form} input[name=version]"), "value"),
        );
    for (name, value) in fields {
        parts = parts.text((*name).to_owned(), (*value).to_owned());
    }
    parts = match file {
        Some((name, bytes)) => parts.part("letter", Part::bytes(bytes).file_name(name.to_owned())),
        // As a browser sends a field in which nothing was chosen.
        None => parts.part("letter", Part::bytes(Vec::new()).file_name("")),
    };
    sent(
        browser
            .request(Method::POST, &format!("{path}/termination"))
            .multipart(parts),
    )
    .await
}

const GOOD: [(&str, &str); 3] = [
    ("reason", "further_study"),
    ("text", "已协商一致，考取研究生"),
    ("password", PASSWORD),
];

async fn act(browser: &Browser, page: &str, act: &str, fields: &[(&str, &str)]) -> Page {
    let version = browser.get(page).await.attr(
        &format!("form[action='{page}/{act}'] input[name=version]"),
        "value",
    );
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    browser.post(&format!("{page}/{act}"), &all).await
}

fn letter() -> Option<(&'static str, Vec<u8>)> {
    Some(("解约函（盖章）.pdf", hostile::letter()))
}

async fn clean(site: &Site) {
    let report = store::verify::all(&site.world.store).await.unwrap();
    assert_eq!(report.breaches, []);
}

#[tokio::test]
async fn from_request_to_the_end_and_the_student_signs_again() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, id) = (&site.cast.schools[0], in_force(&site).await);
        let at = paths(&site, id);
        let student = site.signed_in(&campus.student_logins[0]).await;
        let employer = site.signed_in(&site.cast.firms[0].login).await;
        let (reviewer, staff) = (
            site.signed_in(&campus.reviewer).await,
            site.signed_in(&campus.staff).await,
        );
        assert!(
            student
                .get(&at.student)
                .await
                .has(&format!("a[href='{}/termination']", at.student))
        );
        let asked = ask(&student, &at.student, &GOOD, letter()).await;
        assert_eq!(
            (asked.status, asked.to()),
            (StatusCode::SEE_OTHER, at.student.as_str()),
            "{}",
            asked.text
        );

        let page = employer.get(&at.employer).await;
        assert!(
            page.says(".termination").contains("继续深造"),
            "{}",
            page.says(".termination")
        );
        assert!(page.says(".termination .flow .now").contains("对方确认"));
        let file = page.attr(".termination .files a", "href");
        let got = employer.get(&file).await;
        assert_eq!(got.status, StatusCode::OK);
        assert!(got.header("content-disposition").starts_with("attachment"));
        assert!(
            got.header("content-disposition")
                .contains("%E8%A7%A3%E7%BA%A6%E5%87%BD")
        );
        assert!(got.header("content-security-policy").starts_with("sandbox"));
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert_eq!(got.header("cache-control"), "no-store");
        assert!(got.text.starts_with("%PDF-"));
        assert_eq!(readings(&site, &file).await, 1, "who was given it is recorded");

        let unread = act(&employer, &at.employer, "termination/consent", &[]).await;
        assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unread.says("#read-e").contains("阅读"));
        let agreed = act(&employer, &at.employer, "termination/consent", &[("read", "yes")]).await;
        assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text);
        let done = act(&reviewer, &at.college, "termination/approval", &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert!(
            staff
                .get(&at.school)
                .await
                .says(".termination .flow .now")
                .contains("学校审核")
        );
        let list = format!("/employer/{}/{YEAR}/agreements?tab=terminated", campus.code);
        let row = employer.get(&list).await;
        assert!(
            row.text.contains("待学校审核"),
            "progress is in the list: {}",
            row.text
        );
        assert_eq!(
            act(&staff, &at.school, "termination/approval", &[]).await.status,
            StatusCode::SEE_OTHER
        );

        let ended = employer.get(&at.employer).await;
        assert!(
            ended.text.contains("已解约") && ended.has(".termination .files a"),
            "history and letter stay"
        );
        let again = site.cast.firms[1]
            .agreement(&site.world, campus, 0, Stage::CollegeReview)
            .await;
        assert_ne!(again, id, "the student is free at once");
        clean(&site).await;
    })
    .await;
}

async fn readings(site: &Site, href: &str) -> i64 {
    let school = site.cast.schools[0].id;
    let id = href.rsplit('/').next().unwrap().parse().unwrap();
    let read = site
        .world
        .store
        .read(move |c| Box::pin(async move { uploads::readings(c, school, id).await }));
    read.await.unwrap()
}

#[tokio::test]
async fn what_is_missing_is_said_beside_its_field_and_what_was_given_is_kept() {
    both(|world| async {
        let site = Site::open(world).await;
        let id = in_force(&site).await;
        let at = paths(&site, id);
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let empty = ask(&student, &at.student, &[], None).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.has("#reason-e") && empty.has("#letter-e"));

        let wrong = [("reason", "other"), ("text", ""), ("password", PASSWORD)];
        let kept = ask(&student, &at.student, &wrong, letter()).await;
        assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(kept.has("#text-e") && !kept.has("#letter-e"), "{}", kept.text);
        assert!(
            kept.says(".files a").contains("解约函（盖章）.pdf"),
            "the file need not be chosen again"
        );
        let upload = kept.attr("input[name=kept]", "value");

        let password = [
            ("reason", "other"),
            ("text", "另有安排"),
            ("kept", upload.as_str()),
            ("password", "no"),
        ];
        let refused = ask(&student, &at.student, &password, None).await;
        assert!(refused.has("#password-e"), "{}", refused.text);
        let done = [
            ("reason", "other"),
            ("text", "另有安排"),
            ("kept", upload.as_str()),
            ("password", PASSWORD),
        ];
        assert_eq!(
            ask(&student, &at.student, &done, None).await.status,
            StatusCode::SEE_OTHER
        );
        let late = student.get(&format!("{}/termination", at.student)).await;
        assert_eq!(
            late.status,
            StatusCode::CONFLICT,
            "a second request is told why not"
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_asks_with_somebody_elses_file() {
    both(|world| async {
        let site = Site::open(world).await;
        param(&site, "employer_may_terminate", json!(true)).await;
        let at = paths(&site, in_force(&site).await);
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let employer = site.signed_in(&site.cast.firms[0].login).await;
        let kept = ask(&student, &at.student, &[("reason", "other")], letter()).await;
        let upload = kept.attr("input[name=kept]", "value");
        let stolen = [
            ("reason", "business"),
            ("kept", upload.as_str()),
            ("password", PASSWORD),
        ];
        let page = ask(&employer, &at.employer, &stolen, None).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has("#letter-e"));
        let peek = employer.get(&format!("{}/files/{upload}", at.employer)).await;
        assert_eq!(peek.status, StatusCode::NOT_FOUND, "nor sees it before it counts");
        let own = student.get(&format!("{}/files/{upload}", at.student)).await;
        assert_eq!(own.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn an_employer_may_ask_where_the_school_lets_it_and_is_told_where_not() {
    both(|world| async {
        let site = Site::open(world).await;
        let at = paths(&site, in_force(&site).await);
        let employer = site.signed_in(&site.cast.firms[0].login).await;
        let page = employer.get(&at.employer).await;
        assert!(page.has("#why-requesttermination"), "{}", page.text);
        assert!(page.says("#why-requesttermination").contains("未开放"));
        assert!(!page.has(&format!("a[href='{}/termination']", at.employer)));
        let refused = employer.get(&format!("{}/termination", at.employer)).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert_eq!(refused.says("h1"), "现在不能这样操作", "nobody was faster");
        assert!(refused.text.contains("未开放"));
        assert_eq!(refused.attr("a.btn.pri", "href"), at.employer);

        param(&site, "employer_may_terminate", json!(true)).await;
        let reason = [
            ("reason", "business"),
            ("text", "业务调整"),
            ("password", PASSWORD),
        ];
        assert_eq!(
            ask(&employer, &at.employer, &reason, letter()).await.status,
            StatusCode::SEE_OTHER
        );
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let no = [("reason", "no_agreement"), ("text", "")];
        let refused = act(&student, &at.student, "termination/refusal", &no).await;
        assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text);
        let page = employer.get(&at.employer).await;
        assert!(
            page.has(".st.done") && !page.has(".termination"),
            "it stands as before"
        );
        assert!(
            page.text.contains("不同意解约") && page.text.contains("未协商一致"),
            "history stays"
        );
        clean(&site).await;
    })
    .await;
}

#[tokio::test]
async fn a_request_is_taken_back_rejected_or_goes_on_without_an_answer() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus: &Campus = &site.cast.schools[0];
        let at = paths(&site, in_force(&site).await);
        let student = site.signed_in(&campus.student_logins[0]).await;
        let staff = site.signed_in(&campus.staff).await;
        assert_eq!(
            ask(&student, &at.student, &GOOD, letter()).await.status,
            StatusCode::SEE_OTHER
        );
        let early = staff.get(&at.school).await;
        assert!(
            early.says("#why-escalatetermination").contains('-'),
            "it says from when on: {}",
            early.text
        );
        assert!(
            early.has("#why-approvetermination"),
            "not the school's turn, and it says so"
        );
        assert_eq!(
            act(&student, &at.student, "termination/cancellation", &[])
                .await
                .status,
            StatusCode::SEE_OTHER
        );
        assert!(student.get(&at.student).await.has(".st.done"));

        assert_eq!(
            ask(&student, &at.student, &GOOD, letter()).await.status,
            StatusCode::SEE_OTHER
        );
        site.wait(7 * 24 * 3600 + 60);
        let staff = site.signed_in(&campus.staff).await;
        let on = act(&staff, &at.school, "termination/escalation", &[]).await;
        assert_eq!(on.status, StatusCode::SEE_OTHER, "{}", on.text);
        let reviewer = site.signed_in(&campus.reviewer).await;
        let bare = act(
            &reviewer,
            &at.college,
            "termination/rejection",
            &[("reason", "other"), ("text", "")],
        )
        .await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bare.has("#text-e"));
        let no = [("reason", "liability_open"), ("text", "违约金未付")];
        assert_eq!(
            act(&reviewer, &at.college, "termination/rejection", &no)
                .await
                .status,
            StatusCode::SEE_OTHER
        );
        assert!(reviewer.get(&at.college).await.has(".st.done"));
        clean(&site).await;
    })
    .await;
}

/// A scanner that knows one virus, and breaks at another file.
fn scanner() -> web::upload::Outside {
    let script = "f=$(cat | tr -d '\\0'); case $f in *VIRUS*) exit 1;; *BREAKS*) exit 2;; *) exit 0;; esac";
    web::upload::Outside {
        command: ["sh", "-c", script].map(Into::into).to_vec(),
        patience: std::time::Duration::from_secs(20),
    }
}

#[tokio::test]
async fn a_letter_that_the_virus_scanner_does_not_pass_is_not_kept() {
    both(|world| async {
        let site = Site::with(world, |config| config.readers.scanner = Some(scanner())).await;
        let at = paths(&site, in_force(&site).await);
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let with = |words: &str| {
            let mut file = hostile::letter();
            file.extend_from_slice(words.as_bytes());
            Some(("letter.pdf", file))
        };
        for (words, told) in [("VIRUS", "未通过病毒扫描"), ("BREAKS", "暂时无法检查文件")] {
            let page = ask(&student, &at.student, &GOOD, with(words)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(
                page.says("#letter-e").contains(told),
                "{}",
                page.says("#letter-e")
            );
            assert_eq!(page.says("textarea"), GOOD[1].1, "what was typed is kept");
            assert!(
                !page.has("input[name=kept][value]:not([value=''])"),
                "nothing is kept"
            );
        }
        let files = site.world.config.data.join("files");
        assert_eq!(std::fs::read_dir(files).unwrap().count(), 0, "nothing was stored");
        let done = ask(&student, &at.student, &GOOD, with("% harmless")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.says(".err"));
        clean(&site).await;
    })
    .await;
}

#[tokio::test]
async fn the_school_limits_how_often_a_student_may_ask() {
    both(|world| async {
        let site = Site::open(world).await;
        param(&site, "max_breaches", json!(0)).await;
        let at = paths(&site, in_force(&site).await);
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let page = student.get(&at.student).await;
        assert!(
            page.says("#why-requesttermination").contains("0 次"),
            "{}",
            page.text
        );
    })
    .await;
}

/// Prints a line instead of a page; the press itself is tested where it lives.
struct Typewriter;

impl Renderer for Typewriter {
    fn render(&self, _: &Sheet) -> Result<Rendered, RenderError> {
        Err(RenderError::Qr)
    }

    fn letter(&self, letter: &Letter) -> Result<Rendered, RenderError> {
        Ok(Rendered {
            pdf: format!("%PDF-1.7 {} {} {}", letter.number, letter.reason, letter.text).into_bytes(),
            pages: 1,
            missing_glyphs: Vec::new(),
            fields: Vec::new(),
        })
    }
}

#[tokio::test]
async fn a_letter_written_by_the_system_is_confirmed_by_both() {
    both(|world| async {
        let site = Site::open(world).await;
        let at = paths(&site, in_force(&site).await);
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let form = student.get(&format!("{}/termination", at.student)).await;
        let version = form.attr("input[name=version]", "value");
        let write = format!("{}/termination/letter", at.student);
        let bare = student.post(&write, &[("version", &version)]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [
            ("version", version.as_str()),
            ("reason", "military"),
            ("text", "应征入伍通知书附后"),
        ];
        let ordered = student.post(&write, &fields).await;
        assert_eq!(ordered.status, StatusCode::SEE_OTHER, "{}", ordered.text);
        Worker::new(site.world.store.clone(), Arc::new(Typewriter))
            .drain()
            .await;
        let page = student.get(ordered.to()).await;
        let upload = page.attr("input[name=kept]", "value");
        let got = student.get(&page.attr(".files a", "href")).await;
        assert!(got.text.contains("应征入伍"), "{}", got.text);

        let changed = [
            ("reason", "military"),
            ("text", "别的"),
            ("kept", upload.as_str()),
            ("password", PASSWORD),
        ];
        let differs = ask(&student, &at.student, &changed, None).await;
        assert!(differs.says("#letter-e").contains("重新生成"), "{}", differs.text);
        let same = [
            ("reason", "military"),
            ("text", "应征入伍通知书附后"),
            ("kept", upload.as_str()),
            ("password", PASSWORD),
        ];
        assert_eq!(
            ask(&student, &at.student, &same, None).await.status,
            StatusCode::SEE_OTHER
        );
        let employer = site.signed_in(&site.cast.firms[0].login).await;
        let page = employer.get(&at.employer).await;
        assert!(page.says(".termination").contains("双方确认"));
        assert_eq!(
            act(&employer, &at.employer, "termination/consent", &[("read", "yes")])
                .await
                .status,
            StatusCode::SEE_OTHER
        );
        clean(&site).await;
    })
    .await;
}

#[tokio::test]
async fn every_hostile_letter_is_answered_beside_its_field() {
    let site = Site::open(World::sqlite().await).await;
    let at = paths(&site, in_force(&site).await);
    let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let mut wrong = Vec::new();
    for case in hostile::corpus() {
        // The password is missing, so that nothing is ever accepted.
        let fields = [("reason", "military"), ("text", "x")];
        let page = ask(&student, &at.student, &fields, Some((&case.name, case.bytes))).await;
        let said = page.says("#letter-e");
        let refused = case.fault.is_some();
        // No browser sends such a name; the form cannot be read.
        if case.name.contains(char::is_control) && page.status == StatusCode::BAD_REQUEST {
            continue;
        }
        if page.status != StatusCode::UNPROCESSABLE_ENTITY
            || said.is_empty() == refused
            || said.contains("error.")
        {
            wrong.push(format!("{}: {} {said:?}", case.what, page.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn two_members_of_staff_void_an_agreement_and_one_alone_cannot() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let id = in_force(&site).await;
        let at = paths(&site, id);
        let first = site.signed_in(&campus.staff).await;
        let second = site.signed_in(&campus.second_staff).await;
        let bare = act(&first, &at.school, "void", &[]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bare.has("#void_reason-e"));
        let why = [("void_reason", "fraud"), ("void_text", "营业执照系伪造")];
        assert_eq!(
            act(&first, &at.school, "void", &why).await.status,
            StatusCode::SEE_OTHER
        );
        let own = first.get(&at.school).await;
        assert!(
            own.says("#why-confirmvoid").contains("另一位") || own.has("#why-confirmvoid"),
            "{}",
            own.text
        );
        assert!(second.get(&at.school).await.text.contains("营业执照系伪造"));
        let employer = site.signed_in(&site.cast.firms[0].login).await;
        assert!(
            !employer.get(&at.employer).await.text.contains("营业执照系伪造"),
            "it stays with the school"
        );

        assert_eq!(
            act(&second, &at.school, "void/withdrawal", &[]).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(second.get(&at.school).await.has(".st.done"));
        assert_eq!(
            act(&first, &at.school, "void", &why).await.status,
            StatusCode::SEE_OTHER
        );
        let done = act(&second, &at.school, "void/confirmation", &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let page = employer.get(&at.employer).await;
        assert!(
            page.text.contains("已作废") && page.text.contains("弄虚作假"),
            "both sides are told why"
        );
        clean(&site).await;
    })
    .await;
}
