//! The state badge: colour, mark and text, all from the one enum.

use crate::i18n::{Lang, tk};
use domain::agreement::StateKind;
use maud::{Markup, html};

/// The class of a state: which colour and mark it has.
pub const fn class(state: StateKind) -> &'static str {
    match state {
        StateKind::Draft => "draft",
        StateKind::Offered => "wait",
        StateKind::CollegeReview | StateKind::SchoolReview | StateKind::Terminating => "review",
        StateKind::Effective => "done",
        StateKind::Declined | StateKind::Returned => "bad",
        StateKind::Withdrawn
        | StateKind::Expired
        | StateKind::Terminated
        | StateKind::Superseded
        | StateKind::Voided => "end",
    }
}

/// The badge of a state.
pub fn badge(lang: Lang, state: StateKind) -> Markup {
    html! { span.st.(class(state)) { (tk(lang, "state", state.code())) } }
}

/// The same, larger, beside a heading.
pub fn badge_large(lang: Lang, state: StateKind) -> Markup {
    html! { span.st.lg.(class(state)) { (tk(lang, "state", state.code())) } }
}

/// A badge for anything that is pending, approved or returned.
pub fn admission(lang: Lang, prefix: &str, code: &str) -> Markup {
    let class = match code {
        "approved" => "done",
        "returned" => "bad",
        _ => "wait",
    };
    html! { span.st.(class) { (tk(lang, prefix, code)) } }
}
