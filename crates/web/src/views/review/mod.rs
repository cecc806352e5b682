//! The pages of colleges and of the school: queues, reviews, source information.

pub mod agreement;
pub mod batch;
pub mod overview;
pub mod parameters;
pub mod pictures;
pub mod queue;
pub mod student;
pub mod students;
pub mod template;
pub mod template_paper;
