//! The life of agreements in the store, beside an oracle in memory that has nothing but the rules: random
//! stories of two employers, two students and everybody else, on both engines. Whatever is tried, the store
//! answers as the oracle does, and afterwards holds what the oracle holds.

use crate::stage::{self, Stage, Who, terms_with_pay};
use domain::agreement::state::State;
use domain::agreement::{
    Agreement, Applied, Command, CommandKind as K, Content, Context, EventKind, Party, Refusal, StateKind,
    apply, probe,
};
use domain::eligibility::Block;
use domain::ids::{AgreementId, SchoolId};
use domain::params::SchoolParams;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use serde_json::Value;
use std::sync::OnceLock;
use store::testing::World;
use store::{Error, audit, verify};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// The oracle's school; the store has one of its own for every story.
const ORACLE: SchoolId = SchoolId(1);
/// At most so many agreements in a story.
const MOST: usize = 6;

const COMMANDS: [K; 20] = [
    K::Edit,
    K::Send,
    K::Withdraw,
    K::ExtendDeadline,
    K::Accept,
    K::Decline,
    K::Expire,
    K::CollegeApprove,
    K::SchoolApprove,
    K::Return,
    K::RequestTermination,
    K::ConsentTermination,
    K::RefuseTermination,
    K::EscalateTermination,
    K::ApproveTermination,
    K::RejectTermination,
    K::CancelTermination,
    K::ProposeVoid,
    K::ConfirmVoid,
    K::DropVoid,
];

/// One thing that is tried.
#[derive(Debug, Clone)]
enum Try {
    /// A first draft of an employer for a student.
    Draft { employer: usize, student: usize },
    /// A command on an agreement, as somebody who saw this version, or an older one.
    Act {
        which: usize,
        kind: K,
        who: Who,
        pay: i64,
        stale: bool,
    },
    /// Hours pass.
    Wait(i64),
}

/// What becomes of a try.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    Done,
    Refused(Refusal),
    Absent,
    Stale,
}

#[derive(Debug, Clone)]
struct Known {
    agreement: Agreement,
    student: usize,
    employer: usize,
    events: Vec<EventKind>,
}

/// All that there is, as the rules alone would have it.
#[derive(Debug, Clone)]
struct Oracle {
    now: Timestamp,
    known: Vec<Known>,
    last: Outcome,
}

fn params() -> SchoolParams {
    SchoolParams {
        employer_may_terminate: true,
        max_breaches: Some(1),
        ..SchoolParams::default()
    }
}

fn id_of(n: usize) -> AgreementId {
    AgreementId(Uuid::from_u128(0xA0_0000 + n as u128))
}

impl Oracle {
    fn live(&self, student: usize, but: usize) -> bool {
        let others = self.known.iter().enumerate().filter(|(n, _)| *n != but);
        others
            .into_iter()
            .any(|(_, known)| known.student == student && known.agreement.state.kind().is_live())
    }

