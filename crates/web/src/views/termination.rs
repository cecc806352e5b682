//! 解约: the request, how far it has come, and what each side may do about it.

mod answers;

pub use answers::{answers, void};

use super::agreement::{AgreementView, refused};
use super::form::{Choice, Field, Form, codes, error};
use super::frame::{Area, Frame};
use super::icon::{Icon, icon};
use super::layout::{self, Mast, Page};
use super::nav::Spot;
use super::part::{crumbs, note, pairs};
use super::proof::{self, Proof};
use super::{links, time, upload};
use crate::i18n::{Lang, tk};
use crate::tr;
use domain::agreement::CommandKind;
use domain::agreement::clause::Party;
use domain::agreement::state::TerminationStage;
use domain::codes::TERMINATION_REASON;
use domain::ids::AgreementId;
use jiff::Timestamp;
use maud::{Markup, html};

pub use upload::FileRow;

/// Reasons for not agreeing to a termination, and for rejecting one.
pub const REFUSE_REASONS: [&str; 4] = ["no_agreement", "liability_open", "letter_wrong", "other"];

/// One step of a termination.
#[derive(Debug, Clone)]
pub struct Step {
    /// `t_step.*`.
    pub code: &'static str,
    /// When it was taken.
    pub at: Option<Timestamp>,
    /// Whether it is due now.
    pub now: bool,
}

/// A request for termination and where it stands.
#[derive(Debug, Clone)]
pub struct Termination {
    /// Who asks.
    pub party: Party,
    /// Name of whoever asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The reason: its name, and words.
    pub reason: (String, String),
    /// The letter.
    pub letter: Option<FileRow>,
    /// Whether the letter was written by the system and both confirm it.
    pub made: bool,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// From when on the school may go on without an answer; while one is awaited.
    pub due: Option<Timestamp>,
    /// Where it stands; nothing when it has ended.
    pub stage: Option<TerminationStage>,
}

/// The card on the agreement's page.
pub fn card(frame: &Frame, view: &AgreementView) -> Markup {
    let lang = frame.lang;
    let Some(found) = &view.termination else {
        return html! {};
    };
    let rows = vec![
        (
            tr!(lang, "termination.asked_by").into_owned(),
            format!("{} · {}", tk(lang, "role", found.party.code()), found.by),
        ),
        (
            tr!(lang, "termination.asked_at").into_owned(),
            time::stamp(found.at),
        ),
        (
            tr!(lang, "termination.reason").into_owned(),
            found.reason.0.clone(),
        ),
        (tr!(lang, "termination.text").into_owned(), found.reason.1.clone()),
    ];
    html! {
        section.card.termination aria-label=(tr!(lang, "termination.title")) {
            header { h2 { (tr!(lang, "termination.title")) } }
            (steps(frame, &found.steps))
            div.body {
                (pairs("one", &rows))
                @if let Some(letter) = &found.letter {
                    h3 { (tr!(lang, "termination.letter")) }
                    (upload::shown(frame, view.id, letter))
                    @if found.made { p.why { (tr!(lang, "termination.made_note")) } }
                }
                @if let Some(due) = found.due {
                    p.why { (tr!(lang, "termination.due", at = time::stamp(due))) }
                }
            }
        }
    }
}

fn steps(frame: &Frame, steps: &[Step]) -> Markup {
    let lang = frame.lang;
    html! {
        ol.flow { @for (i, step) in steps.iter().enumerate() {
            li class=(if step.now { "now" } else if step.at.is_some() { "ok" } else { "todo" }) data-n=(i + 1) aria-current=[step.now.then_some("step")] {
                b { (tk(lang, "t_step", step.code)) }
                @if let (Some(at), false) = (step.at, step.now) { span.d { (time::short(at, frame.now)) } }
                @else if step.now { span.d { (tr!(lang, "step.now")) } }
            }
        } }
    }
}

/// 申请解约 in the action panel: a way to its page, or the reason why not.
pub fn request(frame: &Frame, view: &AgreementView) -> Markup {
    let (lang, kind) = (frame.lang, CommandKind::RequestTermination);
    html! {
        @if view.may(kind) {
            a.btn.dgr href=(links::under(frame, view.id, "termination")) { (icon(Icon::FileX)) (tr!(lang, "act.terminate")) }
        } @else { (refused(lang, view, kind, Icon::FileX, &tr!(lang, "act.terminate"))) }
    }
}
/// A reason from a list, and words.
pub fn reason_fields(lang: Lang, form: &Form, reasons: &[&str], (reason, text): (&str, &str)) -> Markup {
    let choices: Vec<Choice> = reasons
        .iter()
        .map(|code| Choice::new(*code, tk(lang, "reason", code)))
        .collect();
    html! {
        (Field::select(reason, tr!(lang, "review.reason"), &choices).required().view(lang, form))
        (Field::area(text, tr!(lang, "review.reason_text"), 3).max(500).hint(tr!(lang, "review.reason_hint")).view(lang, form))
    }
}

/// The letter as far as it is there.
#[derive(Debug, Clone)]
pub enum Letter {
    /// None yet.
    None,
    /// The worker writes it; the page asks again by itself.
    Making,
    /// It could not be written.
    Failed,
    /// There, sent or written.
    Kept {
        /// The file.
        file: FileRow,
        /// Whether the system wrote it.
        made: bool,
    },
}

