//! An agreement as its employer sees it: actions on the right, and a disabled one says why.

use super::offer::{extension, send_form};
use super::switcher::switcher;
use crate::tr;
use crate::views::agreement::{
    AgreementView, content, document_buttons, heading, history, reason_note, refused, steps_card,
};
use crate::views::form::Form;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::links;
use crate::views::nav::Spot;
use crate::views::part::{Ask, confirm, crumbs};
use crate::views::termination;
use domain::agreement::{CommandKind, StateKind};
use maud::{Markup, html};

fn edit(frame: &Frame, view: &AgreementView) -> Markup {
    let lang = frame.lang;
    html! {
        @if view.may(CommandKind::Edit) {
            a.btn href=(links::under(frame, view.id, "edit")) { (icon(Icon::Pencil)) (tr!(lang, "act.edit")) }
        } @else { (refused(lang, view, CommandKind::Edit, Icon::Pencil, &tr!(lang, "act.edit"))) }
    }
}

fn withdraw(frame: &Frame, view: &AgreementView) -> Markup {
    let lang = frame.lang;
    let label = tr!(lang, "act.withdraw");
    if !view.may(CommandKind::Withdraw) {
        return refused(lang, view, CommandKind::Withdraw, Icon::Undo2, &label);
    }
    confirm(
        frame,
        &Ask {
            id: "withdraw",
            action: &links::under(frame, view.id, "withdrawal"),
            version: view.version,
            button: &tr!(lang, "act.withdraw_offer"),
            icon: Icon::Undo2,
            title: &tr!(lang, "ask.withdraw", name = view.student),
            text: &tr!(lang, "ask.withdraw_text"),
            danger: true,
        },
        &html! {},
    )
}

fn extend(frame: &Frame, view: &AgreementView, form: &Form) -> Markup {
    let lang = frame.lang;
    html! { @if view.may(CommandKind::ExtendDeadline) {
        (confirm(
            frame,
            &Ask {
                id: "extend",
                action: &links::under(frame, view.id, "deadline"),
                version: view.version,
                button: &tr!(lang, "act.extend"),
                icon: Icon::CalendarClock,
                title: &tr!(lang, "ask.extend", name = view.student),
                text: &tr!(lang, "ask.extend_text"),
                danger: false,
            },
            &extension(lang, view.reply_days, form),
        ))
    } }
}

fn actions(frame: &Frame, view: &AgreementView, form: &Form) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "agreement.actions")) } }
            div.body.acts-v {
                @if view.may(CommandKind::Send) { (send_form(frame, view.id, view.version, view.reply_days)) }
                (document_buttons(frame, view))
                (edit(frame, view))
                (withdraw(frame, view))
                (extend(frame, view, form))
                @if !view.may(CommandKind::Send) { (refused(lang, view, CommandKind::Send, Icon::Send, &tr!(lang, "act.send"))) }
                (termination::answers(frame, view, form))
                @if view.state != StateKind::Terminating { (termination::request(frame, view)) }
            }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &AgreementView) -> Markup {
    page_with(frame, view, &Form::default())
}

/// The page with what was typed: to extend the deadline, or to answer a request for termination.
pub fn page_with(frame: &Frame, view: &AgreementView, form: &Form) -> Markup {
    let lang = frame.lang;
    let title = format!("{} · {}", view.student, view.terms.position);
    let list = format!("{}/agreements", links::base(frame));
    let body = html! {
        (crumbs(&tr!(lang, "common.position"), &[(list, tr!(lang, "list.title").into_owned())], &tr!(lang, "agreement.detail")))
        div.head { (heading(lang, view)) div.acts { (switcher(frame, "/agreements")) } }
        div.grid.g-main {
            div.stack { (reason_note(lang, view)) (steps_card(frame, view)) (termination::card(frame, view)) (content(frame, view)) }
            aside.stack.rail { (actions(frame, view, form)) (history(frame, view)) }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Agreements), &body)
}
