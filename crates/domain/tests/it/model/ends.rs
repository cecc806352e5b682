//! Whether every agreement can still come to an end, from wherever one has got to (AG EF, which the checker
//! has no word for): all states, all steps, and from the good ends backwards.

use super::town::{State, Town};
use stateright::Model;
use std::collections::HashMap;

/// What was found.
pub struct Found {
    /// How many states there are.
    pub states: usize,
    /// Some of those from which not all agreements can come to an end.
    pub stuck: Vec<String>,
}

/// Walks through everything.
pub fn explore(town: &Town) -> Found {
    let mut states: Vec<State> = town.init_states();
    let mut index: HashMap<State, usize> = states.iter().copied().zip(0..).collect();
    // Who leads here.
    let mut back: Vec<Vec<u32>> = vec![Vec::new(); states.len()];
    let mut here = 0;
    while here < states.len() {
        for next in town.next_states(&states[here]) {
            let place = *index.entry(next).or_insert_with(|| {
                states.push(next);
                back.push(Vec::new());
                states.len() - 1
            });
            back[place].push(u32::try_from(here).unwrap());
        }
        here += 1;
    }
    let mut good: Vec<bool> = states.iter().map(|state| town.all_ended(state)).collect();
    let mut todo: Vec<usize> = (0..states.len()).filter(|n| good[*n]).collect();
    while let Some(n) = todo.pop() {
        for &from in &back[n] {
            let from = from as usize;
            if !good[from] {
                good[from] = true;
                todo.push(from);
            }
        }
    }
    let stuck = states.iter().zip(&good).filter(|(_, good)| !**good);
    Found {
        states: states.len(),
        stuck: stuck.map(|(state, _)| town.describe(state)).take(10).collect(),
    }
}
