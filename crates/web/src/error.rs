//! The one error of the door and what it answers. A foreign object and an absent one answer alike.
//!
//! [`Error`] becomes a [`Problem`] in the response; `boundary` makes the page of it and writes the log.

use crate::upload::Undrawn;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::agreement::Refusal;
use domain::policy::Denial;
use std::sync::Arc;

/// What a handler returns.
pub type Result<T = Response, E = Error> = std::result::Result<T, E>;

/// Why a request is not answered with what it asked for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// It does not exist, or not for this person.
    #[error("not found")]
    NotFound,
    /// There is nothing here for this method.
    #[error("method not allowed")]
    Method,
    /// The person may see it, but this is for others to do.
    #[error("not allowed")]
    NotAllowed,
    /// Nobody is signed in; the login page of this area is next.
    #[error("not signed in")]
    SignIn(&'static str),
    /// The password has to be changed before anything else.
    #[error("the password is due")]
    PasswordDue,
    /// The form did not come from a page of ours, or from one that is too old.
    #[error("form token or origin does not fit")]
    Token,
    /// The form could not be read.
    #[error("bad request")]
    BadRequest,
    /// More than a form may hold.
    #[error("too large")]
    TooLarge,
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany,
    /// Somebody else changed it first.
    #[error("changed in the meantime")]
    Stale,
    /// The rules refused the command.
    #[error("refused: {}", .0.code())]
    Refused(Refusal),
    /// It took too long.
    #[error("timed out")]
    Timeout,
    /// Too much is being done already.
    #[error("busy")]
    Busy {
        /// Whether a file was sent, which has to be chosen again.
        file: bool,
    },
    /// A page of a file cannot be shown as a picture.
    #[error("not drawn: {0}")]
    Undrawn(Undrawn),
    /// A fault of ours.
    #[error("internal")]
    Internal(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A fault of ours.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(error.into()))
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::Refused(Refusal::Foreign) => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAllowed | Self::Token | Self::Refused(Refusal::NotAllowed) => StatusCode::FORBIDDEN,
            Self::SignIn(_) | Self::PasswordDue => StatusCode::SEE_OTHER,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Stale | Self::Refused(_) => StatusCode::CONFLICT,
            Self::Undrawn(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Timeout | Self::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code of its texts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound | Self::Refused(Refusal::Foreign) => "not_found",
            Self::Method => "method",
            Self::NotAllowed | Self::Refused(Refusal::NotAllowed) => "not_allowed",
            Self::SignIn(_) => "sign_in",
            Self::PasswordDue => "password_due",
            Self::Token => "token",
            Self::BadRequest => "bad_request",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::Stale => "stale",
            Self::Refused(_) => "refused",
            Self::Timeout => "timeout",
            Self::Busy { .. } => "busy",
            Self::Undrawn(_) => "undrawn",
            Self::Internal(_) => "internal",
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::NotFound,
            // Every unique index here guards something that somebody else took first.
            store::Error::Stale | store::Error::Unique(_) => Self::Stale,
            store::Error::Refused(refusal) => refusal.into(),
            other => Self::internal(other),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Denial> for Error {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::Foreign => Self::NotFound,
            Denial::NotAllowed => Self::NotAllowed,
        }
    }
}

/// An error on its way out; `boundary` turns it into a page.
#[derive(Debug, Clone)]
pub struct Problem(pub Error);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(login) => Redirect::to(login).into_response(),
            Self::PasswordDue => Redirect::to("/password").into_response(),
            other => {
                let mut response = other.status().into_response();
                response.extensions_mut().insert(Problem(other));
                response
            }
        }
    }
}
