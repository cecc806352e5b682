//! The throw-away server: databases made after the pattern of one, which is filled from the SQLite file.

use anyhow::Context;
use bytes::Bytes;
use futures::SinkExt;
use rusqlite::types::ValueRef;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tokio_postgres::{Client, NoTls};

/// The database that the others are made after.
const PATTERN: &str = "bench_pattern";

/// The server that `bin/with-postgres` started.
#[derive(Debug, Clone)]
pub struct Server {
    folder: PathBuf,
}

impl Server {
    /// The server of this run.
    pub fn find() -> anyhow::Result<Self> {
        let url = std::env::var("SANFANG_TEST_PG").context("SANFANG_TEST_PG: run bin/bench")?;
        let config: tokio_postgres::Config = url.parse()?;
        match config.get_hosts().first() {
            Some(tokio_postgres::config::Host::Unix(folder)) => Ok(Self {
                folder: folder.clone(),
            }),
            _ => anyhow::bail!("SANFANG_TEST_PG names no server of bin/with-postgres"),
        }
    }

    /// Where its socket is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it logs.
    pub fn log(&self) -> anyhow::Result<String> {
        let file = self.folder.join("postgres.log");
        std::fs::read_to_string(&file).with_context(|| file.display().to_string())
    }

    /// The URL of a database.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://sanfang@{folder}:5432/{database}")
    }

    /// A connection to a database.
    pub async fn connect(&self, database: &str) -> anyhow::Result<Client> {
        let (client, connection) = tokio_postgres::connect(&self.url(database), NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// A setting of the server.
    pub async fn setting(&self, name: &str) -> anyhow::Result<String> {
        let client = self.connect("postgres").await?;
        let row = client.query_one("SELECT current_setting($1)", &[&name]).await?;
        Ok(row.try_get(0)?)
    }

    /// The processes that answer connections, and the others of the server, have used so much so far.
    pub fn cpu(&self) -> anyhow::Result<std::time::Duration> {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid"))?;
        let main: u32 = file.lines().next().unwrap_or_default().parse()?;
        let mut sum = crate::clock::cpu_of(main)?;
        // Children that have ended are counted by their parent.
        let stat = std::fs::read_to_string(format!("/proc/{main}/stat"))?;
        let after: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        for at in [13, 14] {
            let ticks: u64 = after.get(at).and_then(|text| text.parse().ok()).unwrap_or(0);
            sum += std::time::Duration::from_millis(ticks * 10);
        }
        let children = std::fs::read_to_string(format!("/proc/{main}/task/{main}/children"))?;
        for child in children.split_whitespace() {
            sum += crate::clock::cpu_of(child.parse()?).unwrap_or_default();
        }
        Ok(sum)
    }

    /// Makes the pattern from a data folder, through the migrations of the store.
    pub async fn fill(&self, data: &Path) -> anyhow::Result<()> {
        let admin = self.connect("postgres").await?;
        admin.batch_execute(&format!("CREATE DATABASE {PATTERN}")).await?;
        let scratch = crate::folder::Folder::new()?;
        let config = store::StoreConfig {
            data: scratch.path().to_owned(),
            database: Some(self.url(PATTERN)),
        };
        let store = store::Store::open(&config, crate::env::real()).await?;
        store.migrate().await?;
        drop(store);
        let client = self.connect(PATTERN).await?;
        client
            .batch_execute("SET session_replication_role = replica")
            .await?;
        for (table, columns) in columns(&client).await? {
            copy(data, &client, &table, &columns)
                .await
                .with_context(|| format!("table {table}"))?;
        }
        // The number of the next school follows from the rows, so there is no sequence to set.
        client.batch_execute("VACUUM (ANALYZE)").await?;
        client.batch_execute("CHECKPOINT").await?;
        drop(client);
        self.alone(PATTERN).await
    }

    /// A new database after the pattern.
    pub async fn copy(&self, name: &str) -> anyhow::Result<String> {
        let admin = self.connect("postgres").await?;
        let sql = format!("CREATE DATABASE {name} TEMPLATE {PATTERN} STRATEGY FILE_COPY");
        admin.batch_execute(&sql).await?;
        admin.batch_execute("CHECKPOINT").await?;
        Ok(self.url(name))
    }

    /// Removes a database.
    pub async fn discard(&self, name: &str) -> anyhow::Result<()> {
        let admin = self.connect("postgres").await?;
        let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        Ok(admin.batch_execute(&sql).await?)
    }

    /// Waits until nobody is connected to a database.
    async fn alone(&self, database: &str) -> anyhow::Result<()> {
        let admin = self.connect("postgres").await?;
        for _ in 0..200 {
            let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1";
            let others: i64 = admin.query_one(sql, &[&database]).await?.try_get(0)?;
            if others == 0 {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        anyhow::bail!("somebody stays connected to {database}")
    }
}

/// A column and whether it holds bytes.
type Column = (String, bool);

/// The tables with their columns, but for the migrations' own.
async fn columns(client: &Client) -> anyhow::Result<BTreeMap<String, Vec<Column>>> {
    let sql = "SELECT table_name::text, column_name::text, data_type = 'bytea' FROM information_schema.columns \
               WHERE table_schema = 'public' AND table_name NOT LIKE 'refinery%' ORDER BY 1, ordinal_position";
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for row in client.query(sql, &[]).await? {
        let (table, column, bytes): (String, String, bool) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        tables.entry(table).or_default().push((column, bytes));
    }
    Ok(tables)
}

async fn copy(data: &Path, client: &Client, table: &str, columns: &[Column]) -> anyhow::Result<()> {
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(", ");
    let sink = client
        .copy_in::<_, Bytes>(&format!("COPY {table} ({names}) FROM STDIN"))
        .await?;
    futures::pin_mut!(sink);
    for text in lines(data, &format!("SELECT {names} FROM {table}"), columns)? {
        sink.send(Bytes::from(text)).await?;
    }
    sink.finish().await?;
    Ok(())
}

/// The rows in the text format of COPY, some hundred in a piece.
fn lines(data: &Path, sql: &str, columns: &[Column]) -> anyhow::Result<Vec<String>> {
    let connection = rusqlite::Connection::open(crate::seed::file(data))?;
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let (mut pieces, mut piece) = (Vec::new(), String::new());
    while let Some(row) = rows.next()? {
        for (at, (_, bytes)) in columns.iter().enumerate() {
            piece.push_str(if at == 0 { "" } else { "\t" });
            field(&mut piece, row.get_ref(at)?, *bytes)?;
        }
        piece.push('\n');
        if piece.len() > 200_000 {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    pieces.push(piece);
    Ok(pieces)
}

fn field(out: &mut String, value: ValueRef<'_>, bytes: bool) -> anyhow::Result<()> {
    match value {
        ValueRef::Null => out.push_str("\\N"),
        ValueRef::Integer(number) => write!(out, "{number}")?,
        ValueRef::Real(number) => write!(out, "{number}")?,
        ValueRef::Text(text) => {
            for c in std::str::from_utf8(text)?.chars() {
                match c {
                    '\\' => out.push_str("\\\\"),
                    '\t' => out.push_str("\\t"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    c => out.push(c),
                }
            }
        }
        ValueRef::Blob(blob) => {
            out.push_str(if bytes { "\\\\x" } else { "" });
            for byte in blob {
                write!(out, "{byte:02x}")?;
            }
        }
    }
    Ok(())
}
