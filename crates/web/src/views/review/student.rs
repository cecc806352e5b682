//! One student's 生源信息 at a college: the record on the left, 审核通过 and 退回 on the right.

use crate::i18n::tk;
use crate::tr;
use crate::views::badge;
use crate::views::form::{Field, Form};
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::{Ask, confirm, crumbs, denied, note, pairs};
use domain::eligibility::SourceStatus;
use domain::ids::StudentId;
use maud::{Markup, html};

/// The record.
#[derive(Debug, Clone)]
pub struct Record {
    /// Whose.
    pub id: StudentId,
    /// The name.
    pub name: String,
    /// How far the review has come.
    pub status: SourceStatus,
    /// Why it was returned.
    pub reason: Option<String>,
    /// What is on record: labels in the language and values, personal numbers masked.
    pub rows: Vec<(String, String)>,
    /// `text`: error and kept value of the return.
    pub form: Form,
}

fn approve(frame: &Frame, view: &Record) -> Markup {
    let (lang, label) = (frame.lang, tr!(frame.lang, "students.approve"));
    if view.status == SourceStatus::Approved {
        return denied(
            "approve",
            Icon::CircleCheck,
            &label,
            &tr!(lang, "record.approved"),
        );
    }
    html! {
        form method="post" action={ "/college/students/" (view.id) "/approval" } {
            (frame.token())
            button.btn.pri.wide type="submit" { (icon(Icon::CircleCheck)) (label) }
        }
        p.why { (tr!(lang, "record.approve_hint")) }
    }
}

fn give_back(frame: &Frame, view: &Record) -> Markup {
    let (lang, label) = (frame.lang, tr!(frame.lang, "act.return"));
    let why = match view.status {
        SourceStatus::Imported => {
            let ask = Ask {
                id: "return",
                action: &format!("/college/students/{}/return", view.id),
                version: 0,
                button: &label,
                icon: Icon::Undo2,
                title: &tr!(lang, "record.ask", name = view.name),
                text: &tr!(lang, "record.ask_text"),
                danger: true,
            };
            let field = Field::area("text", tr!(lang, "record.why"), 3)
                .required()
                .max(500);
            let field = field.hint(tr!(lang, "record.why_hint"));
            return confirm(frame, &ask, &field.view(lang, &view.form));
        }
        SourceStatus::Approved => tr!(lang, "record.approved_stays"),
        SourceStatus::Returned => tr!(lang, "record.returned"),
    };
    denied("return", Icon::Undo2, &label, &why)
}

/// The page.
pub fn page(frame: &Frame, view: &Record) -> Markup {
    let lang = frame.lang;
    let list = format!("/college/students?status={}", view.status.code());
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[(list, tr!(lang, "nav.source").into_owned())], &view.name))
        div.head { div { h1 { (view.name) " " (badge::admission(lang, "source_status", view.status.code())) } p { (tr!(lang, "record.lead")) } } }
        div.grid.g-main {
            div.stack {
                @if let Some(reason) = &view.reason { (note("bad", &html! { b { (tk(lang, "source_status", view.status.code())) } div { (reason) } })) }
                section.card { header { h2 { (tr!(lang, "source.record")) } } div.body { (pairs("", &view.rows)) } }
            }
            aside.stack.rail { section.card {
                header { h2 { (tr!(lang, "agreement.actions")) } }
                div.body.acts-v { (approve(frame, view)) (give_back(frame, view)) }
            } }
        }
    };
    layout::staff(frame, &Page::new(&view.name, Spot::Source), &content)
}
