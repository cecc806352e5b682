//! Files that people send with what they do: letters of termination, scans of paper agreements. Stored before
//! the act that needs them, attached in its transaction; every reading is recorded.

use std::collections::BTreeSet;

use domain::document::Letter;
use domain::ids::{AccountId, AgreementId, FileId, SchoolId, UploadId, uuid_v7};
use domain::ports::Env;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Conn, Error, Store};
use crate::files::{self, StoredBytes};
use crate::{exec, fetch_all, fetch_one, fetch_opt, outbox, row, sweep};

/// Hours after which a file that nothing was done with is forgotten.
const LOOSE_HOURS: i64 = 24;
/// Minutes that looking at the pages of one file takes at most, to be one look.
const LOOK_MINUTES: i64 = 10;
/// Loose files that one account may have.
const LOOSE_MOST: i64 = 20;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// 解约函.
    Letter,
    /// The scan of an agreement on paper.
    Scan,
    /// The certificate of an employer; it belongs to no school ([`SchoolId::NONE`]).
    Licence,
}

impl Purpose {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Scan => "scan",
            Self::Licence => "licence",
        }
    }
}

/// A letter that is to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ordered {
    /// Code of the reason.
    pub code: String,
    /// What the letter says.
    pub letter: Letter,
}

/// A file to be kept: already read and made anew.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// The school.
    pub school: SchoolId,
    /// The agreement it belongs to, where there is one already.
    pub agreement: Option<AgreementId>,
    /// What it is for.
    pub purpose: Purpose,
    /// Who sent it.
    pub account: AccountId,
    /// What to show as its name.
    pub name: String,
    /// Pages.
    pub pages: usize,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
}

row! {
    /// A file that somebody sent or had made.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Upload {
        /// Which.
        pub id: UploadId,
        /// The agreement, once there is one.
        pub agreement_id: Option<AgreementId>,
        /// `letter`, `scan` or `licence`.
        pub purpose: String,
        /// `sent` or `made`.
        pub origin: String,
        /// Its bytes; missing while it is being made.
        pub file_id: Option<FileId>,
        /// What to show as its name.
        pub name: String,
        /// Bytes.
        pub size: i64,
        /// Pages.
        pub pages: i64,
        /// What a letter that is made says, as JSON.
        pub body: Option<String>,
        /// Why it could not be made.
        pub error: Option<String>,
        /// Who sent it.
        pub account_id: AccountId,
        /// When.
        pub created_at: Timestamp,
        /// Since when it counts.
        pub attached_at: Option<Timestamp>,
    }
}

/// Keeps a file: bytes first, then its row.
pub async fn put(store: &Store, new: NewUpload) -> Result<UploadId, Error> {
    let stored = files::put_bytes(store, new.school, &new.bytes, new.media_type).await?;
    let new = NewUpload {
        bytes: Vec::new(),
        ..new
    };
    let (env, size) = (store.env().clone(), stored.size());
    store
        .write(move |c| {
            let (env, stored, new) = (env.clone(), stored.clone(), new.clone());
            Box::pin(async move {
                let now = env.now();
                let file = FileId::new(now, &*env.random);
                let file = files::put_row(c, new.school, file, &stored, now).await?;
                let row = Upload {
                    id: UploadId::new(now, &*env.random),
                    agreement_id: new.agreement,
                    purpose: new.purpose.code().into(),
                    origin: "sent".into(),
                    file_id: Some(file),
                    name: new.name.clone(),
                    size,
                    pages: i64::try_from(new.pages).unwrap_or(0),
                    body: None,
                    error: None,
                    account_id: new.account,
                    created_at: now,
                    attached_at: None,
                };
                insert(c, new.school, &row).await
            })
        })
        .await
}

