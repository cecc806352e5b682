//! Voiding 作废, for error or fraud: one member of the school's staff asks, a second confirms.

use super::Agreement;
use super::apply::{Context, Step, checked, ok, person, wrong};
use super::command::{Command, Refusal};
use super::event::EventKind;
use super::state::{State, VoidProposal};
use crate::policy::Actor;

pub(super) fn decide(
    next: &Agreement,
    command: Command,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Step, Refusal> {
    let pending = match &next.state {
        State::CollegeReview { void, .. }
        | State::SchoolReview { void, .. }
        | State::Effective { void, .. } => void.clone(),
        _ => return Err(wrong(next)),
    };
    match command {
        Command::ProposeVoid { reason } => {
            ok(pending.is_none(), Refusal::VoidPending)?;
            let reason = checked(reason)?;
            let proposal = VoidProposal {
                by: person(actor)?,
                at: context.now,
                reason: reason.clone(),
            };
            let state = with_proposal(&next.state, Some(proposal));
            Ok(Step::new(state, EventKind::VoidProposed).because(reason))
        }
        Command::ConfirmVoid => {
            let proposal = pending.ok_or(Refusal::NoVoidPending)?;
            let confirmed_by = person(actor)?;
            ok(confirmed_by != proposal.by, Refusal::SamePerson)?;
            let reason = proposal.reason.clone();
            let state = State::Voided {
                at: context.now,
                proposal,
                confirmed_by,
                number: next.state.number().map(str::to_owned),
            };
            Ok(Step::new(state, EventKind::Voided).because(reason))
        }
        Command::DropVoid => {
            ok(pending.is_some(), Refusal::NoVoidPending)?;
            let state = with_proposal(&next.state, None);
            Ok(Step::new(state, EventKind::VoidDropped))
        }
        _ => Err(wrong(next)),
    }
}

fn with_proposal(state: &State, proposal: Option<VoidProposal>) -> State {
    let mut state = state.clone();
    if let State::CollegeReview { void, .. }
    | State::SchoolReview { void, .. }
    | State::Effective { void, .. } = &mut state
    {
        *void = proposal;
    }
    state
}
