//! `/assets/{file}`: embedded files, named by their content, kept by browsers for ever.

use crate::error::{Error, Result};
use crate::views::assets;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The file.
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result {
    let file = assets::lookup(&name).ok_or(Error::NotFound)?;
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let packed = accepted
        .split(',')
        .any(|coding| coding.split(';').next().is_some_and(|name| name.trim() == "gzip"));
    let mut response = if packed { file.gzip } else { file.bytes }.into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(Response::from(response))
}
