//! An agreement as every side sees it: state, steps, parties, terms, clauses, timeline, actions.

use super::badge;
use super::frame::Frame;
use super::icon::{Icon, icon};
use super::part::{
    ClauseItem, Confirmation, Entry, Parties, Steps, clause_list, denied, denied_text, party_cards,
    removed_list, stepper, timeline,
};
use super::termination::{Termination, VoidView};
use super::upload::FileRow;
use super::{links, terms, time, upload};
use crate::i18n::{Lang, tk};
use crate::tr;
use domain::agreement::clause::Party;
use domain::agreement::terms::Terms;
use domain::agreement::{CommandKind, Refusal, StateKind};
use domain::ids::AgreementId;
use jiff::Timestamp;
use maud::{Markup, html};
use store::evidence::Standing;

/// Who has to act now and since when.
#[derive(Debug, Clone)]
pub struct Holder {
    /// `role.*` code: employer, student, college, school; empty when nobody has to.
    pub role: String,
    /// Since when.
    pub since: Timestamp,
}

/// An agreement.
#[derive(Debug, Clone)]
pub struct AgreementView {
    /// Which.
    pub id: AgreementId,
    /// The version; every form posts it.
    pub version: i64,
    /// The state.
    pub state: StateKind,
    /// The number, once issued.
    pub number: Option<String>,
    /// Graduation year.
    pub year: i32,
    /// Name of the student.
    pub student: String,
    /// Name of the employer.
    pub employer: String,
    /// When it was drafted.
    pub created: Timestamp,
    /// The steps.
    pub steps: Steps,
    /// Who holds it.
    pub holder: Option<Holder>,
    /// Why it was declined, returned, terminated: code of the list and text.
    pub reason: Option<(String, String)>,
    /// The parties.
    pub parties: Parties,
    /// The terms.
    pub terms: Terms,
    /// The clauses.
    pub clauses: Vec<ClauseItem>,
    /// Clauses of the version that the student saw before and that this one no longer has: title and text.
    pub removed: Vec<(String, String)>,
    /// The timeline, newest first.
    pub timeline: Vec<Entry>,
    /// What the person could do: allowed, or refused with the reason. Acts of other roles are left out.
    pub acts: Vec<(CommandKind, Result<(), Refusal>)>,
    /// The request for termination, while it is decided and when it was granted.
    pub termination: Option<Termination>,
    /// A request to void that waits; for the school alone.
    pub void: Option<VoidView>,
    /// Files that came with acts.
    pub files: Vec<FileRow>,
    /// Days the student has to answer: default, least, most.
    pub reply_days: (u16, u16, u16),
    /// Whether it may be printed in this state.
    pub printable: bool,
    /// Whether its evidence can be downloaded, and why not.
    pub evidence: Standing,
}

impl AgreementView {
    /// Whether an act is offered, and if so, whether it is allowed.
    pub fn act(&self, kind: CommandKind) -> Option<&Result<(), Refusal>> {
        self.acts
            .iter()
            .find(|(act, _)| *act == kind)
            .map(|(_, answer)| answer)
    }

    /// Whether an act is allowed.
    pub fn may(&self, kind: CommandKind) -> bool {
        matches!(self.act(kind), Some(Ok(())))
    }

    /// How many clauses a party has ticked, of how many.
    pub fn ticked(&self, party: Party) -> (usize, usize) {
        let asked: Vec<_> = self
            .clauses
            .iter()
            .filter(|item| item.clause.confirmed_by.contains(&party))
            .collect();
        let given = asked
            .iter()
            .filter(|item| matches!(item.said(party), Confirmation::Given(_)))
            .count();
        (given, asked.len())
    }
}

/// `number · year · drafted at`, under the heading.
pub fn line(lang: Lang, view: &AgreementView) -> String {
    let number = view.number.as_ref().map_or_else(
        || tr!(lang, "agreement.no_number"),
        |number| tr!(lang, "agreement.number", number = number),
    );
    let year = tr!(lang, "common.year", year = view.year);
    format!(
        "{number} · {year} · {}",
        tr!(lang, "agreement.created", at = time::stamp(view.created))
    )
}

/// The steps with who holds it.
pub fn steps_card(frame: &Frame, view: &AgreementView) -> Markup {
    let lang = frame.lang;
    html! {
        section.card aria-label=(tr!(lang, "agreement.progress")) {
            (stepper(lang, frame.now, view.state, &view.steps))
            @if let Some(holder) = &view.holder {
                p.holder {
                    (icon(Icon::User))
                    span {
                        (tr!(lang, "agreement.holder", role = tk(lang, "role", &holder.role), since = time::short(holder.since, frame.now)))
                        @if let (StateKind::Offered, Some(until)) = (view.state, view.steps.deadline) {
                            " · " (tr!(lang, "time.left_prefix")) " " (time::countdown(lang, frame.now, until))
                        }
                    }
                }
            }
        }
    }
}

/// Red is for what went wrong; an end that was agreed on is not.
const fn reason_tone(state: StateKind) -> &'static str {
    match state {
        StateKind::Terminating => "warn",
        StateKind::Terminated => "",
        _ => "bad",
    }
}

/// Why it stands where it stands, for states that carry a reason.
pub fn reason_note(lang: Lang, view: &AgreementView) -> Markup {
    html! {
        // A termination has a card of its own.
        @if let (Some((code, text)), None) = (&view.reason, &view.termination) {
            (super::part::note(reason_tone(view.state), &html! {
                b { (tk(lang, "state", view.state.code())) }
                div { @if !code.is_empty() { (tk(lang, "reason", code)) @if !text.is_empty() { (tr!(lang, "common.colon")) } } (text) }
            }))
        }
    }
}

