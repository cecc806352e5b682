//! What is wrong with a template, in words and with its place.

use super::Editor;
use crate::i18n::{Lang, tk, tk_with};
use crate::tr;
use crate::views::icon::{Icon, icon};
use domain::agreement::template::{Fault, Part, Problem};
use maud::{Markup, html};

/// Problems that are listed in one place.
const LISTED: usize = 12;

/// What is wrong, in words.
pub fn fault_text(lang: Lang, fault: &Fault) -> String {
    let params: Vec<(&str, String)> = match fault {
        Fault::TooLong { max, count } => vec![("max", max.to_string()), ("count", count.to_string())],
        Fault::BadCharacter { code } => vec![("code", format!("U+{code:04X}"))],
        Fault::UnknownField { name, meant } => vec![
            ("name", name.clone()),
            ("meant", meant.unwrap_or_default().to_owned()),
        ],
        Fault::FieldInFixed { name } => vec![("name", (*name).to_owned())],
        Fault::SameTitle { other } | Fault::SameKey { other } => vec![("other", other.to_string())],
        Fault::TooMany { max } => vec![("max", max.to_string())],
        Fault::MissingClause { key, title } => vec![
            ("title", (*title).to_owned()),
            ("why", tk(lang, "template_must", key).into_owned()),
        ],
        Fault::MissingTerm { term, field } => vec![
            ("term", tk(lang, "term", term.code()).into_owned()),
            ("field", (*field).to_owned()),
        ],
        _ => Vec::new(),
    };
    let params: Vec<(&str, &str)> = params
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    tk_with(lang, "template_fault", fault.code(), &params)
}

/// The place within the text, in words; nothing where the whole part is meant.
fn spot_text(lang: Lang, problem: &Problem) -> String {
    problem.spot.map_or_else(String::new, |spot| {
        let place = tr!(lang, "template.spot", line = spot.line, column = spot.column);
        format!("{place}{}", tr!(lang, "common.colon"))
    })
}

/// The problem with its whole place, for the list at the head.
fn whole_text(lang: Lang, problem: &Problem) -> String {
    let text = fault_text(lang, &problem.fault);
    let Some(n) = problem.clause else { return text };
    let part = tk(lang, "template_part", problem.part.code());
    let place = if problem.part == Part::Whole {
        tr!(lang, "template.where_clause", n = n)
    } else {
        tr!(lang, "template.where_part", n = n, part = part)
    };
    let (spot, colon) = (spot_text(lang, problem), tr!(lang, "common.colon"));
    if spot.is_empty() {
        format!("{place}{colon}{text}")
    } else {
        format!("{place} {spot}{text}")
    }
}

fn anchor(problem: &Problem) -> String {
    match (problem.clause, problem.part) {
        (None, _) => "#add".into(),
        (Some(n), Part::Title) => format!("#title-{n}"),
        (Some(n), Part::Confirm) => format!("#confirm-{n}"),
        (Some(n), _) => format!("#body-{n}"),
    }
}

/// All of them, at the head of the page.
pub(super) fn list(lang: Lang, view: &Editor) -> Markup {
    html! {
        @if !view.problems.is_empty() {
            div.note.bad.summary role="alert" tabindex="-1" data-focus[view.refused.is_some()] #problems {
                (icon(Icon::TriangleAlert))
                div.grow {
                    h2 { (tr!(lang, "template.problems", n = view.problems.len())) }
                    ul {
                        @for problem in view.problems.iter().take(LISTED) { li { a href=(anchor(problem)) { (whole_text(lang, problem)) } } }
                        @if view.problems.len() > LISTED { li { (tr!(lang, "template.more_problems", n = view.problems.len() - LISTED)) } }
                    }
                }
            }
        }
    }
}

/// What is wrong with one part of a clause, beside it.
pub(super) fn errors(lang: Lang, view: &Editor, (n, part): (usize, Part)) -> Markup {
    let found = view
        .problems
        .iter()
        .filter(|p| p.clause == Some(n) && p.part == part);
    let id = format!("{}-{n}-e", part.code());
    html! {
        @if view.problems.iter().any(|p| p.clause == Some(n) && p.part == part) {
            ul id=(id) { @for problem in found.take(LISTED) { li.err { (spot_text(lang, problem)) (fault_text(lang, &problem.fault)) } } }
        }
    }
}

/// Whether anything is wrong with it.
pub(super) fn is_bad(view: &Editor, n: usize, part: Part) -> bool {
    view.problems
        .iter()
        .any(|p| p.clause == Some(n) && p.part == part)
}
