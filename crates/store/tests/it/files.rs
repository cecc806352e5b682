//! Stored files.

use domain::ids::{FileId, SchoolId};
use store::testing::both;
use store::{Error, files};

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
