//! Keys of the installation beside its master key: files in `<data>/keys`, sealed with a key derived from
//! it, readable by their owner only; and the public texts (certificates) that belong to them.
//!
//! In files and not in the database, so that a key can be taken away: whoever moves `keys/root` to another
//! place has taken the root's key out of the installation.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use domain::ports::Env;
use zeroize::Zeroizing;

use crate::db::Error;
use crate::keys::{Key, Keys};
use crate::sealed;

/// The folder of keys.
pub struct Vault {
    folder: PathBuf,
    key: Key,
    env: Env,
}

impl Vault {
    /// The vault of the data folder `data`.
    pub fn open(data: &Path, keys: &Keys, env: Env) -> Result<Self, Error> {
        Ok(Self {
            folder: data.join("keys"),
            key: keys.derive("vault 1")?,
            env,
        })
    }

    /// What is kept under a name such as `root/key`; an error when others may touch it or when it was not
    /// sealed for this name by this installation.
    pub fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let path = self.sealed_path(name)?;
        let found = match fs::metadata(&path) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(complain(&path, &error)),
        };
        let mode = found.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Error::Keys(format!(
                "{}: others may touch it (mode {mode:o}); run chmod 600 on it",
                path.display()
            )));
        }
        let bytes = fs::read(&path).map_err(|error| complain(&path, &error))?;
        sealed::open_bytes(&self.key, associated(name).as_bytes(), &bytes)
            .map(|opened| Some(Zeroizing::new(opened)))
            .map_err(|_| {
                Error::Keys(format!(
                    "{}: it does not open with this master key",
                    path.display()
                ))
            })
    }

    /// Keeps a secret under a name that nothing has; whether it was this call that did. Of two processes
    /// that start at once, one does.
    pub fn create(&self, name: &str, secret: &[u8]) -> Result<bool, Error> {
        let path = self.sealed_path(name)?;
        let draft = self.draft(name, secret, &path)?;
        let linked = fs::hard_link(&draft, &path);
        fs::remove_file(&draft).map_err(|error| complain(&draft, &error))?;
        match linked {
            Ok(()) => self.settle(&path).map(|()| true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(complain(&path, &error)),
        }
    }

    /// Replaces what is kept under a name.
    pub fn replace(&self, name: &str, secret: &[u8]) -> Result<(), Error> {
        let path = self.sealed_path(name)?;
        let draft = self.draft(name, secret, &path)?;
        fs::rename(&draft, &path).map_err(|error| complain(&path, &error))?;
        self.settle(&path)
    }

    /// Puts a public text beside the keys.
    pub fn publish(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.path(name)?;
        // Of its own for each call: two may publish the same at once.
        let draft = path.with_extension(format!("{}.new", hex::encode(self.env.bytes::<8>())));
        self.write(&draft, text.as_bytes(), 0o644)?;
        fs::rename(&draft, &path).map_err(|error| complain(&path, &error))?;
        self.settle(&path)
    }

    /// A public text.
    pub fn published(&self, name: &str) -> Result<Option<String>, Error> {
        let path = self.path(name)?;
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(complain(&path, &error)),
        }
    }

    fn draft(&self, name: &str, secret: &[u8], path: &Path) -> Result<PathBuf, Error> {
        let sealed = sealed::seal_bytes(&self.key, &self.env, associated(name).as_bytes(), secret)?;
        let draft = path.with_extension(format!("{}.new", hex::encode(self.env.bytes::<8>())));
        self.write(&draft, &sealed, 0o600)?;
        Ok(draft)
    }

    fn write(&self, path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
        let write = || -> std::io::Result<()> {
            if let Some(folder) = path.parent() {
                fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            }
            let mut out = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(mode)
                .open(path)?;
            out.write_all(bytes)?;
            out.sync_all()
        };
        write().map_err(|error| complain(path, &error))
    }

    /// Makes the name durable.
    fn settle(&self, path: &Path) -> Result<(), Error> {
        let folder = path.parent().unwrap_or(&self.folder);
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| complain(folder, &error))
    }

    fn sealed_path(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.path(name)?;
        Ok(path.with_file_name(format!(
            "{}.sealed",
            path.file_name().unwrap_or_default().to_string_lossy()
        )))
    }

    fn path(&self, name: &str) -> Result<PathBuf, Error> {
        let plain = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if name.split('/').all(plain) {
            Ok(self.folder.join(name))
        } else {
            Err(Error::Keys(format!("no name of a key: {name}")))
        }
    }
}

fn associated(name: &str) -> String {
    format!("vault|{name}")
}

fn complain(path: &Path, error: &std::io::Error) -> Error {
    Error::Keys(format!("{}: {error}", path.display()))
}
