//! For tests only: a store on each engine, made for one test and thrown away, with a clock that is set
//! by hand and randomness that repeats.
//!
//! The PostgreSQL half is never skipped: without `SANFANG_TEST_PG` (see `bin/with-postgres`) it starts a
//! server of its own.

#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod env;
mod postgres;

use std::ops::Deref;

pub use env::{TestClock, TestRandom};
pub use postgres::{Database, server_url};

use std::sync::Arc;

use domain::ports::Env;
use futures::FutureExt;
use tempfile::TempDir;

use crate::db::{EngineKind, Store, StoreConfig};

/// A migrated, empty store and the world around it. Stands for its store.
pub struct World {
    /// The store.
    pub store: Store,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// How it was opened; a second store may be opened on the same data.
    pub config: StoreConfig,
    /// The clock and the randomness.
    pub env: Env,
    folder: Arc<TempDir>,
}

impl Deref for World {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl World {
    /// An empty store on SQLite.
    pub async fn sqlite() -> Self {
        Self::open(None).await
    }

    /// An empty store on a PostgreSQL database of its own.
    pub async fn postgres() -> (Self, Database) {
        let database = Database::create().await;
        (Self::open(Some(database.url().to_owned())).await, database)
    }

    /// The folder that holds the data, and whatever a test puts there.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    async fn open(database: Option<String>) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let clock = Arc::new(TestClock::default());
        let env = Env {
            clock: clock.clone(),
            random: Arc::new(TestRandom::default()),
        };
        let config = StoreConfig {
            data: folder.path().join("data"),
            database,
        };
        let store = Store::open(&config, env.clone()).await.expect("the store opens");
        if store.engine() == EngineKind::Sqlite {
            store.migrate().await.expect("the schema is made");
        }
        Self {
            store,
            clock,
            config,
            env,
            folder,
        }
    }
}

/// Tells the same story to both engines; on failure the engine is the last line of the output.
pub async fn both<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    // The folders are held here: a story that names only the store drops the rest of its world at once.
    let world = World::sqlite().await;
    let folder = Arc::clone(&world.folder);
    tell("SQLite", story(world)).await;
    drop(folder);
    let (world, database) = World::postgres().await;
    let folder = Arc::clone(&world.folder);
    tell("PostgreSQL", story(world)).await;
    drop(folder);
    database.discard().await;
}

async fn tell(engine: &str, story: impl Future<Output = ()>) {
    let told = std::panic::AssertUnwindSafe(story).catch_unwind().await;
    if let Err(cause) = told {
        use std::io::Write as _;
        writeln!(std::io::stderr(), "the story failed on {engine}").expect("stderr");
        std::panic::resume_unwind(cause);
    }
}
