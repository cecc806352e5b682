//! Work to be done after a change: written in its transaction, done by the worker.
//!
//! A job is claimed with a lease, done outside any transaction, and then recorded; a worker that dies
//! leaves a lease that runs out. A job that keeps failing is tried again with growing pauses and, after
//! [`ATTEMPTS`], put aside where staff can see it; the document of an agreement that took effect and its seal
//! are never put aside.

use domain::agreement::Agreement;
use domain::ids::{AgreementId, JobId, SchoolId, UploadId};
use domain::notice::REMINDERS;
use domain::ports::Env;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::db::{Conn, Error};
use crate::seals::Overdue;
use crate::{documents, exec, exec_later, fetch_all, fetch_one, row};

/// Tries before a job is put aside. With the pauses of [`pause`] that is about two days.
pub const ATTEMPTS: i64 = 12;
/// How long a claim holds.
const LEASE_SECONDS: i64 = 60;

/// Which rendition of which agreement to render.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderJob {
    /// The agreement.
    pub agreement: AgreementId,
    /// `preview` or `final`.
    pub rendition: String,
    /// The agreement's version that is to be shown.
    pub version: i64,
}

/// Topic of [`RenderJob`].
pub const RENDER: &str = "document.render";

/// Which agreement's document to seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealJob {
    /// The agreement.
    pub agreement: AgreementId,
}

/// Topic of [`SealJob`].
pub const SEAL: &str = "document.seal";
/// The longest pause between two tries of what is never put aside, in seconds.
const ENDLESS_PAUSE: i64 = 15 * 60;

/// Asks for the seal of an agreement's document, once.
pub async fn seal(
    c: &mut Conn<'_>,
    school: SchoolId,
    agreement: AgreementId,
    env: &Env,
) -> Result<(), Error> {
    let payload = serde_json::to_string(&SealJob { agreement }).map_err(|_| Error::Corrupt("job".into()))?;
    let now = env.now();
    exec!(
        c,
        "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $6) ON CONFLICT DO NOTHING",
        school,
        JobId::new(now, env.random.as_ref()),
        SEAL,
        payload,
        format!("seal:{agreement}"),
        now
    )?;
    Ok(())
}

/// Asks for a rendition, once for each version.
pub async fn render(
    c: &mut Conn<'_>,
    agreement: &Agreement,
    rendition: &str,
    env: &Env,
) -> Result<(), Error> {
    let job = RenderJob {
        agreement: agreement.id,
        rendition: rendition.into(),
        version: agreement.version,
    };
    let payload = serde_json::to_string(&job).map_err(|_| Error::Corrupt("job".into()))?;
    let dedupe = format!("{rendition}:{}:{}", agreement.id, agreement.version);
    let now = env.now();
    exec_later!(
        c,
        "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $6) ON CONFLICT DO NOTHING",
        agreement.school,
        JobId::new(now, env.random.as_ref()),
        RENDER,
        payload,
        dedupe,
        now
    )?;
    Ok(())
}

/// Which offer the student is to be reminded of, and of which deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemindJob {
    /// The offer.
    pub agreement: AgreementId,
    /// The deadline; another one by then, and nobody is reminded.
    pub deadline: Timestamp,
}

/// Topic of [`RemindJob`].
pub const REMIND: &str = "offer.remind";

/// Plans the reminders of an open offer that still lie ahead, each once for each deadline.
pub async fn plan_reminders(c: &mut Conn<'_>, agreement: &Agreement, env: &Env) -> Result<(), Error> {
    let Some(deadline) = agreement.state.deadline() else {
        return Ok(());
    };
    let now = env.now();
    let job = RemindJob {
        agreement: agreement.id,
        deadline,
    };
    let payload = serde_json::to_string(&job).map_err(|_| Error::Corrupt("job".into()))?;
    for hours in REMINDERS {
        let at = deadline.saturating_sub(hours.hours()).unwrap_or(deadline);
        if at <= now {
            continue;
        }
        exec!(
            c,
            "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT DO NOTHING",
            agreement.school,
            JobId::new(now, env.random.as_ref()),
            REMIND,
            &payload,
            format!("remind:{}:{}:{hours}", agreement.id, deadline.as_microsecond()),
            at,
            now
        )?;
    }
    Ok(())
}

/// Which letter to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterJob {
    /// The upload that it becomes.
    pub upload: UploadId,
}

/// Topic of [`LetterJob`].
pub const LETTER: &str = "letter.make";

