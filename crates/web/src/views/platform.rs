//! `/platform`: schools, counts and the health of the work behind; no power over any agreement.

use super::frame::Frame;
use super::layout::{self, Page};
use super::nav::Spot;
use super::part::{empty, note};
use super::time;
use crate::tr;
use jiff::Timestamp;
use maud::{Markup, html};

/// One school.
#[derive(Debug, Clone)]
pub struct SchoolLine {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// Students.
    pub students: u64,
    /// Agreements in any state.
    pub agreements: u64,
    /// Agreements in force.
    pub effective: u64,
}

/// Work that could not be done.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// What sort of work.
    pub topic: String,
    /// How often it was tried.
    pub attempts: u64,
    /// When it was given up.
    pub at: Timestamp,
    /// What went wrong; technical.
    pub error: String,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Platform {
    /// The schools.
    pub schools: Vec<SchoolLine>,
    /// Employers that are certified.
    pub employers: u64,
    /// Work that waits.
    pub waiting: u64,
    /// Work that was given up, newest first; mail stands apart.
    pub dead: Vec<DeadLetter>,
    /// Mail that could not be delivered, newest first.
    pub undelivered: Vec<DeadLetter>,
}

fn schools(frame: &Frame, view: &Platform) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "platform.schools")) } span.cnt { (view.schools.len()) } }
            @if view.schools.is_empty() { (empty(&tr!(lang, "platform.no_schools"), &tr!(lang, "platform.no_schools_why"), None)) }
            @else { div.wrap { table.tb.fold {
                thead { tr {
                    th scope="col" { (tr!(lang, "col.school")) } th.r scope="col" { (tr!(lang, "col.students")) }
                    th.r scope="col" { (tr!(lang, "col.agreements")) } th.r scope="col" { (tr!(lang, "col.effective")) } th scope="col" { (tr!(lang, "col.actions")) }
                } }
                tbody { @for school in &view.schools { tr {
                    td.name { b { (school.name) } span.sub { (school.code) } }
                    td.r data-l=(tr!(lang, "col.students")) { (school.students) }
                    td.r data-l=(tr!(lang, "col.agreements")) { (school.agreements) }
                    td.r data-l=(tr!(lang, "col.effective")) { (school.effective) }
                    td.ops { a href={ "/s/" (school.code) } { (tr!(lang, "platform.portal")) span.vh { " " (school.name) } } }
                } } }
            } } }
        }
    }
}

fn dead(frame: &Frame, view: &Platform) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "platform.dead")) } span.cnt.hot[!view.dead.is_empty()] { (view.dead.len()) } }
            @if view.dead.is_empty() { div.empty.mini { b { (tr!(lang, "platform.healthy")) } span.sm { (tr!(lang, "platform.healthy_why")) } } }
            @else { (letters(frame, &view.dead)) }
        }
    }
}

/// Mail that nobody got: an address that does not exist stays so, and must not hide work that failed.
fn undelivered(frame: &Frame, view: &Platform) -> Markup {
    let lang = frame.lang;
    html! {
        @if !view.undelivered.is_empty() { section.card {
            header { h2 { (tr!(lang, "platform.undelivered")) } span.cnt { (view.undelivered.len()) } }
            div.body { p.sm.t3 { (tr!(lang, "platform.undelivered_why")) } }
            (letters(frame, &view.undelivered))
        } }
    }
}

fn letters(frame: &Frame, all: &[DeadLetter]) -> Markup {
    let lang = frame.lang;
    html! {
        ul.rows { @for letter in all { li {
            div.grow { b { (letter.topic) } div.sm.t3 { (letter.error) } }
            span.sm.t3.nw { (tr!(lang, "platform.attempts", n = letter.attempts)) " · " (time::at(letter.at, frame.now)) }
        } } }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &Platform) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "platform.title");
    let total = |pick: fn(&SchoolLine) -> u64| view.schools.iter().map(pick).sum::<u64>();
    let cells = [
        ("ready", tr!(lang, "platform.employers"), view.employers),
        ("", tr!(lang, "col.students"), total(|school| school.students)),
        (
            "done",
            tr!(lang, "col.effective"),
            total(|school| school.effective),
        ),
        ("wait", tr!(lang, "platform.waiting"), view.waiting),
    ];
    let content = html! {
        div.head { div { h1 { (title) } p { (tr!(lang, "platform.lead")) } } }
        div.grid {
            @if !view.dead.is_empty() { (note("warn", &html! { (tr!(lang, "platform.dead_note", n = view.dead.len())) })) }
            section.kpis.four aria-label=(tr!(lang, "workbench.numbers")) { @for (class, label, value) in cells {
                div.kpi { span.k { i.(class) {} (label) } div.v { (value) } }
            } }
            (schools(frame, view))
            (dead(frame, view))
            (undelivered(frame, view))
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Home), &content)
}
