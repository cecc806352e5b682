//! A database of its own for every test, copied from one that is migrated once per server.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

use crate::db::migrations_fingerprint;

/// Two processes must not both make the template; any number that nobody else uses.
const LOCK: i64 = 0x7361_6e66_616e_6701;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A server for the rest of this process. It ends by itself when the process does, however that ends:
/// it lives as long as somebody holds the other end of its standard input.
struct Server {
    url: String,
    _child: Child,
}

static SERVER: OnceLock<Server> = OnceLock::new();

/// The server's maintenance database, from `SANFANG_TEST_PG` or started now.
pub fn server_url() -> String {
    std::env::var("SANFANG_TEST_PG").unwrap_or_else(|_| SERVER.get_or_init(start).url.clone())
}

fn start() -> Server {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bin/with-postgres");
    let mut child = Command::new(script)
        .args(["sh", "-c", r#"echo "$SANFANG_TEST_PG"; exec cat >/dev/null"#])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("bin/with-postgres runs");
    let mut url = String::new();
    let stdout = child.stdout.take().expect("its output is piped");
    BufReader::new(stdout)
        .read_line(&mut url)
        .expect("its first line");
    assert!(
        url.starts_with("postgres://"),
        "bin/with-postgres could not start a server"
    );
    Server {
        url: url.trim().to_owned(),
        _child: child,
    }
}

/// A database of a test.
pub struct Database {
    name: String,
    url: String,
}

impl Database {
    /// A migrated, empty database.
    pub async fn create() -> Self {
        let admin = connect(&server_url()).await;
        let template = template(&admin).await;
        let name = format!(
            "t_{}_{}",
            std::process::id(),
            COUNTER.fetch_add(1, Ordering::Relaxed)
        );
        copy(&admin, &name, &template).await;
        Self {
            url: with_database(&name),
            name,
        }
    }

    /// An empty database without a schema.
    pub async fn empty() -> Self {
        let name = format!(
            "e_{}_{}",
            std::process::id(),
            COUNTER.fetch_add(1, Ordering::Relaxed)
        );
        copy(&connect(&server_url()).await, &name, "template0").await;
        Self {
            url: with_database(&name),
            name,
        }
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A plain connection to it.
    pub async fn connect(&self) -> Client {
        connect(&self.url).await
    }

    /// Removes it, whoever is still connected.
    pub async fn discard(self) {
        let admin = connect(&server_url()).await;
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        admin.batch_execute(&drop).await.expect("the database is dropped");
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
}

/// The name of the database that holds the present schema; made by whoever comes first.
async fn template(admin: &Client) -> String {
    let name = format!("sanfang_{:016x}", migrations_fingerprint());
    admin
        .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
        .await
        .expect("the lock");
    let found = admin
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
        .await;
    if found.expect("the catalogue").is_none() {
        let draft = format!("{name}_draft");
        let discard = format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)");
        admin
            .batch_execute(&discard)
            .await
            .expect("an unfinished template is dropped");
        copy(admin, &draft, "template0").await;
        let mut client = connect(&with_database(&draft)).await;
        crate::db::migrate_client(&mut client)
            .await
            .expect("the schema is made");
        drop(client);
        retry(admin, &format!("ALTER DATABASE {draft} RENAME TO {name}")).await;
    }
    admin
        .execute("SELECT pg_advisory_unlock($1)", &[&LOCK])
        .await
        .expect("the lock is given back");
    name
}

async fn copy(admin: &Client, name: &str, template: &str) {
    retry(admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
}

/// A server process lives a little longer than its connection, and a database in use cannot be copied.
async fn retry(admin: &Client, sql: &str) {
    for _ in 0..500 {
        match admin.batch_execute(sql).await {
            Err(error) if error.code() == Some(&SqlState::OBJECT_IN_USE) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            result => return result.expect("the database is made"),
        }
    }
    unreachable!("the template is in use for ever");
}

fn with_database(name: &str) -> String {
    let url = server_url();
    let (base, query) = url
        .split_once('?')
        .map_or((url.as_str(), ""), |(base, query)| (base, query));
    let (server, _) = base.rsplit_once('/').expect("a URL with a database");
    if query.is_empty() {
        format!("{server}/{name}")
    } else {
        format!("{server}/{name}?{query}")
    }
}
