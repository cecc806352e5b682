//! Parameters of a school (`学校参数`): what a school may decide for itself, typed, with defaults.
//!
//! Stored as one JSON value a key; an unknown key or an ill-typed value is refused when it is
//! written and ignored in favour of the default when it is read.

pub mod spec;

use crate::agreement::StateKind;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How employers may find a school's students.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discovery {
    /// A list with name, college, major and degree.
    #[default]
    Browse,
    /// Only those who sent their résumé to this employer.
    Applied,
    /// Only by name and student number together.
    Exact,
}

/// What proves, at the moment of acceptance, that it is the student who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// Nothing beyond the session.
    None,
    /// The password again, not older than five minutes.
    #[default]
    Password,
    /// A code sent to a confirmed address; the password again for whoever has none.
    Code,
}

/// What was given to prove it, as the evidence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// The password again.
    Password,
    /// A code that was sent by mail.
    Code,
}

impl Factor {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
        }
    }
}

/// What is asked for just before a signature, where a code can be sent to an address of type `A`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand<A> {
    /// Nothing more.
    Nothing,
    /// The password again.
    Password,
    /// The password again in place of a code: no mail is sent here.
    NoMail,
    /// The password again in place of a code: the person has no confirmed address.
    NoAddress,
    /// A code, sent to this address.
    Code(A),
}

impl SecondFactor {
    /// What a school that has chosen this asks for. `mail`: whether mail is sent here at all; `address`: the
    /// person's confirmed address. Nobody is kept from signing by a code that cannot reach them.
    pub fn demand<A>(self, mail: bool, address: Option<A>) -> Demand<A> {
        match (self, address) {
            (Self::None, _) => Demand::Nothing,
            (Self::Password, _) => Demand::Password,
            (Self::Code, _) if !mail => Demand::NoMail,
            (Self::Code, None) => Demand::NoAddress,
            (Self::Code, Some(address)) => Demand::Code(address),
        }
    }

    /// Whether what was given is enough. Where a code is asked for the password is enough too: whoever has no
    /// confirmed address could not act otherwise. Who has one is asked for the code alone.
    pub fn is_met(self, given: Option<Factor>) -> bool {
        match self {
            Self::None => true,
            Self::Password => given == Some(Factor::Password),
            Self::Code => given.is_some(),
        }
    }
}

/// By which channels the parties are told of something. The inbox always is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    /// The inbox alone.
    Inbox,
    /// The inbox and mail.
    #[default]
    Mail,
}

/// How agreements are numbered (`domain.md` §2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberRule {
    /// Every level (doctors, masters, bachelors, others) counts for itself, and its digit is in the number.
    #[default]
    Leveled,
    /// One count for the whole year; the level's digit is 0.
    Plain,
}

/// The most days that any school may give for an answer (`product.md` §4).
const REPLY_DAYS_MAX: u16 = 30;
/// The most days of a review or before an escalation.
const DAYS_MAX: u16 = 60;
/// The most terminations that a limit can name.
const BREACHES_MAX: u32 = 20;
/// The largest penalty cap in yuan, as the largest amount of the form.
const PENALTY_CAP_MAX: i64 = 100_000_000;

