//! `/school`: the school's first page, with numbers and what waits.

use crate::tr;
use crate::views::frame::Frame;
use crate::views::layout::{self, Page};
use crate::views::list::{AgreementRow, Readers, agreement_table};
use crate::views::messages::{MessageRow, short_list};
use crate::views::nav::Spot;
use crate::views::part::empty;
use maud::{Markup, html};

/// One college's line.
#[derive(Debug, Clone)]
pub struct CollegeLine {
    /// Name.
    pub name: String,
    /// Students of the year.
    pub students: u64,
    /// Of these, with an agreement in force.
    pub signed: u64,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Graduation year in view.
    pub year: i32,
    /// Students of the year.
    pub students: u64,
    /// With approved source information.
    pub approved: u64,
    /// Offers without an answer.
    pub offered: u64,
    /// Waiting at the colleges.
    pub college_review: u64,
    /// Waiting at the school.
    pub school_review: u64,
    /// In force.
    pub effective: u64,
    /// The first rows of the queue.
    pub queue: Vec<AgreementRow>,
    /// The colleges.
    pub colleges: Vec<CollegeLine>,
    /// The latest messages.
    pub messages: Vec<MessageRow>,
}

fn numbers(frame: &Frame, view: &Overview) -> Markup {
    let lang = frame.lang;
    let cells = [
        (
            "/school/agreements?state=waiting",
            "review",
            tr!(lang, "overview.school_review"),
            view.school_review,
            tr!(lang, "overview.school_review_d"),
        ),
        (
            "/school/agreements?state=reviewing",
            "review",
            tr!(lang, "overview.college_review"),
            view.college_review,
            tr!(lang, "overview.college_review_d"),
        ),
        (
            "/school/agreements?state=offered",
            "wait",
            tr!(lang, "overview.offered"),
            view.offered,
            tr!(lang, "overview.offered_d"),
        ),
        (
            "/school/agreements?state=effective",
            "done",
            tr!(lang, "overview.effective"),
            view.effective,
            tr!(lang, "overview.effective_d"),
        ),
    ];
    html! {
        section.kpis aria-label=(tr!(lang, "workbench.numbers")) {
            @for (href, class, label, value, below) in cells {
                a.kpi href=(href) { span.k { i.(class) {} (label) } div.v { (value) } div.d { (below) } }
            }
            div.kpi { span.k { i.ready {} (tr!(lang, "overview.students")) } div.v { (view.students) } div.d { (tr!(lang, "overview.students_d", n = view.approved)) } }
        }
    }
}

fn colleges(frame: &Frame, rows: &[CollegeLine]) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "overview.colleges")) } span.more.t3 { (tr!(lang, "overview.signed_of")) } }
            ul.rows { @for row in rows { li {
                div.grow { div.sm { (row.name) } meter min="0" max=(row.students.max(1)) value=(row.signed) aria-label=(tr!(lang, "overview.meter", name = row.name, signed = row.signed, students = row.students)) {} }
                span.sm.t2.nw { (row.signed) " / " (row.students) }
            } } }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &Overview) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "overview.title");
    let school = frame.school.as_ref().map_or("", |school| school.name.as_str());
    let content = html! {
        div.head { div { h1 { (title) } p { (school) " · " (tr!(lang, "common.year", year = view.year)) } } }
        div.grid {
            (numbers(frame, view))
            section.card {
                header { h2 { (tr!(lang, "queue.title")) } span.cnt.hot[view.school_review > 0] { (view.school_review) } a.more href="/school/agreements?state=waiting" { (tr!(lang, "messages.all")) } }
                @if view.queue.is_empty() { (empty(&tr!(lang, "queue_empty.waiting"), &tr!(lang, "queue_empty_why.waiting"), None)) }
                @else { (agreement_table(frame, &view.queue, Readers::Queue)) }
            }
            div.grid.g-two { (colleges(frame, &view.colleges)) (short_list(frame, &view.messages)) }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Home), &content)
}
