//! The memory of Sanfang: all SQL, both engines, sealed fields, stored files.
//!
//! Handlers are ordinary async functions over [`db::Conn`]; [`Store::write`] and [`Store::read`] run
//! them in a transaction. Every statement on a school's rows carries the school.

pub mod accounts;
pub mod agreements;
pub mod audit;
pub mod batches;
pub mod bundles;
pub mod campus;
pub mod captchas;
pub mod consents;
pub mod contents;
pub mod db;
pub mod documents;
pub mod dossier;
pub mod eligible;
pub mod evidence;
pub mod files;
pub mod inbox;
pub mod keys;
pub mod licences;
pub mod lists;
pub mod mail;
pub mod origins;
pub mod outbox;
pub mod overview;
pub mod parameters;
pub mod passcodes;
pub mod people;
pub mod pictures;
pub mod proofs;
pub mod reviewing;
pub mod schools;
pub mod sealed;
pub mod seals;
pub mod sessions;
pub mod sources;
pub mod spent;
pub mod standings;
pub mod surroundings;
pub mod sweep;
pub mod templates;
#[cfg(feature = "testing")]
pub mod testing;
pub mod throttle;
pub mod tree;
pub mod tries;
pub mod uploads;
pub mod vault;
pub mod verify;

pub use db::{Conn, EngineKind, Error, Fut, Store, StoreConfig};
pub use keys::Keys;
