//! The clauses of an agreement: what the parties confirm one by one (逐条确认).
//!
//! A clause is made from the template and the terms; its hash is what a tick is given for, so a
//! clause that changes loses its ticks by itself.

use super::terms::Terms;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of several pieces, each with its length before it, so that no two lists collide.
    pub fn of(pieces: &[&[u8]]) -> Self {
        let mut sha = Sha256::new();
        for piece in pieces {
            sha.update((piece.len() as u64).to_be_bytes());
            sha.update(piece);
        }
        Self(sha.finalize().into())
    }

    /// From stored bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        hex::decode(&text)
            .ok()
            .and_then(|bytes| Self::from_slice(&bytes))
            .ok_or_else(|| serde::de::Error::custom("not a SHA-256"))
    }
}

/// What sort of clause it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// The same in every agreement of the template.
    Standard,
    /// Filled with the terms of this agreement.
    Negotiable,
    /// Written by the employer for this agreement.
    Supplementary,
}

/// One of the two parties who confirm clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// 用人单位.
    Employer,
    /// 毕业生.
    Student,
}

impl Party {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::Student => "student",
        }
    }
}

/// One clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Stable name within the agreement.
    pub key: String,
    /// Heading.
    pub title: String,
    /// Text of the clause, as it is shown and printed.
    pub body: String,
    /// What sort.
    pub kind: ClauseKind,
    /// Who has to tick it.
    pub confirmed_by: Vec<Party>,
}

impl Clause {
    /// What a tick is given for.
    pub fn hash(&self) -> Hash {
        Hash::of(&[self.key.as_bytes(), self.title.as_bytes(), self.body.as_bytes()])
    }
}

/// The ticks of one party: clause key → hash of the clause that was ticked.
pub type Ticks = BTreeMap<String, Hash>;

/// Terms and the clauses made from them: what is offered and accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Name and version of the template.
    pub template: String,
    /// The typed terms.
    pub terms: Terms,
    /// The clauses in order.
    pub clauses: Vec<Clause>,
}

impl Content {
    /// The hash that every consent and the audit trail name.
    pub fn hash(&self) -> Hash {
        let terms = serde_json::to_string(&self.terms).unwrap_or_default();
        let clauses = serde_json::to_string(&self.clauses).unwrap_or_default();
        Hash::of(&[self.template.as_bytes(), terms.as_bytes(), clauses.as_bytes()])
    }

    /// The clauses that `party` has not ticked as they now stand.
    pub fn unticked(&self, party: Party, ticks: &Ticks) -> Vec<String> {
        self.clauses
            .iter()
            .filter(|clause| clause.confirmed_by.contains(&party))
            .filter(|clause| ticks.get(&clause.key) != Some(&clause.hash()))
            .map(|clause| clause.key.clone())
            .collect()
    }

    /// The ticks that the given keys stand for, as the clauses now read; unknown keys are dropped.
    pub fn ticks_of(&self, keys: &BTreeSet<String>) -> Ticks {
        self.clauses
            .iter()
            .filter(|clause| keys.contains(&clause.key))
            .map(|clause| (clause.key.clone(), clause.hash()))
            .collect()
    }
}
