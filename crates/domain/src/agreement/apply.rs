//! The one function that may change an agreement. Production, model checker, property tests and
//! simulator all call it.

use super::clause::Party;
use super::command::{Command, Refusal};
use super::event::{Event, EventKind};
use super::state::{Reason, State};
use super::{Agreement, review, termination, void};
use crate::eligibility::Block;
use crate::ids::{AccountId, AgreementId};
use crate::params::{Factor, SchoolParams, china};
use crate::policy::{self, Actor, Denial};
use jiff::Timestamp;

/// What a decision needs to know besides the agreement; gathered in the same transaction.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The moment of the act.
    pub now: Timestamp,
    /// The parameters in force for the school and year.
    pub params: &'a SchoolParams,
    /// Why the student cannot be offered an agreement, if so.
    pub block: Option<Block>,
    /// Whether the student has another live agreement.
    pub live_elsewhere: bool,
    /// Whether this employer has another open offer to the student.
    pub offer_open: bool,
    /// Terminations so far that the student asked for; not those that an employer asked for, and nothing
    /// that was voided.
    pub breaches: u32,
    /// A fresh number, supplied when [`Agreement::would_take_effect`] says so.
    pub number: Option<String>,
}

/// The agreement after the change, and the event to be kept with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// After the change, version counted up.
    pub agreement: Agreement,
    /// What happened.
    pub event: Event,
}

/// What a transition decided: the new state, the event, and what goes into its payload.
pub(super) struct Step {
    pub(super) state: State,
    pub(super) kind: EventKind,
    pub(super) reason: Option<Reason>,
    pub(super) cause: Option<AgreementId>,
}

impl Step {
    pub(super) fn new(state: State, kind: EventKind) -> Self {
        Self {
            state,
            kind,
            reason: None,
            cause: None,
        }
    }

    pub(super) fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }
}

/// Applies `command` as `actor`, or says why not. Pure: same arguments, same answer.
pub fn apply(
    agreement: &Agreement,
    command: Command,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Applied, Refusal> {
    policy::may(actor, command.kind().action(), &agreement.subject()).map_err(|denial| match denial {
        Denial::Foreign => Refusal::Foreign,
        Denial::NotAllowed => Refusal::NotAllowed,
    })?;
    let mut next = agreement.clone();
    let step = decide(&mut next, command, actor, context)?;
    Ok(finish(agreement, next, step, actor, context.now))
}

fn finish(before: &Agreement, mut next: Agreement, step: Step, actor: &Actor, now: Timestamp) -> Applied {
    next.state = step.state;
    next.version += 1;
    // What was accepted is the content until the agreement ends or is returned; its hash is known.
    let accepted = next.state.acceptance().map(|acceptance| acceptance.content);
    let content = accepted.unwrap_or_else(|| next.content.hash());
    let mut payload = next.payload(Some(before.state.kind()), content);
    payload.cause = step.cause;
    if before.state.number().is_none() {
        payload.number = next.state.number().map(str::to_owned);
    }
    let mut note = None;
    if let Some(reason) = step.reason {
        payload.reason = Some(reason.code);
        if !reason.text.is_empty() {
            payload.note = Some(super::Hash::of(&[reason.text.as_bytes()]));
            note = Some(reason.text);
        }
    }
    let event = Event {
        kind: step.kind,
        actor: actor.clone(),
        at: now,
        payload,
        note,
    };
    Applied {
        agreement: next,
        event,
    }
}

fn decide(
    next: &mut Agreement,
    command: Command,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Step, Refusal> {
    match command {
        Command::Edit { content } => {
            // What was signed on paper is registered anew, not edited.
            if !next.state.kind().is_editable() || next.content.is_paper() {
                return Err(wrong(next));
            }
            if content.hash() != next.content.hash() {
                next.content_version += 1;
                next.content = *content;
            }
            Ok(Step::new(State::Draft, EventKind::Edited))
        }
        Command::Send { deadline, ticks } => send(next, deadline, &ticks, context),
        Command::Withdraw => withdraw(next, context),
        Command::ExtendDeadline { deadline } => extend(next, deadline, context),
        Command::Accept {
            ticks,
            method_agreed,
            second_factor,
        } => {
            let missing = next.content.unticked(Party::Student, &ticks);
            open_offer(next, context)?;
            ok(
                !context.live_elsewhere,
                Refusal::NotEligible(Block::AlreadySigned),
            )?;
            ok(missing.is_empty(), Refusal::NotTicked(missing))?;
            ok(method_agreed, Refusal::MethodNotAgreed)?;
            require_second_factor(second_factor, context)?;
            review::accept(next, actor, context)
        }
        Command::Decline { reason } => {
            open_offer(next, context)?;
            let reason = checked(reason)?;
            let at = context.now;
            Ok(Step::new(
                State::Declined {
                    at,
                    reason: reason.clone(),
                },
                EventKind::Declined,
            )
            .because(reason))
        }
        Command::Expire => expire(next, context),
        Command::Supersede { by } => supersede(next, by, context),
        Command::CollegeApprove | Command::SchoolApprove => review::approve(next, &command, actor, context),
        Command::Return { reason } => review::send_back(next, reason, actor, context),
        Command::RequestTermination { .. }
        | Command::ConsentTermination
        | Command::RefuseTermination { .. }
        | Command::EscalateTermination
        | Command::ApproveTermination
        | Command::RejectTermination { .. }
        | Command::CancelTermination => termination::decide(next, command, actor, context),
        Command::ProposeVoid { .. } | Command::ConfirmVoid | Command::DropVoid => {
            void::decide(next, command, actor, context)
        }
    }
}

pub(super) fn ok(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal) }
}

