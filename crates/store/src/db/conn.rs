//! A connection inside a transaction, and the statements that run on it.

use super::row::{FromRow, RowRef};
use super::value::{ToValue, Value};
use super::{Error, lite, pg};
use domain::ids::{SchoolId, StudentId};

/// A connection inside a transaction, of either engine; what every handler gets.
pub struct Conn<'c> {
    engine: Engine<'c>,
    /// A statement has failed. PostgreSQL then refuses every further statement and turns COMMIT into
    /// ROLLBACK without a word; SQLite would go on. Here both refuse, and neither commits.
    failed: bool,
}

enum Engine<'c> {
    Lite(&'c mut rusqlite::Connection),
    Pg(&'c deadpool_postgres::Transaction<'c>),
}

impl<'c> Conn<'c> {
    pub(super) fn lite(connection: &'c mut rusqlite::Connection) -> Self {
        Self {
            engine: Engine::Lite(connection),
            failed: false,
        }
    }

    pub(super) fn pg(transaction: &'c deadpool_postgres::Transaction<'c>) -> Self {
        Self {
            engine: Engine::Pg(transaction),
            failed: false,
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    fn begin_statement(&self) -> Result<(), Error> {
        if self.failed { Err(Error::Aborted) } else { Ok(()) }
    }

    fn end_statement<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.failed |= result.is_err();
        result
    }
}

/// Lets acts about one student follow each other: what was read of the student's agreements stays true until
/// this transaction ends. SQLite has one writer, so there they do so already. On PostgreSQL two transactions
/// that read each other's rows and write their own would both be let through; a row lock makes the second
/// wait here and then read what the first has left. It does not stand in the way of foreign keys.
pub async fn one_at_a_time(c: &mut Conn<'_>, school: SchoolId, student: StudentId) -> Result<(), Error> {
    let sql = "SELECT id FROM student WHERE school_id = $1 AND id = $2 FOR NO KEY UPDATE";
    c.begin_statement()?;
    let result = match &mut c.engine {
        Engine::Lite(_) => Ok(()),
        Engine::Pg(transaction) => pg::fetch(transaction, sql, &[school.to_value(), student.to_value()])
            .await
            .map(drop),
    };
    c.end_statement(result)
}

/// Runs a statement and counts the rows it changed. Called by [`exec!`](crate::exec).
pub async fn exec(c: &mut Conn<'_>, sql: &'static str, args: &[Value<'_>]) -> Result<u64, Error> {
    c.begin_statement()?;
    let result = match &mut c.engine {
        Engine::Lite(connection) => lite::exec(connection, sql, args),
        Engine::Pg(transaction) => pg::exec(transaction, sql, args).await,
    };
    c.end_statement(result)
}

/// Every row of a query. Called by [`fetch_all!`](crate::fetch_all).
pub async fn fetch_all<T: FromRow>(
    c: &mut Conn<'_>,
    sql: &'static str,
    args: &[Value<'_>],
) -> Result<Vec<T>, Error> {
    c.begin_statement()?;
    let result = match &mut c.engine {
        Engine::Lite(connection) => lite::fetch(connection, super::text::lite_static(sql), args),
        Engine::Pg(transaction) => pg_rows(transaction, sql, args).await,
    };
    c.end_statement(result)
}

/// Every row of a query whose text was built at run time (lists with optional filters, by sea-query
/// for PostgreSQL: `$n` placeholders). Called by [`fetch_all_dyn!`](crate::fetch_all_dyn).
pub async fn fetch_all_dyn<T: FromRow>(
    c: &mut Conn<'_>,
    sql: &str,
    args: &[Value<'_>],
) -> Result<Vec<T>, Error> {
    c.begin_statement()?;
    let result = match &mut c.engine {
        Engine::Lite(connection) => lite::fetch(connection, &super::text::lite(sql), args),
        Engine::Pg(transaction) => pg_rows(transaction, sql, args).await,
    };
    c.end_statement(result)
}

async fn pg_rows<T: FromRow>(
    transaction: &deadpool_postgres::Transaction<'_>,
    sql: &str,
    args: &[Value<'_>],
) -> Result<Vec<T>, Error> {
    let rows = pg::fetch(transaction, sql, args).await?;
    rows.iter().map(|row| T::from_row(RowRef::Pg(row))).collect()
}

/// The first row of a query, if there is one. Called by [`fetch_opt!`](crate::fetch_opt).
pub async fn fetch_opt<T: FromRow>(
    c: &mut Conn<'_>,
    sql: &'static str,
    args: &[Value<'_>],
) -> Result<Option<T>, Error> {
    Ok(fetch_all(c, sql, args).await?.into_iter().next())
}

/// The first row of a query, or [`Error::NotFound`]. Called by [`fetch_one!`](crate::fetch_one).
pub async fn fetch_one<T: FromRow>(
    c: &mut Conn<'_>,
    sql: &'static str,
    args: &[Value<'_>],
) -> Result<T, Error> {
    fetch_opt(c, sql, args).await?.ok_or(Error::NotFound)
}

/// `exec!(c, "SQL $1", a, b)`: runs a statement; the number of rows changed.
#[macro_export]
macro_rules! exec {
    ($c:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::exec($c, $sql, &[$($crate::db::ToValue::to_value(&$arg)),*]).await
    };
}

/// `fetch_opt!(c, Row, "SQL $1", a)`: the first row, if there is one.
#[macro_export]
macro_rules! fetch_opt {
    ($c:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::fetch_opt::<$row>($c, $sql, &[$($crate::db::ToValue::to_value(&$arg)),*]).await
    };
}

/// `fetch_one!(c, Row, "SQL $1", a)`: the first row, or `Error::NotFound`.
#[macro_export]
macro_rules! fetch_one {
    ($c:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::fetch_one::<$row>($c, $sql, &[$($crate::db::ToValue::to_value(&$arg)),*]).await
    };
}

/// `fetch_all!(c, Row, "SQL $1", a)`: every row.
#[macro_export]
macro_rules! fetch_all {
    ($c:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::fetch_all::<$row>($c, $sql, &[$($crate::db::ToValue::to_value(&$arg)),*]).await
    };
}

/// `fetch_all_dyn!(c, Row, &sql, &values)`: every row of a query built at run time;
/// `values` is a slice of [`Value`](crate::db::Value), see [`from_sea_query`](crate::db::from_sea_query).
#[macro_export]
macro_rules! fetch_all_dyn {
    ($c:expr, $row:ty, $sql:expr, $values:expr) => {
        $crate::db::fetch_all_dyn::<$row>($c, $sql, $values).await
    };
}
