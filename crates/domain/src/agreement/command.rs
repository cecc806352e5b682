//! What can be asked of an agreement, and why it can be refused.

use super::clause::{Content, Ticks};
use super::state::{Reason, StateKind};
use crate::eligibility::Block;
use crate::ids::{AgreementId, FileId};
use crate::params::Factor;
use crate::policy::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A command, parsed and typed. Whether it is allowed is for [`super::apply`] to say.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// 编辑: new content; back to draft.
    Edit {
        /// The new content.
        content: Box<Content>,
    },
    /// 发起邀约.
    Send {
        /// Until when the student may answer.
        deadline: Timestamp,
        /// The employer's ticks.
        ticks: Ticks,
    },
    /// 撤回.
    Withdraw,
    /// 延长答复期限.
    ExtendDeadline {
        /// The new deadline.
        deadline: Timestamp,
    },
    /// 应约.
    Accept {
        /// The student's ticks.
        ticks: Ticks,
        /// Whether the signing method was agreed to (电子签名法 §3, §13 last paragraph).
        method_agreed: bool,
        /// What was given just now to prove who acts, if the school asks for that.
        second_factor: Option<Factor>,
    },
    /// 拒绝.
    Decline {
        /// Why.
        reason: Reason,
    },
    /// The reply deadline has passed.
    Expire,
    /// Another agreement of the student took effect.
    Supersede {
        /// Which.
        by: AgreementId,
    },
    /// 院系审核通过.
    CollegeApprove,
    /// 学校审核通过.
    SchoolApprove,
    /// 退回.
    Return {
        /// Why.
        reason: Reason,
    },
    /// 申请解约.
    RequestTermination {
        /// Why.
        reason: Reason,
        /// The letter 解约函.
        letter: Option<FileId>,
        /// What was given just now to prove who acts, if the school asks for that.
        second_factor: Option<Factor>,
    },
    /// The other party agrees to the termination.
    ConsentTermination,
    /// The other party does not agree.
    RefuseTermination {
        /// Why.
        reason: Reason,
    },
    /// Staff goes on without an answer of the other party.
    EscalateTermination,
    /// The reviewer at the present stage approves the termination.
    ApproveTermination,
    /// The reviewer at the present stage rejects it.
    RejectTermination {
        /// Why.
        reason: Reason,
    },
    /// Who asked for it takes it back.
    CancelTermination,
    /// 作废: first member of staff.
    ProposeVoid {
        /// Why.
        reason: Reason,
    },
    /// 作废: second member of staff.
    ConfirmVoid,
    /// The request to void is dropped.
    DropVoid,
}

/// The commands without their contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// See [`Command::Edit`].
    Edit,
    /// See [`Command::Send`].
    Send,
    /// See [`Command::Withdraw`].
    Withdraw,
    /// See [`Command::ExtendDeadline`].
    ExtendDeadline,
    /// See [`Command::Accept`].
    Accept,
    /// See [`Command::Decline`].
    Decline,
    /// See [`Command::Expire`].
    Expire,
    /// See [`Command::Supersede`].
    Supersede,
    /// See [`Command::CollegeApprove`].
    CollegeApprove,
    /// See [`Command::SchoolApprove`].
    SchoolApprove,
    /// See [`Command::Return`].
    Return,
    /// See [`Command::RequestTermination`].
    RequestTermination,
    /// See [`Command::ConsentTermination`].
    ConsentTermination,
    /// See [`Command::RefuseTermination`].
    RefuseTermination,
    /// See [`Command::EscalateTermination`].
    EscalateTermination,
    /// See [`Command::ApproveTermination`].
    ApproveTermination,
    /// See [`Command::RejectTermination`].
    RejectTermination,
    /// See [`Command::CancelTermination`].
    CancelTermination,
    /// See [`Command::ProposeVoid`].
    ProposeVoid,
    /// See [`Command::ConfirmVoid`].
    ConfirmVoid,
    /// See [`Command::DropVoid`].
    DropVoid,
}

impl Command {
    /// The command without its contents.
    pub fn kind(&self) -> CommandKind {
        use CommandKind as K;
        match self {
            Self::Edit { .. } => K::Edit,
            Self::Send { .. } => K::Send,
            Self::Withdraw => K::Withdraw,
            Self::ExtendDeadline { .. } => K::ExtendDeadline,
            Self::Accept { .. } => K::Accept,
            Self::Decline { .. } => K::Decline,
            Self::Expire => K::Expire,
            Self::Supersede { .. } => K::Supersede,
            Self::CollegeApprove => K::CollegeApprove,
            Self::SchoolApprove => K::SchoolApprove,
            Self::Return { .. } => K::Return,
            Self::RequestTermination { .. } => K::RequestTermination,
            Self::ConsentTermination => K::ConsentTermination,
            Self::RefuseTermination { .. } => K::RefuseTermination,
            Self::EscalateTermination => K::EscalateTermination,
            Self::ApproveTermination => K::ApproveTermination,
            Self::RejectTermination { .. } => K::RejectTermination,
            Self::CancelTermination => K::CancelTermination,
            Self::ProposeVoid { .. } => K::ProposeVoid,
            Self::ConfirmVoid => K::ConfirmVoid,
            Self::DropVoid => K::DropVoid,
        }
    }
}

