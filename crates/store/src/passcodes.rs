//! Codes of six digits that are sent by mail: to confirm an address, and to prove who acts.
//!
//! A code is good for one account and one purpose (an address; one act on one agreement), for five minutes,
//! once, and for five tries. Only its keyed hash is kept. How many tries an account has in all, the door
//! decides, which counts them as it counts passwords.

use domain::codes::email::Email;
use domain::ids::{AccountId, SchoolId};
use domain::params::china;
use domain::ports::Env;
use hmac::Mac;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::db::{Conn, Error};
use crate::keys::Keys;
use crate::mail::{self, Posted};
use crate::sealed::{self, PersonalNumber, Sealed};
use crate::{exec, fetch_opt, row, throttle};

/// How long a code is good for.
pub const GOOD: SignedDuration = SignedDuration::from_mins(5);
/// Tries of one code.
pub const TRIES: i64 = 5;
/// Between two codes for the same thing.
pub const PAUSE: SignedDuration = SignedDuration::from_secs(60);
/// Codes that an account is sent in one day.
pub const DAILY: i64 = 10;

/// An account and what a code is good for: `address`, or an act and its agreement with a colon between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// The account's school, or none.
    pub school: SchoolId,
    /// The account.
    pub account: AccountId,
    /// What for.
    pub what: String,
}

/// What came of asking for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issued {
    /// It is on its way; one that was sent before is worth nothing now.
    Sent,
    /// One was sent just now; not again before then.
    TooSoon(Timestamp),
    /// As many as there can be in a day.
    TooMany,
}

fn tag(keys: &Keys, purpose: &Purpose, code: &str) -> Result<hmac::Hmac<sha2::Sha256>, Error> {
    let mut mac = sealed::hmac(&keys.derive("passcode 1")?)?;
    let text = format!("{}|{}|{}|{code}", purpose.school, purpose.account, purpose.what);
    mac.update(text.as_bytes());
    Ok(mac)
}

