//! PostgreSQL: a pool, transactions that are tried again when they collide, and statements on them.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts, Transaction,
};
use domain::ports::Env;
use futures::FutureExt;
use tokio_postgres::error::SqlState;
use tokio_postgres::{IsolationLevel, NoTls, Row, Statement};

use super::conn::{Later, send_rest};
use super::value::Value;
use super::{Conn, Error, Fut, tls, unique};

/// Connections; more only make them wait for each other inside the server.
const POOL: usize = 16;
/// How often a transaction is tried when it collides with others.
const ATTEMPTS: u32 = 8;
/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pool and what a transaction needs beside it.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    env: Env,
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Write,
    Read,
}

impl Database {
    /// Makes the pool and checks that the server answers and is one that is supported.
    pub async fn open(url: &str, env: Env) -> Result<Self, Error> {
        let (url, root_cert) = tls::split_root_cert(url);
        let config: tokio_postgres::Config = url.parse().map_err(|_| {
            // The parser's message may quote the password.
            Error::Config("the database URL is not a PostgreSQL URL".into())
        })?;
        let recycle = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = if tls::required(&config) {
            Manager::from_config(config, tls::connector(root_cert.as_deref())?, recycle)
        } else {
            Manager::from_config(config, NoTls, recycle)
        };
        let timeouts = Timeouts {
            wait: Some(PATIENCE),
            create: Some(PATIENCE),
            recycle: Some(PATIENCE),
        };
        let pool = Pool::builder(manager)
            .max_size(POOL)
            .timeouts(timeouts)
            .runtime(Runtime::Tokio1);
        let database = Self {
            pool: pool.build().map_err(Error::db)?,
            env,
        };
        database.check().await?;
        Ok(database)
    }

    async fn check(&self) -> Result<(), Error> {
        let client = self.client().await?;
        for (setting, good) in [("server_version_num", "150000"), ("server_encoding", "UTF8")] {
            let row = client
                .query_one("SELECT current_setting($1)", &[&setting])
                .await
                .map_err(Error::db)?;
            let found: String = row.try_get(0).map_err(Error::db)?;
            let fits = match good.parse::<u32>() {
                Ok(least) => found.parse::<u32>().is_ok_and(|version| version >= least),
                Err(_) => found == good,
            };
            if !fits {
                return Err(Error::Config(format!(
                    "PostgreSQL has {setting}={found}, {good} is needed"
                )));
            }
        }
        Ok(())
    }

    /// A connection outside any transaction, for migrations.
    pub async fn client(&self) -> Result<Object, Error> {
        self.pool.get().await.map_err(Error::db)
    }

    /// Runs a handler in a transaction of its own task: a caller that leaves cancels nothing.
    pub async fn write<T, F>(&self, handler: F) -> Result<T, Error>
    where
        F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        let database = self.clone();
        let task = tokio::spawn(async move { database.transact(Mode::Write, &handler).await });
        task.await.unwrap_or(Err(Error::Panicked))
    }

    /// Runs a handler in a read-only transaction that sees one moment of the database.
    pub async fn read<T, F>(&self, handler: F) -> Result<T, Error>
    where
        F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.transact(Mode::Read, &handler).await
    }

    async fn transact<T, F>(&self, mode: Mode, handler: &F) -> Result<T, Error>
    where
        F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send + Sync,
        T: Send,
    {
        let mut attempt = 1;
        loop {
            match self.attempt(mode, handler).await {
                Err(error) if attempt < ATTEMPTS && may_repeat(&error) => self.back_off(attempt).await,
                result => return result,
            }
            attempt += 1;
        }
    }

    async fn attempt<T, F>(&self, mode: Mode, handler: &F) -> Result<T, Error>
    where
        F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send + Sync,
        T: Send,
    {
        let mut client = self.client().await?;
        let transaction = match mode {
            Mode::Write => client.transaction().await,
            Mode::Read => {
                client
                    .build_transaction()
                    .read_only(true)
                    .isolation_level(IsolationLevel::RepeatableRead)
                    .start()
                    .await
            }
        };
        // Nothing has happened yet, so a connection that broke in the pool may be replaced.
        let transaction = transaction.map_err(|e| {
            if is_broken(&e) {
                Error::Db(Broken.into())
            } else {
                Error::db(e)
            }
        })?;
        let value = handle(&transaction, handler).await?;
        if mode == Mode::Write {
            transaction.commit().await.map_err(unique::pg)?;
        }
        Ok(value)
        // Otherwise dropping the transaction sends ROLLBACK, ahead of whatever the connection does next.
    }

    /// 2, 4, 8 … milliseconds, and up to as much again at random.
    async fn back_off(&self, attempt: u32) {
        let base = 1000_u64 << attempt;
        let jitter = u64::from(u16::from_be_bytes(self.env.bytes())) * base / u64::from(u16::MAX);
        tokio::time::sleep(Duration::from_micros(base + jitter)).await;
    }
}

