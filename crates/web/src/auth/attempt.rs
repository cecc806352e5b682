//! One try of a password, counted before it is compared: however many tries arrive at once, no more
//! than the pauses allow are ever evaluated.

use crate::auth::throttle;
use domain::ids::{AccountId, SchoolId};
use jiff::Timestamp;
use store::accounts::{self, Account};
use store::{Conn, Error, tries};

/// Whether a try may go on.
#[derive(Debug, Clone)]
pub enum Try {
    /// It may, with this account; the failure is counted already and taken back when it was none.
    Go(Box<Account>),
    /// Not before then.
    Locked(Timestamp),
}

/// Counts a try against an account; `None` when there is no such account.
pub async fn count(
    c: &mut Conn<'_>,
    key: (SchoolId, AccountId),
    now: Timestamp,
) -> Result<Option<Try>, Error> {
    let counted = tries::begin(c, key, now).await?;
    let Some(account) = accounts::by_id(c, key.0, key.1).await? else {
        return Ok(None);
    };
    let Some(failures) = counted else {
        return Ok(Some(Try::Locked(account.locked_until.unwrap_or(now))));
    };
    let until = throttle::pause(failures, now);
    accounts::record_failure(c, key.0, key.1, failures, until).await?;
    Ok(Some(Try::Go(Box::new(Account {
        locked_until: until,
        failures,
        ..account
    }))))
}

/// Takes back the try that [`count`] counted, and no other: it was no wrong guess.
pub async fn take_back(
    c: &mut Conn<'_>,
    (school, id): (SchoolId, AccountId),
    counted: &Account,
) -> Result<(), Error> {
    let before = counted.failures.saturating_sub(1);
    accounts::record_failure(c, school, id, before, None).await
}
