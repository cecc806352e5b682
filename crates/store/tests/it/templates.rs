//! Drafts of templates and their previews.

use crate::fixtures;
use domain::agreement::template::standard_sources;
use domain::ids::{AccountId, SchoolId, uuid_v7};
use jiff::Timestamp;
use store::files::{self, Passing};
use store::templates::{self, Draft, Preview, Save};
use store::testing::{World, both};
use uuid::Uuid;

const YEAR: i32 = 2027;

async fn save(world: &World, school: SchoolId, version: i64) -> Draft {
    let now = world.env.now();
    let save = Save {
        year: YEAR,
        sources: standard_sources(),
        by: AccountId(Uuid::from_u128(7)),
        version,
    };
    let saved = world.store.write(move |c| {
        let save = save.clone();
        Box::pin(async move {
            templates::save(c, school, &save, now).await?;
            templates::draft(c, school, YEAR).await
        })
    });
    saved.await.unwrap().unwrap()
}

async fn discard(world: &World, school: SchoolId, version: i64) {
    let gone = world
        .store
        .write(move |c| Box::pin(async move { templates::discard(c, school, YEAR, version).await }));
    gone.await.unwrap();
}

/// Notes a preview of this save; the bytes that are to be thrown away.
async fn put(world: &World, school: SchoolId, of: &Draft, id: Uuid) -> Option<Uuid> {
    let preview = Preview {
        year: YEAR,
        version: of.version,
        saved: of.updated_at,
        made: Ok((id, 3)),
    };
    let put = world.store.write(move |c| {
        let preview = preview.clone();
        Box::pin(async move { templates::put_preview(c, school, &preview).await })
    });
    put.await.unwrap()
}

async fn draft(world: &World, school: SchoolId) -> Draft {
    let read = world
        .store
        .read(move |c| Box::pin(async move { templates::draft(c, school, YEAR).await }));
    read.await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_of_what_has_changed_since_is_thrown_away() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let (one, two, three) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let first = save(&world, school, 0).await;
        world.clock.advance(std::time::Duration::from_secs(1));
        let second = save(&world, school, first.version).await;
        assert_eq!(
            put(&world, school, &first, one).await,
            Some(one),
            "saved anew meanwhile"
        );
        assert_eq!(draft(&world, school).await.preview_id, None);
        assert_eq!(put(&world, school, &second, two).await, None);
        assert_eq!(
            put(&world, school, &second, three).await,
            Some(two),
            "made once more"
        );
        assert_eq!(draft(&world, school).await.preview_id, Some(three));

        // Given up and begun anew: the numbers of the saves begin anew as well.
        discard(&world, school, second.version).await;
        world.clock.advance(std::time::Duration::from_secs(1));
        let other = save(&world, school, 0).await;
        assert_eq!(other.version, first.version);
        assert_eq!(put(&world, school, &first, one).await, Some(one));
        let now = draft(&world, school).await;
        assert_eq!((now.preview_id, now.preview_version), (None, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_of_a_living_draft_is_never_swept() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let passing = || Passing {
            school,
            id: uuid_v7(world.env.now(), &*world.env.random),
        };
        let (shown, left) = (passing(), passing());
        for bytes in [shown, left] {
            bytes.put(&world.store, (0, true), b"%PDF-").await.unwrap();
        }
        let saved = save(&world, school, 0).await;
        put(&world, school, &saved, shown.id).await;
        let later = world.env.now() + jiff::SignedDuration::from_hours(9_000);
        let sweep = async |before: Timestamp| files::sweep_passing(&world.store, before).await.unwrap();
        assert_eq!(sweep(later).await, 1, "only what nobody can ask for");
        assert_eq!(shown.get(&world.store, (0, true)).await.unwrap(), b"%PDF-");
        assert!(left.get(&world.store, (0, true)).await.is_err());
        discard(&world, school, saved.version).await;
        assert_eq!(sweep(later).await, 1);
    })
    .await;
}
