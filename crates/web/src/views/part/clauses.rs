//! Clauses: as a list that shows who confirmed what, and as a list to tick.

use crate::i18n::Lang;
use crate::tr;
use crate::views::time;
use domain::agreement::clause::{Clause, ClauseKind, Party};
use jiff::Timestamp;
use maud::{Markup, html};

/// What a party has said to a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirmation {
    /// It does not have to.
    #[default]
    NotAsked,
    /// Not yet.
    Missing,
    /// Ticked, as the clause now reads, at this moment.
    Given(Timestamp),
}

/// One clause as a page shows it.
#[derive(Debug, Clone)]
pub struct ClauseItem {
    /// The clause.
    pub clause: Clause,
    /// What the employer said.
    pub employer: Confirmation,
    /// What the student said.
    pub student: Confirmation,
    /// How it read in the version the student saw before, when that differs.
    pub before: Option<String>,
}

impl ClauseItem {
    /// What a party said.
    pub fn said(&self, party: Party) -> Confirmation {
        match party {
            Party::Employer => self.employer,
            Party::Student => self.student,
        }
    }
}

/// What sort of clause it is, where the reader should know.
pub fn clause_mark(lang: Lang, clause: &Clause) -> Markup {
    html! {
        @if clause.kind == ClauseKind::Supplementary { mark { (tr!(lang, "clause.supplementary")) } }
        @else if clause.key == "breach" { mark { (tr!(lang, "clause.important")) } }
    }
}

fn mark(lang: Lang, item: &ClauseItem) -> Markup {
    html! {
        (clause_mark(lang, &item.clause))
        @if item.before.is_some() { mark { (tr!(lang, "clause.changed")) } }
    }
}

/// The old and the new wording of a changed clause.
fn difference(lang: Lang, item: &ClauseItem) -> Markup {
    html! {
        @if let Some(before) = &item.before {
            div.old {
                span { b { (tr!(lang, "clause.before")) } " " del { (before) } }
                span { b { (tr!(lang, "clause.after")) } " " ins { (item.clause.body) } }
            }
        }
    }
}

fn said(lang: Lang, now: Timestamp, who: &str, what: Confirmation) -> Markup {
    html! {
        @match what {
            Confirmation::NotAsked => {},
            Confirmation::Missing => span { (tr!(lang, "clause.waiting", who = who)) },
            Confirmation::Given(at) => span.ok-t title=(time::short(at, now)) { "✓ " (tr!(lang, "clause.confirmed", who = who)) },
        }
    }
}

/// The clauses with what each party said.
pub fn clause_list(lang: Lang, now: Timestamp, items: &[ClauseItem]) -> Markup {
    html! {
        ol.clauses { @for item in items { li {
            h3 { (item.clause.title) (mark(lang, item)) }
            div.who-t {
                (said(lang, now, &tr!(lang, "role.employer"), item.employer))
                (said(lang, now, &tr!(lang, "role.student"), item.student))
            }
            p { (item.clause.body) }
            (difference(lang, item))
        } } }
    }
}

/// The clauses that the last edit took out.
pub fn removed_list(lang: Lang, removed: &[(String, String)]) -> Markup {
    html! {
        @if !removed.is_empty() {
            div.gone-c {
                h3 { (tr!(lang, "clause.removed")) }
                ul { @for (title, body) in removed { li { b { (title) } " " del { (body) } } } }
            }
        }
    }
}

/// The clauses that `party` has to tick. Posted as `tick`, one value a key.
pub fn tick_list(lang: Lang, items: &[ClauseItem], party: Party) -> Markup {
    html! {
        ul.ticks { @for item in items.iter().filter(|item| item.clause.confirmed_by.contains(&party)) {
            @let ticked = matches!(item.said(party), Confirmation::Given(_));
            li.on[ticked] {
                label {
                    input type="checkbox" name="tick" value=(item.clause.key) data-tick checked[ticked];
                    span { b { (item.clause.title) } (mark(lang, item)) }
                    @if item.before.is_some() { (difference(lang, item)) } @else if item.clause.body.is_empty() { p.t3 { (tr!(lang, "clause.not_yet")) } } @else { p { (item.clause.body) } }
                }
            }
        } }
    }
}
