//! Tabs with counts and the pager under a list.

use crate::i18n::Lang;
use crate::tr;
use maud::{Markup, html};

/// One tab.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub label: String,
    /// How many there are; `None` where nobody counts.
    pub count: Option<u64>,
    /// Whether it is the present one.
    pub here: bool,
}

/// The tabs of a list.
pub fn tabs(label: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(label) { @for tab in tabs {
            a href=(tab.href) aria-current=[tab.here.then_some("page")] hx-get=(tab.href) hx-target="#list" hx-select="#list" hx-swap="outerHTML" hx-push-url="true" hx-indicator="#bar" {
                (tab.label) @if let Some(count) = tab.count { span.cnt { (count) } }
            }
        } }
    }
}

/// The pager of a list by keys: total, and the neighbours as links.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// How many there are in all.
    pub total: u64,
    /// The page before; `None` on the first.
    pub previous: Option<String>,
    /// The page after; `None` on the last.
    pub next: Option<String>,
}

/// The pager; `total` is a text with the count (`共 8 份`).
pub fn pager(lang: Lang, total: &str, pager: &Pager) -> Markup {
    let link = |href: &str, words: &str, rel: &str| {
        html! {
            a.btn.sm href=(href) rel=(rel) hx-get=(href) hx-target="#list" hx-select="#list" hx-swap="outerHTML show:top" hx-push-url="true" hx-indicator="#bar" { (words) }
        }
    };
    html! {
        nav.pager aria-label=(tr!(lang, "pager.label")) {
            span { (total) }
            span.push {
                @if let Some(href) = &pager.previous { (link(href, &tr!(lang, "pager.previous"), "prev")) }
                @if let Some(href) = &pager.next { (link(href, &tr!(lang, "pager.next"), "next")) }
            }
        }
    }
}
