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
    /// The employer's certificate 营业执照 has another number than its 统一社会信用代码.
    LicenceDiffers,
    /// Its certificate is not in force today.
    LicenceOver,
}

/// What an employer's certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its number.
    pub number: String,
    /// In force from this day.
    pub valid_from: Date,
    /// To this day inclusive; for ever when absent.
    pub valid_to: Option<Date>,
}

impl Certificate {
    /// Whether it is in force on a day.
    pub fn is_good(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// What is to be looked at about an employer's latest certificate; `code` is its 统一社会信用代码. Where none was
/// sent there is nothing: the employer was certified without, and that is a check of its own.
pub fn of_certificate(latest: Option<&Certificate>, code: &str, today: Date) -> Option<Check> {
    match latest {
        Some(found) if found.number != code => Some(Check::LicenceDiffers),
        Some(found) if !found.is_good(today) => Some(Check::LicenceOver),
        _ => None,
    }
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
            Self::LicenceDiffers => "licence_differs",
            Self::LicenceOver => "licence_over",
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_certificate_is_looked_at_when_it_is_foreign_or_over() {
        let today = date(2026, 11, 23);
        let of = |number: &str, from, to| {
            let found = Certificate {
                number: number.into(),
                valid_from: from,
                valid_to: to,
            };
            of_certificate(Some(&found), "A1", today)
        };
        let past = date(2020, 1, 1);
        assert_eq!(of_certificate(None, "A1", today), None);
        assert_eq!(of("A1", past, None), None);
        assert_eq!(of("A1", today, Some(today)), None, "both days count");
        assert_eq!(of("B2", past, None), Some(Check::LicenceDiffers));
        assert_eq!(of("A1", date(2026, 11, 24), None), Some(Check::LicenceOver));
        assert_eq!(of("A1", past, Some(date(2026, 11, 22))), Some(Check::LicenceOver));
    }
}
