//! What can go wrong while sealing. Texts name steps, never contents: they are logged and stored.

/// Why something could not be sealed, issued or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The PDF has not the structure that sealing needs.
    #[error("document: {0}")]
    Document(String),
    /// A certificate, key or signature structure could not be made or read.
    #[error("certificate: {0}")]
    Certificate(String),
    /// Signing failed, here or at whoever holds the key.
    #[error("signing: {0}")]
    Signing(String),
    /// Keys could not be read or kept.
    #[error("keys: {0}")]
    Keys(String),
    /// No time-stamp authority answered as it should.
    #[error("time-stamp: {0}")]
    TimeStamp(String),
}

impl Error {
    pub(crate) fn document(what: impl Into<String>) -> Self {
        Self::Document(what.into())
    }

    pub(crate) fn signing(what: impl Into<String>) -> Self {
        Self::Signing(what.into())
    }
}

impl From<lopdf::Error> for Error {
    fn from(error: lopdf::Error) -> Self {
        Self::Document(error.to_string())
    }
}

impl From<der::Error> for Error {
    fn from(error: der::Error) -> Self {
        Self::Certificate(error.to_string())
    }
}

impl From<x509_cert::builder::Error> for Error {
    fn from(error: x509_cert::builder::Error) -> Self {
        Self::Certificate(error.to_string())
    }
}

impl From<spki::Error> for Error {
    fn from(error: spki::Error) -> Self {
        Self::Certificate(error.to_string())
    }
}

impl From<signature::Error> for Error {
    fn from(error: signature::Error) -> Self {
        Self::Signing(error.to_string())
    }
}
