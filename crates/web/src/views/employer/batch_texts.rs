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
    /// What its tick is given for: this text.
    pub tick: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// A clause with all its texts.
#[derive(Debug, Clone)]
pub struct Worded {
    /// The clause as the first row has it.
    pub clause: Clause,
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

/// How many texts are ticked, of how many.
pub fn count(items: &[Worded]) -> (usize, usize) {
    let all = items.iter().flat_map(|item| &item.wordings);
    let given = all.clone().filter(|wording| wording.ticked).count();
    (given, all.count())
}

/// The box of a text; one that was left out of a form that came back says so.
fn tick(lang: Lang, wording: &Wording, missing: bool) -> (Markup, Markup) {
    let left = missing && !wording.ticked;
    let mark = html! { @if left { span.err { " " (tr!(lang, "batches.not_ticked")) } } };
    let tick = html! { input type="checkbox" name="tick" value=(wording.tick) data-tick checked[wording.ticked] aria-invalid=[left.then_some("true")]; };
    (tick, mark)
}

fn wordings(lang: Lang, item: &Worded, missing: bool) -> Markup {
    let many = item.wordings.len() > IN_VIEW;
    let label = tr!(lang, "batches.texts_of", title = item.clause.title);
    html! {
        ul.texts.long[many] aria-label=(label) {
            @for wording in &item.wordings {
                @let (tick, mark) = tick(lang, wording, missing);
                li.on[wording.ticked] { label {
                    (tick)
                    span { b { (tr!(lang, "batches.for_rows", rows = ranges(lang, &wording.lines))) } (mark) }
                    p { (text(&wording.parts)) }
                } }
            }
        }
    }
}

/// The texts to be ticked, each by itself. Posted as `tick`, the hash of the text. `missing`: the form came
/// back because some were not.
pub fn list(lang: Lang, items: &[Worded], missing: bool) -> Markup {
    let title = |item: &Worded| html! { b { (item.clause.title) } (clause_mark(lang, &item.clause)) };
    html! {
        ul.ticks { @for item in items {
            @if let [only] = item.wordings.as_slice() {
                @let (tick, mark) = tick(lang, only, missing);
                li.on[only.ticked] { label {
                    (tick)
                    span { (title(item)) (mark) }
                    p { (text(&only.parts)) }
                } }
            } @else {
                li {
                    div.many { (title(item)) mark { (tr!(lang, "batches.texts_n", n = item.wordings.len())) } }
                    (wordings(lang, item, missing))
                }
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
