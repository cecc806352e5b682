//! `/employer` while no school can be entered: where certification and entries stand.

use crate::i18n::tk;
use crate::tr;
use crate::views::badge;
use crate::views::frame::{Frame, Place};
use crate::views::layout::{self, Page};
use crate::views::links;
use crate::views::nav::Spot;
use crate::views::part::{empty, note};
use domain::eligibility::Admission;
use maud::{Markup, html};

/// One school and the employer's entry to it.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// The school's name.
    pub school_name: String,
    /// Where the entry stands.
    pub status: Admission,
    /// Why it was returned.
    pub reason: Option<String>,
    /// The place to go to, where the entry is approved.
    pub place: Option<Place>,
}

/// What the page says.
#[derive(Debug, Clone)]
pub struct Schools {
    /// Name of the employer.
    pub employer: String,
    /// Its certification.
    pub certification: Admission,
    /// Its entries.
    pub entries: Vec<EntryRow>,
}

/// The page.
pub fn page(frame: &Frame, view: &Schools) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "schools.title");
    let content = html! {
        div.head { div { h1 { (title) } p { (view.employer) " · " (badge::admission(lang, "certification", view.certification.code())) } } }
        div.grid {
            @if view.certification != Admission::Approved {
                (note("warn", &html! { (tk(lang, "certification_hint", view.certification.code())) }))
            }
            section.card aria-label=(title) {
                header { h2 { (tr!(lang, "schools.entries")) } }
                @if view.entries.is_empty() { (empty(&tr!(lang, "schools.none"), &tr!(lang, "schools.none_why"), None)) }
                @else { ul.rows { @for row in &view.entries { li {
                    div.grow {
                        b { (row.school_name) }
                        div.sm.t3 { (tk(lang, "entry_hint", row.status.code())) @if let Some(reason) = &row.reason { (tr!(lang, "common.colon")) (reason) } }
                    }
                    (badge::admission(lang, "entry", row.status.code()))
                    @if let Some(place) = &row.place { a.btn.sm href=(links::place(place)) { (tr!(lang, "schools.enter")) } }
                } } } }
            }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Home), &content)
}
