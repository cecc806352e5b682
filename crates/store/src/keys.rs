//! The master key of an installation and the keys derived from it.
//!
//! One file, `<data>/keys/master.key`, made at the first start. Whoever has it and the database can
//! read the sealed fields; whoever loses it loses them. It belongs in the backup, apart from the data.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use domain::ports::Env;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::db::Error;

/// 32 secret bytes, wiped when dropped.
pub type Key = Zeroizing<[u8; 32]>;

/// The keys of an installation.
pub struct Keys {
    master: Key,
    fields: Key,
    index: Key,
    files: Key,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(***)")
    }
}

impl Keys {
    /// Reads the key file in the data folder, or makes one.
    /// Fails when anybody but its owner may touch it, or when it is not a key.
    pub fn open(data: &Path, env: &Env) -> Result<Self, Error> {
        let folder = data.join("keys");
        let file = folder.join("master.key");
        if !file.exists() {
            create(&folder, &file, env)
                .map_err(|error| Error::Keys(format!("{}: {error}", file.display())))?;
        }
        let master = read(&file)?;
        let derive = |label| derive(&master, label);
        Ok(Self {
            fields: derive("sanfang field encryption 1")?,
            index: derive("sanfang blind index 1")?,
            files: derive("sanfang files 1")?,
            master,
        })
    }

    /// Seals personal numbers in the database.
    pub(crate) fn fields(&self) -> &Key {
        &self.fields
    }

    /// Finds sealed numbers by equality.
    pub(crate) fn index(&self) -> &Key {
        &self.index
    }

    /// Names and seals stored files.
    pub(crate) fn files(&self) -> &Key {
        &self.files
    }

    /// A key for another purpose; the same label always gives the same key.
    pub fn derive(&self, label: &str) -> Result<Key, Error> {
        derive(&self.master, &format!("sanfang other: {label}"))
    }
}

/// HKDF-SHA256 (RFC 5869) without salt: the master key is already uniform.
fn derive(master: &Key, label: &str) -> Result<Key, Error> {
    let mut key = Key::default();
    let expanded = Hkdf::<Sha256>::new(None, master.as_ref()).expand(label.as_bytes(), key.as_mut());
    expanded.map_err(|error| Error::Keys(error.to_string()))?;
    Ok(key)
}

/// Written under another name and linked, so that of two processes that start at once one key wins
/// and a key is never half written.
fn create(folder: &Path, file: &Path, env: &Env) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let master = Zeroizing::new(env.bytes::<32>());
    let draft = folder.join(format!("master.{}.new", hex::encode(env.bytes::<8>())));
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    out.write_all(Zeroizing::new(hex::encode(master.as_ref())).as_bytes())?;
    out.sync_all()?;
    let linked = match fs::hard_link(&draft, file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    };
    fs::remove_file(&draft)?;
    linked?;
    File::open(folder)?.sync_all()
}

fn read(path: &PathBuf) -> Result<Key, Error> {
    let fail = |reason: String| Error::Keys(format!("{}: {reason}", path.display()));
    let mut file = File::open(path).map_err(|error| fail(error.to_string()))?;
    let mode = file
        .metadata()
        .map_err(|error| fail(error.to_string()))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        return Err(fail(format!(
            "others may touch it (mode {mode:o}); run chmod 600 on it"
        )));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)
        .map_err(|error| fail(error.to_string()))?;
    let mut key = Key::default();
    hex::decode_to_slice(text.trim(), key.as_mut())
        .map_err(|_| fail("it does not hold 64 hex digits".into()))?;
    Ok(key)
}
