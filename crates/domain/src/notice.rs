//! The notice matrix: which event is told to whom (`product.md` §7, `domain.md` §7.9).
//!
//! Every message goes to the in-app inbox in the transaction of the change; other channels follow
//! from the outbox.

use crate::agreement::{Agreement, Event, EventKind, Party, State, StateKind};
use crate::ids::{CollegeId, EmployerId, StudentId};
use crate::params::{Channels, SchoolParams};
use crate::policy::Actor;
use serde::{Deserialize, Serialize};

/// Whose inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "audience", content = "id", rename_all = "snake_case")]
pub enum Audience {
    /// The employer's, at the agreement's school.
    Employer(EmployerId),
    /// The student's.
    Student(StudentId),
    /// The college's.
    College(CollegeId),
    /// The school staff's.
    School,
}

impl Audience {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Employer(_) => "employer",
            Self::Student(_) => "student",
            Self::College(_) => "college",
            Self::School => "school",
        }
    }
}

/// How many hours before its deadline the student is reminded of an offer (`product.md` §2, issue C 2).
pub const REMINDERS: [i64; 2] = [48, 12];

/// What a message tells of: mostly an event, else something that time alone brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Told {
    /// An event of an agreement.
    Event(EventKind),
    /// The deadline of an offer is near.
    ReplyDue,
}

impl Told {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Event(kind) => kind.code(),
            Self::ReplyDue => "reply_due",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        if code == Self::ReplyDue.code() {
            return Some(Self::ReplyDue);
        }
        EventKind::from_code(code).map(Self::Event)
    }
}

impl From<EventKind> for Told {
    fn from(kind: EventKind) -> Self {
        Self::Event(kind)
    }
}

/// The parameter that says by which channels the parties are told of this; none where only staff is told.
pub fn channels(told: Told, params: &SchoolParams) -> Option<Channels> {
    let Told::Event(kind) = told else {
        return Some(params.notice_reminder);
    };
    Some(match kind {
        EventKind::Sent => params.notice_offer,
        EventKind::Withdrawn | EventKind::DeadlineExtended | EventKind::Expired | EventKind::Superseded => {
            params.notice_change
        }
        EventKind::Accepted | EventKind::Declined => params.notice_answer,
        EventKind::Registered | EventKind::CollegeApproved | EventKind::SchoolApproved => {
            params.notice_review
        }
        EventKind::Returned => params.notice_return,
        EventKind::TerminationRequested => params.notice_termination,
        EventKind::TerminationConsented
        | EventKind::TerminationEscalated
        | EventKind::TerminationCollegeApproved => params.notice_termination_step,
        EventKind::TerminationRefused
        | EventKind::TerminationCancelled
        | EventKind::TerminationRejected
        | EventKind::Terminated => params.notice_termination_end,
        EventKind::Voided => params.notice_void,
        EventKind::Drafted | EventKind::Edited | EventKind::VoidProposed | EventKind::VoidDropped => {
            return None;
        }
    })
}

/// Whether this side is told by mail as well. Reviewers never are, one agreement at a time: in the weeks that
/// count they would get hundreds, and their queue says the same.
pub fn by_mail(told: Told, audience: Audience, params: &SchoolParams) -> bool {
    let party = matches!(audience, Audience::Employer(_) | Audience::Student(_));
    party && channels(told, params) == Some(Channels::Mail)
}

/// Who is told of `event`, `agreement` being as the event left it: [`audiences`] without the side
/// that acted, which knows. A request to void stays with the school: its colleagues have to answer.
pub fn recipients(event: &Event, agreement: &Agreement) -> Vec<Audience> {
    let mut told = audiences(event.kind, agreement);
    let within_school = matches!(event.kind, EventKind::VoidProposed | EventKind::VoidDropped);
    told.retain(|audience| within_school || !acted(&event.actor, *audience));
    told
}

fn acted(actor: &Actor, audience: Audience) -> bool {
    match actor {
        Actor::Employer { .. } => matches!(audience, Audience::Employer(_)),
        Actor::Student { .. } => matches!(audience, Audience::Student(_)),
        Actor::College { .. } => matches!(audience, Audience::College(_)),
        Actor::School { .. } => matches!(audience, Audience::School),
        Actor::Platform { .. } | Actor::System => false,
    }
}

/// Whom an event of this kind concerns, whoever caused it; [`recipients`] leaves out who did.
pub fn audiences(event: EventKind, agreement: &Agreement) -> Vec<Audience> {
    let employer = Audience::Employer(agreement.employer);
    let student = Audience::Student(agreement.student);
    let college = Audience::College(agreement.college);
    let school = Audience::School;
    let next_reviewer = match agreement.state.kind() {
        StateKind::CollegeReview => Some(college),
        StateKind::SchoolReview => Some(school),
        _ => None,
    };
    match event {
        EventKind::Drafted | EventKind::Edited => vec![],
        EventKind::Sent | EventKind::Withdrawn | EventKind::DeadlineExtended => vec![student],
        EventKind::Registered => [Some(employer), Some(student), next_reviewer]
            .into_iter()
            .flatten()
            .collect(),
        EventKind::Accepted => [Some(employer), next_reviewer].into_iter().flatten().collect(),
        EventKind::Declined => vec![employer],
        EventKind::Expired | EventKind::Superseded | EventKind::SchoolApproved => {
            if event == EventKind::SchoolApproved {
                vec![employer, student, college]
            } else {
                vec![employer, student]
            }
        }
        EventKind::CollegeApproved => [Some(employer), Some(student), next_reviewer]
            .into_iter()
            .flatten()
            .collect(),
        EventKind::Returned => vec![employer, student],
        EventKind::TerminationRequested
        | EventKind::TerminationConsented
        | EventKind::TerminationEscalated
        | EventKind::TerminationCollegeApproved => termination(event, agreement),
        EventKind::TerminationRefused | EventKind::TerminationCancelled => {
            vec![employer, student, college, school]
        }
        EventKind::Terminated | EventKind::TerminationRejected | EventKind::Voided => {
            vec![employer, student, college]
        }
        EventKind::VoidProposed | EventKind::VoidDropped => vec![school],
    }
}

fn termination(event: EventKind, agreement: &Agreement) -> Vec<Audience> {
    use crate::agreement::state::TerminationStage as Stage;
    let State::Terminating { request, stage, .. } = &agreement.state else {
        return vec![];
    };
    let employer = Audience::Employer(agreement.employer);
    let student = Audience::Student(agreement.student);
    let (asking, asked) = match request.party {
        Party::Employer => (employer, student),
        Party::Student => (student, employer),
    };
    let holder = match stage {
        Stage::Counterparty => None,
        Stage::College => Some(Audience::College(agreement.college)),
        Stage::School => Some(Audience::School),
    };
    let told: &[Audience] = match event {
        EventKind::TerminationRequested => &[asked],
        EventKind::TerminationConsented => &[asking],
        _ => &[asking, asked],
    };
    told.iter().copied().chain(holder).collect()
}
