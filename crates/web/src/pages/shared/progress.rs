//! How far an agreement has come: the steps taken since it was last sent, who holds it, and its history.

use crate::ctx::Ctx;
use crate::i18n::{Lang, has, tk};
use crate::tr;
use crate::views::agreement::Holder;
use crate::views::part::{Entry as Line, Steps};
use crate::views::termination::{Step as TermStep, Termination, VoidView};
use domain::agreement::state::{Reason, Requester, State, TerminationStage};
use domain::agreement::{EventKind, Payload};
use domain::codes::TERMINATION_REASON;
use domain::policy::Actor;
use jiff::{Timestamp, ToSpan};
use store::audit::Entry;
use store::dossier::Dossier;

fn kind(entry: &Entry) -> Option<EventKind> {
    EventKind::from_code(&entry.kind)
}

/// The steps: those of an earlier round, before the offer was edited and sent again, do not count.
pub fn steps(dossier: &Dossier) -> Steps {
    let agreement = &dossier.loaded.agreement;
    let sent = dossier
        .entries
        .iter()
        .rposition(|entry| matches!(kind(entry), Some(EventKind::Sent | EventKind::Registered)));
    let standing = match (&agreement.state, sent) {
        (State::Draft, _) | (_, None) => &[],
        (_, Some(sent)) => &dossier.entries[sent..],
    };
    let at = |wanted| {
        standing
            .iter()
            .find(|entry| kind(entry) == Some(wanted))
            .map(|entry| entry.at)
    };
    let (college, school) = (at(EventKind::CollegeApproved), at(EventKind::SchoolApproved));
    let effective = match &agreement.state {
        State::Effective { effect, .. }
        | State::Terminating { effect, .. }
        | State::Terminated { effect, .. } => Some(effect.since),
        // Struck out later, it had been in force since the last approval.
        State::Voided { .. } if agreement.state.number().is_some() => {
            school.or(college).or_else(|| at(EventKind::Accepted))
        }
        _ => None,
    };
    Steps {
        sent: at(EventKind::Sent).or(at(EventKind::Registered)),
        accepted: at(EventKind::Accepted).or(at(EventKind::Registered)),
        college,
        school,
        effective,
        deadline: agreement.state.deadline(),
        college_review: dossier.params.college_review || college.is_some(),
        school_review: dossier.params.school_review || school.is_some(),
    }
}

/// Who has to act now, and since when.
pub fn holder(dossier: &Dossier) -> Option<Holder> {
    holder_of(&dossier.loaded.agreement.state).map(|role| Holder {
        role: role.into(),
        since: since(dossier),
    })
}

/// The role that has to act in a state.
pub fn holder_of(state: &State) -> Option<&'static str> {
    Some(match state {
        State::Draft => "employer",
        State::Offered { .. } => "student",
        State::CollegeReview { .. } => "college",
        State::SchoolReview { .. } => "school",
        State::Terminating { request, stage, .. } => match (stage, request.party) {
            (TerminationStage::Counterparty, Requester::Employer) => "student",
            (TerminationStage::Counterparty, Requester::Student) => "employer",
            (TerminationStage::College, _) => "college",
            (TerminationStage::School, _) => "school",
        },
        State::Withdrawn { .. }
        | State::Declined { .. }
        | State::Expired { .. }
        | State::Returned { .. }
        | State::Effective { .. }
        | State::Terminated { .. }
        | State::Superseded { .. }
        | State::Voided { .. } => return None,
    })
}

/// Since when it is where it is: a new deadline or another save does not move it.
fn since(dossier: &Dossier) -> Timestamp {
    let entries = &dossier.entries;
    // Within a termination every event hands it on.
    if let (State::Terminating { .. }, Some(last)) = (&dossier.loaded.agreement.state, entries.last()) {
        return last.at;
    }
    let here = Some(dossier.loaded.agreement.state.kind());
    let arrived = entries.iter().rev().take_while(|entry| entry.to() == here).last();
    arrived.map(|entry| entry.at).unwrap_or_default()
}

/// The request for termination with its steps, while it is decided and when it was granted.
pub fn termination(lang: Lang, dossier: &Dossier) -> Option<Termination> {
    let (request, stage) = match &dossier.loaded.agreement.state {
        State::Terminating { request, stage, .. } => (request, Some(*stage)),
        State::Terminated { request, .. } => (request, None),
        _ => return None,
    };
    let entries = &dossier.entries;
    let asked = entries
        .iter()
        .rposition(|entry| kind(entry) == Some(EventKind::TerminationRequested));
    let since = asked.map_or(&[][..], |at| &entries[at..]);
    let letter = dossier
        .uploads
        .iter()
        .find(|upload| upload.file_id == Some(request.letter));
    let name = TERMINATION_REASON
        .find(&request.reason.code)
        .map(|_| super::who::named(lang, &TERMINATION_REASON, &request.reason.code));
    let due = (stage == Some(TerminationStage::Counterparty)).then(|| {
        let days = i64::from(dossier.params.escalate_days);
        request
            .at
            .saturating_add((days * 24).hours())
            .unwrap_or(request.at)
    });
    Some(Termination {
        party: request.party,
        by: since
            .first()
            .and_then(|entry| entry.name.clone())
            .unwrap_or_default(),
        at: request.at,
        reason: (
            name.unwrap_or_else(|| request.reason.code.clone()),
            request.reason.text.clone(),
        ),
        letter: letter.map(super::upload::row),
        made: letter.is_some_and(|upload| upload.origin == "made"),
        steps: termination_steps(dossier, since, stage),
        due,
        stage,
    })
}

