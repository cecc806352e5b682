//! From what an employer typed to lawful [`Terms`]: every error is a code beside a field, every
//! doubt a warning, and nothing typed is ever lost (the caller keeps the input).

use super::terms::{
    Archive, ArchiveKind, ContractTerm, Exemption, Household, HouseholdKind, Money, Terms,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

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
    let mut read = Reader {
        input,
        problems: Vec::new(),
    };
    let terms = read.terms(limits);
    if read.problems.is_empty() {
        let warnings = super::lint::warnings(&terms, limits);
        Ok((terms, warnings))
    } else {
        Err(read.problems)
    }
}

/// The longest supplementary clause, in characters.
pub const SUPPLEMENTARY_LENGTH: usize = 500;
/// The most supplementary clauses.
pub const SUPPLEMENTARY_COUNT: usize = 20;
const PAY_MAX: i64 = 100_000_000;

struct Reader<'a> {
    input: &'a Input,
    problems: Vec<FieldProblem>,
}

impl Reader<'_> {
    fn fault(&mut self, field: &'static str, problem: Problem) {
        self.problems.push(FieldProblem { field, problem });
    }

    fn terms(&mut self, limits: &Limits) -> Terms {
        let contract = self.contract();
        let report_from = self.date("report_from");
        let report_to = self.date("report_to");
        if report_to < report_from && self.input.text("report_to").is_some() {
            self.fault("report_to", Problem::BeforeStart);
        }
        if report_from < limits.today && self.input.text("report_from").is_some() {
            self.fault("report_from", Problem::InThePast);
        }
        Terms {
            position: self.text("position", 64),
            position_category: self.code("position_category", limits.is_position_category),
            work_province: self.code("work_province", limits.is_province),
            work_place: self.text("work_place", 128),
            major_match: self.yes_no("major_match"),
            actual_employer: self.optional("actual_employer", 128),
            contract,
            service_months: self.number("service_months", 120, false),
            probation_months: self.probation(contract),
            probation_pay: self.pay("probation_pay"),
            regular_pay: self.pay("regular_pay"),
            benefits: self.optional("benefits", 500),
            report_from,
            report_to,
            report_place: self.text("report_place", 128),
            archive: self.archive(),
            household: self.household(),
            party_relation: self.optional("party_relation", 128),
            penalty_employer: self.money("penalty_employer"),
            penalty_student: self.money("penalty_student"),
            exemptions: self.exemptions(),
            supplementary: self.supplementary(),
        }
    }

    fn optional(&mut self, field: &'static str, max: usize) -> Option<String> {
        let value: String = self.input.text(field)?.nfc().collect();
        if value.chars().count() > max {
            self.fault(field, Problem::TooLong { max });
        }
        if value.chars().any(unprintable) {
            self.fault(field, Problem::BadCharacter);
        }
        Some(value)
    }

    fn text(&mut self, field: &'static str, max: usize) -> String {
        self.optional(field, max).unwrap_or_else(|| {
            self.fault(field, Problem::Required);
            String::new()
        })
    }

    fn code(&mut self, field: &'static str, known: fn(&str) -> bool) -> String {
        match self.input.text(field) {
            None => self.fault(field, Problem::Required),
            Some(code) if !known(code) => self.fault(field, Problem::NotAChoice),
            Some(code) => return code.to_owned(),
        }
        String::new()
    }

    fn yes_no(&mut self, field: &'static str) -> Option<bool> {
        match self.input.text(field)? {
            "yes" => Some(true),
            "no" => Some(false),
            _ => {
                self.fault(field, Problem::NotAChoice);
                None
            }
        }
    }

    fn number(&mut self, field: &'static str, max: u16, required: bool) -> Option<u16> {
        let Some(text) = self.input.text(field) else {
            if required {
                self.fault(field, Problem::Required);
            }
            return None;
        };
        match text.nfkc().collect::<String>().parse::<u32>() {
            Err(_) => self.fault(field, Problem::NotANumber),
            Ok(n) if n > u32::from(max) => self.fault(field, Problem::TooLarge { max: max.into() }),
            Ok(n) => return u16::try_from(n).ok(),
        }
        None
    }

    fn money(&mut self, field: &'static str) -> Money {
        let Some(text) = self.input.text(field) else {
            self.fault(field, Problem::Required);
            return Money(0);
        };
        match parse_money(text) {
            None => self.fault(field, Problem::NotANumber),
            Some(fen) if fen > PAY_MAX * 100 => {
                self.fault(field, Problem::TooLarge { max: PAY_MAX });
            }
            Some(fen) => return Money(fen),
        }
        Money(0)
    }

    fn pay(&mut self, field: &'static str) -> Money {
        let before = self.problems.len();
        let money = self.money(field);
        if money == Money(0) && self.problems.len() == before {
            self.fault(field, Problem::NotPositive);
        }
        money
    }

    fn date(&mut self, field: &'static str) -> Date {
        match self.input.text(field).map(str::parse::<Date>) {
            None => self.fault(field, Problem::Required),
            Some(Err(_)) => self.fault(field, Problem::NotADate),
            Some(Ok(date)) => return date,
        }
        Date::MIN
    }

    fn contract(&mut self) -> ContractTerm {
        match self.input.text("contract") {
            Some("fixed") => {
                let months = self.number("contract_months", 600, true);
                if months == Some(0) {
                    self.fault("contract_months", Problem::NotPositive);
                }
                return ContractTerm::Fixed {
                    months: months.unwrap_or(0),
                };
            }
            Some("open_ended") => return ContractTerm::OpenEnded,
            Some("task") => return ContractTerm::Task,
            Some(_) => self.fault("contract", Problem::NotAChoice),
            None => self.fault("contract", Problem::Required),
        }
        ContractTerm::OpenEnded
    }

    fn probation(&mut self, contract: ContractTerm) -> u16 {
        let months = self.number("probation_months", 60, true).unwrap_or(0);
        let max = contract.probation_limit();
        let term_known = !self
            .problems
            .iter()
            .any(|p| p.field == "contract" || p.field == "contract_months");
        if months > max && term_known {
            self.fault("probation_months", Problem::ProbationTooLong { max });
        }
        months
    }

    fn archive(&mut self) -> Archive {
        let kind = self.choice("archive_kind", ArchiveKind::from_code, ArchiveKind::Origin);
        let postcode = self.optional("archive_postcode", 6);
        if let Some(code) = &postcode
            && (code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()))
        {
            self.fault("archive_postcode", Problem::NotAPostcode);
        }
        let receiver = self.optional("archive_receiver", 128);
        let address = self.optional("archive_address", 200);
        if matches!(kind, ArchiveKind::Employer | ArchiveKind::Agency) {
            if receiver.is_none() {
                self.fault("archive_receiver", Problem::Required);
            }
            if address.is_none() {
                self.fault("archive_address", Problem::Required);
            }
        }
        Archive {
            kind,
            receiver,
            address,
            postcode,
            contact: self.optional("archive_contact", 64),
            phone: self.optional("archive_phone", 32),
        }
    }

    fn household(&mut self) -> Household {
        let kind = self.choice(
            "household_kind",
            HouseholdKind::from_code,
            HouseholdKind::Stay,
        );
        let address = self.optional("household_address", 200);
        if matches!(kind, HouseholdKind::Employer | HouseholdKind::Agency) && address.is_none() {
            self.fault("household_address", Problem::Required);
        }
        Household { kind, address }
    }

    fn choice<T>(&mut self, field: &'static str, read: fn(&str) -> Option<T>, or: T) -> T {
        match self.input.text(field) {
            None => self.fault(field, Problem::Required),
            Some(code) => match read(code) {
                Some(choice) => return choice,
                None => self.fault(field, Problem::NotAChoice),
            },
        }
        or
    }

    fn exemptions(&mut self) -> Vec<Exemption> {
        let mut found = Vec::new();
        for code in self.input.all("exemptions") {
            match Exemption::from_code(code) {
                Some(exemption) => found.push(exemption),
                None => {
                    self.problems.push(FieldProblem {
                        field: "exemptions",
                        problem: Problem::NotAChoice,
                    });
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    fn supplementary(&mut self) -> Vec<String> {
        let clauses: Vec<String> = self
            .input
            .all("supplementary")
            .iter()
            .map(|text| text.trim().nfc().collect::<String>())
            .filter(|text| !text.is_empty())
            .collect();
        if clauses.len() > SUPPLEMENTARY_COUNT {
            let max = SUPPLEMENTARY_COUNT;
            self.fault("supplementary", Problem::TooMany { max });
        }
        if clauses.iter().any(|c| c.chars().count() > SUPPLEMENTARY_LENGTH) {
            let max = SUPPLEMENTARY_LENGTH;
            self.fault("supplementary", Problem::TooLong { max });
        }
        let bad = |c: char| unprintable(c) && c != '\n' && c != '\r';
        if clauses.iter().any(|text| text.chars().any(bad)) {
            self.fault("supplementary", Problem::BadCharacter);
        }
        clauses
    }
}

/// Control characters, and those that reorder text, which could make a document read otherwise
/// than it is stored.
fn unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// Reads yuan with at most two decimals: separators, full-width digits and a 元 are welcome.
pub fn parse_money(text: &str) -> Option<i64> {
    let plain: String = text
        .nfkc()
        .filter(|c| !matches!(c, ',' | ' ' | '¥' | '元'))
        .collect();
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
        return None;
    }
    let fen: i64 = format!("{decimals:0<2}").parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 100 + fen)
}
