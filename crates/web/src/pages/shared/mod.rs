//! What the pages of several roles share: an agreement as its readers see it, its document, the inbox.

pub mod act;
pub mod batch;
pub mod bundles;
pub mod conflict;
pub mod cursor;
pub mod detail;
pub mod document;
pub mod evidence;
pub mod filter;
pub mod inbox;
pub mod licence;
pub mod pages;
pub mod paper;
pub mod progress;
pub mod queue;
pub mod reason;
pub mod record;
pub mod review;
pub mod rows;
pub mod sheets;
pub mod termination;
pub mod upload;
pub mod who;
