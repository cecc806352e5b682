//! Where a school lets students be found only by whole name and number, a student's address alone shows nobody:
//! it carries the proof that this employer has found the student so.

use crate::app::App;
use crate::ctx::At;
use crate::seal;
use domain::agreement::form::Input;
use domain::ids::StudentId;
use domain::params::Discovery;
use subtle::ConstantTimeEq;

const PURPOSE: &str = "found student 1";
const NAME: &str = "found";

fn tag(app: &App, at: &At, student: StudentId) -> String {
    let of = format!("{}|{}|{student}", at.school.id, at.employer);
    seal::encode(&app.seal().tag(PURPOSE, of.as_bytes())[..16])
}

/// What an address of the student ends with, for somebody who has just found the student.
pub(super) fn proof(app: &App, at: &At, discovery: Discovery, student: StudentId) -> String {
    match discovery {
        Discovery::Exact => format!("?{NAME}={}", tag(app, at, student)),
        Discovery::Browse | Discovery::Applied => String::new(),
    }
}

/// Whether the address says so.
pub(super) fn proves(app: &App, at: &At, query: &Input, student: StudentId) -> bool {
    let given = query.raw(NAME);
    tag(app, at, student).as_bytes().ct_eq(given.as_bytes()).into()
}
