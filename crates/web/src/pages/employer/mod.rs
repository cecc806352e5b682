//! Pages of employers 用人单位.

pub mod agreement;
pub mod agreements;
mod batch_check;
mod batch_sheet;
mod batch_texts;
pub mod batches;
pub mod company;
pub mod deadline;
pub mod document;
mod found;
pub mod home;
pub mod messages;
pub mod offer;
pub mod resume;
pub mod sending;
pub mod withdrawal;
pub mod workbench;
