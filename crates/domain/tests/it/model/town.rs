//! Several agreements of one student: the facts are gathered as the store gathers them, and what the store
//! does in the same transaction is one step here. A message may be under way: it arrives at any later time,
//! once or often or never, and nobody checks which version its sender saw.

use super::local::{Facts, Machine, Move, Shade};
use crate::cast::Who;
use domain::agreement::{CommandKind as K, StateKind as S};
use stateright::{Model, Property};
use std::sync::Arc;

/// At most so many agreements.
pub const SLOTS: usize = 3;
/// At most so many messages under way.
const HELD: usize = 2;

/// The student's agreements and the messages under way. The first two agreements are of one employer, the
/// third of another; with two, each employer has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    pub slots: [Option<Shade>; SLOTS],
    pub held: [Option<(u8, Move)>; HELD],
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// An employer saves a first draft.
    Draft(usize),
    /// Somebody does something.
    Do(usize, Move, Shade),
    /// Time runs out for an answer.
    Late(usize),
    /// Somebody does something whose message stays under way.
    Delay(usize, Move),
    /// A message under way arrives, and perhaps will again.
    Arrive(usize, bool),
}

/// The model.
#[derive(Clone)]
pub struct Town {
    pub machine: Arc<Machine>,
    slots: usize,
    held: usize,
    always_only: bool,
    /// Planted: nobody supersedes the other offers.
    pub forgets_others: bool,
}

impl Town {
    pub fn new(machine: Arc<Machine>, slots: usize) -> Self {
        Self {
            machine,
            slots,
            held: 0,
            always_only: false,
            forgets_others: false,
        }
    }

    /// With so many messages under way at most.
    pub fn held(mut self, held: usize) -> Self {
        self.held = held;
        self
    }

    /// Without the properties that ask whether something can happen at all.
    pub fn always_only(mut self) -> Self {
        self.always_only = true;
        self
    }

    fn employer(&self, slot: usize) -> usize {
        if self.slots > 2 { slot / 2 } else { slot }
    }

    fn kind(&self, state: &State, slot: usize) -> Option<S> {
        state.slots[slot].map(|shade| self.machine.sorts[usize::from(shade)].kind)
    }

    fn kinds<'a>(&'a self, state: &'a State) -> impl Iterator<Item = (usize, S)> + 'a {
        (0..self.slots).filter_map(|slot| Some((slot, self.kind(state, slot)?)))
    }

    fn facts(&self, state: &State, slot: usize) -> Facts {
        let mut others = self.kinds(state).filter(|(other, _)| *other != slot);
        let live = others.any(|(_, kind)| kind.is_live());
        let mut others = self.kinds(state).filter(|(other, _)| *other != slot);
        let open =
            others.any(|(other, kind)| kind == S::Offered && self.employer(other) == self.employer(slot));
        let shades = state.slots.iter().flatten();
        let broken = shades
            .into_iter()
            .any(|shade| self.machine.sorts[usize::from(*shade)].broken_by_student);
        Facts { live, open, broken }
    }

    fn steps(&self, state: &State, slot: usize) -> &[(Move, Shade)] {
        let Some(shade) = state.slots[slot] else {
            return &[];
        };
        self.machine.steps(shade, self.facts(state, slot))
    }

    /// The change, and what belongs to it in the same transaction.
    fn done(&self, mut state: State, slot: usize, to: Shade) -> State {
        let sort = |shade: Shade| &self.machine.sorts[usize::from(shade)];
        let numbered = state.slots[slot].is_some_and(|shade| sort(shade).has_number);
        state.slots[slot] = Some(to);
        if sort(to).kind == S::Effective && !numbered && !self.forgets_others {
            for other in 0..self.slots {
                if self.kind(&state, other) == Some(S::Offered) {
                    let lapse = |(mv, _): &&(Move, Shade)| mv.kind == K::Supersede && mv.who == Who::System;
                    let lapsed = self.steps(&state, other).iter().find(lapse).map(|(_, to)| *to);
                    state.slots[other] = Some(lapsed.expect("an open offer can be superseded"));
                }
            }
        }
        state
    }

    /// Whether all agreements have come to an end.
    pub fn all_ended(&self, state: &State) -> bool {
        self.kinds(state)
            .all(|(_, kind)| matches!(kind, S::Terminated | S::Superseded | S::Voided))
    }

    /// A state in words.
    pub fn describe(&self, state: &State) -> String {
        let slots: Vec<_> = (0..self.slots).map(|slot| self.kind(state, slot)).collect();
        format!("{slots:?}")
    }
}

