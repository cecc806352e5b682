//! Termination 解约: asked for by a party, answered by the other, decided by the reviewers.

use super::Agreement;
use super::apply::{Context, Step, checked, ok, person, require_second_factor, wrong};
use super::clause::Party;
use super::command::{Command, Refusal};
use super::event::EventKind;
use super::state::{Effect, State, TerminationRequest, TerminationStage as Stage};
use crate::params::SchoolParams;
use crate::policy::Actor;
use jiff::ToSpan;

pub(super) fn decide(
    next: &Agreement,
    command: Command,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Step, Refusal> {
    if let Command::RequestTermination {
        reason,
        letter,
        second_factor,
    } = command
    {
        let State::Effective { effect, void } = &next.state else {
            return Err(wrong(next));
        };
        ok(void.is_none(), Refusal::VoidPending)?;
        let party = opened(actor, context)?;
        let reason = checked(reason)?;
        let letter = letter.ok_or(Refusal::LetterRequired)?;
        require_second_factor(second_factor, context)?;
        let request = TerminationRequest {
            party,
            by: person(actor)?,
            at: context.now,
            reason: reason.clone(),
            letter,
        };
        let state = State::Terminating {
            effect: effect.clone(),
            request,
            stage: first_stage(context.params),
        };
        return Ok(Step::new(state, EventKind::TerminationRequested).because(reason));
    }
    let State::Terminating {
        effect,
        request,
        stage,
    } = &next.state
    else {
        return Err(wrong(next));
    };
    let case = Case {
        effect,
        request,
        stage: *stage,
    };
    case.answer(command, actor, context)
}

/// The party that asks, if the school has opened this way to it.
fn opened(actor: &Actor, context: &Context<'_>) -> Result<Party, Refusal> {
    let params = context.params;
    let (party, open) = match actor {
        Actor::Employer { .. } => (Party::Employer, params.employer_may_terminate),
        Actor::Student { .. } => (Party::Student, params.student_may_terminate),
        _ => return Err(Refusal::NotAllowed),
    };
    ok(open, Refusal::NotOpened)?;
    if let (Party::Student, Some(max)) = (party, params.max_breaches) {
        ok(context.breaches < max, Refusal::TooManyBreaches(max))?;
    }
    Ok(party)
}

fn first_stage(params: &SchoolParams) -> Stage {
    if params.counterparty_consent {
        Stage::Counterparty
    } else {
        first_review(params)
    }
}

fn first_review(params: &SchoolParams) -> Stage {
    if params.termination_college_review {
        Stage::College
    } else {
        Stage::School
    }
}

struct Case<'a> {
    effect: &'a Effect,
    request: &'a TerminationRequest,
    stage: Stage,
}

impl Case<'_> {
    fn answer(&self, command: Command, actor: &Actor, context: &Context<'_>) -> Result<Step, Refusal> {
        match command {
            Command::ConsentTermination => {
                self.asked_party(actor)?;
                let stage = first_review(context.params);
                Ok(self.at(stage, EventKind::TerminationConsented))
            }
            Command::RefuseTermination { reason } => {
                self.asked_party(actor)?;
                let reason = checked(reason)?;
                Ok(self.back(EventKind::TerminationRefused).because(reason))
            }
            Command::EscalateTermination => {
                ok(self.stage == Stage::Counterparty, Self::wrong())?;
                let days = i64::from(context.params.escalate_days);
                let due = self
                    .request
                    .at
                    .saturating_add((days * 24).hours())
                    .unwrap_or(self.request.at);
                ok(context.now >= due, Refusal::TooEarly(due))?;
                let stage = first_review(context.params);
                Ok(self.at(stage, EventKind::TerminationEscalated))
            }
            Command::ApproveTermination => self.approve(actor, context),
            Command::RejectTermination { reason } => {
                self.reviewer(actor)?;
                let reason = checked(reason)?;
                Ok(self.back(EventKind::TerminationRejected).because(reason))
            }
            Command::CancelTermination => {
                ok(party_of(actor) == Some(self.request.party), Refusal::OtherParty)?;
                Ok(self.back(EventKind::TerminationCancelled))
            }
            _ => Err(Self::wrong()),
        }
    }

    fn approve(&self, actor: &Actor, context: &Context<'_>) -> Result<Step, Refusal> {
        self.reviewer(actor)?;
        if self.stage == Stage::College && context.params.school_reviews_termination() {
            return Ok(self.at(Stage::School, EventKind::TerminationCollegeApproved));
        }
        let state = State::Terminated {
            effect: self.effect.clone(),
            request: self.request.clone(),
            at: context.now,
        };
        Ok(Step::new(state, EventKind::Terminated))
    }

    fn asked_party(&self, actor: &Actor) -> Result<(), Refusal> {
        ok(self.stage == Stage::Counterparty, Self::wrong())?;
        ok(party_of(actor) != Some(self.request.party), Refusal::OtherParty)
    }

    fn reviewer(&self, actor: &Actor) -> Result<(), Refusal> {
        match (self.stage, actor) {
            (Stage::College, Actor::College { .. }) | (Stage::School, Actor::School { .. }) => Ok(()),
            (Stage::Counterparty, _) => Err(Self::wrong()),
            _ => Err(Refusal::NotThisLevel),
        }
    }

    fn wrong() -> Refusal {
        Refusal::WrongState(super::StateKind::Terminating)
    }

    fn at(&self, stage: Stage, kind: EventKind) -> Step {
        let next = State::Terminating {
            effect: self.effect.clone(),
            request: self.request.clone(),
            stage,
        };
        Step::new(next, kind)
    }

    fn back(&self, kind: EventKind) -> Step {
        let state = State::Effective {
            effect: self.effect.clone(),
            void: None,
        };
        Step::new(state, kind)
    }
}

fn party_of(actor: &Actor) -> Option<Party> {
    match actor {
        Actor::Employer { .. } => Some(Party::Employer),
        Actor::Student { .. } => Some(Party::Student),
        _ => None,
    }
}
