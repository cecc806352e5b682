//! The in-app inbox: messages written in the transaction of the change they tell of.

use domain::agreement::{Agreement, Applied};
use domain::ids::{AccountId, AgreementId, CollegeId, EmployerId, MessageId, SchoolId, StudentId};
use domain::notice::{self, Audience, Told};
use domain::params::SchoolParams;
use domain::ports::Env;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Conn, Error};
use crate::{exec, exec_later, fetch_all, fetch_one, mail, row};

/// Who is named in a message, and what the school has said of channels.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The student.
    pub student: &'a str,
    /// The employer.
    pub employer: &'a str,
    /// The parameters in force.
    pub params: &'a SchoolParams,
}

/// What fills the words of a message; the words themselves are the interface's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// The student's name.
    pub student: String,
    /// The employer's name.
    pub employer: String,
    /// The position.
    pub position: String,
    /// Code of the reason, where one was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The reason's words, where there were any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// The number, once issued.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub number: Option<String>,
    /// The deadline that is near.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deadline: Option<Timestamp>,
}

fn id_of(audience: Audience) -> Uuid {
    match audience {
        Audience::Employer(id) => id.0,
        Audience::Student(id) => id.0,
        Audience::College(id) => id.0,
        Audience::School => Uuid::nil(),
    }
}

/// Tells everybody concerned (see [`notice::audiences`]); by mail as well where the school says so, but for
/// the side that acted.
pub async fn tell(c: &mut Conn<'_>, applied: &Applied, names: Names<'_>, env: &Env) -> Result<(), Error> {
    let agreement = &applied.agreement;
    let params = Params {
        student: names.student.to_owned(),
        employer: names.employer.to_owned(),
        position: agreement.content.terms.position.clone(),
        reason: applied.event.payload.reason.clone(),
        note: applied.event.note.clone(),
        number: agreement.state.number().map(str::to_owned),
        deadline: None,
    };
    let text = serde_json::to_string(&params).map_err(|_| Error::Corrupt("message".into()))?;
    let others = notice::recipients(&applied.event, agreement);
    let told = applied.event.kind.into();
    for audience in notice::audiences(applied.event.kind, agreement) {
        let message = put(c, agreement, (audience, told, &text), (applied.event.at, env)).await?;
        if others.contains(&audience) && notice::by_mail(told, audience, names.params) {
            mail::announce(c, agreement.school, message, (applied.event.at, env)).await?;
        }
    }
    Ok(())
}

/// Reminds the student of an offer whose deadline is near.
pub async fn remind(
    c: &mut Conn<'_>,
    agreement: &Agreement,
    names: Names<'_>,
    (now, env): (Timestamp, &Env),
) -> Result<(), Error> {
    let params = Params {
        student: names.student.to_owned(),
        employer: names.employer.to_owned(),
        position: agreement.content.terms.position.clone(),
        reason: None,
        note: None,
        number: None,
        deadline: agreement.state.deadline(),
    };
    let text = serde_json::to_string(&params).map_err(|_| Error::Corrupt("message".into()))?;
    let student = Audience::Student(agreement.student);
    let message = put(c, agreement, (student, Told::ReplyDue, &text), (now, env)).await?;
    if notice::by_mail(Told::ReplyDue, student, names.params) {
        mail::announce(c, agreement.school, message, (now, env)).await?;
    }
    Ok(())
}

async fn put(
    c: &mut Conn<'_>,
    agreement: &Agreement,
    (audience, told, params): (Audience, Told, &str),
    (at, env): (Timestamp, &Env),
) -> Result<MessageId, Error> {
    let id = MessageId::new(at, env.random.as_ref());
    exec_later!(
        c,
        "INSERT INTO inbox (school_id, id, audience, audience_id, event, agreement_id, params, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        agreement.school,
        id,
        audience.code(),
        id_of(audience),
        told.code(),
        agreement.id,
        params,
        at
    )?;
    Ok(id)
}

row! {
    struct Row {
        id: MessageId,
        event: String,
        agreement_id: Option<AgreementId>,
        params: String,
        at: Timestamp,
    }
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// Code of the event.
    pub event: String,
    /// The agreement it is about.
    pub agreement: Option<AgreementId>,
    /// What fills the words.
    pub params: Params,
    /// When.
    pub at: Timestamp,
    /// Whether it came after the account last looked.
    pub unread: bool,
}

row! {
    struct Addressed {
        audience: String,
        audience_id: Uuid,
        event: String,
        agreement_id: Option<AgreementId>,
        params: String,
    }
}

