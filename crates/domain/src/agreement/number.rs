//! The number 协议编号: year, school code, level, sequence and a check character (`domain.md` §2.5).
//! Issued when the agreement takes effect, unique for ever in the school, never used again.

use crate::params::NumberRule;

/// ISO 7064 MOD 37,36: the alphabet is 0–9, A–Z.
const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The digit that stands for the level, and names the sequence to count in.
pub fn digit(rule: NumberRule, degree: &str) -> u8 {
    match rule {
        NumberRule::Leveled => level(degree),
        NumberRule::Plain => 0,
    }
}

/// The level digit of a degree code (学历, `domain.md` §3.6): 1 博士, 2 硕士, 3 本科, 4 专科.
pub fn level(degree: &str) -> u8 {
    match degree.as_bytes().first() {
        Some(b'0') => 1,
        Some(b'1') => 2,
        Some(b'4') => 4,
        _ => 3,
    }
}

/// Builds a number; `sequence` counts from 1 in school, year and level.
pub fn build(year: i32, school_code: &str, level: u8, sequence: i64) -> String {
    let body = format!("{year:04}{school_code}{level}{sequence:07}");
    let check = check_character(&body);
    format!("{body}{check}")
}

/// Whether the check character fits.
pub fn is_valid(number: &str) -> bool {
    let mut chars: Vec<char> = number.chars().collect();
    let Some(check) = chars.pop() else {
        return false;
    };
    let body: String = chars.into_iter().collect();
    body.len() >= 13 && position(check).is_some() && check_character(&body) == check
}

/// The code of the school that a number names, if it is a number at all.
pub fn school(number: &str) -> Option<&str> {
    is_valid(number).then(|| number.get(4..9))?
}

fn position(c: char) -> Option<u32> {
    c.to_digit(36).filter(|_| !c.is_ascii_lowercase())
}

fn check_character(body: &str) -> char {
    let product = body.chars().fold(36, |product: u32, c| {
        let sum = (product + position(c).unwrap_or(0)) % 36;
        (if sum == 0 { 36 } else { sum } * 2) % 37
    });
    let index = (37 - product) % 36;
    char::from(ALPHABET[index as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_carries_year_school_level_and_sequence() {
        let number = build(2026, "10359", level("31"), 1234);
        assert!(number.starts_with("20261035930001234"));
        assert!(is_valid(&number));
        assert_eq!(school(&number), Some("10359"));
        assert_eq!(school("20261035930001234"), None);
    }

    #[test]
    fn any_single_wrong_character_is_noticed() {
        let number = build(2027, "10001", 2, 42);
        for i in 0..number.len() {
            for &c in ALPHABET {
                let mut bytes = number.clone().into_bytes();
                if bytes[i] == c {
                    continue;
                }
                bytes[i] = c;
                let wrong = String::from_utf8(bytes).unwrap();
                assert!(!is_valid(&wrong), "{wrong}");
            }
        }
    }
}
