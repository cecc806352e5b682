//! Counters that slow down guessing: how often something happened in the present window of time.

use domain::ids::SchoolId;
use jiff::Timestamp;

use crate::db::{Conn, Error};
use crate::{exec, fetch_one, fetch_opt};

/// Counts one more; the count of the window that began at `window`, this one included.
/// A later window starts again from one; an earlier one (a clock that went back) counts on.
pub async fn hit(c: &mut Conn<'_>, school: SchoolId, key: &str, window: Timestamp) -> Result<i64, Error> {
    let (count,) = fetch_one!(
        c,
        (i64,),
        "INSERT INTO throttle (school_id, key, window_at, count) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (school_id, key) DO UPDATE SET \
         count = CASE WHEN throttle.window_at < excluded.window_at THEN 1 ELSE throttle.count + 1 END, \
         window_at = CASE WHEN throttle.window_at < excluded.window_at THEN excluded.window_at \
         ELSE throttle.window_at END RETURNING count",
        school,
        key,
        window
    )?;
    Ok(count)
}

/// The count of the window that began at `window`.
pub async fn count(c: &mut Conn<'_>, school: SchoolId, key: &str, window: Timestamp) -> Result<i64, Error> {
    let found = fetch_opt!(
        c,
        (i64,),
        "SELECT count FROM throttle WHERE school_id = $1 AND key = $2 AND window_at >= $3",
        school,
        key,
        window
    )?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Forgets a counter.
pub async fn clear(c: &mut Conn<'_>, school: SchoolId, key: &str) -> Result<(), Error> {
    exec!(
        c,
        "DELETE FROM throttle WHERE school_id = $1 AND key = $2",
        school,
        key
    )?;
    Ok(())
}

/// Forgets counters of windows that began before `oldest`; how many there were.
pub async fn purge(c: &mut Conn<'_>, oldest: Timestamp) -> Result<u64, Error> {
    exec!(c, "DELETE FROM throttle WHERE window_at < $1", oldest)
}
