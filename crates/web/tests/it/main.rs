//! The tests of the door: they come in by the front, over a loopback port, on both engines.

mod access;
mod cast;
mod forms;
mod headers;
mod language;
mod login;
mod password;
mod reviews;
mod sessions;
mod site;
mod student;