/// The parameters in force for one school and graduation year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SchoolParams {
    /// First day of the signing window; open from the beginning when absent.
    pub window_from: Option<Date>,
    /// Last day of the signing window (inclusive); never closes when absent.
    pub window_to: Option<Date>,
    /// Days a student has to answer unless the employer says otherwise.
    pub reply_days: u16,
    /// The fewest days an employer may set.
    pub reply_days_min: u16,
    /// The most days an employer may set, at most 30.
    pub reply_days_max: u16,
    /// Whether colleges review agreements.
    pub college_review: bool,
    /// Whether the school reviews agreements.
    pub school_review: bool,
    /// Days after which an agreement that waits for a review is overdue.
    pub review_days: u16,
    /// How agreements are numbered.
    pub number_rule: NumberRule,
    /// Whether an agreement may be printed before it is in force (with its watermark).
    pub print_before_effective: bool,
    /// How employers find students.
    pub discovery: Discovery,
    /// Whether an employer may ask for termination (off, as in the seed).
    pub employer_may_terminate: bool,
    /// Whether a student may ask for termination.
    pub student_may_terminate: bool,
    /// Whether the other party has to consent to a termination.
    pub counterparty_consent: bool,
    /// Days without an answer after which staff may proceed with a termination.
    pub escalate_days: u16,
    /// Whether the college reviews terminations.
    pub termination_college_review: bool,
    /// Whether the school reviews terminations (on when the college's is off: at least one reviews).
    pub termination_school_review: bool,
    /// The most terminations that may take place because the student asked; no limit when absent. One
    /// that the employer asked for does not count, nor one that was refused or taken back, nor voiding.
    pub max_breaches: Option<u32>,
    /// The second factor at acceptance and termination.
    pub second_factor: SecondFactor,
    /// A penalty above this many yuan draws a warning (besides one month's pay).
    pub penalty_cap: i64,
    /// How a student is told of a new offer.
    pub notice_offer: Channels,
    /// How a student is reminded of a deadline.
    pub notice_reminder: Channels,
    /// How it is told that an offer was withdrawn, prolonged, overtaken or not answered in time.
    pub notice_change: Channels,
    /// How an employer is told of the student's answer.
    pub notice_answer: Channels,
    /// How it is told that a review was passed, or that an agreement on paper was registered.
    pub notice_review: Channels,
    /// How it is told that a reviewer gave the agreement back.
    pub notice_return: Channels,
    /// How the other party is told of a request for termination.
    pub notice_termination: Channels,
    /// How it is told that a termination went a step further.
    pub notice_termination_step: Channels,
    /// How it is told what became of a termination.
    pub notice_termination_end: Channels,
    /// How it is told that an agreement was struck out.
    pub notice_void: Channels,
}

impl Default for SchoolParams {
    fn default() -> Self {
        Self {
            window_from: None,
            window_to: None,
            reply_days: 5,
            reply_days_min: 1,
            reply_days_max: 30,
            college_review: true,
            school_review: true,
            review_days: 5,
            number_rule: NumberRule::Leveled,
            print_before_effective: false,
            discovery: Discovery::Browse,
            employer_may_terminate: false,
            student_may_terminate: true,
            counterparty_consent: true,
            escalate_days: 7,
            termination_college_review: true,
            termination_school_review: true,
            max_breaches: None,
            second_factor: SecondFactor::Password,
            penalty_cap: 5000,
            notice_offer: Channels::Mail,
            notice_reminder: Channels::Mail,
            notice_change: Channels::Inbox,
            notice_answer: Channels::Mail,
            notice_review: Channels::Mail,
            notice_return: Channels::Mail,
            notice_termination: Channels::Mail,
            notice_termination_step: Channels::Inbox,
            notice_termination_end: Channels::Mail,
            notice_void: Channels::Mail,
        }
    }
}

/// A parameter that cannot be set so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// There is no parameter of this name.
    #[error("no such parameter: {0}")]
    Unknown(String),
    /// The value does not have the parameter's type or range.
    #[error("not a value of {0}")]
    Invalid(String),
}

impl SchoolParams {
    /// The parameters from stored values; what cannot be read keeps its default.
    pub fn from_values(values: &BTreeMap<String, Value>) -> Self {
        values.iter().fold(Self::default(), |params, (key, value)| {
            params.with(key, value).unwrap_or(params)
        })
    }

    /// The parameters from values that may not go together: for telling which do not ([`Self::conflicts`]).
    pub fn from_values_unchecked(values: &BTreeMap<String, Value>) -> Self {
        values.iter().fold(Self::default(), |params, (key, value)| {
            params.typed(key, value).unwrap_or(params)
        })
    }

    /// These parameters with one of them changed.
    pub fn with(&self, key: &str, value: &Value) -> Result<Self, ParamError> {
        let params = self.typed(key, value)?;
        if params.is_consistent() {
            Ok(params)
        } else {
            Err(ParamError::Invalid(key.into()))
        }
    }

