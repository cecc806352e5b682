//! 盖章前后: what goes wrong on the way to a sealed document is seen, and holds up nothing else.

use crate::cast::Stage;
use crate::verify::Town;
use domain::document::FieldRect;
use domain::ids::{AgreementId, SchoolId};
use domain::sealing::{Order, SealError, Sealed, Sealer};
use jobs::Worker;
use seal::Pades;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use store::documents::{self, Document};
use store::testing::{World, both};
use store::{outbox, seals};
use tokio::sync::Notify;

/// A sealer that cannot lay out its fields the first so many times.
struct Unready {
    inner: Arc<Pades>,
    failures: AtomicUsize,
}

impl Sealer for Unready {
    fn prepare(&self, pdf: &[u8], places: &[FieldRect]) -> Result<Vec<u8>, SealError> {
        let fewer = |left: usize| left.checked_sub(1);
        match self
            .failures
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer)
        {
            Ok(_) => Err(SealError("no room for the fields".into())),
            Err(_) => self.inner.prepare(pdf, places),
        }
    }

    fn plain(&self, prepared: &[u8]) -> Result<Vec<u8>, SealError> {
        self.inner.plain(prepared)
    }

    fn seal(&self, prepared: &[u8], order: &Order) -> Result<Sealed, SealError> {
        self.inner.seal(prepared, order)
    }

    fn check(&self, sealed: &[u8]) -> Result<(), SealError> {
        self.inner.check(sealed)
    }

    fn attest(&self, statement: &[u8]) -> Result<Vec<u8>, SealError> {
        self.inner.attest(statement)
    }

    fn publish_revoked(&self, revoked: &[seal::Revoked]) -> Result<bool, SealError> {
        self.inner.publish_revoked(revoked)
    }
}

/// A sealer that waits for its door to open, like one whose time-stamp authority does not answer.
struct Waiting {
    inner: Arc<Pades>,
    open: Mutex<bool>,
    opened: Condvar,
    entered: AtomicUsize,
}

impl Sealer for Waiting {
    fn prepare(&self, pdf: &[u8], places: &[FieldRect]) -> Result<Vec<u8>, SealError> {
        self.inner.prepare(pdf, places)
    }

    fn plain(&self, prepared: &[u8]) -> Result<Vec<u8>, SealError> {
        self.inner.plain(prepared)
    }

    fn seal(&self, prepared: &[u8], order: &Order) -> Result<Sealed, SealError> {
        self.entered.fetch_add(1, Ordering::Relaxed);
        let open = self.open.lock().unwrap();
        drop(self.opened.wait_while(open, |open| !*open).unwrap());
        self.inner.seal(prepared, order)
    }

    fn check(&self, sealed: &[u8]) -> Result<(), SealError> {
        self.inner.check(sealed)
    }

    fn attest(&self, statement: &[u8]) -> Result<Vec<u8>, SealError> {
        self.inner.attest(statement)
    }

    fn publish_revoked(&self, revoked: &[seal::Revoked]) -> Result<bool, SealError> {
        self.inner.publish_revoked(revoked)
    }
}

async fn document(
    world: &World,
    school: SchoolId,
    id: AgreementId,
    rendition: &'static str,
) -> Option<Document> {
    let read = world
        .store
        .read(move |c| Box::pin(async move { documents::get(c, school, id, rendition).await }));
    read.await.unwrap()
}

#[tokio::test]
async fn a_document_that_cannot_be_made_ready_is_visible_and_tried_again_without_end() {
    both(async |world| {
        let town = Town::open(world).await;
        let world = &town.site.world;
        let unready = Arc::new(Unready {
            inner: town.pades.clone(),
            failures: AtomicUsize::new(20),
        });
        town.work(unready.clone()).await;
        let shown = document(world, town.school, town.id, documents::FINAL).await;
        let shown = shown.expect("why there is none is noted");
        assert_eq!(
            (shown.file_id, shown.error.as_deref()),
            (None, Some("seal: no room for the fields"))
        );
        // What `sanfang doctor` says of it.
        let since = world.env.now() + Duration::from_secs(1);
        let read = world.store.read(move |c| Box::pin(outbox::unprinted(c, since)));
        let unprinted = read.await.unwrap();
        assert_eq!(unprinted.waiting, 1);
        assert_eq!(unprinted.error.as_deref(), Some("seal: no room for the fields"));
        // More often than any other job is tried, and never more than a quarter of an hour apart.
        for _ in 0..20 {
            town.site.wait(15 * 60 + 1);
            town.work(unready.clone()).await;
        }
        assert!(town.seal().await.unwrap().file_id.is_some());
        let since = world.env.now() + Duration::from_secs(1);
        let read = world.store.read(move |c| Box::pin(outbox::unprinted(c, since)));
        assert_eq!(read.await.unwrap().waiting, 0);
    })
    .await;
}

#[tokio::test]
async fn a_seal_that_waits_holds_up_no_other_work() {
    both(async |world| {
        let town = Town::open(world).await;
        let waiting = Arc::new(Waiting {
            inner: town.pades.clone(),
            open: Mutex::new(false),
            opened: Condvar::new(),
            entered: AtomicUsize::new(0),
        });
        let stop = Arc::new(Notify::new());
        let worker = Worker::new(town.site.world.store.clone(), Arc::new(pdf::Press::new()))
            .sealing(waiting.clone(), "http://127.0.0.1");
        let working = tokio::spawn(worker.run(stop.clone()));
        until(async || waiting.entered.load(Ordering::Relaxed) == 1).await;
        // Another agreement takes effect meanwhile, and its document is set.
        let (firm, campus) = (&town.site.cast.firms[1], &town.site.cast.schools[0]);
        let other = firm
            .agreement(&town.site.world, campus, 1, Stage::Effective)
            .await;
        let world = &town.site.world;
        until(async || {
            document(world, town.school, other, documents::FINAL)
                .await
                .is_some()
        })
        .await;
        assert_eq!(town.seal().await.unwrap().file_id, None, "it still waits");
        // Seals that nobody has made yet are seen in the file: it is not handed out.
        let (school, id) = (town.school, town.id);
        let read = world
            .store
            .read(move |c| Box::pin(documents::finished(c, school, id)));
        assert!(read.await.unwrap().is_none());
        assert!(
            document(world, school, id, documents::FINAL)
                .await
                .unwrap()
                .file_id
                .is_some()
        );
        *waiting.open.lock().unwrap() = true;
        waiting.opened.notify_all();
        until(async || {
            let school = town.school;
            let read = world
                .store
                .read(move |c| Box::pin(async move { seals::get(c, school, other).await }));
            let other = read.await.unwrap();
            town.seal().await.unwrap().file_id.is_some() && other.is_some_and(|seal| seal.file_id.is_some())
        })
        .await;
        stop.notify_one();
        working.await.unwrap();
    })
    .await;
}

/// Waits until something is so, at most half a minute.
async fn until(holds: impl AsyncFn() -> bool) {
    for _ in 0..300 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came about");
}
