//! The student's pages: read, tick, accept, decline; what is wrong stands beside its field and what was
//! typed is kept; who comes too late is told what happened.

use crate::cast::{PASSWORD, Stage};
use crate::site::{Browser, Page, Site};
use domain::agreement::Command;
use domain::ids::AgreementId;
use domain::policy::Actor;
use reqwest::StatusCode;
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use store::agreements::{self, Act, Origin};
use store::testing::{World, both};

/// The keys of the clauses on an offer's page.
pub fn keys(page: &Page) -> Vec<String> {
    let html = Html::parse_document(&page.text);
    let ticks = Selector::parse("input[name=tick]").unwrap();
    html.select(&ticks)
        .filter_map(|input| input.attr("value").map(str::to_owned))
        .collect()
}

fn checked(page: &Page) -> usize {
    Html::parse_document(&page.text)
        .select(&Selector::parse("input[name=tick][checked]").unwrap())
        .count()
}

/// Everything that an acceptance needs, from the page as it is shown.
pub async fn accept(browser: &Browser, id: AgreementId, without: &[&str], password: &str) -> Page {
    let page = browser.get(&format!("/student/agreements/{id}")).await;
    let version = page.attr("form[data-ticks] input[name=version]", "value");
    let ticks = keys(&page);
    let mut fields = vec![
        ("version", version.as_str()),
        ("signing", "yes"),
        ("password", password),
    ];
    fields.extend(ticks.iter().map(|key| ("tick", key.as_str())));
    let mut left_out = without.to_vec();
    fields.retain(|(name, _)| match left_out.iter().position(|out| out == name) {
        // Of the ticks one is left out, of anything else all.
        Some(at) if *name == "tick" => {
            left_out.remove(at);
            false
        }
        Some(_) => false,
        None => true,
    });
    browser
        .post(&format!("/student/agreements/{id}/acceptance"), &fields)
        .await
}

async fn offered(site: &Site) -> AgreementId {
    site.cast.firms[0]
        .agreement(&site.world, &site.cast.schools[0], 0, Stage::Offered)
        .await
}

