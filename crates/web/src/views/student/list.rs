//! The student's offers and agreements.

use crate::tr;
use crate::views::badge;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Mast, Page};
use crate::views::nav::Spot;
use crate::views::part::empty;
use crate::views::{links, time};
use domain::agreement::StateKind;
use domain::ids::AgreementId;
use jiff::Timestamp;
use maud::{Markup, html};

/// One offer or agreement.
#[derive(Debug, Clone)]
pub struct OfferRow {
    /// Which.
    pub id: AgreementId,
    /// Name of the employer.
    pub employer: String,
    /// Position and place as one line.
    pub position: String,
    /// Monthly pay as a text with its unit; empty when unknown.
    pub pay: String,
    /// The state.
    pub state: StateKind,
    /// Until when to answer.
    pub deadline: Option<Timestamp>,
    /// When it last changed.
    pub updated: Timestamp,
}

/// One row as a card.
pub fn offer_card(frame: &Frame, row: &OfferRow) -> Markup {
    let lang = frame.lang;
    html! {
        article.card {
            a.go href=(links::agreement(frame, row.id)) {
                span.grow {
                    b { (row.employer) }
                    span.sub { (row.position) @if !row.pay.is_empty() { " · " span.nw { (row.pay) } } }
                    span {
                        (badge::badge(lang, row.state)) " "
                        @if let (StateKind::Offered, Some(until)) = (row.state, row.deadline) {
                            span.xs.warn-t[time::soon(frame.now, until)] { (tr!(lang, "time.left_prefix")) " " (time::countdown(lang, frame.now, until)) }
                        } @else { span.xs.t3 { (time::at(row.updated, frame.now)) } }
                    }
                }
                (icon(Icon::ChevronRight))
            }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, rows: &[OfferRow]) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "s_list.title");
    let top = Mast {
        heading: title.to_string(),
        line: Some(tr!(lang, "pager.copies", n = rows.len()).into_owned()),
        ..Mast::default()
    };
    let content = html! {
        @if rows.is_empty() { section.card { (empty(&tr!(lang, "s_list.none"), &tr!(lang, "s_list.none_why"), None)) } }
        @for row in rows { (offer_card(frame, row)) }
        section.card { a.go.lnk href="/student/paper" { (icon(Icon::FileText)) span.grow { (tr!(lang, "paper.student")) span.sub { (tr!(lang, "paper.line")) } } (icon(Icon::ChevronRight)) } }
    };
    layout::student(frame, &Page::new(&title, Spot::Agreements), &top, &content, false)
}
