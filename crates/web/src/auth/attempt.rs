//! One try of a password, counted before it is compared: however many tries arrive at once, no more
//! than the pauses allow are ever evaluated.

use crate::auth::throttle;
use domain::ids::{AccountId, SchoolId};
use jiff::Timestamp;
use store::accounts::{self, Account};
use store::{Conn, Error};

/// Whether a try may go on.
#[derive(Debug, Clone)]
pub enum Try {
    /// It may, with this account; the failure is counted already and taken back when it was none.
    Go(Box<Account>),
    /// Not before then.
    Locked(Timestamp),
}

/// Counts a try against an account.
pub async fn count(
    c: &mut Conn<'_>,
    (school, id): (SchoolId, AccountId),
    now: Timestamp,
) -> Result<Option<Try>, Error> {
    let Some(account) = accounts::by_id(c, school, id).await? else { return Ok(None) };
    if let Some(until) = account.locked_until.filter(|until| *until > now) {
        return Ok(Some(Try::Locked(until)));
    }
    let failures = account.failures.saturating_add(1);
    accounts::record_failure(c, school, id, failures, throttle::pause(failures, now)).await?;
    Ok(Some(Try::Go(Box::new(account))))
}
