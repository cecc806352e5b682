//! One student, two employers, several agreements: with facts gathered truthfully (as the store
//! gathers them in one transaction), the student is never bound twice.

use crate::cast::{OTHER_EMPLOYER, PARTIES, Who, agreement_id};
use crate::samples::{COMMANDS, leads_on};
use crate::support::{Case, World};
use domain::agreement::{Command, CommandKind as K, Parties, Party, State, StateKind};
use domain::eligibility::Block;
use jiff::ToSpan;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// All agreements of the student, and the numbers given out so far.
struct Town {
    cases: Vec<Case>,
    world: World,
    numbers: u32,
}

impl Town {
    fn new() -> Self {
        Self {
            cases: Vec::new(),
            world: World::default(),
            numbers: 0,
        }
    }

    fn live(&self, but: usize) -> bool {
        let others = self.cases.iter().enumerate().filter(|(i, _)| *i != but);
        others.into_iter().any(|(_, case)| case.kind().is_live())
    }

    fn breaches(&self) -> u32 {
        let ended = self.cases.iter().filter(|case| match &case.agreement.state {
            State::Terminated { request, .. } => request.party == Party::Student,
            _ => false,
        });
        u32::try_from(ended.count()).unwrap()
    }

    /// The facts of agreement `i`, as they truly are.
    fn facts(&self, i: usize) -> World {
        let employer = self.cases[i].agreement.employer;
        let mut others = self.cases.iter().enumerate().filter(|(j, _)| *j != i);
        World {
            live_elsewhere: self.live(i),
            block: self.live(usize::MAX).then_some(Block::AlreadySigned),
            offer_open: others
                .any(|(_, case)| case.agreement.employer == employer && case.kind() == StateKind::Offered),
            breaches: self.breaches(),
            number: Some(format!("2027103593{:07}X", self.numbers + 1)),
            ..self.world.clone()
        }
    }

    fn draft(&mut self, employer: Who) {
        let parties = match employer {
            Who::OtherEmployer => Parties {
                employer: OTHER_EMPLOYER,
                ..PARTIES
            },
            _ => PARTIES,
        };
        let mut case = Case::draft_of(self.world.clone(), parties, employer);
        case.agreement.id = agreement_id(self.cases.len() as u128);
        self.cases.push(case);
    }

    fn attempt(&mut self, i: usize, who: Who, kind: K) -> bool {
        let facts = self.facts(i);
        self.cases[i].world = facts;
        let case = &self.cases[i];
        let context = case.world.context();
        // Not `Case::attempt`: its invariants are told for the first employer's agreement.
        let done = domain::agreement::apply(&case.agreement, case.command(kind), &who.actor(), &context);
        let Ok(applied) = done else { return false };
        self.numbers += u32::from(applied.event.payload.number.is_some());
        self.cases[i].agreement = applied.agreement;
        if self.cases[i].kind() == StateKind::Effective {
            self.supersede_others(i);
        }
        true
    }

    /// What the store does in the same transaction when an agreement takes effect.
    fn supersede_others(&mut self, by: usize) {
        let id = self.cases[by].agreement.id;
        for i in 0..self.cases.len() {
            if self.cases[i].kind() == StateKind::Offered {
                let command = Command::Supersede { by: id };
                let case = self.cases[i].clone();
                let context = case.world.context();
                let done = domain::agreement::apply(&case.agreement, command, &Who::System.actor(), &context);
                self.cases[i].agreement = done.unwrap().agreement;
            }
        }
    }

    fn check(&self) {
        let live = self.cases.iter().filter(|case| case.kind().is_live());
        assert!(live.count() <= 1, "bound twice");
        let in_force = self.cases.iter().any(|case| case.kind() == StateKind::Effective);
        let mut offering = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        for case in &self.cases {
            if case.kind() == StateKind::Offered {
                assert!(
                    offering.insert(case.agreement.employer),
                    "two open offers of one employer"
                );
                assert!(!in_force, "an offer outlived an agreement in force");
            }
            if let Some(number) = case.agreement.state.number() {
                assert!(numbers.insert(number.to_owned()), "a number used twice");
            }
        }
    }
}

