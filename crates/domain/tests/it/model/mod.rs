//! The whole life of a student's agreements, explored completely by a model checker: two employers, the
//! student, college, two members of the school's staff, the timer, and messages that arrive late or twice.
//!
//! `local` finds every shade of state that one agreement can be in, by calling the production `apply` with
//! every command of every actor under every truth of the facts, and checks each step against the invariants.
//! `town` puts several agreements of one student together as the store does and lets stateright walk through
//! all of it. `ends` asks of every state that was reached whether all agreements can still come to an end.
//! `planted` breaks the rules on purpose and sees each of these detectors notice.

mod ends;
mod local;
mod planted;
mod town;

use domain::params::SchoolParams;
use local::Machine;
use stateright::{Checker, Model};
use town::Town;

/// Both parties may ask for termination, everybody reviews: the most that can happen.
fn everything() -> SchoolParams {
    SchoolParams {
        employer_may_terminate: true,
        ..SchoolParams::default()
    }
}

/// Explores a town completely; how many states it has.
fn walk(town: Town) -> usize {
    let checker = town.checker().threads(2).spawn_bfs().join();
    checker.assert_properties();
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    println!("{states} states, {depth} steps deep");
    states
}

/// Three agreements of two employers, and a message that may come late, twice, or never.
#[test]
fn all_that_can_happen_to_a_students_agreements_keeps_the_invariants() {
    let states = walk(Town::new(Machine::of_one_content(&everything()), 3).held(1));
    assert!(states >= 1_000_000, "only {states} states");
}

/// With contents that change between sending and arriving; one agreement of each employer.
#[test]
fn what_was_not_read_is_never_accepted_however_late_a_message_comes() {
    let states = walk(
        Town::new(Machine::of_rules(&everything()), 2)
            .held(1)
            .always_only(),
    );
    assert!(states >= 100_000, "only {states} states");
}

#[test]
fn whatever_happens_every_agreement_can_still_reach_an_end() {
    let machine = Machine::of_rules(&everything());
    let found = ends::explore(&Town::new(machine, 3));
    assert_eq!(found.stuck, Vec::<String>::new(), "of {} states", found.states);
    assert!(found.states > 10_000, "only {} states", found.states);
    println!("{} states, all with a way to an end", found.states);
}

/// The same with each switch of the school turned the other way.
#[test]
fn every_parameter_of_the_life_keeps_the_invariants_and_the_ends() {
    let with = |change: fn(&mut SchoolParams)| {
        let mut params = everything();
        change(&mut params);
        params
    };
    let schools = [
        ("no college review", with(|p| p.college_review = false)),
        ("no school review", with(|p| p.school_review = false)),
        (
            "no review at all",
            with(|p| {
                p.college_review = false;
                p.school_review = false;
            }),
        ),
        ("no consent asked", with(|p| p.counterparty_consent = false)),
        (
            "terminations not reviewed by the college",
            with(|p| p.termination_college_review = false),
        ),
        (
            "terminations not reviewed by the school",
            with(|p| p.termination_school_review = false),
        ),
        (
            "students may not terminate",
            with(|p| p.student_may_terminate = false),
        ),
        (
            "employers may not terminate",
            with(|p| p.employer_may_terminate = false),
        ),
        (
            "nobody may terminate",
            with(|p| {
                p.student_may_terminate = false;
                p.employer_may_terminate = false;
            }),
        ),
        ("one breach at most", with(|p| p.max_breaches = Some(1))),
    ];
    for (name, params) in schools {
        let town = Town::new(Machine::of_rules(&params), 2);
        let checker = town.clone().always_only().checker().threads(2).spawn_bfs().join();
        checker.assert_properties();
        let found = ends::explore(&town);
        assert_eq!(
            found.states,
            checker.unique_state_count(),
            "{name}: two ways of walking"
        );
        assert_eq!(found.stuck, Vec::<String>::new(), "{name}");
    }
}
