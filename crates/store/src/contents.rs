//! Earlier contents of an agreement: what a party saw before the present one.

use domain::agreement::{Content, Hash};
use domain::ids::{AgreementId, SchoolId};

use crate::db::{Conn, Error};
use crate::fetch_opt;

/// The content of one version, or nothing.
pub async fn of_version(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    version: i32,
) -> Result<Option<Content>, Error> {
    let row = fetch_opt!(
        c,
        (String, String, String, Vec<u8>),
        "SELECT template, terms, clauses, content_hash FROM content_version \
         WHERE school_id = $1 AND agreement_id = $2 AND content_version = $3",
        school,
        id,
        version
    )?;
    let Some((template, terms, clauses, hash)) = row else {
        return Ok(None);
    };
    let corrupt = || Error::Corrupt(format!("content {version} of agreement {id}"));
    let content = Content {
        template,
        terms: serde_json::from_str(&terms).map_err(|_| corrupt())?,
        clauses: serde_json::from_str(&clauses).map_err(|_| corrupt())?,
    };
    if Some(content.hash()) == Hash::from_slice(&hash) {
        Ok(Some(content))
    } else {
        Err(corrupt())
    }
}