/// Asks for a letter.
pub async fn letter(c: &mut Conn<'_>, school: SchoolId, upload: UploadId, env: &Env) -> Result<(), Error> {
    let job = LetterJob { upload };
    let payload = serde_json::to_string(&job).map_err(|_| Error::Corrupt("job".into()))?;
    let now = env.now();
    exec!(
        c,
        "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, NULL, $5, 0, $5)",
        school,
        JobId::new(now, env.random.as_ref()),
        LETTER,
        payload,
        now
    )?;
    Ok(())
}

/// Which draft of a template to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewJob {
    /// The graduation year; 0 for all.
    pub year: i32,
    /// The save that is to be shown.
    pub version: i64,
    /// When it was saved: a draft that was given up begins again at one.
    pub saved: Timestamp,
}

/// Topic of [`PreviewJob`].
pub const PREVIEW: &str = "template.preview";

/// Asks for a preview of a template's draft, once for each save.
pub async fn template_preview(
    c: &mut Conn<'_>,
    school: SchoolId,
    job: &PreviewJob,
    env: &Env,
) -> Result<(), Error> {
    let payload = serde_json::to_string(job).map_err(|_| Error::Corrupt("job".into()))?;
    let now = env.now();
    let id = JobId::new(now, env.random.as_ref());
    exec!(
        c,
        "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $6) ON CONFLICT DO NOTHING",
        school,
        id,
        PREVIEW,
        payload,
        format!("template:{}:{}", job.year, job.saved.as_microsecond()),
        now
    )?;
    Ok(())
}

row! {
    /// A claimed job.
    #[derive(Debug, Clone)]
    pub struct Job {
        /// Its school.
        pub school_id: SchoolId,
        /// Which.
        pub id: JobId,
        /// What kind of work.
        pub topic: String,
        /// What to do, as JSON.
        pub payload: String,
        /// Tries so far, this one included.
        pub attempts: i64,
    }
}

/// Topic of notices and messages to be sent by mail ([`crate::mail`]): a lane of its own.
pub const MAIL: &str = "mail.send";

/// Claims the jobs that are due, mail left out, at most `limit` and none of the topic `without`; nobody else gets them until
/// the lease runs out.
pub async fn claim(
    c: &mut Conn<'_>,
    now: Timestamp,
    limit: i64,
    without: Option<&str>,
) -> Result<Vec<Job>, Error> {
    let lease = now.saturating_add(LEASE_SECONDS.seconds()).unwrap_or(now);
    fetch_all!(
        c,
        Job,
        "UPDATE outbox SET leased_until = $2, available_at = $2, attempts = attempts + 1 \
         WHERE (school_id, id) IN (SELECT school_id, id FROM outbox \
           WHERE done_at IS NULL AND dead_at IS NULL AND topic <> 'mail.send' AND available_at <= $1 \
           AND topic <> $4 ORDER BY available_at LIMIT $3) \
         AND available_at <= $1 AND done_at IS NULL AND dead_at IS NULL \
         RETURNING school_id, id, topic, payload, attempts",
        now,
        lease,
        limit,
        without.unwrap_or_default()
    )
}

/// Claims mail that is due, as [`claim`].
pub async fn claim_mail(c: &mut Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<Job>, Error> {
    let lease = now.saturating_add(LEASE_SECONDS.seconds()).unwrap_or(now);
    fetch_all!(
        c,
        Job,
        "UPDATE outbox SET leased_until = $2, available_at = $2, attempts = attempts + 1 \
         WHERE (school_id, id) IN (SELECT school_id, id FROM outbox \
           WHERE done_at IS NULL AND dead_at IS NULL AND topic = 'mail.send' AND available_at <= $1 \
           ORDER BY available_at LIMIT $3) \
         AND available_at <= $1 AND done_at IS NULL AND dead_at IS NULL \
         RETURNING school_id, id, topic, payload, attempts",
        now,
        lease,
        limit
    )
}

/// The job is done.
pub async fn done(c: &mut Conn<'_>, job: &Job, now: Timestamp) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE outbox SET done_at = $3, leased_until = NULL, last_error = NULL WHERE school_id = $1 AND id = $2",
        job.school_id,
        job.id,
        now
    )?;
    Ok(())
}

/// The job comes again at `at`, as if it had not been claimed.
pub async fn postpone(c: &mut Conn<'_>, job: &Job, at: Timestamp) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE outbox SET available_at = $3, leased_until = NULL, attempts = attempts - 1 \
         WHERE school_id = $1 AND id = $2",
        job.school_id,
        job.id,
        at
    )?;
    Ok(())
}