pub(super) fn wrong(agreement: &Agreement) -> Refusal {
    Refusal::WrongState(agreement.state.kind())
}

/// The account of a person; the policy has let only persons through to where this is asked.
pub(super) fn person(actor: &Actor) -> Result<AccountId, Refusal> {
    actor.account().ok_or(Refusal::NotAllowed)
}

/// The longest reason, in characters.
pub const REASON_LENGTH: usize = 500;

pub(super) fn checked(reason: Reason) -> Result<Reason, Refusal> {
    let text = reason.text.trim().to_owned();
    ok(is_reason_code(&reason.code), Refusal::ReasonRequired)?;
    // 其他 says nothing by itself.
    ok(
        reason.code != "other" || !text.is_empty(),
        Refusal::ReasonRequired,
    )?;
    ok(text.chars().count() <= REASON_LENGTH, Refusal::ReasonTooLong)?;
    Ok(Reason { text, ..reason })
}

/// A code goes into the audit chain for ever, so it is a code and never somebody's words.
fn is_reason_code(code: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=40).contains(&code.len()) && code.bytes().all(letter)
}

pub(super) fn require_second_factor(given: Option<Factor>, context: &Context<'_>) -> Result<(), Refusal> {
    ok(
        context.params.second_factor.is_met(given),
        Refusal::SecondFactorMissing,
    )
}

fn deadline_in_range(deadline: Timestamp, context: &Context<'_>) -> Result<(), Refusal> {
    let day = |at: Timestamp| at.to_zoned(china()).date();
    let days = day(deadline)
        .since(day(context.now))
        .map_or(0, |span| span.get_days());
    let (min, max) = (context.params.reply_days_min, context.params.reply_days_max);
    ok(
        (i32::from(min)..=i32::from(max)).contains(&days) && deadline > context.now,
        Refusal::DeadlineOutOfRange { min, max },
    )
}

fn send(
    next: &Agreement,
    deadline: Timestamp,
    ticks: &super::Ticks,
    context: &Context<'_>,
) -> Result<Step, Refusal> {
    ok(matches!(next.state, State::Draft), wrong(next))?;
    if let Some(block) = context.block {
        return Err(Refusal::NotEligible(block));
    }
    ok(!context.offer_open, Refusal::OfferOpen)?;
    let missing = next.content.unticked(Party::Employer, ticks);
    ok(missing.is_empty(), Refusal::NotTicked(missing))?;
    deadline_in_range(deadline, context)?;
    let sent_at = context.now;
    Ok(Step::new(State::Offered { sent_at, deadline }, EventKind::Sent))
}

fn withdraw(next: &Agreement, context: &Context<'_>) -> Result<Step, Refusal> {
    ok(matches!(next.state, State::Offered { .. }), wrong(next))?;
    let at = context.now;
    Ok(Step::new(State::Withdrawn { at }, EventKind::Withdrawn))
}

fn extend(next: &Agreement, deadline: Timestamp, context: &Context<'_>) -> Result<Step, Refusal> {
    let State::Offered {
        sent_at,
        deadline: old,
    } = next.state
    else {
        return Err(wrong(next));
    };
    open_offer(next, context)?;
    ok(deadline > old, Refusal::NotAnExtension)?;
    deadline_in_range(deadline, context)?;
    Ok(Step::new(
        State::Offered { sent_at, deadline },
        EventKind::DeadlineExtended,
    ))
}

fn open_offer(next: &Agreement, context: &Context<'_>) -> Result<(), Refusal> {
    let State::Offered { deadline, .. } = next.state else {
        return Err(wrong(next));
    };
    ok(context.now < deadline, Refusal::DeadlinePassed(deadline))
}

fn expire(next: &Agreement, context: &Context<'_>) -> Result<Step, Refusal> {
    let State::Offered { deadline, .. } = next.state else {
        return Err(wrong(next));
    };
    ok(context.now >= deadline, Refusal::DeadlineNotPassed)?;
    let at = context.now;
    Ok(Step::new(State::Expired { at, deadline }, EventKind::Expired))
}

fn supersede(next: &Agreement, by: AgreementId, context: &Context<'_>) -> Result<Step, Refusal> {
    ok(matches!(next.state, State::Offered { .. }), wrong(next))?;
    let at = context.now;
    let mut step = Step::new(State::Superseded { at, by }, EventKind::Superseded);
    step.cause = Some(by);
    Ok(step)
}

impl Agreement {
    /// Whether a command, if it is allowed, makes the agreement take effect, so that a number has
    /// to be drawn for it.
    pub fn would_take_effect(&self, command: &Command, params: &SchoolParams) -> bool {
        match (command, &self.state) {
            (Command::Accept { .. }, State::Offered { .. }) => {
                !params.college_review && !params.school_review
            }
            (Command::CollegeApprove, State::CollegeReview { .. }) => !params.school_review,
            (Command::SchoolApprove, State::SchoolReview { .. }) => true,
            _ => false,
        }
    }
}
