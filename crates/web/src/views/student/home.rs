//! The student's first page: what to do next.

use super::list::{OfferRow, offer_card};
use crate::tr;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Mast, Page};
use crate::views::messages::{MessageRow, short_list};
use crate::views::nav::Spot;
use crate::views::part::note;
use domain::eligibility::SourceStatus;
use maud::{Markup, html};

/// The page.
#[derive(Debug, Clone)]
pub struct Home {
    /// Name of the student.
    pub name: String,
    /// Year, college, major as one line.
    pub line: String,
    /// The source information.
    pub source: SourceStatus,
    /// Whether there is a résumé.
    pub has_resume: bool,
    /// Offers to answer, the most urgent first.
    pub offers: Vec<OfferRow>,
    /// The agreement that is being reviewed or in force.
    pub current: Option<OfferRow>,
    /// The latest messages.
    pub messages: Vec<MessageRow>,
}

fn step(href: &str, drawing: Icon, title: &str, text: &str) -> Markup {
    html! { a.go href=(href) { (icon(drawing)) span.grow { (title) span.sub { (text) } } (icon(Icon::ChevronRight)) } }
}

/// The one thing to do now.
fn next(frame: &Frame, view: &Home) -> Markup {
    let lang = frame.lang;
    html! {
        @match view.source {
            SourceStatus::Approved => {},
            SourceStatus::Imported => (note("", &html! { (tr!(lang, "s_home.source_waiting")) " " a href="/student/source" { (tr!(lang, "s_home.source_look")) } })),
            SourceStatus::Returned => (note("bad", &html! { (tr!(lang, "s_home.source_returned")) " " a href="/student/source" { (tr!(lang, "s_home.source_look")) } })),
        }
        @if !view.offers.is_empty() {
            h2 { (tr!(lang, "s_home.answer", n = view.offers.len())) }
            @for offer in &view.offers { (offer_card(frame, offer)) }
        }
        @if let Some(current) = &view.current {
            h2 { (tr!(lang, "s_home.current")) }
            (offer_card(frame, current))
        }
        @if view.offers.is_empty() && view.current.is_none() {
            section.card { div.empty {
                (crate::views::icon::empty_art())
                b { (tr!(lang, "s_home.nothing")) }
                p.sm { (tr!(lang, "s_home.nothing_why")) }
            } }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &Home) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "s_home.title");
    let top = Mast {
        heading: tr!(lang, "s_home.hello", name = view.name).into_owned(),
        line: Some(view.line.clone()),
        ..Mast::default()
    };
    let resume = if view.has_resume {
        tr!(lang, "s_home.resume_edit")
    } else {
        tr!(lang, "s_home.resume_write")
    };
    let content = html! {
        (next(frame, view))
        section.card aria-label=(tr!(lang, "s_home.more")) {
            (step("/student/agreements", Icon::FileText, &tr!(lang, "s_home.all"), &tr!(lang, "s_home.all_text")))
            (step("/student/source", Icon::IdCard, &tr!(lang, "nav.my_source"), &tr!(lang, "s_home.source_text")))
            (step("/student/resume", Icon::ScrollText, &tr!(lang, "nav.s_resume"), &resume))
        }
        (short_list(frame, &view.messages))
    };
    layout::student(frame, &Page::new(&title, Spot::Home), &top, &content, false)
}
