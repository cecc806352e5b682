//! Pages of students 毕业生.

pub mod acceptance;
pub mod agreement;
pub mod agreements;
pub mod document;
pub mod home;
pub mod messages;
pub mod offer;
pub mod refusal;
pub mod resume;
pub mod source;
pub mod ticks;
