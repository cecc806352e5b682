//! Answers that are not simply a page.

use crate::error::Result;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

/// The page again with what was typed and what is wrong: status 422.
pub fn unprocessable(page: Markup) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// When to try again after [`busy`], in seconds.
pub const LATER: HeaderValue = HeaderValue::from_static("15");

/// The page again because too much is being done already: status 503, to be tried again soon.
pub fn busy(page: Markup) -> Response {
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, page).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, LATER);
    response
}

/// 303 to a path of ours.
pub fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A PDF, shown by the browser; it is a document of its own and may load nothing.
pub fn pdf(bytes: impl Into<axum::body::Body>, ascii_name: &str) -> Result {
    let name: String = ascii_name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
        .collect();
    let mut response = Response::new(bytes.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    if let Ok(value) = HeaderValue::try_from(format!("inline; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Whether a path from a form leads to a page of ours and nowhere else.
pub fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n', '\t'])
        && path.is_ascii()
}

/// The path if it is one of ours, another one if not.
pub fn local_or<'a>(path: &'a str, other: &'a str) -> &'a str {
    if is_local(path) { path } else { other }
}