fn actor_of(kind: K, employer: Who, staff: Who) -> Vec<Who> {
    match kind {
        K::Edit
        | K::Send
        | K::Withdraw
        | K::ExtendDeadline
        | K::ConsentTermination
        | K::RefuseTermination => vec![employer],
        K::Accept | K::Decline | K::RequestTermination | K::CancelTermination => vec![Who::Student],
        K::Expire | K::Supersede => vec![Who::System],
        K::CollegeApprove => vec![Who::College],
        K::SchoolApprove | K::EscalateTermination | K::ProposeVoid | K::ConfirmVoid | K::DropVoid => {
            vec![staff]
        }
        K::Return | K::ApproveTermination | K::RejectTermination => vec![Who::College, staff],
    }
}

/// One move: a new draft of either employer, or a command on one of the agreements.
type Move = (u8, usize, usize, bool, i64);

fn play(moves: &[Move], mut seen: impl FnMut(&Town)) {
    let mut town = Town::new();
    for &(what, which, kind, second, hours) in moves {
        town.world.now += hours.hours();
        if what < 2 || town.cases.is_empty() {
            if town.cases.len() < 6 {
                town.draft(if second { Who::OtherEmployer } else { Who::Employer });
            }
        } else {
            let i = which % town.cases.len();
            let own = town.cases[i].agreement.employer == OTHER_EMPLOYER;
            let employer = if own { Who::OtherEmployer } else { Who::Employer };
            let staff = if second { Who::SecondStaff } else { Who::Staff };
            let kinds = COMMANDS.into_iter().filter(|kind| *kind != K::Supersede);
            let pairs = kinds.flat_map(|k| actor_of(k, employer, staff).into_iter().map(move |w| (k, w)));
            let (mut forward, mut other): (Vec<_>, Vec<_>) = pairs.partition(|(kind, _)| leads_on(*kind));
            // Onwards if that is possible and drawn, else the drawn command or one after it.
            let (in_other, in_forward) = (kind % other.len(), kind % forward.len());
            other.rotate_left(in_other);
            forward.rotate_left(in_forward);
            let order = if kind % 3 > 0 {
                [forward, other]
            } else {
                [other, forward]
            };
            order
                .concat()
                .into_iter()
                .any(|(kind, who)| town.attempt(i, who, kind));
        }
        town.check();
        seen(&town);
    }
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0u8..10, any::<usize>(), 0usize..1000, any::<bool>(), 0i64..20);
    prop::collection::vec(one, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_student_and_two_employers_never_end_in_two_bindings(moves in moves()) {
        play(&moves, |_| {});
    }
}

/// The play is worth something only if the interesting things happen in it.
#[test]
fn the_play_has_races_and_second_agreements() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut superseded, mut again, mut contested) = (0, 0, 0);
    for _ in 0..60 {
        let moves = moves().new_tree(&mut runner).unwrap().current();
        play(&moves, |town| {
            let count = |kind| town.cases.iter().filter(|case| case.kind() == kind).count();
            superseded += usize::from(count(StateKind::Superseded) > 0);
            again += usize::from(count(StateKind::Terminated) > 0 && town.live(usize::MAX));
            contested += usize::from(count(StateKind::Offered) > 0 && town.live(usize::MAX));
        });
    }
    assert!(
        superseded > 0 && again > 0 && contested > 0,
        "{superseded} {again} {contested}"
    );
}

#[test]
fn of_two_offers_one_is_accepted_and_the_other_lapses() {
    let mut town = Town::new();
    town.draft(Who::Employer);
    town.draft(Who::OtherEmployer);
    assert!(town.attempt(0, Who::Employer, K::Send));
    assert!(town.attempt(1, Who::OtherEmployer, K::Send));
    assert!(town.attempt(1, Who::Student, K::Accept));
    assert!(!town.attempt(0, Who::Student, K::Accept), "bound already");
    assert!(town.attempt(1, Who::College, K::CollegeApprove));
    assert_eq!(
        town.cases[0].kind(),
        StateKind::Offered,
        "still open until the other takes effect"
    );
    assert!(town.attempt(1, Who::Staff, K::SchoolApprove));
    assert_eq!(town.cases[0].kind(), StateKind::Superseded);
    town.check();
}
