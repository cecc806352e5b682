//! Sessions: the hash of a token, whose it is, and until when. The token itself is only in the cookie.

use domain::ids::{AccountId, EmployerId, SchoolId, StudentId};
use jiff::Timestamp;

use crate::accounts::Role;
use crate::db::{Conn, Error};
use crate::{exec, fetch_opt, row};

row! {
    /// A session and the account it belongs to.
    #[derive(Debug, Clone)]
    pub struct SessionRow {
        /// The account's school, or none.
        pub school_id: SchoolId,
        /// The account.
        pub account_id: AccountId,
        /// The token that forms carry.
        pub csrf: Vec<u8>,
        /// When it began.
        pub created_at: Timestamp,
        /// The last request, to the precision that [`touch`] is called with.
        pub seen_at: Timestamp,
        /// When the password was last given again.
        pub reauth_at: Option<Timestamp>,
        /// When it ends whatever happens.
        pub expires_at: Timestamp,
        /// The account's role.
        pub role: Role,
        /// The login name.
        pub login: String,
        /// The person's name.
        pub name: String,
        /// The employer, for the role employer.
        pub employer_id: Option<EmployerId>,
        /// The student, for the role student.
        pub student_id: Option<StudentId>,
        /// When the password was set.
        pub password_set_at: Option<Timestamp>,
        /// The chosen language.
        pub locale: Option<String>,
    }
}

/// A session to be made.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The account's school, or none.
    pub school_id: SchoolId,
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// The account.
    pub account_id: AccountId,
    /// The token that forms carry.
    pub csrf: Vec<u8>,
    /// Now.
    pub created_at: Timestamp,
    /// When the password was last given.
    pub reauth_at: Option<Timestamp>,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
}

/// Begins a session.
pub async fn create(c: &mut Conn<'_>, new: &NewSession) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO session (school_id, token_hash, account_id, csrf, created_at, seen_at, reauth_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
        new.school_id,
        new.token_hash,
        new.account_id,
        new.csrf,
        new.created_at,
        new.reauth_at,
        new.expires_at
    )?;
    Ok(())
}

/// The session of this token, if its account may log in. Whether it is still good at this moment
/// (idle, absolute) the caller decides by its times.
pub async fn load(
    c: &mut Conn<'_>,
    school: SchoolId,
    token_hash: &[u8],
) -> Result<Option<SessionRow>, Error> {
    fetch_opt!(
        c,
        SessionRow,
        "SELECT s.school_id, s.account_id, s.csrf, s.created_at, s.seen_at, s.reauth_at, s.expires_at, \
         a.role, a.login, a.name, a.employer_id, a.student_id, a.password_set_at, a.locale \
         FROM session s JOIN account a ON a.school_id = s.school_id AND a.id = s.account_id \
         WHERE s.school_id = $1 AND s.token_hash = $2 AND a.status = 'active'",
        school,
        token_hash
    )
}

/// Notes that the session was used.
pub async fn touch(
    c: &mut Conn<'_>,
    school: SchoolId,
    token_hash: &[u8],
    seen_at: Timestamp,
) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE session SET seen_at = $3 WHERE school_id = $1 AND token_hash = $2 AND seen_at < $3",
        school,
        token_hash,
        seen_at
    )?;
    Ok(())
}

/// Notes that the password was given again.
pub async fn set_reauth(
    c: &mut Conn<'_>,
    school: SchoolId,
    token_hash: &[u8],
    at: Timestamp,
) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE session SET reauth_at = $3 WHERE school_id = $1 AND token_hash = $2",
        school,
        token_hash,
        at
    )?;
    Ok(())
}

/// Ends a session.
pub async fn delete(c: &mut Conn<'_>, school: SchoolId, token_hash: &[u8]) -> Result<(), Error> {
    exec!(
        c,
        "DELETE FROM session WHERE school_id = $1 AND token_hash = $2",
        school,
        token_hash
    )?;
    Ok(())
}

/// Ends all sessions of an account; how many there were.
pub async fn delete_all_of(c: &mut Conn<'_>, school: SchoolId, account: AccountId) -> Result<u64, Error> {
    exec!(
        c,
        "DELETE FROM session WHERE school_id = $1 AND account_id = $2",
        school,
        account
    )
}

/// Forgets sessions that have ended, of all schools; how many there were.
pub async fn purge_expired(c: &mut Conn<'_>, now: Timestamp) -> Result<u64, Error> {
    exec!(c, "DELETE FROM session WHERE expires_at <= $1", now)
}
