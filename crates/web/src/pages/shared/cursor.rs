//! Keyset pages in the address: `after` is given once for every page gone through, so that the page before
//! is the same address without the last one.

use crate::views::part::Pager;
use domain::agreement::form::Input;
use jiff::Timestamp;
use uuid::Uuid;

/// A moment and an identifier: where a page of a list by time begins.
pub type Key = (Timestamp, Uuid);

/// The most pages that an address remembers.
const MOST: usize = 50;

/// The cursors in an address, those of a list by time unless read otherwise.
#[derive(Debug, Clone, Default)]
pub struct Trail(Vec<String>);

impl Trail {
    /// Of a query.
    pub fn of(asked: &Input) -> Self {
        let all = asked.all("after");
        Self(all.iter().skip(all.len().saturating_sub(MOST)).cloned().collect())
    }

    /// The last cursor, as it stands in the address.
    pub fn last(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// The last cursor of a list by time; one that cannot be read is the beginning.
    pub fn key(&self) -> Option<Key> {
        let (at, id) = self.last()?.split_once('.')?;
        Some((
            Timestamp::from_microsecond(at.parse().ok()?).ok()?,
            id.parse().ok()?,
        ))
    }

    /// The neighbours of this page under `path` with the filters `kept`.
    pub fn pager(&self, path: &str, kept: &[(&str, &str)], next: Option<String>, total: u64) -> Pager {
        let before = self.0.split_last().map(|(_, before)| address(path, kept, before));
        let after = next.map(|next| address(path, kept, &[self.0.as_slice(), &[next]].concat()));
        Pager {
            total,
            previous: before,
            next: after,
        }
    }
}

/// A cursor of a list by time, as text.
pub fn text((at, id): Key) -> String {
    format!("{}.{id}", at.as_microsecond())
}

/// An address with its filters and cursors; empty filters are left out.
pub fn address(path: &str, kept: &[(&str, &str)], cursors: &[String]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept.iter().filter(|(_, value)| !value.is_empty()));
    query.extend_pairs(cursors.iter().map(|cursor| ("after", cursor)));
    let query = query.finish();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_before_is_the_address_without_the_last_cursor() {
        let asked: Input = [("after", "a"), ("after", "b")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into_iter()
            .collect();
        let pager = Trail::of(&asked).pager("/list", &[("q", "张 三"), ("state", "")], Some("c".into()), 60);
        assert_eq!(
            pager.previous.as_deref(),
            Some("/list?q=%E5%BC%A0+%E4%B8%89&after=a")
        );
        assert_eq!(
            pager.next.as_deref(),
            Some("/list?q=%E5%BC%A0+%E4%B8%89&after=a&after=b&after=c")
        );
        assert_eq!(Trail::default().pager("/list", &[], None, 0).previous, None);
    }

    #[test]
    fn a_cursor_reads_back() {
        let key = (
            Timestamp::from_microsecond(1_700_000_000_000_001).unwrap(),
            Uuid::from_u128(7),
        );
        assert_eq!(Trail(vec![text(key)]).key(), Some(key));
        assert_eq!(Trail(vec!["x".into()]).key(), None);
    }
}
