//! The checkpoints of the audit trail in the database and outside it, by the worker itself.

use crate::cast::Stage;
use crate::verify::Town;
use domain::ids::SchoolId;
use domain::sealing::Sealer;
use jobs::JobError;
use std::fs;
use std::sync::Arc;
use store::testing::both;
use store::tree::{self, Checkpoint};

/// The latest checkpoint in the database.
async fn kept(town: &Town) -> Option<Checkpoint> {
    let school = town.school;
    let read = town
        .site
        .world
        .store
        .read(move |c| Box::pin(async move { tree::latest(c, school).await }));
    read.await.unwrap()
}

async fn published(town: &Town) -> Option<Checkpoint> {
    tree::published(&town.site.world.store, town.school)
        .await
        .unwrap()
}

async fn wrong(town: &Town) -> Vec<String> {
    tree::check(&town.site.world.store, town.school).await.unwrap()
}

/// One more agreement, so that there are events that no checkpoint covers.
async fn act(town: &Town) {
    let cast = &town.site.cast;
    let (firm, campus) = (&cast.firms[0], &cast.schools[0]);
    firm.agreement(&town.site.world, campus, 1, Stage::Offered).await;
}

#[tokio::test]
async fn what_was_kept_and_not_published_is_published_with_the_next_round() {
    both(async |world| {
        let town = Town::open(world).await;
        // Nothing can be put where the checkpoint belongs: the round ends after it was kept.
        let place = town.site.world.config.data.join("files/checkpoints");
        let place = place.join(town.school.to_string());
        fs::create_dir_all(place.join("in the way")).unwrap();
        town.tidy().await;
        let first = kept(&town).await.unwrap();
        fs::remove_dir_all(&place).unwrap();
        assert_eq!(published(&town).await, None);
        assert_eq!(wrong(&town).await, [""; 0], "an older one outside is no breach");
        // No event since: there is nothing new to be signed.
        town.tidy().await;
        assert_eq!(kept(&town).await.as_ref(), Some(&first));
        assert_eq!(published(&town).await, Some(first.clone()));

        // The same where an earlier one was published.
        act(&town).await;
        town.tidy().await;
        let second = kept(&town).await.unwrap();
        assert!(second.size > first.size);
        assert_eq!(published(&town).await.as_ref(), Some(&second));
        tree::publish(&town.site.world.store, town.school, &first)
            .await
            .unwrap();
        assert_eq!(wrong(&town).await, [""; 0]);
        town.tidy().await;
        assert_eq!(published(&town).await, Some(second));
        assert_eq!(wrong(&town).await, [""; 0]);
    })
    .await;
}

/// Takes the tree and the latest agreement back to where the first checkpoint was: an old copy of the database.
async fn roll_back(town: &Town, size: i64) {
    let school: SchoolId = town.school;
    let write = town.site.world.store.write(move |c| {
        Box::pin(async move {
            store::exec!(c, "DELETE FROM audit_leaf WHERE school_id = $1 AND position >= $2", school, size)?;
            store::exec!(
                c,
                "DELETE FROM audit_node WHERE school_id = $1 AND (position + 1) << CAST(level AS INTEGER) > $2",
                school,
                size
            )?;
            store::exec!(c, "DELETE FROM audit_checkpoint WHERE school_id = $1 AND size > $2", school, size)
        })
    });
    write.await.unwrap();
}

#[tokio::test]
async fn what_shows_that_the_database_was_rolled_back_is_not_written_over() {
    both(async |world| {
        let town = Town::open(world).await;
        town.tidy().await;
        let first = kept(&town).await.unwrap();
        act(&town).await;
        town.tidy().await;
        let second = published(&town).await.unwrap();
        roll_back(&town, first.size).await;
        // More happens than there ever was.
        let cast = &town.site.cast;
        cast.firms[1]
            .agreement(&town.site.world, &cast.schools[0], 1, Stage::Offered)
            .await;
        for _ in 0..2 {
            town.tidy().await;
            assert_eq!(published(&town).await.as_ref(), Some(&second));
            assert_eq!(
                kept(&town).await.as_ref(),
                Some(&first),
                "nothing is signed over it"
            );
            assert!(
                wrong(&town)
                    .await
                    .contains(&"the database is older than the checkpoint kept outside it".to_owned())
            );
        }
        assert!(
            JobError::RolledBack(second.size)
                .to_string()
                .contains("move that checkpoint away")
        );
        // Whoever put the old copy back says so by moving it away.
        let place = town.site.world.config.data.join("files/checkpoints");
        fs::remove_file(place.join(town.school.to_string())).unwrap();
        let sealer: Arc<dyn Sealer> = town.pades.clone();
        jobs::checkpoints(&town.site.world.store, &sealer).await.unwrap();
        let third = published(&town).await.unwrap();
        assert!(third.size > second.size);
        assert_eq!(kept(&town).await, Some(third));
        assert_eq!(wrong(&town).await, [""; 0]);
    })
    .await;
}
