//! Pages before and around the login, and the pages of errors.

pub mod account;
pub mod error;
pub mod help;
pub mod login;
pub mod portal;
pub mod verify;
