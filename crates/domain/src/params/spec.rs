//! What a school may set, one entry a parameter: its type, its range, and whether a graduation year may
//! have a value of its own. The page of the parameters is drawn from this list, and what it sends is read
//! by it, so that no parameter can be missing on the page or be set to what the rules cannot read.

use super::{DAYS_MAX, PENALTY_CAP_MAX, REPLY_DAYS_MAX, SchoolParams};
use jiff::civil::Date;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// On or off.
    Switch,
    /// A whole number within a range.
    Number {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
        /// What is counted; names the unit's text.
        unit: Unit,
    },
    /// A day.
    Day,
    /// One of some codes.
    Choice(&'static [&'static str]),
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Days,
    /// Times.
    Times,
    /// Yuan.
    Yuan,
}

impl Unit {
    /// The code of its text.
    pub fn code(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Times => "times",
            Self::Yuan => "yuan",
        }
    }
}

/// For whom a parameter can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For the school, and for a graduation year instead.
    Both,
    /// Only for a graduation year.
    Year,
    /// Only for the school.
    School,
}

impl Scope {
    /// Whether it can be set for `year`; 0 is the whole school.
    pub fn covers(self, year: i32) -> bool {
        match self {
            Self::Both => true,
            Self::Year => year != 0,
            Self::School => year == 0,
        }
    }
}

/// What belongs together on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Signing window and search.
    Signing,
    /// Offers.
    Offer,
    /// Reviews, number, printing.
    Review,
    /// Termination.
    Termination,
    /// Notices.
    Notice,
}

impl Group {
    /// All of them, in the order of the page.
    pub const ALL: [Group; 5] = [
        Self::Signing,
        Self::Offer,
        Self::Review,
        Self::Termination,
        Self::Notice,
    ];

    /// The code of its text.
    pub fn code(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Offer => "offer",
            Self::Review => "review",
            Self::Termination => "termination",
            Self::Notice => "notice",
        }
    }
}

/// One parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec {
    /// Its name, as stored.
    pub key: &'static str,
    /// Its type.
    pub kind: Kind,
    /// For whom it can be set.
    pub scope: Scope,
    /// Where it stands on the page.
    pub group: Group,
}

const fn days(max: i64) -> Kind {
    Kind::Number {
        min: 1,
        max,
        unit: Unit::Days,
    }
}

const fn spec(key: &'static str, kind: Kind, scope: Scope, group: Group) -> Spec {
    Spec {
        key,
        kind,
        scope,
        group,
    }
}

const fn notice(key: &'static str) -> Spec {
    spec(key, Kind::Choice(CHANNELS), Scope::Both, Group::Notice)
}

/// The choices of every notice.
pub const CHANNELS: &[&str] = &["mail", "inbox"];

/// Every parameter that the page offers, in its order.
#[rustfmt::skip]
pub const SPECS: [Spec; 30] = [
    spec("window_from", Kind::Day, Scope::Year, Group::Signing),
    spec("window_to", Kind::Day, Scope::Year, Group::Signing),
    spec("discovery", Kind::Choice(&["browse", "applied", "exact"]), Scope::Both, Group::Signing),
    spec("second_factor", Kind::Choice(&["password", "code", "none"]), Scope::Both, Group::Signing),
    spec("reply_days", days(REPLY_DAYS_MAX as i64), Scope::Both, Group::Offer),
    spec("reply_days_min", days(REPLY_DAYS_MAX as i64), Scope::Both, Group::Offer),
    spec("reply_days_max", days(REPLY_DAYS_MAX as i64), Scope::Both, Group::Offer),
    spec("penalty_cap", Kind::Number { min: 0, max: PENALTY_CAP_MAX, unit: Unit::Yuan }, Scope::Both, Group::Offer),
    spec("college_review", Kind::Switch, Scope::Both, Group::Review),
    spec("school_review", Kind::Switch, Scope::Both, Group::Review),
    spec("review_days", days(DAYS_MAX as i64), Scope::Both, Group::Review),
    spec("number_rule", Kind::Choice(&["leveled", "plain"]), Scope::School, Group::Review),
    spec("print_before_effective", Kind::Switch, Scope::Both, Group::Review),
    spec("student_may_terminate", Kind::Switch, Scope::Both, Group::Termination),
    spec("employer_may_terminate", Kind::Switch, Scope::Both, Group::Termination),
    spec("counterparty_consent", Kind::Switch, Scope::Both, Group::Termination),
    spec("escalate_days", days(DAYS_MAX as i64), Scope::Both, Group::Termination),
    spec("termination_college_review", Kind::Switch, Scope::Both, Group::Termination),
    spec("termination_school_review", Kind::Switch, Scope::Both, Group::Termination),
    spec("max_breaches", Kind::Number { min: 0, max: 20, unit: Unit::Times }, Scope::Both, Group::Termination),
    notice("notice_offer"),
    notice("notice_reminder"),
    notice("notice_change"),
    notice("notice_answer"),
    notice("notice_review"),
    notice("notice_return"),
    notice("notice_termination"),
    notice("notice_termination_step"),
    notice("notice_termination_end"),
    notice("notice_void"),
];