impl Model for Town {
    type State = State;
    type Action = Act;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            slots: [None; SLOTS],
            held: [None; HELD],
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Act>) {
        let room = state.held[..self.held].contains(&None);
        for slot in 0..self.slots {
            let Some(shade) = state.slots[slot] else {
                // The store makes a draft only for a student who could be offered one.
                if !self.facts(state, slot).live {
                    actions.push(Act::Draft(slot));
                }
                continue;
            };
            if self.machine.sorts[usize::from(shade)].later.is_some() {
                actions.push(Act::Late(slot));
            }
            for &(mv, to) in self.steps(state, slot) {
                // Superseding is nobody's act: it belongs to another agreement's taking effect.
                if mv.kind == K::Supersede {
                    continue;
                }
                if to != shade {
                    actions.push(Act::Do(slot, mv, to));
                }
                if room {
                    actions.push(Act::Delay(slot, mv));
                }
            }
        }
        for (n, held) in state.held.iter().enumerate() {
            if held.is_some() {
                actions.extend([Act::Arrive(n, true), Act::Arrive(n, false)]);
            }
        }
    }

    fn next_state(&self, last: &State, action: Act) -> Option<State> {
        let mut next = *last;
        match action {
            Act::Draft(slot) => next.slots[slot] = Some(self.machine.first),
            Act::Do(slot, _, to) => next = self.done(next, slot, to),
            Act::Late(slot) => {
                let shade = last.slots[slot]?;
                next.slots[slot] = self.machine.sorts[usize::from(shade)].later;
            }
            Act::Delay(slot, mv) => {
                let place = last.held[..self.held].iter().position(Option::is_none)?;
                next.held[place] = Some((u8::try_from(slot).ok()?, mv));
                next.held.sort_unstable_by_key(|held| {
                    held.map(|(slot, mv)| (slot, mv.kind, mv.who as u8, mv.content))
                });
                next.held.reverse();
            }
            Act::Arrive(n, again) => {
                let (slot, mv) = last.held[n]?;
                let slot = usize::from(slot);
                if !again {
                    next.held[n] = None;
                    next.held.sort_unstable_by_key(|held| {
                        held.map(|(slot, mv)| (slot, mv.kind, mv.who as u8, mv.content))
                    });
                    next.held.reverse();
                }
                // The rules may well refuse it by now.
                let step = self.steps(last, slot).iter().find(|(other, _)| *other == mv);
                if let Some((_, to)) = step {
                    next = self.done(next, slot, *to);
                }
            }
        }
        (next != *last).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all = vec![
            Property::always("the student is bound once", |town: &Self, state: &State| {
                town.kinds(state).filter(|(_, kind)| kind.is_live()).count() <= 1
            }),
            Property::always("an employer has one open offer", |town: &Self, state: &State| {
                let offered = |(slot, kind)| (kind == S::Offered).then(|| town.employer(slot));
                let mut open: Vec<_> = town.kinds(state).filter_map(offered).collect();
                let all = open.len();
                open.dedup();
                open.len() == all
            }),
            Property::always(
                "no offer stands beside an agreement in force",
                |town: &Self, state: &State| {
                    let any = |wanted: &[S]| town.kinds(state).any(|(_, kind)| wanted.contains(&kind));
                    !(any(&[S::Offered]) && any(&[S::Effective, S::Terminating]))
                },
            ),
            Property::always(
                "what has a number keeps it to its end",
                |town: &Self, state: &State| {
                    state.slots.iter().flatten().all(|shade| {
                        let sort = &town.machine.sorts[usize::from(*shade)];
                        !sort.kind.has_number() || sort.has_number
                    })
                },
            ),
        ];
        if !self.always_only {
            all.extend([
                Property::sometimes("terminated", |town: &Self, state: &State| {
                    town.kinds(state).any(|(_, kind)| kind == S::Terminated)
                }),
                Property::sometimes("voided", |town: &Self, state: &State| {
                    town.kinds(state).any(|(_, kind)| kind == S::Voided)
                }),
                Property::sometimes("signed again after an end", |town: &Self, state: &State| {
                    let any = |wanted| town.kinds(state).any(|(_, kind)| kind == wanted);
                    any(S::Terminated) && any(S::Effective)
                }),
                Property::sometimes(
                    "the same employer again, another superseded",
                    |town: &Self, state: &State| {
                        let is = |slot, kind| town.kind(state, slot) == Some(kind);
                        is(0, S::Terminated) && is(1, S::Effective) && is(2, S::Superseded)
                    },
                ),
                Property::sometimes("all agreements have ended", |town: &Self, state: &State| {
                    state.slots[..town.slots].iter().all(Option::is_some) && town.all_ended(state)
                }),
            ]);
        }
        all
    }
}
