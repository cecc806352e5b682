//! Stored files.

use domain::ids::{AccountId, FileId, SchoolId, UploadId};
use jiff::ToSpan;
use store::files::Passing;
use store::testing::{World, both};
use store::uploads::{self, NewUpload, Purpose};
use store::{Error, files, sweep};
use uuid::Uuid;

use crate::fixtures;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_back_whole_to_its_own_school_only() {
    both(|world| async move {
        let (one, two) = (
            fixtures::school(&world, "10001").await,
            fixtures::school(&world, "10002").await,
        );
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let id = files::put(&world.store, one, &bytes, "application/pdf")
            .await
            .unwrap();
        let found = files::get(&world.store, one, id).await.unwrap();
        assert_eq!(
            (found.bytes, found.media_type.as_str()),
            (bytes.clone(), "application/pdf")
        );
        assert!(matches!(
            files::get(&world.store, two, id).await,
            Err(Error::NotFound)
        ));
        let absent = FileId(uuid::Uuid::from_u128(9));
        assert!(matches!(
            files::get(&world.store, one, absent).await,
            Err(Error::NotFound)
        ));

        let again = files::put(&world.store, one, &bytes, "application/pdf")
            .await
            .unwrap();
        assert_eq!(id, again, "the same content is stored once");
        let elsewhere = files::put(&world.store, two, &bytes, "application/pdf")
            .await
            .unwrap();
        assert_ne!(id, elsewhere);
        let mut names = blobs(&world.config.data.join("files"));
        names.sort();
        assert_eq!(names.len(), 2, "and apart from other schools");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_changed_or_lost_is_noticed() {
    both(|world| async move {
        let school = SchoolId(1);
        let id = files::put(&world.store, school, b"contents", "text/plain")
            .await
            .unwrap();
        let blob = blobs(&world.config.data.join("files")).pop().unwrap();
        let good = std::fs::read(&blob).unwrap();
        for at in 0..good.len() {
            let mut broken = good.clone();
            broken[at] ^= 1;
            std::fs::write(&blob, broken).unwrap();
            assert!(
                matches!(files::get(&world.store, school, id).await, Err(Error::Corrupt(_))),
                "byte {at}"
            );
        }
        std::fs::remove_file(&blob).unwrap();
        assert!(matches!(
            files::get(&world.store, school, id).await,
            Err(Error::Files(_))
        ));
        files::put(&world.store, school, b"contents", "text/plain")
            .await
            .unwrap();
        assert_eq!(
            files::get(&world.store, school, id).await.unwrap().bytes,
            b"contents",
            "stored again, it is whole"
        );
    })
    .await;
}

/// A loose upload of this content.
async fn sent(
    world: &World,
    school: SchoolId,
    account: u128,
    bytes: &[u8],
    media_type: &'static str,
) -> UploadId {
    let new = NewUpload {
        school,
        agreement: None,
        purpose: Purpose::Scan,
        account: AccountId(Uuid::from_u128(account)),
        name: "scan.pdf".into(),
        pages: 1,
        bytes: bytes.to_vec(),
        media_type,
    };
    uploads::put(&world.store, new).await.unwrap()
}

async fn file_of(world: &World, school: SchoolId, id: UploadId) -> FileId {
    let read = world.read(move |c| Box::pin(uploads::get(c, school, id)));
    read.await.unwrap().unwrap().file_id.unwrap()
}

/// The worker comes by after so many hours.
async fn tidy(world: &World, hours: i64) -> usize {
    world.clock.set(world.env.now() + hours.hours());
    let now = world.env.now();
    let write = world.write(move |c| Box::pin(uploads::purge_loose(c, now)));
    write.await.unwrap();
    sweep::sweep(&world.store).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_what_was_sent_and_never_used_are_deleted() {
    both(|world| async move {
        let folder = world.config.data.join("files");
        let (one, two) = (
            fixtures::school(&world, "10001").await,
            fixtures::school(&world, "10002").await,
        );
        // A content that only one person sent; one that two sent, under two types; one that both schools have;
        // one that is a document as well.
        sent(&world, one, 1, b"alone", "image/png").await;
        sent(&world, one, 1, b"shared", "image/png").await;
        sent(&world, one, 1, b"typed", "image/png").await;
        sent(&world, one, 1, b"schools", "image/png").await;
        assert_eq!(blobs(&folder).len(), 4);
        assert_eq!(tidy(&world, 20).await, 0, "it is still used");
        let late = sent(&world, one, 2, b"shared", "image/png").await;
        let typed = sent(&world, one, 2, b"typed", "image/jpeg").await;
        let school = sent(&world, two, 1, b"schools", "image/png").await;
        assert_eq!(blobs(&folder).len(), 5);

        assert_eq!(tidy(&world, 5).await, 0, "the rows go first");
        assert_eq!(blobs(&folder).len(), 5);
        assert_eq!(tidy(&world, 1).await, 2, "then the bytes that nobody else has");
        assert_eq!(blobs(&folder).len(), 3);
        for (at, upload, bytes) in [
            (one, late, "shared"),
            (one, typed, "typed"),
            (two, school, "schools"),
        ] {
            let file = file_of(&world, at, upload).await;
            assert_eq!(
                files::get(&world.store, at, file).await.unwrap().bytes,
                bytes.as_bytes()
            );
        }
        assert_eq!(tidy(&world, 30).await, 0, "rows first");
        assert_eq!(tidy(&world, 2).await, 3);
        assert_eq!(blobs(&folder), Vec::<std::path::PathBuf>::new());
        assert_eq!(tidy(&world, 48).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_that_dies_leaves_nothing_behind_and_takes_nothing_away() {
    both(|world| async move {
        let folder = world.config.data.join("files");
        let school = fixtures::school(&world, "10001").await;
        let claim = async || {
            let now = world.env.now();
            let write = world.write(move |c| Box::pin(sweep::claim(c, now)));
            write.await.unwrap()
        };
        sent(&world, school, 1, b"first", "image/png").await;
        sent(&world, school, 1, b"second", "image/png").await;
        assert_eq!(tidy(&world, 25).await, 0);
        // It says what it deletes, and dies before it does so.
        world.clock.set(world.env.now() + 1.hours());
        assert_eq!(claim().await.len(), 2);
        assert_eq!(claim().await, [], "nobody else begins with it");
        assert_eq!(sweep::sweep(&world.store).await.unwrap(), 0);
        // Somebody sends one of them again, and does not wait for the dead one for ever.
        world.clock.set(world.env.now() + 2.minutes());
        let again = sent(&world, school, 2, b"second", "image/png").await;
        world.clock.set(world.env.now() + 10.minutes());
        assert_eq!(
            sweep::sweep(&world.store).await.unwrap(),
            1,
            "the next one goes on"
        );
        let file = file_of(&world, school, again).await;
        assert_eq!(
            files::get(&world.store, school, file).await.unwrap().bytes,
            b"second"
        );
        assert_eq!(blobs(&folder).len(), 1);

        // It dies between the bytes and the note.
        assert_eq!(tidy(&world, 26).await, 0);
        world.clock.set(world.env.now() + 1.hours());
        assert_eq!(claim().await.len(), 1);
        std::fs::remove_file(blobs(&folder).pop().unwrap()).unwrap();
        world.clock.set(world.env.now() + 11.minutes());
        assert_eq!(sweep::sweep(&world.store).await.unwrap(), 1);

        // What comes back within the hour stays, also when it comes while a sweep is at it.
        let old = sent(&world, school, 1, b"third", "image/png").await;
        assert_eq!(tidy(&world, 25).await, 0);
        let back = sent(&world, school, 1, b"third", "image/png").await;
        assert_ne!(old, back);
        assert_eq!(tidy(&world, 2).await, 0);
        let file = file_of(&world, school, back).await;
        assert_eq!(
            files::get(&world.store, school, file).await.unwrap().bytes,
            b"third"
        );
        assert_eq!(tidy(&world, 25).await, 0);
        world.clock.set(world.env.now() + 1.hours());
        assert_eq!(claim().await.len(), 1);
        let waiting = sent(&world, school, 1, b"third", "image/png");
        let deleting = async {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            std::fs::remove_file(blobs(&folder).pop().unwrap()).unwrap();
            let forget = world.write(move |c| {
                Box::pin(async move { store::exec!(c, "DELETE FROM file_gone WHERE school_id = $1", school) })
            });
            forget.await.unwrap();
        };
        let (back, ()) = tokio::join!(waiting, deleting);
        let file = file_of(&world, school, back).await;
        assert_eq!(
            files::get(&world.store, school, file).await.unwrap().bytes,
            b"third"
        );
    })
    .await;
}

fn blobs(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(blobs(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_open_only_in_their_place_and_go_with_everything_beside_them() {
    let world = World::sqlite().await;
    let school = fixtures::school(&world, "10001").await;
    let now = world.env.now();
    let passing = |seconds: i64| Passing {
        school,
        id: domain::ids::uuid_v7(now + jiff::SignedDuration::from_secs(seconds), &*world.env.random),
    };
    let (one, two) = (passing(0), passing(60));
    for (part, is_last) in [(0, false), (1, false), (2, true)] {
        let bytes = [u8::try_from(part).unwrap(); 9];
        one.put(&world.store, (part, is_last), &bytes).await.unwrap();
    }
    two.put(&world.store, (0, true), b"other").await.unwrap();
    assert_eq!(one.get(&world.store, (2, true)).await.unwrap(), [2; 9]);
    // What was cut off is missed, and what is not the end does not pass for it.
    assert!(matches!(
        one.get(&world.store, (1, true)).await,
        Err(Error::Corrupt(_))
    ));
    assert!(matches!(
        one.get(&world.store, (2, false)).await,
        Err(Error::Corrupt(_))
    ));
    let folder = |of: Passing| {
        world
            .config
            .data
            .join(format!("files/{school}/passing/{}", of.id))
    };
    let file = |of: Passing, part: u32| folder(of).join(format!("{part:06}"));
    // Exchanged among each other, or for another's: neither opens.
    std::fs::copy(file(one, 0), file(one, 1)).unwrap();
    assert!(matches!(
        one.get(&world.store, (1, false)).await,
        Err(Error::Corrupt(_))
    ));
    std::fs::copy(file(two, 0), file(one, 2)).unwrap();
    assert!(matches!(
        one.get(&world.store, (2, true)).await,
        Err(Error::Corrupt(_))
    ));

    // Only what was begun before goes; what a killed writer left beside the parts goes with them.
    std::fs::write(folder(one).join("000003#1"), b"torn").unwrap();
    let before = now + jiff::SignedDuration::from_secs(30);
    assert_eq!(files::sweep_passing(&world.store, before).await.unwrap(), 1);
    assert!(!folder(one).exists() && folder(two).exists());
    two.remove(&world.store).await.unwrap();
    two.remove(&world.store).await.unwrap();
    assert!(!folder(two).exists());
}
