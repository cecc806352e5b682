//! Seals the document of an agreement that took effect. What is signed was stored before; a failure is
//! kept where staff sees it and tried again without end, and the agreement's state never depends on it.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ids::{AgreementId, FileId, SchoolId};
use domain::sealing::{Order, Sealed, Sealer};
use store::files::StoredBytes;
use store::outbox::{self, Job, SealJob};
use store::seals::{self, Seal};
use store::{Store, documents, files, sweep};

use crate::JobError;

/// Failures in a row after which somebody must be told.
const ALARM: i64 = 3;

pub(crate) async fn perform(store: &Store, sealer: &Arc<dyn Sealer>, job: &Job) -> Result<(), JobError> {
    let wanted: SealJob =
        serde_json::from_str(&job.payload).map_err(|_| JobError::Payload(job.topic.clone()))?;
    let (school, id) = (job.school_id, wanted.agreement);
    let found = store
        .read(move |c| Box::pin(async move { seals::get(c, school, id).await }))
        .await?
        .ok_or(store::Error::NotFound)?;
    let signed = match &found.file_id {
        Some(_) => Ok(None),
        None => sign(store, sealer, school, &found).await.map(Some),
    };
    let result = match signed {
        Ok(sealed) => keep(store, job, id, sealed).await,
        Err(error) => Err(error),
    };
    if let Err(error) = &result {
        let plain = plain(store, sealer, (school, id), &found)
            .await
            .unwrap_or_else(|error| {
                tracing::error!(agreement = %id, %error, "a document without its seals cannot be made");
                None
            });
        complain(store, (school, id), error, plain).await?;
    }
    result
}

/// The document without the places of signatures, which is handed out from the first failure on.
struct Plain {
    prepared: FileId,
    stored: StoredBytes,
}

async fn plain(
    store: &Store,
    sealer: &Arc<dyn Sealer>,
    (school, id): (SchoolId, AgreementId),
    found: &Seal,
) -> Result<Option<Plain>, JobError> {
    let read = store.read(move |c| Box::pin(documents::get(c, school, id, documents::FINAL)));
    let shown = read.await?.and_then(|document| document.file_id);
    let Some(prepared) = found.prepared_file_id.filter(|prepared| shown == Some(*prepared)) else {
        return Ok(None);
    };
    let file = files::get(store, school, prepared).await?;
    let sealer = Arc::clone(sealer);
    let made = tokio::task::spawn_blocking(move || sealer.plain(&file.bytes));
    let bytes = made.await.map_err(|_| JobError::Interrupted)??;
    let stored = files::put_bytes(store, school, &bytes, "application/pdf").await?;
    Ok(Some(Plain { prepared, stored }))
}

/// Signs the stored bytes and looks at the result with the eyes of whoever gets it.
async fn sign(
    store: &Store,
    sealer: &Arc<dyn Sealer>,
    school: SchoolId,
    found: &Seal,
) -> Result<Made, JobError> {
    let order: Order = serde_json::from_str(&found.ordered).map_err(|_| JobError::Payload("order".into()))?;
    let prepared = found.prepared_file_id.ok_or(store::Error::NotFound)?;
    let prepared = files::get(store, school, prepared).await?;
    let sealer = Arc::clone(sealer);
    tokio::task::spawn_blocking(move || {
        let sealed = sealer.seal(&prepared.bytes, &order)?;
        sealer.check(&sealed.pdf)?;
        let appended = sealed.pdf.starts_with(&prepared.bytes);
        Ok(Made { sealed, appended })
    })
    .await
    .map_err(|_| JobError::Interrupted)?
}

/// A sealed document, and whether it begins with the bytes that were to be signed.
struct Made {
    sealed: Sealed,
    appended: bool,
}

async fn keep(store: &Store, job: &Job, id: AgreementId, made: Option<Made>) -> Result<(), JobError> {
    let now = store.env().now();
    let done = match made {
        Some(Made { sealed, appended }) => {
            let stored = files::put_bytes(store, job.school_id, &sealed.pdf, "application/pdf").await?;
            Some((stored, sealed.signatures, appended))
        }
        None => None,
    };
    let file = FileId::new(now, store.env().random.as_ref());
    let job = job.clone();
    store
        .write(move |c| {
            let (job, done) = (job.clone(), done.clone());
            Box::pin(async move {
                let school = job.school_id;
                if let Some((stored, signatures, appended)) = done {
                    let file = files::put_row(c, school, file, &stored, now).await?;
                    let done = seals::Done {
                        appended,
                        file,
                        sha256: stored.sha256().to_vec(),
                        signatures,
                    };
                    if !seals::done(c, school, id, &done, now).await? {
                        // Somebody else was quicker; theirs counts.
                        sweep::let_go(c, &BTreeSet::from([(school, file)]), now).await?;
                    }
                }
                outbox::done(c, &job, now).await
            })
        })
        .await?;
    Ok(())
}

async fn complain(
    store: &Store,
    (school, id): (SchoolId, AgreementId),
    error: &JobError,
    plain: Option<Plain>,
) -> Result<(), JobError> {
    let (text, now) = (error.to_string(), store.env().now());
    let plain = plain.map(Arc::new);
    let file = FileId::new(now, store.env().random.as_ref());
    let failures = store
        .write(move |c| {
            let (text, plain) = (text.clone(), plain.clone());
            Box::pin(async move {
                if let Some(plain) = plain {
                    let file = files::put_row(c, school, file, &plain.stored, now).await?;
                    if !documents::unsealed(c, school, id, plain.prepared, file).await? {
                        sweep::let_go(c, &BTreeSet::from([(school, file)]), now).await?;
                    }
                }
                seals::failed(c, school, id, &text).await
            })
        })
        .await?;
    if failures >= ALARM {
        tracing::error!(agreement = %id, failures, %error, "a document cannot be sealed; it is tried again");
    }
    Ok(())
}
