//! Stored files: sealed bytes in the object store, and a row that names them.
//!
//! The name of the bytes is a keyed hash of school and content, so the same content is stored once per
//! school and a name says nothing about what it holds. The bytes are durable before the row exists;
//! a crash in between leaves bytes that nobody names, and the next attempt writes the same ones.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::ids::{FileId, SchoolId};
use hmac::Mac;
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, path::Path as ObjectPath};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::{Conn, Error, Store};
use crate::keys::Keys;
use crate::{sealed, sweep, templates};

/// The bytes of all files.
pub(crate) struct Blobs {
    pub(crate) objects: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

impl Blobs {
    /// A folder on this machine, every write made durable before it counts.
    pub(crate) fn open(data: &Path) -> Result<Self, Error> {
        let folder = data.join("files");
        std::fs::create_dir_all(&folder).map_err(|error| Error::Files(error.into()))?;
        let local = LocalFileSystem::new_with_prefix(&folder).map_err(|error| Error::Files(error.into()))?;
        Ok(Self {
            objects: Arc::new(local.with_fsync(true)),
            folder,
        })
    }
}

/// Bytes that are stored and wait for their row.
#[derive(Debug, Clone)]
pub struct StoredBytes {
    sha256: Vec<u8>,
    size: i64,
    media_type: String,
}

impl StoredBytes {
    /// How many bytes.
    pub fn size(&self) -> i64 {
        self.size
    }

    /// SHA-256 of the bytes.
    pub fn sha256(&self) -> &[u8] {
        &self.sha256
    }
}

/// A stored file.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// For example `application/pdf`.
    pub media_type: String,
    /// SHA-256 of the bytes.
    pub sha256: Vec<u8>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

crate::row! {
    struct FileRow { sha256: Vec<u8>, media_type: String }
}

/// Stores bytes and their row in one go. Content that the school already has keeps its identifier.
pub async fn put(store: &Store, school: SchoolId, bytes: &[u8], media_type: &str) -> Result<FileId, Error> {
    let stored = put_bytes(store, school, bytes, media_type).await?;
    let env = store.env().clone();
    store
        .write(move |c| {
            let (stored, env) = (stored.clone(), env.clone());
            Box::pin(async move {
                let now = env.now();
                put_row(c, school, FileId::new(now, &*env.random), &stored, now).await
            })
        })
        .await
}

/// Stores bytes only; [`put_row`] then names them, inside the transaction that needs them.
pub async fn put_bytes(
    store: &Store,
    school: SchoolId,
    bytes: &[u8],
    media_type: &str,
) -> Result<StoredBytes, Error> {
    let sha256 = Sha256::digest(bytes).to_vec();
    sweep::keep(store, school, &sha256).await?;
    let name = object_name(store.keys(), school, &sha256)?;
    let sealed = sealed::seal_bytes(store.keys().files(), store.env(), name.as_bytes(), bytes)?;
    let path = ObjectPath::from(name);
    let put = store.blobs().objects.put(&path, PutPayload::from(sealed)).await;
    put.map_err(|error| Error::Files(error.into()))?;
    let size = i64::try_from(bytes.len()).map_err(|error| Error::Files(error.into()))?;
    Ok(StoredBytes {
        sha256,
        size,
        media_type: media_type.to_owned(),
    })
}

/// Names stored bytes `id`; if the school has the same content of the same type already, the identifier
/// that it has is returned instead.
pub async fn put_row(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: FileId,
    stored: &StoredBytes,
    now: jiff::Timestamp,
) -> Result<FileId, Error> {
    let rows = crate::exec!(
        c,
        "INSERT INTO file (school_id, id, sha256, size, media_type, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (school_id, sha256, media_type) DO NOTHING",
        school, id, stored.sha256, stored.size, stored.media_type, now
    )?;
    if rows == 1 {
        return Ok(id);
    }
    let (found,) = crate::fetch_one!(
        c,
        (FileId,),
        "SELECT id FROM file WHERE school_id = $1 AND sha256 = $2 AND media_type = $3",
        school,
        stored.sha256,
        stored.media_type
    )?;
    Ok(found)
}

/// Reads a file of this school; fails when its bytes are missing or not the ones that were stored.
pub async fn get(store: &Store, school: SchoolId, id: FileId) -> Result<StoredFile, Error> {
    let row = store
        .read(move |c| Box::pin(async move { find(c, school, id).await }))
        .await?;
    let name = object_name(store.keys(), school, &row.sha256)?;
    let path = ObjectPath::from(name.as_str());
    let found = store
        .blobs()
        .objects
        .get(&path)
        .await
        .map_err(|error| Error::Files(error.into()))?;
    let sealed = found.bytes().await.map_err(|error| Error::Files(error.into()))?;
    let bytes = sealed::open_bytes(store.keys().files(), name.as_bytes(), &sealed)?;
    if Sha256::digest(&bytes)[..] != row.sha256 {
        return Err(Error::Corrupt("a file's content has another hash".into()));
    }
    Ok(StoredFile {
        media_type: row.media_type,
        sha256: row.sha256,
        bytes,
    })
}

/// Keeps a short text beside the files and outside the database, replacing the one before.
pub async fn put_beside(store: &Store, name: &str, text: &str) -> Result<(), Error> {
    let payload = PutPayload::from(text.as_bytes().to_vec());
    let put = store.blobs().objects.put(&ObjectPath::from(name), payload).await;
    put.map(drop).map_err(|error| Error::Files(error.into()))
}

/// A text kept beside the files.
pub async fn get_beside(store: &Store, name: &str) -> Result<Option<String>, Error> {
    match store.blobs().objects.get(&ObjectPath::from(name)).await {
        Ok(found) => {
            let bytes = found.bytes().await.map_err(|error| Error::Files(error.into()))?;
            String::from_utf8(bytes.to_vec())
                .map(Some)
                .map_err(|_| Error::Corrupt(format!("{name} is not text")))
        }
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(Error::Files(error.into())),
    }
}

async fn find(c: &mut Conn<'_>, school: SchoolId, id: FileId) -> Result<FileRow, Error> {
    crate::fetch_one!(
        c,
        FileRow,
        "SELECT sha256, media_type FROM file WHERE school_id = $1 AND id = $2",
        school,
        id
    )
}

/// Where the bytes of a content are.
pub(crate) fn object_path(keys: &Keys, school: SchoolId, sha256: &[u8]) -> Result<ObjectPath, Error> {
    Ok(ObjectPath::from(object_name(keys, school, sha256)?))
}

fn object_name(keys: &Keys, school: SchoolId, sha256: &[u8]) -> Result<String, Error> {
    let mut mac = sealed::hmac(keys.files())?;
    mac.update(format!("{school}|").as_bytes());
    mac.update(sha256);
    let name = hex::encode(mac.finalize().into_bytes());
    Ok(format!("{school}/{}/{}", &name[..2], &name[2..]))
}

/// Bytes of one part of what is kept for some days only.
pub const PART: usize = 4 << 20;

/// Bytes that are written in parts while they are made, read in parts, and thrown away after some days. Each
/// part is sealed for its place and says whether it is the last one, so that none can be moved, exchanged or
/// left off unseen. The identifier is made anew for every try and tells when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passing {
    /// The school.
    pub school: SchoolId,
    /// Which.
    pub id: Uuid,
}

