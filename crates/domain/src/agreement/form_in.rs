//! The reader of the offer form: field by field, every fault noted, none of them fatal to the rest.

use super::form::{FieldProblem, Input, Limits, Problem, SUPPLEMENTARY_COUNT, SUPPLEMENTARY_LENGTH};
use super::terms::{Archive, ArchiveKind, ContractTerm, Exemption, Household, HouseholdKind, Money, Terms};
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

/// The largest amount that can be meant, in yuan.
const PAY_MAX: i64 = 100_000_000;

/// The terms, or everything that is wrong with the input.
pub(super) fn terms(input: &Input, limits: &Limits) -> Result<Terms, Vec<FieldProblem>> {
    let mut read = Reader {
        input,
        problems: Vec::new(),
    };
    let terms = read.terms(limits);
    if read.problems.is_empty() {
        Ok(terms)
    } else {
        Err(read.problems)
    }
}

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
        let probation_months = self.probation(contract);
        let (regular_pay, probation_pay) = self.pays(probation_months);
        let (report_from, report_to) = self.report(limits.today);
        Terms {
            position: self.text("position", 64),
            position_category: self.code("position_category", limits.is_position_category),
            work_province: self.code("work_province", limits.is_province),
            work_place: self.text("work_place", 128),
            major_match: self.yes_no("major_match"),
            actual_employer: self.optional("actual_employer", 128),
            contract,
            // "0" and nothing say the same; kept as one, or else the content would differ unseen.
            service_months: self.number("service_months", 120, false).filter(|n| *n > 0),
            probation_months,
            probation_pay,
            regular_pay,
            benefits: self.long_text("benefits", 500),
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

    /// Text of one line.
    fn optional(&mut self, field: &'static str, max: usize) -> Option<String> {
        let value = self.long_text(field, max)?;
        if value.contains('\n') {
            self.fault(field, Problem::BadCharacter);
        }
        Some(value)
    }

    /// Text that may have several lines.
    fn long_text(&mut self, field: &'static str, max: usize) -> Option<String> {
        let value = clean(self.input.text(field)?);
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

    /// A whole number of months from 0 to `max`.
    fn number(&mut self, field: &'static str, max: u16, required: bool) -> Option<u16> {
        let Some(text) = self.input.text(field) else {
            if required {
                self.fault(field, Problem::Required);
            }
            return None;
        };
        let plain = squeeze(text);
        let digits = plain.strip_suffix("个月").unwrap_or(&plain);
        if !is_digits(digits) {
            self.fault(field, Problem::NotANumber);
            return None;
        }
        match digits.parse::<u16>().ok().filter(|n| *n <= max) {
            None => {
                self.fault(field, Problem::TooLarge { max: max.into() });
                None
            }
            found => found,
        }
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
        let below_zero = |text| {
            squeeze(text)
                .strip_prefix(['-', '−'])
                .is_some_and(|s| parse_money(s).is_some())
        };
        if self.input.text(field).is_some_and(below_zero) {
            self.fault(field, Problem::NotPositive);
            return Money(0);
        }
        let before = self.problems.len();
        let money = self.money(field);
        if money == Money(0) && self.problems.len() == before {
            self.fault(field, Problem::NotPositive);
        }
        money
    }

    /// Regular and probation pay. Without a probation there is no such pay: it need not be typed
    /// and is kept as the regular one.
    fn pays(&mut self, probation_months: u16) -> (Money, Money) {
        let regular = self.pay("regular_pay");
        let faulty = self.problems.iter().any(|p| p.field == "probation_months");
        if probation_months == 0 && !faulty {
            return (regular, regular);
        }
        (regular, self.pay("probation_pay"))
    }

    fn date(&mut self, field: &'static str) -> Option<Date> {
        let Some(text) = self.input.text(field) else {
            self.fault(field, Problem::Required);
            return None;
        };
        let date = parse_date(text);
        if date.is_none() {
            self.fault(field, Problem::NotADate);
        }
        date
    }

    fn report(&mut self, today: Date) -> (Date, Date) {
        let (from, to) = (self.date("report_from"), self.date("report_to"));
        if from.is_some_and(|from| from < today) {
            self.fault("report_from", Problem::InThePast);
        }
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            self.fault("report_to", Problem::BeforeStart);
        }
        (from.unwrap_or_default(), to.unwrap_or_default())
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
        let postcode = self.input.text("archive_postcode").map(squeeze);
        if postcode
            .as_deref()
            .is_some_and(|code| code.len() != 6 || !is_digits(code))
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
        let kind = self.choice("household_kind", HouseholdKind::from_code, HouseholdKind::Stay);
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
        let codes = self.input.all("exemptions").iter();
        let read: Option<Vec<_>> = codes.map(|code| Exemption::from_code(code)).collect();
        let mut found = read.unwrap_or_else(|| {
            self.fault("exemptions", Problem::NotAChoice);
            Vec::new()
        });
        found.sort();
        found.dedup();
        found
    }

    fn supplementary(&mut self) -> Vec<String> {
        let typed = self.input.all("supplementary").iter();
        let clauses: Vec<String> = typed
            .map(|text| clean(text.trim()))
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
        if clauses.iter().any(|text| text.chars().any(unprintable)) {
            self.fault("supplementary", Problem::BadCharacter);
        }
        clauses
    }
}

/// One form for the same text: composed characters (NFC), one sort of line end, no tabs.
fn clean(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    lines.nfc().collect()
}

/// Control characters, and those that reorder or break text unseen, which could make a document
/// read otherwise than it is stored.
pub(super) fn unprintable(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
        || matches!(
            c,
            '\u{061c}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

/// Full-width forms made plain, blanks dropped.
fn squeeze(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Reads a day as browsers send it and as people write it: 2027-07-01, 2027/7/1, 2027年7月1日.
fn parse_date(text: &str) -> Option<Date> {
    let plain = squeeze(text);
    let plain = plain.strip_suffix('日').unwrap_or(&plain);
    let parts: Vec<&str> = plain.split(['-', '/', '.', '年', '月']).collect();
    let [year, month, day] = parts[..] else {
        return None;
    };
    let fits = year.len() == 4 && month.len() <= 2 && day.len() <= 2;
    if !fits || !parts.iter().all(|part| is_digits(part)) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Reads yuan with at most two decimals, into fen: full-width digits, blanks, separators every
/// three digits, ¥ or 人民币 before and 元 after are welcome. Nothing else is guessed at: a wrong
/// reading would be a wrong salary.
pub fn parse_money(text: &str) -> Option<i64> {
    let plain = squeeze(text);
    let plain = plain.strip_prefix("人民币").unwrap_or(&plain);
    let plain = plain.strip_prefix('¥').unwrap_or(plain);
    let plain = plain.strip_suffix('元').unwrap_or(plain);
    let (whole, decimals) = plain.split_once('.').unwrap_or((plain, "0"));
    let mut groups = whole.split(',');
    let mut digits = groups.next()?.to_owned();
    if whole.contains(',') && !(1..=3).contains(&digits.len()) {
        return None;
    }
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    if !is_digits(&digits) || digits.len() > 15 || !is_digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let fen: i64 = format!("{decimals:0<2}").parse().ok()?;
    Some(digits.parse::<i64>().ok()? * 100 + fen)
}
