//! Makes many documents into one file, a few at a time: the list is read page by page, the documents one by one,
//! and what is finished goes to the file store in parts. Whatever the number of documents, only some of them and
//! some parts are in memory. A try that dies leaves bytes that the next one throws away.

mod index;
mod merge;
mod pack;
mod parts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::agreement::StateKind;
use domain::ids::{AgreementId, FileId, uuid_v7};
use domain::params::SchoolParams;
use jiff::{Timestamp, ToSpan};
use store::bundles::{self, Bundle, Form, Made, Missing, NAMED, Try};
use store::files::{self, Passing};
use store::lists::{self, Item};
use store::outbox::{self, Job};
use store::{Store, agreements};
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use crate::JobError;
use parts::Part;

/// Agreements read at once, and between two notes of how far it is.
const CHUNK: usize = 50;
/// How long a note of how far it is keeps the job claimed, in seconds.
const CLAIM_SECONDS: i64 = 120;
/// When to try again while others are being made, in seconds.
const BUSY_SECONDS: i64 = 3;
/// Tries before it is given up.
const TRIES: i64 = 4;
/// How often one document is looked up that is gone when it is read.
const TRIES_OF_ONE: u32 = 3;
/// Bundles made at once.
const AT_ONCE: usize = 2;

/// Room for bundles in one process.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// One document, or why there is none, on its way into the bundle.
pub(crate) struct Entry {
    item: Item,
    content: Result<Vec<u8>, &'static str>,
}

pub(crate) async fn perform(store: &Store, room: &Room, job: &Job) -> Result<(), JobError> {
    let bundle: Uuid = job
        .payload
        .parse()
        .map_err(|_| JobError::Payload(job.topic.clone()))?;
    let Ok(_room) = room.0.try_acquire() else {
        return postpone(store, job).await;
    };
    let this = Try {
        school: job.school_id,
        bundle,
        bytes: uuid_v7(store.env().now(), store.env().random.as_ref()),
    };
    let Some((found, ids)) = begin(store, this).await? else {
        return crate::done(store, job).await;
    };
    if job.attempts > TRIES {
        // Whoever tried the last time died of it and could not say so.
        give_up(store, (job, this), &JobError::Interrupted).await?;
        return crate::done(store, job).await;
    }
    match make(store, (job, this), (&found, &ids)).await {
        Ok(made) => finish(store, (job, this), made).await,
        // Another worker has begun anew: this one's bytes go, the bundle is the other's.
        Err(JobError::Store(store::Error::Stale)) => {
            passing(this, this.bytes).remove(store).await?;
            Ok(())
        }
        Err(error) => {
            passing(this, this.bytes).remove(store).await?;
            give_up(store, (job, this), &error).await?;
            if job.attempts >= TRIES {
                return crate::done(store, job).await;
            }
            Err(error)
        }
    }
}

fn passing(this: Try, id: Uuid) -> Passing {
    Passing {
        school: this.school,
        id,
    }
}

/// Begins a try: what an earlier one left is thrown away. With which agreements the bundle has: the list goes on
/// changing while it is made, and nobody may fall out of it or come twice.
async fn begin(store: &Store, this: Try) -> Result<Option<(Bundle, Vec<AgreementId>)>, JobError> {
    let read = store.read(move |c| {
        Box::pin(async move {
            let Some(bundle) = bundles::get(c, this.school, this.bundle).await? else {
                return Ok(None);
            };
            let (owner, filter) = (bundle.owner()?, bundle.filter()?);
            let most = bundles::MOST.unsigned_abs();
            Ok(Some(
                lists::all_ids(c, this.school, owner.list(), &filter, most).await?,
            ))
        })
    });
    let Some(ids) = read.await? else {
        return Ok(None);
    };
    let total = i64::try_from(ids.len()).unwrap_or(bundles::MOST);
    let begun = store
        .write(move |c| Box::pin(async move { bundles::begin(c, this, total).await }))
        .await?;
    let Some(found) = begun else {
        return Ok(None);
    };
    if let Some(old) = found.bytes_id {
        passing(this, old).remove(store).await?;
    }
    Ok(Some((found, ids)))
}

async fn make(
    store: &Store,
    (job, this): (&Job, Try),
    (bundle, ids): (&Bundle, &[AgreementId]),
) -> Result<Made, JobError> {
    let form = Form::from_code(&bundle.form).ok_or_else(|| JobError::Payload(job.topic.clone()))?;
    let (entries, coming) = mpsc::channel::<Entry>(4);
    let (finished, parts) = mpsc::channel::<Part>(1);
    let maker = tokio::task::spawn_blocking(move || pack::pack(form, coming, finished));
    let fed = feed(store, (job, this), ids, entries);
    let kept = parts::keep(store, passing(this, this.bytes), parts);
    let (made, (parts, size)) = tokio::try_join!(fed, kept)?;
    maker
        .await
        .map_err(|_| JobError::Interrupted)?
        .map_err(|error| JobError::Bundle(error.to_string()))?;
    Ok(Made { parts, size, ..made })
}

/// Reads the list and its documents and hands them over, one by one.
async fn feed(
    store: &Store,
    (job, this): (&Job, Try),
    ids: &[AgreementId],
    entries: mpsc::Sender<Entry>,
) -> Result<Made, JobError> {
    let mut made = Made::default();
    let mut params = BTreeMap::new();
    for chunk in ids.chunks(CHUNK) {
        let (items, documents) = read(store, this, chunk).await?;
        for item in items {
            let year = item.year;
            if let std::collections::btree_map::Entry::Vacant(slot) = params.entry(year) {
                slot.insert(params_of(store, this, year).await?);
            }
            let content = content(store, this, (&item, &params[&year]), &documents).await?;
            made.done += 1;
            if let Err(why) = &content {
                made.skipped += 1;
                if made.missing.len() < NAMED {
                    made.missing.push(missing(&item, why));
                }
            }
            // Nobody takes it any more: the maker says why.
            if entries.send(Entry { item, content }).await.is_err() {
                return Ok(made);
            }
        }
        go_on(store, (job, this), &made).await?;
    }
    Ok(made)
}

