//! Takes events up into the tree of their school and has its root signed.

use std::sync::Arc;

use domain::ids::SchoolId;
use domain::sealing::Sealer;
use jiff::Timestamp;
use store::tree::{self, Checkpoint};
use store::{Store, schools};

use crate::JobError;

/// Brings the trees of all schools up to date, with a checkpoint where anything was added.
pub async fn checkpoints(store: &Store, sealer: &Arc<dyn Sealer>) -> Result<(), JobError> {
    for school in store.read(|c| Box::pin(schools::all(c))).await? {
        if let Err(error) = one(store, sealer, school.id).await {
            tracing::error!(school = school.id.0, %error, "the audit trail of a school could not be checkpointed");
        }
    }
    Ok(())
}

async fn one(store: &Store, sealer: &Arc<dyn Sealer>, school: SchoolId) -> Result<(), JobError> {
    // Before the database is looked at: what was published then was kept there before.
    let outside = tree::published(store, school).await?;
    let outside = outside.map_or(0, |checkpoint| checkpoint.size);
    tree::grow(store, school).await?;
    // As precise as the database keeps it: the statement is written out again to be compared.
    let now = store.env().now();
    let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
    let (latest, found) = store
        .read(move |c| {
            Box::pin(async move {
                let size = tree::size(c, school).await?;
                let latest = tree::latest(c, school).await?;
                let known = latest.as_ref().map_or(0, |checkpoint| checkpoint.size);
                if i64::try_from(size).unwrap_or(i64::MAX) <= known {
                    return Ok((latest, None));
                }
                Ok((latest, Some((size, tree::root(c, school, size).await?))))
            })
        })
        .await?;
    let known = latest.as_ref().map_or(0, |checkpoint| checkpoint.size);
    if outside > known {
        // Another checkpoint would take the place of the only thing that shows it.
        return Err(JobError::RolledBack(outside));
    }
    let Some((size, root)) = found else {
        // A crash came between keeping and publishing.
        if let Some(latest) = latest.filter(|latest| outside < latest.size) {
            tree::publish(store, school, &latest).await?;
        }
        return Ok(());
    };
    let statement = tree::statement(school, size, &root, now);
    let (sealer, signed) = (Arc::clone(sealer), statement.clone());
    let signature = tokio::task::spawn_blocking(move || sealer.attest(signed.as_bytes()))
        .await
        .map_err(|_| JobError::Interrupted)??;
    let checkpoint = Checkpoint {
        size: i64::try_from(size).unwrap_or(i64::MAX),
        root: root.to_vec(),
        at: now,
        statement,
        signature,
    };
    let kept = checkpoint.clone();
    store
        .write(move |c| {
            let kept = kept.clone();
            Box::pin(async move { tree::put(c, school, &kept).await })
        })
        .await?;
    // In this order: a crash in between leaves an older checkpoint outside, which is no breach.
    tree::publish(store, school, &checkpoint).await?;
    Ok(())
}
