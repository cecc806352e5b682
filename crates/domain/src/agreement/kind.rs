//! The names of the states, and what can be said of a state by its name alone.

use serde::{Deserialize, Serialize};

/// The states without their facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateKind {
    /// 草稿.
    Draft,
    /// 待学生确认.
    Offered,
    /// 已撤回.
    Withdrawn,
    /// 学生已拒绝.
    Declined,
    /// 已过期.
    Expired,
    /// 审核退回.
    Returned,
    /// 院系审核中.
    CollegeReview,
    /// 学校审核中.
    SchoolReview,
    /// 已签约.
    Effective,
    /// 解约审核中.
    Terminating,
    /// 已解约.
    Terminated,
    /// 已失效.
    Superseded,
    /// 已作废.
    Voided,
}

impl StateKind {
    /// All states, in the order of the table.
    pub const ALL: [StateKind; 13] = [
        Self::Draft,
        Self::Offered,
        Self::Withdrawn,
        Self::Declined,
        Self::Expired,
        Self::Returned,
        Self::CollegeReview,
        Self::SchoolReview,
        Self::Effective,
        Self::Terminating,
        Self::Terminated,
        Self::Superseded,
        Self::Voided,
    ];

    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Offered => "offered",
            Self::Withdrawn => "withdrawn",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Returned => "returned",
            Self::CollegeReview => "college_review",
            Self::SchoolReview => "school_review",
            Self::Effective => "effective",
            Self::Terminating => "terminating",
            Self::Terminated => "terminated",
            Self::Superseded => "superseded",
            Self::Voided => "voided",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether the student is bound: at most one live agreement per student of a school.
    pub fn is_live(self) -> bool {
        matches!(
            self,
            Self::CollegeReview | Self::SchoolReview | Self::Effective | Self::Terminating
        )
    }

    /// Whether it is in force, so that its final document counts and no preview of it.
    pub fn is_in_force(self) -> bool {
        matches!(self, Self::Effective | Self::Terminating)
    }

    /// Whether the employer may still change the content.
    pub fn is_editable(self) -> bool {
        matches!(
            self,
            Self::Draft | Self::Withdrawn | Self::Declined | Self::Expired | Self::Returned
        )
    }

    /// Whether a number has been issued in this state (Voided: only if it had been before).
    pub fn has_number(self) -> bool {
        matches!(self, Self::Effective | Self::Terminating | Self::Terminated)
    }
}
