//! Counts tries of a password so that any number of them at once are counted one after the other.

use domain::ids::{AccountId, SchoolId};
use jiff::Timestamp;

use crate::db::{Conn, Error};
use crate::fetch_opt;

/// Counts one more try against an account that is not locked now; the new number of failures.
/// `None` when it is locked or does not exist. Holds the row until the transaction ends.
pub async fn begin(
    c: &mut Conn<'_>,
    (school, id): (SchoolId, AccountId),
    now: Timestamp,
) -> Result<Option<u32>, Error> {
    let counted = fetch_opt!(
        c,
        (u32,),
        "UPDATE account SET failures = failures + 1 \
         WHERE school_id = $1 AND id = $2 AND (locked_until IS NULL OR locked_until <= $3) RETURNING failures",
        school,
        id,
        now
    )?;
    Ok(counted.map(|(failures,)| failures))
}

/// Until when something that is no account is locked, by the key of its counter (see [`crate::throttle`]).
pub async fn locked_until(c: &mut Conn<'_>, key: &str) -> Result<Option<Timestamp>, Error> {
    let row = fetch_opt!(
        c,
        (Timestamp,),
        "SELECT window_at FROM throttle WHERE school_id = $1 AND key = $2",
        SchoolId::NONE,
        key
    )?;
    Ok(row.map(|(until,)| until))
}
