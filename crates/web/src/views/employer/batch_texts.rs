//! The clauses of a batch to tick: each with every text that it has in the rows.

use crate::i18n::Lang;
use crate::tr;
use crate::views::part::clause_mark;
use domain::agreement::clause::Clause;
use maud::{Markup, html};

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it says.
    pub text: String,
    /// Whether other rows say something else here.
    pub own: bool,
}

/// How a clause reads in some rows.
#[derive(Debug, Clone)]
pub struct Wording {
    /// The rows, by their numbers in the sheet.
    pub lines: Vec<i64>,
    /// The text.
    pub parts: Vec<Part>,
}

/// A clause with all its texts.
#[derive(Debug, Clone)]
pub struct Worded {
    /// The clause as the first row has it.
    pub clause: Clause,
    /// What a tick is given for: all of the texts.
    pub tick: String,
    /// Whether it is ticked.
    pub ticked: bool,
    /// The texts.
    pub wordings: Vec<Wording>,
}

/// More texts than this are looked through in a box of their own.
const IN_VIEW: usize = 4;

/// `3–17, 20`: rows, those that follow each other as one.
fn ranges(lang: Lang, lines: &[i64]) -> String {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for line in lines {
        match ranges.last_mut().filter(|(_, last)| last + 1 == *line) {
            Some((_, last)) => *last = *line,
            None => ranges.push((*line, *line)),
        }
    }
    let text = |(first, last): &(i64, i64)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}–{last}")
        }
    };
    let texts: Vec<String> = ranges.iter().map(text).collect();
    texts.join(&tr!(lang, "batches.comma"))
}

fn text(parts: &[Part]) -> Markup {
    html! { @for part in parts { @if part.own { mark.own { (part.text) } } @else { (part.text) } } }
}

fn wordings(lang: Lang, item: &Worded) -> Markup {
    let many = item.wordings.len() > IN_VIEW;
    let label = tr!(lang, "batches.texts_of", title = item.clause.title);
    html! {
        ul.texts.long[many] tabindex=[many.then_some("0")] aria-label=(label) {
            @for wording in &item.wordings { li {
                b { (tr!(lang, "batches.for_rows", rows = ranges(lang, &wording.lines))) }
                p { (text(&wording.parts)) }
            } }
        }
    }
}

/// The clauses to be ticked. Posted as `tick`, one value a clause, which stands for every text shown.
pub fn list(lang: Lang, items: &[Worded]) -> Markup {
    html! {
        ul.ticks { @for item in items {
            li.on[item.ticked] {
                label {
                    input type="checkbox" name="tick" value=(item.tick) data-tick checked[item.ticked];
                    span {
                        b { (item.clause.title) } (clause_mark(lang, &item.clause))
                        @if item.wordings.len() > 1 { mark { (tr!(lang, "batches.texts_n", n = item.wordings.len())) } }
                    }
                    @if let [only] = item.wordings.as_slice() { p { (text(&only.parts)) } }
                }
                @if item.wordings.len() > 1 { (wordings(lang, item)) }
            }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_follow_each_other_are_named_as_one() {
        assert_eq!(ranges(Lang::Zh, &[2, 3, 4, 9, 11, 12]), "2–4、9、11–12");
        assert_eq!(ranges(Lang::En, &[2]), "2");
    }
}
