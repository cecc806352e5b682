//! The page of an error.

use crate::error::Error;
use crate::pages::shared::conflict;
use crate::views::frame::Frame;
use crate::views::part::denied_text;
use crate::views::public::error::{self, ErrorKind, ErrorPage};
use axum::http::StatusCode;
use domain::ids::AgreementId;
use maud::Markup;

/// The page; `id` is the request's number, shown where a fault is ours.
pub fn page(frame: &Frame, error: &Error, id: &str) -> Markup {
    let status = error.status();
    let detail = match error {
        Error::Refused(refusal) if status == StatusCode::CONFLICT => denied_text(frame.lang, refusal),
        _ => String::new(),
    };
    let kind = match error {
        Error::Refused(refusal) if status == StatusCode::CONFLICT => conflict::kind(refusal),
        Error::Busy { file: false } => ErrorKind::Busy,
        Error::Busy { file: true } => ErrorKind::BusyFile,
        Error::Undrawn(_) => ErrorKind::Undrawn,
        _ => kind(status),
    };
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
            back: agreement(&frame.path).filter(|_| matches!(kind, ErrorKind::Conflict | ErrorKind::Denied)),
            request,
        },
    )
}

/// The page of the agreement that an address belongs to.
fn agreement(path: &str) -> Option<String> {
    let (list, rest) = path.split_once("/agreements/")?;
    let (id, _) = rest.split_once('/')?;
    let id: AgreementId = id.parse().ok()?;
    Some(format!("{list}/agreements/{id}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_the_agreement() {
        let id = "01a20908-1798-7000-9a1d-b97b01815d03";
        let page = format!("/employer/10999/2027/agreements/{id}");
        assert_eq!(agreement(&format!("{page}/termination?x=1")), Some(page));
        assert_eq!(agreement(&format!("/student/agreements/{id}")), None);
        assert_eq!(agreement("/student/agreements/x/termination"), None);
        assert_eq!(agreement("/student"), None);
    }
}
