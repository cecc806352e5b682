//! Login without any page: what was typed goes in, an [`Outcome`] comes out.

use crate::access::Role;
use crate::app::App;
use crate::auth::attempt::{self, Try};
use crate::auth::captcha::Kind;
use crate::auth::nobody;
use crate::auth::password::Verdict;
use crate::auth::session::{self, Token};
use crate::auth::throttle;
use crate::error::Result;
use domain::ids::SchoolId;
use jiff::Timestamp;
use store::accounts::{self, Account, PasswordHash};
use store::{Conn, spent};
use uuid::Uuid;

/// Wrong passwords of an account after which a captcha is asked for where it is not asked for always.
const PATIENCE: i64 = 3;

/// What somebody typed, and where.
#[derive(Clone)]
pub struct Attempt {
    /// The account's school, or none.
    pub school: SchoolId,
    /// The login name.
    pub login: String,
    /// The roles that this door lets in.
    pub roles: &'static [Role],
    /// The answer to a captcha.
    pub captcha: Answer,
    /// Whether a captcha is always asked for.
    pub always_captcha: bool,
    /// The counter of the client's address.
    pub address: String,
    /// Now.
    pub now: Timestamp,
}

/// The state of a captcha's answer before the database is asked whether it is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// None was given.
    None,
    /// It is not one of ours, or was answered too late.
    Expired,
    /// Not the answer; spends it all the same.
    Wrong(Uuid, Timestamp),
    /// The answer.
    Right(Uuid, Timestamp),
}

/// What came of it.
pub enum Outcome {
    /// Signed in: the cookie's value.
    In(String),
    /// No such account, or not its password: nobody learns which.
    Wrong,
    /// Too many wrong ones; not before then.
    Locked(Timestamp),
    /// A captcha is asked for now.
    CaptchaRequired,
    /// Not the answer.
    CaptchaWrong,
    /// Too late, or used before.
    CaptchaExpired,
}

enum Checked {
    Go(Option<Box<Account>>),
    Stop(Outcome),
}

/// Reads the answer to a captcha from a form.
pub fn answer(app: &App, id: &str, typed: &str, now: Timestamp) -> Answer {
    if id.is_empty() {
        return Answer::None;
    }
    let opened = id
        .parse()
        .ok()
        .and_then(|id| app.captchas().open(id).map(|(expires, kind)| (id, expires, kind)));
    let Some((id, expires, kind)) = opened.filter(|(_, expires, _)| *expires > now) else {
        return Answer::Expired;
    };
    if app.captchas().fits(id, kind, typed) {
        Answer::Right(id, expires)
    } else {
        Answer::Wrong(id, expires)
    }
}

/// Which captcha a page shows.
pub fn new_captcha(app: &App, in_words: bool) -> (Uuid, Kind) {
    let kind = if in_words { Kind::Sum } else { Kind::Picture };
    (app.captchas().issue(app.env(), kind), kind)
}

/// Whether an address has failed so often that every login from it is asked for a captcha.
pub async fn address_is_suspect(app: &App, address: &str, now: Timestamp) -> Result<bool> {
    let key = throttle::key(address);
    let count = app.store().read(move |c| {
        let key = key.clone();
        Box::pin(async move { store::throttle::count(c, SchoolId::NONE, &key, throttle::window(now)).await })
    });
    Ok(count.await? >= throttle::ADDRESS_LIMIT)
}

/// Tries to sign in. `old` is the session that the browser had; it ends.
pub async fn run(app: &App, attempt: Attempt, password: String, old: Option<Token>) -> Result<Outcome> {
    let asked = attempt.clone();
    let checked = app.store().write(move |c| {
        let asked = asked.clone();
        Box::pin(async move { check(c, &asked).await })
    });
    let account = match checked.await? {
        Checked::Go(account) => account,
        Checked::Stop(outcome) => return Ok(outcome),
    };
    let hash = account
        .as_ref()
        .and_then(|account| account.password_hash.as_ref())
        .map(|hash| hash.0.clone());
    let verdict = app.hasher().verify(password, hash).await?;
    let admitted = account.filter(|account| verdict != Verdict::Wrong && session::may_log_in(account));
    let Some(account) = admitted else {
        return refuse(app, attempt).await;
    };
    let (new, cookie) = session::prepare(app, account.school_id, account.id, attempt.now)?;
    let renewed = verdict.renewed();
    let begin = app.store().write(move |c| {
        let (new, renewed, key) = (new.clone(), renewed.clone(), (account.school_id, account.id));
        Box::pin(async move {
            accounts::clear_failures(c, key.0, key.1).await?;
            if let Some(hash) = renewed {
                accounts::rehash(c, key.0, key.1, &PasswordHash(hash)).await?;
            }
            session::begin(c, &new, old).await
        })
    });
    begin.await?;
    Ok(Outcome::In(cookie))
}

/// Spends the captcha, looks at the counters, counts the try.
async fn check(c: &mut Conn<'_>, asked: &Attempt) -> std::result::Result<Checked, store::Error> {
    let solved = match asked.captcha {
        Answer::None => None,
        Answer::Expired => Some(Err(Outcome::CaptchaExpired)),
        Answer::Wrong(id, expires) => {
            spent::spend(c, id, expires).await?;
            Some(Err(Outcome::CaptchaWrong))
        }
        Answer::Right(id, expires) => Some(if spent::spend(c, id, expires).await? {
            Ok(())
        } else {
            Err(Outcome::CaptchaExpired)
        }),
    };
    if let Some(Err(outcome)) = solved {
        return Ok(Checked::Stop(outcome));
    }
    let account = accounts::by_login(c, asked.school, &asked.login, asked.roles).await?;
    let failures = match &account {
        Some(account) => i64::from(account.failures),
        None => nobody::failures(c, asked).await?,
    };
    if solved.is_none() && needs_captcha(c, asked, failures).await? {
        return Ok(Checked::Stop(Outcome::CaptchaRequired));
    }
    let Some(account) = account else {
        return Ok(match nobody::count(c, asked).await? {
            Some(until) => Checked::Stop(Outcome::Locked(until)),
            None => Checked::Go(None),
        });
    };
    match attempt::count(c, (account.school_id, account.id), asked.now).await? {
        Some(Try::Go(account)) => Ok(Checked::Go(Some(account))),
        Some(Try::Locked(until)) => Ok(Checked::Stop(Outcome::Locked(until))),
        None => Ok(Checked::Go(None)),
    }
}

async fn needs_captcha(
    c: &mut Conn<'_>,
    asked: &Attempt,
    failures: i64,
) -> std::result::Result<bool, store::Error> {
    if asked.always_captcha || failures >= PATIENCE {
        return Ok(true);
    }
    let window = throttle::window(asked.now);
    let count = store::throttle::count(c, SchoolId::NONE, &throttle::key(&asked.address), window).await?;
    Ok(count >= throttle::ADDRESS_LIMIT)
}

async fn refuse(app: &App, attempt: Attempt) -> Result<Outcome> {
    let (key, window) = (throttle::key(&attempt.address), throttle::window(attempt.now));
    let hit = app.store().write(move |c| {
        let key = key.clone();
        Box::pin(async move { store::throttle::hit(c, SchoolId::NONE, &key, window).await })
    });
    hit.await?;
    Ok(Outcome::Wrong)
}
