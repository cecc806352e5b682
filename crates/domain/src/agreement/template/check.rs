//! Whether a template may be put in force: everything that is wrong with it, each with its place.

use super::body::{self, Fault, Piece, Spot};
use super::fields::{self, Term};
use super::standard::MUST;
use super::{BODY_LENGTH, CLAUSES, SUPPLEMENTARY, Source, TITLE_LENGTH};
use crate::agreement::clause::ClauseKind;
use crate::agreement::form_in::unprintable;
use std::collections::BTreeSet;

/// Which part of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The heading.
    Title,
    /// The text.
    Body,
    /// Who confirms it.
    Confirm,
    /// The clause as a whole, or the whole template.
    Whole,
}

impl Part {
    /// Its name in the form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
            Self::Confirm => "confirm",
            Self::Whole => "whole",
        }
    }
}

/// Something that has to be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The clause, counted from 1; nothing for the template as a whole.
    pub clause: Option<usize>,
    /// Its part.
    pub part: Part,
    /// Where in it.
    pub spot: Option<Spot>,
    /// What is wrong.
    pub fault: Fault,
}

/// Everything that keeps these clauses from being put in force, in their order.
pub fn problems(sources: &[Source]) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut said = BTreeSet::new();
    let mut readable = true;
    for (i, source) in sources.iter().enumerate() {
        let mut add = |part, spot, fault| {
            found.push(Problem {
                clause: Some(i + 1),
                part,
                spot,
                fault,
            });
        };
        title(source, &sources[..i], &mut add);
        // Of a text that is far too long nothing else is worth saying.
        let fields = if source.body.len() > UNREAD {
            Err(Vec::new())
        } else {
            body::read(&source.body)
        };
        match fields {
            Ok(pieces) => text(source, &pieces, &mut said, &mut add),
            Err(faults) => {
                readable = false;
                for (spot, fault) in faults {
                    add(Part::Body, Some(spot), fault);
                }
            }
        }
        length(source, &mut add);
        if source.confirmed_by.is_empty() {
            add(Part::Confirm, None, Fault::NobodyConfirms);
        }
    }
    found.extend(whole(sources, &said, readable));
    found
}

/// Bytes of a clause from which on its fields are not looked for: ten times what it may have.
const UNREAD: usize = BODY_LENGTH * 4 * 10;

type Add<'a> = &'a mut dyn FnMut(Part, Option<Spot>, Fault);

fn title(source: &Source, before: &[Source], add: Add<'_>) {
    let title = source.title.trim();
    let count = title.chars().count();
    let column = |at: usize| {
        Some(Spot {
            line: 1,
            column: at + 1,
        })
    };
    if title.is_empty() {
        add(Part::Title, None, Fault::Empty);
    } else if count > TITLE_LENGTH {
        let max = TITLE_LENGTH;
        add(Part::Title, column(max), Fault::TooLong { max, count });
    }
    if let Some((at, c)) = title
        .chars()
        .enumerate()
        .find(|(_, c)| unprintable(*c) || *c == '\n')
    {
        add(Part::Title, column(at), Fault::BadCharacter { code: c.into() });
    }
    if is_numbered(title) {
        add(Part::Title, column(0), Fault::Numbered);
    }
    let same = |other: &Source| !title.is_empty() && other.title.trim() == title;
    if let Some(other) = before.iter().position(same) {
        add(Part::Title, None, Fault::SameTitle { other: other + 1 });
    }
    let same = |other: &Source| other.key == source.key;
    if let Some(other) = before.iter().position(same) {
        add(Part::Whole, None, Fault::SameKey { other: other + 1 });
    }
}

/// Whether a heading brings a number of its own: 第三条, 第 3 条, 三、, 3.
fn is_numbered(title: &str) -> bool {
    let title: String = title.chars().filter(|c| !c.is_whitespace()).collect();
    let digit = |c: char| c.is_ascii_digit() || "〇零一二三四五六七八九十百０１２３４５６７８９".contains(c);
    let rest = title.strip_prefix(['第', '(', '（']).unwrap_or(&title);
    let after = rest.trim_start_matches(digit);
    let marked = after.starts_with(['条', '、', '.', '．', ')', '）', ':', '：']);
    after.len() < rest.len() && marked
}

fn text(source: &Source, pieces: &[Piece], said: &mut BTreeSet<Term>, add: Add<'_>) {
    for piece in pieces {
        if let Piece::Field(field, spot) = piece {
            said.extend(field.terms);
            if source.kind == ClauseKind::Standard {
                add(Part::Body, Some(*spot), Fault::FieldInFixed { name: field.name });
            }
        }
    }
}

fn length(source: &Source, add: Add<'_>) {
    let count = source.body.chars().count();
    if source.body.trim().is_empty() {
        add(Part::Body, None, Fault::Empty);
    } else if count > BODY_LENGTH {
        let max = BODY_LENGTH;
        let spot = spot_of(&source.body, max);
        add(Part::Body, Some(spot), Fault::TooLong { max, count });
    }
}

/// The place of the character with this number, from 0.
fn spot_of(text: &str, number: usize) -> Spot {
    let (mut line, mut column) = (1, 1);
    for c in text.chars().take(number) {
        if c == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
    Spot { line, column }
}

/// What concerns the template as a whole. Which terms are missing is only said when every field could be read.
fn whole(sources: &[Source], said: &BTreeSet<Term>, readable: bool) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut add = |fault| {
        found.push(Problem {
            clause: None,
            part: Part::Whole,
            spot: None,
            fault,
        });
    };
    if sources.is_empty() {
        add(Fault::Empty);
    }
    if sources.len() > CLAUSES {
        add(Fault::TooMany { max: CLAUSES });
    }
    for must in MUST {
        if !sources.iter().any(|source| source.key == must.key) {
            add(Fault::MissingClause {
                key: must.key,
                title: must.title,
            });
        }
    }
    for term in Term::ALL {
        if readable && !said.contains(&term) {
            let field = fields::saying(term);
            add(Fault::MissingTerm { term, field });
        }
    }
    found
}

/// Whether a clause may have this key: a plain name that the form's own keys do not use.
pub fn is_key(key: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&key.len()) && key.bytes().all(plain) && !key.starts_with(SUPPLEMENTARY)
}
