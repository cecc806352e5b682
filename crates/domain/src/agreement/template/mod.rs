//! Templates: an ordered list of clauses, written with fields that the terms fill.
//!
//! 甲方 is the employer, 乙方 the graduate, 丙方 the school. A field is written `{岗位}`; a brace that is meant
//! is written twice. A template that was put in force is never rewritten, and an agreement keeps the clauses
//! that were made from it: a later template changes nothing that exists.

mod body;
pub mod check;
pub mod fields;
mod sample;
mod standard;

pub use body::{Fault, Spot};
pub use check::{Part, Problem, problems};
pub use sample::terms as sample_terms;
pub use standard::{MUST, Must, TEMPLATE, is_must, sources as standard_sources, template as standard};

use super::clause::{Clause, ClauseKind, Content, Party};
use super::terms::Terms;
use body::Piece;
use serde::{Deserialize, Serialize};

/// The most clauses of a template.
pub const CLAUSES: usize = 40;
/// The most characters of a heading.
pub const TITLE_LENGTH: usize = 60;
/// The most characters of a clause as it is written.
pub const BODY_LENGTH: usize = 3000;

/// The most bytes of all headings and clauses together that are kept as a draft, however broken: every permitted
/// template fits, in whatever characters.
pub const DRAFT_BYTES: usize = CLAUSES * (TITLE_LENGTH + BODY_LENGTH) * 4;

/// How many bytes of text the clauses have together.
pub fn size(sources: &[Source]) -> usize {
    sources
        .iter()
        .map(|source| source.title.len() + source.body.len())
        .sum()
}

/// One clause as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Stable name within the template.
    pub key: String,
    /// Heading, without a number: the form numbers.
    pub title: String,
    /// Text with fields.
    pub body: String,
    /// Fixed ([`ClauseKind::Standard`]: no field in it) or filled with the terms.
    pub kind: ClauseKind,
    /// Who ticks it.
    pub confirmed_by: Vec<Party>,
}

/// A template that can be filled.
#[derive(Debug, Clone)]
pub struct Template {
    name: String,
    clauses: Vec<Ready>,
}

#[derive(Debug, Clone)]
struct Ready {
    source: Source,
    pieces: Vec<Piece>,
}

impl Template {
    /// Reads what was written. Only what makes filling impossible is refused here; whether it may be put
    /// in force, [`problems`] says.
    pub fn read(name: &str, sources: &[Source]) -> Result<Self, Vec<Problem>> {
        let mut found = Vec::new();
        let mut clauses = Vec::new();
        for (i, source) in sources.iter().enumerate() {
            match body::read(&source.body) {
                Ok(pieces) => clauses.push(Ready {
                    source: source.clone(),
                    pieces,
                }),
                Err(faults) => found.extend(faults.into_iter().map(|(spot, fault)| Problem {
                    clause: Some(i + 1),
                    part: Part::Body,
                    spot: Some(spot),
                    fault,
                })),
            }
        }
        if found.is_empty() {
            let name = name.to_owned();
            Ok(Self { name, clauses })
        } else {
            Err(found)
        }
    }

    fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            clauses: Vec::new(),
        }
    }

    /// Its name and version, kept with every content that is made from it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The clauses for `terms`, the supplementary ones last.
    pub fn clauses(&self, terms: &Terms) -> Vec<Clause> {
        let mut clauses: Vec<Clause> = self
            .clauses
            .iter()
            .map(|ready| ready.clause(body::fill(&ready.pieces, terms)))
            .collect();
        for (i, text) in terms.supplementary.iter().enumerate() {
            clauses.push(Clause {
                key: supplementary_key(i + 1),
                title: format!("补充约定 {}", i + 1),
                body: text.clone(),
                kind: ClauseKind::Supplementary,
                confirmed_by: vec![Party::Employer, Party::Student],
            });
        }
        clauses
    }

    /// The clauses before there are terms: those that the terms fill have no body yet.
    pub fn outline(&self) -> Vec<Clause> {
        let body = |ready: &Ready| match ready.source.kind {
            ClauseKind::Standard => body::plain(&ready.pieces),
            ClauseKind::Negotiable | ClauseKind::Supplementary => String::new(),
        };
        self.clauses
            .iter()
            .map(|ready| ready.clause(body(ready)))
            .collect()
    }
}

impl Ready {
    fn clause(&self, body: String) -> Clause {
        Clause {
            key: self.source.key.clone(),
            title: self.source.title.clone(),
            body,
            kind: self.source.kind,
            confirmed_by: self.source.confirmed_by.clone(),
        }
    }
}

impl Content {
    /// The standard template filled with `terms`.
    pub fn standard(terms: Terms) -> Self {
        Self::of(standard(), terms)
    }

    /// A template filled with `terms`.
    pub fn of(template: &Template, terms: Terms) -> Self {
        Self {
            template: template.name.clone(),
            clauses: template.clauses(&terms),
            terms,
        }
    }
}

/// The key of the supplementary clause with this number, from 1.
pub fn supplementary_key(number: usize) -> String {
    format!("{SUPPLEMENTARY}{number}")
}

/// How the keys of supplementary clauses begin; no clause of a template may be called so.
const SUPPLEMENTARY: &str = "supplementary-";
