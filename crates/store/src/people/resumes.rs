//! Résumés 简历, and the applications by which students send them to employers.

use domain::ids::{ApplicationId, EmployerId, SchoolId, StudentId};
use jiff::Timestamp;
use serde_json::Value as JsonValue;

use crate::db::{Conn, Error};
use crate::{exec, fetch_all, fetch_opt, row};

row! {
    /// A résumé.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Resume {
        /// Whose.
        pub student_id: StudentId,
        /// What it says.
        pub body: JsonValue,
        /// Whether employers may see it.
        pub visible: bool,
        /// The last change.
        pub updated_at: Timestamp,
    }
}

row! {
    /// A résumé that an employer received.
    #[derive(Debug, Clone)]
    pub struct Application {
        /// Which.
        pub id: ApplicationId,
        /// Whose.
        pub student_id: StudentId,
        /// The student's name.
        pub name: String,
        /// The student's major.
        pub major: String,
        /// College.
        pub college_name: String,
        /// The student's degree, a code.
        pub degree: String,
        /// The student's graduation year.
        pub year: i32,
        /// The position applied for.
        pub position: String,
        /// When.
        pub at: Timestamp,
    }
}

/// An application to be made.
#[derive(Debug, Clone)]
pub struct NewApplication {
    /// Which.
    pub id: ApplicationId,
    /// Whose.
    pub student_id: StudentId,
    /// To whom.
    pub employer_id: EmployerId,
    /// The position applied for.
    pub position: String,
    /// When.
    pub at: Timestamp,
}

/// A student's résumé.
pub async fn resume_by_student(
    c: &mut Conn<'_>,
    school: SchoolId,
    student: StudentId,
) -> Result<Option<Resume>, Error> {
    fetch_opt!(
        c,
        Resume,
        "SELECT student_id, body, visible, updated_at FROM resume WHERE school_id = $1 AND student_id = $2",
        school,
        student
    )
}

/// Writes a student's résumé.
pub async fn resume_put(c: &mut Conn<'_>, school: SchoolId, resume: &Resume) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO resume (school_id, student_id, body, visible, updated_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (school_id, student_id) DO UPDATE SET \
         body = excluded.body, visible = excluded.visible, updated_at = excluded.updated_at",
        school,
        resume.student_id,
        resume.body,
        resume.visible,
        resume.updated_at
    )?;
    Ok(())
}

/// Sends a résumé to an employer.
pub async fn application_insert(
    c: &mut Conn<'_>,
    school: SchoolId,
    new: &NewApplication,
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO application (school_id, id, student_id, employer_id, position, at) VALUES ($1, $2, $3, $4, $5, $6)",
        school,
        new.id,
        new.student_id,
        new.employer_id,
        new.position,
        new.at
    )?;
    Ok(())
}

/// The latest applications to an employer from one school, the latest first.
pub async fn applications_latest(
    c: &mut Conn<'_>,
    school: SchoolId,
    employer: EmployerId,
    limit: u32,
) -> Result<Vec<Application>, Error> {
    fetch_all!(
        c,
        Application,
        "SELECT a.id, a.student_id, s.name, s.major, g.name AS college_name, s.degree, s.year, a.position, a.at \
         FROM application a JOIN student s ON s.school_id = a.school_id AND s.id = a.student_id \
         JOIN college g ON g.school_id = s.school_id AND g.id = s.college_id \
         WHERE a.school_id = $1 AND a.employer_id = $2 ORDER BY a.at DESC, a.id LIMIT $3",
        school,
        employer,
        limit
    )
}

/// Whether a student has sent a résumé to an employer.
pub async fn has_applied(
    c: &mut Conn<'_>,
    school: SchoolId,
    student: StudentId,
    employer: EmployerId,
) -> Result<bool, Error> {
    let found = fetch_opt!(
        c,
        (i64,),
        "SELECT 1 FROM application WHERE school_id = $1 AND student_id = $2 AND employer_id = $3 LIMIT 1",
        school,
        student,
        employer
    )?;
    Ok(found.is_some())
}
