//! Characters that cannot be printed: no font has them, or they would not be seen for what they
//! are. The document shows their code point in their place: 〓〔U+323B0〕.

use crate::engine::Engine;
use crate::inspect::Page;
use domain::document::MissingGlyph;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Fields of the filled form that are not text to be read.
const NOT_TEXT: [&str; 2] = ["fonts", "qr"];
/// Fields that must stay in one piece.
const NOT_BROKEN: [&str; 2] = ["hash", "verify"];
/// A run of Latin letters and digits longer than this may be broken anywhere, in characters.
const LONGEST_WORD: usize = 24;

/// The characters of one document that cannot be printed.
pub struct Unprintable(BTreeSet<char>);

impl Unprintable {
    /// Those of the filled form that `engine` has no glyph for.
    pub fn of(filled: &Value, engine: &Engine) -> Self {
        let mut found = BTreeSet::new();
        each_text(filled, &mut String::new(), &mut |_, text| {
            found.extend(
                text.chars()
                    .filter(|ch| !is_layout(*ch) && !is_ignorable(*ch))
                    .filter(|ch| {
                        is_private(*ch) || is_reordering(*ch) || ch.is_control() || !engine.covers(*ch)
                    }),
            );
        });
        Self(found)
    }

    /// As if everything could be printed.
    #[cfg(test)]
    pub fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// Adds what shaping found to be missing all the same; whether any of it is new.
    pub fn add(&mut self, found: &[char]) -> bool {
        let before = self.0.len();
        self.0.extend(found);
        self.0.len() > before
    }

    /// The form with every unprintable character replaced by its code point, and all texts made
    /// fit for the page.
    pub fn replace(&self, filled: &Value) -> Value {
        let mut data = self.replaced("", filled);
        if let Value::Object(fields) = &mut data {
            fields.insert("replaced".into(), Value::Bool(!self.0.is_empty()));
        }
        data
    }

    fn replaced(&self, key: &str, value: &Value) -> Value {
        match value {
            Value::String(text) if NOT_TEXT.contains(&key) => Value::String(text.clone()),
            Value::String(text) => {
                let text = self.printable(text);
                Value::String(if NOT_BROKEN.contains(&key) {
                    text
                } else {
                    breakable(&text)
                })
            }
            Value::Array(items) => Value::Array(items.iter().map(|item| self.replaced(key, item)).collect()),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, item)| (name.clone(), self.replaced(name, item)))
                .collect(),
            other => other.clone(),
        }
    }

    fn printable(&self, text: &str) -> String {
        let mut printed = String::with_capacity(text.len());
        let text = text.replace("\r\n", "\n");
        for ch in text.chars() {
            match ch {
                '\r' | '\u{2028}' | '\u{2029}' => printed.push('\n'),
                '\t' => printed.push(' '),
                ch if self.0.contains(&ch) => printed.push_str(&stand_in(ch)),
                // A variation selector chooses a glyph; the other ignorables have nothing to print.
                ch if is_ignorable(ch) && !is_variation(ch) => {}
                ch => printed.push(ch),
            }
        }
        printed
    }

    /// Where they stand in the finished document.
    pub fn on(&self, pages: &[Page]) -> Vec<MissingGlyph> {
        let mut missing = Vec::new();
        for ch in self.0.iter().copied() {
            let mark = stand_in(ch);
            let before = missing.len();
            let numbered = pages
                .iter()
                .enumerate()
                .filter(|(_, page)| page.text.contains(&mark));
            missing.extend(numbered.map(|(at, _)| MissingGlyph { ch, page: at + 1 }));
            if missing.len() == before {
                // Torn by a page break; it is somewhere.
                missing.push(MissingGlyph { ch, page: 1 });
            }
        }
        missing
    }
}

/// What is printed in place of `ch`.
fn stand_in(ch: char) -> String {
    format!("〓〔U+{:04X}〕", u32::from(ch))
}

