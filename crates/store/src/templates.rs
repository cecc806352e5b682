//! Schools' own templates: versions that were put in force and stay as they are, and the draft of the next.

use domain::agreement::template::{self, Source, Template};
use domain::ids::{AccountId, SchoolId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Error};
use crate::{exec, fetch_all, fetch_one, fetch_opt, row};

/// Versions on a page of their list.
pub const PAGE: i64 = 50;

row! {
    struct Row {
        year: i32,
        version: i32,
        body: String,
    }
}

/// The name under which contents know a version.
pub fn name(year: i32, version: i32) -> String {
    format!("school-{year}-{version}")
}

/// Graduation year (0 for all) and number of the version with this name.
pub fn parts(name: &str) -> Option<(i32, i32)> {
    let (year, version) = name.strip_prefix("school-")?.split_once('-')?;
    Some((year.parse().ok()?, version.parse().ok()?))
}

fn decode(row: &Row) -> Result<Template, Error> {
    let sources = sources(&row.body)?;
    let broken = |_| Error::Corrupt(format!("template {} of year {}", row.version, row.year));
    Template::read(&name(row.year, row.version), &sources).map_err(broken)
}

fn sources(body: &str) -> Result<Vec<Source>, Error> {
    serde_json::from_str(body).map_err(|_| Error::Corrupt("clauses of a template".into()))
}

fn json(sources: &[Source]) -> Result<String, Error> {
    serde_json::to_string(sources).map_err(|_| Error::Corrupt("clauses of a template".into()))
}

/// The template from which agreements of a year are made now.
pub async fn in_force(c: &mut Conn<'_>, school: SchoolId, year: i32) -> Result<Template, Error> {
    let row = fetch_opt!(
        c,
        Row,
        "SELECT year, version, body FROM agreement_template WHERE school_id = $1 AND year IN (0, $2) \
         ORDER BY year DESC, version DESC LIMIT 1",
        school,
        year
    )?;
    row.map_or_else(|| Ok(template::standard().clone()), |row| decode(&row))
}

/// The template that a content was made from, so that an edit keeps it. What is named by nothing of a school's
/// own is the standard template.
pub async fn by_name(c: &mut Conn<'_>, school: SchoolId, name: &str) -> Result<Template, Error> {
    let Some((year, version)) = parts(name) else {
        return Ok(template::standard().clone());
    };
    let row = fetch_opt!(
        c,
        Row,
        "SELECT year, version, body FROM agreement_template WHERE school_id = $1 AND year = $2 AND version = $3",
        school,
        year,
        version
    )?;
    let lost = || Error::Corrupt(format!("no template {name}"));
    decode(&row.ok_or_else(lost)?)
}

row! {
    /// A version that was put in force.
    #[derive(Debug, Clone)]
    pub struct Version {
        /// The graduation year; 0 for all.
        pub year: i32,
        /// Its number, from 1.
        pub version: i32,
        /// Its clauses, as JSON.
        pub body: String,
        /// Who put it in force.
        pub by: Option<String>,
        /// When.
        pub at: Timestamp,
    }
}

impl Version {
    /// Its clauses.
    pub fn sources(&self) -> Result<Vec<Source>, Error> {
        sources(&self.body)
    }
}

/// The versions of a year (0 for all), the latest first.
pub async fn versions(c: &mut Conn<'_>, school: SchoolId, year: i32) -> Result<Vec<Version>, Error> {
    fetch_all!(
        c,
        Version,
        "SELECT t.year, t.version, t.body, a.name AS by, t.at FROM agreement_template t \
         LEFT JOIN account a ON a.school_id = t.school_id AND a.id = t.account_id \
         WHERE t.school_id = $1 AND t.year = $2 ORDER BY t.version DESC LIMIT $3",
        school,
        year,
        PAGE
    )
}

/// One version.
pub async fn version(
    c: &mut Conn<'_>,
    school: SchoolId,
    (year, version): (i32, i32),
) -> Result<Option<Version>, Error> {
    fetch_opt!(
        c,
        Version,
        "SELECT t.year, t.version, t.body, a.name AS by, t.at FROM agreement_template t \
         LEFT JOIN account a ON a.school_id = t.school_id AND a.id = t.account_id \
         WHERE t.school_id = $1 AND t.year = $2 AND t.version = $3",
        school,
        year,
        version
    )
}

row! {
    /// What is being written.
    #[derive(Debug, Clone)]
    pub struct Draft {
        /// Counts the saves, from 1.
        pub version: i64,
        /// Its clauses, as JSON.
        pub body: String,
        /// Who saved it last.
        pub by: Option<String>,
        /// When.
        pub updated_at: Timestamp,
        /// The save that the preview shows.
        pub preview_version: Option<i64>,
        /// The bytes of the preview.
        pub preview_id: Option<Uuid>,
        /// Its pages.
        pub preview_pages: Option<i64>,
        /// Why there is none.
        pub preview_error: Option<String>,
    }
}

impl Draft {
    /// Its clauses.
    pub fn sources(&self) -> Result<Vec<Source>, Error> {
        sources(&self.body)
    }
}

