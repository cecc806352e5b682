//! The agreement: its content, its states, and the one function that may change it.

mod apply;
pub mod checks;
pub mod clause;
pub mod command;
pub mod diff;
pub mod event;
pub mod form;
mod form_in;
mod form_out;
mod kind;
mod lint;
pub mod number;
pub mod outline;
pub mod paper;
pub mod probe;
mod review;
pub mod state;
pub mod template;
mod termination;
pub mod terms;
mod void;

pub use apply::{Applied, Context, apply};
pub use clause::{Clause, Content, Hash, Party, Ticks};
pub use command::{Command, CommandKind, Refusal};
pub use event::{Event, EventKind, Payload};
pub use state::{Level, Reason, State, StateKind};

use crate::ids::{AgreementId, CollegeId, EmployerId, SchoolId, StudentId};
use crate::policy::{Actor, Subject};
use jiff::Timestamp;

/// One agreement between one employer and one student of one school.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Which.
    pub id: AgreementId,
    /// The school.
    pub school: SchoolId,
    /// Graduation year 届.
    pub year: i32,
    /// The student.
    pub student: StudentId,
    /// The student's college when the agreement was drafted.
    pub college: CollegeId,
    /// The employer.
    pub employer: EmployerId,
    /// Where it stands.
    pub state: State,
    /// Counts every stored change, from 1.
    pub version: i64,
    /// Counts the contents, from 1.
    pub content_version: i32,
    /// Terms and clauses.
    pub content: Content,
}

/// Whose a new agreement is.
#[derive(Debug, Clone, Copy)]
pub struct Parties {
    /// The school.
    pub school: SchoolId,
    /// Graduation year.
    pub year: i32,
    /// The student.
    pub student: StudentId,
    /// The student's college.
    pub college: CollegeId,
    /// The employer.
    pub employer: EmployerId,
}

impl Agreement {
    /// 保存 for the first time: a draft, and the event that says so.
    pub fn draft(
        id: AgreementId,
        parties: Parties,
        content: Content,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Applied, Refusal> {
        match actor {
            Actor::Employer { employer, .. } if *employer == parties.employer => {}
            _ => return Err(Refusal::NotAllowed),
        }
        let agreement = Self {
            id,
            school: parties.school,
            year: parties.year,
            student: parties.student,
            college: parties.college,
            employer: parties.employer,
            state: State::Draft,
            version: 1,
            content_version: 1,
            content,
        };
        let payload = agreement.payload(None, agreement.content.hash());
        let event = Event {
            kind: EventKind::Drafted,
            actor: actor.clone(),
            at: now,
            payload,
            note: None,
        };
        Ok(Applied { agreement, event })
    }

    /// What the policy needs to know.
    pub fn subject(&self) -> Subject {
        Subject {
            school: self.school,
            employer: self.employer,
            student: self.student,
            college: self.college,
            sent: self.state.kind() != StateKind::Draft,
        }
    }

    pub(crate) fn payload(&self, from: Option<StateKind>, content: Hash) -> Payload {
        Payload {
            from,
            to: self.state.kind(),
            version: self.version,
            content_version: self.content_version,
            content,
            reason: None,
            note: None,
            number: None,
            cause: None,
        }
    }
}