/// A message and for whom it is; to be told by other channels.
#[derive(Debug, Clone)]
pub struct Notice {
    /// For whom.
    pub audience: Audience,
    /// What it tells of.
    pub told: Told,
    /// The agreement it is about.
    pub agreement: Option<AgreementId>,
    /// What fills the words.
    pub params: Params,
}

/// One message of a school.
pub async fn notice(c: &mut Conn<'_>, school: SchoolId, id: MessageId) -> Result<Option<Notice>, Error> {
    let row = crate::fetch_opt!(
        c,
        Addressed,
        "SELECT audience, audience_id, event, agreement_id, params FROM inbox WHERE school_id = $1 AND id = $2",
        school,
        id
    )?;
    let Some(row) = row else { return Ok(None) };
    let corrupt = || Error::Corrupt(format!("message {id}"));
    let audience = match row.audience.as_str() {
        "employer" => Audience::Employer(EmployerId(row.audience_id)),
        "student" => Audience::Student(StudentId(row.audience_id)),
        "college" => Audience::College(CollegeId(row.audience_id)),
        _ => Audience::School,
    };
    Ok(Some(Notice {
        audience,
        told: Told::from_code(&row.event).ok_or_else(corrupt)?,
        agreement: row.agreement_id,
        params: serde_json::from_str(&row.params).map_err(|_| corrupt())?,
    }))
}

/// Where a page of messages begins: after this moment and id, going back in time.
pub type Cursor = (Timestamp, MessageId);

/// The latest messages of an audience, before `after`, at most `limit`. A college's reviewer of several
/// colleges asks for each.
pub async fn latest(
    c: &mut Conn<'_>,
    school: SchoolId,
    audience: Audience,
    (seen, after, limit): (Option<Timestamp>, Option<Cursor>, i64),
) -> Result<Vec<Message>, Error> {
    let (at, id) = after.unwrap_or((Timestamp::MAX, MessageId(Uuid::max())));
    let rows = fetch_all!(
        c,
        Row,
        "SELECT id, event, agreement_id, params, at FROM inbox \
         WHERE school_id = $1 AND audience = $2 AND audience_id = $3 AND (at, id) < ($4, $5) \
         ORDER BY at DESC, id DESC LIMIT $6",
        school,
        audience.code(),
        id_of(audience),
        at,
        id,
        limit
    )?;
    rows.into_iter()
        .map(|row| {
            let params = serde_json::from_str(&row.params)
                .map_err(|_| Error::Corrupt(format!("message {}", row.id)))?;
            Ok(Message {
                id: row.id,
                event: row.event,
                agreement: row.agreement_id,
                params,
                at: row.at,
                unread: seen.is_none_or(|seen| row.at > seen),
            })
        })
        .collect()
}

/// When the account last looked at its messages at this school.
pub async fn seen(
    c: &mut Conn<'_>,
    school: SchoolId,
    account: AccountId,
) -> Result<Option<Timestamp>, Error> {
    let row = crate::fetch_opt!(
        c,
        (Timestamp,),
        "SELECT seen_at FROM inbox_seen WHERE school_id = $1 AND account_id = $2",
        school,
        account
    )?;
    Ok(row.map(|(at,)| at))
}

/// Messages that came since `seen`, counted up to 100.
pub async fn unread(
    c: &mut Conn<'_>,
    school: SchoolId,
    audience: Audience,
    seen: Option<Timestamp>,
) -> Result<i64, Error> {
    let (count,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM (SELECT 1 AS one FROM inbox WHERE school_id = $1 AND audience = $2 \
         AND audience_id = $3 AND at > $4 LIMIT 100) AS counted",
        school,
        audience.code(),
        id_of(audience),
        seen.unwrap_or(Timestamp::UNIX_EPOCH)
    )?;
    Ok(count)
}

/// All messages of an audience.
pub async fn count(c: &mut Conn<'_>, school: SchoolId, audience: Audience) -> Result<i64, Error> {
    let (count,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM inbox WHERE school_id = $1 AND audience = $2 AND audience_id = $3",
        school,
        audience.code(),
        id_of(audience)
    )?;
    Ok(count)
}

/// The account has looked at its messages.
pub async fn mark_seen(
    c: &mut Conn<'_>,
    school: SchoolId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO inbox_seen (school_id, account_id, seen_at) VALUES ($1, $2, $3) \
         ON CONFLICT (school_id, account_id) DO UPDATE SET seen_at = excluded.seen_at",
        school,
        account,
        now
    )?;
    Ok(())
}
