//! THE DOOR: pages, forms and their look; who may come in.
//!
//! [`router::routes`] lists every address with its policy; `guard` keeps it; `pages` hold the handlers.
//! What a page looks like is in [`views`], every text in `locales/`. Nothing here decides what becomes
//! of an agreement (`domain`) or knows SQL (`store`).

pub mod access;
pub mod app;
mod assets;
pub mod auth;
mod boundary;
mod cookies;
mod csrf;
pub mod ctx;
pub mod error;
pub mod evidence;
mod export;
mod flash;
pub mod form;
mod guard;
mod headers;
mod health;
pub mod i18n;
mod nav;
pub mod pages;
pub mod params;
mod problem;
pub mod reply;
pub mod router;
mod seal;
mod serve;
pub mod sheet;
mod tally;
pub mod upload;
pub mod views;

pub use app::{App, Config, Demo, Heartbeat, Neighbours};
pub use router::{router, routes};
pub use serve::serve;

rust_i18n::i18n!("locales", fallback = "zh-CN");