/// Asks for a letter; the worker makes it and [`made`] keeps it.
pub async fn order_letter(
    c: &mut Conn<'_>,
    (school, agreement): (SchoolId, AgreementId),
    account: AccountId,
    (name, ordered): (&str, &Ordered),
    env: &Env,
) -> Result<UploadId, Error> {
    let body = serde_json::to_string(ordered).map_err(|_| Error::Corrupt("letter".into()))?;
    let now = env.now();
    let row = Upload {
        id: UploadId::new(now, &*env.random),
        agreement_id: Some(agreement),
        purpose: Purpose::Letter.code().into(),
        origin: "made".into(),
        file_id: None,
        name: name.into(),
        size: 0,
        pages: 0,
        body: Some(body),
        error: None,
        account_id: account,
        created_at: now,
        attached_at: None,
    };
    let id = insert(c, school, &row).await?;
    outbox::letter(c, school, id, env).await?;
    Ok(id)
}

/// Writes the row of a file that does not count yet.
pub async fn insert(c: &mut Conn<'_>, school: SchoolId, row: &Upload) -> Result<UploadId, Error> {
    forget_most(c, (school, row.account_id), row.created_at).await?;
    exec!(
        c,
        "INSERT INTO upload (school_id, id, agreement_id, purpose, origin, file_id, name, size, pages, body, error, \
         account_id, created_at, attached_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL)",
        school,
        row.id,
        row.agreement_id,
        &row.purpose,
        &row.origin,
        row.file_id,
        &row.name,
        row.size,
        row.pages,
        &row.body,
        &row.error,
        row.account_id,
        row.created_at
    )?;
    Ok(row.id)
}

row! {
    /// An upload that is forgotten.
    struct Forgotten {
        school_id: SchoolId,
        file_id: Option<FileId>,
    }
}

/// Of the files that an account has done nothing with, only the latest stay.
async fn forget_most(
    c: &mut Conn<'_>,
    (school, account): (SchoolId, AccountId),
    now: Timestamp,
) -> Result<(), Error> {
    let forgotten = fetch_all!(
        c,
        Forgotten,
        "DELETE FROM upload WHERE school_id = $1 AND account_id = $2 AND attached_at IS NULL \
         AND id IN (SELECT id FROM upload WHERE school_id = $1 AND account_id = $2 AND attached_at IS NULL \
         ORDER BY id DESC LIMIT 1000 OFFSET $3) RETURNING school_id, file_id",
        school,
        account,
        LOOSE_MOST - 1
    )?;
    sweep::let_go(c, &contents(forgotten), now).await
}

fn contents(forgotten: Vec<Forgotten>) -> BTreeSet<(SchoolId, FileId)> {
    let named = |row: Forgotten| Some((row.school_id, row.file_id?));
    forgotten.into_iter().filter_map(named).collect()
}

/// A letter was made.
pub async fn made(
    c: &mut Conn<'_>,
    (school, id): (SchoolId, UploadId),
    file: FileId,
    stored: &StoredBytes,
    (pages, now): (usize, Timestamp),
) -> Result<(), Error> {
    let file = files::put_row(c, school, file, stored, now).await?;
    exec!(
        c,
        "UPDATE upload SET file_id = $3, size = $4, pages = $5, error = NULL WHERE school_id = $1 AND id = $2",
        school,
        id,
        file,
        stored.size(),
        i64::try_from(pages).unwrap_or(0)
    )?;
    Ok(())
}

/// A letter could not be made; `error` holds no personal data.
pub async fn not_made(c: &mut Conn<'_>, school: SchoolId, id: UploadId, error: &str) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE upload SET error = $3 WHERE school_id = $1 AND id = $2 AND file_id IS NULL",
        school,
        id,
        error
    )?;
    Ok(())
}

/// One file of a school.
pub async fn get(c: &mut Conn<'_>, school: SchoolId, id: UploadId) -> Result<Option<Upload>, Error> {
    fetch_opt!(
        c,
        Upload,
        "SELECT id, agreement_id, purpose, origin, file_id, name, size, pages, body, error, account_id, created_at, \
         attached_at FROM upload WHERE school_id = $1 AND id = $2",
        school,
        id
    )
}