/// Six digits, each as likely as any other: what would favour small ones is thrown away.
fn draw(env: &Env) -> String {
    loop {
        let number = u32::from_be_bytes(env.bytes::<4>());
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

/// The end of a day in China, as the name of its counter.
fn day(now: Timestamp) -> Timestamp {
    let today = now.to_zoned(china()).date();
    let end = today.tomorrow().unwrap_or(today).to_zoned(china());
    end.map_or(now, |end| end.timestamp())
}

/// Makes a code and puts it into the outbox.
pub async fn issue(
    c: &mut Conn<'_>,
    purpose: &Purpose,
    to: &Email,
    (keys, env): (&Keys, &Env),
) -> Result<Issued, Error> {
    let now = env.now();
    let last = fetch_opt!(
        c,
        (Timestamp,),
        "SELECT created_at FROM passcode WHERE school_id = $1 AND account_id = $2 AND purpose = $3",
        purpose.school,
        purpose.account,
        &purpose.what
    )?;
    if let Some((last,)) = last
        && last + PAUSE > now
    {
        return Ok(Issued::TooSoon(last + PAUSE));
    }
    let key = format!("code {}", purpose.account);
    if throttle::hit(c, purpose.school, &key, day(now)).await? > DAILY {
        return Ok(Issued::TooMany);
    }
    let code = draw(env);
    let until = now + GOOD;
    let sealed = mail::seal(keys, env, purpose.account, to)?;
    let place = mail::code_place(purpose.account);
    let sealed_code = sealed::seal(keys, env, place, &PersonalNumber::new(&code))?;
    exec!(
        c,
        "INSERT INTO passcode (school_id, account_id, purpose, hash, address_sealed, tries, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7) ON CONFLICT (school_id, account_id, purpose) DO UPDATE SET \
         hash = excluded.hash, address_sealed = excluded.address_sealed, tries = 0, \
         created_at = excluded.created_at, expires_at = excluded.expires_at",
        purpose.school,
        purpose.account,
        &purpose.what,
        tag(keys, purpose, &code)?.finalize().into_bytes().to_vec(),
        &sealed,
        now,
        until
    )?;
    let posted = Posted {
        key: (purpose.school, purpose.account),
        to: &sealed,
        code: &sealed_code,
        purpose: &purpose.what,
        until,
    };
    mail::send_code(c, &posted, env).await?;
    Ok(Issued::Sent)
}

row! {
    /// A code that was sent.
    #[derive(Debug, Clone)]
    pub struct Sent {
        /// Where to, sealed as an address of the account.
        pub address_sealed: Sealed,
        /// Until when it is good.
        pub expires_at: Timestamp,
    }
}

/// The code that was sent for a purpose and can still be used.
pub async fn sent(c: &mut Conn<'_>, purpose: &Purpose, now: Timestamp) -> Result<Option<Sent>, Error> {
    fetch_opt!(
        c,
        Sent,
        "SELECT address_sealed, expires_at FROM passcode WHERE school_id = $1 AND account_id = $2 AND purpose = $3 \
         AND expires_at > $4 AND tries < $5",
        purpose.school,
        purpose.account,
        &purpose.what,
        now,
        TRIES
    )
}

/// A code that was right and is still to be spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    purpose: Purpose,
    hash: Vec<u8>,
    /// Where it had been sent, sealed as an address of the account.
    pub address_sealed: Sealed,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It is the code. It stays good until it is spent ([`spend`]).
    Right(Right),
    /// It is not the code.
    Wrong,
    /// There is no code that could be tried: none was sent, or it is too old, used, or tried too often.
    Gone,
}

row! {
    struct Held {
        hash: Vec<u8>,
        address_sealed: Sealed,
    }
}

/// Tries a code: the try is counted before anything is compared, and the comparison takes the same time
/// whatever was typed. A right one counts as no try and is not used up: only the act that it proves does that,
/// so that an act that fails costs nobody a code.
pub async fn attempt(
    c: &mut Conn<'_>,
    purpose: &Purpose,
    typed: &str,
    (keys, now): (&Keys, Timestamp),
) -> Result<Tried, Error> {
    let held = fetch_opt!(
        c,
        Held,
        "UPDATE passcode SET tries = tries + 1 WHERE school_id = $1 AND account_id = $2 AND purpose = $3 \
         AND expires_at > $4 AND tries < $5 RETURNING hash, address_sealed",
        purpose.school,
        purpose.account,
        &purpose.what,
        now,
        TRIES
    )?;
    let Some(held) = held else {
        return Ok(Tried::Gone);
    };
    if tag(keys, purpose, typed)?.verify_slice(&held.hash).is_err() {
        return Ok(Tried::Wrong);
    }
    exec!(
        c,
        "UPDATE passcode SET tries = tries - 1 WHERE school_id = $1 AND account_id = $2 AND purpose = $3",
        purpose.school,
        purpose.account,
        &purpose.what
    )?;
    Ok(Tried::Right(Right {
        purpose: purpose.clone(),
        hash: held.hash,
        address_sealed: held.address_sealed,
    }))
}

/// Uses a right code up, in the transaction of what it proves: whether it was still there. Another request may
/// have used it since, or the account's address changed.
pub async fn spend(c: &mut Conn<'_>, right: &Right) -> Result<bool, Error> {
    let gone = exec!(
        c,
        "DELETE FROM passcode WHERE school_id = $1 AND account_id = $2 AND purpose = $3 AND hash = $4",
        right.purpose.school,
        right.purpose.account,
        &right.purpose.what,
        &right.hash
    )?;
    Ok(gone == 1)
}

/// Forgets all codes of an account: they went to an address that is no longer its own.
pub async fn forget(c: &mut Conn<'_>, (school, account): (SchoolId, AccountId)) -> Result<u64, Error> {
    exec!(
        c,
        "DELETE FROM passcode WHERE school_id = $1 AND account_id = $2",
        school,
        account
    )
}

/// Forgets codes that have been worth nothing for a while.
pub async fn purge(c: &mut Conn<'_>, now: Timestamp) -> Result<u64, Error> {
    let before = now.saturating_sub(1.hours()).unwrap_or(now);
    exec!(c, "DELETE FROM passcode WHERE expires_at < $1", before)
}