/// The employer does something meanwhile.
async fn employer(site: &Site, id: AgreementId, command: Command) {
    let firm = &site.cast.firms[0];
    let act = Act {
        school: site.cast.schools[0].id,
        id,
        version: None,
        command,
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
async fn an_offer_is_read_ticked_and_accepted() {
    both(|world| async {
        let site = Site::open(world).await;
        let id = offered(&site).await;
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let home = student.get("/student").await;
        assert_eq!(home.status, StatusCode::OK);
        assert!(
            home.has(&format!("a[href='/student/agreements/{id}']")),
            "home leads to the offer"
        );
        for path in [
            "/student/agreements",
            "/student/source",
            "/student/resume",
            "/student/messages",
        ] {
            assert_eq!(student.get(path).await.status, StatusCode::OK, "{path}");
        }
        assert!(
            student.get("/student/messages").await.has("ul.rows li"),
            "the offer was told"
        );
        let done = accept(&student, id, &[], PASSWORD).await;
        assert_eq!(
            (done.status, done.to()),
            (
                StatusCode::SEE_OTHER,
                format!("/student/agreements/{id}").as_str()
            )
        );
        let page = student.get(done.to()).await;
        assert!(page.has(".st.review"), "in review: {}", page.text);
        assert!(!page.has("form[data-ticks]"), "nothing left to answer");
        let again = student
            .post(
                &format!("/student/agreements/{id}/acceptance"),
                &[("version", "2")],
            )
            .await;
        assert_eq!(again.status, StatusCode::CONFLICT, "the same form sent twice");
        assert!(
            again.has(&format!("main a[href='/student/agreements/{id}']")),
            "with the way back"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_at_acceptance_stands_beside_its_field_and_the_rest_is_kept() {
    let site = Site::open(World::sqlite().await).await;
    let id = offered(&site).await;
    let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let all = keys(&student.get(&format!("/student/agreements/{id}")).await).len();
    for (without, password, error, ticked) in [
        (&["tick"][..], PASSWORD, "#tick-e", all - 1),
        (&["signing"], PASSWORD, "#signing-e", all),
        (&["password"], PASSWORD, "#password-e", all),
        (&[], "not the password", "#password-e", all),
    ] {
        let page = accept(&student, id, without, password).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{error}");
        assert!(!page.says(error).is_empty(), "{error} says what is wrong");
        assert_eq!(checked(&page), ticked, "{error}: the ticks are kept");
        assert_eq!(
            page.has("#f-signing[checked]"),
            error != "#signing-e",
            "{error}: the consent is kept"
        );
        assert!(
            !page.text.contains("not the password"),
            "a password is never shown"
        );
    }
    assert!(
        student
            .get(&format!("/student/agreements/{id}"))
            .await
            .has(".act"),
        "still open"
    );
    assert_eq!(
        accept(&student, id, &[], PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_school_without_a_second_factor_asks_for_no_password() {
    let site = Site::open(World::sqlite().await).await;
    let (school, now) = (site.cast.schools[0].id, site.world.env.now());
    let by = site.cast.schools[0].staff.account;
    let set = site.world.store.write(move |c| {
        Box::pin(async move {
            let value = serde_json::json!("none");
            let change = store::schools::ParamChange {
                year: 0,
                key: "second_factor".into(),
                value,
                by: Some(by),
            };
            store::schools::set_param(c, school, &change, now).await
        })
    });
    set.await.unwrap();
    let id = offered(&site).await;
    let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    assert!(
        !student
            .get(&format!("/student/agreements/{id}"))
            .await
            .has("input[type=password]")
    );
    assert_eq!(
        accept(&student, id, &["password"], "").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn whoever_comes_too_late_is_told_what_happened() {
    both(|world| async {
        let site = Site::open(world).await;
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let id = offered(&site).await;
        let path = format!("/student/agreements/{id}");
        let version = student
            .get(&path)
            .await
            .attr("form[data-ticks] input[name=version]", "value");
        employer(&site, id, Command::Withdraw).await;
        let late = student
            .post(&format!("{path}/acceptance"), &[("version", &version)])
            .await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text.contains("已撤回"), "says that it was withdrawn");
        let late = student
            .post(
                &format!("{path}/refusal"),
                &[("version", &version), ("reason", "pay")],
            )
            .await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        let late = student
            .post(&format!("{path}/ticks"), &[("version", &version)])
            .await;
        assert_eq!(late.status, StatusCode::CONFLICT);

        let expiring = site.cast.firms[1]
            .agreement(&site.world, &site.cast.schools[0], 0, Stage::Offered)
            .await;
        let path = format!("/student/agreements/{expiring}");
        let version = student
            .get(&path)
            .await
            .attr("form[data-ticks] input[name=version]", "value");
        site.wait(3600 * 24 * 6);
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let late = student
            .post(&format!("{path}/acceptance"), &[("version", &version)])
            .await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text.contains("届满"), "says that the time is over");
        assert!(
            student.get(&path).await.has("#why-accept"),
            "and its page says why it cannot be accepted"
        );
    })
    .await;
}

#[tokio::test]
async fn ticks_are_saved_by_the_script_and_by_a_button() {
    let site = Site::open(World::sqlite().await).await;
    let id = offered(&site).await;
    let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let path = format!("/student/agreements/{id}");
    let page = student.get(&path).await;
    let (all, version) = (
        keys(&page),
        page.attr("form[data-ticks] input[name=version]", "value"),
    );
    let ticks = format!("{path}/ticks");
    let fields = [
        ("version", version.as_str()),
        ("tick", &all[0]),
        ("tick", &all[1]),
        ("tick", "made up"),
    ];
    let saved = student.post(&ticks, &fields).await;
    assert_eq!(
        saved.status,
        StatusCode::SEE_OTHER,
        "without a script: back to the page"
    );
    assert_eq!(checked(&student.get(&path).await), 2);
    let token = student.token().await;
    let request = student
        .request(reqwest::Method::POST, &ticks)
        .header("x-requested-with", "fetch");
    let fields = [("csrf", token.as_str()), ("version", &version), ("tick", &all[1])];
    let saved = crate::site::sent(request.form(&fields)).await;
    assert_eq!(saved.status, StatusCode::NO_CONTENT);
    assert_eq!(
        checked(&student.get(&path).await),
        1,
        "exactly the ticks of the form stand"
    );
    let stale = student
        .post(&ticks, &[("version", "99"), ("tick", &all[0])])
        .await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(
        student.post(&ticks, &[("version", "x")]).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn an_offer_is_declined_with_a_reason() {
    both(|world| async {
        let site = Site::open(world).await;
        let id = offered(&site).await;
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let path = format!("/student/agreements/{id}");
        let version = student
            .get(&path)
            .await
            .attr("form[data-ticks] input[name=version]", "value");
        let long = "长".repeat(600);
        for (fields, error) in [
            (vec![("text", "再想想")], "#reason-e"),
            (vec![("reason", "made_up"), ("text", "再想想")], "#reason-e"),
            (vec![("reason", "other")], "#text-e"),
            (vec![("reason", "pay"), ("text", long.as_str())], "#text-e"),
        ] {
            let mut all = vec![("version", version.as_str())];
            all.extend(fields.iter().copied());
            let page = student.post(&format!("{path}/refusal"), &all).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
            assert!(!page.says(error).is_empty(), "{error}");
            assert!(
                page.has("#refuse details[open]"),
                "the form is open without scripts"
            );
            let typed = fields
                .iter()
                .find(|(name, _)| *name == "text")
                .map_or("", |(_, text)| text);
            assert_eq!(page.says("#f-text"), typed, "what was typed is kept");
        }
        let fields = [
            ("version", version.as_str()),
            ("reason", "place"),
            ("text", "离家太远"),
        ];
        let done = student.post(&format!("{path}/refusal"), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let page = student.get(&path).await;
        assert!(page.has(".st.bad") && page.text.contains("离家太远"));
        let hr = site.signed_in(&site.cast.firms[0].login).await;
        let inbox = hr.get("/employer/10001/2027/messages").await;
        assert!(
            inbox.status != StatusCode::OK || inbox.has("ul.rows li"),
            "the employer is told"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_not_the_students_does_not_exist() {
    let site = Site::open(World::sqlite().await).await;
    let foreign = site.cast.firms[0]
        .agreement(&site.world, &site.cast.schools[0], 1, Stage::Offered)
        .await;
    let draft = site.cast.firms[0]
        .agreement(&site.world, &site.cast.schools[0], 0, Stage::Draft)
        .await;
    let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let absent = uuid::Uuid::from_u128(7).to_string();
    for id in [foreign.to_string(), draft.to_string(), absent, "not-an-id".into()] {
        let path = format!("/student/agreements/{id}");
        for page in ["", "/document", "/document.pdf"] {
            assert_eq!(
                student.get(&format!("{path}{page}")).await.status,
                StatusCode::NOT_FOUND,
                "{id}{page}"
            );
        }
        for act in ["ticks", "acceptance", "refusal"] {
            let fields = [
                ("version", "1"),
                ("reason", "pay"),
                ("signing", "yes"),
                ("password", PASSWORD),
            ];
            let page = student.post(&format!("{path}/{act}"), &fields).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}/{act}");
        }
    }
}

#[tokio::test]
async fn a_resume_is_kept_as_it_was_written() {
    both(|world| async {
        let site = Site::open(world).await;
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let long = "简".repeat(2001);
        let wrong = student
            .post("/student/resume", &[("objective", "工程师"), ("about", &long)])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!wrong.says("#about-e").is_empty());
        assert_eq!(wrong.says("#f-objective"), "工程师", "what was typed is kept");
        let fields = [
            ("objective", "=1+1 <b>𬭎</b>"),
            ("skills", "Rust\r\nSQL"),
            ("visible", "yes"),
        ];
        assert_eq!(
            student.post("/student/resume", &fields).await.status,
            StatusCode::SEE_OTHER
        );
        let page = student.get("/student/resume").await;
        assert_eq!(page.says("#f-objective"), "=1+1 <b>𬭎</b>");
        assert_eq!(page.says("#f-skills"), "Rust\nSQL");
        assert!(page.has("input[name=visible][checked]"));
    })
    .await;
}
