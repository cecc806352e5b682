//! Rules broken on purpose: each detector has to notice, or its silence means nothing.

use super::ends;
use super::everything;
use super::local::{Machine, Rules};
use super::town::Town;
use domain::agreement::{
    Agreement, Applied, Command, CommandKind as K, Context, Refusal, State, StateKind, apply,
};
use domain::policy::Actor;
use stateright::{Checker, Model};

type Result = std::result::Result<Applied, Refusal>;

/// The first property that the checker finds broken.
fn found_by_the_checker(town: Town, property: &'static str) {
    let checker = town.always_only().checker().threads(2).spawn_bfs().join();
    assert!(
        checker.discovery(property).is_some(),
        "nobody noticed that {property:?} was broken"
    );
}

fn broken(rules: Rules) -> Town {
    Town::new(Machine::of(&everything(), rules), 3)
}

#[test]
fn accepting_beside_a_live_agreement_is_noticed() {
    fn rules(agreement: &Agreement, command: Command, actor: &Actor, context: &Context<'_>) -> Result {
        let mut context = context.clone();
        if command.kind() == K::Accept {
            context.live_elsewhere = false;
        }
        apply(agreement, command, actor, &context)
    }
    found_by_the_checker(broken(rules), "the student is bound once");
}

#[test]
fn two_open_offers_of_one_employer_are_noticed() {
    fn rules(agreement: &Agreement, command: Command, actor: &Actor, context: &Context<'_>) -> Result {
        let context = Context {
            offer_open: false,
            ..context.clone()
        };
        apply(agreement, command, actor, &context)
    }
    found_by_the_checker(broken(rules), "an employer has one open offer");
}

#[test]
fn an_offer_that_outlives_an_agreement_in_force_is_noticed() {
    let mut town = broken(apply);
    town.forgets_others = true;
    found_by_the_checker(town, "no offer stands beside an agreement in force");
}

#[test]
fn an_agreement_without_a_way_out_is_noticed() {
    fn rules(agreement: &Agreement, command: Command, actor: &Actor, context: &Context<'_>) -> Result {
        let kind = command.kind();
        let college = matches!(actor, Actor::College { .. });
        if (kind == K::ApproveTermination && college) || kind == K::ConfirmVoid {
            return Err(Refusal::NotOpened);
        }
        apply(agreement, command, actor, context)
    }
    let found = ends::explore(&Town::new(Machine::of(&everything(), rules), 2));
    assert!(!found.stuck.is_empty(), "nobody noticed that there is no way out");
}

#[test]
#[should_panic(expected = "Withdraw: CollegeReview → Withdrawn")]
fn a_withdrawal_after_acceptance_is_noticed() {
    fn rules(agreement: &Agreement, command: Command, actor: &Actor, context: &Context<'_>) -> Result {
        let mut lied = agreement.clone();
        let accepted = agreement.state.kind() == StateKind::CollegeReview;
        if accepted && command.kind() == K::Withdraw {
            lied.state = State::Offered {
                sent_at: context.now,
                deadline: context.now,
            };
        }
        apply(&lied, command, actor, context)
    }
    Machine::of(&everything(), rules);
}

#[test]
#[should_panic(expected = "ticks of another content")]
fn an_acceptance_of_what_was_not_read_is_noticed() {
    fn rules(agreement: &Agreement, command: Command, actor: &Actor, context: &Context<'_>) -> Result {
        let mut command = command;
        if let Command::Accept { ticks, .. } = &mut command {
            let all = agreement.content.clauses.iter().map(|clause| clause.key.clone());
            *ticks = agreement.content.ticks_of(&all.collect());
        }
        apply(agreement, command, actor, context)
    }
    Machine::of(&everything(), rules);
}

#[test]
#[should_panic(expected = "one change, one version")]
fn a_change_that_is_not_counted_is_noticed() {
    fn rules(agreement: &Agreement, command: Command, actor: &Actor, context: &Context<'_>) -> Result {
        let mut applied = apply(agreement, command, actor, context)?;
        applied.agreement.version = agreement.version;
        Ok(applied)
    }
    Machine::of(&everything(), rules);
}

#[test]
#[should_panic(expected = "only an edit changes the content")]
fn a_content_that_changes_under_review_is_noticed() {
    fn rules(agreement: &Agreement, command: Command, actor: &Actor, context: &Context<'_>) -> Result {
        let approves = command.kind() == K::CollegeApprove;
        let mut applied = apply(agreement, command, actor, context)?;
        if approves {
            applied.agreement.content.terms.position.push('。');
        }
        Ok(applied)
    }
    Machine::of(&everything(), rules);
}
