//! What both engines do alike: failing, refusing, reading one moment.

use domain::ids::{AccountId, SchoolId};
use store::accounts::{self, NewAccount, Role};
use store::testing::{World, both};
use store::{Conn, Error, exec, exec_later, fetch_all, fetch_all_dyn, fetch_one, fetch_opt};
use uuid::Uuid;

use crate::fixtures;

/// A row of a table without keys to other tables.
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
async fn values_come_back_as_they_went() {
    both(|world| async move {
        let id = Uuid::from_u128(7);
        let write = world.write(move |c| {
            Box::pin(async move {
                let none: Option<&str> = None;
                exec!(
                    c,
                    "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    i64::MIN, id, "主题 🎓 '$1'", serde_json::json!({"a": [1, null]}), none, i64::MAX, 3_i32, true
                )?;
                // Parameters out of order, and one of them twice.
                fetch_all!(
                    c,
                    (i64, String, serde_json::Value, Option<String>, i32),
                    "SELECT school_id, topic, payload, dedupe, attempts FROM outbox \
                     WHERE id = $2 AND attempts = $1 AND attempts >= $1 AND topic <> '$2'",
                    3, id
                )
            })
        });
        let rows = write.await.unwrap();
        let payload = serde_json::json!({"a": [1, null]});
        assert_eq!(rows, [(i64::MIN, "主题 🎓 '$1'".to_owned(), payload, None, 3)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impossible_value_is_an_error_not_a_panic() {
    both(|world| async move {
        fixtures::school(&world, "10001").await;
        let read = world.read(|c| Box::pin(async { fetch_one!(c, (i64,), "SELECT name FROM school") }));
        assert!(matches!(read.await, Err(Error::Corrupt(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_built_at_run_time_takes_the_same_parameters() {
    use sea_query::{Asterisk, Expr, ExprTrait, Func, PostgresQueryBuilder, Query};
    both(|world| async move {
        world
            .write(|c| {
                Box::pin(async {
                    hit(c, "a").await?;
                    hit(c, "b").await
                })
            })
            .await
            .unwrap();
        let (sql, values) = Query::select()
            .expr(Func::count(Expr::col(Asterisk)))
            .from("throttle")
            .and_where(Expr::col("key").eq("b"))
            .and_where(Expr::col("school_id").eq(1_i64))
            .build(PostgresQueryBuilder);
        let values = store::db::from_sea_query(values).unwrap();
        let read = world.read(move |c| {
            let (sql, values) = (sql.clone(), values.clone());
            Box::pin(async move { fetch_all_dyn!(c, (i64,), &sql, &values) })
        });
        assert_eq!(read.await.unwrap(), [(1,)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_row_names_its_unique_index() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let college = fixtures::college(&world, school, "计算机学院").await;
        let student = fixtures::student(&world, college, "001", "张三");
        let id = fixtures::stored_student(&world, school, &student).await;

        let account = NewAccount {
            school_id: school,
            id: AccountId(Uuid::from_u128(1)),
            role: Role::Student,
            login: "001".into(),
            name: "张三".into(),
            employer_id: None,
            student_id: Some(id),
            created_at: world.env.now(),
        };
        let create = |account: NewAccount| {
            world.write(move |c| {
                let account = account.clone();
                Box::pin(async move { accounts::create(c, &account).await })
            })
        };
        create(account.clone()).await.unwrap();
        // The primary key, a plain index, a partial index.
        let name = |error: Result<(), Error>| match error {
            Err(Error::Unique(name)) => name,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            name(
                create(NewAccount {
                    login: "other".into(),
                    student_id: None,
                    role: Role::School,
                    ..account.clone()
                })
                .await
            ),
            "account_pkey"
        );
        let other = AccountId(Uuid::from_u128(2));
        assert_eq!(
            name(
                create(NewAccount {
                    id: other,
                    student_id: None,
                    role: Role::School,
                    ..account.clone()
                })
                .await
            ),
            "account_login"
        );
        assert_eq!(
            name(
                create(NewAccount {
                    id: other,
                    login: "other".into(),
                    ..account.clone()
                })
                .await
            ),
            "account_student"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_reference_is_its_own_error() {
    both(|world| async move {
        let write = world.write(|c| {
            Box::pin(async {
                exec!(
                    c,
                    "INSERT INTO graduation_year (school_id, year) VALUES (99, 2027)"
                )
            })
        });
        assert!(matches!(write.await, Err(Error::Foreign)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_statement_nothing_more_runs_and_nothing_is_kept() {
    both(|world| async move {
        let swallowed = world.write(|c| {
            Box::pin(async {
                hit(c, "first").await?;
                let second = hit(c, "first").await;
                assert!(second.unwrap_err().is_unique("throttle_pkey"));
                let third = fetch_opt!(
                    c,
                    (i64,),
                    "SELECT 1 FROM throttle WHERE school_id = 1 AND key = $1",
                    "first"
                );
                assert!(matches!(third, Err(Error::Aborted)));
                Ok(())
            })
        });
        assert!(
            matches!(swallowed.await, Err(Error::Aborted)),
            "a swallowed failure must not be acknowledged"
        );
        assert_eq!(hits(&world).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_cannot_write() {
    both(|world| async move {
        let write = world.read(|c| Box::pin(async { hit(c, "a").await }));
        assert!(matches!(write.await, Err(Error::Db(_))));
        assert_eq!(hits(&world).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_handler_undoes_its_changes_and_nothing_else() {
    both(|world| async move {
        let late = world.write(|c| {
            Box::pin(async {
                hit(c, "panics").await?;
                let (rows,) = fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle")?;
                assert_eq!(rows, 0, "on purpose");
                Ok(())
            })
        });
        assert!(matches!(late.await, Err(Error::Panicked)));
        let early = world.write(|_| -> store::Fut<'_, ()> { panic!("on purpose") });
        assert!(matches!(early.await, Err(Error::Panicked)));
        let reader = world.read(|_| -> store::Fut<'_, ()> { panic!("on purpose") });
        assert!(matches!(reader.await, Err(Error::Panicked)));
        assert_eq!(hits(&world).await, 0);
        world
            .write(|c| Box::pin(async { hit(c, "alive").await }))
            .await
            .unwrap();
        assert_eq!(hits(&world).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_one_moment() {
    both(|world| async move {
        let inside = world.store.clone();
        let (to_reader, from_writer) = std::sync::mpsc::channel::<()>();
        let (to_writer, from_reader) = std::sync::mpsc::channel::<()>();
        let (from_writer, to_writer) = (
            std::sync::Mutex::new(from_writer),
            std::sync::Mutex::new(to_writer),
        );
        let read = tokio::spawn(async move {
            let (from_writer, to_writer) = (std::sync::Arc::new(from_writer), std::sync::Arc::new(to_writer));
            let read = inside.read(move |c| {
                let (from_writer, to_writer) = (from_writer.clone(), to_writer.clone());
                Box::pin(async move {
                    let (before,) = fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle")?;
                    to_writer.lock().unwrap().send(()).unwrap();
                    from_writer.lock().unwrap().recv().unwrap();
                    let (after,) = fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle")?;
                    Ok((before, after))
                })
            });
            read.await.unwrap()
        });
        tokio::task::spawn_blocking(move || from_reader.recv().unwrap())
            .await
            .unwrap();
        world
            .write(|c| Box::pin(async { hit(c, "between").await }))
            .await
            .unwrap();
        to_reader.send(()).unwrap();
        assert_eq!(read.await.unwrap(), (0, 0));
        assert_eq!(hits(&world).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_handle_on_the_same_data_sees_the_same() {
    both(|world| async move {
        world
            .write(|c| Box::pin(async { hit(c, "a").await }))
            .await
            .unwrap();
        let second = store::Store::open(&world.config, world.env.clone())
            .await
            .unwrap();
        second
            .write(|c| Box::pin(async { hit(c, "b").await }))
            .await
            .unwrap();
        assert_eq!(hits(&world).await, 2);
    })
    .await;
}

#[test]
fn parameters_never_show_in_debug_output() {
    use store::db::ToValue;
    assert_eq!(
        format!(
            "{:?} {:?}",
            "110101200401010010".to_value(),
            SchoolId(3).to_value()
        ),
        "*** ***"
    );
}

/// A hit that goes with the next statement.
async fn hit_later(c: &mut Conn<'_>, key: &str) -> Result<(), Error> {
    exec_later!(
        c,
        "INSERT INTO throttle (school_id, key, window_at, count) VALUES (1, $1, 0, 1)",
        key
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_wait_keep_their_place() {
    both(|world| async move {
        let write = world.write(|c| {
            Box::pin(async {
                hit_later(c, "a").await?;
                hit_later(c, "b").await?;
                // Sees both, though it is prepared after them and sent with them.
                let (seen,) = fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle")?;
                hit_later(c, "c").await?;
                let gone = exec!(c, "DELETE FROM throttle WHERE key = 'c'")?;
                hit_later(c, "d").await?;
                Ok((seen, gone))
            })
        });
        assert_eq!(write.await.unwrap(), (2, 1));
        assert_eq!(hits(&world).await, 3, "the last one went before COMMIT");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_waits_and_fails_ends_the_transaction_with_its_own_reason() {
    both(|world| async move {
        for followed in [false, true] {
            let write = world.write(move |c| {
                Box::pin(async move {
                    hit(c, "a").await?;
                    hit_later(c, "a").await?;
                    if followed {
                        hit_later(c, "b").await?;
                        fetch_one!(c, (i64,), "SELECT COUNT(*) FROM throttle")?;
                    }
                    Ok(())
                })
            });
            assert!(write.await.unwrap_err().is_unique("throttle_pkey"), "{followed}");
            assert_eq!(hits(&world).await, 0);
        }
    })
    .await;
}