    /// The same without asking whether the values go together.
    fn typed(&self, key: &str, value: &Value) -> Result<Self, ParamError> {
        let Ok(Value::Object(mut all)) = serde_json::to_value(self) else {
            return Err(ParamError::Invalid(key.into()));
        };
        let slot = all.get_mut(key).ok_or_else(|| ParamError::Unknown(key.into()))?;
        *slot = value.clone();
        serde_json::from_value(Value::Object(all)).map_err(|_| ParamError::Invalid(key.into()))
    }

    fn is_consistent(&self) -> bool {
        let days = 1 <= self.reply_days_min && self.reply_days_max <= REPLY_DAYS_MAX;
        let longer = [self.escalate_days, self.review_days];
        days && longer.iter().all(|days| (1..=DAYS_MAX).contains(days))
            && self.max_breaches.is_none_or(|most| most <= BREACHES_MAX)
            && (0..=PENALTY_CAP_MAX).contains(&self.penalty_cap)
            && self.conflicts().is_empty()
    }

    /// Since when an agreement that has waited for a review from `since` is overdue.
    pub fn review_due(&self, since: Timestamp) -> Timestamp {
        let hours = i64::from(self.review_days) * 24;
        since
            .saturating_add(jiff::SignedDuration::from_hours(hours))
            .unwrap_or(since)
    }

    /// Whether offers may be sent at `now` (days counted in China). An offer once sent may be
    /// accepted until its own deadline.
    pub fn window_open(&self, now: Timestamp) -> bool {
        let today = now.to_zoned(china()).date();
        self.window_from.is_none_or(|from| from <= today) && self.window_to.is_none_or(|to| today <= to)
    }

    /// Whether an agreement in this state may be printed. To be looked at, with its watermark, it is always there.
    pub fn may_print(&self, state: StateKind) -> bool {
        self.print_before_effective || state.has_number() || state == StateKind::Voided
    }

    /// Whether the school's staff has to review terminations: somebody must.
    pub fn school_reviews_termination(&self) -> bool {
        self.termination_school_review || !self.termination_college_review
    }
}

/// The one time zone of the interface: China Standard Time, UTC+8 without daylight saving.
pub fn china() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_code_is_asked_for_only_where_it_can_arrive() {
        for (mail, address, asked) in [
            (true, Some("a@b"), Demand::Code("a@b")),
            (true, None, Demand::NoAddress),
            (false, Some("a@b"), Demand::NoMail),
            (false, None, Demand::NoMail),
        ] {
            assert_eq!(SecondFactor::Code.demand(mail, address), asked);
            assert_eq!(SecondFactor::Password.demand(mail, address), Demand::Password);
            assert_eq!(SecondFactor::None.demand(mail, address), Demand::Nothing);
        }
    }

    #[test]
    fn a_stored_value_changes_its_parameter_and_no_other() {
        let values = BTreeMap::from([("college_review".to_owned(), json!(false))]);
        let params = SchoolParams::from_values(&values);
        assert_eq!(
            params,
            SchoolParams {
                college_review: false,
                ..SchoolParams::default()
            }
        );
    }

    #[test]
    fn values_that_make_no_sense_are_refused_and_never_read() {
        let params = SchoolParams::default();
        assert!(matches!(
            params.with("colour", &json!(1)),
            Err(ParamError::Unknown(_))
        ));
        assert!(matches!(
            params.with("reply_days", &json!(200)),
            Err(ParamError::Invalid(_))
        ));
        let bad = BTreeMap::from([("reply_days".to_owned(), json!("many"))]);
        assert_eq!(SchoolParams::from_values(&bad), params);
    }

    #[test]
    fn the_window_counts_whole_days_in_china() {
        let params = SchoolParams {
            window_from: Some(jiff::civil::date(2026, 10, 15)),
            window_to: Some(jiff::civil::date(2027, 8, 31)),
            ..SchoolParams::default()
        };
        let at = |text: &str| params.window_open(text.parse().unwrap());
        assert!(!at("2026-10-14T15:59:59Z"));
        assert!(at("2026-10-14T16:00:00Z"));
        assert!(at("2027-08-31T15:59:59Z"));
        assert!(!at("2027-08-31T16:00:00Z"));
    }
}