    fn context<'a>(&self, n: usize, params: &'a SchoolParams) -> Context<'a> {
        let me = &self.known[n];
        let live = self.live(me.student, n);
        let open = self.known.iter().enumerate().any(|(other, known)| {
            let same = (known.student, known.employer) == (me.student, me.employer);
            other != n && same && known.agreement.state.kind() == StateKind::Offered
        });
        let ended = self.known.iter().filter(|known| match &known.agreement.state {
            State::Terminated { request, .. } => {
                known.student == me.student && request.party == Party::Student
            }
            _ => false,
        });
        Context {
            now: self.now,
            params,
            block: live.then_some(Block::AlreadySigned),
            live_elsewhere: live,
            offer_open: open,
            breaches: u32::try_from(ended.count()).unwrap(),
            number: Some("issued".into()),
        }
    }

    fn command(&self, n: usize, kind: K, pay: i64) -> Command {
        let params = params();
        let mut command = probe::sample(&self.known[n].agreement, kind, &self.context(n, &params));
        match &mut command {
            Command::Edit { content } => **content = Content::standard(terms_with_pay(pay)),
            Command::Send { deadline, .. } => *deadline = self.now + 120.hours(),
            _ => {}
        }
        command
    }

    fn attempt(&mut self, n: usize, command: Command, who: Who, stale: bool) -> Outcome {
        let params = params();
        let actor = stage::actor(ORACLE, who, self.known[n].employer, self.known[n].student);
        let context = self.context(n, &params);
        let agreement = &self.known[n].agreement;
        let done = apply(agreement, command, &actor, &context);
        let applied = match done {
            Err(Refusal::Foreign) => return Outcome::Absent,
            _ if stale => return Outcome::Stale,
            Err(refusal) => return Outcome::Refused(refusal),
            Ok(applied) => applied,
        };
        let takes_effect =
            applied.agreement.state.kind() == StateKind::Effective && agreement.state.number().is_none();
        self.keep(n, applied);
        if takes_effect {
            for other in 0..self.known.len() {
                let known = &self.known[other];
                if known.student == self.known[n].student
                    && known.agreement.state.kind() == StateKind::Offered
                {
                    let by = id_of(n);
                    let context = self.context(other, &params);
                    let system = domain::policy::Actor::System;
                    let lapsed = apply(&known.agreement, Command::Supersede { by }, &system, &context);
                    self.keep(other, lapsed.unwrap());
                }
            }
        }
        Outcome::Done
    }

    fn keep(&mut self, n: usize, applied: Applied) {
        self.known[n].agreement = applied.agreement;
        self.known[n].events.push(applied.event.kind);
    }

    /// What the rules would let through now.
    fn possible(&self) -> Vec<Try> {
        let params = params();
        let mut open = Vec::new();
        for (n, known) in self.known.iter().enumerate() {
            let context = self.context(n, &params);
            for kind in COMMANDS {
                for who in Who::CONCERNED {
                    let actor = stage::actor(ORACLE, who, known.employer, known.student);
                    if probe::probe(&known.agreement, kind, &actor, &context).is_ok() {
                        open.push(Try::Act {
                            which: n,
                            kind,
                            who,
                            pay: 9_000,
                            stale: false,
                        });
                    }
                }
            }
        }
        open
    }
}

impl ReferenceStateMachine for Oracle {
    type State = Self;
    type Transition = Try;

    fn init_state() -> BoxedStrategy<Self> {
        let start: Timestamp = "2026-11-23T09:00:00+08:00".parse().unwrap();
        Just(Self {
            now: start,
            known: Vec::new(),
            last: Outcome::Done,
        })
        .boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Try> {
        let draft = (0..2_usize, 0..2_usize).prop_map(|(employer, student)| Try::Draft { employer, student });
        let wait = prop_oneof![3 => 1..30_i64, 1 => 100..200_i64].prop_map(Try::Wait);
        if state.known.is_empty() {
            return draft.boxed();
        }
        let any = (
            0..state.known.len(),
            prop::sample::select(COMMANDS.to_vec()),
            prop::sample::select(Who::ALL.to_vec()),
            8_000..8_005_i64,
            prop::bool::weighted(0.2),
        );
        let any = any.prop_map(|(which, kind, who, pay, stale)| Try::Act {
            which,
            kind,
            who,
            pay,
            stale,
        });
        let open = state.possible();
        if open.is_empty() {
            return prop_oneof![2 => draft, 2 => any, 1 => wait].boxed();
        }
        prop_oneof![1 => draft, 3 => any, 1 => wait, 8 => prop::sample::select(open)].boxed()
    }

    fn apply(mut state: Self, tried: &Try) -> Self {
        state.last = match *tried {
            Try::Wait(hours) => {
                state.now += hours.hours();
                Outcome::Done
            }
            Try::Draft { student, .. } if state.live(student, usize::MAX) => {
                Outcome::Refused(Refusal::NotEligible(Block::AlreadySigned))
            }
            Try::Draft { .. } if state.known.len() == MOST => Outcome::Done,
            Try::Draft { employer, student } => {
                let n = state.known.len();
                let actor = stage::actor(ORACLE, Who::Employer, employer, student);
                let content = Content::standard(terms_with_pay(9_000));
                let parties = stage::parties(ORACLE, employer, student);
                let drafted = Agreement::draft(id_of(n), parties, content, &actor, state.now).unwrap();
                state.known.push(Known {
                    agreement: drafted.agreement,
                    student,
                    employer,
                    events: vec![drafted.event.kind],
                });
                Outcome::Done
            }
            // A shrunk story may have lost the draft.
            Try::Act { which, .. } if which >= state.known.len() => Outcome::Absent,
            Try::Act {
                which,
                kind,
                who,
                pay,
                stale,
            } => {
                let command = state.command(which, kind, pay);
                state.attempt(which, command, who, stale)
            }
        };
        state
    }
}

/// A store and the school in which a story plays.
struct Told {
    stage: Stage,
    /// Planted: the store forgets what it has acknowledged, every so often.
    forgets: bool,
    acts: usize,
}

/// One store for all stories of an engine, each in a school of its own.
struct Theatre {
    runtime: Runtime,
    world: World,
}

impl Theatre {
    fn open(postgres: bool) -> Self {
        let runtime = Runtime::new().unwrap();
        let world = runtime.block_on(async {
            if postgres {
                // It goes with the throw-away server.
                let (world, database) = World::postgres().await;
                std::mem::forget(database);
                world
            } else {
                World::sqlite().await
            }
        });
        runtime.block_on(stage::employers(&world));
        Self { runtime, world }
    }
}

static SQLITE: OnceLock<Theatre> = OnceLock::new();
static POSTGRES: OnceLock<Theatre> = OnceLock::new();

fn theatre(postgres: bool) -> &'static Theatre {
    let place = if postgres { &POSTGRES } else { &SQLITE };
    place.get_or_init(|| Theatre::open(postgres))
}

