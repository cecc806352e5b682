//! The text of a clause: words and fields, read with the place of everything that is wrong in it.

use super::fields::{self, Field};
use crate::agreement::form_in::unprintable;
use crate::agreement::terms::Terms;

/// A place in a text, both counted from 1 and in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no text.
    Empty,
    /// More characters than allowed.
    TooLong {
        /// The most.
        max: usize,
        /// How many there are.
        count: usize,
    },
    /// A character that cannot be printed or that reorders text unseen.
    BadCharacter {
        /// Its code point.
        code: u32,
    },
    /// `{` without `}` on the same line.
    Unclosed,
    /// `}` without `{`.
    Unopened,
    /// `{}`.
    NoName,
    /// A field that does not exist.
    UnknownField {
        /// As it was written.
        name: String,
        /// The one that was probably meant.
        meant: Option<&'static str>,
    },
    /// A field in a clause that is to be the same in every agreement.
    FieldInFixed {
        /// The field.
        name: &'static str,
    },
    /// A heading that begins with a number of its own.
    Numbered,
    /// A heading that another clause has.
    SameTitle {
        /// That clause, counted from 1.
        other: usize,
    },
    /// A clause that stands twice.
    SameKey {
        /// The other one, counted from 1.
        other: usize,
    },
    /// Nobody confirms it.
    NobodyConfirms,
    /// More clauses than allowed.
    TooMany {
        /// The most.
        max: usize,
    },
    /// A clause that no template may lack.
    MissingClause {
        /// Its key.
        key: &'static str,
        /// Its heading.
        title: &'static str,
    },
    /// Something that the parties agree on stands in no clause.
    MissingTerm {
        /// What.
        term: fields::Term,
        /// The field that says it.
        field: &'static str,
    },
}

impl Fault {
    /// The code of its text.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too_long",
            Self::BadCharacter { .. } => "bad_character",
            Self::Unclosed => "unclosed",
            Self::Unopened => "unopened",
            Self::NoName => "no_name",
            Self::UnknownField { meant: None, .. } => "unknown_field",
            Self::UnknownField { .. } => "unknown_field_meant",
            Self::FieldInFixed { .. } => "field_in_fixed",
            Self::Numbered => "numbered",
            Self::SameTitle { .. } => "same_title",
            Self::SameKey { .. } => "same_key",
            Self::NobodyConfirms => "nobody_confirms",
            Self::TooMany { .. } => "too_many",
            Self::MissingClause { .. } => "missing_clause",
            Self::MissingTerm { .. } => "missing_term",
        }
    }
}

/// A piece of a clause.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Words.
    Text(String),
    /// What the terms say, and where it was written.
    Field(&'static Field, Spot),
}

/// Braces as keyboards for Chinese write them mean the same.
fn brace(c: char) -> char {
    match c {
        '｛' => '{',
        '｝' => '}',
        c => c,
    }
}

/// The pieces of a text, or everything that is wrong with its braces and fields.
pub fn read(text: &str) -> Result<Vec<Piece>, Vec<(Spot, Fault)>> {
    let mut reader = Reader::default();
    for (i, line) in text.lines().enumerate() {
        if i > 0 {
            reader.words.push('\n');
        }
        reader.line(i + 1, line);
    }
    reader.close();
    if reader.faults.is_empty() {
        Ok(reader.pieces)
    } else {
        Err(reader.faults)
    }
}

#[derive(Default)]
struct Reader {
    pieces: Vec<Piece>,
    words: String,
    faults: Vec<(Spot, Fault)>,
}

impl Reader {
    fn close(&mut self) {
        if !self.words.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.words)));
        }
    }

    fn line(&mut self, line: usize, text: &str) {
        let all: Vec<char> = text.chars().collect();
        let mut at = 0;
        while let Some(&c) = all.get(at) {
            let spot = Spot { line, column: at + 1 };
            let twice = all.get(at + 1).is_some_and(|next| brace(*next) == brace(c));
            match brace(c) {
                brace @ ('{' | '}') if twice => {
                    self.words.push(brace);
                    at += 2;
                }
                '{' => at = self.field(&all, at, spot),
                '}' => {
                    self.faults.push((spot, Fault::Unopened));
                    at += 1;
                }
                _ => {
                    if unprintable(c) {
                        self.faults.push((spot, Fault::BadCharacter { code: c.into() }));
                    }
                    self.words.push(c);
                    at += 1;
                }
            }
        }
    }

    /// Reads the field that opens at `from`; where the text goes on.
    fn field(&mut self, all: &[char], from: usize, spot: Spot) -> usize {
        let rest = &all[from + 1..];
        let end = rest.iter().position(|c| matches!(brace(*c), '{' | '}'));
        let Some(end) = end.filter(|end| brace(rest[*end]) == '}') else {
            self.faults.push((spot, Fault::Unclosed));
            return from + 1;
        };
        let name: String = rest[..end].iter().collect();
        let name = name.trim();
        match fields::find(name) {
            Some(field) => {
                self.close();
                self.pieces.push(Piece::Field(field, spot));
            }
            None if name.is_empty() => self.faults.push((spot, Fault::NoName)),
            None => {
                let (meant, name) = (fields::nearest(name), name.to_owned());
                self.faults.push((spot, Fault::UnknownField { name, meant }));
            }
        }
        from + end + 2
    }
}

/// The text for `terms`. A clause of which nothing is left is a stroke, so that nothing can be added by hand.
pub fn fill(pieces: &[Piece], terms: &Terms) -> String {
    let text: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(words) => words.clone(),
            Piece::Field(field, _) => (field.say)(terms),
        })
        .collect();
    if text.trim().is_empty() { "/".into() } else { text }
}

/// The text of a clause without fields.
pub fn plain(pieces: &[Piece]) -> String {
    let words = pieces.iter().map(|piece| match piece {
        Piece::Text(words) => words.as_str(),
        Piece::Field(..) => "",
    });
    words.collect()
}
