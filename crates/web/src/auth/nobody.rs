//! A login name that does not exist answers as one that does, pauses included, so that nobody learns
//! which names exist. Its counters live in the table of throttles, under a hash of the name.

use crate::auth::login::Attempt;
use crate::auth::throttle;
use domain::ids::SchoolId;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{Conn, Error, tries};

/// After so many seconds its failures are forgotten; an account's are only with the right password.
const DAY: i64 = 86_400;

fn key(kind: &str, asked: &Attempt) -> String {
    let digest = Sha256::digest(format!("{} {}", asked.school, asked.login));
    format!("nobody {kind} {}", hex::encode(&digest[..12]))
}

fn day(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second().div_euclid(DAY) * DAY).unwrap_or(now)
}

/// Failures so far.
pub async fn failures(c: &mut Conn<'_>, asked: &Attempt) -> Result<i64, Error> {
    store::throttle::count(c, SchoolId::NONE, &key("failed", asked), day(asked.now)).await
}

/// Counts a try, as an account would; the end of the pause when it is not to be evaluated.
pub async fn count(c: &mut Conn<'_>, asked: &Attempt) -> Result<Option<Timestamp>, Error> {
    let locked = key("until", asked);
    if let Some(until) = tries::locked_until(c, &locked)
        .await?
        .filter(|until| *until > asked.now)
    {
        return Ok(Some(until));
    }
    let failures = store::throttle::hit(c, SchoolId::NONE, &key("failed", asked), day(asked.now)).await?;
    if let Some(until) = throttle::pause(u32::try_from(failures).unwrap_or(u32::MAX), asked.now) {
        store::throttle::hit(c, SchoolId::NONE, &locked, until).await?;
    }
    Ok(None)
}
