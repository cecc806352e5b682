//! Forms with files, `multipart/form-data`: fields as in every other form, files beside them. Works without
//! scripts. What is too large is read to its end and dropped, so that the browser gets an answer.

use super::{PAPER_LIMIT, PICTURE_LIMIT, SHEET_LIMIT};
use crate::error::{Error, Result};
use crate::form;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use domain::agreement::form::Input;
use futures::StreamExt;

/// What a form with files may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most bytes of one file.
    pub file: usize,
    /// The most files.
    pub files: usize,
    /// The most bytes of all fields together.
    pub fields: usize,
    /// The most bytes that are read before the sender is told to stop.
    pub body: usize,
}

impl Limits {
    /// Scans, letters, certificates.
    pub const PAPERS: Self = Self {
        file: if PAPER_LIMIT > PICTURE_LIMIT {
            PAPER_LIMIT
        } else {
            PICTURE_LIMIT
        },
        files: 4,
        fields: form::LIMIT,
        body: 48 << 20,
    };
    /// Long texts without files: a form of this sort takes a third of the room of the common one. Far more than
    /// a template may have, so that one that is too long can be shown again instead of being lost.
    pub const FIELDS: Self = Self {
        file: 0,
        files: 0,
        fields: 4 << 20,
        body: 5 << 20,
    };
    /// A sealed document to be verified.
    pub const SEALED: Self = Self {
        file: PAPER_LIMIT,
        files: 1,
        fields: form::LIMIT,
        body: 24 << 20,
    };
    /// A sheet for an import.
    pub const SHEET: Self = Self {
        file: SHEET_LIMIT,
        files: 1,
        fields: form::LIMIT,
        body: 24 << 20,
    };
}

/// A file as it was sent: nothing about it has been believed yet.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The field.
    pub field: String,
    /// The name that the browser gives.
    pub name: String,
    /// The bytes; empty when there were more than the limit.
    pub bytes: Bytes,
    /// Whether there were more bytes than the limit.
    pub too_large: bool,
}

/// The files of a form: `files: Files`, beside `Posted(input)`.
#[derive(Debug, Clone, Default)]
pub struct Files(pub(crate) Vec<Sent>);

impl Files {
    /// The file of a field; nothing when none was chosen.
    pub fn of(&self, field: &str) -> Option<&Sent> {
        self.0.iter().find(|sent| sent.field == field)
    }
}

impl<S: Sync> FromRequestParts<S> for Files {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(parts.extensions.remove::<Self>().unwrap_or_default())
    }
}

/// The boundary of a form with files; nothing for every other body.
pub fn boundary(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(text).ok()
}

/// Reads fields and files.
pub async fn read(body: Body, boundary: String, limits: Limits) -> Result<(Input, Files)> {
    let whole = multer::SizeLimit::new().whole_stream(limits.body as u64);
    let bounds = multer::Constraints::new().size_limit(whole);
    let mut parts = multer::Multipart::with_constraints(body.into_data_stream(), boundary, bounds);
    let (mut fields, mut room) = (Vec::new(), limits.fields);
    let mut files = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|error| unreadable(&error))? {
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            let (bytes, more) = take(part, room).await?;
            if more || fields.len() > 1_000 {
                return Err(Error::TooLarge);
            }
            room -= bytes.len();
            fields.push((field, String::from_utf8_lossy(&bytes).into_owned()));
            continue;
        };
        let (bytes, too_large) = take(part, limits.file).await?;
        // A field in which nothing was chosen comes as a file without name and content.
        if name.is_empty() && bytes.is_empty() && !too_large {
            continue;
        }
        if files.len() == limits.files {
            return Err(Error::TooLarge);
        }
        files.push(Sent {
            field,
            name,
            bytes,
            too_large,
        });
    }
    Ok((fields.into_iter().collect(), Files(files)))
}

/// The bytes of a part, or none when there are more than `most`; read to its end in both cases.
async fn take(mut part: multer::Field<'_>, most: usize) -> Result<(Bytes, bool)> {
    let (mut bytes, mut too_large) = (Vec::new(), false);
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|error| unreadable(&error))?;
        too_large |= bytes.len() + chunk.len() > most;
        if too_large {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((bytes.into(), too_large))
}

fn unreadable(error: &multer::Error) -> Error {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => Error::TooLarge,
        _ => Error::BadRequest,
    }
}
