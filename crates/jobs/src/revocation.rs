//! Keeps the published revocation lists in step with what is revoked, and renews them before they run out.

use std::sync::Arc;

use domain::sealing::Sealer;
use store::{Store, seals};

use crate::JobError;

/// How often at most; the next round begins within minutes.
const ROUNDS: u32 = 3;

/// Publishes new lists where they are due; signs nothing otherwise. Somebody else may revoke and publish between
/// reading and publishing, so that after publishing it is read again.
pub async fn publish(store: &Store, sealer: &Arc<dyn Sealer>) -> Result<(), JobError> {
    for _ in 0..ROUNDS {
        let revoked = store.read(|c| Box::pin(seals::revoked(c))).await?;
        let sealer = Arc::clone(sealer);
        let made = tokio::task::spawn_blocking(move || sealer.publish_revoked(&revoked));
        if !made.await.map_err(|_| JobError::Interrupted)?? {
            return Ok(());
        }
        tracing::info!("published new revocation lists");
    }
    Ok(())
}
