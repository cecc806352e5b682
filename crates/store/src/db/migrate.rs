//! The schema, embedded in the binary; applied by `sanfang migrate` and at the start of `sanfang serve`.

use std::path::Path;

use super::{Error, lite, pg};

mod sqlite {
    refinery::embed_migrations!("migrations/sqlite");
}

mod postgres {
    refinery::embed_migrations!("migrations/postgres");
}

/// Two processes that start at once must not both migrate; any number that nobody else uses.
const LOCK: i64 = 0x7361_6e66_616e_6700;

/// Applies what is missing to a SQLite file; the names of what was applied.
pub async fn lite(path: &Path) -> Result<Vec<String>, Error> {
    let path = path.to_owned();
    let work = move || {
        let mut connection = lite::open_writer(&path)?;
        let report = sqlite::migrations::runner()
            .run(&mut connection)
            .map_err(Error::db)?;
        Ok(names(&report))
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::db)?
}

/// Applies what is missing to a PostgreSQL database; the names of what was applied.
pub async fn pg(database: &pg::Database) -> Result<Vec<String>, Error> {
    let mut client = database.client().await?;
    client
        .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
        .await
        .map_err(Error::db)?;
    let report = postgres::migrations::runner()
        .run_async(&mut **client)
        .await
        .map_err(Error::db);
    client
        .execute("SELECT pg_advisory_unlock($1)", &[&LOCK])
        .await
        .map_err(Error::db)?;
    Ok(names(&report?))
}

/// Applies the schema over a plain connection (tests make their template so).
#[cfg(feature = "testing")]
pub async fn client(client: &mut tokio_postgres::Client) -> Result<(), Error> {
    postgres::migrations::runner()
        .run_async(client)
        .await
        .map(drop)
        .map_err(Error::db)
}

/// Applies the schema of an earlier release to a SQLite file (tests bring it up to date).
#[cfg(feature = "testing")]
pub fn lite_until(path: &Path, version: i32) -> Result<(), Error> {
    let mut connection = lite::open_writer(path)?;
    sqlite::migrations::runner()
        .set_target(refinery::Target::Version(version))
        .run(&mut connection)
        .map(drop)
        .map_err(Error::db)
}

/// The same over a plain connection to PostgreSQL.
#[cfg(feature = "testing")]
pub async fn client_until(client: &mut tokio_postgres::Client, version: i32) -> Result<(), Error> {
    postgres::migrations::runner()
        .set_target(refinery::Target::Version(version))
        .run_async(client)
        .await
        .map(drop)
        .map_err(Error::db)
}

/// A number that changes with the migrations.
#[cfg(feature = "testing")]
pub fn fingerprint() -> u64 {
    let runner = postgres::migrations::runner();
    runner
        .get_migrations()
        .iter()
        .fold(0, |sum, migration| sum ^ migration.checksum())
}

fn names(report: &refinery::Report) -> Vec<String> {
    report
        .applied_migrations()
        .iter()
        .map(ToString::to_string)
        .collect()
}
