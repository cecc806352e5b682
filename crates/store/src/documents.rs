//! Rendered documents: a preview of the present version, which the next one replaces, and the final one,
//! which is made once when the agreement takes effect and stays.

use domain::ids::{AgreementId, FileId, SchoolId};
use jiff::Timestamp;

use crate::db::{Conn, Error};
use crate::{exec, fetch_all, fetch_opt, row};

/// The rendition of the present version before it takes effect, and of what came of it afterwards.
pub const PREVIEW: &str = "preview";
/// The rendition that is made when the agreement takes effect.
pub const FINAL: &str = "final";

/// The final one with its signatures: it takes its place. Made once, kept for ever.
pub const SEALED: &str = "sealed";

row! {
    /// A rendition.
    #[derive(Debug, Clone)]
    pub struct Document {
        /// The agreement's version that it shows.
        pub version: i64,
        /// Where its bytes are; absent when rendering failed.
        pub file_id: Option<FileId>,
        /// Number of pages.
        pub pages: i64,
        /// Characters that no font could print, as JSON.
        pub missing_glyphs: String,
        /// Why rendering failed, if it did.
        pub error: Option<String>,
        /// When it was made.
        pub at: Timestamp,
    }
}

/// The rendition, if it was made.
pub async fn get(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    rendition: &str,
) -> Result<Option<Document>, Error> {
    fetch_opt!(
        c,
        Document,
        "SELECT version, file_id, pages, missing_glyphs, error, at FROM document \
         WHERE school_id = $1 AND agreement_id = $2 AND rendition = $3",
        school,
        id,
        rendition
    )
}

/// The document of an agreement that took effect: the sealed one. While its seal is being made there is none: its
/// file is then the one that will be signed, where seals are seen that nobody has made yet. Only when making the seal
/// fails is it handed out without ([`unsealed`]), so that nobody has to wait for that.
pub async fn finished(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
) -> Result<Option<Document>, Error> {
    fetch_opt!(
        c,
        Document,
        "SELECT d.version, d.file_id, d.pages, d.missing_glyphs, d.error, d.at FROM document d \
         WHERE d.school_id = $1 AND d.agreement_id = $2 AND d.rendition IN ('final', 'sealed') \
         AND (d.rendition = 'sealed' OR NOT EXISTS (SELECT 1 FROM seal s WHERE s.school_id = $1 \
         AND s.agreement_id = $2 AND s.file_id IS NULL AND (s.failures = 0 OR s.prepared_file_id = d.file_id))) \
         ORDER BY d.rendition DESC LIMIT 1",
        school,
        id
    )
}

/// From now on the document of an agreement whose sealing failed is `plain`, without the places of signatures;
/// whether until now it was `prepared`, the one that is to be signed.
pub async fn unsealed(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    prepared: FileId,
    plain: FileId,
) -> Result<bool, Error> {
    let changed = exec!(
        c,
        "UPDATE document SET file_id = $4 WHERE school_id = $1 AND agreement_id = $2 AND rendition = 'final' \
         AND file_id = $3",
        school,
        id,
        prepared,
        plain
    )?;
    Ok(changed > 0)
}

/// The document of an agreement that took effect, sealed or not yet.
pub async fn made(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Option<Document>, Error> {
    match get(c, school, id, SEALED).await? {
        Some(sealed) => Ok(Some(sealed)),
        None => get(c, school, id, FINAL).await,
    }
}

/// Puts the sealed file in the place of the document without signatures, and takes away what was shown of the
/// versions before; the files that were named by them.
pub async fn seal(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    file: FileId,
    now: Timestamp,
) -> Result<Vec<FileId>, Error> {
    let plain = get(c, school, id, FINAL).await?.ok_or(Error::NotFound)?;
    let earlier = fetch_all!(
        c,
        (Option<FileId>,),
        "DELETE FROM document WHERE school_id = $1 AND agreement_id = $2 AND (rendition = 'final' \
         OR (rendition = 'preview' AND version <= $3)) RETURNING file_id",
        school,
        id,
        plain.version
    )?;
    let sealed = Document {
        file_id: Some(file),
        error: None,
        at: now,
        ..plain
    };
    put(c, school, id, SEALED, &sealed).await?;
    Ok(earlier.into_iter().filter_map(|(file,)| file).collect())
}

/// Keeps a rendition. A final one is never replaced; a preview only by one of a later version.
pub async fn put(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    rendition: &str,
    document: &Document,
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO document (school_id, agreement_id, rendition, version, file_id, pages, missing_glyphs, error, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (school_id, agreement_id, rendition) DO UPDATE SET version = excluded.version, \
         file_id = excluded.file_id, pages = excluded.pages, missing_glyphs = excluded.missing_glyphs, \
         error = excluded.error, at = excluded.at \
         WHERE document.file_id IS NULL OR (document.rendition = 'preview' AND document.version <= excluded.version)",
        school,
        id,
        rendition,
        document.version,
        document.file_id,
        document.pages,
        &document.missing_glyphs,
        &document.error,
        document.at
    )?;
    Ok(())
}
