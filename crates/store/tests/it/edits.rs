//! `verify --all` finds every edit of the audit trail that is made behind the store's back: deleted, altered,
//! reordered and inserted events, chains that were made to fit again, accounts of those who acted that are gone, and
//! a database that was rolled back.
//! (Whether checkpoints are signed by us is checked where the key is.)

use crate::breaches;
use domain::agreement::event::{Link, chain};
use domain::ids::{AgreementId, SchoolId};
use rusqlite::Connection;
use std::time::{Duration, Instant};
use store::testing::World;
use store::tree::{self, Checkpoint};
use store::verify;
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Edits in all on SQLite; the tests below share them.
const EDITS: u64 = 10_000;
const SHARES: u64 = 4;
/// How long PostgreSQL is edited: every edit waits for its commits.
const POSTGRES: Duration = Duration::from_secs(50);
/// What an edit may touch and what has to be put back.
const TABLES: [&str; 6] = [
    "account",
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

/// A database, past the store.
enum Raw {
    Lite(Connection),
    Pg(Client),
}

/// A value for a statement.
#[derive(Clone)]
enum Cell {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Id(Uuid),
}

impl Raw {
    /// Runs a statement with `$1`, `$2`, …
    async fn run(&self, sql: &str, cells: &[Cell]) {
        match self {
            Self::Lite(database) => {
                let cells = cells.iter().map(|cell| match cell {
                    Cell::Int(value) => rusqlite::types::Value::from(*value),
                    Cell::Text(value) => value.clone().into(),
                    Cell::Bytes(value) => value.clone().into(),
                    Cell::Id(value) => value.as_bytes().to_vec().into(),
                });
                let cells = rusqlite::params_from_iter(cells);
                database.execute(&sql.replace('$', "?"), cells).unwrap();
            }
            Self::Pg(client) => {
                let cells: Vec<&(dyn ToSql + Sync)> = cells
                    .iter()
                    .map(|cell| match cell {
                        Cell::Int(value) => value as &(dyn ToSql + Sync),
                        Cell::Text(value) => value,
                        Cell::Bytes(value) => value,
                        Cell::Id(value) => value,
                    })
                    .collect();
                client.execute(sql, &cells).await.unwrap();
            }
        }
    }

    /// Runs several statements without values.
    async fn batch(&self, sql: &str) {
        match self {
            Self::Lite(database) => database.execute_batch(sql).unwrap(),
            Self::Pg(client) => client.batch_execute(sql).await.unwrap(),
        }
    }

    async fn rows(&self) -> Vec<Row> {
        const SQL: &str = "SELECT school_id, agreement_id, seq, kind, actor, payload, prev_hash, hash, at \
                           FROM audit_event ORDER BY agreement_id, seq";
        match self {
            Self::Lite(database) => {
                let mut select = database.prepare_cached(SQL).unwrap();
                let row = |row: &rusqlite::Row<'_>| {
                    Ok(Row {
                        school: row.get(0)?,
                        agreement: Uuid::from_slice(&row.get::<_, Vec<u8>>(1)?).unwrap(),
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
            Self::Pg(client) => {
                let rows = client.query(SQL, &[]).await.unwrap();
                let row = |row: &tokio_postgres::Row| Row {
                    school: row.get(0),
                    agreement: row.get(1),
                    seq: row.get(2),
                    kind: row.get(3),
                    actor: row.get(4),
                    payload: row.get(5),
                    prev: row.get(6),
                    hash: row.get(7),
                    at: row.get(8),
                };
                rows.iter().map(row).collect()
            }
        }
    }

    /// The leaf of an event.
    async fn position(&self, row: &Row) -> i64 {
        const SQL: &str = "SELECT position FROM audit_leaf WHERE agreement_id = $1 AND seq = $2";
        match self {
            Self::Lite(database) => {
                let whose = rusqlite::params![row.agreement.as_bytes().to_vec(), row.seq];
                database
                    .query_row(&SQL.replace('$', "?"), whose, |row| row.get(0))
                    .unwrap()
            }
            Self::Pg(client) => client
                .query_one(SQL, &[&row.agreement, &row.seq])
                .await
                .unwrap()
                .get(0),
        }
    }
}

#[derive(Clone, PartialEq)]
struct Row {
    school: i64,
    agreement: Uuid,
    seq: i64,
    kind: String,
    actor: String,
    payload: String,
    prev: Vec<u8>,
    hash: Vec<u8>,
    at: i64,
}

/// Makes the chain of an agreement fit again, as somebody would who knows how it is made.
async fn rechain(database: &Raw, agreement: Uuid) {
    let id = AgreementId(agreement);
    let (mut prev, mut last) = (vec![0; 32], 0);
    for row in database
        .rows()
        .await
        .iter()
        .filter(|row| row.agreement == agreement)
    {
        let link = Link {
            seq: row.seq,
            kind: &row.kind,
            actor: &row.actor,
            payload: &row.payload,
            at: row.at,
        };
        let hash = chain(&prev, id, &link).0.to_vec();
        let sql = "UPDATE audit_event SET prev_hash = $1, hash = $2 WHERE agreement_id = $3 AND seq = $4";
        let cells = [
            Cell::Bytes(prev),
            Cell::Bytes(hash.clone()),
            Cell::Id(agreement),
            Cell::Int(row.seq),
        ];
        database.run(sql, &cells).await;
        (prev, last) = (hash, row.seq);
    }
    if last > 0 {
        let sql = "UPDATE agreement SET audit_hash = $1, audit_seq = $2, version = $2 WHERE id = $3";
        let cells = [Cell::Bytes(prev), Cell::Int(last), Cell::Id(agreement)];
        database.run(sql, &cells).await;
    }
}

fn other_byte(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let at = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
    changed[at] ^= 1 << dice.below(8);
    changed
}

/// One edit; what it was.
async fn edit(database: &Raw, dice: &mut Dice) -> String {
    let all = database.rows().await;
    let row = all[usize::try_from(dice.below(all.len() as u64)).unwrap()].clone();
    let whose = [Cell::Id(row.agreement), Cell::Int(row.seq)];
    let set = async |column: &str, value: Cell| {
        let sql = format!("UPDATE audit_event SET {column} = $3 WHERE agreement_id = $1 AND seq = $2");
        let [id, seq] = whose.clone();
        database.run(&sql, &[id, seq, value]).await;
    };
    let kind = dice.below(13);
    match kind {
        0 => {
            let sql = "DELETE FROM audit_event WHERE agreement_id = $1 AND seq = $2";
            database.run(sql, &whose).await;
        }
        1 => {
            let at = row.at + 1 + i64::try_from(dice.below(1 << 40)).unwrap();
            set("at", Cell::Int(at)).await;
        }
        2 => set("kind", Cell::Text(format!("{}x", row.kind))).await,
        3 => set("actor", Cell::Text(row.actor.replace(':', ": "))).await,
        4 => {
            let digit = row.payload.rfind(|ch: char| ch.is_ascii_digit()).unwrap();
            let mut payload = row.payload.clone();
            payload.insert(digit, '1');
            set("payload", Cell::Text(payload)).await;
        }
        5 => set("hash", Cell::Bytes(other_byte(dice, &row.hash))).await,
        6 => set("prev_hash", Cell::Bytes(other_byte(dice, &row.prev))).await,
        // Two events change places.
        7 => {
            let beside = if row.seq == 1 { 2 } else { row.seq - 1 };
            for (from, to) in [(row.seq, -1), (beside, row.seq), (-1, beside)] {
                let sql = "UPDATE audit_event SET seq = $3 WHERE agreement_id = $1 AND seq = $2";
                let cells = [Cell::Id(row.agreement), Cell::Int(from), Cell::Int(to)];
                database.run(sql, &cells).await;
            }
        }
        // An event that never was, at the end, with a chain that fits.
        8 => {
            let sql = "INSERT INTO audit_event (school_id, agreement_id, seq, kind, actor, account_id, payload, note, \
                       prev_hash, hash, at) SELECT school_id, agreement_id, \
                       (SELECT max(seq) + 1 FROM audit_event x WHERE x.agreement_id = $1), kind, actor, account_id, \
                       payload, note, prev_hash, hash, at FROM audit_event WHERE agreement_id = $1 AND seq = $2";
            database.run(sql, &whose).await;
            rechain(database, row.agreement).await;
        }
        // Altered, and the whole chain made to fit again.
        9 => {
            let at = row.at + 1 + i64::try_from(dice.below(1 << 30)).unwrap();
            set("at", Cell::Int(at)).await;
            rechain(database, row.agreement).await;
        }
        // The last event was never there, with a chain that fits.
        10 => {
            let sql = "DELETE FROM audit_event WHERE agreement_id = $1 AND seq >= $2";
            database.run(sql, &whose).await;
            rechain(database, row.agreement).await;
        }
        // Whoever acted was never there.
        11 => {
            let sql = "DELETE FROM account WHERE id = (SELECT account_id FROM audit_event \
                       WHERE agreement_id = $1 AND seq = $2)";
            database.run(sql, &whose).await;
        }
        _ => roll_back(database, &row, &all).await,
    }
    format!("edit {kind} of event {} at school {}", row.seq, row.school)
}

/// Everything as it was before this event: an old copy of the database.
async fn roll_back(database: &Raw, row: &Row, all: &[Row]) {
    let position = [Cell::Int(database.position(row).await)];
    for sql in [
        "DELETE FROM audit_event WHERE EXISTS (SELECT 1 FROM audit_leaf l WHERE l.agreement_id = \
         audit_event.agreement_id AND l.seq = audit_event.seq AND l.position >= $1)",
        "DELETE FROM audit_leaf WHERE position >= $1",
        "DELETE FROM audit_node WHERE (position + 1) << CAST(level AS INTEGER) > $1",
        "DELETE FROM audit_checkpoint WHERE size > $1",
    ] {
        database.run(sql, &position).await;
    }
    for row in all.iter().filter(|row| row.seq == 1) {
        rechain(database, row.agreement).await;
    }
}

pub async fn checkpoint(world: &World, school: SchoolId) {
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

/// Edits, one after the other, each noticed and taken back; how many.
async fn edits(world: &World, database: &Raw, seed: u64, until: impl Fn(u64) -> bool) -> u64 {
    let school = SchoolId(database.rows().await[0].school);
    checkpoint(world, school).await;
    assert_eq!(broken(world, school).await, 0);
    for table in TABLES {
        let keep = format!("CREATE TEMP TABLE keep_{table} AS SELECT * FROM {table}");
        database.batch(&keep).await;
    }
    let restore: String = TABLES
        .iter()
        .map(|table| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM keep_{table}; "))
        .collect();
    let begin = match database {
        Raw::Lite(_) => "BEGIN IMMEDIATE",
        Raw::Pg(_) => "BEGIN",
    };
    let (mut dice, mut count) = (Dice(seed), 0);
    while !until(count) {
        database.batch(begin).await;
        let what = edit(database, &mut dice).await;
        database.batch("COMMIT").await;
        assert!(
            broken(world, school).await > 0,
            "{what} was not noticed (seed {seed})"
        );
        database.batch(&format!("{begin}; {restore} COMMIT")).await;
        count += 1;
    }
    assert_eq!(broken(world, school).await, 0, "everything is as it was");
    count
}

async fn share(seed: u64) {
    let world = breaches::town().await;
    let database = Raw::Lite(Connection::open(world.config.data.join("sanfang.db")).unwrap());
    let quick = "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000";
    database.batch(quick).await;
    edits(&world, &database, seed, |count| count == EDITS / SHARES).await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "as many as there is time for, by a real clock"
)]
async fn every_edit_of_the_trail_is_found_on_postgresql() {
    let (world, server) = World::postgres().await;
    breaches::settle(&world).await;
    let database = Raw::Pg(server.connect().await);
    // As who may do anything would: without the foreign keys.
    database
        .batch("SET session_replication_role = replica; SET synchronous_commit = off")
        .await;
    let start = Instant::now();
    let count = edits(&world, &database, 0xA076_1D64_78BD_642F, |_| {
        start.elapsed() > POSTGRES
    })
    .await;
    assert!(count >= 100, "only {count} edits");
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
