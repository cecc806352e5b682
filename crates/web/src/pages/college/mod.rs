//! Pages of college reviewers 院系审核人.

pub mod agreement;
pub mod agreements;
pub mod approval;
pub mod document;
pub mod messages;
pub mod queue;
pub mod returning;
pub mod student;
pub mod students;
