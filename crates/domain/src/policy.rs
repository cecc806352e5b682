//! Who may do what to whom: one pure function. Deny by default.
//!
//! A subject of another school, employer or student answers [`Denial::Foreign`], which the door
//! turns into the same answer as an absent one; a subject the actor may see but not act on so
//! answers [`Denial::NotAllowed`].

use crate::ids::{AccountId, CollegeId, EmployerId, SchoolId, StudentId};
use serde::{Deserialize, Serialize};

/// Somebody who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Actor {
    /// A member of an employer.
    Employer {
        /// Who.
        account: AccountId,
        /// Of which employer.
        employer: EmployerId,
    },
    /// A student.
    Student {
        /// Who.
        account: AccountId,
        /// At which school.
        school: SchoolId,
        /// Which student.
        student: StudentId,
    },
    /// A college's reviewer.
    College {
        /// Who.
        account: AccountId,
        /// At which school.
        school: SchoolId,
        /// For which colleges.
        colleges: Vec<CollegeId>,
    },
    /// A member of the school's staff.
    School {
        /// Who.
        account: AccountId,
        /// Of which school.
        school: SchoolId,
    },
    /// A member of the platform's staff: no power over any agreement.
    Platform {
        /// Who.
        account: AccountId,
    },
    /// The worker, when a time has come or another agreement took effect.
    System,
}

impl Actor {
    /// The account, where a person acts.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Employer { account, .. }
            | Self::Student { account, .. }
            | Self::College { account, .. }
            | Self::School { account, .. }
            | Self::Platform { account } => Some(*account),
            Self::System => None,
        }
    }

    /// The role's code.
    pub fn role(&self) -> &'static str {
        match self {
            Self::Employer { .. } => "employer",
            Self::Student { .. } => "student",
            Self::College { .. } => "college",
            Self::School { .. } => "school",
            Self::Platform { .. } => "platform",
            Self::System => "system",
        }
    }
}

/// What an agreement says about whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The school.
    pub school: SchoolId,
    /// The employer.
    pub employer: EmployerId,
    /// The student.
    pub student: StudentId,
    /// The student's college.
    pub college: CollegeId,
    /// Whether the other sides may see it yet (a draft is the employer's own).
    pub sent: bool,
}

/// What somebody wants to do with an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Look at it and its document.
    View,
    /// Change the content.
    Edit,
    /// Send the offer.
    Send,
    /// Take it back.
    Withdraw,
    /// Give more time.
    ExtendDeadline,
    /// Tick clauses and accept.
    Accept,
    /// Say no.
    Decline,
    /// Expire or supersede.
    Lapse,
    /// Approve as the college.
    CollegeApprove,
    /// Approve as the school.
    SchoolApprove,
    /// Send back from review.
    Return,
    /// Ask for termination.
    RequestTermination,
    /// Answer a request for termination.
    AnswerTermination,
    /// Take back one's own request.
    CancelTermination,
    /// Decide on a termination.
    ReviewTermination,
    /// Go on without the other party's answer.
    EscalateTermination,
    /// Void, or confirm it.
    Void,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denial {
    /// For this actor the subject does not exist.
    Foreign,
    /// The actor sees it, but this is for others to do.
    NotAllowed,
}

/// Whether `actor` may do `action` to `subject`, whatever its state.
pub fn may(actor: &Actor, action: Action, subject: &Subject) -> Result<(), Denial> {
    if !sees(actor, subject) {
        return Err(Denial::Foreign);
    }
    if allows(actor, action) {
        Ok(())
    } else {
        Err(Denial::NotAllowed)
    }
}

fn sees(actor: &Actor, subject: &Subject) -> bool {
    match actor {
        Actor::Employer { employer, .. } => *employer == subject.employer,
        Actor::Student { school, student, .. } => {
            *school == subject.school && *student == subject.student && subject.sent
        }
        Actor::College { school, colleges, .. } => {
            *school == subject.school && colleges.contains(&subject.college) && subject.sent
        }
        Actor::School { school, .. } => *school == subject.school && subject.sent,
        Actor::Platform { .. } => false,
        Actor::System => true,
    }
}

fn allows(actor: &Actor, action: Action) -> bool {
    use Action as A;
    match action {
        A::View => true,
        A::Edit | A::Send | A::Withdraw | A::ExtendDeadline => {
            matches!(actor, Actor::Employer { .. })
        }
        A::Accept | A::Decline => matches!(actor, Actor::Student { .. }),
        A::Lapse => matches!(actor, Actor::System),
        A::CollegeApprove => matches!(actor, Actor::College { .. }),
        A::SchoolApprove | A::Void | A::EscalateTermination => {
            matches!(actor, Actor::School { .. })
        }
        A::Return | A::ReviewTermination => {
            matches!(actor, Actor::College { .. } | Actor::School { .. })
        }
        A::RequestTermination | A::AnswerTermination | A::CancelTermination => {
            matches!(actor, Actor::Employer { .. } | Actor::Student { .. })
        }
    }
}