/// The pause in seconds before try `attempts + 1`: doubling from 5 seconds to 12 hours.
pub fn pause(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 20)).unwrap_or(1) - 1;
    (5_i64 << doublings).min(12 * 3600)
}

/// Whether a job is tried until it succeeds: what took effect has its sealed document some day.
fn is_endless(job: &Job) -> bool {
    let is_final =
        || serde_json::from_str(&job.payload).is_ok_and(|job: RenderJob| job.rendition == documents::FINAL);
    job.topic == SEAL || (job.topic == RENDER && is_final())
}

/// The job failed: again later, or put aside. `error` must not hold personal data.
pub async fn failed(c: &mut Conn<'_>, job: &Job, error: &str, now: Timestamp) -> Result<(), Error> {
    let is_endless = is_endless(job);
    let pause = if is_endless {
        pause(job.attempts).min(ENDLESS_PAUSE)
    } else {
        pause(job.attempts)
    };
    let next = now.saturating_add(pause.seconds()).unwrap_or(now);
    let dead = (job.attempts >= ATTEMPTS && !is_endless).then_some(now);
    note_failure(c, job, error, (next, dead)).await
}

/// The job failed and no other try would help: put aside at once. `error` must not hold personal data.
pub async fn give_up(c: &mut Conn<'_>, job: &Job, error: &str, now: Timestamp) -> Result<(), Error> {
    note_failure(c, job, error, (now, Some(now))).await
}

async fn note_failure(
    c: &mut Conn<'_>,
    job: &Job,
    error: &str,
    (next, dead): (Timestamp, Option<Timestamp>),
) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE outbox SET available_at = $3, leased_until = NULL, dead_at = $4, last_error = $5 \
         WHERE school_id = $1 AND id = $2",
        job.school_id,
        job.id,
        next,
        dead,
        error
    )?;
    Ok(())
}

/// A job that was put aside is tried again from the beginning.
pub async fn revive(c: &mut Conn<'_>, school: SchoolId, id: JobId, now: Timestamp) -> Result<(), Error> {
    let changed = exec!(
        c,
        "UPDATE outbox SET dead_at = NULL, attempts = 0, available_at = $3 \
         WHERE school_id = $1 AND id = $2 AND dead_at IS NOT NULL",
        school,
        id,
        now
    )?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// The agreements of all schools that took effect before `since` and have no document yet.
pub async fn unprinted(c: &mut Conn<'_>, since: Timestamp) -> Result<Overdue, Error> {
    fetch_one!(
        c,
        Overdue,
        "SELECT count(*) AS waiting, min(created_at) AS oldest, max(last_error) AS error FROM outbox \
         WHERE done_at IS NULL AND dead_at IS NULL AND topic = $1 AND dedupe LIKE 'final:%' AND created_at < $2",
        RENDER,
        since
    )
}

/// When the next job is due, mail left out, if any is waiting.
pub async fn next_due(c: &mut Conn<'_>) -> Result<Option<Timestamp>, Error> {
    let row = crate::fetch_opt!(
        c,
        (Timestamp,),
        "SELECT available_at FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND topic <> 'mail.send' \
         ORDER BY available_at LIMIT 1"
    )?;
    Ok(row.map(|(at,)| at))
}

/// When the next mail is due, if any is waiting.
pub async fn next_mail_due(c: &mut Conn<'_>) -> Result<Option<Timestamp>, Error> {
    let row = crate::fetch_opt!(
        c,
        (Timestamp,),
        "SELECT available_at FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND topic = 'mail.send' \
         ORDER BY available_at LIMIT 1"
    )?;
    Ok(row.map(|(at,)| at))
}

/// Forgets jobs that were done more than a week ago, and mail that was given up four weeks ago: nobody can do
/// anything about an address that does not exist.
pub async fn forget_done(c: &mut Conn<'_>, now: Timestamp) -> Result<(), Error> {
    let week_ago = now.saturating_sub((7 * 24).hours()).unwrap_or(now);
    exec!(
        c,
        "DELETE FROM outbox WHERE done_at IS NOT NULL AND done_at < $1",
        week_ago
    )?;
    let long_ago = now.saturating_sub((28 * 24).hours()).unwrap_or(now);
    exec!(
        c,
        "DELETE FROM outbox WHERE topic = 'mail.send' AND dead_at IS NOT NULL AND dead_at < $1",
        long_ago
    )?;
    Ok(())
}
