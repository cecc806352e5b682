//! The people and organisations that agreements are between: colleges, students and their source
//! information, résumés and applications, employers and their entry to schools.

mod colleges;
mod employers;
mod numbers;
mod resume_body;
mod resumes;
mod source;
mod students;

pub use colleges::{College, college_create_or_get, colleges};
pub use employers::{
    Employer, EntryStatus, NewEmployer, certification_set, employer_by_id, employer_by_uscc, employer_claim,
    employer_insert, employer_is_noted, entries_of, entry_of, entry_set,
};
pub use numbers::student_no_by_id_no;
pub use resume_body::ResumeBody;
pub use resumes::{
    Application, NewApplication, Resume, application_insert, applications_latest, has_applied,
    resume_by_student, resume_put,
};
pub use source::{SourceDecision, SourcePage, SourceRow, source_counts, source_decide, source_queue};
pub use students::{
    NewStudent, SourceStatus, Student, Upserted, student_by_id, student_by_no, student_id_no, student_insert,
    student_phone, student_upsert,
};
