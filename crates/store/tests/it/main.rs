//! Everything about the memory, told to both engines. One binary: add a file here, not a binary beside it.

mod accounts;
mod commit;
mod disconnect;
mod engine;
mod files;
mod fixtures;
mod people;
mod schema;
mod sealed;
mod source_text;
mod statements;
