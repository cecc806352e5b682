//! Single use for things that are signed and not stored: the first who spends an identifier wins.
//! Rows live in the table of captchas until they expire.

use domain::ids::SchoolId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Error};
use crate::exec;

/// Spends an identifier; `false` when it had been spent before.
pub async fn spend(c: &mut Conn<'_>, id: Uuid, expires_at: Timestamp) -> Result<bool, Error> {
    let none: &[u8] = &[];
    let rows = exec!(
        c,
        "INSERT INTO captcha (school_id, id, answer_hash, expires_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (school_id, id) DO NOTHING",
        SchoolId::NONE,
        id,
        none,
        expires_at
    )?;
    Ok(rows == 1)
}
