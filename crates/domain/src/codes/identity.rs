//! 公民身份号码 (GB 11643-1999) and other identity documents.
//!
//! A number is personal data: it shows itself only when asked to, never in `Debug` or `Display`.

use jiff::civil::Date;
use std::fmt;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
/// The ages at which somebody is plausibly a graduate.
const AGES: std::ops::RangeInclusive<i16> = 15..=70;

/// The number of an identity document: an 18-digit 公民身份号码 (also that of a residence permit for
/// Hong Kong, Macao and Taiwan residents), or the number of a passport or travel permit.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdNumber(String);

/// Why a text is not the number of an identity document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Neither 18 digits nor the form of a passport or travel permit.
    #[error("wrong form")]
    Form,
    /// Digits 7 to 14 are no date.
    #[error("no real date of birth")]
    Date,
    /// The last character does not fit the others.
    #[error("wrong check character")]
    Checksum,
    /// Born in the future, or not of an age to graduate.
    #[error("implausible age")]
    Age,
}

impl IdNumber {
    /// Reads a number; a small x and blanks are forgiven.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let number: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if is_card(&number) {
            check_card(&number).map(|()| Self(number))
        } else if is_other(&number) {
            Ok(Self(number))
        } else {
            Err(IdError::Form)
        }
    }

    /// The number itself, for sealing, indexing and printing.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is a 公民身份号码, which tells birth and gender.
    pub fn is_card(&self) -> bool {
        is_card(&self.0)
    }

    /// Date of birth, where the number tells it.
    pub fn birth(&self) -> Option<Date> {
        self.is_card().then(|| birth(&self.0)).flatten()
    }

    /// Gender (GB/T 2261.1: 1 male, 2 female), where the number tells it.
    pub fn gender(&self) -> Option<&'static str> {
        let digit = self.is_card().then(|| self.0.as_bytes()[16] - b'0')?;
        Some(if digit % 2 == 1 { "1" } else { "2" })
    }

    /// Whether the owner is of an age to graduate on this day (15 to 70), as far as the number tells.
    pub fn check_age(&self, today: Date) -> Result<(), IdError> {
        let Some(birth) = self.birth() else { return Ok(()) };
        let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
        let age = today.year() - birth.year() - i16::from(!had_birthday);
        if AGES.contains(&age) {
            Ok(())
        } else {
            Err(IdError::Age)
        }
    }

    /// Whether the first two digits are those of a province (or of the residence permits for Hong Kong,
    /// Macao and Taiwan residents 81–83, or of permanent residents 9). An unknown one is worth a warning.
    pub fn region_known(&self) -> bool {
        let head = &self.0[..2];
        !self.is_card()
            || head.starts_with('9')
            || head == "83"
            || super::PROVINCE.find(&format!("{head}0000")).is_some()
    }

    /// The number with its middle hidden.
    pub fn masked(&self) -> String {
        let length = self.0.len();
        let (head, tail) = if length >= 15 { (3, 2) } else { (1, 2) };
        format!(
            "{}{}{}",
            &self.0[..head],
            "*".repeat(length - head - tail),
            &self.0[length - tail..]
        )
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdNumber(***)")
    }
}

impl fmt::Display for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

fn is_card(number: &str) -> bool {
    let bytes = number.as_bytes();
    bytes.len() == 18
        && bytes[..17].iter().all(u8::is_ascii_digit)
        && (bytes[17].is_ascii_digit() || bytes[17] == b'X')
}

/// Passports and travel permits: a letter first, then letters and digits, at least five digits.
fn is_other(number: &str) -> bool {
    (6..=20).contains(&number.len())
        && number.chars().all(|c| c.is_ascii_alphanumeric())
        && number.starts_with(|c: char| c.is_ascii_alphabetic())
        && number.chars().filter(char::is_ascii_digit).count() >= 5
}

fn check_card(number: &str) -> Result<(), IdError> {
    birth(number).ok_or(IdError::Date)?;
    if number.ends_with(check_character(number)) {
        Ok(())
    } else {
        Err(IdError::Checksum)
    }
}

