//! The one way in for files: a file is what its content says, is read to its end, and what is kept is made
//! anew from what was read. Whatever cannot be read so is refused with a reason for the person.
//!
//! Sheets for imports are not kept; they are measured and parsed in the same confined process.

mod draw;
mod name;
mod outside;
mod paper;
mod picture;
mod room;
mod sent;
mod work;

pub use draw::{SHOWN, SIDE, Undrawn};
pub use outside::{Broke, Outside, Readers, try_reader, try_scanner};
pub use room::{Place, Room, Rooms};
pub use sent::{Files, Limits, Sent};
pub(crate) use sent::{boundary, read};
pub use work::{Expert, read_one};

use crate::sheet;
use crate::views::form::FieldError;
use bytes::Bytes;
use domain::sealing::{Judge, Judgement};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use work::Task;

/// The largest picture in bytes.
pub const PICTURE_LIMIT: usize = 8 << 20;
/// The largest PDF in bytes.
pub const PAPER_LIMIT: usize = 10 << 20;
/// The largest sheet in bytes, packed.
pub const SHEET_LIMIT: usize = 5 << 20;
/// The most pixels of a picture, on its own or in a PDF.
pub const PIXELS: u64 = 40_000_000;
/// The most pages of a PDF.
pub const PAGES: usize = 50;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A PDF.
    Pdf,
}

impl Kind {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }

    /// The ending of its name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }

    /// As people call it.
    fn label(self) -> &'static str {
        match self {
            Self::Jpeg => "JPG",
            Self::Png => "PNG",
            Self::Pdf => "PDF",
        }
    }

    /// By the first bytes. What stands before them is not overlooked: such a file may be two files at once.
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Self::Png),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            _ => None,
        }
    }
}

/// A file as it may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean {
    /// What it is.
    pub kind: Kind,
    /// Its bytes, made anew.
    pub bytes: Vec<u8>,
    /// Pages; 1 of a picture.
    pub pages: usize,
    /// A name to show: no path, no control characters, one ending, the true one.
    pub name: String,
}

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// None was sent.
    #[error("none sent")]
    Missing,
    /// Nothing in it.
    #[error("empty")]
    Empty,
    /// More bytes than its kind may have: that many MiB.
    #[error("larger than {0} MiB")]
    TooLarge(usize),
    /// Not a picture, where only a picture is taken.
    #[error("not a picture")]
    NotAPicture,
    /// None of the kinds that are taken.
    #[error("unknown kind")]
    UnknownKind,
    /// HEIC, as some phones make it.
    #[error("heic")]
    Heic,
    /// The name says something else than the content, which is of this kind.
    #[error("the name does not fit {0:?}")]
    WrongName(Kind),
    /// It cannot be read to its end.
    #[error("broken {0:?}")]
    Broken(Kind),
    /// More pixels than allowed.
    #[error("too many pixels")]
    TooManyPixels,
    /// More pages than allowed.
    #[error("too many pages")]
    TooManyPages,
    /// Protected by a password or by rights.
    #[error("encrypted")]
    Encrypted,
    /// A script runs when it is opened.
    #[error("script")]
    Script,
    /// It starts programs.
    #[error("launch")]
    Launch,
    /// Other files are in it.
    #[error("embedded files")]
    Embedded,
    /// Unpacked it is out of all proportion.
    #[error("bomb")]
    Bomb,
    /// The virus scanner found something.
    #[error("infected")]
    Infected,
    /// The virus scanner is configured and gives no answer.
    #[error("not scanned")]
    Unscanned,
    /// The reader of files cannot be started.
    #[error("not read")]
    Unread,
    /// Too many others send files just now.
    #[error("busy")]
    Busy,
}

