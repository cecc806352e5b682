//! The language: by the browser, by the switch, by the account.

use crate::site::{Browser, Page, Site, sent};
use reqwest::{Method, StatusCode};
use store::testing::{World, both};

async fn help(browser: &Browser, accepts: &str) -> Page {
    sent(
        browser
            .request(Method::GET, "/help?from=menu")
            .header("accept-language", accepts),
    )
    .await
}

fn lang(page: &Page) -> String {
    page.attr("html", "lang")
}

#[tokio::test]
async fn the_browser_chooses_until_somebody_switches() {
    let site = Site::open(World::sqlite().await).await;
    let browser = site.browser();
    assert_eq!(lang(&help(&browser, "zh-CN,zh;q=0.9").await), "zh-CN");
    assert_eq!(lang(&help(&browser, "en-GB,en;q=0.9").await), "en");
    assert_eq!(lang(&help(&browser, "de").await), "zh-CN");
    let page = help(&browser, "zh-CN").await;
    let back = page.attr("form[action='/language'] input[name=back]", "value");
    assert_eq!(back, "/help?from=menu");
    let switched = browser
        .post("/language", &[("lang", "en"), ("back", &back)])
        .await;
    assert_eq!(
        (switched.status, switched.to()),
        (StatusCode::SEE_OTHER, "/help?from=menu")
    );
    assert_eq!(
        lang(&help(&browser, "zh-CN").await),
        "en",
        "the switch outweighs the browser"
    );
    let error = sent(
        browser
            .request(Method::GET, "/nothing")
            .header("accept-language", "zh-CN"),
    )
    .await;
    assert_eq!(lang(&error), "en", "errors too");
}

#[tokio::test]
async fn the_switch_leads_nowhere_else() {
    let site = Site::open(World::sqlite().await).await;
    for back in [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
    ] {
        assert_eq!(
            site.browser()
                .post("/language", &[("lang", "en"), ("back", back)])
                .await
                .to(),
            "/",
            "{back}"
        );
    }
}

#[tokio::test]
async fn an_account_keeps_its_language_in_every_browser() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = &site.cast.schools[0].student_logins[0];
        let browser = site.signed_in(who).await;
        browser
            .post("/language", &[("lang", "en"), ("back", "/password")])
            .await;
        let other = site.signed_in(who).await;
        assert_eq!(lang(&help(&other, "zh-CN").await), "en");
    })
    .await;
}
