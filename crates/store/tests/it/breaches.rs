//! `verify` bites: for each invariant something is broken behind the store's back, and it has to say so.

use crate::stage::{self, Stage, Who};
use domain::agreement::{CommandKind as K, Context, probe};
use domain::ids::{AgreementId, SchoolId};
use domain::params::SchoolParams;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::documents::{self, Document};
use store::testing::{World, both};
use store::{files, schools, sweep, tree, verify};
use uuid::Uuid;

async fn act(
    world: &World,
    stage: &Stage,
    id: AgreementId,
    who: Who,
    (employer, student): (usize, usize),
    kind: K,
) {
    let now = world.env.now();
    let params = SchoolParams::default();
    let context = Context {
        now,
        params: &params,
        block: None,
        live_elsewhere: false,
        offer_open: false,
        breaches: 0,
        number: None,
    };
    let actor = stage::actor(stage.school, who, employer, student);
    let done = stage.act(world, id, actor, false, |agreement| {
        probe::sample(agreement, kind, &context)
    });
    done.await.unwrap();
}

/// The first student's agreement with the first employer is in force, the second student has an open offer of
/// the second employer, and has declined one of the first.
pub async fn town() -> World {
    let world = World::sqlite().await;
    settle(&world).await;
    world
}

/// The same in a world that is there already.
pub async fn settle(world: &World) {
    stage::employers(world).await;
    let stage = Stage::set(world).await;
    let ids = [1, 2, 3].map(|n| AgreementId(Uuid::from_u128(n)));
    let parties = [(0, 0), (1, 1), (0, 1)];
    for (id, (employer, student)) in ids.into_iter().zip(parties) {
        stage.draft(world, id, employer, student, 9_000).await.unwrap();
        act(world, &stage, id, Who::Employer, (employer, student), K::Send).await;
    }
    act(world, &stage, ids[0], Who::Student, (0, 0), K::Accept).await;
    act(world, &stage, ids[0], Who::College, (0, 0), K::CollegeApprove).await;
    act(world, &stage, ids[0], Who::Staff, (0, 0), K::SchoolApprove).await;
    act(world, &stage, ids[2], Who::Student, (0, 1), K::Decline).await;
    let report = verify::all(&world.store).await.unwrap();
    assert!(report.breaches.is_empty(), "{:?}", report.breaches);
}