fn missing(item: &Item, why: &str) -> Missing {
    Missing {
        student: item.student_name.clone(),
        number: item.number.clone(),
        why: why.to_owned(),
    }
}

/// Whether it has taken effect, so that its final document counts.
fn is_final(item: &Item) -> bool {
    StateKind::from_code(&item.state).is_some_and(StateKind::is_in_force)
}

type Chunk = (Vec<Item>, BTreeMap<AgreementId, FileId>);

async fn read(store: &Store, this: Try, ids: &[AgreementId]) -> Result<Chunk, JobError> {
    let ids = ids.to_vec();
    let read = store.read(move |c| {
        let ids = ids.clone();
        Box::pin(async move {
            let items = lists::by_ids(c, this.school, &ids).await?;
            let wanted: Vec<_> = items
                .iter()
                .map(|item| (item.id, item.version, is_final(item)))
                .collect();
            let documents = bundles::documents(c, this.school, &wanted).await?;
            Ok((items, documents))
        })
    });
    Ok(read.await?)
}

async fn params_of(store: &Store, this: Try, year: i32) -> Result<SchoolParams, JobError> {
    let read = store.read(move |c| Box::pin(async move { agreements::params(c, this.school, year).await }));
    Ok(read.await?)
}

/// The document of an agreement, or the code of why there is none.
async fn content(
    store: &Store,
    this: Try,
    (item, params): (&Item, &SchoolParams),
    documents: &BTreeMap<AgreementId, FileId>,
) -> Result<Result<Vec<u8>, &'static str>, JobError> {
    let printable = StateKind::from_code(&item.state).is_some_and(|state| params.may_print(state));
    if !is_final(item) && !printable {
        return Ok(Err("not_final"));
    }
    let mut found = documents.get(&item.id).copied();
    let mut tries = 0;
    loop {
        tries += 1;
        let Some(file) = found else {
            return Ok(Err("not_made"));
        };
        match files::get(store, this.school, file).await {
            Ok(stored) => return Ok(Ok(stored.bytes)),
            // Sealed since the page was read: another file has taken its place.
            Err(store::Error::NotFound) if tries < TRIES_OF_ONE => {
                let (_, again) = read(store, this, &[item.id]).await?;
                found = again.get(&item.id).copied();
            }
            Err(error @ (store::Error::Corrupt(_) | store::Error::Files(_) | store::Error::NotFound)) => {
                tracing::error!(agreement = %item.id, %error, "a document cannot be read");
                return Ok(Err("broken"));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn go_on(store: &Store, (job, this): (&Job, Try), made: &Made) -> Result<(), JobError> {
    let until = later(store.env().now(), CLAIM_SECONDS);
    let (job, so_far) = (job.clone(), (made.done, made.skipped));
    let noted = store.write(move |c| {
        let job = job.clone();
        Box::pin(async move { bundles::go_on(c, this, so_far, (&job, until)).await })
    });
    Ok(noted.await?)
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_add(seconds.seconds()).unwrap_or(now)
}

async fn finish(store: &Store, (job, this): (&Job, Try), made: Made) -> Result<(), JobError> {
    let (job, env, now) = (job.clone(), store.env().clone(), store.env().now());
    let finished = store.write(move |c| {
        let (job, env, made) = (job.clone(), env.clone(), made.clone());
        Box::pin(async move {
            bundles::finish(c, this, &made, &env).await?;
            outbox::done(c, &job, now).await
        })
    });
    match finished.await {
        // Removed, or begun anew by another worker, at the last moment.
        Err(store::Error::Stale) => Ok(passing(this, this.bytes).remove(store).await?),
        other => Ok(other?),
    }
}

async fn give_up(store: &Store, (job, this): (&Job, Try), error: &JobError) -> Result<(), JobError> {
    let (text, is_last, env) = (error.to_string(), job.attempts >= TRIES, store.env().clone());
    let noted = store.write(move |c| {
        let (text, env) = (text.clone(), env.clone());
        Box::pin(async move { bundles::fail(c, this, (&text, is_last), &env).await })
    });
    Ok(noted.await?)
}

/// Comes again a little later, without counting as a try.
async fn postpone(store: &Store, job: &Job) -> Result<(), JobError> {
    let (job, at) = (job.clone(), later(store.env().now(), BUSY_SECONDS));
    let noted = store.write(move |c| {
        let job = job.clone();
        Box::pin(async move { outbox::postpone(c, &job, at).await })
    });
    Ok(noted.await?)
}

/// Throws away what has had its time.
pub(crate) async fn sweep(store: &Store, now: Timestamp) -> Result<(), store::Error> {
    let gone = store
        .write(move |c| Box::pin(async move { bundles::expire(c, now).await }))
        .await?;
    for (school, bytes) in gone {
        if let Some(id) = bytes {
            Passing { school, id }.remove(store).await?;
        }
    }
    // Longer than anything is kept: what was left behind by whatever died.
    let days = (bundles::KEEP_DAYS + 3) * 24;
    let before = now.saturating_sub(days.hours()).unwrap_or(Timestamp::MIN);
    files::sweep_passing(store, before).await?;
    Ok(())
}