/// The state as it is stored, but for number and letter, which the oracle cannot know.
fn facts(state: &State) -> Value {
    fn blank(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if matches!(name.as_str(), "number" | "letter") && value.is_string() {
                        *value = Value::Bool(true);
                    } else {
                        blank(value);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(blank),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(state).unwrap();
    blank(&mut value);
    value
}

fn outcome(result: Result<Agreement, Error>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(Error::NotFound) => Outcome::Absent,
        Err(Error::Stale) => Outcome::Stale,
        Err(Error::Refused(refusal)) => Outcome::Refused(refusal),
        Err(other) => panic!("{other}"),
    }
}

async fn tell(world: &World, told: &mut Told, oracle: &Oracle, tried: &Try) {
    world.clock.set(oracle.now);
    let done = match *tried {
        Try::Wait(_) => return,
        Try::Draft { .. } if told.stage.agreements == MOST && oracle.last == Outcome::Done => return,
        Try::Draft { employer, student } => {
            let id = id_of(told.stage.agreements);
            let made = told.stage.draft(world, id, employer, student, 9_000).await;
            told.stage.agreements += usize::from(made.is_ok());
            made
        }
        Try::Act { which, .. } if which >= oracle.known.len() => return,
        Try::Act {
            which,
            kind,
            who,
            pay,
            stale,
        } => {
            let known = &oracle.known[which];
            let actor = stage::actor(told.stage.school, who, known.employer, known.student);
            let (id, now) = (id_of(which), oracle.now);
            told.acts += 1;
            if told.forgets && told.acts % 7 == 0 && oracle.last == Outcome::Done {
                return;
            }
            told.stage
                .act(world, id, actor, stale, |agreement| {
                    command(agreement, kind, pay, now)
                })
                .await
        }
    };
    assert_eq!(outcome(done), oracle.last, "{tried:?}");
}

/// The same command as the oracle's; what the store fills in itself is left to it.
fn command(agreement: &Agreement, kind: K, pay: i64, now: Timestamp) -> Command {
    let params = params();
    let context = Context {
        now,
        params: &params,
        block: None,
        live_elsewhere: false,
        offer_open: false,
        breaches: 0,
        number: None,
    };
    let mut command = probe::sample(agreement, kind, &context);
    match &mut command {
        Command::Edit { content } => **content = Content::standard(terms_with_pay(pay)),
        Command::Send { deadline, ticks } => {
            *deadline = now + 120.hours();
            ticks.clear();
        }
        Command::Accept { ticks, .. } => ticks.clear(),
        _ => {}
    }
    command
}

/// What the store holds is what the oracle holds.
async fn compare(world: &World, told: &Told, oracle: &Oracle) {
    let mut numbers = std::collections::BTreeSet::new();
    for (n, known) in oracle.known.iter().enumerate() {
        let (stored, events) = told.stage.look(world, id_of(n)).await;
        let (stored, expected) = (&stored.agreement, &known.agreement);
        assert_eq!(facts(&stored.state), facts(&expected.state), "agreement {n}");
        assert_eq!(
            (stored.version, stored.content_version),
            (expected.version, expected.content_version),
            "agreement {n}"
        );
        assert_eq!(stored.content, expected.content, "agreement {n}");
        let kinds: Vec<_> = events
            .iter()
            .map(|entry: &audit::Entry| entry.kind.as_str())
            .collect();
        let expected: Vec<_> = known.events.iter().map(|kind| kind.code()).collect();
        assert_eq!(kinds, expected, "agreement {n}");
        if let Some(number) = stored.state.number() {
            assert!(domain::agreement::number::is_valid(number), "{number}");
            assert!(numbers.insert(number.to_owned()), "{number} was issued twice");
        }
    }
}

/// The test of one engine; `FORGETS` plants a store that loses what it has acknowledged.
struct Store<const POSTGRES: bool, const FORGETS: bool>;

impl<const POSTGRES: bool, const FORGETS: bool> StateMachineTest for Store<POSTGRES, FORGETS> {
    type SystemUnderTest = Told;
    type Reference = Oracle;

    fn init_test(oracle: &Oracle) -> Told {
        let theatre = theatre(POSTGRES);
        theatre.world.clock.set(oracle.now);
        Told {
            stage: theatre.runtime.block_on(Stage::set(&theatre.world)),
            forgets: FORGETS,
            acts: 0,
        }
    }

    fn apply(mut told: Told, oracle: &Oracle, tried: Try) -> Told {
        let theatre = theatre(POSTGRES);
        theatre.runtime.block_on(async {
            tell(&theatre.world, &mut told, oracle, &tried).await;
            compare(&theatre.world, &told, oracle).await;
        });
        told
    }

    fn teardown(_: Told, _: Oracle) {
        let theatre = theatre(POSTGRES);
        let report = theatre
            .runtime
            .block_on(verify::all(&theatre.world.store))
            .unwrap();
        assert!(report.breaches.is_empty(), "{:?}", report.breaches);
    }
}

fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    }
}

