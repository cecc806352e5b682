//! Forms come from our own pages and are not too large.

use crate::site::{Site, sent};
use reqwest::{Method, StatusCode};
use store::testing::World;

#[tokio::test]
async fn a_form_without_a_fitting_token_is_refused() {
    let site = Site::open(World::sqlite().await).await;
    let who = &site.cast.schools[0].student_logins[0];
    let browser = site.signed_in(who).await;
    let stranger = site.browser();
    let foreign = stranger.token().await;
    for fields in [
        &[][..],
        &[("csrf", "")],
        &[("csrf", "AAAA")],
        &[("csrf", foreign.as_str())],
    ] {
        for path in ["/logout", "/language", "/password", "/student/messages/seen"] {
            let page = browser.post_bare(path, fields).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {fields:?}");
        }
    }
    assert_eq!(
        browser.get("/password").await.status,
        StatusCode::OK,
        "still signed in"
    );
    let login = [
        ("login", who.login.as_str()),
        ("school", "10001"),
        ("password", crate::cast::PASSWORD),
    ];
    assert_eq!(
        stranger.post_bare(who.door, &login).await.status,
        StatusCode::FORBIDDEN,
        "a login too"
    );
}

#[tokio::test]
async fn every_post_route_asks_for_the_token() {
    let site = Site::open(World::sqlite().await).await;
    let cast = &site.cast;
    let browsers = [
        site.signed_in(&cast.firms[0].login).await,
        site.signed_in(&cast.schools[0].student_logins[0]).await,
        site.signed_in(&cast.schools[0].reviewer).await,
        site.signed_in(&cast.schools[0].staff).await,
    ];
    for route in web::routes()
        .iter()
        .filter(|route| route.method() == Method::POST)
    {
        let n = match route.path().split('/').nth(1) {
            Some("student") => 1,
            Some("college") => 2,
            Some("school") => 3,
            _ => 0,
        };
        let path = route
            .path()
            .replace("{school}", "10001")
            .replace("{year}", "2027")
            .replace("{token}", "1.AAAA");
        let path = path
            .replace("{id}", &uuid::Uuid::nil().to_string())
            .replace("{student}", &uuid::Uuid::nil().to_string());
        assert_eq!(
            browsers[n].post_bare(&path, &[]).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_form_from_another_origin_is_refused_even_with_a_token() {
    let site = Site::open(World::sqlite().await).await;
    let browser = site.browser();
    let token = browser.token().await;
    let fields = [("csrf", token.as_str()), ("lang", "en"), ("back", "/help")];
    let own = site.base();
    let host = own.strip_prefix("http://").unwrap().to_owned();
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "same-site", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "none", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "same-origin", StatusCode::SEE_OTHER),
        ("origin", "https://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        (
            "origin",
            &format!("http://{host}.evil.example"),
            StatusCode::FORBIDDEN,
        ),
        ("origin", own.as_str(), StatusCode::SEE_OTHER),
    ] {
        let request = browser
            .request(Method::POST, "/language")
            .header(name, value)
            .form(&fields);
        assert_eq!(sent(request).await.status, status, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_token_may_come_in_a_header_and_differs_on_every_page() {
    let site = Site::open(World::sqlite().await).await;
    let browser = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let (one, two) = (browser.token().await, browser.token().await);
    assert_ne!(one, two);
    for token in [one, two] {
        let request = browser
            .request(Method::POST, "/language")
            .header("x-csrf-token", token);
        assert_eq!(
            sent(request.form(&[("lang", "en")])).await.status,
            StatusCode::SEE_OTHER
        );
    }
}

#[tokio::test]
async fn a_form_has_a_limit() {
    let site = Site::open(World::sqlite().await).await;
    let browser = site.browser();
    let fits = "x".repeat(255 * 1024);
    let page = browser
        .post("/language", &[("lang", "en"), ("junk", &fits)])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let too_much = "x".repeat(257 * 1024);
    let page = browser
        .post("/language", &[("lang", "en"), ("junk", &too_much)])
        .await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.has("h1"), "with a page");
}

#[tokio::test]
async fn what_cannot_be_read_is_a_bad_request_or_absent_never_a_fault() {
    let site = Site::open(World::sqlite().await).await;
    let browser = site.signed_in(&site.cast.firms[0].login).await;
    assert_eq!(
        browser.post("/language", &[("lang", "tlh")]).await.status,
        StatusCode::BAD_REQUEST
    );
    for path in [
        "/employer/10001/abc",
        "/employer/10001/99999999999999999999",
        "/employer/10001/-1",
        "/employer/%00/2027",
        "/employer/10001/2027/agreements/not-a-uuid",
        "/employer/10001/2027/students/%F0%9F%98%80/resume",
        "/s/%E4%B8%8D",
        "/captcha/x.png",
        "/captcha/00000000-0000-0000-0000-000000000000.png",
        "/activate/1.x",
        "/assets/..%2f..%2fetc%2fpasswd",
        "/nothing",
    ] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