fn birth(number: &str) -> Option<Date> {
    let part = |range: std::ops::Range<usize>| number.get(range)?.parse::<i16>().ok();
    let (year, month, day) = (part(6..10)?, part(10..12)?, part(12..14)?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
        .ok()
        .filter(|_| year >= 1800)
}

/// The 18th character for the first 17 digits.
fn check_character(number: &str) -> char {
    let sum: u32 = number
        .chars()
        .zip(WEIGHTS)
        .map(|(c, weight)| c.to_digit(10).unwrap_or(0) * weight)
        .sum();
    CHECKS[(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_the_standard_pass_and_tell_birth_and_gender() {
        let woman = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(woman.birth(), Some(date(1949, 12, 31)));
        assert_eq!(woman.gender(), Some("2"));
        let man = IdNumber::parse("440524188001010014").unwrap();
        assert_eq!((man.birth(), man.gender()), (Some(date(1880, 1, 1)), Some("1")));
        assert_eq!(IdNumber::parse(" 110105 19491231 002x").unwrap(), woman);
    }

    #[test]
    fn each_mistake_has_its_own_error() {
        assert_eq!(IdNumber::parse("110105194912310021"), Err(IdError::Checksum));
        assert_eq!(IdNumber::parse("110105194902300021"), Err(IdError::Date));
        assert_eq!(IdNumber::parse("110105491231002"), Err(IdError::Form));
        assert_eq!(IdNumber::parse("1.10105E+17"), Err(IdError::Form));
        assert_eq!(IdNumber::parse(""), Err(IdError::Form));
        assert_eq!(IdNumber::parse("身份证号码身份证"), Err(IdError::Form));
    }

    #[test]
    fn passports_and_travel_permits_are_accepted_without_a_check() {
        let passport = IdNumber::parse("e12345678").unwrap();
        assert_eq!(passport.expose(), "E12345678");
        assert_eq!(
            (passport.birth(), passport.gender(), passport.is_card()),
            (None, None, false)
        );
        assert_eq!(passport.check_age(date(2026, 1, 1)), Ok(()));
        assert!(passport.region_known());
        assert_eq!(passport.masked(), "E******78");
    }

    #[test]
    fn only_people_of_an_age_to_graduate_pass() {
        let number = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(number.check_age(date(1964, 12, 30)), Err(IdError::Age));
        assert_eq!(number.check_age(date(1964, 12, 31)), Ok(()));
        assert_eq!(number.check_age(date(2020, 12, 30)), Ok(()));
        assert_eq!(number.check_age(date(2020, 12, 31)), Err(IdError::Age));
        assert_eq!(number.check_age(date(1940, 1, 1)), Err(IdError::Age));
    }

    #[test]
    fn a_number_hides_itself() {
        let number = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(format!("{number:?} {number}"), "IdNumber(***) ***");
        assert_eq!(number.masked(), "110*************2X");
        assert!(number.region_known());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            if let Ok(number) = IdNumber::parse(&text) {
                let _ = (number.birth(), number.gender(), number.masked(), number.region_known());
            }
        }

        #[test]
        fn one_wrong_digit_is_always_noticed(
            days in 0..20_000i32, order in 0..1000u32, place in 0..17usize, step in 1..10u8,
        ) {
            let birth = date(1960, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let body = format!("320106{}{order:03}", birth.strftime("%Y%m%d"));
            let good = format!("{body}{}", check_character(&body));
            let number = IdNumber::parse(&good).unwrap();
            prop_assert_eq!(number.birth(), Some(birth));
            prop_assert_eq!(number.gender(), Some(if order % 2 == 1 { "1" } else { "2" }));
            let mut bytes = good.into_bytes();
            bytes[place] = b'0' + (bytes[place] - b'0' + step) % 10;
            prop_assert!(IdNumber::parse(&String::from_utf8(bytes).unwrap()).is_err());
        }
    }
}
