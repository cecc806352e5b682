//! The rules of an agreement, seen from outside: one binary for all of them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "tests: what fails is to be seen at once"
)]

mod cast;
mod clauses;
mod diff;
mod form;
mod form_round_trip;
mod guards;
mod guards_termination;
mod invariants;
mod model;
mod notices;
mod paper;
mod parameters;
mod params;
mod purity;
mod samples;
mod simulation;
mod support;
mod table;
mod templates;
mod variants;
mod walk;
