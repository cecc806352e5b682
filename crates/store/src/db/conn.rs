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
    /// Writes that nobody waits for; they go with the next statement (see [`exec_later`]).
    later: Vec<Later>,
    /// Statements so far.
    statements: u32,
}

/// A write that waits for the next statement.
pub(super) struct Later {
    pub(super) sql: &'static str,
    pub(super) args: Vec<Value<'static>>,
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
            later: Vec::new(),
            statements: 0,
        }
    }

    pub(super) fn pg(transaction: &'c deadpool_postgres::Transaction<'c>) -> Self {
        Self {
            engine: Engine::Pg(transaction),
            failed: false,
            later: Vec::new(),
            statements: 0,
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Statements of this transaction so far: what has to stay the same however long a list is.
    pub fn statements(&self) -> u32 {
        self.statements
    }

    fn begin_statement(&mut self) -> Result<(), Error> {
        self.statements += 1;
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
    match &c.engine {
        Engine::Lite(_) => Ok(()),
        // It is taken before the next statement sees anything.
        Engine::Pg(_) => exec_later(c, sql, vec![school.to_value(), student.to_value()]).await,
    }
}

/// Runs a statement whose count nobody asks for. On PostgreSQL it is sent together with the next
/// statement, or before COMMIT, which saves a journey to the server; its order stays, and so does what
/// happens when it fails: the transaction is over. Called by [`exec_later!`](crate::exec_later).
pub async fn exec_later(c: &mut Conn<'_>, sql: &'static str, args: Vec<Value<'_>>) -> Result<(), Error> {
    c.begin_statement()?;
    match &mut c.engine {
        Engine::Lite(connection) => {
            let result = lite::exec(connection, super::text::lite_static(sql), &args);
            c.end_statement(result).map(drop)
        }
        Engine::Pg(_) => {
            let args = args.into_iter().map(Value::into_owned).collect();
            c.later.push(Later { sql, args });
            Ok(())
        }
    }
}

/// Sends what still waits; before COMMIT.
pub(super) async fn send_rest(c: &mut Conn<'_>) -> Result<(), Error> {
    c.begin_statement()?;
    let later = std::mem::take(&mut c.later);
    let result = match &mut c.engine {
        Engine::Pg(transaction) if !later.is_empty() => pg::all(transaction, &later).await,
        Engine::Pg(_) | Engine::Lite(_) => Ok(()),
    };
    c.end_statement(result)
}

/// Runs a statement and counts the rows it changed. Called by [`exec!`](crate::exec).
pub async fn exec(c: &mut Conn<'_>, sql: &'static str, args: &[Value<'_>]) -> Result<u64, Error> {
    c.begin_statement()?;
    let result = match &mut c.engine {
        Engine::Lite(connection) => lite::exec(connection, super::text::lite_static(sql), args),
        Engine::Pg(transaction) => pg::exec(transaction, &std::mem::take(&mut c.later), sql, args).await,
    };
    c.end_statement(result)
}

/// Runs a statement whose text was built at run time (many rows at once, by sea-query for PostgreSQL) and
/// counts the rows it changed. Called by [`exec_dyn!`](crate::exec_dyn).
pub async fn exec_dyn(c: &mut Conn<'_>, sql: &str, args: &[Value<'_>]) -> Result<u64, Error> {
    c.begin_statement()?;
    let result = match &mut c.engine {
        Engine::Lite(connection) => lite::exec(connection, &super::text::lite(sql), args),
        Engine::Pg(transaction) => pg::exec(transaction, &std::mem::take(&mut c.later), sql, args).await,
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
        Engine::Pg(transaction) => pg_rows(transaction, &std::mem::take(&mut c.later), sql, args).await,
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
        Engine::Pg(transaction) => pg_rows(transaction, &std::mem::take(&mut c.later), sql, args).await,
    };
    c.end_statement(result)
}

async fn pg_rows<T: FromRow>(
    transaction: &deadpool_postgres::Transaction<'_>,
    later: &[Later],
    sql: &str,
    args: &[Value<'_>],
) -> Result<Vec<T>, Error> {
    let rows = pg::fetch(transaction, later, sql, args).await?;
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

/// `exec_later!(c, "SQL $1", a, b)`: runs a statement whose count nobody asks for, with the next one.
#[macro_export]
macro_rules! exec_later {
    ($c:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::exec_later($c, $sql, vec![$($crate::db::ToValue::to_value(&$arg)),*]).await
    };
}

/// `exec_dyn!(c, &sql, &values)`: runs a statement built at run time; the number of rows changed.
#[macro_export]
macro_rules! exec_dyn {
    ($c:expr, $sql:expr, $values:expr) => {
        $crate::db::exec_dyn($c, $sql, $values).await
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
