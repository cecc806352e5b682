//! Sessions: their token changes at login, they end by rest, by age, by logout, by a new password.

use crate::site::{Site, sent};
use reqwest::{Method, StatusCode};
use store::testing::{World, both};

fn sid(cookies: &[String]) -> String {
    let found = cookies.iter().find_map(|cookie| cookie.strip_prefix("sid="));
    found
        .and_then(|rest| rest.split(';').next())
        .expect("a session cookie")
        .to_owned()
}

#[tokio::test]
async fn a_login_begins_a_new_session_and_ends_the_old_one() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = &site.cast.schools[0].student_logins[0];
        let browser = site.browser();
        let first = sid(&browser.log_in(who, crate::cast::PASSWORD).await.cookies());
        // The same browser, at the login page of another tab that was open before.
        let token = browser.token().await;
        let fields = [
            ("csrf", token.as_str()),
            ("login", &who.login),
            ("school", "10001"),
            ("password", crate::cast::PASSWORD),
        ];
        let again = browser.post_bare(who.door, &fields).await;
        let second = sid(&again.cookies());
        assert_ne!(first, second);
        let old = site
            .browser()
            .request(Method::GET, "/password")
            .header("cookie", format!("sid={first}"));
        assert_eq!(
            sent(old).await.status,
            StatusCode::SEE_OTHER,
            "the old token is worth nothing"
        );
        let new = site
            .browser()
            .request(Method::GET, "/password")
            .header("cookie", format!("sid={second}"));
        assert_eq!(sent(new).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_planted_before_login_is_not_taken_over() {
    let site = Site::open(World::sqlite().await).await;
    let planted = format!("1.{}", "A".repeat(43));
    let request = site
        .browser()
        .request(Method::GET, "/login/student")
        .header("cookie", format!("sid={planted}"));
    let page = sent(request).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.cookies()
            .iter()
            .any(|cookie| cookie.starts_with("sid=;") && cookie.contains("Max-Age=0"))
    );
}

#[tokio::test]
async fn sessions_rest_thirty_minutes_for_staff_and_sixty_for_students() {
    both(|world| async {
        let site = Site::open(world).await;
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        site.wait(29 * 60);
        assert_eq!(
            staff.get("/password").await.status,
            StatusCode::OK,
            "use keeps it alive"
        );
        site.wait(29 * 60);
        assert_eq!(staff.get("/password").await.status, StatusCode::OK);
        assert_eq!(student.get("/password").await.status, StatusCode::OK);
        site.wait(30 * 60);
        assert_eq!(staff.get("/school").await.to(), "/login/staff");
        assert_eq!(student.get("/password").await.status, StatusCode::OK);
        site.wait(60 * 60);
        assert_eq!(student.get("/student").await.to(), "/login/student");
    })
    .await;
}

#[tokio::test]
async fn after_twelve_hours_every_session_ends() {
    both(|world| async {
        let site = Site::open(world).await;
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        for _ in 0..14 {
            site.wait(50 * 60);
            assert_eq!(student.get("/password").await.status, StatusCode::OK);
        }
        site.wait(20 * 60 + 1);
        assert_eq!(student.get("/password").await.to(), "/");
    })
    .await;
}

#[tokio::test]
async fn reading_writes_at_most_once_a_minute() {
    let site = Site::open(World::sqlite().await).await;
    let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let seen = async || {
        let read = site.world.store.read(|c| {
            Box::pin(async move {
                let rows = store::fetch_all!(c, (jiff::Timestamp,), "SELECT seen_at FROM session");
                Ok(rows?.into_iter().map(|(at,)| at).collect::<Vec<_>>())
            })
        });
        read.await.unwrap()
    };
    let begun = seen().await;
    site.wait(59);
    student.get("/password").await;
    assert_eq!(seen().await, begun);
    site.wait(1);
    student.get("/password").await;
    assert_ne!(seen().await, begun);
}

#[tokio::test]
async fn a_logout_ends_the_session_at_once_and_says_so() {
    both(|world| async {
        let site = Site::open(world).await;
        let browser = site.browser();
        let who = &site.cast.schools[0].student_logins[0];
        let token = sid(&browser.log_in(who, crate::cast::PASSWORD).await.cookies());
        let out = browser.post("/logout", &[]).await;
        assert_eq!((out.status, out.to()), (StatusCode::SEE_OTHER, "/"));
        // Another tab of the same browser, before the first has followed: it is not told.
        assert_eq!(browser.get(who.door).await.says(".toast"), "");
        let wrong = browser.log_in(who, "Falsch-4096").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.says(".toast"), "");
        assert!(browser.get("/?x=1").await.says(".toast").contains("已退出登录"));
        assert_eq!(
            browser.get("/").await.says(".toast"),
            "",
            "a flash lives for one page"
        );
        let old = site
            .browser()
            .request(Method::GET, "/password")
            .header("cookie", format!("sid={token}"));
        assert_eq!(sent(old).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_disabled_account_is_out_with_the_next_request() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = site.cast.schools[0].staff.clone();
        let browser = site.signed_in(&who).await;
        let (home, id) = (who.home, who.account);
        // Not by `accounts::disable`, which ends the sessions besides.
        let disable = site.world.store.write(move |c| {
            Box::pin(async move {
                store::exec!(
                    c,
                    "UPDATE account SET status = 'disabled' WHERE school_id = $1 AND id = $2",
                    home,
                    id
                )
            })
        });
        disable.await.unwrap();
        assert_eq!(browser.get("/school").await.to(), "/login/staff");
    })
    .await;
}

#[tokio::test]
async fn over_tls_the_cookie_has_the_host_prefix_and_is_secure() {
    let site = Site::with(World::sqlite().await, |config| config.plain_http = false).await;
    let page = site.browser().get("/login/student").await;
    let cookies = page.cookies();
    assert!(
        cookies.iter().all(|cookie| cookie.starts_with("__Host-")),
        "{cookies:?}"
    );
    assert!(cookies.iter().all(|cookie| cookie.contains("; Secure")
        && cookie.contains("; HttpOnly")
        && cookie.contains("SameSite=Lax")));
    assert!(page.header("strict-transport-security").starts_with("max-age="));
}
