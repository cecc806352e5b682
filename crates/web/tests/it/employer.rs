//! The employer's forms: what is wrong stands beside its field, what was typed is kept, and who comes too
//! late is told what happened.

use crate::cast::{Stage, YEAR};
use crate::site::{Browser, Page, Site};
use reqwest::StatusCode;
use scraper::{Html, Selector};
use store::testing::World;

/// Everything that the offer form would send: hidden fields, fields, choices and ticks.
fn fields(page: &Page) -> Vec<(String, String)> {
    let html = Html::parse_document(&page.text);
    let controls = Selector::parse("#offer input, #offer select, #offer textarea").unwrap();
    let mut found = Vec::new();
    for control in html.select(&controls) {
        let (element, name) = (control.value(), control.value().attr("name"));
        let Some(name) = name.filter(|name| *name != "csrf") else {
            continue;
        };
        let value = match element.name() {
            "textarea" => control.text().collect(),
            "select" => {
                let chosen = Selector::parse("option[selected]").unwrap();
                let chosen = control.select(&chosen).next();
                chosen
                    .and_then(|option| option.value().attr("value"))
                    .unwrap_or("")
                    .to_owned()
            }
            _ if matches!(element.attr("type"), Some("checkbox" | "radio"))
                && element.attr("checked").is_none() =>
            {
                continue;
            }
            _ => element.attr("value").unwrap_or("").to_owned(),
        };
        found.push((name.to_owned(), value));
    }
    found
}

async fn post(browser: &Browser, path: &str, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(path, &fields).await
}

fn set(fields: &mut [(String, String)], name: &str, value: &str) {
    let field = fields.iter_mut().find(|(field, _)| field == name).unwrap();
    value.clone_into(&mut field.1);
}

fn checked(page: &Page, key: &str) -> bool {
    page.has(&format!("input[name=tick][value={key}][checked]"))
}

async fn stage(stage: Stage) -> (Site, Browser, String) {
    let site = Site::open(World::sqlite().await).await;
    let (campus, firm) = (&site.cast.schools[0], &site.cast.firms[0]);
    let id = firm.agreement(&site.world, campus, 0, stage).await;
    let browser = site.signed_in(&firm.login).await;
    let path = format!("/employer/{}/{YEAR}/agreements/{id}", campus.code);
    (site, browser, path)
}

/// Takes the open offer back, so that it can be edited.
async fn withdraw(browser: &Browser, path: &str) -> Page {
    let version = browser
        .get(path)
        .await
        .attr("form[action$=withdrawal] input[name=version]", "value");
    browser
        .post(&format!("{path}/withdrawal"), &[("version", &version)])
        .await
}

#[tokio::test]
async fn what_an_edit_changes_has_to_be_ticked_again() {
    let (_site, browser, path) = stage(Stage::Offered).await;
    assert_eq!(withdraw(&browser, &path).await.status, StatusCode::SEE_OTHER);
    let edit = format!("{path}/edit");
    let form = browser.get(&edit).await;
    assert!(checked(&form, "pay") && checked(&form, "report"));
    let mut typed = fields(&form);
    set(&mut typed, "regular_pay", "13131");
    assert_eq!(post(&browser, &edit, &typed).await.status, StatusCode::SEE_OTHER);
    let form = browser.get(&edit).await;
    assert!(
        !checked(&form, "pay"),
        "its words were not shown when it was ticked"
    );
    assert!(checked(&form, "report"), "unchanged words stay confirmed");
    assert!(!form.has("form[action$=sending]"));
    let mut typed = fields(&form);
    typed.push(("tick".into(), "pay".into()));
    assert_eq!(post(&browser, &edit, &typed).await.status, StatusCode::SEE_OTHER);
    let form = browser.get(&edit).await;
    assert!(checked(&form, "pay") && form.has("form[action$=sending]"));
}

#[tokio::test]
async fn who_saves_second_keeps_the_input_and_is_told() {
    let (_site, browser, path) = stage(Stage::Offered).await;
    withdraw(&browser, &path).await;
    let edit = format!("{path}/edit");
    let (mut first, mut second) = (
        fields(&browser.get(&edit).await),
        fields(&browser.get(&edit).await),
    );
    set(&mut first, "position", "先保存的岗位");
    set(&mut second, "position", "后保存的岗位");
    assert_eq!(post(&browser, &edit, &first).await.status, StatusCode::SEE_OTHER);
    let late = post(&browser, &edit, &second).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.has("#offer [role=alert]") && late.text.contains("刚刚被其他人改过"));
    assert_eq!(late.attr("#f-position", "value"), "后保存的岗位");
    assert!(
        !late.has("form[action$=sending]"),
        "what would be sent is not what stands here"
    );
    assert!(browser.get(&edit).await.text.contains("先保存的岗位"));

    // Once it has been sent there is nothing to save, whatever was typed.
    let mut ticked = fields(&browser.get(&edit).await);
    ticked.push(("tick".into(), "position".into()));
    post(&browser, &edit, &ticked).await;
    let ready = browser.get(&edit).await;
    let open = fields(&ready);
    let version = ready.attr("form[action$=sending] input[name=version]", "value");
    let sent = [("version", version.as_str()), ("reply_days", "5")];
    let sent = browser.post(&format!("{path}/sending"), &sent).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let late = post(&browser, &edit, &open).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.has("#offer [role=alert]") && late.text.contains("现在是“待学生确认”"));
}

#[tokio::test]
async fn a_deadline_that_is_none_is_refused_beside_its_field() {
    let (_site, browser, path) = stage(Stage::Offered).await;
    let version = browser
        .get(&path)
        .await
        .attr("form[action$=deadline] input[name=version]", "value");
    for (days, why) in [
        ("0", "须晚于原期限"),
        ("", "1 至 30"),
        ("abc", "1 至 30"),
        ("31", "1 至 30"),
    ] {
        let fields = [("version", version.as_str()), ("days", days)];
        let page = browser.post(&format!("{path}/deadline"), &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{days:?}");
        assert!(page.text.contains(why) && page.has("#days-e"), "{days:?}");
        assert_eq!(page.attr("#f-days", "value"), days);
        assert!(page.has("details.confirm[open] #f-days"), "seen without scripts");
    }
    let fields = [("version", version.as_str()), ("days", "20")];
    let page = browser.post(&format!("{path}/deadline"), &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_acts_too_late_learns_what_happened_and_where_to_look() {
    let (_site, browser, path) = stage(Stage::Offered).await;
    let version = browser
        .get(&path)
        .await
        .attr("form[action$=withdrawal] input[name=version]", "value");
    assert_eq!(withdraw(&browser, &path).await.status, StatusCode::SEE_OTHER);
    for act in ["withdrawal", "deadline", "sending"] {
        let fields = [("version", version.as_str()), ("days", "9"), ("reply_days", "9")];
        let page = browser.post(&format!("{path}/{act}"), &fields).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{act}");
        assert!(page.text.contains("已撤回"), "{act}");
        assert!(page.has(&format!("main a[href='{path}']")), "{act}: the way back");
    }
}
