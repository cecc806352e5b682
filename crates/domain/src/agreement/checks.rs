//! What a reviewer looks at before approving. An agreement about which there is something to look at is
//! approved on its own page, where all of it is shown, never in a batch.

use super::form::{self, FieldProblem, Limits};
use super::terms::Terms;
use crate::codes::{POSITION_CATEGORY, PROVINCE};
use crate::eligibility::{Admission, Facts, SourceStatus};
use crate::params::SchoolParams;
use jiff::civil::Date;

/// Something to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// So many doubts about the terms.
    Doubts(usize),
    /// The employer is no longer certified.
    EmployerNotCertified,
    /// The employer's entry to the school is no longer approved.
    EntryNotApproved,
    /// The student's source information is no longer approved.
    SourceNotApproved,
    /// 定向/委培: bound to an employer by training.
    BoundByTraining,
}

impl Check {
    /// The code of its text.
    pub fn code(self) -> &'static str {
        match self {
            Self::Doubts(_) => "doubts",
            Self::EmployerNotCertified => "employer_not_certified",
            Self::EntryNotApproved => "entry_not_approved",
            Self::SourceNotApproved => "source_not_approved",
            Self::BoundByTraining => "bound_by_training",
        }
    }
}

/// The doubts that the form warned the employer of. Days in the past are no doubt at a review.
pub fn doubts(terms: &Terms, year: i32, params: &SchoolParams, today: Date) -> Vec<FieldProblem> {
    let limits = Limits {
        today: terms.report_from.min(today),
        year,
        penalty_cap: params.penalty_cap,
        is_position_category: |code| POSITION_CATEGORY.find(code).is_some(),
        is_province: |code| PROVINCE.find(code).is_some(),
    };
    form::parse(&form::to_input(terms), &limits)
        .map(|(_, doubts)| doubts)
        .unwrap_or_default()
}

/// All that is to be looked at; the student's own live agreement is the one under review.
pub fn checks((terms, year): (&Terms, i32), facts: &Facts, params: &SchoolParams, today: Date) -> Vec<Check> {
    let doubts = doubts(terms, year, params, today).len();
    let all = [
        (doubts > 0, Check::Doubts(doubts)),
        (
            facts.certification != Admission::Approved,
            Check::EmployerNotCertified,
        ),
        (facts.entry != Some(Admission::Approved), Check::EntryNotApproved),
        (facts.source != SourceStatus::Approved, Check::SourceNotApproved),
        (facts.bound, Check::BoundByTraining),
    ];
    all.into_iter()
        .filter_map(|(found, check)| found.then_some(check))
        .collect()
}
