//! The pages, by who uses them; one file per noun.

pub mod account;
pub mod college;
pub mod employer;
pub mod platform;
pub mod public;
pub mod school;
pub mod shared;
pub mod student;

use crate::error::{Error, Result};

/// Where nothing is: the answer to every address without a route.
pub async fn nothing() -> Result {
    Err(Error::NotFound)
}

/// The answer to a method that a path does not know.
pub async fn other_method() -> Result {
    Err(Error::Method)
}
