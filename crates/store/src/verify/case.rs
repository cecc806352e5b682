//! What is looked for in everything that is kept of one agreement.

use domain::agreement::event::{Link, chain};
use domain::agreement::{Hash, Payload, State, StateKind, number};
use domain::ids::{AgreementId, FileId};
use domain::policy::Actor;

use super::Case;
use crate::files::StoredFile;

pub(super) fn seal(
    case: &Case,
    file: FileId,
    found: &StoredFile,
    breach: &mut impl FnMut(&'static str, String),
) {
    if let Some(fault) = case.seal.as_ref().and_then(|seal| seal.fault(file, found)) {
        breach("sealed_document", fault.into());
    }
}

pub(super) fn content(case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    let agreement = &case.loaded.agreement;
    let hash = agreement.content.hash();
    if case.columns.content_hash != hash.0 {
        breach(
            "content_hash",
            "the content is not the one that the row names".into(),
        );
    }
    if let Some(acceptance) = agreement.state.acceptance()
        && acceptance.content != hash
    {
        breach(
            "content_immutable",
            "the content is not the one that was accepted".into(),
        );
    }
    let accepted = agreement.state.acceptance().is_some();
    let offered = matches!(agreement.state, State::Offered { .. });
    if (accepted || offered) && !case.unticked[0].is_empty() {
        breach(
            "ticks",
            format!("{} clauses not ticked by the employer", case.unticked[0].len()),
        );
    }
    if accepted && !case.unticked[1].is_empty() {
        breach(
            "ticks",
            format!("{} clauses not ticked by the student", case.unticked[1].len()),
        );
    }
    if case.columns.deadline_at != agreement.state.deadline() {
        breach("deadline", "row and facts differ".into());
    }
}

pub(super) fn numbered(case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    let state = &case.loaded.agreement.state;
    if case.columns.number.as_deref() != state.number() {
        breach("number", "row and facts differ".into());
    }
    match state.number() {
        Some(text) if !number::is_valid(text) => breach("number", "its check character is wrong".into()),
        Some(_) if !state.kind().has_number() && state.kind() != StateKind::Voided => {
            breach("number", format!("a number in state {}", state.kind().code()));
        }
        None if state.kind().has_number() => breach("number", "no number".into()),
        _ => {}
    }
}

pub(super) fn chain_of(id: AgreementId, case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    let agreement = &case.loaded.agreement;
    let mut prev = vec![0; 32];
    let mut state: Option<StateKind> = None;
    for (i, event) in case.events.iter().enumerate() {
        if usize::try_from(event.seq) != Ok(i + 1) {
            return breach("chain", format!("event {} stands at {}", event.seq, i + 1));
        }
        let link = Link {
            seq: event.seq,
            kind: &event.kind,
            actor: &event.actor,
            payload: &event.payload,
            at: event.at.as_microsecond(),
        };
        if event.prev_hash != prev || event.hash != chain(&prev, id, &link).0 {
            return breach("chain", format!("event {} was changed", event.seq));
        }
        let Ok(payload) = serde_json::from_str::<Payload>(&event.payload) else {
            return breach("chain", format!("event {} cannot be read", event.seq));
        };
        if payload.from != state || payload.version != event.seq {
            return breach(
                "chain",
                format!("event {} does not follow the one before", event.seq),
            );
        }
        let note = event.note.as_ref().map(|note| Hash::of(&[note.as_bytes()]));
        if note.is_some() && note != payload.note {
            breach("chain", format!("the words of event {} were changed", event.seq));
        }
        state = Some(payload.to);
        prev.clone_from(&event.hash);
    }
    let seq = i64::try_from(case.events.len()).unwrap_or(i64::MAX);
    if seq != agreement.version || seq != case.loaded.audit_seq || prev != case.loaded.audit_hash {
        breach("chain", format!("{seq} events for version {}", agreement.version));
    }
    if state != Some(agreement.state.kind()) {
        breach(
            "chain",
            "the last event does not lead to the present state".into(),
        );
    }
}

/// Who acted stands twice with an event: in what is hashed, and beside it to be joined with the accounts.
pub(super) fn accounts(case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    for (event, account) in case.events.iter().zip(&case.accounts) {
        let actor: Option<Actor> = serde_json::from_str(&event.actor).ok();
        if actor.is_none_or(|actor| actor.account() != *account) {
            breach(
                "account",
                format!("event {} is put down to another account than it names", event.seq),
            );
        }
    }
}

/// What acts leave beside the chain must not go further than the chain: a chain that was shortened and made to fit
/// again is noticed before any checkpoint covers it.
pub(super) fn traces(case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    let (agreement, traces) = (&case.loaded.agreement, &case.traces);
    if traces.origin.is_some_and(|seq| seq > agreement.version) {
        breach("trace", "an act was recorded whose event is missing".into());
    }
    let latest = traces.content.max(traces.consent);
    if latest.is_some_and(|version| version > agreement.content_version) {
        breach("trace", "there is a later content than the events know of".into());
    }
    let took_effect = case.events.iter().any(|event| {
        serde_json::from_str::<Payload>(&event.payload)
            .is_ok_and(|payload| payload.to == StateKind::Effective)
    });
    if traces.is_sealed.unwrap_or(0) > 0 && !took_effect {
        breach(
            "trace",
            "a document was sealed whose agreement never took effect".into(),
        );
    }
}
