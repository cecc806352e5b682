//! Random walks: anybody tries anything, with worlds true and untrue; no rule breaks, nothing panics.

use crate::cast::{LETTER, Who, agreement_id};
use crate::samples::{COMMANDS, leads_on};
use crate::support::{Case, World, content, content_with_pay, reason};
use domain::agreement::{Command, CommandKind as K, EventKind, StateKind, probe};
use domain::eligibility::Block;
use domain::params::{Factor, SecondFactor};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeSet;

/// One try: numbers that become a command and a world when the state is known.
#[derive(Debug, Clone)]
struct Try {
    /// Most tries choose among what is possible, or few walks would get far.
    guided: bool,
    pick: usize,
    kind: usize,
    who: usize,
    hours: i64,
    variety: u16,
    params: u16,
}

fn tries(most: usize) -> impl Strategy<Value = Vec<Try>> {
    let one = (
        prop::bool::weighted(0.8),
        any::<usize>(),
        0..COMMANDS.len(),
        0..Who::ALL.len(),
        prop_oneof![4 => 0i64..30, 1 => 30i64..1000],
        any::<u16>(),
        any::<u16>(),
    );
    let one = one.prop_map(|(guided, pick, kind, who, hours, variety, params)| Try {
        guided,
        pick,
        kind,
        who,
        hours,
        variety,
        params,
    });
    prop::collection::vec(one, 0..most)
}

fn bit(bits: u16, n: u16) -> bool {
    bits >> n & 1 == 1
}

/// Parameters and facts, mostly as in the story, sometimes otherwise.
fn disturb(case: &mut Case, bits: u16) {
    let rare = |n: u16| bit(bits, n) && bit(bits, (n + 5) % 16);
    let p = &mut case.world.params;
    p.college_review = !rare(0);
    p.school_review = !rare(1);
    p.employer_may_terminate = bit(bits, 2);
    p.counterparty_consent = !rare(3);
    p.termination_college_review = !rare(4);
    p.termination_school_review = !rare(6);
    p.max_breaches = rare(7).then_some(1);
    p.second_factor = if rare(8) {
        SecondFactor::None
    } else {
        SecondFactor::Password
    };
    case.world.block = rare(9).then(|| Block::ALL[usize::from(bits) % Block::ALL.len()]);
    case.world.live_elsewhere = rare(10);
    case.world.offer_open = rare(12);
    case.world.breaches = u32::from(rare(13));
    case.world.number = (!rare(14)).then(|| format!("20271035930000{bits:05}"));
}

/// A command of the kind, in order or with something wrong.
fn command(case: &Case, kind: K, bits: u16) -> Command {
    let wrong = bit(bits, 0) && bit(bits, 1) && bit(bits, 2);
    let words = reason(
        if wrong { "" } else { "other" },
        if bit(bits, 3) { "说明" } else { "" },
    );
    let mut command = case.command(kind);
    match &mut command {
        Command::Edit { content: new } => {
            **new = if bit(bits, 4) {
                content()
            } else {
                content_with_pay(8_000 + i64::from(bits % 7))
            };
        }
        Command::Send { ticks, deadline } if wrong => {
            ticks.pop_first();
            *deadline = case.world.now;
        }
        Command::Accept { ticks, .. } if wrong => drop(ticks.pop_last()),
        Command::Accept { second_factor, .. } => {
            *second_factor = (!bit(bits, 5) || !bit(bits, 6)).then_some(Factor::Password);
        }
        Command::Supersede { by } => *by = agreement_id(u128::from(bits)),
        Command::RequestTermination { letter, .. } if wrong => *letter = None,
        Command::RequestTermination { letter, .. } => *letter = Some(LETTER),
        Command::Decline { reason }
        | Command::Return { reason }
        | Command::RefuseTermination { reason }
        | Command::RejectTermination { reason }
        | Command::ProposeVoid { reason } => *reason = words,
        _ => {}
    }
    command
}

/// What the rules would let through now, of those concerned.
fn possible(case: &Case) -> Vec<(K, Who)> {
    let concerned = Who::ALL.into_iter().filter(|who| who.concerned());
    let pairs = concerned.flat_map(|who| COMMANDS.into_iter().map(move |kind| (kind, who)));
    let context = case.world.context();
    pairs
        .filter(|(kind, who)| probe::probe(&case.agreement, *kind, &who.actor(), &context).is_ok())
        .collect()
}

