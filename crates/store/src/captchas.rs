//! Captchas: the hash of an answer, good for one attempt. They belong to nobody, hence to no school.

use domain::ids::SchoolId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Error};
use crate::{exec, fetch_opt};

/// Remembers the answer to a captcha.
pub async fn put(c: &mut Conn<'_>, id: Uuid, answer_hash: &[u8], expires_at: Timestamp) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO captcha (school_id, id, answer_hash, expires_at) VALUES ($1, $2, $3, $4)",
        SchoolId::NONE,
        id,
        answer_hash,
        expires_at
    )?;
    Ok(())
}

/// Uses a captcha up: the hash of its answer, if it exists and has not expired.
pub async fn take(c: &mut Conn<'_>, id: Uuid, now: Timestamp) -> Result<Option<Vec<u8>>, Error> {
    let taken = fetch_opt!(
        c,
        (Vec<u8>, Timestamp),
        "DELETE FROM captcha WHERE school_id = $1 AND id = $2 RETURNING answer_hash, expires_at",
        SchoolId::NONE,
        id
    )?;
    Ok(taken
        .filter(|(_, expires_at)| *expires_at > now)
        .map(|(answer_hash, _)| answer_hash))
}

/// Forgets captchas that nobody answered; how many there were.
pub async fn purge_expired(c: &mut Conn<'_>, now: Timestamp) -> Result<u64, Error> {
    exec!(c, "DELETE FROM captcha WHERE expires_at <= $1", now)
}
