//! Rosters 名册: files in which a school hands over its graduates.
//!
//! A file is read ([`sheet`]), every row is checked by itself and against the others ([`rows`]), then
//! against the database, and only then stored, all of it or nothing ([`import`]).

mod columns;
mod csv;
pub mod import;
mod problem;
pub mod rows;
mod sheet;
mod xlsx;

pub use problem::{FileError, Problem};
pub use sheet::read;
