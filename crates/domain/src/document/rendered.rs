//! The finished document, and the port of whoever sets it in type.

use super::{Letter, Sheet, Signer};
use crate::sealing::Stamp;
use serde::{Deserialize, Serialize};

/// A document set in type.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The file.
    pub pdf: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
    /// Characters that no font has, once for each page they stand on. The document shows
    /// their code point in their place; somebody should look at it.
    pub missing_glyphs: Vec<MissingGlyph>,
    /// Where each signer's seal or signature belongs.
    pub fields: Vec<FieldRect>,
}

/// A character that no font has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MissingGlyph {
    /// The character.
    pub ch: char,
    /// The page, from 1.
    pub page: usize,
}

/// A rectangle reserved for a seal, in points from the lower left corner of its page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldRect {
    /// Whose it is.
    pub signer: Signer,
    /// The page, from 1.
    pub page: usize,
    /// Left.
    pub x0: f64,
    /// Bottom.
    pub y0: f64,
    /// Right.
    pub x1: f64,
    /// Top.
    pub y1: f64,
}

/// Why a document could not be made. Names places, never contents: it is logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Text of these places of the sheet is nowhere in the finished document.
    #[error("text vanished from the document: {}", .0.join(", "))]
    Vanished(Vec<String>),
    /// The QR code cannot hold what it should.
    #[error("the address to verify at does not fit a QR code")]
    Qr,
    /// The date of the sheet is outside what a PDF can say.
    #[error("the date of the document is out of range")]
    Date,
    /// The typesetter or its fonts failed; a fault of this program.
    #[error("the form could not be set: {0}")]
    Form(String),
}

/// Sets a sheet in type. CPU-bound, some 20–100 ms: call it on a blocking thread, in no
/// request and no transaction.
pub trait Renderer: Send + Sync {
    /// Makes the document. A character without a glyph is reported in the result, not an error.
    fn render(&self, sheet: &Sheet) -> Result<Rendered, RenderError>;

    /// Makes a letter of termination; it has no fields for seals. Whoever prints agreements only refuses.
    fn letter(&self, _letter: &Letter) -> Result<Rendered, RenderError> {
        Err(RenderError::Form("no letters are printed here".into()))
    }

    /// Makes a document that will be signed: after its own pages, which alone are counted, it has one more for
    /// each stamp, as large as the places of the form. [`crate::sealing::Sealer::prepare`] makes of those what is
    /// seen in the places of the signatures; they share the document's fonts that way. A renderer for documents
    /// that nobody seals needs none.
    fn to_sign(&self, _sheet: &Sheet, _stamps: &[Stamp]) -> Result<Rendered, RenderError> {
        Err(RenderError::Form("no stamps are made here".into()))
    }
}
