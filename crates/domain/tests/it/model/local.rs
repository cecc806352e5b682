//! One agreement by itself: every shade of state that `apply` can lead to, and every step between them.
//!
//! Two shades are the same when no command of anybody could tell them apart: moments are kept only as "the
//! deadline, or the time to answer, has run out" or not; the versions count on and are left out.

use crate::cast::Who;
use crate::invariants;
use crate::samples::COMMANDS;
use crate::support::{Case, START, World, at, content_with_pay};
use domain::agreement::state::TerminationStage;
use domain::agreement::{
    Agreement, Applied, Command, CommandKind as K, Content, Context, Refusal, State, StateKind,
};
use domain::eligibility::Block;
use domain::params::SchoolParams;
use domain::policy::Actor;
use jiff::ToSpan;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// The rules: the production ones, or broken ones.
pub type Rules = fn(&Agreement, Command, &Actor, &Context<'_>) -> Result<Applied, Refusal>;

/// A shade of state, by its place in the machine's list.
pub type Shade = u16;

/// A command by somebody; for `Send`, `Accept` and `Edit` also the content that was seen or is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Move {
    pub kind: K,
    pub who: Who,
    pub content: u8,
}

/// The facts about the student's other agreements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Another one is live.
    pub live: bool,
    /// The same employer has another open offer.
    pub open: bool,
    /// The student has ended as many as the school allows.
    pub broken: bool,
}

impl Facts {
    const ALL: [Facts; 8] = {
        let mut all = [Facts {
            live: false,
            open: false,
            broken: false,
        }; 8];
        let mut i = 0;
        while i < 8 {
            all[i] = Facts {
                live: i & 1 > 0,
                open: i & 2 > 0,
                broken: i & 4 > 0,
            };
            i += 1;
        }
        all
    };

    fn index(self) -> usize {
        usize::from(self.live) | usize::from(self.open) << 1 | usize::from(self.broken) << 2
    }
}

/// What can be said of a shade without its agreement.
#[derive(Debug, Clone)]
pub struct Sort {
    pub kind: StateKind,
    pub has_number: bool,
    /// The student asked for the termination that has ended it.
    pub broken_by_student: bool,
    /// The shade when the deadline, or the time to answer, runs out.
    pub later: Option<Shade>,
}

struct Local {
    agreement: Agreement,
    late: bool,
}

/// All shades and all steps.
pub struct Machine {
    pub sorts: Vec<Sort>,
    /// By shade and facts: what is possible and where it leads.
    steps: Vec<[Vec<(Move, Shade)>; 8]>,
    /// The first draft.
    pub first: Shade,
    locals: Vec<Local>,
    index: HashMap<(String, bool), Shade>,
    /// How many contents the employer goes back and forth between: one or two.
    contents: u8,
}

/// The two contents that the employer goes back and forth between: a few clauses are enough.
fn contents() -> [Content; 2] {
    [8_000, 9_000].map(|pay| {
        let mut content = content_with_pay(pay);
        content
            .clauses
            .retain(|clause| clause.body.contains("000") || clause.key.contains("term"));
        content.clauses.truncate(3);
        assert!(!content.clauses.is_empty());
        content
    })
}

fn content_of(agreement: &Agreement, contents: &[Content; 2]) -> u8 {
    u8::from(agreement.content == contents[1])
}

