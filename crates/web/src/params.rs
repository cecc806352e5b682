//! What the address says: identifiers (one that cannot be read is an absent object) and the query.

use crate::error::Error;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use domain::agreement::form::Input;
use domain::ids::{AgreementId, StudentId, UploadId};
use std::str::FromStr;

/// A path parameter by name.
pub async fn raw(parts: &mut Parts, name: &str) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    params
        .iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// An identifier that stands in addresses.
pub trait PathId: FromStr + Send {
    /// The name of its parameter.
    const NAME: &'static str;
}

impl PathId for AgreementId {
    const NAME: &'static str = "id";
}

impl PathId for StudentId {
    const NAME: &'static str = "student";
}

impl PathId for UploadId {
    const NAME: &'static str = "file";
}

/// The identifier in the address: `Id(id): Id<AgreementId>`.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: PathId, S: Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let text = raw(parts, T::NAME).await.ok_or(Error::NotFound)?;
        text.parse().map(Self).map_err(|_| Error::NotFound)
    }
}

/// The last parameter of the address, as text: `PathText(code): PathText`.
#[derive(Debug, Clone)]
pub struct PathText(pub String);

impl<S: Sync> FromRequestParts<S> for PathText {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let params = RawPathParams::from_request_parts(parts, &())
            .await
            .map_err(|_| Error::NotFound)?;
        params
            .iter()
            .last()
            .map(|(_, value)| Self(value.to_owned()))
            .ok_or(Error::NotFound)
    }
}

/// The query of the address, read like a form: `Query(asked): Query`.
#[derive(Debug, Clone, Default)]
pub struct Query(pub Input);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or("");
        Ok(Self(
            form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        ))
    }
}
