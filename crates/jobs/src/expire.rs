//! Offers that nobody answered in time.

use std::collections::BTreeSet;

use domain::agreement::Command;
use domain::policy::Actor;
use store::agreements::{self, Act, Origin};
use store::{Error, Store};

const BATCH: i64 = 100;

/// Expires the open offers whose deadline has passed, at most a batch; how many did. An offer that
/// somebody answered or withdrew in the meantime is left alone.
pub async fn expire_due(store: &Store) -> Result<usize, Error> {
    let now = store.env().now();
    let due = store
        .read(move |c| Box::pin(async move { agreements::due(c, now, BATCH).await }))
        .await?;
    let mut expired = 0;
    for offer in due {
        let act = Act {
            school: offer.school_id,
            id: offer.id,
            version: None,
            command: Command::Expire,
            ticked: BTreeSet::new(),
            actor: Actor::System,
            origin: Origin::default(),
        };
        match agreements::perform(store, act).await {
            Ok(_) => expired += 1,
            Err(Error::Stale | Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(expired)
}
