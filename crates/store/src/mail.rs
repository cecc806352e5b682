//! Mail: the addresses that count, and messages that wait in the outbox to be sent.
//!
//! A notice is announced in the transaction of the change ([`announce`]); the worker then makes one job for
//! each address ([`spread`]), so that an address that cannot be reached keeps no other waiting and nobody gets
//! a message again because somebody else did not. Jobs hold identifiers and sealed values only. The
//! identifier of a job is that of its message, however often it is tried.

use domain::codes::email::Email;
use domain::ids::{AccountId, EmployerId, JobId, MessageId, SchoolId};
use domain::notice::Audience;
use domain::ports::Env;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Conn, Error};
use crate::keys::Keys;
use crate::outbox::{self, Job};
use crate::sealed::{self, PersonalNumber, Place, Sealed};
use crate::{exec, exec_later, fetch_all, fetch_opt, row};

mod address;

pub use address::{forget_address, history, set_address};

/// Which message to tell by mail, to whoever has an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeJob {
    /// The message in the inbox.
    pub message: MessageId,
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// An account's confirmed address, as it is when the message is sent.
    Account(SchoolId, AccountId),
    /// The contact that an employer has registered.
    Contact(EmployerId),
    /// An address of an account, sealed for [`place`] and written in hex: one that is not confirmed yet, or is
    /// no longer the account's.
    Address(AccountId, String),
}

/// About what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A message of this school's inbox.
    Notice(SchoolId, MessageId),
    /// A code, sealed for [`code_place`] and written in hex, and what it is good for.
    Code {
        /// The code.
        code: String,
        /// For what: the beginning of its purpose.
        purpose: String,
        /// Until when; worth nothing afterwards.
        until: Timestamp,
    },
    /// The address of an account was changed to another one.
    Moved,
}

/// A message to one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailJob {
    /// To whom.
    pub to: Whom,
    /// About what.
    pub about: About,
}

/// Where the address of an account is sealed for, in whatever table it is.
pub fn place(account: AccountId) -> Place {
    Place {
        table: "account_mail",
        column: "address_sealed",
        row: account.0,
    }
}

/// Where the code of a job is sealed for.
pub fn code_place(account: AccountId) -> Place {
    Place {
        table: "outbox",
        column: "code",
        row: account.0,
    }
}

/// Seals an address for an account.
pub fn seal(keys: &Keys, env: &Env, account: AccountId, address: &Email) -> Result<Sealed, Error> {
    sealed::seal(keys, env, place(account), &PersonalNumber::new(address.reveal()))
}

/// Opens an address of an account.
pub fn open(keys: &Keys, account: AccountId, sealed: &Sealed) -> Result<Email, Error> {
    let text = sealed::open(keys, place(account), sealed)?;
    Email::parse(text.reveal()).map_err(|_| Error::Corrupt("a sealed address is none".into()))
}

row! {
    /// The address of an account.
    #[derive(Debug, Clone)]
    pub struct Address {
        /// The address, sealed for [`place`].
        pub address_sealed: Sealed,
        /// Since when it counts.
        pub confirmed_at: Timestamp,
    }
}

/// The confirmed address of an account.
pub async fn address(
    c: &mut Conn<'_>,
    school: SchoolId,
    account: AccountId,
) -> Result<Option<Address>, Error> {
    fetch_opt!(
        c,
        Address,
        "SELECT address_sealed, confirmed_at FROM account_mail WHERE school_id = $1 AND account_id = $2",
        school,
        account
    )
}

/// A message of the inbox is to be told by mail too; in the transaction of what it tells of.
pub async fn announce(
    c: &mut Conn<'_>,
    school: SchoolId,
    message: MessageId,
    (at, env): (Timestamp, &Env),
) -> Result<(), Error> {
    let payload = serde_json::to_string(&NoticeJob { message }).map_err(|_| Error::Corrupt("job".into()))?;
    exec_later!(
        c,
        "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, NULL, $5, 0, $5)",
        school,
        JobId::new(at, env.random.as_ref()),
        outbox::MAIL,
        payload,
        at
    )?;
    Ok(())
}

/// Drops the notices that were announced and not sent yet: what was made up for a demonstration is no news.
pub async fn drop_announced(c: &mut Conn<'_>) -> Result<u64, Error> {
    exec!(
        c,
        "DELETE FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND topic = 'mail.send'"
    )
}

/// Makes a job for everybody who is to get a notice.
pub async fn spread(c: &mut Conn<'_>, job: &Job, wanted: &NoticeJob, env: &Env) -> Result<(), Error> {
    let (school, now) = (job.school_id, env.now());
    if let Some(notice) = crate::inbox::notice(c, school, wanted.message).await? {
        for to in recipients(c, school, notice.audience).await? {
            let about = About::Notice(school, wanted.message);
            send(c, school, &MailJob { to, about }, (now, env)).await?;
        }
    }
    outbox::done(c, job, now).await
}

