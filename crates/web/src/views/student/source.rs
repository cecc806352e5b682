//! 生源信息: what the school has on record, for the student to check.

use crate::i18n::tk;
use crate::tr;
use crate::views::badge;
use crate::views::frame::Frame;
use crate::views::layout::{self, Mast, Page};
use crate::views::nav::Spot;
use crate::views::part::{note, pairs};
use domain::eligibility::SourceStatus;
use maud::{Markup, html};

/// The record.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its state.
    pub status: SourceStatus,
    /// Why it was returned.
    pub reason: Option<String>,
    /// What is on record: labels in the language and values, personal numbers masked.
    pub rows: Vec<(String, String)>,
}

/// The page.
pub fn page(frame: &Frame, view: &Source) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "nav.my_source");
    let class = match view.status {
        SourceStatus::Approved => "good",
        SourceStatus::Imported => "",
        SourceStatus::Returned => "bad",
    };
    let top = Mast {
        heading: title.to_string(),
        line: Some(tr!(lang, "source.lead").into_owned()),
        ..Mast::default()
    };
    let content = html! {
        (note(class, &html! {
            (tk(lang, "source_hint", view.status.code()))
            @if let Some(reason) = &view.reason { div { (tr!(lang, "source.reason")) (tr!(lang, "common.colon")) (reason) } }
        }))
        section.card {
            header { h2 { (tr!(lang, "source.record")) } (badge::admission(lang, "source_status", view.status.code())) }
            div.body { (pairs("", &view.rows)) }
        }
        @if let Some(school) = &frame.school { p.why { (tr!(lang, "source.wrong", school = school.name)) " " (school.contact) } }
    };
    layout::student(frame, &Page::new(&title, Spot::Source), &top, &content, false)
}
