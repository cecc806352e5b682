//! What narrows a list of agreements, from the address to the store's words and back into the address.

use crate::i18n::Lang;
use crate::tr;
use crate::views::form::Choice;
use crate::views::list::Filter as Shown;
use domain::agreement::StateKind;
use domain::agreement::form::Input;
use domain::codes::Sought;
use domain::params::china;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::lists::Filter;

/// The filter as it stands in the address.
pub fn read(query: &Input) -> Shown {
    let text = |name: &str| query.text(name).unwrap_or("").to_owned();
    Shown {
        q: text("q"),
        state: text("state"),
        college: text("college"),
        degree: text("degree"),
        major: text("major"),
        from: text("from"),
        to: text("to"),
        sort: text("sort"),
    }
}

/// The beginning of a day in China, so many days later; nothing for what is no day.
fn day(text: &str, later: i64) -> Option<Timestamp> {
    let day: Date = text.parse().ok()?;
    let day = day.checked_add(later.days()).ok()?;
    Some(day.to_zoned(china()).ok()?.timestamp())
}

/// A text that is compared as it is.
pub fn plain(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
}

/// In the words of the store. What cannot be read narrows nothing.
pub fn filter(shown: &Shown, states: Vec<StateKind>) -> Filter {
    Filter {
        states,
        college: shown.college.parse().ok(),
        degree: plain(&shown.degree),
        major: plain(&shown.major),
        text: Sought::of(&shown.q),
        year: None,
        from: day(&shown.from, 0),
        before: day(&shown.to, 1),
        reversed: shown.sort == REVERSED,
    }
}

/// The value of `sort` for the other way round.
pub const REVERSED: &str = "reversed";

/// What the address keeps from page to page besides the tab.
pub fn kept(shown: &Shown) -> [(&'static str, &str); 7] {
    [
        ("q", &shown.q),
        ("college", &shown.college),
        ("degree", &shown.degree),
        ("major", &shown.major),
        ("from", &shown.from),
        ("to", &shown.to),
        ("sort", &shown.sort),
    ]
}

/// What a list is called in which a filter leaves only some; the filter itself may name a person.
pub fn named(lang: Lang, title: String, shown: &Shown) -> String {
    if shown.is_set() {
        tr!(lang, "bundles.narrowed", title = title).into_owned()
    } else {
        title
    }
}

/// The majors as entries of a select.
pub fn majors(majors: Vec<String>) -> Vec<Choice> {
    majors
        .into_iter()
        .map(|major| Choice::new(major.clone(), major))
        .collect()
}

/// The note under a file that holds only the beginning of a list.
pub fn cut(lang: Lang, more: bool) -> Option<String> {
    more.then(|| tr!(lang, "export.cut", n = crate::export::MOST).into_owned())
}