impl Fault {
    /// The code of its text, `error.file_*`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "file_required",
            Self::Empty => "file_empty",
            Self::TooLarge(_) => "file_too_large",
            Self::NotAPicture => "file_not_a_picture",
            Self::UnknownKind => "file_unknown_kind",
            Self::Heic => "file_heic",
            Self::WrongName(_) => "file_wrong_name",
            Self::Broken(_) => "file_broken",
            Self::TooManyPixels => "file_too_many_pixels",
            Self::TooManyPages => "file_too_many_pages",
            Self::Encrypted => "file_encrypted",
            Self::Script => "file_script",
            Self::Launch => "file_launch",
            Self::Embedded => "file_embedded",
            Self::Bomb => "file_bomb",
            Self::Infected => "file_infected",
            Self::Unscanned | Self::Unread => "file_unscanned",
            Self::Busy => "file_busy",
        }
    }

    /// What stands beside the field.
    pub fn beside(self, field: &str) -> FieldError {
        let params = match self {
            Self::TooLarge(mib) => vec![("max", mib.to_string())],
            Self::WrongName(kind) | Self::Broken(kind) => vec![("kind", kind.label().to_owned())],
            Self::TooManyPages => vec![("max", PAGES.to_string())],
            _ => Vec::new(),
        };
        FieldError {
            params,
            ..FieldError::new(field, self.code())
        }
    }
}

/// Makes a file anew from what can be read of it, or says why not. Takes up to two seconds and 256 MB:
/// call it where it may block.
pub fn clean(bytes: &[u8], name: &str) -> Result<Clean, Fault> {
    if bytes.is_empty() {
        return Err(Fault::Empty);
    }
    let Some(kind) = Kind::of(bytes) else {
        return Err(unknown(bytes));
    };
    let limit = if kind == Kind::Pdf {
        PAPER_LIMIT
    } else {
        PICTURE_LIMIT
    };
    if bytes.len() > limit {
        return Err(Fault::TooLarge(limit >> 20));
    }
    let name = name::shown(name, kind)?;
    // The readers are other people's code and the file is untrusted: a panic is one more way to be refused.
    let read = catch_unwind(AssertUnwindSafe(|| match kind {
        Kind::Pdf => paper::clean(bytes),
        Kind::Jpeg | Kind::Png => picture::clean(bytes, kind).map(|bytes| (bytes, 1)),
    }));
    let (bytes, pages) = read.unwrap_or(Err(Fault::Broken(kind)))?;
    Ok(Clean {
        kind,
        bytes,
        pages,
        name,
    })
}

/// Draws a picture anew as a PNG of which no side is longer than `side`, or says why not. Blocks as [`clean`].
pub fn clean_picture(bytes: &[u8], name: &str, side: u32) -> Result<Clean, Fault> {
    if bytes.is_empty() {
        return Err(Fault::Empty);
    }
    let kind = match Kind::of(bytes) {
        Some(kind @ (Kind::Jpeg | Kind::Png)) => kind,
        Some(Kind::Pdf) => return Err(Fault::NotAPicture),
        None if unknown(bytes) == Fault::Heic => return Err(Fault::Heic),
        None => return Err(Fault::NotAPicture),
    };
    if bytes.len() > PICTURE_LIMIT {
        return Err(Fault::TooLarge(PICTURE_LIMIT >> 20));
    }
    let name = name::shown(name, kind)?;
    let drawn = catch_unwind(AssertUnwindSafe(|| picture::drawn(bytes, kind, side)));
    Ok(Clean {
        kind: Kind::Png,
        bytes: drawn.unwrap_or(Err(Fault::Broken(kind)))?,
        pages: 1,
        name,
    })
}

/// [`clean`] for what a form sent, beside the server's own work: scanned first where a scanner is configured,
/// and read in a process of its own where there is one.
pub async fn take(readers: &Readers, sent: &Sent) -> Result<Clean, Fault> {
    if sent.too_large {
        return Err(Fault::TooLarge(PAPER_LIMIT >> 20));
    }
    take_by(readers, sent, None).await
}

/// [`clean_picture`] for what a form sent, in the same way.
pub async fn take_picture(readers: &Readers, sent: &Sent, side: u32) -> Result<Clean, Fault> {
    if sent.too_large {
        return Err(Fault::TooLarge(PICTURE_LIMIT >> 20));
    }
    take_by(readers, sent, Some(side)).await
}

