//! A school's numbers by college, for its first page.

use domain::ids::SchoolId;

use crate::db::{Conn, Error};
use crate::{fetch_all, row};

row! {
    /// A college and its numbers in one graduation year.
    #[derive(Debug, Clone)]
    pub struct CollegeNumbers {
        /// The name.
        pub name: String,
        /// Students.
        pub students: i64,
        /// Of these, with approved source information.
        pub approved: i64,
        /// Of these, with an agreement in force.
        pub signed: i64,
    }
}

/// The colleges of a school by name. Counts run on the indexes `student_source` and `agreement_of_college`.
pub async fn colleges(c: &mut Conn<'_>, school: SchoolId, year: i32) -> Result<Vec<CollegeNumbers>, Error> {
    fetch_all!(
        c,
        CollegeNumbers,
        "SELECT g.name, \
         (SELECT count(*) FROM student s WHERE s.school_id = $1 AND s.year = $2 AND s.college_id = g.id) AS students, \
         (SELECT count(*) FROM student s WHERE s.school_id = $1 AND s.year = $2 AND s.college_id = g.id \
          AND s.source_status = 'approved') AS approved, \
         (SELECT count(*) FROM agreement a WHERE a.school_id = $1 AND a.college_id = g.id \
          AND a.state = 'effective' AND a.year = $2) AS signed \
         FROM college g WHERE g.school_id = $1 ORDER BY g.name, g.id",
        school,
        year
    )
}
