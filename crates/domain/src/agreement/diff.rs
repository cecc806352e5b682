//! What changed between two contents, clause by clause: shown to the student when an offer comes
//! again after an edit.

use super::clause::{Clause, Content};
use serde::{Deserialize, Serialize};

/// One clause that is new, gone or different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseChange {
    /// Key of the clause.
    pub key: String,
    /// Its heading: the new one where there is one.
    pub title: String,
    /// Its old text; absent for a clause that was added.
    pub old: Option<String>,
    /// Its new text; absent for a clause that was taken out.
    pub new: Option<String>,
}

/// The clauses of `new` that differ from those of `old`, in their order, then those that are gone.
/// Exactly the clauses listed with a new text lose their ticks.
pub fn diff(old: &Content, new: &Content) -> Vec<ClauseChange> {
    let find = |content: &'_ Content, key: &str| -> Option<Clause> {
        content.clauses.iter().find(|clause| clause.key == key).cloned()
    };
    let changed = new.clauses.iter().filter_map(|clause| {
        let before = find(old, &clause.key);
        let same = before
            .as_ref()
            .is_some_and(|before| before.hash() == clause.hash());
        (!same).then(|| ClauseChange {
            key: clause.key.clone(),
            title: clause.title.clone(),
            old: before.map(|before| before.body),
            new: Some(clause.body.clone()),
        })
    });
    let gone = old
        .clauses
        .iter()
        .filter(|clause| find(new, &clause.key).is_none());
    let gone = gone.map(|clause| ClauseChange {
        key: clause.key.clone(),
        title: clause.title.clone(),
        old: Some(clause.body.clone()),
        new: None,
    });
    changed.chain(gone).collect()
}
