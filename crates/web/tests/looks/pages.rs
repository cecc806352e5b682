//! Every page of the samples, in every language: sound HTML, labelled controls, nothing that the
//! content security policy forbids.

use crate::samples;
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeSet;
use web::i18n::{self, Lang};

fn each(check: impl Fn(&str, &Html, Lang)) {
    for lang in Lang::ALL {
        for (name, page) in samples::all(lang) {
            let place = format!("{name} ({})", lang.code());
            check(&place, &Html::parse_document(&page.into_string()), lang);
        }
    }
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

#[test]
fn every_page_has_one_heading_a_title_a_main_part_and_its_language() {
    each(|place, page, lang| {
        assert_eq!(all(page, "h1").len(), 1, "{place}: h1");
        assert_eq!(all(page, "main#main").len(), 1, "{place}: main");
        let title: String = all(page, "title")[0].text().collect();
        assert!(title.len() > 6, "{place}: title {title:?}");
        assert_eq!(
            all(page, "html")[0].attr("lang"),
            Some(lang.code()),
            "{place}: lang"
        );
        assert!(!all(page, "a[href='#main']").is_empty(), "{place}: skip link");
    });
}

#[test]
fn every_control_has_a_label() {
    each(|place, page, _| {
        for control in all(page, "input, select, textarea") {
            if control.attr("type") == Some("hidden") || control.attr("aria-label").is_some() {
                continue;
            }
            let inside = control
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|above| above.value().name() == "label");
            let named = control
                .attr("id")
                .is_some_and(|id| !all(page, &format!("label[for='{id}']")).is_empty());
            assert!(
                inside || named,
                "{place}: {} has no label",
                control.attr("name").unwrap_or("?")
            );
        }
    });
}

#[test]
fn identifiers_are_unique_and_what_is_referred_to_exists() {
    each(|place, page, _| {
        let mut seen = BTreeSet::new();
        for element in all(page, "[id]") {
            let id = element.attr("id").unwrap();
            assert!(seen.insert(id.to_owned()), "{place}: id {id} twice");
        }
        for attribute in ["aria-describedby", "aria-labelledby", "for"] {
            for element in all(page, &format!("[{attribute}]")) {
                for id in element.attr(attribute).unwrap().split(' ') {
                    assert!(seen.contains(id), "{place}: {attribute} names {id}");
                }
            }
        }
        for link in all(page, "a[href^='#']") {
            let id = &link.attr("href").unwrap()[1..];
            assert!(seen.contains(id), "{place}: a link leads to #{id}");
        }
    });
}

#[test]
fn nothing_is_inline_that_the_policy_forbids() {
    each(|place, page, _| {
        assert!(
            all(page, "style, [style], script:not([src])").is_empty(),
            "{place}: inline style or script"
        );
        for element in all(page, "*") {
            for (name, value) in element.value().attrs() {
                assert!(
                    !name.starts_with("on") && !name.starts_with("hx-on"),
                    "{place}: {name}"
                );
                assert!(
                    !value.starts_with("javascript:") && !value.starts_with("js:"),
                    "{place}: {name}={value}"
                );
            }
        }
        for element in all(page, "script[src], link[href]") {
            let address = element.attr("src").or(element.attr("href")).unwrap();
            assert!(
                address.starts_with("/assets/") && address.len() > 12,
                "{place}: {address:?}"
            );
        }
    });
}

#[test]
fn every_change_is_a_form_with_the_token_and_works_without_scripts() {
    each(|place, page, _| {
        for form in all(page, "form") {
            assert!(
                form.attr("action").is_some_and(|action| action.starts_with('/')),
                "{place}: a form without an address"
            );
            if form.attr("method") == Some("post") {
                let token = Selector::parse("input[name='csrf']").unwrap();
                assert_eq!(
                    form.select(&token).count(),
                    1,
                    "{place}: {:?} without its token",
                    form.attr("action")
                );
            }
        }
        for element in all(page, "[hx-get]") {
            let real = element.attr("href").or(element.attr("action"));
            assert_eq!(
                real,
                element.attr("hx-get"),
                "{place}: an htmx element without a real address"
            );
        }
    });
}

#[test]
fn a_disabled_button_says_why() {
    each(|place, page, _| {
        for button in all(page, "button[aria-disabled='true']") {
            let id = button
                .attr("aria-describedby")
                .unwrap_or_else(|| panic!("{place}: no reason"));
            let why: String = all(page, &format!("[id='{id}']"))[0].text().collect();
            assert!(why.trim().len() > 3, "{place}: empty reason");
        }
    });
}

#[test]
fn no_key_and_no_place_holder_shows() {
    let keys: BTreeSet<String> = i18n::all(Lang::Zh).into_iter().map(|(key, _)| key).collect();
    let prefixes: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('.').next()).collect();
    each(|place, page, lang| {
        let body = all(page, "body")[0];
        for text in body.text() {
            assert!(!text.contains("%{"), "{place}: {text}");
            for word in text.split_whitespace() {
                let looks = word.split_once('.').is_some_and(|(first, rest)| {
                    prefixes.contains(first)
                        && !rest.is_empty()
                        && rest
                            .chars()
                            .all(|c| c.is_ascii_lowercase() || c == '_' || c == '.')
                });
                assert!(!looks, "{place}: the key {word}");
            }
        }
        let english = lang == Lang::En;
        if english {
            let buttons: String = all(page, "button").iter().flat_map(ElementRef::text).collect();
            let foreign: Vec<char> = buttons
                .replace("中文", "")
                .chars()
                .filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c))
                .collect();
            assert!(
                foreign.is_empty(),
                "{place}: a button in the other language: {foreign:?}"
            );
        }
    });
}

#[test]
fn what_was_typed_is_kept_and_the_error_stands_beside_it() {
    let pages = samples::all(Lang::Zh);
    let (_, page) = pages.iter().find(|(name, _)| *name == "offer-wrong").unwrap();
    let page = Html::parse_document(&page.clone().into_string());
    let pay = all(&page, "input[name='regular_pay']")[0];
    assert_eq!(
        (pay.attr("value"), pay.attr("aria-invalid")),
        (Some("abc"), Some("true"))
    );
    let told = pay.attr("aria-describedby").unwrap();
    assert!(
        all(&page, &format!("span.err[id='{told}']"))[0]
            .text()
            .collect::<String>()
            .contains("12500")
    );
    assert!(all(&page, ".summary li").len() >= 4);
}
