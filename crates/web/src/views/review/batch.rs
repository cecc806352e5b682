//! What became of a batch: one line for each agreement.

use crate::tr;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::links;
use crate::views::nav::Spot;
use crate::views::part::crumbs;
use domain::ids::AgreementId;
use maud::{Markup, html};

/// What became of one agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Approved; with its number when it took effect.
    Approved {
        /// The number.
        number: Option<String>,
    },
    /// There is something to look at, so it is to be approved on its own page.
    ToLookAt(Vec<String>),
    /// Refused, with the reason.
    Refused(String),
    /// Not there, or not for this reviewer.
    Absent,
}

/// One line.
#[derive(Debug, Clone)]
pub struct OutcomeRow {
    /// Which.
    pub id: AgreementId,
    /// Name of the student.
    pub student: String,
    /// Name of the employer.
    pub employer: String,
    /// What became of it.
    pub outcome: Outcome,
}

fn outcome(frame: &Frame, row: &OutcomeRow) -> Markup {
    let lang = frame.lang;
    html! {
        @match &row.outcome {
            Outcome::Approved { number } => {
                span.st.done { (tr!(lang, "batch.approved")) }
                @if let Some(number) = number { span.sub { (number) } }
            }
            Outcome::ToLookAt(checks) => {
                span.st.wait { (tr!(lang, "batch.to_look_at")) }
                @for check in checks { span.sub { (check) } }
            }
            Outcome::Refused(why) => { span.st.bad { (tr!(lang, "batch.refused")) } span.sub { (why) } }
            Outcome::Absent => span.st.bad { (tr!(lang, "batch.absent")) }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, rows: &[OutcomeRow]) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "batch.title");
    let done = rows
        .iter()
        .filter(|row| matches!(row.outcome, Outcome::Approved { .. }))
        .count();
    let list = format!("{}/agreements", links::base(frame));
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[(list.clone(), tr!(lang, "queue.all").into_owned())], &title))
        div.head { div { h1 { (title) } p { (tr!(lang, "batch.lead", n = rows.len(), done = done)) } } }
        section.card {
            div.wrap { table.tb.fold {
                thead { tr {
                    th scope="col" { (tr!(lang, "col.student")) } th scope="col" { (tr!(lang, "col.employer")) }
                    th scope="col" { (tr!(lang, "col.state")) } th scope="col" { (tr!(lang, "col.actions")) }
                } }
                tbody { @for row in rows { tr {
                    td.name { b { @if row.student.is_empty() { "—" } @else { (row.student) } } }
                    td.full { (row.employer) }
                    td.st-c { (outcome(frame, row)) }
                    td.ops { @if row.outcome != Outcome::Absent { a href=(links::agreement(frame, row.id)) { (tr!(lang, "act.open")) span.vh { " " (row.student) } } } }
                } } }
            } }
        }
        p { a.btn href=(list) { (icon(Icon::ChevronLeft)) (tr!(lang, "batch.back")) } }
    };
    layout::staff(frame, &Page::new(&title, Spot::Agreements), &content)
}
