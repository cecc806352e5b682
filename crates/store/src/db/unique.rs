//! Errors of both engines in one vocabulary, above all the name of the unique index that refused.

use rusqlite::ffi;
use tokio_postgres::error::SqlState;

use super::Error;

/// SQLite reports the columns, also for partial indexes; the name is looked up in the catalogue.
pub fn lite(connection: &rusqlite::Connection, error: rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else {
        return Error::db(error);
    };
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
            index_name(connection, message).map_or_else(|| Error::db(error), Error::Unique)
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::Foreign,
        _ => Error::db(error),
    }
}

/// `UNIQUE constraint failed: account.school_id, account.login` → `account_login`.
fn index_name(connection: &rusqlite::Connection, message: &str) -> Option<String> {
    let columns = message.strip_prefix("UNIQUE constraint failed: ")?;
    if let Some(name) = columns.strip_prefix("index '") {
        return Some(name.trim_end_matches('\'').to_owned());
    }
    let mut pairs = columns.split(", ").map(|column| column.split_once('.'));
    let table = pairs.clone().next()??.0;
    let wanted = pairs.try_fold(Vec::new(), |mut names, pair| {
        names.push(pair?.1);
        Some(names)
    })?;
    let mut indexes = connection
        .prepare_cached("SELECT name, origin FROM pragma_index_list(?1) WHERE \"unique\" = 1")
        .ok()?;
    let mut rows = indexes.query([table]).ok()?;
    while let Some(row) = rows.next().ok()? {
        let (name, origin): (String, String) = (row.get(0).ok()?, row.get(1).ok()?);
        if index_columns(connection, &name)? == wanted {
            return Some(if origin == "pk" {
                format!("{table}_pkey")
            } else {
                name
            });
        }
    }
    // An INTEGER PRIMARY KEY is the row number itself and has no index.
    Some(format!("{table}_pkey"))
}

fn index_columns(connection: &rusqlite::Connection, index: &str) -> Option<Vec<String>> {
    let mut columns = connection
        .prepare_cached("SELECT name FROM pragma_index_info(?1) ORDER BY seqno")
        .ok()?;
    columns
        .query_map([index], |row| row.get(0))
        .ok()?
        .collect::<Result<_, _>>()
        .ok()
}

/// PostgreSQL reports the name itself.
pub fn pg(error: tokio_postgres::Error) -> Error {
    match (error.code(), error.as_db_error().and_then(|e| e.constraint())) {
        (Some(&SqlState::UNIQUE_VIOLATION), Some(name)) => Error::Unique(name.to_owned()),
        (Some(&SqlState::FOREIGN_KEY_VIOLATION), _) => Error::Foreign,
        (Some(&SqlState::IN_FAILED_SQL_TRANSACTION), _) => Error::Aborted,
        _ => Error::db(error),
    }
}
