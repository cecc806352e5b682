//! The password again before a signature. A wrong one counts as at login.

use crate::auth::attempt::{self, Try};
use crate::auth::password::Verdict;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use jiff::Timestamp;
use store::accounts::{self, PasswordHash};
use store::sessions;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// It is the person.
    Yes,
    /// It is not the password.
    Wrong,
    /// Too many wrong ones; not before then.
    Locked(Timestamp),
}

/// Checks the password of whoever is signed in, and notes in the session when it was right.
pub async fn confirm_password(ctx: &Ctx, password: &str) -> Result<Confirmed> {
    let (key, now) = ((ctx.person.home, ctx.person.account), ctx.now());
    let counted = ctx
        .store()
        .write(move |c| Box::pin(async move { attempt::count(c, key, now).await }));
    let account = match counted.await?.ok_or(Error::NotFound)? {
        Try::Go(account) => account,
        Try::Locked(until) => return Ok(Confirmed::Locked(until)),
    };
    let hash = account.password_hash.map(|hash| hash.0);
    let verdict = ctx.here.app.hasher().verify(password.to_owned(), hash).await?;
    if verdict == Verdict::Wrong {
        return Ok(account.locked_until.map_or(Confirmed::Wrong, Confirmed::Locked));
    }
    let session = ctx.person.session;
    let note = ctx.store().write(move |c| {
        let renewed = verdict.renewed();
        Box::pin(async move {
            accounts::clear_failures(c, key.0, key.1).await?;
            if let Some(hash) = renewed {
                accounts::rehash(c, key.0, key.1, &PasswordHash(hash)).await?;
            }
            sessions::set_reauth(c, key.0, &session, now).await
        })
    });
    note.await?;
    Ok(Confirmed::Yes)
}
