//! A template to read: the draft with sample data, or a version that was in force.

use super::template::{PATH, address, confirm_code};
use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::document::Pdf;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::{crumbs, note};
use domain::agreement::Clause;
use maud::{Markup, html};

/// What is shown.
#[derive(Debug, Clone)]
pub struct Paper {
    /// The year of the template; 0 for all.
    pub year: i32,
    /// The heading.
    pub title: String,
    /// A line under it.
    pub lead: String,
    /// The clauses; with sample data or with their fields.
    pub clauses: Vec<Clause>,
    /// The PDF of a draft; nothing for a version.
    pub pdf: Option<Pdf>,
    /// Whether the draft cannot be shown as it is.
    pub is_broken: bool,
}

fn buttons(lang: Lang, view: &Paper) -> Markup {
    let pdf = address(&format!("{PATH}/preview.pdf"), view.year);
    html! {
        @match &view.pdf {
            Some(Pdf::Ready { pages, .. }) => {
                a.btn.pri href=(pdf) target="_blank" rel="noopener" { (icon(Icon::Printer)) (tr!(lang, "act.print_pdf")) }
                p.why { (tr!(lang, "document.pages", n = pages)) }
            },
            Some(Pdf::Making) => div data-reload="2" { (note("", &html! { b { (tr!(lang, "document.making")) } div { (tr!(lang, "document.making_hint")) } })) },
            Some(Pdf::Failed) => (note("bad", &html! { b { (tr!(lang, "document.failed")) } })),
            None => {},
        }
        a.btn href=(address(PATH, view.year)) { (icon(Icon::Pencil)) (tr!(lang, "template.back")) }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &Paper) -> Markup {
    let lang = frame.lang;
    let mut page = Page::new(&view.title, Spot::Template);
    page.refresh = matches!(view.pdf, Some(Pdf::Making)).then_some(2);
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[(address(PATH, view.year), tr!(lang, "template.title").into_owned())], &view.title))
        div.head { div { h1 { (view.title) } p { (view.lead) } } }
        div.grid.g-main {
            div.stack {
                @if view.is_broken { (note("bad", &html! { (tr!(lang, "template.preview_broken")) })) }
                @if !view.clauses.is_empty() {
                    article.paper lang="zh-CN" aria-label=(tr!(lang, "template.preview_clauses")) {
                        ol { @for clause in &view.clauses { li {
                            b { (clause.title) } " " (clause.body)
                            p.sm.t3 { (tr!(Lang::Zh, "template.confirmed_by", who = tk(Lang::Zh, "template_confirm", confirm_code(&clause.confirmed_by)))) }
                        } } }
                    }
                }
            }
            aside.stack.rail { section.card { div.body.acts-v { (buttons(lang, view)) } } }
        }
    };
    layout::staff(frame, &page, &content)
}
