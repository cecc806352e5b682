//! Who can be offered an agreement (`可签约`), and why not.

use crate::params::{Discovery, SchoolParams};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// State of a student's source information 生源信息.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceStatus {
    /// Imported by the school, not yet approved by the college.
    Imported,
    /// Approved by the college.
    Approved,
    /// Sent back by the college for correction.
    Returned,
}

impl SourceStatus {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Approved => "approved",
            Self::Returned => "returned",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Imported, Self::Approved, Self::Returned]
            .into_iter()
            .find(|status| status.code() == code)
    }
}

/// State of an employer's certification 认证 and of its entry 入驻 to a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// Waiting for review.
    Pending,
    /// Approved.
    Approved,
    /// Sent back with a reason.
    Returned,
}

impl Admission {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Returned => "returned",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Returned]
            .into_iter()
            .find(|status| status.code() == code)
    }
}

/// Why an agreement cannot be offered. The order is that of the explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// The employer's certification is not approved.
    EmployerNotCertified,
    /// The school has not approved the employer's entry.
    EntryNotApproved,
    /// The signing window of the year is closed.
    WindowClosed,
    /// The college has not approved the source information.
    SourceNotApproved,
    /// 定向/委培: bound to an employer by training.
    BoundByTraining,
    /// The student has a live agreement.
    AlreadySigned,
}

impl Block {
    /// All of them, for messages and tests.
    pub const ALL: [Block; 6] = [
        Self::EmployerNotCertified,
        Self::EntryNotApproved,
        Self::WindowClosed,
        Self::SourceNotApproved,
        Self::BoundByTraining,
        Self::AlreadySigned,
    ];

    /// The code under which its message is kept.
    pub fn code(self) -> &'static str {
        match self {
            Self::EmployerNotCertified => "employer_not_certified",
            Self::EntryNotApproved => "entry_not_approved",
            Self::WindowClosed => "window_closed",
            Self::SourceNotApproved => "source_not_approved",
            Self::BoundByTraining => "bound_by_training",
            Self::AlreadySigned => "already_signed",
        }
    }
}

/// The facts on which eligibility rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The employer's certification.
    pub certification: Admission,
    /// The employer's entry to the school; absent when it never asked.
    pub entry: Option<Admission>,
    /// The student's source information.
    pub source: SourceStatus,
    /// Whether the training mode binds the student (`domain.md` §3.6: 2 定向, 4 委培).
    pub bound: bool,
    /// Whether the student has another live agreement.
    pub live: bool,
}

/// Whether a training mode (培养方式 code) forbids signing: 2 定向 and 4 委培.
pub fn binds(training_mode: &str) -> bool {
    matches!(training_mode, "2" | "4")
}

/// `Ok` when an agreement may be offered now, else the first thing that stands in the way.
pub fn check(facts: &Facts, params: &SchoolParams, now: Timestamp) -> Result<(), Block> {
    let ok = |holds: bool, block: Block| if holds { Ok(()) } else { Err(block) };
    ok(
        facts.certification == Admission::Approved,
        Block::EmployerNotCertified,
    )?;
    ok(facts.entry == Some(Admission::Approved), Block::EntryNotApproved)?;
    ok(params.window_open(now), Block::WindowClosed)?;
    ok(facts.source == SourceStatus::Approved, Block::SourceNotApproved)?;
    ok(!facts.bound, Block::BoundByTraining)?;
    ok(!facts.live, Block::AlreadySigned)
}

/// How an employer has come upon a student.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Encounter {
    /// The student turned to the employer, or the employer to the student, before.
    pub met: bool,
    /// The employer gave the student's whole name and number together.
    pub named: bool,
}

/// Whether an employer may learn of a student: that there is one, the name, what stands in the way of an offer
/// (`product.md` §4, discovery). Of whom it has met before always; otherwise only of students whose source
/// information is approved, and as the school lets them be found. Who may not answers as absent.
pub fn may_know(discovery: Discovery, source: SourceStatus, encounter: Encounter) -> bool {
    let found = match discovery {
        Discovery::Browse => true,
        Discovery::Exact => encounter.named,
        Discovery::Applied => false,
    };
    encounter.met || (source == SourceStatus::Approved && found)
}

/// Like [`check`] for an agreement that was signed on paper: it does not ask whether the employer may offer here,
/// nor when it was signed.
pub fn check_paper(facts: &Facts) -> Result<(), Block> {
    let ok = |holds: bool, block: Block| if holds { Ok(()) } else { Err(block) };
    ok(facts.source == SourceStatus::Approved, Block::SourceNotApproved)?;
    ok(!facts.bound, Block::BoundByTraining)?;
    ok(!facts.live, Block::AlreadySigned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Facts = Facts {
        certification: Admission::Approved,
        entry: Some(Admission::Approved),
        source: SourceStatus::Approved,
        bound: false,
        live: false,
    };

    #[test]
    fn an_employer_knows_whom_it_met_and_whom_the_school_lets_it_find() {
        use Discovery::{Applied, Browse, Exact};
        use SourceStatus::{Approved, Imported, Returned};
        let stranger = Encounter::default();
        let named = Encounter {
            named: true,
            ..stranger
        };
        let met = Encounter {
            met: true,
            ..stranger
        };
        for (discovery, by_chance, by_name) in [
            (Browse, true, true),
            (Exact, false, true),
            (Applied, false, false),
        ] {
            assert_eq!(
                may_know(discovery, Approved, stranger),
                by_chance,
                "{discovery:?}"
            );
            assert_eq!(may_know(discovery, Approved, named), by_name, "{discovery:?}");
            for source in [Approved, Imported, Returned] {
                assert!(may_know(discovery, source, met), "{discovery:?} {source:?}");
            }
            for source in [Imported, Returned] {
                assert!(!may_know(discovery, source, named), "{discovery:?} {source:?}");
            }
        }
    }

    #[test]
    fn each_missing_condition_is_named() {
        let params = SchoolParams::default();
        let closed = SchoolParams {
            window_to: Some(jiff::civil::date(2020, 1, 1)),
            ..SchoolParams::default()
        };
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        assert_eq!(check(&GOOD, &params, now), Ok(()));
        let cases = [
            (
                Facts {
                    certification: Admission::Pending,
                    ..GOOD
                },
                Block::EmployerNotCertified,
            ),
            (Facts { entry: None, ..GOOD }, Block::EntryNotApproved),
            (
                Facts {
                    source: SourceStatus::Imported,
                    ..GOOD
                },
                Block::SourceNotApproved,
            ),
            (Facts { bound: true, ..GOOD }, Block::BoundByTraining),
            (Facts { live: true, ..GOOD }, Block::AlreadySigned),
        ];
        for (facts, block) in cases {
            assert_eq!(check(&facts, &params, now), Err(block));
        }
        assert_eq!(check(&GOOD, &closed, now), Err(Block::WindowClosed));
    }
}
