//! Who somebody is: passwords, sessions, captchas, throttling, and the pages that ask.

pub mod attempt;
pub mod blocklist;
pub mod captcha;
pub mod factor;
pub mod login;
pub mod mailbox;
pub mod newpass;
pub mod nobody;
pub mod password;
pub mod policy;
pub mod reauth;
pub mod session;
pub mod throttle;

pub use reauth::{Confirmed, confirm_password};