/// Calls `f` with the path and content of every text of the filled form.
pub fn each_text(value: &Value, path: &mut String, f: &mut dyn FnMut(&str, &str)) {
    let length = path.len();
    match value {
        Value::String(text) => f(path, text),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let _ = write!(path, "/{at}");
                each_text(item, path, f);
                path.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields
                .iter()
                .filter(|(name, _)| !NOT_TEXT.contains(&name.as_str()))
            {
                path.push('/');
                path.push_str(name);
                each_text(item, path, f);
                path.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Lets long runs without a place to break (an address on the network, a foreign name) be
/// broken, so that they stay within their box.
fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = 0;
    for ch in text.chars() {
        run = if ch.is_ascii_graphic() || (ch.is_alphabetic() && !is_wide(ch)) {
            run + 1
        } else {
            0
        };
        if run > LONGEST_WORD {
            out.push('\u{200B}');
            run = 1;
        }
        out.push(ch);
    }
    out
}

/// Whether `ch` takes the width of a Chinese character.
pub fn is_wide(ch: char) -> bool {
    matches!(u32::from(ch), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
        | 0xFE30..=0xFE4F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x2_0000..=0x3_FFFD)
}

/// At most this wide is `text` on one line, in hundredths of an em, if that is known of all its characters.
pub fn widest(text: &str) -> Option<usize> {
    /// A space that the typesetter puts between Chinese and Latin.
    const BETWEEN: usize = 25;
    let mut sum = 0;
    let mut before = None;
    for ch in text.chars() {
        let wide = is_wide(ch);
        sum += if wide { 100 } else { narrow(ch)? };
        if before.replace(wide).is_some_and(|before| before != wide) {
            sum += BETWEEN;
        }
    }
    Some(sum)
}

/// At most this wide is a character of ASCII in the regular font, in hundredths of an em.
fn narrow(ch: char) -> Option<usize> {
    match ch {
        ' ' => Some(30),
        '%' | '&' | '@' | 'm' | 'w' | 'A'..='Z' => Some(110),
        '!'..='~' => Some(69),
        _ => None,
    }
}

/// Whether `ch` is never seen by itself (Unicode Default_Ignorable_Code_Point).
pub fn is_ignorable(ch: char) -> bool {
    is_variation(ch)
        || matches!(u32::from(ch), 0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2060..=0x2065 | 0x206A..=0x206F | 0x3164 | 0xFEFF | 0xFFA0 | 0xE_0000..=0xE_00FF
            | 0xE_01F0..=0xE_0FFF)
}

fn is_variation(ch: char) -> bool {
    matches!(u32::from(ch), 0xFE00..=0xFE0F | 0xE_0100..=0xE_01EF)
}

/// Line and column control that the page can do.
fn is_layout(ch: char) -> bool {
    matches!(ch, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}')
}

/// Turns the order of what follows around: an amount could read otherwise than it is.
fn is_reordering(ch: char) -> bool {
    matches!(u32::from(ch), 0x202A..=0x202E | 0x2066..=0x2069)
}

/// Private use: what a font draws there is its own business, not what the author meant.
fn is_private(ch: char) -> bool {
    matches!(u32::from(ch), 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_long_word_may_be_broken_and_a_hash_may_not() {
        let word = "a".repeat(60);
        let data = Unprintable::none().replace(&json!({"name": word, "hash": word}));
        assert_eq!(data["name"].as_str().unwrap().matches('\u{200B}').count(), 2);
        assert_eq!(data["hash"], word);
    }

    #[test]
    fn an_unprintable_character_becomes_its_code_point() {
        let data = Unprintable(BTreeSet::from(['\u{323B0}']))
            .replace(&json!({"name": ["张\u{323B0}"], "qr": "\u{323B0}"}));
        assert_eq!(
            data,
            json!({"name": ["张〓〔U+323B0〕"], "qr": "\u{323B0}", "replaced": true})
        );
    }

    #[test]
    fn line_ends_stay_and_the_invisible_goes() {
        let data = Unprintable::none().replace(&json!(["一\r\n二\u{200B}三\u{FEFF}\u{E0100}\t四"]));
        assert_eq!(data, json!(["一\n二三\u{E0100} 四"]));
    }
}
