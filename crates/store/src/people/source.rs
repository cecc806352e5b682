//! The college's review of source information 生源信息审核: a queue in keyset pages, and decisions.

use domain::ids::{CollegeId, SchoolId, StudentId};
use jiff::Timestamp;

use super::SourceStatus;
use crate::db::{Conn, Error};
use crate::{exec, fetch_all, fetch_opt, row};

/// A page of the queue to be read.
#[derive(Debug, Clone)]
pub struct SourcePage {
    /// The school.
    pub school: SchoolId,
    /// Graduation year 届.
    pub year: i32,
    /// The reviewer's colleges.
    pub colleges: Vec<CollegeId>,
    /// Which students.
    pub status: SourceStatus,
    /// The last row of the page before, by 学号 and identifier.
    pub after: Option<(String, StudentId)>,
    /// How many rows at most; ask for one more than is shown to learn whether there is a next page.
    pub limit: u32,
}

row! {
    /// A student in the queue. Numbers of the person are not here.
    #[derive(Debug, Clone)]
    pub struct SourceRow {
        /// Which.
        pub id: StudentId,
        /// The college.
        pub college_id: CollegeId,
        /// 学号.
        pub student_no: String,
        /// 考生号.
        pub exam_no: String,
        /// The name.
        pub name: String,
        /// 性别, a code.
        pub gender: String,
        /// 学历, a code.
        pub degree: String,
        /// 专业.
        pub major: String,
        /// 班级.
        pub class_name: String,
        /// 培养方式, a code.
        pub training_mode: String,
        /// The review.
        pub source_status: SourceStatus,
        /// Why it was sent back.
        pub source_reason: Option<String>,
    }
}

/// What a college decides.
#[derive(Debug, Clone)]
pub enum SourceDecision {
    /// The information is right.
    Approve,
    /// It is not, for this reason.
    Return(String),
}

/// A page of students, by 学号: first the identifiers from the covering index, college by college, then the rows.
pub async fn source_queue(c: &mut Conn<'_>, page: &SourcePage) -> Result<Vec<SourceRow>, Error> {
    let (no, id) = page
        .after
        .clone()
        .unwrap_or((String::new(), StudentId(uuid::Uuid::nil())));
    let mut keys: Vec<(String, StudentId)> = Vec::new();
    for college in &page.colleges {
        keys.extend(fetch_all!(
            c,
            (String, StudentId),
            "SELECT student_no, id FROM student WHERE school_id = $1 AND year = $2 AND college_id = $3 \
             AND source_status = $4 AND (student_no, id) > ($5, $6) ORDER BY student_no, id LIMIT $7",
            page.school,
            page.year,
            college,
            page.status,
            no,
            id,
            page.limit
        )?);
    }
    keys.sort();
    keys.truncate(page.limit as usize);
    let mut rows = Vec::with_capacity(keys.len());
    for (_, id) in keys {
        rows.extend(fetch_opt!(
            c,
            SourceRow,
            "SELECT id, college_id, student_no, exam_no, name, gender, degree, major, class_name, training_mode, \
             source_status, source_reason FROM student WHERE school_id = $1 AND id = $2",
            page.school, id
        )?);
    }
    Ok(rows)
}

/// How many students of these colleges are at each point of the review.
pub async fn source_counts(
    c: &mut Conn<'_>,
    school: SchoolId,
    year: i32,
    colleges: &[CollegeId],
) -> Result<Vec<(SourceStatus, i64)>, Error> {
    let mut totals: Vec<(SourceStatus, i64)> = SourceStatus::ALL.iter().map(|status| (*status, 0)).collect();
    for college in colleges {
        let counts = fetch_all!(
            c,
            (SourceStatus, i64),
            "SELECT source_status, COUNT(*) FROM student WHERE school_id = $1 AND year = $2 AND college_id = $3 \
             GROUP BY source_status",
            school,
            year,
            college
        )?;
        for (status, count) in counts {
            totals
                .iter_mut()
                .filter(|(known, _)| *known == status)
                .for_each(|(_, total)| *total += count);
        }
    }
    Ok(totals)
}

/// Decides students of the reviewer's colleges, all or none: a student of another college, or of none, is
/// [`Error::NotFound`]. How many were changed; one that is already decided so is left alone.
pub async fn source_decide(
    c: &mut Conn<'_>,
    (school, colleges): (SchoolId, &[CollegeId]),
    students: &[StudentId],
    decision: &SourceDecision,
    now: Timestamp,
) -> Result<u64, Error> {
    let (status, reason) = match decision {
        SourceDecision::Approve => (SourceStatus::Approved, None),
        SourceDecision::Return(reason) => (SourceStatus::Returned, Some(reason)),
    };
    let mut changed = 0;
    for student in students {
        let college = fetch_opt!(
            c,
            (CollegeId,),
            "SELECT college_id FROM student WHERE school_id = $1 AND id = $2",
            school,
            student
        )?;
        if !college.is_some_and(|(college,)| colleges.contains(&college)) {
            return Err(Error::NotFound);
        }
        changed += exec!(
            c,
            "UPDATE student SET source_status = $3, source_reason = $4, source_decided_at = $5 \
             WHERE school_id = $1 AND id = $2 AND source_status <> $3",
            school,
            student,
            status,
            reason,
            now
        )?;
    }
    Ok(changed)
}
