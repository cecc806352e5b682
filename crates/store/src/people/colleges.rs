//! Colleges 院系 of a school.

use domain::ids::{CollegeId, SchoolId};

use crate::db::{Conn, Error};
use crate::{exec, fetch_all, fetch_one, row};

row! {
    /// A college.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct College {
        /// Which.
        pub id: CollegeId,
        /// Its name, unique in the school.
        pub name: String,
    }
}

/// The colleges of a school, in the order they were made.
pub async fn colleges(c: &mut Conn<'_>, school: SchoolId) -> Result<Vec<College>, Error> {
    fetch_all!(
        c,
        College,
        "SELECT id, name FROM college WHERE school_id = $1 ORDER BY id",
        school
    )
}

/// The college of this name; made with the identifier `id` if there is none.
pub async fn college_create_or_get(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: CollegeId,
    name: &str,
) -> Result<CollegeId, Error> {
    exec!(
        c,
        "INSERT INTO college (school_id, id, name) VALUES ($1, $2, $3) ON CONFLICT (school_id, name) DO NOTHING",
        school,
        id,
        name
    )?;
    let (found,) = fetch_one!(
        c,
        (CollegeId,),
        "SELECT id FROM college WHERE school_id = $1 AND name = $2",
        school,
        name
    )?;
    Ok(found)
}
