//! 统一社会信用代码 (GB 32100-2015) and 组织机构代码 (GB 11714-1997).
//!
//! A wrong check character is only a warning: real certificates with one are in circulation.

use std::fmt;

/// The characters of a code, in the order of their values: digits and letters without I O S V Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;

/// A 统一社会信用代码: 18 characters of the right alphabet, in capitals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

/// Why a text is not a 统一社会信用代码 at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters; how many there were.
    #[error("{0} characters instead of 18")]
    Length(usize),
    /// A character that cannot occur, at this place (from 1).
    #[error("a character that cannot occur at place {0}")]
    Charset(usize),
}

/// What looks wrong about a code but does not forbid it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsccWarning {
    /// The last character should be this one.
    Checksum(char),
}

impl Uscc {
    /// Reads a code; small letters and surrounding or inner blanks are forgiven.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        let code: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let length = code.chars().count();
        if length != LENGTH {
            return Err(UsccError::Length(length));
        }
        match code.chars().position(|c| value(c).is_none()) {
            Some(place) => Err(UsccError::Charset(place + 1)),
            None => Ok(Self(code)),
        }
    }

    /// What looks wrong about it.
    pub fn warning(&self) -> Option<UsccWarning> {
        let expected = check_character(&self.0);
        (!self.0.ends_with(expected)).then_some(UsccWarning::Checksum(expected))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 登记管理机关行政区划码: the six digits of the place that registered it.
    pub fn region(&self) -> &str {
        &self.0[2..8]
    }

    /// 组织机构代码: characters 9 to 17, its own check character included.
    pub fn organisation(&self) -> &str {
        &self.0[8..17]
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn value(c: char) -> Option<usize> {
    ALPHABET.iter().position(|&known| char::from(known) == c)
}

/// The 18th character for the first 17: (31 − Σ value·3^(place−1)) mod 31.
fn check_character(code: &str) -> char {
    let mut weight = 1;
    let mut sum = 0;
    for c in code.chars().take(LENGTH - 1) {
        sum += value(c).unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    char::from(ALPHABET[(31 - sum % 31) % 31])
}

/// The check character of the eight characters of a 组织机构代码 (GB 11714: weights 3 7 9 10 5 8 4 2,
/// 11 − Σ mod 11, 10 is X, 11 is 0); `None` when they are not eight digits or letters.
pub fn organisation_check(code: &str) -> Option<char> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    if code.chars().count() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (c, weight) in code.chars().zip(WEIGHTS) {
        sum += c.to_digit(36)? * weight;
    }
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn real_codes_pass() {
        for code in [
            "91350100M000100Y43",
            "9131000063159284XQ",
            "91512081MA62K0260E",
            "11320000MB151840XJ",
            "12100000400002259P",
            "91330100799655058B",
        ] {
            assert_eq!(Uscc::parse(code).unwrap().warning(), None, "{code}");
        }
        assert_eq!(
            Uscc::parse(" 9131 0000 6315 9284 xq").unwrap().as_str(),
            "9131000063159284XQ"
        );
    }

    #[test]
    fn a_code_with_another_check_character_only_warns() {
        let warning = |code| Uscc::parse(code).unwrap().warning();
        assert_eq!(warning("91350211M0000XUF46"), Some(UsccWarning::Checksum('R')));
        assert_eq!(warning("91350100M0001TGQXM"), Some(UsccWarning::Checksum('1')));
    }

    #[test]
    fn what_cannot_be_a_code_is_refused() {
        assert_eq!(Uscc::parse("91350100M000100Y4Z"), Err(UsccError::Charset(18)));
        assert_eq!(Uscc::parse("9135O100M000100Y43"), Err(UsccError::Charset(5)));
        assert_eq!(Uscc::parse(""), Err(UsccError::Length(0)));
        assert_eq!(
            Uscc::parse("统一社会信用代码统一社会信用代码统一"),
            Err(UsccError::Charset(1))
        );
    }

    #[test]
    fn parts_of_a_code() {
        let code = Uscc::parse("9131000063159284XQ").unwrap();
        assert_eq!((code.region(), code.organisation()), ("310000", "63159284X"));
    }

    #[test]
    fn organisation_codes_have_their_own_check() {
        assert_eq!(organisation_check("63159284"), Some('X'));
        assert_eq!(organisation_check("MA62K026"), Some('0'));
        assert_eq!(organisation_check("M000100Y"), Some('4'));
        assert_eq!(organisation_check("M000100"), None);
        assert_eq!(organisation_check("M000-00Y"), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            if let Ok(code) = Uscc::parse(&text) {
                let _ = (code.warning(), code.region(), code.organisation());
            }
            let _ = organisation_check(&text);
        }

        #[test]
        fn one_wrong_character_is_always_noticed(
            body in "[0-9ABCDEFGHJKLMNPQRTUWXY]{17}", place in 0..17usize, step in 1..31usize,
        ) {
            let good = format!("{body}{}", check_character(&body));
            prop_assert_eq!(Uscc::parse(&good).unwrap().warning(), None);
            let mut bytes = good.into_bytes();
            let old = value(char::from(bytes[place])).unwrap();
            bytes[place] = ALPHABET[(old + step) % 31];
            prop_assert!(Uscc::parse(&String::from_utf8(bytes).unwrap()).unwrap().warning().is_some());
        }
    }
}
