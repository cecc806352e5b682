//! Commits: together on SQLite, again after a collision on PostgreSQL, and never half.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use store::testing::{World, both};
use store::{Conn, Error, exec, fetch_one};

async fn hit(c: &mut Conn<'_>, key: &str) -> Result<u64, Error> {
    exec!(
        c,
        "INSERT INTO throttle (school_id, key, window_at, count) VALUES (1, $1, 0, 1)",
        key
    )
}

async fn hits(world: &World) -> i64 {
    let count = world.read(|c| Box::pin(async { fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle") }));
    count.await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_writers_at_once_the_failing_ones_harm_nobody() {
    both(|world| async move {
        let writers = (0..64).map(|n| {
            let store = world.store.clone();
            tokio::spawn(async move {
                let write = store.write(move |c| {
                    Box::pin(async move {
                        hit(c, &format!("writer {n}")).await?;
                        match n % 8 {
                            3 => Err(Error::Stale),
                            5 => hit(c, &format!("writer {n}")).await,
                            6 => panic!("on purpose"),
                            _ => Ok(1),
                        }
                    })
                });
                (n, write.await)
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            let (n, result) = writer.await.unwrap();
            match n % 8 {
                3 => assert!(matches!(result, Err(Error::Stale))),
                5 => assert!(result.unwrap_err().is_unique("throttle_pkey")),
                6 => assert!(matches!(result, Err(Error::Panicked))),
                _ => assert_eq!(result.unwrap(), 1),
            }
        }
        assert_eq!(hits(&world).await, 40);
    })
    .await;
}

/// Holds the writer up: what comes meanwhile is committed with it, as one group.
async fn hold_up(world: &World) -> tokio::task::JoinHandle<Result<(), Error>> {
    let (store, started) = (world.store.clone(), Arc::new(tokio::sync::Notify::new()));
    let notify = started.clone();
    let held = tokio::spawn(async move {
        let write = store.write(move |_| {
            notify.notify_one();
            Box::pin(async {
                std::thread::sleep(Duration::from_millis(300));
                Ok(())
            })
        });
        write.await
    });
    started.notified().await;
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_whose_commit_fails_is_answered_by_errors_and_leaves_nothing() {
    let world = World::sqlite().await;
    let held = hold_up(&world).await;
    let writers = (0..5).map(|n| {
        let store = world.store.clone();
        tokio::spawn(async move {
            let write = store.write(move |c| {
                Box::pin(async move {
                    if n == 2 {
                        // Breaks a foreign key in a way that SQLite notices only at COMMIT.
                        exec!(c, "PRAGMA defer_foreign_keys = ON")?;
                        exec!(
                            c,
                            "INSERT INTO graduation_year (school_id, year) VALUES (99, 2027)"
                        )?;
                    }
                    if n == 3 {
                        return Err(Error::Stale);
                    }
                    hit(c, &format!("writer {n}")).await
                })
            });
            (n, write.await)
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        let (n, result) = writer.await.unwrap();
        match result {
            Err(Error::Stale) => assert_eq!(n, 3, "its own error stays its own"),
            Err(Error::Commit(_)) => assert_ne!(n, 3),
            other => panic!("writer {n} was told {other:?}"),
        }
    }
    assert!(
        matches!(held.await.unwrap(), Err(Error::Commit(_))),
        "the first of the group"
    );
    assert_eq!(hits(&world).await, 0);
    world
        .write(|c| Box::pin(async { hit(c, "afterwards").await }))
        .await
        .unwrap();
    assert_eq!(hits(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_commands_are_committed_together() {
    let world = World::sqlite().await;
    let held = hold_up(&world).await;
    let writers = (0..20).map(|n| {
        let store = world.store.clone();
        tokio::spawn(async move {
            store
                .write(move |c| Box::pin(async move { hit(c, &format!("writer {n}")).await }))
                .await
        })
    });
    let writers: Vec<_> = writers.collect();
    let watcher = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
    let mut seen = Vec::new();
    while seen.last() != Some(&20) {
        let now: i64 = watcher
            .query_row("SELECT COUNT(*) FROM throttle", [], |row| row.get(0))
            .unwrap();
        if seen.last() != Some(&now) {
            seen.push(now);
        }
    }
    assert_eq!(seen, [0, 20], "all at once, seen from outside");
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    held.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_waits_for_something_else_is_refused_on_sqlite() {
    let world = World::sqlite().await;
    let write = world.write(|c| {
        Box::pin(async {
            hit(c, "before").await?;
            tokio::task::yield_now().await;
            hit(c, "after").await
        })
    });
    assert!(matches!(write.await, Err(Error::Waited)));
    assert_eq!(hits(&world).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_tried_again_until_both_have_their_way() {
    let (world, database) = World::postgres().await;
    world
        .write(|c| {
            Box::pin(async {
                hit(c, "a").await?;
                hit(c, "b").await
            })
        })
        .await
        .unwrap();
    let meeting = Arc::new(tokio::sync::Barrier::new(2));
    let attempts = Arc::new(AtomicU32::new(0));
    let writers = [("a", "b"), ("b", "a")].map(|(first, second)| {
        let (store, meeting, attempts) = (world.store.clone(), meeting.clone(), attempts.clone());
        tokio::spawn(async move {
            let write = store.write(move |c| {
                let (meeting, attempts) = (meeting.clone(), attempts.clone());
                Box::pin(async move {
                    let attempt = attempts.fetch_add(1, Ordering::SeqCst);
                    let sql = "UPDATE throttle SET count = count + 1 WHERE school_id = 1 AND key = $1";
                    exec!(c, sql, first)?;
                    if attempt < 2 {
                        meeting.wait().await;
                    }
                    exec!(c, sql, second)
                })
            });
            write.await
        })
    });
    for writer in writers {
        assert_eq!(writer.await.unwrap().unwrap(), 1);
    }
    assert!(
        attempts.load(Ordering::SeqCst) >= 3,
        "one of them was tried again"
    );
    let sum = world.read(|c| {
        Box::pin(async { fetch_one!(c, (i64,), "SELECT CAST(SUM(count) AS BIGINT) FROM throttle") })
    });
    assert_eq!(sum.await.unwrap(), (6,));
    database.discard().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_restarted_costs_no_request() {
    let (world, database) = World::postgres().await;
    world
        .write(|c| Box::pin(async { hit(c, "before").await }))
        .await
        .unwrap();
    let admin = database.connect().await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    admin.query(kill, &[]).await.unwrap();
    world
        .write(|c| Box::pin(async { hit(c, "after").await }))
        .await
        .unwrap();
    assert_eq!(hits(&world).await, 2);
    database.discard().await;
}
