//! SQLite: connections with the pragmas that keep what was acknowledged, and statements on them.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::row::{FromRow, RowRef};
use super::value::Value;
use super::{Error, unique};

/// How long a statement waits for another process (the command line beside a running server).
const BUSY: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection; more than this crate has.
const STATEMENTS: usize = 512;
/// Page cache per connection, in KiB.
const CACHE_KIB: i64 = 8192;

/// Opens the connection that writes; makes the file if it does not exist.
pub fn open_writer(path: &Path) -> Result<Connection, Error> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(Error::db)?;
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(Error::db)?;
    connection
        .pragma_update(None, "synchronous", "FULL")
        .map_err(Error::db)?;
    prepare(&connection)?;
    Ok(connection)
}

/// Opens a connection that cannot write.
pub fn open_reader(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(Error::db)?;
    connection
        .pragma_update(None, "synchronous", "FULL")
        .map_err(Error::db)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(Error::db)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(BUSY).map_err(Error::db)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise a statement with a parameter that a partial index or statistics could be asked about is
    // compiled anew whenever its parameters change: most of ours, every time.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(Error::db)?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(Error::db)?;
    connection
        .pragma_update(None, "secure_delete", true)
        .map_err(Error::db)?;
    connection
        .pragma_update(None, "cache_size", -CACHE_KIB)
        .map_err(Error::db)?;
    check(connection)
}

/// Asks the connection what it really does: a pragma that SQLite does not like is ignored in silence.
pub fn check(connection: &Connection) -> Result<(), Error> {
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map_err(Error::db)?;
    if mode != "wal" {
        return Err(Error::Config(format!(
            "SQLite runs with journal_mode={mode} instead of wal"
        )));
    }
    for (pragma, wanted) in [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)] {
        let found: i64 = connection
            .pragma_query_value(None, pragma, |row| row.get(0))
            .map_err(Error::db)?;
        if found != wanted {
            return Err(Error::Config(format!(
                "SQLite runs with {pragma}={found} instead of {wanted}"
            )));
        }
    }
    Ok(())
}

/// Runs a statement; the number of rows changed.
pub fn exec(connection: &Connection, sql: &str, args: &[Value<'_>]) -> Result<u64, Error> {
    let run = || connection.prepare_cached(sql)?.execute(params_from_iter(args));
    run()
        .map(|rows| rows as u64)
        .map_err(|error| unique::lite(connection, error))
}

/// Every row of a query.
pub fn fetch<T: FromRow>(connection: &Connection, sql: &str, args: &[Value<'_>]) -> Result<Vec<T>, Error> {
    let mapped = |error| unique::lite(connection, error);
    let mut statement = connection.prepare_cached(sql).map_err(mapped)?;
    let mut rows = statement.query(params_from_iter(args)).map_err(mapped)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(mapped)? {
        out.push(T::from_row(RowRef::Lite(row))?);
    }
    Ok(out)
}