/// Who of an audience has an address. An employer nobody of whom has confirmed one is told where it said that
/// it can be reached.
async fn recipients(c: &mut Conn<'_>, school: SchoolId, audience: Audience) -> Result<Vec<Whom>, Error> {
    match audience {
        Audience::Student(student) => {
            let found = fetch_all!(
                c,
                (AccountId,),
                "SELECT a.id FROM account a JOIN account_mail m ON m.school_id = a.school_id AND m.account_id = a.id \
                 WHERE a.school_id = $1 AND a.student_id = $2 AND a.status = 'active'",
                school,
                student
            )?;
            Ok(found.into_iter().map(|(id,)| Whom::Account(school, id)).collect())
        }
        Audience::Employer(employer) => {
            let found = fetch_all!(
                c,
                (AccountId,),
                "SELECT a.id FROM account a JOIN account_mail m ON m.school_id = a.school_id AND m.account_id = a.id \
                 WHERE a.school_id = 0 AND a.employer_id = $1 AND a.status = 'active' ORDER BY a.id LIMIT 50",
                employer
            )?;
            let members: Vec<Whom> = found
                .into_iter()
                .map(|(id,)| Whom::Account(SchoolId::NONE, id))
                .collect();
            Ok(if members.is_empty() {
                vec![Whom::Contact(employer)]
            } else {
                members
            })
        }
        Audience::College(_) | Audience::School => Ok(Vec::new()),
    }
}

/// Puts a message to one address into the outbox.
async fn send(
    c: &mut Conn<'_>,
    school: SchoolId,
    job: &MailJob,
    (available, env): (Timestamp, &Env),
) -> Result<(), Error> {
    let payload = serde_json::to_string(job).map_err(|_| Error::Corrupt("job".into()))?;
    let now = env.now();
    exec!(
        c,
        "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, NULL, $5, 0, $6)",
        school,
        JobId::new(now, env.random.as_ref()),
        outbox::MAIL,
        payload,
        available,
        now
    )?;
    Ok(())
}

/// A code on its way.
pub(crate) struct Posted<'a> {
    /// Whose.
    pub key: (SchoolId, AccountId),
    /// Where to.
    pub to: &'a Sealed,
    /// The code, sealed for [`code_place`].
    pub code: &'a Sealed,
    /// For what.
    pub purpose: &'a str,
    /// Until when.
    pub until: Timestamp,
}

/// Sends a code. It overtakes the notices that wait: somebody sits there and waits for it.
pub(crate) async fn send_code(c: &mut Conn<'_>, posted: &Posted<'_>, env: &Env) -> Result<(), Error> {
    let purpose = posted.purpose.split(':').next().unwrap_or_default();
    let job = MailJob {
        to: Whom::Address(posted.key.1, hex::encode(&posted.to.0)),
        about: About::Code {
            code: hex::encode(&posted.code.0),
            purpose: purpose.to_owned(),
            until: posted.until,
        },
    };
    let now = env.now();
    let first = now.saturating_sub(24.hours()).unwrap_or(now);
    send(c, posted.key.0, &job, (first, env)).await
}

row! {
    struct Registered {
        email: String,
    }
}

/// Where a message goes now; nothing when there is no such address any more.
pub async fn resolve(c: &mut Conn<'_>, keys: &Keys, to: &Whom) -> Result<Option<Email>, Error> {
    match to {
        Whom::Account(school, account) => address(c, *school, *account)
            .await?
            .map(|found| open(keys, *account, &found.address_sealed))
            .transpose(),
        Whom::Contact(employer) => {
            let found = fetch_opt!(
                c,
                Registered,
                "SELECT email FROM employer WHERE id = $1",
                employer
            )?;
            // What was registered long ago may be anything.
            Ok(found.and_then(|found| Email::parse(&found.email).ok()))
        }
        Whom::Address(account, text) => {
            let bytes = hex::decode(text).map_err(|_| Error::Corrupt("a sealed address".into()))?;
            open(keys, *account, &Sealed(bytes)).map(Some)
        }
    }
}

/// The code of a job.
pub fn open_code(keys: &Keys, account: AccountId, text: &str) -> Result<PersonalNumber, Error> {
    let bytes = hex::decode(text).map_err(|_| Error::Corrupt("a sealed code".into()))?;
    sealed::open(keys, code_place(account), &Sealed(bytes))
}

/// What stands in a notice besides the message: where it happened and how it stands now.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The school's name.
    pub school: String,
    /// Its code.
    pub code: String,
    /// The year of the agreement.
    pub year: i32,
    /// The agreement's state, as a code.
    pub state: String,
    /// Until when the student may answer, while that is open.
    pub deadline: Option<Timestamp>,
}

row! {
    struct Around {
        name: String,
        code: String,
        year: i32,
        state: String,
        deadline_at: Option<Timestamp>,
    }
}

/// What surrounds the agreement of a notice.
pub async fn surroundings(
    c: &mut Conn<'_>,
    school: SchoolId,
    agreement: Uuid,
) -> Result<Option<Surroundings>, Error> {
    let found = fetch_opt!(
        c,
        Around,
        "SELECT s.name, s.code, a.year, a.state, a.deadline_at FROM agreement a JOIN school s ON s.id = a.school_id \
         WHERE a.school_id = $1 AND a.id = $2",
        school,
        agreement
    )?;
    Ok(found.map(|row| Surroundings {
        deadline: row.deadline_at.filter(|_| row.state == "offered"),
        school: row.name,
        code: row.code,
        year: row.year,
        state: row.state,
    }))
}
