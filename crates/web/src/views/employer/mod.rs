//! The employer's pages.

pub mod agreement;
pub mod batch_texts;
pub mod batches;
pub mod company;
pub mod list;
pub mod offer;
pub mod offer_fields;
pub mod resume;
pub mod schools;
pub mod switcher;
pub mod workbench;
