//! Packs a finished file: the typesetter writes every object by itself; in object streams (ISO 32000-2, 7.5.7) the
//! structure for screen readers takes a seventh of the room.

use domain::document::RenderError;
use lopdf::{Document, SaveOptions};

/// The same document in fewer bytes.
pub fn pack(pdf: &[u8]) -> Result<Vec<u8>, RenderError> {
    let broken = |_| RenderError::Form("the finished file cannot be read again".into());
    let mut document = Document::load_mem(pdf).map_err(broken)?;
    let options = SaveOptions::builder()
        .use_object_streams(true)
        .use_xref_streams(true)
        .max_objects_per_stream(usize::MAX)
        .compression_level(6)
        .build();
    let mut packed = Vec::with_capacity(pdf.len());
    document
        .save_with_options(&mut packed, options)
        .map_err(|_| RenderError::Form("the finished file cannot be packed".into()))?;
    Ok(packed)
}