impl CommandKind {
    /// What the policy calls it.
    pub fn action(self) -> Action {
        match self {
            Self::Edit => Action::Edit,
            Self::Send => Action::Send,
            Self::Withdraw => Action::Withdraw,
            Self::ExtendDeadline => Action::ExtendDeadline,
            Self::Accept => Action::Accept,
            Self::Decline => Action::Decline,
            Self::Expire | Self::Supersede => Action::Lapse,
            Self::CollegeApprove => Action::CollegeApprove,
            Self::SchoolApprove => Action::SchoolApprove,
            Self::Return => Action::Return,
            Self::RequestTermination => Action::RequestTermination,
            Self::ConsentTermination | Self::RefuseTermination => Action::AnswerTermination,
            Self::EscalateTermination => Action::EscalateTermination,
            Self::ApproveTermination | Self::RejectTermination => Action::ReviewTermination,
            Self::CancelTermination => Action::CancelTermination,
            Self::ProposeVoid | Self::ConfirmVoid | Self::DropVoid => Action::Void,
        }
    }
}

/// Why a command was refused. Every refusal has words for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// For this actor the agreement does not exist.
    #[error("no such agreement")]
    Foreign,
    /// This is for another role to do.
    #[error("not this actor's to do")]
    NotAllowed,
    /// Not possible in the present state.
    #[error("not possible in state {0:?}")]
    WrongState(StateKind),
    /// Clauses without a tick.
    #[error("{} clauses not ticked", .0.len())]
    NotTicked(Vec<String>),
    /// The student cannot be offered, or cannot accept, an agreement now.
    #[error("not eligible: {0:?}")]
    NotEligible(Block),
    /// The employer already has an open offer to this student.
    #[error("an offer to this student is open")]
    OfferOpen,
    /// The deadline is not within the school's range, in days.
    #[error("deadline not within {min} to {max} days")]
    DeadlineOutOfRange {
        /// The fewest days.
        min: u16,
        /// The most days.
        max: u16,
    },
    /// The deadline has passed.
    #[error("the deadline passed at {0}")]
    DeadlinePassed(Timestamp),
    /// The deadline has not passed yet.
    #[error("the deadline has not passed")]
    DeadlineNotPassed,
    /// The new deadline is not later than the old one.
    #[error("not an extension")]
    NotAnExtension,
    /// The signing method was not agreed to.
    #[error("signing method not agreed to")]
    MethodNotAgreed,
    /// The second factor is missing.
    #[error("second factor missing")]
    SecondFactorMissing,
    /// A reason is required.
    #[error("a reason is required")]
    ReasonRequired,
    /// The reason is longer than 500 characters.
    #[error("the reason is too long")]
    ReasonTooLong,
    /// The letter 解约函 is required.
    #[error("the letter is required")]
    LetterRequired,
    /// The school's parameters do not allow it.
    #[error("not opened by the school")]
    NotOpened,
    /// The school has switched this level of review off or the other level is due.
    #[error("not this level's turn")]
    NotThisLevel,
    /// The student has reached the most terminations the school allows.
    #[error("too many terminations")]
    TooManyBreaches(u32),
    /// Only who asked may take it back; only the other party may answer.
    #[error("for the other party to do")]
    OtherParty,
    /// The other party still has time to answer, until then.
    #[error("not before {0}")]
    TooEarly(Timestamp),
    /// A request to void is already waiting.
    #[error("a request to void is waiting")]
    VoidPending,
    /// No request to void is waiting.
    #[error("no request to void")]
    NoVoidPending,
    /// A second member of staff has to confirm.
    #[error("a second member of staff has to confirm")]
    SamePerson,
    /// No number was supplied for an agreement that takes effect (a fault of the program).
    #[error("no number supplied")]
    NoNumber,
}

impl Refusal {
    /// The code under which its message is kept.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Foreign => "foreign",
            Self::NotAllowed => "not_allowed",
            Self::WrongState(_) => "wrong_state",
            Self::NotTicked(_) => "not_ticked",
            Self::NotEligible(_) => "not_eligible",
            Self::OfferOpen => "offer_open",
            Self::DeadlineOutOfRange { .. } => "deadline_out_of_range",
            Self::DeadlinePassed(_) => "deadline_passed",
            Self::DeadlineNotPassed => "deadline_not_passed",
            Self::NotAnExtension => "not_an_extension",
            Self::MethodNotAgreed => "method_not_agreed",
            Self::SecondFactorMissing => "second_factor_missing",
            Self::ReasonRequired => "reason_required",
            Self::ReasonTooLong => "reason_too_long",
            Self::LetterRequired => "letter_required",
            Self::NotOpened => "not_opened",
            Self::NotThisLevel => "not_this_level",
            Self::TooManyBreaches(_) => "too_many_breaches",
            Self::OtherParty => "other_party",
            Self::TooEarly(_) => "too_early",
            Self::VoidPending => "void_pending",
            Self::NoVoidPending => "no_void_pending",
            Self::SamePerson => "same_person",
            Self::NoNumber => "no_number",
        }
    }
}