prop_state_machine! {
    #![proptest_config(config(24))]

    #[test]
    fn on_sqlite_the_store_does_what_the_rules_say(sequential 1..40 => Store<false, false>);

    #[test]
    fn on_postgres_the_store_does_what_the_rules_say(sequential 1..40 => Store<true, false>);
}

/// The detector bites: a store that forgets is noticed.
#[test]
fn a_store_that_forgets_what_it_acknowledged_is_noticed() {
    let mut runner = TestRunner::deterministic();
    let noticed = (0..20).any(|_| {
        let story = Oracle::sequential_strategy(30..40).new_tree(&mut runner).unwrap();
        let (oracle, tries, seen) = story.current();
        let telling = || Store::<false, true>::test_sequential(config(1), oracle, tries, seen);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(telling)).is_err()
    });
    assert!(noticed, "the store forgot, and nobody noticed");
}

/// The stories are worth something only if they get everywhere.
#[test]
fn the_stories_reach_every_state_and_every_refusal_that_matters() {
    let mut runner = TestRunner::deterministic();
    let mut states = std::collections::BTreeSet::new();
    let (mut stale, mut absent, mut refused) = (0, 0, 0);
    for _ in 0..150 {
        let story = Oracle::sequential_strategy(30..40).new_tree(&mut runner).unwrap();
        let (mut oracle, tries, _) = story.current();
        for tried in &tries {
            oracle = Oracle::apply(oracle, tried);
            states.extend(oracle.known.iter().map(|known| known.agreement.state.kind()));
            match oracle.last {
                Outcome::Stale => stale += 1,
                Outcome::Absent => absent += 1,
                Outcome::Refused(_) => refused += 1,
                Outcome::Done => {}
            }
        }
    }
    let missing: Vec<_> = StateKind::ALL
        .into_iter()
        .filter(|kind| !states.contains(kind))
        .collect();
    assert_eq!(missing, Vec::<StateKind>::new());
    assert!(
        stale > 50 && absent > 50 && refused > 50,
        "{stale} {absent} {refused}"
    );
}
