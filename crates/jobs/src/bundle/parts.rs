//! From what a writer writes to parts of bounded size in the file store.

use std::io::{Error, ErrorKind, Result as IoResult, Write};

use store::Store;
use store::files::{PART, Passing};
use tokio::sync::mpsc;

use crate::JobError;

/// A part on its way to the store.
pub(super) struct Part {
    pub(super) bytes: Vec<u8>,
    pub(super) is_last: bool,
}

/// Collects what is written and hands it on when a part is full. Blocks while the store is behind.
pub(super) struct Parts {
    filled: Vec<u8>,
    to: mpsc::Sender<Part>,
}

impl Parts {
    pub(super) fn new(to: mpsc::Sender<Part>) -> Self {
        Self {
            filled: Vec::with_capacity(PART),
            to,
        }
    }

    /// Hands on what is left, as the last part.
    pub(super) fn finish(mut self) -> IoResult<()> {
        self.hand_on(true)
    }

    fn hand_on(&mut self, is_last: bool) -> IoResult<()> {
        let bytes = std::mem::replace(
            &mut self.filled,
            Vec::with_capacity(if is_last { 0 } else { PART }),
        );
        self.to
            .blocking_send(Part { bytes, is_last })
            .map_err(|_| Error::from(ErrorKind::BrokenPipe))
    }
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        // Only when more comes: the last part is the one that is finished with.
        if self.filled.len() == PART {
            self.hand_on(false)?;
        }
        let taken = bytes.len().min(PART - self.filled.len());
        self.filled.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

/// Keeps the parts as they come: how many there were, and of how many bytes.
pub(super) async fn keep(
    store: &Store,
    passing: Passing,
    mut coming: mpsc::Receiver<Part>,
) -> Result<(i64, i64), JobError> {
    let (mut number, mut size) = (0_u32, 0);
    while let Some(part) = coming.recv().await {
        passing.put(store, (number, part.is_last), &part.bytes).await?;
        number += 1;
        size += i64::try_from(part.bytes.len()).unwrap_or(0);
    }
    Ok((number.into(), size))
}
