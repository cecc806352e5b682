//! The looks: typed maud components and one function per page, each from a small view model.
//!
//! Nothing here reads a database, a clock or a session: a handler fills the view model, a page
//! function returns the whole page. Texts come from `crate::i18n`, links from [`links`].

pub mod account;
pub mod agreement;
pub mod assets;
pub mod badge;
pub mod bundles;
pub mod document;
pub mod employer;
pub mod form;
pub mod frame;
pub mod icon;
pub mod layout;
pub mod licence;
pub mod links;
pub mod list;
pub mod messages;
pub mod nav;
pub mod paper;
pub mod part;
pub mod platform;
pub mod proof;
pub mod public;
pub mod record;
pub mod review;
pub mod student;
pub mod termination;
pub mod terms;
pub mod time;
pub mod upload;
