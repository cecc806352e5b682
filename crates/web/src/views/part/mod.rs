//! Components that several pages share.

mod clauses;
mod confirm;
mod party;
mod progress;
mod steps;
mod table;

pub use clauses::{ClauseItem, Confirmation, clause_list, clause_mark, removed_list, tick_list};
pub use confirm::{Ask, confirm, denied, denied_text};
pub use party::{Parties, PartyCard, Sign, party_cards};
pub use progress::{Entry, timeline};
pub use steps::{Steps, stepper};
pub use table::{Pager, Tab, pager, tabs};

use super::icon::{Icon, empty_art, icon};
use maud::{Markup, html};

/// A note: information, or with `warn`, `bad`, `good` something stronger.
pub fn note(class: &str, text: &Markup) -> Markup {
    let drawing = match class {
        "warn" | "bad" => Icon::TriangleAlert,
        "good" => Icon::CircleCheck,
        _ => Icon::Info,
    };
    html! { div.note.(class) { (icon(drawing)) div.grow { (text) } } }
}

/// An empty list: what is empty, why, what next.
pub fn empty(what: &str, why: &str, next: Option<&Markup>) -> Markup {
    html! {
        div.empty { (empty_art()) b { (what) } @if !why.is_empty() { p.sm { (why) } } @if let Some(next) = next { (next) } }
    }
}

/// Labels and values; an empty value is shown as a dash.
pub fn pairs(class: &str, rows: &[(String, String)]) -> Markup {
    html! {
        dl.kv.(class) { @for (label, value) in rows {
            div { dt { (label) } dd { @if value.is_empty() { "—" } @else { (value) } } }
        } }
    }
}

/// Where a page stands: links, then the page itself.
pub fn crumbs(label: &str, links: &[(String, String)], here: &str) -> Markup {
    html! {
        nav.crumb aria-label=(label) { ol {
            @for (href, words) in links { li { a href=(href) { (words) } } }
            li aria-current="page" { (here) }
        } }
    }
}
