//! The offer form: typed terms in sections, clause by clause ticks, 保存; after saving 发起邀约.

use super::offer_fields as fields;
use crate::i18n::Lang;
use crate::tr;
use crate::views::badge;
use crate::views::form::{Choice, Field, Form, error_text, summary};
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::{ClauseItem, Confirmation, crumbs, denied, denied_text, note, pairs, tick_list};
use crate::views::{links, time};
use domain::agreement::clause::{ClauseKind, Party};
use domain::agreement::{Refusal, StateKind};
use domain::ids::{AgreementId, StudentId};
use jiff::Timestamp;
use maud::{Markup, html};

/// The agreement that the form edits, once it exists.
#[derive(Debug, Clone)]
pub struct Existing {
    /// Which.
    pub id: AgreementId,
    /// The version that the form was made from.
    pub version: i64,
    /// The state.
    pub state: StateKind,
    /// When it was last saved.
    pub saved: Timestamp,
    /// Whether it can be sent as it was saved, and if not, why.
    pub send: Result<(), Refusal>,
}

/// The form with what stands around it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The student.
    pub student: StudentId,
    /// What an address of the student ends with: the proof that the student was found.
    pub proof: String,
    /// The student's name.
    pub student_name: String,
    /// What is known of the student: labels in the language and values.
    pub student_rows: Vec<(String, String)>,
    /// The fields.
    pub form: Form,
    /// The clauses; before the first save as the template words them.
    pub clauses: Vec<ClauseItem>,
    /// The agreement, once it exists.
    pub existing: Option<Existing>,
    /// Days the student has to answer: default, least, most.
    pub reply_days: (u16, u16, u16),
    /// The cap on penalties, with separators.
    pub penalty_cap: String,
}

fn clauses(lang: Lang, view: &Offer) -> Markup {
    let asked = || {
        view.clauses
            .iter()
            .filter(|item| item.clause.confirmed_by.contains(&Party::Employer))
    };
    let ticked = asked()
        .filter(|item| matches!(item.employer, Confirmation::Given(_)))
        .count();
    let standard: Vec<ClauseItem> = view
        .clauses
        .iter()
        .filter(|item| item.clause.kind != ClauseKind::Supplementary)
        .cloned()
        .collect();
    html! {
        section.card #clauses {
            header { h2 { (tr!(lang, "offer.clauses")) } span.more.t3 { (tr!(lang, "offer.ticked")) " " span data-count { (ticked) " / " (asked().count()) } } }
            div.body { (note("", &html! { (tr!(lang, "offer.clauses_hint")) })) }
            @if let Some(wrong) = view.form.errors.iter().find(|error| error.field == "tick") {
                div.body { span.err #tick-e { (error_text(lang, wrong)) } }
            }
            // The supplementary ones are ticked where they are written.
            (tick_list(lang, &standard, Party::Employer))
        }
    }
}

/// The choice of days at sending: from the least to the most the school allows.
pub fn reply_days(lang: Lang, (default, least, most): (u16, u16, u16)) -> Markup {
    let days: Vec<Choice> = (least..=most)
        .map(|n| Choice::new(n.to_string(), tr!(lang, "offer.days", n = n)))
        .collect();
    let mut form = Form::default();
    form.input.set("reply_days", default.to_string());
    Field::select("reply_days", tr!(lang, "offer.reply_days"), &days)
        .required()
        .view(lang, &form)
}

/// 发起邀约 on its own: a small form that sends what was saved.
pub fn send_form(frame: &Frame, id: AgreementId, version: i64, days: (u16, u16, u16)) -> Markup {
    let lang = frame.lang;
    html! {
        form.fields.one method="post" action=(links::under(frame, id, "sending")) {
            (frame.token())
            input type="hidden" name="version" value=(version);
            (reply_days(lang, days))
            button.btn.pri.wide type="submit" { (icon(Icon::Send)) (tr!(lang, "act.send")) }
        }
        p.why { (tr!(lang, "offer.send_hint")) }
    }
}

/// Whether sending is the next step, and saving no longer the first button.
fn sendable(view: &Offer) -> bool {
    view.form.errors.is_empty()
        && view
            .existing
            .as_ref()
            .is_some_and(|existing| existing.send.is_ok())
}