/// Why a text is no value of a parameter, or does not go with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamProblem {
    /// Not a whole number.
    NotANumber,
    /// Outside the range.
    OutOfRange {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// Not a day.
    NotADate,
    /// Not one of the choices.
    NotAChoice,
    /// The window ends before it begins.
    BeforeStart,
    /// More days at least than by default.
    MinAboveDefault,
    /// Fewer days at most than by default.
    MaxBelowDefault,
    /// Nobody would review terminations.
    NobodyReviews,
}

impl ParamProblem {
    /// The code of its text.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotANumber => "not_a_number",
            Self::OutOfRange { .. } => "out_of_range",
            Self::NotADate => "not_a_date",
            Self::NotAChoice => "not_a_choice",
            Self::BeforeStart => "before_start",
            Self::MinAboveDefault => "min_above_default",
            Self::MaxBelowDefault => "max_below_default",
            Self::NobodyReviews => "nobody_reviews",
        }
    }
}

impl Spec {
    /// Reads what was typed; nothing typed is no value of one's own.
    pub fn read(&self, typed: &str) -> Result<Option<Value>, ParamProblem> {
        // Full-width digits come from Chinese input methods.
        let text: String = typed.trim().nfkc().collect();
        if text.is_empty() {
            return Ok(None);
        }
        let value = match self.kind {
            Kind::Switch => match text.as_str() {
                "on" => Value::Bool(true),
                "off" => Value::Bool(false),
                _ => return Err(ParamProblem::NotAChoice),
            },
            Kind::Number { min, max, .. } => {
                let number: i64 = text
                    .replace(',', "")
                    .parse()
                    .map_err(|_| ParamProblem::NotANumber)?;
                if !(min..=max).contains(&number) {
                    return Err(ParamProblem::OutOfRange { min, max });
                }
                Value::from(number)
            }
            Kind::Day => {
                let day: Date = text.parse().map_err(|_| ParamProblem::NotADate)?;
                Value::from(day.to_string())
            }
            Kind::Choice(codes) => {
                if !codes.contains(&text.as_str()) {
                    return Err(ParamProblem::NotAChoice);
                }
                Value::from(text)
            }
        };
        Ok(Some(value))
    }

    /// A stored value as [`Self::read`] takes it.
    pub fn text(&self, value: &Value) -> String {
        match value {
            Value::Bool(true) => "on".into(),
            Value::Bool(false) => "off".into(),
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }
}

impl SchoolParams {
    /// The value of a parameter; `null` when there is none.
    pub fn value(&self, key: &str) -> Value {
        match serde_json::to_value(self) {
            Ok(Value::Object(mut all)) => all.remove(key).unwrap_or(Value::Null),
            _ => Value::Null,
        }
    }

    /// Values that do not go together, each with the parameter that is to be mended.
    pub fn conflicts(&self) -> Vec<(&'static str, ParamProblem)> {
        let mut found = Vec::new();
        if let (Some(from), Some(to)) = (self.window_from, self.window_to)
            && to < from
        {
            found.push(("window_to", ParamProblem::BeforeStart));
        }
        if self.reply_days_min > self.reply_days {
            found.push(("reply_days_min", ParamProblem::MinAboveDefault));
        }
        if self.reply_days_max < self.reply_days {
            found.push(("reply_days_max", ParamProblem::MaxBelowDefault));
        }
        if !self.termination_college_review && !self.termination_school_review {
            found.push(("termination_school_review", ParamProblem::NobodyReviews));
        }
        found
    }
}