/// All moments but the deadline are the beginning; numbers are there or not.
fn level(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match name.as_str() {
                    "at" | "since" | "sent_at" => *value = serde_json::to_value(at(START)).unwrap(),
                    "deadline" => *value = serde_json::to_value(at(START) + 120.hours()).unwrap(),
                    _ => level(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(level),
        _ => {}
    }
}

impl Machine {
    /// Everything that the production rules allow.
    pub fn of_rules(params: &SchoolParams) -> Arc<Self> {
        Self::build(params, domain::agreement::apply, 2)
    }

    /// The same where the content is saved again but never another.
    pub fn of_one_content(params: &SchoolParams) -> Arc<Self> {
        Self::build(params, domain::agreement::apply, 1)
    }

    /// Everything that `rules` allow; panics when a step breaks an invariant.
    pub fn of(params: &SchoolParams, rules: Rules) -> Arc<Self> {
        Self::build(params, rules, 2)
    }

    fn build(params: &SchoolParams, rules: Rules, different: u8) -> Arc<Self> {
        let contents = contents();
        let mut draft = Case::draft().agreement;
        draft.content = contents[0].clone();
        let mut machine = Self {
            sorts: Vec::new(),
            steps: Vec::new(),
            first: 0,
            locals: Vec::new(),
            index: HashMap::new(),
            contents: different,
        };
        machine.shade(draft, false, &contents);
        let mut next = 0;
        while next < machine.locals.len() {
            machine.explore(next, params, rules, &contents);
            next += 1;
        }
        Arc::new(machine)
    }

    /// What is possible in a shade, and where it leads.
    pub fn steps(&self, shade: Shade, facts: Facts) -> &[(Move, Shade)] {
        &self.steps[usize::from(shade)][facts.index()]
    }

    /// The place of a shade, made if it is new.
    fn shade(&mut self, mut agreement: Agreement, late: bool, contents: &[Content; 2]) -> Shade {
        let mut state = serde_json::to_value(&agreement.state).unwrap();
        level(&mut state);
        let key = (format!("{state}{}", content_of(&agreement, contents)), late);
        if let Some(&known) = self.index.get(&key) {
            return known;
        }
        agreement.state = serde_json::from_value(state).unwrap();
        (agreement.version, agreement.content_version) = (1, 1);
        let place = Shade::try_from(self.locals.len()).unwrap();
        self.index.insert(key, place);
        let broken_by_student = match &agreement.state {
            State::Terminated { request, .. } => request.party == domain::agreement::Party::Student,
            _ => false,
        };
        self.sorts.push(Sort {
            kind: agreement.state.kind(),
            has_number: agreement.state.number().is_some(),
            broken_by_student,
            later: None,
        });
        let runs_out = match &agreement.state {
            State::Offered { .. } => true,
            State::Terminating { stage, .. } => *stage == TerminationStage::Counterparty,
            _ => false,
        };
        self.locals.push(Local {
            agreement: agreement.clone(),
            late,
        });
        if runs_out && !late {
            let later = self.shade(agreement, true, contents);
            self.sorts[usize::from(place)].later = Some(later);
        }
        place
    }

    /// Tries everything in one shade.
    fn explore(&mut self, n: usize, params: &SchoolParams, rules: Rules, contents: &[Content; 2]) {
        let (before, late) = (self.locals[n].agreement.clone(), self.locals[n].late);
        let mut steps: [Vec<(Move, Shade)>; 8] = Default::default();
        for kind in COMMANDS {
            for who in Who::ALL {
                let variants = if is_about_content(kind) { self.contents } else { 1 };
                for content in 0..variants {
                    let tried = Move { kind, who, content };
                    let mut last = None;
                    for facts in Facts::ALL {
                        if depends(kind) || last.is_none() {
                            last =
                                Some(self.attempt((&before, late), tried, facts, (params, rules, contents)));
                        }
                        if let Some(Some(to)) = last {
                            steps[facts.index()].push((tried, to));
                        }
                    }
                }
            }
        }
        self.steps.push(steps);
    }

    fn attempt(
        &mut self,
        (before, late): (&Agreement, bool),
        tried: Move,
        facts: Facts,
        (params, rules, contents): (&SchoolParams, Rules, &[Content; 2]),
    ) -> Option<Shade> {
        let world = world(before, late, facts, params);
        let command = command(before, tried, &world, contents);
        let kept = before.clone();
        let result = rules(before, command, &tried.who.actor(), &world.context());
        assert_eq!(*before, kept, "a command changed the agreement it was given");
        let applied = result.ok()?;
        invariants::hold(before, tried.kind, tried.who, &world, &applied);
        if matches!(tried.kind, K::Send | K::Accept) {
            let own = content_of(before, contents);
            assert_eq!(
                tried.content, own,
                "ticks of another content were taken for this one"
            );
        }
        let late = late && same_wait(before, &applied.agreement) && tried.kind != K::ExtendDeadline;
        Some(self.shade(applied.agreement, late, contents))
    }
}

/// Whether the clock that ran before the step still runs after it.
fn same_wait(before: &Agreement, after: &Agreement) -> bool {
    match (&before.state, &after.state) {
        (State::Offered { .. }, State::Offered { .. }) => true,
        (State::Terminating { stage: a, .. }, State::Terminating { stage: b, .. }) => a == b,
        _ => false,
    }
}

/// Only these commands ask about other agreements; all others are tried under one truth.
fn depends(kind: K) -> bool {
    matches!(kind, K::Send | K::Accept | K::RequestTermination)
}

fn is_about_content(kind: K) -> bool {
    matches!(kind, K::Edit | K::Send | K::Accept)
}

fn world(agreement: &Agreement, late: bool, facts: Facts, params: &SchoolParams) -> World {
    let wait = match (&agreement.state, late) {
        (_, false) => 1,
        (State::Terminating { .. }, true) => 24 * i64::from(params.escalate_days),
        (_, true) => 121,
    };
    World {
        now: at(START) + wait.hours(),
        params: params.clone(),
        block: facts.live.then_some(Block::AlreadySigned),
        live_elsewhere: facts.live,
        offer_open: facts.open,
        breaches: params.max_breaches.filter(|_| facts.broken).unwrap_or(0),
        ..World::default()
    }
}

fn command(agreement: &Agreement, tried: Move, world: &World, contents: &[Content; 2]) -> Command {
    let case = Case {
        world: world.clone(),
        agreement: agreement.clone(),
        events: Vec::new(),
    };
    let meant = &contents[usize::from(tried.content)];
    let mut command = case.command(tried.kind);
    match &mut command {
        Command::Edit { content } => **content = meant.clone(),
        Command::Send { ticks, .. } | Command::Accept { ticks, .. } => {
            let all = meant.clauses.iter().map(|clause| clause.key.clone()).collect();
            *ticks = meant.ticks_of(&all);
        }
        _ => {}
    }
    command
}
