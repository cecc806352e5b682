//! The one place that knows that there are two engines.
//!
//! A statement is written once, in the common subset of both, and run with [`exec!`](crate::exec),
//! [`fetch_opt!`](crate::fetch_opt), [`fetch_one!`](crate::fetch_one) or
//! [`fetch_all!`](crate::fetch_all) over a [`Conn`]; rows are declared with [`row!`](crate::row).
//! Nothing outside this folder may name `rusqlite` or `tokio_postgres`.

mod codes;
mod conn;
mod error;
mod group;
mod json;
mod lite;
mod migrate;
mod pg;
mod row;
mod store;
mod text;
mod tls;
mod unique;
mod value;

pub use conn::{
    Conn, exec, exec_dyn, exec_later, fetch_all, fetch_all_dyn, fetch_one, fetch_opt, one_at_a_time,
};
pub use error::Error;
pub use json::Json;
#[cfg(feature = "testing")]
pub use migrate::{
    client as migrate_client, client_until as migrate_client_until, fingerprint as migrations_fingerprint,
    lite_until as migrate_lite_until,
};
pub use row::{Cell, Column, FromRow, RowRef};
pub use store::{EngineKind, Store, StoreConfig};
pub use value::{ToValue, Value, from_sea_query};

use futures::future::BoxFuture;

/// What a handler returns: a boxed future over the connection it was given.
pub type Fut<'a, T> = BoxFuture<'a, Result<T, Error>>;
