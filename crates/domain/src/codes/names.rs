//! Names of people: which are accepted, how two are compared, and their pinyin initials.
//!
//! Every letter of Unicode is welcome, those of the supplementary planes included; what is refused
//! cannot be part of a name or would deceive the reader.

use pinyin::ToPinyin;
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The longest name, in characters.
pub const NAME_MAX: usize = 64;

/// A name in one written form: NFC, `·` for every kind of middle dot, single blanks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or no letter.
    #[error("empty")]
    Empty,
    /// More than 64 characters; how many there were.
    #[error("{0} characters, more than 64")]
    Long(usize),
    /// A control, direction or invisible character.
    #[error("an invisible character")]
    Invisible,
    /// A character that stands for one lost in a conversion (`?`, `□`, U+FFFD).
    #[error("a lost character")]
    Lost,
}

impl PersonName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = tidy(text);
        if !name.chars().any(is_letter) {
            return Err(if name.chars().any(is_lost) {
                NameError::Lost
            } else {
                NameError::Empty
            });
        }
        if name.chars().any(is_invisible) {
            return Err(NameError::Invisible);
        }
        if name.chars().any(is_lost) {
            return Err(NameError::Lost);
        }
        match name.chars().count() {
            0..=NAME_MAX => Ok(Self(name)),
            length => Err(NameError::Long(length)),
        }
    }

    /// The name as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is compared and searched by.
    pub fn key(&self) -> String {
        name_key(&self.0)
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One written form: NFC, middle dots as `·`, blanks trimmed and single.
fn tidy(text: &str) -> String {
    let chars: Vec<char> = text.nfc().collect();
    let mut name = String::with_capacity(text.len());
    for (i, &c) in chars.iter().enumerate() {
        let between = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|&c| is_han(c));
        match c {
            '.' if between(i.checked_sub(1)) && between(Some(i + 1)) => name.push('·'),
            _ if is_dot(c) => name.push('·'),
            _ if c.is_whitespace() && !c.is_control() => {
                if !name.ends_with(' ') {
                    name.push(' ');
                }
            }
            _ => name.push(c),
        }
    }
    name.trim().to_owned()
}

/// What names are compared and searched by: two that a person takes for the same have the same key,
/// and a part of a name has a key that is part of the name's (compatibility forms, case, dots,
/// blanks, hyphens, apostrophes and variation selectors do not count).
pub fn name_key(text: &str) -> String {
    tidy(text)
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|&c| counts(c))
        .collect::<String>()
        .nfc()
        .collect()
}

fn counts(c: char) -> bool {
    let selector = matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180D}');
    let joiner = matches!(c, '·' | '.' | '-' | '‐' | '\'' | '’' | '`' | '_');
    !(c.is_whitespace() || selector || joiner || is_invisible(c))
}

/// Initials for searching by keyboard: one small letter for every Han character that has a reading
/// (the first one, but the usual one where it is a surname), and for every other word its first letter.
pub fn initials(name: &str) -> String {
    let mut found = String::new();
    let mut inside_word = false;
    for (i, c) in tidy(name).nfkc().enumerate() {
        let reading = surname_initial(c).filter(|_| i == 0);
        let letter = reading.or_else(|| c.to_pinyin().and_then(|reading| reading.plain().chars().next()));
        match letter {
            Some(letter) => found.push(letter),
            None if is_han(c) => {}
            None if c.is_alphabetic() && !inside_word => found.extend(c.to_lowercase()),
            None => {}
        }
        inside_word = letter.is_none() && !is_han(c) && (c.is_alphabetic() || matches!(c, '\'' | '’'));
    }
    found
}

/// Surnames that are read otherwise than the character alone, by a different initial.
fn surname_initial(c: char) -> Option<char> {
    Some(match c {
        '单' | '折' => 's',
        '曾' | '查' | '翟' => 'z',
        '仇' | '覃' => 'q',
        '解' => 'x',
        '区' => 'o',
        '乐' | '尉' => 'y',
        '繁' => 'p',
        '秘' => 'b',
        '种' => 'c',
        '句' => 'g',
        _ => return None,
    })
}

/// The kinds of middle dot that keyboards and old systems put into names.
fn is_dot(c: char) -> bool {
    matches!(
        c,
        '·' | '•' | '．' | '∙' | '・' | '･' | '‧' | '⋅' | '●' | '\u{0387}'
    )
}

fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
        || is_private(c)
}

