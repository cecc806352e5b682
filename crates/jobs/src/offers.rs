//! Sends the offers of a batch, one after the other. A worker that dies leaves the rest ready for the next.

use store::batches;
use store::outbox::Job;
use store::{Error, Store};
use uuid::Uuid;

use crate::JobError;

/// Sends what is ready. What the rules refuse is noted with its reason, and the rest goes on.
pub(crate) async fn perform(store: &Store, job: &Job) -> Result<(), JobError> {
    let batch: Uuid = job
        .payload
        .parse()
        .map_err(|_| JobError::Payload(job.topic.clone()))?;
    let school = job.school_id;
    loop {
        let next = store
            .read(move |c| Box::pin(async move { batches::next_line(c, school, batch).await }))
            .await?;
        let Some(line) = next else { break };
        let env = store.env().clone();
        let sent = store
            .write(move |c| {
                let env = env.clone();
                Box::pin(async move { batches::send_next(c, school, batch, &env).await })
            })
            .await;
        let (status, refusal) = match sent {
            Ok(_) => continue,
            // Another worker sent it before its own lease ran out.
            Err(Error::Unique(name)) if name == "agreement_pkey" => ("sent", None),
            Err(Error::Refused(refusal)) => ("refused", Some(code(&refusal))),
            Err(error) => return Err(error.into()),
        };
        store
            .write(move |c| {
                Box::pin(async move { batches::settle(c, school, batch, (line, status, refusal)).await })
            })
            .await?;
    }
    let (job, now) = (job.clone(), store.env().now());
    store
        .write(move |c| {
            let job = job.clone();
            Box::pin(async move { batches::finish(c, &job, batch, now).await })
        })
        .await?;
    store.bell().notify_one();
    Ok(())
}

/// The code under which the page has words for a refusal.
fn code(refusal: &domain::agreement::Refusal) -> &'static str {
    match refusal {
        domain::agreement::Refusal::NotEligible(block) => block.code(),
        other => other.code(),
    }
}
