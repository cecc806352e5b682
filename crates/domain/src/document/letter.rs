//! The letter of termination 解约函, where the system writes it from the agreement.

use crate::agreement::Party;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the letter says. Complete: two equal letters give the same file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The agreement's number 协议编号.
    pub number: String,
    /// The employer's name.
    pub employer: String,
    /// 统一社会信用代码.
    pub uscc: String,
    /// The student's name.
    pub student: String,
    /// 学号.
    pub student_no: String,
    /// 院系 and 专业.
    pub college: String,
    /// The school's name.
    pub school: String,
    /// The agreed position.
    pub position: String,
    /// Since when the agreement is in force.
    pub since: Timestamp,
    /// Which party asks.
    pub party: Party,
    /// The reason, in words.
    pub reason: String,
    /// What was written besides; may be empty.
    pub text: String,
    /// Of which moment the letter is.
    pub dated: Timestamp,
}

impl fmt::Debug for Letter {
    /// Only what identifies it: the rest is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