/// Parties, terms and clauses.
pub fn content(frame: &Frame, view: &AgreementView) -> Markup {
    let lang = frame.lang;
    let (given, asked) = view.ticked(Party::Student);
    html! {
        section.card { header { h2 { (tr!(lang, "agreement.parties")) } } (party_cards(lang, &view.parties)) }
        section.card { header { h2 { (tr!(lang, "agreement.terms")) } } (terms::view(lang, &view.terms)) }
        section.card {
            header {
                h2 { (tr!(lang, "agreement.clauses")) }
                span.more.ok-t[given == asked].t3[given < asked] { (tr!(lang, "agreement.student_ticked", n = given, of = asked)) }
            }
            (clause_list(lang, frame.now, &view.clauses))
            (removed_list(lang, &view.removed))
        }
        @for scan in view.files.iter().filter(|file| file.kind == "scan") {
            section.card { header { h2 { (tr!(lang, "file_kind.scan")) } } div.body.stack { (upload::shown(frame, view.id, scan)) } }
        }
    }
}

/// The timeline.
pub fn history(frame: &Frame, view: &AgreementView) -> Markup {
    html! {
        section.card {
            header { h2 { (tr!(frame.lang, "agreement.history")) } }
            div.body { (timeline(frame.lang, frame.now, &view.timeline)) }
        }
    }
}

/// 查看 and 打印, for every side.
pub fn document_buttons(frame: &Frame, view: &AgreementView) -> Markup {
    let lang = frame.lang;
    html! {
        div.two {
            a.btn href=(links::under(frame, view.id, "document")) { (icon(Icon::Eye)) (tr!(lang, "act.view")) }
            @if view.printable { a.btn href=(links::under(frame, view.id, "document.pdf")) { (icon(Icon::Printer)) (tr!(lang, "act.print")) } }
            @else { button.btn type="button" aria-disabled="true" aria-describedby="why-print" { (icon(Icon::Printer)) (tr!(lang, "act.print")) } }
        }
        @if !view.printable { p.why id="why-print" { (tr!(lang, "why.print")) } }
        @if let Some(scan) = view.files.iter().find(|file| file.kind == "scan") {
            a.btn href=(links::under(frame, view.id, &format!("files/{}", scan.id))) { (icon(Icon::FileText)) (tr!(lang, "file_kind.scan")) }
        }
        a.btn href=(links::under(frame, view.id, "record")) { (icon(Icon::ShieldCheck)) (tr!(lang, "record.title")) }
        (evidence_button(frame, view.id, view.evidence))
    }
}

/// 证据包, or why there is none. Of an agreement on paper nothing is said: its scan stands there.
pub fn evidence_button(frame: &Frame, id: AgreementId, standing: Standing) -> Markup {
    let lang = frame.lang;
    html! {
        @match standing {
            Standing::OnPaper => {},
            Standing::Ready => {
                a.btn href=(links::under(frame, id, "evidence.zip")) download { (icon(Icon::Download)) (tr!(lang, "act.evidence")) }
                p.why { (tr!(lang, "why.evidence")) }
            },
            waiting => (denied("evidence", Icon::Download, &tr!(lang, "act.evidence"), &tk(lang, "why_evidence", waiting.code()))),
        }
    }
}

/// Whether nothing can come of the agreement any more.
fn is_over(state: StateKind) -> bool {
    matches!(
        state,
        StateKind::Terminated | StateKind::Voided | StateKind::Superseded
    )
}

/// Why an act is refused, and what to do instead where that is clear.
fn advice(lang: Lang, kind: CommandKind, refusal: &Refusal) -> String {
    let better = match (kind, refusal) {
        (CommandKind::Edit, Refusal::WrongState(StateKind::Offered)) => tr!(lang, "why.edit_offered"),
        (CommandKind::Edit, Refusal::WrongState(state)) if state.is_live() => tr!(lang, "why.edit_live"),
        (CommandKind::Withdraw, Refusal::WrongState(state)) if state.is_live() => {
            tr!(lang, "why.withdraw_live")
        }
        (CommandKind::Withdraw, Refusal::WrongState(state)) if !is_over(*state) => {
            tr!(lang, "why.withdraw_not_sent")
        }
        (CommandKind::Send, Refusal::WrongState(StateKind::Offered)) => tr!(lang, "why.send_offered"),
        (CommandKind::Send, Refusal::WrongState(state)) if state.is_live() => tr!(lang, "why.send_live"),
        (CommandKind::Edit | CommandKind::Send | CommandKind::Withdraw, Refusal::WrongState(state))
            if is_over(*state) =>
        {
            tr!(lang, "why.over")
        }
        (CommandKind::Send, Refusal::WrongState(state)) if state.is_editable() => {
            tr!(lang, "why.send_edit_first")
        }
        _ => return denied_text(lang, refusal),
    };
    better.into_owned()
}

/// A refused act as a disabled button with its reason; nothing where it is not offered.
pub fn refused(lang: Lang, view: &AgreementView, kind: CommandKind, drawing: Icon, label: &str) -> Markup {
    html! {
        @if let Some(Err(refusal)) = view.act(kind) {
            (denied(&format!("{kind:?}").to_lowercase(), drawing, label, &advice(lang, kind, refusal)))
        }
    }
}

/// Heading and badge of the page.
pub fn heading(lang: Lang, view: &AgreementView) -> Markup {
    html! {
        div {
            h1 { (view.student) " · " (view.terms.position) " " (badge::badge_large(lang, view.state)) }
            p { (line(lang, view)) }
        }
    }
}
