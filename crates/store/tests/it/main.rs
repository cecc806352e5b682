//! Everything about the memory, told to both engines. One binary: add a file here, not a binary beside it.

#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "tests: a story is told in one piece, and what fails is to be seen at once"
)]

mod accounts;
mod allowance;
mod batches;
mod breaches;
mod commit;
mod disconnect;
mod edits;
mod employers;
mod engine;
mod files;
mod fixtures;
mod outbox;
mod people;
mod plans;
mod schema;
mod sealed;
mod skew;
mod source_text;
mod stage;
mod statements;
mod story;
mod templates;
mod upgrade;
mod vault;
