//! Statement texts: `$1` (PostgreSQL) to `?1` (SQLite).
//!
//! SQLite knows `$1` too, but as a *name*, numbered by first appearance; only `?1` is positional.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

type Key = (usize, usize);

static SHARED: LazyLock<Mutex<HashMap<&'static str, &'static str>>> = LazyLock::new(Mutex::default);

thread_local! {
    static SEEN: RefCell<HashMap<Key, &'static str>> = RefCell::default();
}

/// The SQLite text of a static statement; found by the address of the text, without reading it.
pub fn lite_static(sql: &'static str) -> &'static str {
    let key = (sql.as_ptr() as usize, sql.len());
    SEEN.with_borrow_mut(|seen| *seen.entry(key).or_insert_with(|| shared(sql)))
}

/// One rewritten copy for all threads, kept for ever: there are as many as statements in the source.
fn shared(sql: &'static str) -> &'static str {
    let mut texts = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    texts
        .entry(sql)
        .or_insert_with(|| Box::leak(lite(sql).into_boxed_str()))
}

/// The SQLite text of a statement: `$n` becomes `?n`, except inside quotes.
pub fn lite(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut quoted = false;
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        quoted ^= c == '\'';
        let parameter = c == '$' && !quoted && chars.peek().is_some_and(char::is_ascii_digit);
        out.push(if parameter { '?' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_rewritten_but_not_inside_quotes() {
        assert_eq!(
            lite("a=$1 AND b=$12 AND c='$1 it''s $2' AND d=$2"),
            "a=?1 AND b=?12 AND c='$1 it''s $2' AND d=?2"
        );
        assert_eq!(lite_static("x=$1"), "x=?1");
        assert!(std::ptr::eq(lite_static("y=$1"), lite_static("y=$1")));
    }
}
