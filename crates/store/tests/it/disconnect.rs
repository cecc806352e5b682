//! A client that leaves: its request's future is dropped at every point, and nothing stays half done or open.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use store::testing::{Database, World};
use store::{Conn, Error, exec, fetch_one};

/// Two rows that belong together, with work in between.
async fn pair(c: &mut Conn<'_>, n: i64) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO throttle (school_id, key, window_at, count) VALUES (1, $1, 0, $2)",
        format!("first {n}"),
        n
    )?;
    for _ in 0..5 {
        fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle WHERE school_id = 1")?;
    }
    exec!(
        c,
        "INSERT INTO throttle (school_id, key, window_at, count) VALUES (2, $1, 0, $2)",
        format!("second {n}"),
        n
    )?;
    Ok(())
}

/// How many rows of pair `n` there are; asked until nothing moves any more.
async fn settled(world: &World, n: i64) -> i64 {
    let mut last = -1;
    for _ in 0..200 {
        let read = world.read(move |c| {
            Box::pin(
                async move { fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle WHERE count = $1", n) },
            )
        });
        let (rows,) = read.await.unwrap();
        assert_ne!(rows, 1, "half of write {n} is visible");
        if rows == 2 {
            return 2;
        }
        last = rows;
        tokio::time::sleep(Duration::from_millis(2)).await;
        if n == i64::MAX {
            break;
        }
    }
    last
}

/// Polls `future` so many times and drops it; how often it was really polled before it was ready.
async fn leave_after(polls: usize, future: impl Future) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        if future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
        {
            return true;
        }
        tokio::time::sleep(Duration::from_micros(150)).await;
    }
    false
}

async fn writes_stand_once_begun(world: &World) {
    let mut cut_short = 0;
    for n in 0..60_i64 {
        let polls = usize::try_from(n).unwrap() % 12;
        let finished = leave_after(polls, world.write(move |c| Box::pin(pair(c, n)))).await;
        cut_short += usize::from(!finished);
        if polls == 0 {
            continue; // Never begun.
        }
        assert_eq!(
            settled(world, n).await,
            2,
            "write {n} was begun (polled {polls} times) and must happen"
        );
    }
    assert!(cut_short >= 10, "only {cut_short} clients left in the middle");
    for n in (0..60_i64).step_by(12) {
        let read = world.read(move |c| {
            Box::pin(
                async move { fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle WHERE count = $1", n) },
            )
        });
        assert_eq!(read.await.unwrap(), (0,), "write {n} was never begun");
    }
}

/// The same by the clock instead of by polls, many at once.
async fn writes_are_whole_when_time_runs_out(world: &World) {
    let clients = (100..300_i64).map(|n| {
        let store = world.store.clone();
        tokio::spawn(async move {
            let patience = Duration::from_micros(u64::try_from(n - 100).unwrap() * 37);
            drop(tokio::time::timeout(patience, store.write(move |c| Box::pin(pair(c, n)))).await);
            drop(
                tokio::time::timeout(
                    patience,
                    store.read(|c| {
                        Box::pin(async {
                            fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle WHERE school_id = 1")?;
                            fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle WHERE school_id = 2")
                        })
                    }),
                )
                .await,
            );
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    // One more write through every connection: they are all usable.
    for n in 300..340_i64 {
        world.write(move |c| Box::pin(pair(c, n))).await.unwrap();
    }
    let read = world.read(|c| {
        Box::pin(async {
            let sql =
                "SELECT COUNT(*) FROM (SELECT count FROM throttle GROUP BY count HAVING COUNT(*) <> 2) odd";
            fetch_one!(c, (i64,), sql)
        })
    });
    assert_eq!(read.await.unwrap(), (0,), "half a write was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_a_client_that_leaves_cancels_nothing_and_leaves_nothing_open() {
    let world = World::sqlite().await;
    writes_stand_once_begun(&world).await;
    writes_are_whole_when_time_runs_out(&world).await;
    // The write lock is free at once, and no reader holds an old moment: the log can be emptied.
    let other = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; ROLLBACK").unwrap();
    let busy: i64 = other
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .unwrap();
    assert_eq!(busy, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_a_client_that_leaves_cancels_nothing_and_leaves_nothing_open() {
    let (world, database) = World::postgres().await;
    writes_stand_once_begun(&world).await;
    writes_are_whole_when_time_runs_out(&world).await;
    assert_eq!(open_transactions(&database).await, 0);
    database.discard().await;
}

async fn open_transactions(database: &Database) -> i64 {
    let client = database.connect().await;
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid() AND (state <> 'idle' OR xact_start IS NOT NULL) AND backend_type = 'client backend'";
    // A ROLLBACK that was sent may still be on its way.
    for _ in 0..100 {
        if client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            return 0;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    client.query_one(sql, &[]).await.unwrap().get(0)
}
