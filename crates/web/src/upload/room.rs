//! How much is read at once. A file may take a processor and hundreds of megabytes: who finds no place within a
//! short time is told so, instead of waiting in a queue that only grows.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for one kind of work, and how long somebody waits for one.
#[derive(Debug, Clone)]
pub struct Room {
    places: Arc<Semaphore>,
    patience: Duration,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Room {
    /// A room with so many places.
    pub fn new(places: usize, patience: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            patience,
        }
    }

    /// A place; none when all were taken all the time.
    pub async fn enter(&self) -> Option<Place> {
        let permit = tokio::time::timeout(self.patience, self.places.clone().acquire_owned());
        Some(Place {
            _permit: permit.await.ok()?.ok()?,
        })
    }
}

/// The rooms of one server. Each has its own, so that nobody stands in the way of others.
#[derive(Debug, Clone)]
pub struct Rooms {
    /// Files that people who are signed in send to be kept.
    pub papers: Room,
    /// Pages of PDFs that are drawn.
    pub pages: Room,
    /// Sheets for imports.
    pub sheets: Room,
    /// Forms with a stranger's file, from the first byte on: each may hold [`super::PAPER_LIMIT`] in memory.
    pub porch: Room,
    /// Strangers' files that are judged.
    pub strangers: Room,
    /// Files of our own archive that are judged.
    pub archive: Room,
}

impl Default for Rooms {
    fn default() -> Self {
        let room = |places, seconds| Room::new(places, Duration::from_secs(seconds));
        Self {
            papers: room(2, 20),
            pages: room(2, 8),
            sheets: room(2, 20),
            porch: room(16, 3),
            strangers: room(2, 5),
            archive: room(2, 5),
        }
    }
}
