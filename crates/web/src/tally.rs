//! How many students of a year can be offered something: counted by looking at each of them, and shown on the
//! pages that employers open most.

use domain::ids::SchoolId;
use domain::params::Discovery;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Mutex;
use store::Conn;
use store::eligible::{self, Search, View};

/// How old a large number may be.
const KEPT: SignedDuration = SignedDuration::from_secs(10);

/// From here on nobody sees that a number is some seconds old; a smaller one is counted each time, beside the
/// rows that it counts.
const LARGE: i64 = 500;

/// Large numbers, for a moment.
#[derive(Default)]
pub struct Tally(Mutex<HashMap<(SchoolId, i32), (Timestamp, i64)>>);

impl Tally {
    /// How many students there are in this view.
    pub async fn eligible(&self, c: &mut Conn<'_>, view: View, now: Timestamp) -> Result<i64, store::Error> {
        // Only a year that everybody may look through has the same number for all employers.
        let key = (view.discovery == Discovery::Browse).then_some((view.school, view.year));
        if let Some(n) = key.and_then(|key| self.kept(key, now)) {
            return Ok(n);
        }
        let n = eligible::count(c, view, &Search::default()).await?;
        if let (Some(key), Ok(mut all)) = (key.filter(|_| n >= LARGE), self.0.lock()) {
            all.insert(key, (now, n));
        }
        Ok(n)
    }

    fn kept(&self, key: (SchoolId, i32), now: Timestamp) -> Option<i64> {
        let all = self.0.lock().ok()?;
        let (at, n) = all.get(&key)?;
        // A clock that was set back makes no number last.
        let age = now.duration_since(*at);
        (!age.is_negative() && age < KEPT).then_some(*n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_for_a_moment() {
        let tally = Tally::default();
        let (key, then) = ((SchoolId(7), 2027), Timestamp::from_second(1_000).unwrap());
        tally.0.lock().unwrap().insert(key, (then, 900));
        let after = |seconds: i64| then + SignedDuration::from_secs(seconds);
        assert_eq!(tally.kept(key, after(9)), Some(900));
        assert_eq!(tally.kept(key, after(10)), None);
        assert_eq!(tally.kept(key, after(-1)), None);
        assert_eq!(tally.kept((SchoolId(8), 2027), then), None);
    }
}