/// The draft for a year (0 for all).
pub async fn draft(c: &mut Conn<'_>, school: SchoolId, year: i32) -> Result<Option<Draft>, Error> {
    fetch_opt!(
        c,
        Draft,
        "SELECT d.version, d.body, a.name AS by, d.updated_at, d.preview_version, d.preview_id, d.preview_pages, \
         d.preview_error FROM template_draft d \
         LEFT JOIN account a ON a.school_id = d.school_id AND a.id = d.account_id \
         WHERE d.school_id = $1 AND d.year = $2",
        school,
        year
    )
}

/// What somebody saves.
#[derive(Debug, Clone)]
pub struct Save {
    /// The graduation year; 0 for all.
    pub year: i32,
    /// The clauses, right or wrong.
    pub sources: Vec<Source>,
    /// Who.
    pub by: AccountId,
    /// The draft that they saw; 0 for none.
    pub version: i64,
}

/// Keeps a draft; its version. [`Error::Stale`] when another draft came first.
pub async fn save(c: &mut Conn<'_>, school: SchoolId, save: &Save, now: Timestamp) -> Result<i64, Error> {
    let body = json(&save.sources)?;
    let rows = if save.version == 0 {
        exec!(
            c,
            "INSERT INTO template_draft (school_id, year, version, body, account_id, updated_at) \
             VALUES ($1, $2, 1, $3, $4, $5) ON CONFLICT DO NOTHING",
            school,
            save.year,
            body,
            save.by,
            now
        )?
    } else {
        exec!(
            c,
            "UPDATE template_draft SET version = version + 1, body = $3, account_id = $4, updated_at = $5 \
             WHERE school_id = $1 AND year = $2 AND version = $6",
            school,
            save.year,
            body,
            save.by,
            now,
            save.version
        )?
    };
    if rows == 1 {
        Ok(save.version + 1)
    } else {
        Err(Error::Stale)
    }
}

/// Gives up the draft that was seen.
pub async fn discard(c: &mut Conn<'_>, school: SchoolId, year: i32, version: i64) -> Result<(), Error> {
    let rows = exec!(
        c,
        "DELETE FROM template_draft WHERE school_id = $1 AND year = $2 AND version = $3",
        school,
        year,
        version
    )?;
    if rows == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Puts clauses in force as the next version, in place of the draft that was seen. Whether they may be, the
/// caller has asked [`template::problems`]; what cannot even be read is refused here.
pub async fn publish(c: &mut Conn<'_>, school: SchoolId, save: &Save, now: Timestamp) -> Result<i32, Error> {
    // Two who publish at once meet here: the second waits, and then finds no such draft.
    exec!(c, "UPDATE school SET code = code WHERE id = $1", school)?;
    discard(c, school, save.year, save.version).await?;
    let (last,) = fetch_one!(
        c,
        (i32,),
        "SELECT COALESCE(MAX(version), 0) FROM agreement_template WHERE school_id = $1 AND year = $2",
        school,
        save.year
    )?;
    let row = Row {
        year: save.year,
        version: last + 1,
        body: json(&save.sources)?,
    };
    decode(&row)?;
    exec!(
        c,
        "INSERT INTO agreement_template (school_id, year, version, body, account_id, at) VALUES ($1, $2, $3, $4, $5, $6)",
        school,
        row.year,
        row.version,
        row.body,
        save.by,
        now
    )?;
    Ok(row.version)
}

/// A preview, as it was made or not.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The graduation year; 0 for all.
    pub year: i32,
    /// The save that it shows …
    pub version: i64,
    /// … and when that was: a draft that was given up and begun anew counts from 1 again.
    pub saved: Timestamp,
    /// Its bytes and pages, or why there are none.
    pub made: Result<(Uuid, i64), String>,
}

/// Notes a preview, unless the draft has changed since it was asked for; the bytes that are no longer needed.
pub async fn put_preview(
    c: &mut Conn<'_>,
    school: SchoolId,
    preview: &Preview,
) -> Result<Option<Uuid>, Error> {
    let (id, pages, error) = match &preview.made {
        Ok((id, pages)) => (Some(*id), Some(*pages), None),
        Err(error) => (None, None, Some(error.as_str())),
    };
    let before = draft(c, school, preview.year)
        .await?
        .and_then(|draft| draft.preview_id);
    let rows = exec!(
        c,
        "UPDATE template_draft SET preview_version = $3, preview_id = $4, preview_pages = $5, preview_error = $6 \
         WHERE school_id = $1 AND year = $2 AND version = $3 AND updated_at = $7",
        school,
        preview.year,
        preview.version,
        id,
        pages,
        error,
        preview.saved
    )?;
    Ok(if rows == 1 { before } else { id })
}

/// The bytes of all previews that somebody may still ask for, of every school: a draft has at most one, and a
/// school at most one draft a year.
pub async fn previews(c: &mut Conn<'_>) -> Result<Vec<(SchoolId, Uuid)>, Error> {
    fetch_all!(
        c,
        (SchoolId, Uuid),
        "SELECT school_id, preview_id FROM template_draft WHERE preview_id IS NOT NULL"
    )
}