/// The files that count for an agreement, the first one first.
pub async fn of_agreement(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Vec<Upload>, Error> {
    fetch_all!(
        c,
        Upload,
        "SELECT id, agreement_id, purpose, origin, file_id, name, size, pages, body, error, account_id, created_at, \
         attached_at FROM upload WHERE school_id = $1 AND agreement_id = $2 AND attached_at IS NOT NULL \
         ORDER BY attached_at, id LIMIT 100",
        school,
        id
    )
}

/// A file counts from now on, for this agreement: the one that `account` sent, once. Its content.
pub async fn attach(
    c: &mut Conn<'_>,
    (school, agreement): (SchoolId, AgreementId),
    file: FileId,
    (account, purpose): (AccountId, Purpose),
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = exec!(
        c,
        "UPDATE upload SET attached_at = $6, agreement_id = $2 WHERE school_id = $1 AND id = (SELECT id FROM upload \
         WHERE school_id = $1 AND id IN (SELECT id FROM upload \
         WHERE school_id = $1 AND account_id = $4 AND attached_at IS NULL) \
         AND file_id = $3 AND purpose = $5 AND (agreement_id = $2 OR agreement_id IS NULL) \
         ORDER BY created_at DESC, id DESC LIMIT 1)",
        school,
        agreement,
        file,
        account,
        purpose.code(),
        now
    )?;
    Ok(rows == 1)
}

/// SHA-256 of a file.
pub async fn sha256(c: &mut Conn<'_>, school: SchoolId, file: FileId) -> Result<Vec<u8>, Error> {
    let (sha256,) = fetch_one!(
        c,
        (Vec<u8>,),
        "SELECT sha256 FROM file WHERE school_id = $1 AND id = $2",
        school,
        file
    )?;
    Ok(sha256)
}

/// Somebody is given a file that counts.
pub async fn note_reading(
    c: &mut Conn<'_>,
    (school, upload): (SchoolId, UploadId),
    (account, address): (AccountId, &str),
    env: &Env,
) -> Result<(), Error> {
    let now = env.now();
    exec!(
        c,
        "INSERT INTO file_read (school_id, id, upload_id, account_id, address, at) VALUES ($1, $2, $3, $4, $5, $6)",
        school,
        uuid_v7(now, &*env.random),
        upload,
        account,
        address,
        now
    )?;
    Ok(())
}

/// Somebody is shown a page of a file that counts, counted from 1. The pages of one look are asked for one by one:
/// those after the first are written down when no reading by the same person is, of the last minutes.
pub async fn note_page(
    c: &mut Conn<'_>,
    (school, upload): (SchoolId, UploadId),
    (account, address): (AccountId, &str),
    page: u32,
    env: &Env,
) -> Result<(), Error> {
    let now = env.now();
    let since = now.saturating_sub(LOOK_MINUTES.minutes()).unwrap_or(now);
    if page > 1 {
        let found = fetch_opt!(
            c,
            (Uuid,),
            "SELECT id FROM file_read WHERE school_id = $1 AND upload_id = $2 AND at > $4 AND account_id = $3 LIMIT 1",
            school,
            upload,
            account,
            since
        )?;
        if found.is_some() {
            return Ok(());
        }
    }
    note_reading(c, (school, upload), (account, address), env).await
}

/// How often a file was given to somebody.
pub async fn readings(c: &mut Conn<'_>, school: SchoolId, upload: UploadId) -> Result<i64, Error> {
    let (n,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM file_read WHERE school_id = $1 AND upload_id = $2",
        school,
        upload
    )?;
    Ok(n)
}

/// Forgets what was sent a day ago and never used; how many files. Only files that count have readings. Their
/// bytes are deleted later, see [`sweep`].
pub async fn purge_loose(c: &mut Conn<'_>, now: Timestamp) -> Result<usize, Error> {
    let day_ago = now.saturating_sub(LOOSE_HOURS.hours()).unwrap_or(now);
    let forgotten = fetch_all!(
        c,
        Forgotten,
        "DELETE FROM upload WHERE attached_at IS NULL AND created_at < $1 RETURNING school_id, file_id",
        day_ago
    )?;
    let count = forgotten.len();
    sweep::let_go(c, &contents(forgotten), now).await?;
    Ok(count)
}
