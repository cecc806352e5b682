//! The states of an agreement (`product.md` §2). Each carries the facts of that state and no others.

use super::clause::Hash;
use crate::ids::{AccountId, AgreementId, FileId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use super::kind::StateKind;

/// A reason: a code of a list, and words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Code of the list that belongs to the act.
    pub code: String,
    /// What was written (≤ 500 characters; may be empty where the code says it all).
    pub text: String,
}

/// A level of review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 院系.
    College,
    /// 学校.
    School,
}

/// The student's acceptance 应约.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// When.
    pub at: Timestamp,
    /// By which account: the student's; of an agreement on paper, that of whoever registered it.
    pub by: AccountId,
    /// The content that was accepted.
    pub content: Hash,
}

/// A reviewer's approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// When.
    pub at: Timestamp,
    /// By which account.
    pub by: AccountId,
}

/// What an effective agreement rests on; it stays with it through termination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The number 协议编号.
    pub number: String,
    /// Since when.
    pub since: Timestamp,
    /// The acceptance.
    pub acceptance: Acceptance,
    /// The college's approval, where it reviews.
    pub college: Option<Approval>,
    /// The school's approval, where it reviews.
    pub school: Option<Approval>,
}

/// Who may ask for termination.
pub type Requester = super::clause::Party;

/// A request for termination 解约.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminationRequest {
    /// Which party asks.
    pub party: Requester,
    /// Who of it.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
    /// The letter 解约函.
    pub letter: FileId,
}

/// Where a termination stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminationStage {
    /// The other party has to answer.
    Counterparty,
    /// The college reviews.
    College,
    /// The school reviews.
    School,
}

/// A request to void, waiting for a second member of the school's staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidProposal {
    /// Who asked.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// The state with its facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// 草稿.
    Draft,
    /// 待学生确认.
    Offered {
        /// When it was sent.
        sent_at: Timestamp,
        /// Until when the student may answer.
        deadline: Timestamp,
    },
    /// 已撤回.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// 学生已拒绝.
    Declined {
        /// When.
        at: Timestamp,
        /// Why.
        reason: Reason,
    },
    /// 已过期.
    Expired {
        /// When the worker found it so.
        at: Timestamp,
        /// The deadline that passed.
        deadline: Timestamp,
    },
    /// 审核退回.
    Returned {
        /// When.
        at: Timestamp,
        /// By which level.
        level: Level,
        /// Why.
        reason: Reason,
    },
    /// 院系审核中.
    CollegeReview {
        /// The acceptance.
        acceptance: Acceptance,
        /// A request to void, if any.
        void: Option<VoidProposal>,
    },
    /// 学校审核中.
    SchoolReview {
        /// The acceptance.
        acceptance: Acceptance,
        /// The college's approval, where it reviews.
        college: Option<Approval>,
        /// A request to void, if any.
        void: Option<VoidProposal>,
    },
    /// 已签约.
    Effective {
        /// What it rests on.
        effect: Effect,
        /// A request to void, if any.
        void: Option<VoidProposal>,
    },
    /// 解约审核中.
    Terminating {
        /// What it rests on.
        effect: Effect,
        /// The request.
        request: TerminationRequest,
        /// Where it stands.
        stage: TerminationStage,
    },
    /// 已解约.
    Terminated {
        /// What it rested on.
        effect: Effect,
        /// The request.
        request: TerminationRequest,
        /// Since when.
        at: Timestamp,
    },
    /// 已失效（学生已与其他单位签约）.
    Superseded {
        /// When.
        at: Timestamp,
        /// The agreement that took effect.
        by: AgreementId,
    },
    /// 已作废.
    Voided {
        /// When.
        at: Timestamp,
        /// Who asked, when and why.
        proposal: VoidProposal,
        /// The second member of staff.
        confirmed_by: AccountId,
        /// The number, where one had been issued.
        number: Option<String>,
    },
}

impl State {
    /// The state without its facts.
    pub fn kind(&self) -> StateKind {
        match self {
            Self::Draft => StateKind::Draft,
            Self::Offered { .. } => StateKind::Offered,
            Self::Withdrawn { .. } => StateKind::Withdrawn,
            Self::Declined { .. } => StateKind::Declined,
            Self::Expired { .. } => StateKind::Expired,
            Self::Returned { .. } => StateKind::Returned,
            Self::CollegeReview { .. } => StateKind::CollegeReview,
            Self::SchoolReview { .. } => StateKind::SchoolReview,
            Self::Effective { .. } => StateKind::Effective,
            Self::Terminating { .. } => StateKind::Terminating,
            Self::Terminated { .. } => StateKind::Terminated,
            Self::Superseded { .. } => StateKind::Superseded,
            Self::Voided { .. } => StateKind::Voided,
        }
    }

    /// The number, once issued.
    pub fn number(&self) -> Option<&str> {
        match self {
            Self::Effective { effect, .. }
            | Self::Terminating { effect, .. }
            | Self::Terminated { effect, .. } => Some(&effect.number),
            Self::Voided { number, .. } => number.as_deref(),
            Self::Draft
            | Self::Offered { .. }
            | Self::Withdrawn { .. }
            | Self::Declined { .. }
            | Self::Expired { .. }
            | Self::Returned { .. }
            | Self::CollegeReview { .. }
            | Self::SchoolReview { .. }
            | Self::Superseded { .. } => None,
        }
    }

    /// The deadline of an open offer.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self {
            Self::Offered { deadline, .. } => Some(*deadline),
            Self::Draft
            | Self::Withdrawn { .. }
            | Self::Declined { .. }
            | Self::Expired { .. }
            | Self::Returned { .. }
            | Self::CollegeReview { .. }
            | Self::SchoolReview { .. }
            | Self::Effective { .. }
            | Self::Terminating { .. }
            | Self::Terminated { .. }
            | Self::Superseded { .. }
            | Self::Voided { .. } => None,
        }
    }

    /// The acceptance, once given and while it counts.
    pub fn acceptance(&self) -> Option<&Acceptance> {
        match self {
            Self::CollegeReview { acceptance, .. } | Self::SchoolReview { acceptance, .. } => {
                Some(acceptance)
            }
            Self::Effective { effect, .. }
            | Self::Terminating { effect, .. }
            | Self::Terminated { effect, .. } => Some(&effect.acceptance),
            Self::Draft
            | Self::Offered { .. }
            | Self::Withdrawn { .. }
            | Self::Declined { .. }
            | Self::Expired { .. }
            | Self::Returned { .. }
            | Self::Superseded { .. }
            | Self::Voided { .. } => None,
        }
    }

    /// A request to void that waits for its confirmation.
    pub fn void_proposal(&self) -> Option<&VoidProposal> {
        match self {
            Self::CollegeReview { void, .. }
            | Self::SchoolReview { void, .. }
            | Self::Effective { void, .. } => void.as_ref(),
            Self::Draft
            | Self::Offered { .. }
            | Self::Withdrawn { .. }
            | Self::Declined { .. }
            | Self::Expired { .. }
            | Self::Returned { .. }
            | Self::Terminating { .. }
            | Self::Terminated { .. }
            | Self::Superseded { .. }
            | Self::Voided { .. } => None,
        }
    }
}
