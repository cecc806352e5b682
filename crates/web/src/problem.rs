//! The page of an error.

use crate::error::Error;
use crate::views::frame::Frame;
use crate::views::part::denied_text;
use crate::views::public::error::{self, ErrorKind, ErrorPage};
use axum::http::StatusCode;
use maud::Markup;

/// The page; `id` is the request's number, shown where a fault is ours.
pub fn page(frame: &Frame, error: &Error, id: &str) -> Markup {
    let status = error.status();
    let detail = match error {
        Error::Refused(refusal) if status == StatusCode::CONFLICT => denied_text(frame.lang, refusal),
        _ => String::new(),
    };
    let kind = kind(status);
    let request = if kind == ErrorKind::Internal {
        id.to_owned()
    } else {
        String::new()
    };
    error::page(
        frame,
        &ErrorPage {
            kind,
            detail,
            back: None,
            request,
        },
    )
}

fn kind(status: StatusCode) -> ErrorKind {
    match status {
        StatusCode::NOT_FOUND => ErrorKind::NotFound,
        StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorKind::TooLarge,
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::TooMany,
        StatusCode::CONFLICT => ErrorKind::Conflict,
        StatusCode::UNPROCESSABLE_ENTITY => ErrorKind::Refused,
        StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Unavailable,
        StatusCode::INTERNAL_SERVER_ERROR => ErrorKind::Internal,
        _ => ErrorKind::BadRequest,
    }
}