/// Whether the connection is gone: noticed here, or told by a server that shuts down.
fn is_broken(error: &tokio_postgres::Error) -> bool {
    let gone = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
    ];
    error.is_closed() || error.code().is_some_and(|code| gone.contains(code))
}

#[derive(Debug, thiserror::Error)]
#[error("the connection broke before the transaction began")]
struct Broken;

async fn handle<T, F>(transaction: &Transaction<'_>, handler: &F) -> Result<T, Error>
where
    F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send + Sync,
    T: Send,
{
    let mut conn = Conn::pg(transaction);
    let run = AssertUnwindSafe(async { handler(&mut conn).await });
    let value = run.catch_unwind().await.unwrap_or(Err(Error::Panicked))?;
    send_rest(&mut conn).await?;
    Ok(value)
}

/// Serialization failures and deadlocks are rolled back by the server: the same closure may run again.
fn may_repeat(error: &Error) -> bool {
    let Error::Db(source) = error else { return false };
    let code = source
        .downcast_ref::<tokio_postgres::Error>()
        .and_then(tokio_postgres::Error::code);
    matches!(
        code,
        Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED)
    ) || source.is::<Broken>()
}

/// Runs a statement after those that wait, all sent at once; the number of rows changed.
pub async fn exec(
    transaction: &Transaction<'_>,
    later: &[Later],
    sql: &str,
    args: &[Value<'_>],
) -> Result<u64, Error> {
    let waiting = prepare(transaction, later).await?;
    let statement = transaction.prepare_cached(sql).await.map_err(unique::pg)?;
    let last = transaction.execute_raw(&statement, args);
    let (before, last) = futures::future::join(run(transaction, &waiting), last).await;
    before?;
    last.map_err(unique::pg)
}

/// Every row of a query, after the statements that wait, all sent at once.
pub async fn fetch(
    transaction: &Transaction<'_>,
    later: &[Later],
    sql: &str,
    args: &[Value<'_>],
) -> Result<Vec<Row>, Error> {
    let waiting = prepare(transaction, later).await?;
    let statement = transaction.prepare_cached(sql).await.map_err(unique::pg)?;
    let mut args_ref: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = Vec::with_capacity(args.len());
    args_ref.extend(
        args.iter()
            .map(|arg| arg as &(dyn tokio_postgres::types::ToSql + Sync)),
    );
    let last = transaction.query(&statement, &args_ref);
    let (before, last) = futures::future::join(run(transaction, &waiting), last).await;
    before?;
    last.map_err(unique::pg)
}

/// Runs the statements that wait.
pub async fn all(transaction: &Transaction<'_>, later: &[Later]) -> Result<(), Error> {
    run(transaction, &prepare(transaction, later).await?).await
}

/// Prepared before any of them is sent: a statement that had to be prepared in between would fall behind
/// its successors.
async fn prepare<'l>(
    transaction: &Transaction<'_>,
    later: &'l [Later],
) -> Result<Vec<(Statement, &'l [Value<'static>])>, Error> {
    let mut prepared = Vec::with_capacity(later.len());
    for one in later {
        let statement = transaction.prepare_cached(one.sql).await.map_err(unique::pg)?;
        prepared.push((statement, one.args.as_slice()));
    }
    Ok(prepared)
}

/// Sends all in their order, then waits for all; the first error, those after it only follow from it.
async fn run(transaction: &Transaction<'_>, waiting: &[(Statement, &[Value<'static>])]) -> Result<(), Error> {
    let sent = waiting
        .iter()
        .map(|(statement, args)| transaction.execute_raw(statement, *args));
    for done in futures::future::join_all(sent).await {
        done.map_err(unique::pg)?;
    }
    Ok(())
}