async fn take_by(readers: &Readers, sent: &Sent, side: Option<u32>) -> Result<Clean, Fault> {
    let bytes = sent.bytes.clone();
    let kind = Kind::of(&bytes);
    let task = Task {
        name: sent.name.clone(),
        side,
    };
    let _place = readers.rooms.papers.enter().await.ok_or(Fault::Busy)?;
    if let Some(scanner) = &readers.scanner {
        scanner.scan(&bytes).await?;
    }
    if let Some(reader) = &readers.reader {
        return reader.read(&bytes, task).await;
    }
    let read = tokio::task::spawn_blocking(move || task.perform(&bytes)).await;
    read.unwrap_or_else(|_| Err(kind.map_or(Fault::UnknownKind, Fault::Broken)))
}

/// A page of a PDF that is kept, counted from 1, as a JPEG: drawn where the file can break nothing. Wants a place
/// in [`Rooms::pages`] first.
pub async fn draw(readers: &Readers, page: u32, bytes: Bytes) -> Result<Vec<u8>, Undrawn> {
    match &readers.reader {
        Some(reader) => reader.draw(&bytes, page).await,
        None => tokio::task::spawn_blocking(move || draw::draw(&bytes, page, &[]))
            .await
            .map_err(|_| Undrawn::Over)?,
    }
}

/// What a stranger's file is worth, found out where it can break nothing. Wants a place in
/// [`Rooms::strangers`] first.
pub async fn judge(readers: &Readers, judge: Arc<dyn Judge>, bytes: Bytes) -> Result<Judgement, Broke> {
    let Some(reader) = &readers.reader else {
        let judged = tokio::task::spawn_blocking(move || judge.judge(&bytes)).await;
        return judged.map_err(|_| Broke::Over);
    };
    let brief = judge.brief().map_err(|error| {
        tracing::error!(%error, "what files are judged by cannot be handed on");
        Broke::Unread
    })?;
    reader.judge(&bytes, brief).await
}

/// What [`Expert::report`] finds of a sealed document by a brief, found out where it can break nothing: there has
/// to be a reader.
pub async fn report<T: DeserializeOwned>(readers: &Readers, brief: String, bytes: Bytes) -> Result<T, Broke> {
    let reader = readers.reader.as_ref().ok_or(Broke::Unread)?;
    reader.report(&bytes, brief).await
}

/// Why a sheet is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFault {
    /// The sheet itself.
    Sheet(sheet::Fault),
    /// It takes too much memory or time, or its reader broke.
    Over,
    /// The reader cannot be started.
    Unread,
    /// Too many others send sheets just now.
    Busy,
}

impl SheetFault {
    /// The code of its text, `error.…`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sheet(fault) => fault.code(),
            Self::Over => "sheet_over",
            Self::Unread => "file_unscanned",
            Self::Busy => "file_busy",
        }
    }
}

/// The first sheet of a workbook that a form sent, so many columns and rows of it, read where it can break
/// nothing.
pub async fn sheet(
    readers: &Readers,
    sent: &Sent,
    (columns, rows): (usize, usize),
) -> Result<sheet::Table, SheetFault> {
    let bytes = sent.bytes.clone();
    let _place = readers.rooms.sheets.enter().await.ok_or(SheetFault::Busy)?;
    let read = match &readers.reader {
        Some(reader) => reader
            .sheet(&bytes, (columns, rows))
            .await
            .map_err(SheetFault::from)?,
        None => tokio::task::spawn_blocking(move || sheet::read(&bytes, columns, rows))
            .await
            .map_err(|_| SheetFault::Over)?,
    };
    read.map_err(SheetFault::Sheet)
}

impl From<Broke> for SheetFault {
    fn from(broke: Broke) -> Self {
        match broke {
            Broke::Over => Self::Over,
            Broke::Unread => Self::Unread,
        }
    }
}

fn unknown(bytes: &[u8]) -> Fault {
    let brands: [&[u8]; 5] = [b"heic", b"heix", b"mif1", b"msf1", b"hevc"];
    match bytes.get(4..12) {
        Some([b'f', b't', b'y', b'p', brand @ ..]) if brands.contains(&brand) => Fault::Heic,
        _ => Fault::UnknownKind,
    }
}
