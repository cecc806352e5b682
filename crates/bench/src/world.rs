//! What all parts share: the seeded data, the server, copies of both.

use crate::folder::Folder;
use crate::postgres::Server;
use crate::seed::{self, Size};
use std::path::{Path, PathBuf};

/// The measured world.
pub struct World {
    /// Fewer of everything.
    pub quick: bool,
    /// How many of what.
    pub size: Size,
    /// The throw-away PostgreSQL.
    pub server: Server,
    /// The program that is measured.
    pub program: PathBuf,
    data: Folder,
}

impl World {
    /// Makes the world on both engines.
    pub async fn make(quick: bool, program: PathBuf) -> anyhow::Result<Self> {
        let world = Self {
            quick,
            size: Size::new(quick),
            server: Server::find()?,
            program,
            data: Folder::new()?,
        };
        crate::say("making the world");
        seed::seed(world.data(), &world.size).await?;
        world.server.fill(world.data()).await?;
        Ok(world)
    }

    /// The folder that everything is a copy of.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// A data folder to be worked on.
    pub fn copy(&self) -> anyhow::Result<Folder> {
        let copy = Folder::new()?;
        copy_folder(self.data(), copy.path())?;
        Ok(copy)
    }

    /// A data folder for a database elsewhere: the keys alone.
    pub fn keys_only(&self) -> anyhow::Result<Folder> {
        let copy = Folder::new()?;
        for entry in std::fs::read_dir(self.data())? {
            let from = entry?.path();
            if from.is_dir() {
                copy_folder(&from, &copy.path().join(from.file_name().unwrap_or_default()))?;
            }
        }
        Ok(copy)
    }
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), &target)?;
            std::fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}

/// The day, in China.
pub fn today() -> jiff::civil::Date {
    let now = crate::env::real().now();
    now.to_zoned(domain::params::china()).date()
}
