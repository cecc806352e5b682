//! Makes a letter of termination that somebody asked for: reads what it says, prints on a blocking thread,
//! keeps the file. No transaction is open while it prints.

use std::sync::Arc;

use domain::document::Renderer;
use domain::ids::FileId;
use store::outbox::{self, Job, LetterJob};
use store::uploads::{self, Ordered};
use store::{Store, files};

use crate::JobError;

pub(crate) async fn perform(store: &Store, renderer: &Arc<dyn Renderer>, job: &Job) -> Result<(), JobError> {
    let wanted: LetterJob =
        serde_json::from_str(&job.payload).map_err(|_| JobError::Payload(job.topic.clone()))?;
    let (school, id) = (job.school_id, wanted.upload);
    let found = store
        .read(move |c| Box::pin(async move { uploads::get(c, school, id).await }))
        .await?;
    // Forgotten meanwhile, or made already by a worker that died before it could say so.
    let Some(upload) = found.filter(|upload| upload.file_id.is_none()) else {
        return crate::done(store, job).await;
    };
    let ordered: Ordered = upload
        .body
        .as_deref()
        .and_then(|body| serde_json::from_str(body).ok())
        .ok_or_else(|| JobError::Payload(job.topic.clone()))?;
    let press = Arc::clone(renderer);
    let outcome = tokio::task::spawn_blocking(move || press.letter(&ordered.letter))
        .await
        .map_err(|_| JobError::Interrupted)?;
    let letter = match outcome {
        Ok(made) => made,
        Err(error) => {
            let text = error.to_string();
            store
                .write(move |c| {
                    let text = text.clone();
                    Box::pin(async move { uploads::not_made(c, school, id, &text).await })
                })
                .await?;
            return Err(error.into());
        }
    };
    let stored = files::put_bytes(store, school, &letter.pdf, "application/pdf").await?;
    let now = store.env().now();
    let file = FileId::new(now, store.env().random.as_ref());
    let job = job.clone();
    store
        .write(move |c| {
            let (stored, job) = (stored.clone(), job.clone());
            let made = (letter.pages, now);
            Box::pin(async move {
                uploads::made(c, (school, id), file, &stored, made).await?;
                outbox::done(c, &job, now).await
            })
        })
        .await?;
    Ok(())
}