/// What is broken, and the invariant that has to be named.
const PLANTED: [(&str, &str); 18] = [
    (
        "UPDATE audit_event SET account_id = zeroblob(16) WHERE kind = 'accepted'",
        "account",
    ),
    (
        "INSERT INTO act_origin SELECT school_id, agreement_id, seq + 100, address, client, second_factor FROM act_origin",
        "trace",
    ),
    (
        "DELETE FROM agreement WHERE state = 'declined'",
        "agreement_exists",
    ),
    ("UPDATE audit_event SET at = at + 1 WHERE seq = 2", "chain"),
    (
        "UPDATE audit_event SET kind = 'withdrawn' WHERE kind = 'declined'",
        "chain",
    ),
    ("DELETE FROM audit_event WHERE kind = 'school_approved'", "chain"),
    (
        "UPDATE agreement SET version = version + 1 WHERE state = 'offered'",
        "chain",
    ),
    ("UPDATE agreement SET content_hash = zeroblob(32)", "content_hash"),
    (
        "UPDATE content_version SET terms = replace(terms, '软件', '硬件')",
        "content_immutable",
    ),
    ("DELETE FROM consent WHERE party = 'student'", "ticks"),
    ("DELETE FROM consent WHERE party = 'employer'", "ticks"),
    (
        "UPDATE agreement SET deadline_at = deadline_at + 1 WHERE state = 'offered'",
        "deadline",
    ),
    (
        "UPDATE agreement SET number = '202710001300000019' WHERE number IS NOT NULL",
        "number",
    ),
    (
        "UPDATE agreement SET state = 'withdrawn' WHERE state = 'offered'",
        "decodes",
    ),
    ("UPDATE outbox SET done_at = 1", "document"),
    (
        "UPDATE agreement SET student_id = (SELECT student_id FROM agreement WHERE state = 'effective') \
         WHERE state = 'offered'",
        "no_offer_beside_effect",
    ),
    (
        "DROP INDEX agreement_one_live; UPDATE agreement SET state = 'effective', number = 'x', \
         student_id = (SELECT student_id FROM agreement WHERE state = 'effective') WHERE state = 'offered'",
        "one_live",
    ),
    (
        "DROP INDEX agreement_number; UPDATE agreement SET \
         number = (SELECT number FROM agreement WHERE state = 'effective') WHERE state = 'offered'",
        "number_unique",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_invariant_that_is_broken_is_named() {
    for (planted, invariant) in PLANTED {
        let world = town().await;
        let database = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
        database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        database.execute_batch(planted).unwrap();
        let report = verify::all(&world.store).await.unwrap();
        let found: Vec<_> = report.breaches.iter().map(|breach| breach.invariant).collect();
        assert!(found.contains(&invariant), "{planted}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_acted_and_is_gone_is_named() {
    both(|world| async move {
        settle(&world).await;
        // In force: employer, student, college and school acted on it; the others are of employer and student.
        let left = [(0, 2), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1)];
        for (account, agreements) in left {
            let id = Uuid::from_u128(0xACC0 + account);
            let renamed = Uuid::from_u128(0xDEAD);
            let rename = async |from: Uuid, to: Uuid| {
                let write = world.write(move |c| {
                    Box::pin(
                        async move { store::exec!(c, "UPDATE account SET id = $2 WHERE id = $1", from, to) },
                    )
                });
                write.await.unwrap();
            };
            rename(id, renamed).await;
            let report = verify::all(&world.store).await.unwrap();
            let of =
                |breach: &verify::Breach| breach.invariant == "account_exists" && breach.agreement.is_some();
            assert!(report.breaches.iter().all(of), "{account}: {:?}", report.breaches);
            assert_eq!(
                report.breaches.len(),
                agreements,
                "{account}: {:?}",
                report.breaches
            );
            rename(renamed, id).await;
        }
        assert_eq!(verify::all(&world.store).await.unwrap().breaches, []);
    })
    .await;
}

/// A file that no agreement leads to, and what became of its bytes.
#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_lost_are_noticed_wherever_their_file_is_used() {
    let world = town().await;
    let before = verify::all(&world.store).await.unwrap().files;
    let kept = BTreeSet::from_iter(blobs(&world));
    files::put(&world.store, SchoolId(0), b"a certificate", "image/png")
        .await
        .unwrap();
    let report = verify::all(&world.store).await.unwrap();
    assert_eq!((report.files, report.breaches.len()), (before + 1, 0));
    for path in blobs(&world).into_iter().filter(|path| !kept.contains(path)) {
        std::fs::write(path, b"something else").unwrap();
    }
    let report = verify::all(&world.store).await.unwrap();
    let found: Vec<_> = report.breaches.iter().map(|breach| breach.invariant).collect();
    assert_eq!(found, ["file"]);
}

fn blobs(world: &World) -> Vec<PathBuf> {
    let mut folders = vec![world.config.data.join("files")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

async fn school_of(world: &World) -> SchoolId {
    world.read(|c| Box::pin(schools::all(c))).await.unwrap()[0].id
}

/// Does something over and over while `look` looks.
async fn beside(mut act: impl AsyncFnMut(), look: impl Future<Output = ()>) {
    let acting = async {
        loop {
            act().await;
        }
    };
    tokio::select! { () = acting => {}, () = look => {} }
}

/// As the seal does it: another file takes the place of the document, and the row of the first one goes.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_sealed_just_now_is_no_breach() {
    let world = town().await;
    let school = school_of(&world).await;
    let id = AgreementId(Uuid::from_u128(1));
    let mut n = 0_u32;
    let swap = async || {
        // Once: never twice while it is looked at.
        tokio::time::sleep(Duration::from_millis(30)).await;
        n += 1;
        let file = files::put(&world.store, school, &n.to_be_bytes(), "application/pdf")
            .await
            .unwrap();
        let now = world.env.now();
        let swapped = world.store.write(move |c| {
            Box::pin(async move {
                let before = documents::get(c, school, id, documents::FINAL).await?;
                store::exec!(
                    c,
                    "DELETE FROM document WHERE school_id = $1 AND agreement_id = $2",
                    school,
                    id
                )?;
                let made = Document {
                    version: 4,
                    file_id: Some(file),
                    pages: 1,
                    missing_glyphs: "[]".into(),
                    error: None,
                    at: now,
                };
                documents::put(c, school, id, documents::FINAL, &made).await?;
                let gone = before
                    .and_then(|before| before.file_id)
                    .map(|file| (school, file));
                sweep::let_go(c, &gone.into_iter().collect(), now).await
            })
        });
        swapped.await.unwrap();
    };
    beside(swap, async {
        for _ in 0..150 {
            let report = verify::all(&world.store).await.unwrap();
            assert!(report.breaches.is_empty(), "{:?}", report.breaches);
        }
    })
    .await;
}

/// Events come, are taken up into the tree and covered by a checkpoint.
#[tokio::test(flavor = "multi_thread")]
async fn a_tree_that_grows_just_now_is_no_breach() {
    let world = town().await;
    let school = school_of(&world).await;
    let grown = AtomicI64::new(100);
    let grow = async || {
        let seq = 1 + grown.fetch_add(1, Ordering::Relaxed);
        let added = world.store.write(move |c| {
            Box::pin(async move {
                store::exec!(
                    c,
                    "INSERT INTO audit_event (school_id, agreement_id, seq, kind, actor, account_id, payload, note, \
                     prev_hash, hash, at) SELECT school_id, agreement_id, $2, kind, actor, account_id, payload, note, \
                     prev_hash, $3, at FROM audit_event WHERE school_id = $1 ORDER BY agreement_id, seq LIMIT 1",
                    school,
                    seq,
                    seq.to_be_bytes().repeat(4)
                )
            })
        });
        assert_eq!(added.await.unwrap(), 1);
        crate::edits::checkpoint(&world, school).await;
    };
    beside(grow, async {
        while grown.load(Ordering::Relaxed) < 1500 {
            assert_eq!(tree::check(&world.store, school).await.unwrap(), [""; 0]);
        }
    })
    .await;
}
