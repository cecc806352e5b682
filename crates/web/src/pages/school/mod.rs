//! Pages of the school's staff 学校就业中心.

pub mod agreement;
pub mod agreements;
pub mod approval;
pub mod document;
pub mod home;
pub mod messages;
pub mod parameters;
pub mod pictures;
pub mod returning;
pub mod template;
pub mod template_paper;
