//! From acceptance through the reviews to effect, or back: the levels that the school has switched
//! on, in order, and the number at the end.

use super::Agreement;
use super::apply::{Context, Step, checked, ok, person, wrong};
use super::command::{Command, Refusal};
use super::event::EventKind;
use super::state::{Acceptance, Approval, Effect, Level, Reason, State};
use crate::policy::Actor;

pub(super) fn accept(next: &Agreement, actor: &Actor, context: &Context<'_>) -> Result<Step, Refusal> {
    let acceptance = Acceptance {
        at: context.now,
        by: person(actor)?,
        content: next.content.hash(),
    };
    let params = context.params;
    let state = if params.college_review {
        State::CollegeReview {
            acceptance,
            void: None,
        }
    } else if params.school_review {
        State::SchoolReview {
            acceptance,
            college: None,
            void: None,
        }
    } else {
        effective(acceptance, None, None, context)?
    };
    Ok(Step::new(state, EventKind::Accepted))
}

fn effective(
    acceptance: Acceptance,
    college: Option<Approval>,
    school: Option<Approval>,
    context: &Context<'_>,
) -> Result<State, Refusal> {
    let number = context.number.clone().ok_or(Refusal::NoNumber)?;
    let effect = Effect {
        number,
        since: context.now,
        acceptance,
        college,
        school,
    };
    Ok(State::Effective { effect, void: None })
}

pub(super) fn approve(
    next: &Agreement,
    command: &Command,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Step, Refusal> {
    ok(next.state.void_proposal().is_none(), Refusal::VoidPending)?;
    let approval = Approval {
        at: context.now,
        by: person(actor)?,
    };
    match (&next.state, command) {
        (State::CollegeReview { acceptance, .. }, Command::CollegeApprove) => {
            let acceptance = acceptance.clone();
            let state = if context.params.school_review {
                State::SchoolReview {
                    acceptance,
                    college: Some(approval),
                    void: None,
                }
            } else {
                effective(acceptance, Some(approval), None, context)?
            };
            Ok(Step::new(state, EventKind::CollegeApproved))
        }
        (
            State::SchoolReview {
                acceptance, college, ..
            },
            Command::SchoolApprove,
        ) => {
            let state = effective(acceptance.clone(), college.clone(), Some(approval), context)?;
            Ok(Step::new(state, EventKind::SchoolApproved))
        }
        (State::CollegeReview { .. }, _) => Err(Refusal::NotThisLevel),
        _ => Err(wrong(next)),
    }
}

pub(super) fn send_back(
    next: &Agreement,
    reason: Reason,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Step, Refusal> {
    let level = match (&next.state, actor) {
        (State::CollegeReview { .. }, Actor::College { .. }) => Level::College,
        (State::SchoolReview { .. }, Actor::School { .. }) => Level::School,
        (State::CollegeReview { .. } | State::SchoolReview { .. }, _) => {
            return Err(Refusal::NotThisLevel);
        }
        _ => return Err(wrong(next)),
    };
    // Else a request to void would be lost without a trace.
    ok(next.state.void_proposal().is_none(), Refusal::VoidPending)?;
    let reason = checked(reason)?;
    let state = State::Returned {
        at: context.now,
        level,
        reason: reason.clone(),
    };
    Ok(Step::new(state, EventKind::Returned).because(reason))
}