/// The page to ask for a termination.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which agreement.
    pub id: AgreementId,
    /// Its version.
    pub version: i64,
    /// The other party's name.
    pub other: String,
    /// The student's name.
    pub student: String,
    /// The number.
    pub number: String,
    /// Whether the other party has to agree, and days after which the school may go on without.
    pub consent: Option<u16>,
    /// What proves who asks.
    pub proof: Proof,
    /// What was typed.
    pub form: Form,
    /// The letter.
    pub letter: Letter,
}

/// The page.
pub fn request_page(frame: &Frame, view: &Request) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "termination.request_title");
    let mut page = Page::new(&title, Spot::Agreements);
    page.refresh = matches!(view.letter, Letter::Making).then_some(2);
    let back = links::agreement(frame, view.id);
    let content = html! {
        (super::form::summary(lang, &view.form))
        (note("warn", &html! {
            b { (tr!(lang, "termination.before")) }
            ul {
                li { (tr!(lang, "termination.before_talk", other = view.other)) }
                @if let Some(days) = view.consent { li { (tr!(lang, "termination.before_consent", days = days)) } }
                li { (tr!(lang, "termination.before_review")) }
                li { (tr!(lang, "termination.before_liable")) }
            }
        }))
        (form(frame, view))
    };
    if frame.is(Area::Student) {
        let top = Mast {
            back: Some((back, tr!(lang, "document.back").into_owned())),
            heading: title.to_string(),
            line: Some(format!("{} · {}", view.other, view.number)),
            more: None,
        };
        return layout::student(frame, &page, &top, &content, false);
    }
    let body = html! {
        (crumbs(&tr!(lang, "common.position"), &[(format!("{}/agreements", links::base(frame)), tr!(lang, "list.title").into_owned()), (back, tr!(lang, "agreement.detail").into_owned())], &title))
        div.head { div { h1 { (title) } p { (view.student) " · " (view.number) } } }
        div.narrow.stack { (content) }
    };
    layout::staff(frame, &page, &body)
}

fn form(frame: &Frame, view: &Request) -> Markup {
    let lang = frame.lang;
    let reasons = codes(lang, &TERMINATION_REASON);
    let action = links::under(frame, view.id, "termination");
    html! {
        section.card { div.body {
            form.fields.one method="post" action=(action) enctype="multipart/form-data" {
                // The first button is what the enter key presses: neither “write the letter” nor “send a code”.
                button type="submit" hidden {}
                (frame.token())
                input type="hidden" name="version" value=(view.version);
                (Field::select("reason", tr!(lang, "termination.reason"), &reasons).required().view(lang, &view.form))
                (Field::area("text", tr!(lang, "termination.text"), 4).max(500).hint(tr!(lang, "termination.text_hint")).view(lang, &view.form))
                (letter(frame, view))
                (proof::field(frame, &view.proof, &view.form, (&tr!(lang, "termination.password"), &links::under(frame, view.id, "termination/code"))))
                div.end {
                    a.btn href=(links::agreement(frame, view.id)) { (tr!(lang, "common.cancel")) }
                    button.btn.dgr.solid type="submit" { (icon(Icon::FileX)) (tr!(lang, "termination.submit")) }
                }
            }
        } }
    }
}

fn letter(frame: &Frame, view: &Request) -> Markup {
    let lang = frame.lang;
    let write = links::under(frame, view.id, "termination/letter");
    let write = html! {
        button.btn type="submit" formaction=(write) formnovalidate { (icon(Icon::FileText)) (tr!(lang, "termination.write")) }
    };
    html! {
        fieldset.fld.full.bad[view.form.is_bad("letter")] #f-letter aria-describedby=(if view.form.is_bad("letter") { "letter-e letter-h" } else { "letter-h" }) {
            legend.req { (tr!(lang, "termination.letter")) }
            @match &view.letter {
                Letter::Making => div data-reload="2" { (note("", &html! { (tr!(lang, "termination.making")) })) },
                Letter::Failed => (note("bad", &html! { (tr!(lang, "termination.failed")) })),
                Letter::Kept { file, made } => {
                    input type="hidden" name="kept" value=(file.id);
                    (upload::shown(frame, view.id, file))
                    @if *made { p.why { (tr!(lang, "termination.made_confirm")) } }
                },
                Letter::None => {},
            }
            div.two-up {
                div {
                    label for="file-letter" { @if matches!(view.letter, Letter::Kept { .. }) { (tr!(lang, "termination.other_file")) } @else { (tr!(lang, "termination.choose_file")) } }
                    (upload::input(lang, "letter", "file-letter"))
                }
                div { span.t3 { (tr!(lang, "termination.or_write")) } (write) }
            }
            (error(lang, &view.form, "letter"))
            span.hint #letter-h { (tr!(lang, "termination.letter_hint")) }
        }
    }
}

/// The fields of the request to void: a review may have a reason for sending back on the same page.
pub const VOID_NAMES: (&str, &str) = ("void_reason", "void_text");
/// Reasons for voiding an agreement.
pub const VOID_REASONS: [&str; 4] = ["entered_wrongly", "fraud", "twice", "other"];

/// A request to void that waits for a second member of staff.
#[derive(Debug, Clone)]
pub struct VoidView {
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why: code of the list and words.
    pub reason: (String, String),
}

/// The note about it; for the school alone.
pub fn void_note(lang: Lang, view: &AgreementView) -> Markup {
    html! {
        @if let Some(void) = &view.void {
            (note("warn", &html! {
                b { (tr!(lang, "void.waiting")) }
                div { (tr!(lang, "void.asked", name = void.by, at = time::stamp(void.at))) }
                div { @if !void.reason.0.is_empty() { (tk(lang, "reason", &void.reason.0)) } @if !void.reason.1.is_empty() { ": " (void.reason.1) } }
            }))
        }
    }
}
