//! Sessions of everybody, begun beside the door: what a login costs is measured by itself.

use crate::names::SCHOOL;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{AccountId, SchoolId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::sessions::{self, NewSession};
use store::{Conn, Error};

/// The secret of every session's forms.
const SECRET: [u8; 32] = [0x5a; 32];

fn random(account: AccountId) -> [u8; 32] {
    Sha256::digest(account.0.as_bytes()).into()
}

/// Begins a session of an account.
pub async fn begin(
    c: &mut Conn<'_>,
    school: SchoolId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    let new = NewSession {
        school_id: school,
        token_hash: Sha256::digest(random(account)).to_vec(),
        account_id: account,
        csrf: SECRET.to_vec(),
        created_at: now,
        reauth_at: Some(now),
        expires_at: now + SignedDuration::from_hours(12),
    };
    sessions::create(c, &new).await
}

/// The `Cookie` header of that session.
pub fn cookie(school: SchoolId, account: AccountId) -> String {
    format!("sid={school}.{}", URL_SAFE_NO_PAD.encode(random(account)))
}

/// The same at the measured school.
pub fn cookie_here(account: AccountId) -> String {
    cookie(SCHOOL, account)
}

/// The token of every form: the secret under a mask of zeros.
pub fn token() -> String {
    let mut bytes = [0_u8; 64];
    bytes[32..].copy_from_slice(&SECRET);
    URL_SAFE_NO_PAD.encode(bytes)
}
