//! The first password by a link, and its change.

use crate::cast::{Login, PASSWORD};
use crate::site::{Page, Site};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use reqwest::StatusCode;
use sha2::{Digest, Sha256};
use store::testing::{World, both};

const NEXT: &str = "Quartz-lake-72-hum";

async fn link(site: &Site, who: &Login, hours: i64) -> String {
    let random = site.world.env.bytes::<32>();
    let hash: [u8; 32] = Sha256::digest(random).into();
    let until = site
        .world
        .env
        .now()
        .checked_add(SignedDuration::from_hours(hours))
        .unwrap();
    let (home, id) = (who.home, who.account);
    let set = site.world.store.write(move |c| {
        Box::pin(async move { store::accounts::set_activation(c, home, id, &hash, until).await })
    });
    set.await.unwrap();
    format!("/activate/{home}.{}", URL_SAFE_NO_PAD.encode(random))
}

fn complaint(page: &Page, field: &str) -> String {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says(&format!("#{field}-e"))
}

#[tokio::test]
async fn an_activation_link_sets_the_first_password_once() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = &site.cast.schools[0].student_logins[0];
        let link = link(&site, who, 72).await;
        let browser = site.browser();
        let page = browser.get(&link).await;
        assert_eq!(
            (page.status, page.attr("#f-login", "value")),
            (StatusCode::OK, who.login.clone())
        );
        let weak = browser
            .post(&link, &[("new_password", "short"), ("repeat", "short")])
            .await;
        assert!(complaint(&weak, "new_password").contains("12"));
        let differs = browser
            .post(&link, &[("new_password", NEXT), ("repeat", "other")])
            .await;
        assert!(complaint(&differs, "repeat").contains("不一致"));
        assert!(!differs.text.contains(NEXT), "a password is never sent back");
        let done = browser
            .post(&link, &[("new_password", NEXT), ("repeat", NEXT)])
            .await;
        assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, "/student"));
        assert_eq!(browser.get("/password").await.status, StatusCode::OK, "signed in");
        assert_eq!(
            site.browser().get(&link).await.status,
            StatusCode::NOT_FOUND,
            "used up"
        );
        assert_eq!(
            site.browser().log_in(who, NEXT).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            site.browser().log_in(who, PASSWORD).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    })
    .await;
}

#[tokio::test]
async fn an_old_link_is_as_good_as_none() {
    let site = Site::open(World::sqlite().await).await;
    let link = link(&site, &site.cast.schools[0].student_logins[0], 1).await;
    site.wait(3600);
    let (old, none) = (
        site.browser().get(&link).await,
        site.browser().get("/activate/1.AAAA").await,
    );
    assert_eq!(
        (old.status, none.status),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
}

#[tokio::test]
async fn a_changed_password_ends_every_other_session() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = &site.cast.schools[0].student_logins[0];
        let (here, elsewhere) = (site.signed_in(who).await, site.signed_in(who).await);
        let wrong = here
            .post(
                "/password",
                &[("password", "wrong"), ("new_password", NEXT), ("repeat", NEXT)],
            )
            .await;
        assert!(complaint(&wrong, "password").contains("密码不对"));
        let same = [
            ("password", PASSWORD),
            ("new_password", PASSWORD),
            ("repeat", PASSWORD),
        ];
        assert!(
            complaint(&here.post("/password", &same).await, "new_password").contains("不能与当前密码相同")
        );
        let change = [("password", PASSWORD), ("new_password", NEXT), ("repeat", NEXT)];
        let done = here.post("/password", &change).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert_eq!(
            here.get("/password").await.status,
            StatusCode::OK,
            "this browser stays in"
        );
        assert_eq!(
            elsewhere.get("/password").await.status,
            StatusCode::SEE_OTHER,
            "the other one is out"
        );
    })
    .await;
}

#[tokio::test]
async fn an_employer_learns_of_its_new_password_on_the_page_that_its_home_leads_to() {
    let site = Site::open(World::sqlite().await).await;
    let browser = site.signed_in(&site.cast.firms[0].login).await;
    let change = [("password", PASSWORD), ("new_password", NEXT), ("repeat", NEXT)];
    let done = browser.post("/password", &change).await;
    assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, "/employer"));
    let home = browser.get("/employer").await;
    assert_eq!(home.status, StatusCode::SEE_OTHER);
    assert!(browser.get(home.to()).await.says(".toast").contains("密码已修改"));
    assert_eq!(browser.get(home.to()).await.says(".toast"), "");
}

#[tokio::test]
async fn wrong_passwords_of_somebody_signed_in_count_as_at_login() {
    let site = Site::open(World::sqlite().await).await;
    let who = &site.cast.schools[0].student_logins[0];
    let browser = site.signed_in(who).await;
    for _ in 0..5 {
        browser
            .post(
                "/password",
                &[("password", "wrong"), ("new_password", NEXT), ("repeat", NEXT)],
            )
            .await;
    }
    let right = [("password", PASSWORD), ("new_password", NEXT), ("repeat", NEXT)];
    assert!(complaint(&browser.post("/password", &right).await, "password").contains("过多"));
}

#[tokio::test]
async fn staff_passwords_need_three_classes_change_after_ninety_days_and_do_not_come_back() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = &site.cast.schools[0].staff;
        let browser = site.signed_in(who).await;
        let simple = [
            ("password", PASSWORD),
            ("new_password", "correct horse battery"),
            ("repeat", "correct horse battery"),
        ];
        assert!(complaint(&browser.post("/password", &simple).await, "new_password").contains("三类"));
        let common = [
            ("password", PASSWORD),
            ("new_password", "Password-1234"),
            ("repeat", "Password-1234"),
        ];
        assert!(complaint(&browser.post("/password", &common).await, "new_password").contains("太常见"));
        let change = [("password", PASSWORD), ("new_password", NEXT), ("repeat", NEXT)];
        assert_eq!(
            browser.post("/password", &change).await.status,
            StatusCode::SEE_OTHER
        );
        let back = [
            ("password", NEXT),
            ("new_password", PASSWORD),
            ("repeat", PASSWORD),
        ];
        assert!(complaint(&browser.post("/password", &back).await, "new_password").contains("最近 5 次"));
        site.wait(90 * 24 * 3600);
        let browser = site.browser();
        assert_eq!(browser.log_in(who, NEXT).await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            browser.get("/school").await.to(),
            "/password",
            "nothing else before a new password"
        );
        assert_eq!(browser.get("/password").await.status, StatusCode::OK);
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        assert_ne!(
            student.get("/student").await.to(),
            "/password",
            "students may keep theirs"
        );
    })
    .await;
}
