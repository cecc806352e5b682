//! From what an employer typed to lawful [`Terms`]: every error is a code beside a field, every
//! doubt a warning, and nothing typed is ever lost (the caller keeps the input).

use super::form_in;
use super::terms::Terms;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use super::form_in::parse_money;
pub use super::form_out::to_input;

/// The fields of a submitted form, each with the values given for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input(BTreeMap<String, Vec<String>>);

impl FromIterator<(String, String)> for Input {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            fields.entry(name).or_default().push(value);
        }
        Self(fields)
    }
}

impl Input {
    /// The first value of a field as typed, empty when absent.
    pub fn raw(&self, field: &str) -> &str {
        self.0
            .get(field)
            .and_then(|values| values.first())
            .map_or("", String::as_str)
    }

    /// All values of a field.
    pub fn all(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// The first value, trimmed; `None` when nothing was typed.
    pub fn text(&self, field: &str) -> Option<&str> {
        Some(self.raw(field).trim()).filter(|value| !value.is_empty())
    }

    /// Every field with each of its values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str())))
    }

    /// Sets a field to one value.
    pub fn set(&mut self, field: &str, value: impl Into<String>) {
        self.0.insert(field.into(), vec![value.into()]);
    }

    /// Adds a value to a field.
    pub fn push(&mut self, field: &str, value: impl Into<String>) {
        self.0.entry(field.into()).or_default().push(value.into());
    }
}

/// What is wrong, or doubtful, with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "problem")]
pub enum Problem {
    /// Nothing was given.
    Required,
    /// More than `max` characters.
    TooLong {
        /// The most there may be.
        max: usize,
    },
    /// More than `max` entries.
    TooMany {
        /// The most there may be.
        max: usize,
    },
    /// Not a number.
    NotANumber,
    /// Has to be more than zero.
    NotPositive,
    /// Above what can be meant.
    TooLarge {
        /// The largest value.
        max: i64,
    },
    /// Not a date.
    NotADate,
    /// Before the day it has to follow.
    BeforeStart,
    /// A day in the past.
    InThePast,
    /// Not one of the choices.
    NotAChoice,
    /// Not six digits.
    NotAPostcode,
    /// A control character that no document can print.
    BadCharacter,
    /// 劳动合同法 §19.
    ProbationTooLong {
        /// The most months the contract allows.
        max: u16,
    },
    /// 劳动合同法 §20: probation pay under 80 % of the later pay.
    ProbationPayLow {
        /// The least lawful amount in fen.
        least: i64,
    },
    /// Above the school's cap or one month's pay.
    PenaltyAboveCap {
        /// The cap in fen.
        cap: i64,
    },
    /// The two parties would pay different amounts.
    PenaltyUneven,
    /// A supplementary clause that the law does not allow or that often harms (§2.3): the word.
    DoubtfulClause {
        /// Number of the clause, from 1.
        number: usize,
        /// The word that was found.
        word: String,
    },
    /// The reporting day lies before the usual graduation month (June of the year).
    BeforeGraduation,
}

impl Problem {
    /// The code under which its message is kept.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooLong { .. } => "too_long",
            Self::TooMany { .. } => "too_many",
            Self::NotANumber => "not_a_number",
            Self::NotPositive => "not_positive",
            Self::TooLarge { .. } => "too_large",
            Self::NotADate => "not_a_date",
            Self::BeforeStart => "before_start",
            Self::InThePast => "in_the_past",
            Self::NotAChoice => "not_a_choice",
            Self::NotAPostcode => "not_a_postcode",
            Self::BadCharacter => "bad_character",
            Self::ProbationTooLong { .. } => "probation_too_long",
            Self::ProbationPayLow { .. } => "probation_pay_low",
            Self::PenaltyAboveCap { .. } => "penalty_above_cap",
            Self::PenaltyUneven => "penalty_uneven",
            Self::DoubtfulClause { .. } => "doubtful_clause",
            Self::BeforeGraduation => "before_graduation",
        }
    }
}

/// A problem and the field it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Name of the field in the form.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What the reading of a form needs to know besides the form.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Today in China.
    pub today: Date,
    /// The graduation year of the student.
    pub year: i32,
    /// The school's cap on penalties, in yuan.
    pub penalty_cap: i64,
    /// Whether a code belongs to the dictionary of position categories.
    pub is_position_category: fn(&str) -> bool,
    /// Whether a code belongs to the dictionary of provinces.
    pub is_province: fn(&str) -> bool,
}

/// Terms and the doubts about them, or what has to be mended.
pub type Parsed = Result<(Terms, Vec<FieldProblem>), Vec<FieldProblem>>;

/// Reads the offer form.
pub fn parse(input: &Input, limits: &Limits) -> Parsed {
    let terms = form_in::terms(input, limits)?;
    let warnings = super::lint::warnings(&terms, limits);
    Ok((terms, warnings))
}

/// The longest supplementary clause, in characters.
pub const SUPPLEMENTARY_LENGTH: usize = 500;
/// The most supplementary clauses.
pub const SUPPLEMENTARY_COUNT: usize = 20;