/// Private use: old systems put rare characters there; shown as they are, and reported when no font has them.
fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xE000..=0xF8FF | 0xF_0000..=0xF_FFFD | 0x10_0000..=0x10_FFFD)
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_han(c)
}

fn is_lost(c: char) -> bool {
    matches!(c, '?' | '？' | '□' | '\u{FFFD}')
}

/// Controls, direction marks, zero-width characters, tags, and what can never be text.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c), 0x00AD | 0x061C | 0x115F | 0x1160 | 0x3164 | 0xFFA0 | 0x200B..=0x200F
            | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB | 0xFDD0..=0xFDEF | 0xE_0000..=0xE_007F)
        || u32::from(c) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> String {
        PersonName::parse(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn every_kind_of_middle_dot_is_the_same_dot() {
        for dot in ['·', '•', '．', '∙', '・', '‧', '.'] {
            assert_eq!(name(&format!("阿卜杜拉{dot}麦麦提")), "阿卜杜拉·麦麦提");
        }
        assert_eq!(name("J. R. R. Smith"), "J. R. R. Smith");
        assert_eq!(name_key("阿卜杜拉•麦麦提"), name_key("阿卜杜拉麦麦提"));
    }

    #[test]
    fn rare_characters_pass_unchanged() {
        for text in [
            "张𬭎",
            "李𠮷",
            "㛃",
            "䶮",
            "𫖯",
            "龘",
            "𰻝",
            "王\u{E000}",
            "Ñandú Ōe",
            "Мария Иванова",
        ] {
            assert_eq!(name(text), text);
        }
    }

    #[test]
    fn blanks_are_tidied_and_composed_forms_unified() {
        assert_eq!(name("  Anna   Maria\u{3000}Lee "), "Anna Maria Lee");
        assert_eq!(name("Jose\u{301}"), "José");
        assert_eq!(name_key("ＡＮＮＡ  Maria-Lee"), "annamarialee");
    }

    #[test]
    fn what_deceives_or_was_lost_is_refused() {
        assert_eq!(PersonName::parse("张\u{202E}三"), Err(NameError::Invisible));
        assert_eq!(PersonName::parse("张\u{200B}三"), Err(NameError::Invisible));
        assert_eq!(PersonName::parse("张\n三"), Err(NameError::Invisible));
        assert_eq!(PersonName::parse("张?"), Err(NameError::Lost));
        assert_eq!(PersonName::parse("\u{FFFD}\u{FFFD}"), Err(NameError::Lost));
        assert_eq!(PersonName::parse("  "), Err(NameError::Empty));
        assert_eq!(PersonName::parse("12345"), Err(NameError::Empty));
    }

    #[test]
    fn sixty_four_characters_are_the_limit_whatever_their_bytes() {
        assert!(PersonName::parse(&"𬭎".repeat(64)).is_ok());
        assert_eq!(PersonName::parse(&"𬭎".repeat(65)), Err(NameError::Long(65)));
        assert_eq!(PersonName::parse(&"a".repeat(300)), Err(NameError::Long(300)));
    }

    #[test]
    fn initials_follow_the_reading() {
        assert_eq!(initials("张三丰"), "zsf");
        assert_eq!(initials("单雄信"), "sxx");
        assert_eq!(initials("曾国藩"), "zgf");
        assert_eq!(initials("阿卜杜拉·麦麦提"), "abdlmmt");
        assert_eq!(initials("Anna Maria O'Neil"), "amo");
        assert_eq!(initials(""), "");
    }

    proptest! {
        #[test]
        fn no_text_panics_and_a_name_reads_again(text in "\\PC{0,80}|.{0,20}") {
            let _ = (initials(&text), name_key(&text));
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name.clone()));
                prop_assert!(name.as_str().chars().count() <= NAME_MAX);
            }
        }

        #[test]
        fn a_key_is_its_own_key(text in "\\PC{0,40}") {
            let key = name_key(&text);
            prop_assert_eq!(name_key(&key), key);
        }

        #[test]
        fn a_part_of_a_name_is_found_in_it(name in "[一-龥𠀀-𠀿·•]{2,12}", from in 0..6usize, take in 1..6usize) {
            let part: String = name.chars().skip(from).take(take).collect();
            prop_assert!(name_key(&name).contains(&name_key(&part)));
        }

        #[test]
        fn a_han_name_has_at_most_one_initial_a_character(name in "[一-龥]{1,8}") {
            prop_assert!(initials(&name).chars().count() <= name.chars().count());
        }
    }
}
