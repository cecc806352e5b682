//! `verify --all` finds every edit of the audit trail that is made behind the store's back: deleted, altered,
//! reordered and inserted events, chains that were made to fit again, and a database that was rolled back.
//! (Whether checkpoints are signed by us is checked where the key is.)

use crate::breaches;
use domain::agreement::event::{Link, chain};
use domain::ids::{AgreementId, SchoolId};
use rusqlite::{Connection, params};
use store::testing::World;
use store::tree::{self, Checkpoint};
use store::verify;
use uuid::Uuid;

/// Edits in all; the tests below share them.
const EDITS: u64 = 10_000;
const SHARES: u64 = 4;
/// What an edit may touch and what has to be put back.
const TABLES: [&str; 5] = [
    "agreement",
    "audit_event",
    "audit_leaf",
    "audit_node",
    "audit_checkpoint",
];

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

#[derive(Clone, PartialEq)]
struct Row {
    school: i64,
    agreement: Vec<u8>,
    seq: i64,
    kind: String,
    actor: String,
    payload: String,
    prev: Vec<u8>,
    hash: Vec<u8>,
    at: i64,
}

fn rows(database: &Connection) -> Vec<Row> {
    let mut select = database
        .prepare_cached(
            "SELECT school_id, agreement_id, seq, kind, actor, payload, prev_hash, hash, at FROM audit_event \
             ORDER BY agreement_id, seq",
        )
        .unwrap();
    let row = |row: &rusqlite::Row<'_>| {
        Ok(Row {
            school: row.get(0)?,
            agreement: row.get(1)?,
            seq: row.get(2)?,
            kind: row.get(3)?,
            actor: row.get(4)?,
            payload: row.get(5)?,
            prev: row.get(6)?,
            hash: row.get(7)?,
            at: row.get(8)?,
        })
    };
    select.query_map([], row).unwrap().map(Result::unwrap).collect()
}

/// Makes the chain of an agreement fit again, as somebody would who knows how it is made.
fn rechain(database: &Connection, agreement: &[u8]) {
    let id = AgreementId(Uuid::from_slice(agreement).unwrap());
    let (mut prev, mut last) = (vec![0; 32], 0);
    for row in rows(database).iter().filter(|row| row.agreement == agreement) {
        let link = Link {
            seq: row.seq,
            kind: &row.kind,
            actor: &row.actor,
            payload: &row.payload,
            at: row.at,
        };
        let hash = chain(&prev, id, &link).0.to_vec();
        database
            .execute(
                "UPDATE audit_event SET prev_hash = ?1, hash = ?2 WHERE agreement_id = ?3 AND seq = ?4",
                params![prev, hash, agreement, row.seq],
            )
            .unwrap();
        (prev, last) = (hash, row.seq);
    }
    if last > 0 {
        database
            .execute(
                "UPDATE agreement SET audit_hash = ?1, audit_seq = ?2, version = ?2 WHERE id = ?3",
                params![prev, last, agreement],
            )
            .unwrap();
    }
}

fn other_byte(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let at = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
    changed[at] ^= 1 << dice.below(8);
    changed
}

