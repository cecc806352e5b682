//! Keeps the published revocation lists in step with what is revoked, and renews them before they run out.

use std::sync::Arc;

use domain::sealing::Sealer;
use store::{Store, seals};

use crate::JobError;

/// Publishes new lists where they are due; signs nothing otherwise.
pub async fn publish(store: &Store, sealer: &Arc<dyn Sealer>) -> Result<(), JobError> {
    let revoked = store.read(|c| Box::pin(seals::revoked(c))).await?;
    let sealer = Arc::clone(sealer);
    let made = tokio::task::spawn_blocking(move || sealer.publish_revoked(&revoked));
    if made.await.map_err(|_| JobError::Interrupted)?? {
        tracing::info!("published new revocation lists");
    }
    Ok(())
}