/// Somebody else was faster: what is typed stands below, what is stored is one click away.
fn conflict(frame: &Frame, view: &Offer) -> Markup {
    let lang = frame.lang;
    let Some(existing) = view.existing.as_ref().filter(|_| view.form.is_bad("version")) else {
        return html! {};
    };
    let text = if existing.state.is_editable() {
        tr!(lang, "offer.stale")
    } else {
        let state = crate::i18n::tk(lang, "state", existing.state.code());
        tr!(lang, "offer.stale_state", state = state)
    };
    html! {
        div.note.bad role="alert" tabindex="-1" data-focus {
            (icon(Icon::TriangleAlert))
            div.grow {
                (text) " "
                a href=(links::agreement(frame, existing.id)) target="_blank" rel="noopener" { (tr!(lang, "offer.stale_look")) }
            }
        }
    }
}

fn rail(frame: &Frame, view: &Offer) -> Markup {
    let lang = frame.lang;
    html! {
        aside.stack.rail.after {
            section.card {
                header { h2 { (tr!(lang, "agreement.actions")) } }
                div.body.acts-v {
                    button.btn.pri[!sendable(view)].wide type="submit" form="offer" { (tr!(lang, "act.save")) }
                    p.why { (tr!(lang, "offer.save_hint")) }
                    @match &view.existing {
                        Some(existing) => {
                            @match &existing.send {
                                // What stands in a form that came back is not what would be sent.
                                Ok(()) if view.form.errors.is_empty() => (send_form(frame, existing.id, existing.version, view.reply_days)),
                                Ok(()) => (denied("send", Icon::Send, &tr!(lang, "act.send"), &tr!(lang, "offer.save_first"))),
                                Err(refusal) => (denied("send", Icon::Send, &tr!(lang, "act.send"), &denied_text(lang, refusal))),
                            }
                            p.why { (tr!(lang, "offer.saved_at", at = time::stamp(existing.saved))) }
                        },
                        None => (denied("send", Icon::Send, &tr!(lang, "act.send"), &tr!(lang, "offer.save_first"))),
                    }
                }
            }
            section.card { header { h2 { (tr!(lang, "party.student")) } } div.body { (pairs("one", &view.student_rows)) } }
        }
    }
}

fn terms(frame: &Frame, view: &Offer, action: &str) -> Markup {
    let (lang, form) = (frame.lang, &view.form);
    html! {
        form.stack #offer method="post" action=(action) data-guard=(if form.errors.is_empty() { "" } else { "unsaved" }) data-ticks="" novalidate {
            (frame.token())
            @match &view.existing {
                Some(existing) => input type="hidden" name="version" value=(existing.version);,
                None => { input type="hidden" name="id" value=(form.input.raw("id")); input type="hidden" name="template" value=(form.input.raw("template")); },
            }
            (conflict(frame, view))
            (summary(lang, form))
            @if !form.doubts.is_empty() { (note("warn", &html! { b { (tr!(lang, "offer.doubts")) } ul { @for doubt in &form.doubts { li { (crate::views::form::doubt_text(lang, doubt)) } } } })) }
            (fields::position(lang, form))
            (fields::contract(lang, form))
            (fields::pay(lang, form))
            (fields::report(lang, form))
            (fields::archive(lang, form))
            (fields::breach(lang, form, &view.penalty_cap))
            (fields::supplementary(lang, form, &view.clauses))
            (clauses(lang, view))
            div.formend { button.btn.pri[!sendable(view)] type="submit" { (tr!(lang, "act.save")) } span.sm.t3 { (tr!(lang, "offer.save_hint")) } }
        }
    }
}

/// The page: for a new offer, and for editing one.
pub fn page(frame: &Frame, view: &Offer) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "offer.title", name = view.student_name);
    let list = format!("{}/agreements?tab=eligible", links::base(frame));
    let action = match &view.existing {
        Some(existing) => links::under(frame, existing.id, "edit"),
        None => format!("{}{}", links::student(frame, view.student, "offer"), view.proof),
    };
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[(list, tr!(lang, "tab_long.eligible").into_owned())], &tr!(lang, "act.offer")))
        div.head { div {
            h1 { (title) @if let Some(existing) = &view.existing { " " (badge::badge_large(lang, existing.state)) } }
            p { (tr!(lang, "offer.lead")) }
        } }
        div.grid.g-main { (terms(frame, view, &action)) (rail(frame, view)) }
    };
    layout::staff(frame, &Page::new(&title, Spot::Agreements), &content)
}

/// The field for a new deadline, as days from now.
pub fn extension(lang: Lang, days: (u16, u16, u16), form: &Form) -> Markup {
    let hint = tr!(lang, "offer.extension_hint", most = days.2);
    Field::text("days", tr!(lang, "offer.extension"))
        .required()
        .numeric()
        .unit(tr!(lang, "unit.day"))
        .hint(hint)
        .view(lang, form)
}
