//! Pages before and around the login.

pub mod activation;
pub mod captcha;
pub mod help;
pub mod language;
pub mod login;
pub mod logout;
pub mod password;
pub mod portal;
pub mod verify;
pub mod verify_file;
