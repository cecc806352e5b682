//! A student's résumé as an employer sees it, with the way to the offer.

use crate::tr;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::{crumbs, denied, denied_text, empty, pairs};
use crate::views::{links, time};
use domain::agreement::Refusal;
use domain::ids::StudentId;
use jiff::Timestamp;
use maud::{Markup, html};

/// One part of a résumé: heading and text, both as the student wrote them.
#[derive(Debug, Clone, Default)]
pub struct ResumePart {
    /// The heading, in the language.
    pub title: String,
    /// The text.
    pub text: String,
}

/// A résumé.
#[derive(Debug, Clone)]
pub struct Resume {
    /// The student.
    pub student: StudentId,
    /// What an address of the student ends with: the proof that the student was found.
    pub proof: String,
    /// The name.
    pub name: String,
    /// Basic data without any personal number: labels in the language and values.
    pub basics: Vec<(String, String)>,
    /// The parts the student filled; empty when there is no visible résumé.
    pub parts: Vec<ResumePart>,
    /// When the student last changed it.
    pub updated: Option<Timestamp>,
    /// The position the student applied for with this employer.
    pub applied_for: Option<String>,
    /// Whether an agreement can be offered now, and if not, why.
    pub offer: Result<(), Refusal>,
}

fn offer(frame: &Frame, view: &Resume) -> Markup {
    let lang = frame.lang;
    html! {
        @match &view.offer {
            Ok(()) => {
                a.btn.pri href={ (links::student(frame, view.student, "offer")) (view.proof) } { (icon(Icon::Signature)) (tr!(lang, "act.offer")) }
                p.why { (tr!(lang, "resume.offer_hint")) }
            },
            Err(refusal) => (denied("offer", Icon::Signature, &tr!(lang, "act.offer"), &denied_text(lang, refusal))),
        }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &Resume) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "resume.title_of", name = view.name);
    let list = format!("{}/agreements?tab=eligible", links::base(frame));
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[(list, tr!(lang, "tab_long.eligible").into_owned())], &tr!(lang, "resume.title")))
        div.head { div { h1 { (title) } @if let Some(position) = &view.applied_for { p { (tr!(lang, "list.applied_for", position = position)) } } } }
        div.grid.g-main {
            div.stack {
                section.card { header { h2 { (tr!(lang, "resume.basics")) } } div.body { (pairs("", &view.basics)) } }
                @if view.parts.is_empty() {
                    section.card { (empty(&tr!(lang, "resume.none"), &tr!(lang, "resume.none_why"), None)) }
                }
                @for part in &view.parts {
                    section.card { header { h2 { (part.title) } } div.body { div.prose { @for line in part.text.lines() { p { (line) } } } } }
                }
            }
            aside.stack.rail { section.card {
                header { h2 { (tr!(lang, "agreement.actions")) } }
                div.body.acts-v {
                    (offer(frame, view))
                    @if let Some(at) = view.updated { p.why { (tr!(lang, "resume.updated", at = time::stamp(at))) } }
                }
            } }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Agreements), &content)
}
