//! The tests of the door: they come in by the front, over a loopback port, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::struct_field_names,
    reason = "helpers of tests: what cannot be set up has failed; a story is told in one piece"
)]

mod access;
mod batches;
mod bundles;
mod cast;
mod checkpoints;
mod employer;
mod evidence;
mod forms;
mod headers;
mod hostile;
mod language;
mod licences;
mod lists;
mod login;
mod mail;
mod offer_form;
mod offers;
mod paper;
mod parameters;
mod password;
mod reviews;
mod sessions;
mod sheets;
mod site;
mod stamps;
mod student;
mod template;
mod termination;
mod verify;
mod worker;
