//! How the address of an account comes and goes. Every change is written down, without the address, and whoever
//! reads the mailbox before is told.

use domain::ids::{AccountId, SchoolId, uuid_v7};
use domain::ports::Env;
use jiff::Timestamp;

use super::{About, MailJob, Whom, address, send};
use crate::db::{Conn, Error};
use crate::sealed::Sealed;
use crate::{exec, fetch_all, passcodes};

/// From now on this is the address of an account. The one before is told, if there was one: whoever did not
/// change it learns that somebody did. Codes that are under way are worth nothing any more: they went to the
/// address before.
pub async fn set_address(
    c: &mut Conn<'_>,
    (school, account): (SchoolId, AccountId),
    sealed: &Sealed,
    env: &Env,
) -> Result<(), Error> {
    let now = env.now();
    leave(c, (school, account), env).await?;
    exec!(
        c,
        "INSERT INTO account_mail (school_id, account_id, address_sealed, confirmed_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (school_id, account_id) DO UPDATE SET \
         address_sealed = excluded.address_sealed, confirmed_at = excluded.confirmed_at",
        school,
        account,
        sealed,
        now
    )?;
    note(c, (school, account), "confirmed", env).await
}

/// An account has no address any more: its owner cannot read the mailbox. Whoever can is told. Whether there was
/// one.
pub async fn forget_address(
    c: &mut Conn<'_>,
    (school, account): (SchoolId, AccountId),
    env: &Env,
) -> Result<bool, Error> {
    if !leave(c, (school, account), env).await? {
        return Ok(false);
    }
    exec!(
        c,
        "DELETE FROM account_mail WHERE school_id = $1 AND account_id = $2",
        school,
        account
    )?;
    note(c, (school, account), "forgotten", env).await?;
    Ok(true)
}

/// What ends with an address: its codes are worth nothing, and it is told. Whether there was one.
async fn leave(c: &mut Conn<'_>, (school, account): (SchoolId, AccountId), env: &Env) -> Result<bool, Error> {
    passcodes::forget(c, (school, account)).await?;
    let Some(before) = address(c, school, account).await? else {
        return Ok(false);
    };
    let job = MailJob {
        to: Whom::Address(account, hex::encode(before.address_sealed.0)),
        about: About::Moved,
    };
    send(c, school, &job, (env.now(), env)).await?;
    Ok(true)
}

/// Writes down that the address of an account changed; not which one it was.
async fn note(
    c: &mut Conn<'_>,
    (school, account): (SchoolId, AccountId),
    what: &str,
    env: &Env,
) -> Result<(), Error> {
    let now = env.now();
    exec!(
        c,
        "INSERT INTO account_mail_event (school_id, id, account_id, what, at) VALUES ($1, $2, $3, $4, $5)",
        school,
        uuid_v7(now, &*env.random),
        account,
        what,
        now
    )?;
    Ok(())
}

/// What became of the addresses of an account, the first one first: `confirmed` or `forgotten`, and when.
pub async fn history(
    c: &mut Conn<'_>,
    school: SchoolId,
    account: AccountId,
) -> Result<Vec<(String, Timestamp)>, Error> {
    fetch_all!(
        c,
        (String, Timestamp),
        "SELECT what, at FROM account_mail_event WHERE school_id = $1 AND account_id = $2 ORDER BY at, id",
        school,
        account
    )
}
