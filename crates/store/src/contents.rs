//! Earlier contents of an agreement: what a party saw before the present one.

use domain::agreement::{Content, Hash};
use domain::ids::{AgreementId, SchoolId};
use jiff::Timestamp;

use crate::db::{Conn, Error};
use crate::{fetch_all, fetch_opt, row};

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

row! {
    struct Stored {
        content_version: i32,
        template: String,
        terms: String,
        clauses: String,
        content_hash: Vec<u8>,
        at: Timestamp,
        name: Option<String>,
    }
}

/// One content of an agreement.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its number, from 1.
    pub number: i32,
    /// What it says.
    pub content: Content,
    /// When it was saved.
    pub at: Timestamp,
    /// Who saved it.
    pub by: String,
}

/// The most versions that are read at once.
const MOST: i64 = 100;

/// All contents of an agreement, the latest first; of very many the latest hundred.
pub async fn versions(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Vec<Version>, Error> {
    let rows = fetch_all!(
        c,
        Stored,
        "SELECT v.content_version, v.template, v.terms, v.clauses, v.content_hash, v.at, p.name FROM content_version v \
         LEFT JOIN account p ON p.id = v.account_id AND p.school_id IN (0, $1) \
         WHERE v.school_id = $1 AND v.agreement_id = $2 ORDER BY v.content_version DESC LIMIT $3",
        school,
        id,
        MOST
    )?;
    rows.into_iter()
        .map(|row| {
            let corrupt = || Error::Corrupt(format!("content {} of agreement {id}", row.content_version));
            let content = Content {
                template: row.template,
                terms: serde_json::from_str(&row.terms).map_err(|_| corrupt())?,
                clauses: serde_json::from_str(&row.clauses).map_err(|_| corrupt())?,
            };
            if Some(content.hash()) != Hash::from_slice(&row.content_hash) {
                return Err(corrupt());
            }
            Ok(Version {
                number: row.content_version,
                content,
                at: row.at,
                by: row.name.unwrap_or_default(),
            })
        })
        .collect()
}