fn termination_steps(dossier: &Dossier, since: &[Entry], stage: Option<TerminationStage>) -> Vec<TermStep> {
    let params = &dossier.params;
    let at = |kinds: &[EventKind]| {
        let found = since
            .iter()
            .find(|entry| kind(entry).is_some_and(|kind| kinds.contains(&kind)));
        found.map(|entry| entry.at)
    };
    let step = |code, at, here: Option<TerminationStage>| TermStep {
        code,
        at,
        now: here.is_some() && here == stage,
    };
    let answered = at(&[EventKind::TerminationConsented, EventKind::TerminationEscalated]);
    let ended = at(&[EventKind::Terminated]);
    // The last review and the end are one event.
    let college = at(&[EventKind::TerminationCollegeApproved])
        .or(ended.filter(|_| !params.school_reviews_termination()));
    let mut steps = vec![step("asked", at(&[EventKind::TerminationRequested]), None)];
    if params.counterparty_consent || answered.is_some() || stage == Some(TerminationStage::Counterparty) {
        steps.push(step("answered", answered, Some(TerminationStage::Counterparty)));
    }
    if params.termination_college_review || college.is_some() || stage == Some(TerminationStage::College) {
        steps.push(step("college", college, Some(TerminationStage::College)));
    }
    if params.school_reviews_termination() || stage == Some(TerminationStage::School) {
        steps.push(step("school", ended, Some(TerminationStage::School)));
    }
    steps.push(step("ended", ended, None));
    steps
}

/// A request to void, for the school's own eyes.
pub fn void(ctx: &Ctx, dossier: &Dossier) -> Option<VoidView> {
    let proposal = dossier.loaded.agreement.state.void_proposal()?;
    if !matches!(ctx.actor, Actor::School { .. }) {
        return None;
    }
    let asked = dossier
        .entries
        .iter()
        .rfind(|entry| kind(entry) == Some(EventKind::VoidProposed));
    Some(VoidView {
        by: asked.and_then(|entry| entry.name.clone()).unwrap_or_default(),
        at: proposal.at,
        reason: (proposal.reason.code.clone(), proposal.reason.text.clone()),
    })
}

/// The reason that a state carries.
pub fn reason_of(state: &State) -> Option<&Reason> {
    match state {
        State::Declined { reason, .. } | State::Returned { reason, .. } => Some(reason),
        State::Terminating { request, .. } | State::Terminated { request, .. } => Some(&request.reason),
        State::Voided { proposal, .. } => Some(&proposal.reason),
        State::Draft
        | State::Offered { .. }
        | State::Withdrawn { .. }
        | State::Expired { .. }
        | State::CollegeReview { .. }
        | State::SchoolReview { .. }
        | State::Effective { .. }
        | State::Superseded { .. } => None,
    }
}

/// A reason as pages show it: a code that has a text, and words. The codes of terminations have their
/// names in a table of their own, which then come with the words.
pub fn reason(lang: Lang, code: &str, text: &str) -> (String, String) {
    if code.is_empty() || has(lang, &format!("reason.{code}")) {
        return (code.to_owned(), text.to_owned());
    }
    let name = super::who::named(lang, &TERMINATION_REASON, code);
    let words = if text.is_empty() {
        name
    } else {
        format!("{name}{}{text}", tr!(lang, "common.colon"))
    };
    (String::new(), words)
}

/// What the reader may know of the history: requests to void stay with the school until they are confirmed.
pub fn visible(ctx: &Ctx, entries: &[Entry]) -> Vec<Entry> {
    let within = [EventKind::VoidProposed, EventKind::VoidDropped];
    let school = matches!(ctx.actor, Actor::School { .. });
    let seen = |entry: &&Entry| school || !kind(entry).is_some_and(|kind| within.contains(&kind));
    entries.iter().filter(seen).cloned().collect()
}

/// The history, the newest first.
pub fn timeline(lang: Lang, entries: &[Entry]) -> Vec<Line> {
    entries
        .iter()
        .rev()
        .filter_map(|entry| line(lang, entry))
        .collect()
}

fn line(lang: Lang, entry: &Entry) -> Option<Line> {
    let payload: Option<Payload> = serde_json::from_str(&entry.payload).ok();
    let code = payload.and_then(|payload| payload.reason);
    let given = code.is_some() || entry.note.is_some();
    let words = || {
        reason(
            lang,
            code.as_deref().unwrap_or(""),
            entry.note.as_deref().unwrap_or(""),
        )
    };
    let role = || {
        entry
            .role()
            .map_or_else(String::new, |role| tk(lang, "role", role).into_owned())
    };
    Some(Line {
        kind: kind(entry)?,
        actor: entry.name.clone().unwrap_or_else(role),
        at: entry.at,
        reason: given.then(words),
    })
}
