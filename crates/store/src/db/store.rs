//! The handle that everybody holds: which database, the keys, the files, clock and randomness.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::ports::Env;
use tokio::sync::Notify;

use super::group::Threads;
use super::pg::Database;
use super::{Conn, Error, Fut, migrate};
use crate::files::Blobs;
use crate::keys::Keys;

/// Where the data lives.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The data folder: keys, files, and the database unless `database` names one. Made if missing.
    pub data: PathBuf,
    /// A PostgreSQL URL, or `None` for SQLite in `<data>/sanfang.db`.
    /// TLS as `sslmode` says, and always for a server on another machine unless it says `disable`;
    /// the certificate is verified, against `sslrootcert=FILE` or the system's authorities.
    pub database: Option<String>,
}

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// The embedded default.
    Sqlite,
    /// For many schools.
    Postgres,
}

/// The memory of Sanfang. Cloning it is cheap.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    backend: Backend,
    env: Env,
    keys: Keys,
    blobs: Blobs,
    bell: Notify,
}

enum Backend {
    Lite { path: PathBuf, threads: Threads },
    Pg(Database),
}

impl Store {
    /// Opens the database, the keys and the file store. Does not migrate.
    pub async fn open(config: &StoreConfig, env: Env) -> Result<Self, Error> {
        make_private(&config.data)?;
        let keys = Keys::open(&config.data, &env)?;
        let blobs = Blobs::open(&config.data)?;
        let backend = if let Some(url) = &config.database {
            Backend::Pg(Database::open(url, env.clone()).await?)
        } else {
            let path = config.data.join("sanfang.db");
            Backend::Lite {
                threads: Threads::start(&path)?,
                path,
            }
        };
        Ok(Self(Arc::new(Inner {
            backend,
            env,
            keys,
            blobs,
            bell: Notify::new(),
        })))
    }

    /// Brings the schema up to date; the names of the migrations that were applied.
    pub async fn migrate(&self) -> Result<Vec<String>, Error> {
        match &self.0.backend {
            Backend::Lite { path, .. } => migrate::lite(path).await,
            Backend::Pg(database) => migrate::pg(database).await,
        }
    }

    /// Runs `handler` in a transaction and commits it; the answer comes after the commit.
    ///
    /// The change outlives the caller: a future of this that is dropped cancels nothing that has begun.
    /// The handler may run more than once (PostgreSQL, when transactions collide), so it must not do
    /// anything but statements; it must not wait for anything else either ([`Error::Waited`]).
    /// Once a statement has failed the transaction cannot be saved: return the error.
    pub async fn write<T, F>(&self, handler: F) -> Result<T, Error>
    where
        F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        match &self.0.backend {
            Backend::Lite { threads, .. } => threads.write(handler).await,
            Backend::Pg(database) => database.write(handler).await,
        }
    }

    /// Runs `handler` on one consistent moment of the database. It cannot change anything.
    pub async fn read<T, F>(&self, handler: F) -> Result<T, Error>
    where
        F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        match &self.0.backend {
            Backend::Lite { threads, .. } => threads.read(handler).await,
            Backend::Pg(database) => database.read(handler).await,
        }
    }

    /// Clock and randomness.
    pub fn env(&self) -> &Env {
        &self.0.env
    }

    /// The keys for sealed fields, blind indexes and files.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The stored files' bytes.
    pub(crate) fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// Which engine this is; for reports, never for a decision.
    pub fn engine(&self) -> EngineKind {
        match &self.0.backend {
            Backend::Lite { .. } => EngineKind::Sqlite,
            Backend::Pg(_) => EngineKind::Postgres,
        }
    }

    /// Rung after a write that put something into the outbox, awaited by the worker: a hint that saves
    /// waiting in the same process, never the only way to notice work.
    pub fn bell(&self) -> &Notify {
        &self.0.bell
    }
}

/// Makes the data folder, readable by its owner only.
fn make_private(folder: &Path) -> Result<(), Error> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(|error| Error::Config(format!("{}: {error}", folder.display())))
}
