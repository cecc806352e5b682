//! The student's pages: phone first, one next step.

pub mod agreement;
pub mod home;
pub mod list;
pub mod offer;
pub mod resume;
pub mod source;