/// One edit; what it was.
fn edit(database: &Connection, dice: &mut Dice) -> String {
    let all = rows(database);
    let row = all[usize::try_from(dice.below(all.len() as u64)).unwrap()].clone();
    let whose = params![row.agreement, row.seq];
    let run = |sql: &str| database.execute(sql, whose).unwrap();
    let set = |column: &str, value: &dyn rusqlite::ToSql| {
        let sql = format!("UPDATE audit_event SET {column} = ?3 WHERE agreement_id = ?1 AND seq = ?2");
        database
            .execute(&sql, params![row.agreement, row.seq, value])
            .unwrap();
    };
    let kind = dice.below(12);
    match kind {
        0 => drop(run(
            "DELETE FROM audit_event WHERE agreement_id = ?1 AND seq = ?2",
        )),
        1 => set("at", &(row.at + 1 + i64::try_from(dice.below(1 << 40)).unwrap())),
        2 => set("kind", &format!("{}x", row.kind)),
        3 => set("actor", &row.actor.replace(':', ": ")),
        4 => {
            let digit = row.payload.rfind(|ch: char| ch.is_ascii_digit()).unwrap();
            let mut payload = row.payload.clone();
            payload.insert(digit, '1');
            set("payload", &payload);
        }
        5 => set("hash", &other_byte(dice, &row.hash)),
        6 => set("prev_hash", &other_byte(dice, &row.prev)),
        // Two events change places.
        7 => {
            let beside = if row.seq == 1 { 2 } else { row.seq - 1 };
            let to = |from: i64, to: i64| {
                database
                    .execute(
                        "UPDATE audit_event SET seq = ?3 WHERE agreement_id = ?1 AND seq = ?2",
                        params![row.agreement, from, to],
                    )
                    .unwrap()
            };
            to(row.seq, -1);
            to(beside, row.seq);
            to(-1, beside);
        }
        // An event that never was, at the end, with a chain that fits.
        8 => {
            database
                .execute(
                    "INSERT INTO audit_event (school_id, agreement_id, seq, kind, actor, account_id, payload, note, \
                     prev_hash, hash, at) SELECT school_id, agreement_id, \
                     (SELECT max(seq) + 1 FROM audit_event x WHERE x.agreement_id = ?1), kind, actor, account_id, \
                     payload, note, prev_hash, hash, at FROM audit_event WHERE agreement_id = ?1 AND seq = ?2",
                    whose,
                )
                .unwrap();
            rechain(database, &row.agreement);
        }
        // Altered, and the whole chain made to fit again.
        9 => {
            set("at", &(row.at + 1 + i64::try_from(dice.below(1 << 30)).unwrap()));
            rechain(database, &row.agreement);
        }
        // The last event was never there, with a chain that fits.
        10 => {
            run("DELETE FROM audit_event WHERE agreement_id = ?1 AND seq >= ?2");
            rechain(database, &row.agreement);
        }
        // Everything as it was before this event: an old copy of the database.
        _ => {
            let before = "(SELECT position FROM audit_leaf l WHERE l.agreement_id = ?1 AND l.seq = ?2)";
            run(&format!(
                "DELETE FROM audit_event WHERE EXISTS (SELECT 1 FROM audit_leaf l WHERE l.agreement_id = \
                 audit_event.agreement_id AND l.seq = audit_event.seq AND l.position >= {before})"
            ));
            let position: i64 = database
                .query_row(
                    "SELECT position FROM audit_leaf WHERE agreement_id = ?1 AND seq = ?2",
                    whose,
                    |row| row.get(0),
                )
                .unwrap();
            database
                .execute("DELETE FROM audit_leaf WHERE position >= ?1", [position])
                .unwrap();
            database
                .execute(
                    "DELETE FROM audit_node WHERE (position + 1) << level > ?1",
                    [position],
                )
                .unwrap();
            database
                .execute("DELETE FROM audit_checkpoint WHERE size > ?1", [position])
                .unwrap();
            for row in all.iter().filter(|row| row.seq == 1) {
                rechain(database, &row.agreement);
            }
        }
    }
    format!("edit {kind} of event {} at school {}", row.seq, row.school)
}

async fn checkpoint(world: &World, school: SchoolId) {
    assert!(tree::grow(&world.store, school).await.unwrap() > 0);
    let read = world.store.read(move |c| {
        Box::pin(async move {
            let size = tree::size(c, school).await?;
            Ok((size, tree::root(c, school, size).await?))
        })
    });
    let (size, root) = read.await.unwrap();
    let at = world.env.now();
    let checkpoint = Checkpoint {
        size: i64::try_from(size).unwrap(),
        root: root.to_vec(),
        at,
        statement: tree::statement(school, size, &root, at),
        signature: Vec::new(),
    };
    let kept = checkpoint.clone();
    let put = world.store.write(move |c| {
        let kept = kept.clone();
        Box::pin(async move { tree::put(c, school, &kept).await })
    });
    put.await.unwrap();
    tree::publish(&world.store, school, &checkpoint).await.unwrap();
}

async fn broken(world: &World, school: SchoolId) -> usize {
    let report = verify::all(&world.store).await.unwrap();
    report.breaches.len() + tree::check(&world.store, school).await.unwrap().len()
}

async fn share(seed: u64) {
    let world = breaches::town().await;
    let database = Connection::open(world.config.data.join("sanfang.db")).unwrap();
    let school = SchoolId(rows(&database)[0].school);
    checkpoint(&world, school).await;
    assert_eq!(broken(&world, school).await, 0);
    database
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000")
        .unwrap();
    for table in TABLES {
        let keep = format!("CREATE TEMP TABLE keep_{table} AS SELECT * FROM main.{table}");
        database.execute_batch(&keep).unwrap();
    }
    let restore: String = TABLES
        .iter()
        .map(|table| {
            format!("DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM keep_{table}; ")
        })
        .collect();
    let mut dice = Dice(seed);
    for _ in 0..EDITS / SHARES {
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        let what = edit(&database, &mut dice);
        database.execute_batch("COMMIT").unwrap();
        assert!(
            broken(&world, school).await > 0,
            "{what} was not noticed (seed {seed})"
        );
        database
            .execute_batch(&format!("BEGIN IMMEDIATE; {restore} COMMIT"))
            .unwrap();
    }
    assert_eq!(broken(&world, school).await, 0, "everything is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edit_of_the_trail_is_found_1() {
    share(0x9E37_79B9_7F4A_7C15).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edit_of_the_trail_is_found_2() {
    share(0xBF58_476D_1CE4_E5B9).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edit_of_the_trail_is_found_3() {
    share(0x94D0_49BB_1331_11EB).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edit_of_the_trail_is_found_4() {
    share(0xD6E8_FEB8_6659_FD93).await;
}
