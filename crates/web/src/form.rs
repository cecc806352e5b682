//! The body of a change, already read and checked by the guard.

use crate::error::Error;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::agreement::form::Input;

/// The most bytes a form may have.
pub const LIMIT: usize = 256 * 1024;

/// The fields of the submitted form: `Form(input): Form`. The token has been checked by the guard.
#[derive(Debug, Clone)]
pub struct Form(pub Input);

impl<S: Sync> FromRequestParts<S> for Form {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.remove::<Form>().ok_or(Error::BadRequest)
    }
}

/// Reads a form from the bytes of a body. Values that are not UTF-8 get replacement characters.
pub fn parse(bytes: &[u8]) -> Input {
    form_urlencoded::parse(bytes).into_owned().collect()
}