impl Passing {
    fn folder(self) -> String {
        format!("{}/passing/{}", self.school, self.id)
    }

    fn place(self, part: u32, is_last: bool) -> String {
        let last = if is_last { "last" } else { "more" };
        format!("{}/{part:06}/{last}", self.folder())
    }

    fn path(self, part: u32) -> ObjectPath {
        ObjectPath::from(format!("{}/{part:06}", self.folder()))
    }

    /// Writes a part, from 0.
    pub async fn put(self, store: &Store, (part, is_last): (u32, bool), bytes: &[u8]) -> Result<(), Error> {
        let place = self.place(part, is_last);
        let sealed = sealed::seal_bytes(store.keys().files(), store.env(), place.as_bytes(), bytes)?;
        let path = self.path(part);
        let put = store.blobs().objects.put(&path, PutPayload::from(sealed));
        put.await.map(|_| ()).map_err(|error| Error::Files(error.into()))
    }

    /// Reads a part.
    pub async fn get(self, store: &Store, (part, is_last): (u32, bool)) -> Result<Vec<u8>, Error> {
        let files = |error: object_store::Error| Error::Files(error.into());
        let found = store.blobs().objects.get(&self.path(part)).await.map_err(files)?;
        let sealed = found.bytes().await.map_err(files)?;
        let place = self.place(part, is_last);
        sealed::open_bytes(store.keys().files(), place.as_bytes(), &sealed)
    }

    /// Throws all parts away, and what a writing that was killed left beside them (the object store hides it,
    /// so the folder goes).
    pub async fn remove(self, store: &Store) -> Result<(), Error> {
        let folder = store.blobs().folder.join(self.folder());
        blocking(move || remove_folder(&folder)).await
    }
}

/// Throws away whatever has passed: everything that was begun before `before`, but for the previews of drafts
/// that are still written, however old. How many there were.
pub async fn sweep_passing(store: &Store, before: Timestamp) -> Result<u64, Error> {
    // Asked first: what becomes a preview from now on was begun later than `before`.
    let kept = store
        .read(|c| Box::pin(async move { templates::previews(c).await }))
        .await?;
    let kept: BTreeSet<PathBuf> = kept
        .into_iter()
        .map(|(school, id)| PathBuf::from(Passing { school, id }.folder()))
        .collect();
    let folder = store.blobs().folder.clone();
    blocking(move || {
        let mut swept = 0;
        for school in std::fs::read_dir(&folder)? {
            let passing = school?.path().join("passing");
            if !passing.is_dir() {
                continue;
            }
            for entry in std::fs::read_dir(passing)? {
                let path = entry?.path();
                if path.strip_prefix(&folder).is_ok_and(|path| kept.contains(path)) {
                    continue;
                }
                let id = path.file_name().and_then(|name| name.to_str());
                let id = id.and_then(|name| Uuid::parse_str(name).ok());
                let begun = id.and_then(|id| id.get_timestamp()).map(|at| at.to_unix().0);
                if begun.is_some_and(|at| i64::try_from(at).is_ok_and(|at| at < before.as_second())) {
                    remove_folder(&path)?;
                    swept += 1;
                }
            }
        }
        Ok(swept)
    })
    .await
}

fn remove_folder(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

async fn blocking<T, F>(work: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce() -> std::io::Result<T> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Files(error.into()))?
        .map_err(|error| Error::Files(error.into()))
}
