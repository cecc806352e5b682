//! 查看: the agreement to read, with the ways to its PDF.

use super::frame::{Area, Frame};
use super::icon::{Icon, icon};
use super::layout::{self, Mast, Page};
use super::nav::Spot;
use super::part::{Parties, crumbs, note};
use super::{links, terms, time};
use crate::i18n::{Lang, tk};
use crate::tr;
use domain::agreement::StateKind;
use domain::agreement::clause::Clause;
use domain::agreement::terms::Terms;
use domain::ids::AgreementId;
use jiff::Timestamp;
use maud::{Markup, html};

/// Where the PDF stands.
#[derive(Debug, Clone)]
pub enum Pdf {
    /// It is there.
    Ready {
        /// How many pages.
        pages: u32,
        /// Characters that no font has, as they are; empty in the good case.
        missing: String,
    },
    /// The worker makes it; the page asks again by itself.
    Making,
    /// It could not be made; staff has been told.
    Failed,
}

/// The document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Which agreement.
    pub id: AgreementId,
    /// Its state.
    pub state: StateKind,
    /// The number, once issued.
    pub number: Option<String>,
    /// Graduation year.
    pub year: i32,
    /// Name of the student, for the heading.
    pub student: String,
    /// The parties.
    pub parties: Parties,
    /// The terms.
    pub terms: Terms,
    /// The clauses.
    pub clauses: Vec<Clause>,
    /// Since when it has been in force.
    pub effective: Option<Timestamp>,
    /// The PDF.
    pub pdf: Pdf,
}

fn buttons(frame: &Frame, view: &Document) -> Markup {
    let lang = frame.lang;
    let pdf = links::under(frame, view.id, "document.pdf");
    html! {
        @match &view.pdf {
            Pdf::Ready { pages, missing } => {
                div.acts-v.no-print {
                    a.btn.pri href=(pdf) target="_blank" rel="noopener" { (icon(Icon::Printer)) (tr!(lang, "act.print_pdf")) }
                    a.btn href={ (pdf) "?download=1" } { (icon(Icon::Download)) (tr!(lang, "act.download")) }
                    p.why { (tr!(lang, "document.pages", n = pages)) }
                }
                @if !missing.is_empty() { (note("warn", &html! { (tr!(lang, "document.missing", glyphs = missing)) })) }
            },
            Pdf::Making => div data-reload="2" { (note("", &html! { b { (tr!(lang, "document.making")) } div { (tr!(lang, "document.making_hint")) } })) },
            Pdf::Failed => (note("bad", &html! { b { (tr!(lang, "document.failed")) } div { (tr!(lang, "document.failed_hint")) } })),
        }
    }
}

fn party_rows(title: &str, rows: &[(String, String)]) -> Markup {
    html! {
        h3 { (title) }
        div.wrap { table { tbody { @for (label, value) in rows { tr { th scope="row" { (label) } td { (slash(value)) } } } } } }
    }
}

/// An empty field of the form is a stroke, so that nothing can be added by hand.
fn slash(value: &str) -> &str {
    if value.is_empty() { "/" } else { value }
}

fn stamp(lang: Lang, state: StateKind) -> Markup {
    html! { @if state != StateKind::Effective && state != StateKind::Terminating {
        span.stamp { (tk(lang, "watermark", if state.is_live() || state.is_editable() || state == StateKind::Offered { "pending" } else { state.code() })) }
    } }
}

fn paper(frame: &Frame, view: &Document) -> Markup {
    let lang = frame.lang;
    html! {
        article.paper lang="zh-CN" aria-label=(tr!(lang, "document.title")) {
            (stamp(Lang::Zh, view.state))
            p.num { (tr!(Lang::Zh, "document.number", number = view.number.as_deref().unwrap_or("/"))) }
            h2 { (tr!(Lang::Zh, "document.form_title")) }
            (party_rows(&tr!(Lang::Zh, "document.party_a"), &view.parties.employer.rows))
            (party_rows(&tr!(Lang::Zh, "document.party_b"), &view.parties.student.rows))
            (party_rows(&tr!(Lang::Zh, "document.party_c"), &view.parties.school.rows))
            @for group in terms::groups(Lang::Zh, &view.terms) { (party_rows(&group.title, &group.rows)) }
            h3 { (tr!(Lang::Zh, "document.clauses")) }
            ol { @for clause in &view.clauses { li { b { (clause.title) } " " (clause.body) } } }
            @if let Some(at) = view.effective { p.num { (tr!(Lang::Zh, "document.effective", at = time::stamp(at))) } }
        }
    }
}

/// The page, in the layout of the reader's side.
pub fn page(frame: &Frame, view: &Document) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "document.title");
    let mut page = Page::new(&title, Spot::Agreements);
    page.refresh = matches!(view.pdf, Pdf::Making).then_some(2);
    let back = links::agreement(frame, view.id);
    if frame.is(Area::Student) {
        let top = Mast {
            back: Some((back, tr!(lang, "document.back").into_owned())),
            heading: title.to_string(),
            ..Mast::default()
        };
        let content = html! { (buttons(frame, view)) (paper(frame, view)) };
        return layout::student(frame, &page, &top, &content, false);
    }
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[(back, view.student.clone())], &tr!(lang, "document.crumb")))
        div.head { div { h1 { (title) } p { (view.student) " · " (tr!(lang, "common.year", year = view.year)) } } }
        div.grid.g-main {
            (paper(frame, view))
            aside.stack.rail { section.card { header { h2 { (tr!(lang, "agreement.actions")) } } div.body { (buttons(frame, view)) } } }
        }
    };
    layout::staff(frame, &page, &content)
}
