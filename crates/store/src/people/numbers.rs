//! Whose identity number is it? Asked by the blind index, never by the number.

use domain::ids::SchoolId;

use crate::db::{Conn, Error, Store};
use crate::fetch_opt;
use crate::sealed::{self, PersonalNumber};

/// The 学号 of the student of a graduation year who has this 证件号码.
pub async fn student_no_by_id_no(
    c: &mut Conn<'_>,
    store: &Store,
    school: SchoolId,
    year: i32,
    number: &PersonalNumber,
) -> Result<Option<String>, Error> {
    let index = sealed::blind_index(store.keys(), school, "student.id_no", number)?;
    let found = fetch_opt!(
        c,
        (String,),
        "SELECT student_no FROM student WHERE school_id = $1 AND year = $2 AND id_no_index = $3",
        school,
        year,
        index
    )?;
    Ok(found.map(|(student_no,)| student_no))
}
