//! What every page shows around its content: the places an employer may work in, names of the unit,
//! how much waits. Counts run on covering indexes.

use domain::ids::{AccountId, CollegeId, EmployerId, SchoolId, StudentId};

use crate::db::{Conn, Error};
use crate::{fetch_all, fetch_one, fetch_opt, row};

row! {
    /// A school and graduation year whose students an employer may meet: its entry is approved there.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PlaceRow {
        /// The school.
        pub school_id: SchoolId,
        /// Its code.
        pub code: String,
        /// Its name.
        pub name: String,
        /// Its short name.
        pub short_name: String,
        /// Who answers questions at its career centre.
        pub contact: String,
        /// By telephone.
        pub phone: String,
        /// The graduation year.
        pub year: i32,
    }
}

/// One place by the school's code and the year, if the employer may work there.
pub async fn place(
    c: &mut Conn<'_>,
    employer: EmployerId,
    code: &str,
    year: i32,
) -> Result<Option<PlaceRow>, Error> {
    fetch_opt!(
        c,
        PlaceRow,
        "SELECT s.id AS school_id, s.code, s.name, s.short_name, s.contact, s.phone, y.year \
         FROM school s JOIN employer_entry e ON e.school_id = s.id JOIN graduation_year y ON y.school_id = s.id \
         WHERE s.code = $1 AND e.employer_id = $2 AND e.status = 'approved' AND y.year = $3",
        code,
        employer,
        year
    )
}

/// Every place of an employer, the latest year of each school first.
pub async fn places(c: &mut Conn<'_>, employer: EmployerId) -> Result<Vec<PlaceRow>, Error> {
    fetch_all!(
        c,
        PlaceRow,
        "SELECT s.id AS school_id, s.code, s.name, s.short_name, s.contact, s.phone, y.year \
         FROM employer_entry e JOIN school s ON s.id = e.school_id JOIN graduation_year y ON y.school_id = s.id \
         WHERE e.employer_id = $1 AND e.status = 'approved' ORDER BY s.id, y.year DESC",
        employer
    )
}

/// Open offers of an employer by school and year; places without any are not among them.
pub async fn pending(c: &mut Conn<'_>, employer: EmployerId) -> Result<Vec<(SchoolId, i32, i64)>, Error> {
    fetch_all!(
        c,
        (SchoolId, i32, i64),
        "SELECT a.school_id, a.year, count(*) FROM employer_entry e JOIN agreement a \
         ON a.school_id = e.school_id AND a.employer_id = e.employer_id AND a.state = 'offered' \
         WHERE e.employer_id = $1 AND e.status = 'approved' GROUP BY a.school_id, a.year",
        employer
    )
}

/// An employer's name.
pub async fn employer_name(c: &mut Conn<'_>, employer: EmployerId) -> Result<String, Error> {
    let (name,) = fetch_one!(c, (String,), "SELECT name FROM employer WHERE id = $1", employer)?;
    Ok(name)
}

/// The colleges of a reviewer, with their names.
pub async fn colleges(
    c: &mut Conn<'_>,
    school: SchoolId,
    account: AccountId,
) -> Result<Vec<(CollegeId, String)>, Error> {
    fetch_all!(
        c,
        (CollegeId, String),
        "SELECT c.id, c.name FROM account_college a JOIN college c ON c.school_id = a.school_id AND c.id = a.college_id \
         WHERE a.school_id = $1 AND a.account_id = $2 ORDER BY c.name, c.id",
        school,
        account
    )
}

/// Offers that wait for the student's answer.
pub async fn waiting_for_student(
    c: &mut Conn<'_>,
    school: SchoolId,
    student: StudentId,
) -> Result<i64, Error> {
    let (count,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM agreement WHERE school_id = $1 AND student_id = $2 AND state = 'offered'",
        school,
        student
    )?;
    Ok(count)
}

/// Agreements in a college's queue.
pub async fn waiting_for_college(
    c: &mut Conn<'_>,
    school: SchoolId,
    college: CollegeId,
) -> Result<i64, Error> {
    let (count,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM agreement WHERE school_id = $1 AND college_id = $2 AND state = 'college_review'",
        school,
        college
    )?;
    Ok(count)
}

/// Agreements in the school's queue.
pub async fn waiting_for_school(c: &mut Conn<'_>, school: SchoolId) -> Result<i64, Error> {
    let (count,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM agreement WHERE school_id = $1 AND state = 'school_review'",
        school
    )?;
    Ok(count)
}

/// Whether the database answers.
pub async fn answers(c: &mut Conn<'_>) -> Result<(), Error> {
    fetch_one!(c, (i64,), "SELECT count(*) FROM school").map(|(_,)| ())
}
