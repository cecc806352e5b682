//! What the clauses of a batch say: every text that a clause has in the rows, the rows that have it, and the
//! places in which the texts differ.

use crate::views::employer::batch_texts::{Part, Wording};
use domain::agreement::clause::{Clause, Hash, Party};
use domain::agreement::template::Template;
use domain::agreement::terms::Terms;
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A clause, and how it reads in which rows.
#[derive(Debug, Clone)]
pub struct Texts {
    /// The clause as the first row has it.
    pub clause: Clause,
    /// Each text once, in the order of the rows: its hash, the rows, the text.
    texts: Vec<(Hash, Vec<i64>, String)>,
}

impl Texts {
    /// The hashes of its texts.
    pub fn hashes(&self) -> impl Iterator<Item = Hash> {
        self.texts.iter().map(|(hash, ..)| *hash)
    }

    /// The rows whose text of this clause is not among the confirmed ones.
    pub fn left_out<'t>(&'t self, confirmed: &'t BTreeSet<Hash>) -> impl Iterator<Item = i64> + 't {
        let left = self.texts.iter().filter(|(hash, ..)| !confirmed.contains(hash));
        left.flat_map(|(_, lines, _)| lines.iter().copied())
    }

    /// The texts, with the places marked in which they differ, and whether each is confirmed.
    pub fn wordings(&self, confirmed: &BTreeSet<Hash>) -> Vec<Wording> {
        let texts: Vec<Vec<&str>> = self.texts.iter().map(|(.., text)| words(text)).collect();
        let marks = marks(&texts);
        let all = texts.iter().zip(marks).zip(&self.texts);
        all.map(|((words, marks), (hash, lines, _))| Wording {
            lines: lines.clone(),
            parts: parts(words, &marks),
            tick: hash.to_string(),
            ticked: confirmed.contains(hash),
        })
        .collect()
    }
}

/// The clauses that the employer confirms, over all rows.
pub fn texts(template: &Template, rows: Vec<(i64, Terms)>) -> Vec<Texts> {
    let (mut all, mut places): (Vec<Texts>, BTreeMap<String, usize>) = (Vec::new(), BTreeMap::new());
    for (line, terms) in rows {
        for clause in template.clauses(&terms) {
            if !clause.confirmed_by.contains(&Party::Employer) {
                continue;
            }
            let place = *places.entry(clause.key.clone()).or_insert(all.len());
            if place == all.len() {
                all.push(Texts {
                    clause: clause.clone(),
                    texts: Vec::new(),
                });
            }
            let (hash, texts) = (clause.hash(), &mut all[place].texts);
            match texts.iter_mut().find(|(known, ..)| *known == hash) {
                Some((_, lines, _)) => lines.push(line),
                None => texts.push((hash, vec![line], clause.body)),
            }
        }
    }
    all
}

/// A text in words: Latin letters and digits that belong together, and every other character on its own.
fn words(text: &str) -> Vec<&str> {
    let together = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '-' | '%');
    let mut words = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let goes_on = chars
            .peek()
            .is_some_and(|(_, next)| together(c) && together(*next));
        if !goes_on {
            words.push(&text[start..end]);
            start = end;
        }
    }
    words
}

/// The longest stretch that is compared word by word; a longer one is marked as a whole.
const CLOSELY: usize = 80;

/// For every text the words at places where some other text says something else.
fn marks(texts: &[Vec<&str>]) -> Vec<BTreeSet<usize>> {
    let Some((first, others)) = texts.split_first() else {
        return Vec::new();
    };
    let (mut marks, mut same) = (vec![BTreeSet::new()], Vec::new());
    for other in others {
        let (mut own, mut equal) = (BTreeSet::new(), Vec::new());
        for (tag, old, new) in changes(first, other) {
            if tag == DiffTag::Equal {
                equal.extend(old.zip(new));
            } else {
                marks[0].extend(old);
                own.extend(new);
            }
        }
        marks.push(own);
        same.push(equal);
    }
    // Where any text differs from the first one, all show what they say there.
    for (n, equal) in same.into_iter().enumerate() {
        for (old, new) in equal {
            if marks[0].contains(&old) {
                marks[n + 1].insert(new);
            }
        }
    }
    marks
}

/// From one text to another: what stays and what does not, as places of both.
fn changes(one: &[&str], other: &[&str]) -> Vec<(DiffTag, Range<usize>, Range<usize>)> {
    let before = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (a, b) = (&one[before..], &other[before..]);
    let after = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (&a[..a.len() - after], &b[..b.len() - after]);
    let (end, other_end) = (before + a.len(), before + b.len());
    let mut changes = vec![(DiffTag::Equal, 0..before, 0..before)];
    if a.len().max(b.len()) > CLOSELY {
        changes.push((DiffTag::Replace, before..end, before..other_end));
    } else {
        let moved = |range: Range<usize>| before + range.start..before + range.end;
        let close = capture_diff_slices(Algorithm::Myers, a, b);
        let close = close.iter().map(similar::DiffOp::as_tag_tuple);
        changes.extend(close.map(|(tag, old, new)| (tag, moved(old), moved(new))));
    }
    changes.push((DiffTag::Equal, end..one.len(), other_end..other.len()));
    changes
}

fn parts(words: &[&str], marks: &BTreeSet<usize>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let own = marks.contains(&at);
        match parts.last_mut().filter(|part| part.own == own) {
            Some(part) => part.text.push_str(word),
            None => parts.push(Part {
                text: (*word).to_owned(),
                own,
            }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(texts: &[&str]) -> Vec<String> {
        let texts: Vec<Vec<&str>> = texts.iter().map(|text| words(text)).collect();
        let all = texts.iter().zip(marks(&texts));
        all.map(|(words, marks)| {
            let show = |part: Part| {
                if part.own {
                    format!("[{}]", part.text)
                } else {
                    part.text
                }
            };
            parts(words, &marks).into_iter().map(show).collect()
        })
        .collect()
    }

    #[test]
    fn the_places_that_differ_are_marked_in_every_text() {
        assert_eq!(
            marked(&[
                "试用期 7,500.00 元，转正后 9,000.00 元，税前。",
                "试用期 7,500.00 元，转正后 9,100.00 元，税前。",
                "试用期 8,000.00 元，转正后 9,000.00 元，税前。",
            ]),
            [
                "试用期 [7,500.00] 元，转正后 [9,000.00] 元，税前。",
                "试用期 [7,500.00] 元，转正后 [9,100.00] 元，税前。",
                "试用期 [8,000.00] 元，转正后 [9,000.00] 元，税前。",
            ]
        );
        assert_eq!(
            marked(&["在南京。"]),
            ["在南京。"],
            "one text differs from nothing"
        );
        assert_eq!(
            marked(&[
                "地点为江苏省南京市。",
                "地点为江苏省𬭎县。",
                "地点为江苏省南京市。另有补充。"
            ]),
            [
                "地点为江苏省[南京市]。",
                "地点为江苏省[𬭎县]。",
                "地点为江苏省[南京市]。[另有补充。]"
            ]
        );
    }

    #[test]
    fn what_is_written_anew_is_marked_as_a_whole() {
        let (one, other) = ("甲".repeat(100), "乙丙".repeat(60));
        let all = marked(&[&format!("福利：{one}。"), &format!("福利：{other}。")]);
        assert_eq!(all, [format!("福利：[{one}]。"), format!("福利：[{other}]。")]);
    }
}
