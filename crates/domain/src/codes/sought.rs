//! What somebody types to find a student or an agreement: part of a name, a whole number, or both.

use super::names::name_key;
use unicode_normalization::UnicodeNormalization;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Sought {
    /// Part of a name as a search key (see [`name_key`]), or its initials.
    Name(String),
    /// A whole number (学号, 协议编号) in the ways it may be written: as typed, in large and in small letters.
    Number(Vec<String>),
    /// A whole name as a search key, and a whole number.
    Both(String, Vec<String>),
}

impl Sought {
    /// Reads what was typed; nothing when there is nothing to look for. No name has digits, and every number
    /// has: so a number is looked up in an index instead of in all names.
    pub fn of(typed: &str) -> Option<Self> {
        let text: String = typed.nfkc().filter(|c| !c.is_control()).collect();
        let text = text.trim();
        if is_number(text) {
            return Some(Self::Number(spellings(text)));
        }
        let split = text.rsplit_once(char::is_whitespace);
        if let Some((name, number)) = split.filter(|(_, number)| is_number(number)) {
            let key = name_key(name);
            if !key.is_empty() {
                return Some(Self::Both(key, spellings(number)));
            }
        }
        Some(name_key(text)).filter(|key| !key.is_empty()).map(Self::Name)
    }

    /// The number, if one was typed.
    pub fn numbers(&self) -> Option<&[String]> {
        match self {
            Self::Name(_) => None,
            Self::Number(numbers) | Self::Both(_, numbers) => Some(numbers),
        }
    }
}

fn is_number(text: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    text.chars().all(sign) && text.chars().any(|c| c.is_ascii_digit())
}

/// Schools write the letters of their numbers large or small, and people type them either way.
fn spellings(number: &str) -> Vec<String> {
    let mut all = vec![
        number.to_owned(),
        number.to_ascii_uppercase(),
        number.to_ascii_lowercase(),
    ];
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(all: &[&str]) -> Vec<String> {
        all.iter().map(|&number| number.to_owned()).collect()
    }

    #[test]
    fn a_number_is_sought_as_it_may_be_written() {
        assert_eq!(
            Sought::of(" 2023040059 "),
            Some(Sought::Number(numbers(&["2023040059"])))
        );
        assert_eq!(
            Sought::of("m2024020012"),
            Some(Sought::Number(numbers(&["M2024020012", "m2024020012"])))
        );
        assert_eq!(Sought::of("２０２３"), Some(Sought::Number(numbers(&["2023"]))));
        assert_eq!(
            Sought::of("S-12"),
            Some(Sought::Number(numbers(&["S-12", "s-12"])))
        );
    }

    #[test]
    fn a_name_is_sought_by_its_key() {
        assert_eq!(Sought::of("赵 雪莹"), Some(Sought::Name("赵雪莹".into())));
        assert_eq!(Sought::of("ZXY"), Some(Sought::Name("zxy".into())));
        assert_eq!(
            Sought::of("阿依古丽·买买提"),
            Some(Sought::Name("阿依古丽买买提".into()))
        );
        assert_eq!(Sought::of("  "), None);
        assert_eq!(Sought::of("\u{0}"), None);
    }

    #[test]
    fn a_name_and_a_number_are_both_sought() {
        let both = Sought::Both("赵雪莹".into(), numbers(&["M2024", "m2024"]));
        assert_eq!(Sought::of("赵雪莹　M2024"), Some(both.clone()));
        assert_eq!(Sought::of("赵 雪莹 M2024"), Some(both));
    }
}
