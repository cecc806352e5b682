//! The program from outside: the command line, and a school that is set up by it alone.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "a test stops at the first surprise, and a journey is told in one piece"
)]

mod claim;
mod cli;
mod crash;
mod docs;
mod documents;
mod race;
mod real_input;
mod seal;
mod strangers;
mod support;
mod town;
mod uploads;
