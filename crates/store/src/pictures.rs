//! A school's logo and seal: pictures as the one way in for files made them anew, every one of them kept, the
//! latest one counting.

use domain::ids::{AccountId, FileId, SchoolId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Error, Store};
use crate::{exec, fetch_all, fetch_opt, files, row};

/// Changes that the page shows.
const SHOWN: i64 = 20;

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// At the head of the document.
    Logo,
    /// In the school's field of signature.
    Seal,
}

impl Purpose {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Logo, Self::Seal];

    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::Seal => "seal",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

row! {
    /// A picture that was put in place, or that one was taken away.
    #[derive(Debug, Clone)]
    pub struct Picture {
        /// Which.
        pub id: Uuid,
        /// `logo` or `seal`.
        pub purpose: String,
        /// Its bytes; missing when the picture was taken away.
        pub file_id: Option<FileId>,
        /// What it was called.
        pub name: String,
        /// Bytes.
        pub size: i64,
        /// Who did it.
        pub by: Option<String>,
        /// When.
        pub at: Timestamp,
    }
}

/// The picture that counts, if there is one.
pub async fn current(c: &mut Conn<'_>, school: SchoolId, purpose: Purpose) -> Result<Option<Picture>, Error> {
    let latest = fetch_opt!(
        c,
        Picture,
        "SELECT p.id, p.purpose, p.file_id, p.name, p.size, a.name AS by, p.at FROM school_picture p \
         LEFT JOIN account a ON a.school_id = p.school_id AND a.id = p.account_id \
         WHERE p.school_id = $1 AND p.purpose = $2 ORDER BY p.at DESC, p.id DESC LIMIT 1",
        school,
        purpose.code()
    )?;
    Ok(latest.filter(|picture| picture.file_id.is_some()))
}

/// The latest changes of a picture.
pub async fn changes(c: &mut Conn<'_>, school: SchoolId, purpose: Purpose) -> Result<Vec<Picture>, Error> {
    fetch_all!(
        c,
        Picture,
        "SELECT p.id, p.purpose, p.file_id, p.name, p.size, a.name AS by, p.at FROM school_picture p \
         LEFT JOIN account a ON a.school_id = p.school_id AND a.id = p.account_id \
         WHERE p.school_id = $1 AND p.purpose = $2 ORDER BY p.at DESC, p.id DESC LIMIT $3",
        school,
        purpose.code(),
        SHOWN
    )
}

/// The bytes of the picture that counts, a PNG; nothing when the school has none. Never inside a transaction.
pub async fn bytes(store: &Store, school: SchoolId, purpose: Purpose) -> Result<Option<Vec<u8>>, Error> {
    let found = store.read(move |c| Box::pin(async move { current(c, school, purpose).await }));
    let Some(file) = found.await?.and_then(|picture| picture.file_id) else {
        return Ok(None);
    };
    Ok(Some(files::get(store, school, file).await?.bytes))
}

/// Puts a picture in place of the one before.
pub async fn put(
    store: &Store,
    (school, purpose): (SchoolId, Purpose),
    (name, png): (&str, &[u8]),
    by: AccountId,
) -> Result<(), Error> {
    let stored = files::put_bytes(store, school, png, "image/png").await?;
    let (env, name) = (store.env().clone(), name.to_owned());
    store
        .write(move |c| {
            let (env, stored, name) = (env.clone(), stored.clone(), name.clone());
            Box::pin(async move {
                let now = env.now();
                let id = FileId::new(now, &*env.random);
                let file = files::put_row(c, school, id, &stored, now).await?;
                let id = domain::ids::uuid_v7(now, &*env.random);
                note(
                    c,
                    school,
                    (id, purpose),
                    (Some(file), &name, stored.size()),
                    (by, now),
                )
                .await
            })
        })
        .await
}

/// Takes the picture away. Documents that were made with it keep it.
pub async fn remove(
    c: &mut Conn<'_>,
    (school, purpose): (SchoolId, Purpose),
    id: Uuid,
    (by, now): (AccountId, Timestamp),
) -> Result<(), Error> {
    if current(c, school, purpose).await?.is_none() {
        return Err(Error::NotFound);
    }
    note(c, school, (id, purpose), (None, "", 0), (by, now)).await
}

async fn note(
    c: &mut Conn<'_>,
    school: SchoolId,
    (id, purpose): (Uuid, Purpose),
    (file, name, size): (Option<FileId>, &str, i64),
    (by, now): (AccountId, Timestamp),
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO school_picture (school_id, id, purpose, file_id, name, size, account_id, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        school,
        id,
        purpose.code(),
        file,
        name,
        size,
        by,
        now
    )?;
    Ok(())
}
