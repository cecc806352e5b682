//! The rules of an agreement, seen from outside: one binary for all of them.

mod cast;
mod clauses;
mod diff;
mod form;
mod form_round_trip;
mod guards;
mod guards_termination;
mod invariants;
mod notices;
mod params;
mod purity;
mod samples;
mod simulation;
mod support;
mod table;
mod variants;
mod walk;
