//! The headers of every answer, and the answers of errors.

use crate::site::{Page, Site, sent};
use reqwest::{Method, StatusCode};
use store::testing::{World, both};

fn assert_safe(page: &Page, what: &str) {
    let csp = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(csp.contains(part), "{what}: {csp}");
    }
    assert!(!csp.contains("unsafe"), "{what}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(page.header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(
        page.header("cross-origin-resource-policy"),
        "same-origin",
        "{what}"
    );
    assert!(page.header("permissions-policy").contains("camera=()"), "{what}");
    assert!(!page.header("cache-control").is_empty(), "{what}");
    assert_eq!(page.header("x-request-id").len(), 12, "{what}");
}

fn asset(page: &Page) -> String {
    page.attr("link[rel=stylesheet]", "href")
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let site = Site::open(World::sqlite().await).await;
    let browser = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let sheet = asset(&browser.get("/help").await);
    let cases = [
        ("/", StatusCode::SEE_OTHER),
        ("/help", StatusCode::OK),
        ("/password", StatusCode::OK),
        ("/healthz", StatusCode::OK),
        ("/readyz", StatusCode::OK),
        ("/nothing", StatusCode::NOT_FOUND),
        ("/assets/nothing.css", StatusCode::NOT_FOUND),
        ("/school", StatusCode::FORBIDDEN),
        ("/logout", StatusCode::METHOD_NOT_ALLOWED),
        (sheet.as_str(), StatusCode::OK),
    ];
    for (path, status) in cases {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert_safe(&page, path);
    }
    let refused = browser.post_bare("/logout", &[]).await;
    assert_safe(&refused, "a refused form");
    assert_eq!(refused.header("cache-control"), "no-store");
}

#[tokio::test]
async fn pages_of_people_are_never_kept_and_assets_for_ever() {
    let site = Site::open(World::sqlite().await).await;
    let browser = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    for path in ["/password", "/help", "/nothing", "/student"] {
        assert_eq!(
            browser.get(path).await.header("cache-control"),
            "no-store",
            "{path}"
        );
    }
    let page = browser.get(&asset(&browser.get("/help").await)).await;
    assert_eq!(
        page.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert!(page.header("content-type").starts_with("text/css"));
    assert!(page.cookies().is_empty());
}

#[tokio::test]
async fn a_fault_of_ours_is_a_page_with_a_number_and_nothing_more() {
    both(|world| async {
        let site = Site::open(world).await;
        let rename = site.world.store.write(|c| {
            Box::pin(async move { store::exec!(c, "ALTER TABLE school RENAME TO school_gone").map(|_| ()) })
        });
        rename.await.unwrap();
        let page = site.browser().get("/login/student").await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_safe(&page, "500");
        assert!(page.text.contains(page.header("x-request-id")));
        assert!(!page.text.contains("school_gone") && !page.text.contains("SELECT"));
        assert_eq!(
            site.browser().get("/readyz").await.status,
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert_eq!(site.browser().get("/healthz").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn pages_and_assets_are_packed_for_who_asks() {
    let site = Site::open(World::sqlite().await).await;
    let browser = site.browser();
    let sheet = asset(&browser.get("/help").await);
    for path in ["/help", sheet.as_str()] {
        let packed = sent(
            browser
                .request(Method::GET, path)
                .header("accept-encoding", "br, gzip;q=0.8"),
        )
        .await;
        assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
        assert!(
            packed
                .header("vary")
                .to_ascii_lowercase()
                .contains("accept-encoding"),
            "{path}"
        );
        let plain = sent(
            browser
                .request(Method::GET, path)
                .header("accept-encoding", "identity"),
        )
        .await;
        assert_eq!(plain.header("content-encoding"), "", "{path}");
    }
}