/// One step; `attempt` checks the invariants whatever comes of it.
fn step(mut case: Case, t: &Try) -> Case {
    case = case.later(t.hours);
    disturb(&mut case, t.params);
    let mut choice = (COMMANDS[t.kind], Who::ALL[t.who]);
    if t.guided {
        let mut open = possible(&case);
        if bit(t.variety, 9) && open.iter().any(|(kind, _)| leads_on(*kind)) {
            open.retain(|(kind, _)| leads_on(*kind));
        }
        if !open.is_empty() {
            choice = open[t.pick % open.len()];
        }
    }
    let command = command(&case, choice.0, t.variety);
    if let Ok(applied) = case.attempt(choice.1, command) {
        case.agreement = applied.agreement;
        case.events.push(applied.event);
    }
    case
}

fn walk(tries: &[Try], mut each: impl FnMut(&Case)) -> Case {
    tries.iter().fold(Case::draft(), |case, t| {
        let next = step(case, t);
        each(&next);
        next
    })
}

/// The events of an agreement tell its story without a gap.
fn story(case: &Case) {
    for (i, pair) in case.events.windows(2).enumerate() {
        assert_eq!(pair[1].payload.from, Some(pair[0].payload.to), "event {i}");
        assert_eq!(pair[1].payload.version, pair[0].payload.version + 1);
        assert!(pair[0].at <= pair[1].at);
    }
    let last = case.events.last().unwrap();
    assert_eq!(last.payload.to, case.kind());
    assert_eq!(last.payload.version, case.agreement.version);
    assert_eq!(
        case.events.len(),
        usize::try_from(case.agreement.version).unwrap()
    );
    let issued = case
        .events
        .iter()
        .filter(|event| event.payload.number.is_some())
        .count();
    assert_eq!(issued, usize::from(case.agreement.state.number().is_some()));
}

fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn no_sequence_of_commands_breaks_an_invariant(tries in tries(40)) {
        let mut number: Option<String> = None;
        let end = walk(&tries, |case| {
            let now = case.agreement.state.number().map(str::to_owned);
            assert!(number.is_none() || number == now, "a number changed or vanished");
            number = now;
        });
        story(&end);
    }

    #[test]
    fn what_has_ended_accepts_nothing(tries in tries(30), kind in 0..COMMANDS.len(), who in 0..Who::ALL.len()) {
        let end = walk(&tries, |_| {});
        let over = [StateKind::Terminated, StateKind::Superseded, StateKind::Voided];
        if over.contains(&end.kind()) {
            end.refuses(Who::ALL[who], COMMANDS[kind]);
        }
    }
}

#[test]
fn the_ends_accept_nothing_from_anybody() {
    for (title, case) in crate::samples::all() {
        let over = [StateKind::Terminated, StateKind::Superseded, StateKind::Voided];
        if !over.contains(&case.kind()) {
            continue;
        }
        for kind in COMMANDS {
            for who in Who::ALL {
                assert!(
                    case.attempt(who, case.command(kind)).is_err(),
                    "{title}: {kind:?} by {who:?}"
                );
            }
        }
    }
}

/// The walks are worth something only if they get everywhere: the same ones each time.
#[test]
fn the_walks_reach_every_state_and_every_event() {
    let mut states = BTreeSet::new();
    let mut events = BTreeSet::new();
    let mut runner = TestRunner::deterministic();
    for _ in 0..120 {
        let tries = tries(40).new_tree(&mut runner).unwrap().current();
        let end = walk(&tries, |case| {
            states.insert(case.kind());
        });
        events.extend(end.events.iter().map(|event| event.kind));
        states.insert(StateKind::Draft);
    }
    // The other beginning: an agreement on paper.
    let paper = Case::paper(World::default(), Who::Student).unwrap();
    events.extend(paper.events.iter().map(|event| event.kind));
    let all: BTreeSet<_> = StateKind::ALL.into_iter().collect();
    assert_eq!(
        all.difference(&states).collect::<Vec<_>>(),
        Vec::<&StateKind>::new()
    );
    let all: BTreeSet<_> = EventKind::ALL.iter().copied().collect();
    assert_eq!(
        all.difference(&events).collect::<Vec<_>>(),
        Vec::<&EventKind>::new()
    );
}
