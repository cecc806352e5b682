//! The timeline of an agreement: who did what, when; and who holds it now.

use crate::i18n::{Lang, tk, tk_with};
use crate::tr;
use crate::views::time;
use domain::agreement::EventKind;
use jiff::Timestamp;
use maud::{Markup, html};

/// One line of the timeline.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What happened.
    pub kind: EventKind,
    /// Name of who did it; empty for the system.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// Words that were given with it: the code of the list (`reason.*`) and the text.
    pub reason: Option<(String, String)>,
}

/// The words of an event with its actor.
fn words(lang: Lang, entry: &Entry) -> String {
    let system = tk(lang, "role", "system");
    let actor = if entry.actor.is_empty() {
        system.as_ref()
    } else {
        &entry.actor
    };
    tk_with(lang, "event", entry.kind.code(), &[("actor", actor)])
}

/// The newest entry first.
pub fn timeline(lang: Lang, now: Timestamp, entries: &[Entry]) -> Markup {
    html! {
        ol.log { @for (i, entry) in entries.iter().enumerate() {
            li.now[i == 0] {
                @if i == 0 { b { (words(lang, entry)) } } @else { (words(lang, entry)) }
                (time::at(entry.at, now))
                @if let Some((code, text)) = &entry.reason {
                    span.why-t { @if !code.is_empty() { (tk(lang, "reason", code)) } @if !code.is_empty() && !text.is_empty() { (tr!(lang, "common.colon")) } (text) }
                }
            }
        } }
    }
}
