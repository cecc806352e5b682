//! What can go wrong in the memory, in the words of its callers.

/// An error of the store. The first variants are expected and meant for the user;
/// the rest is one bucket for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The row does not exist, or not for this school.
    #[error("not found")]
    NotFound,
    /// Somebody changed the row in the meantime (the version did not match).
    #[error("changed in the meantime")]
    Stale,
    /// What the person had before them has been replaced since (an employer's certificate).
    #[error("replaced in the meantime")]
    Replaced,
    /// A unique index refused the row. Holds the name of the index, the same on both engines;
    /// a primary key is `<table>_pkey`.
    #[error("not unique: {0}")]
    Unique(String),
    /// A foreign key refused the change: the row it names does not exist, or is still named.
    #[error("a referenced row is missing")]
    Foreign,
    /// The rules refused the command.
    #[error("refused by the rules")]
    Refused(domain::agreement::Refusal),
    /// What was read cannot be what was written.
    #[error("corrupt data: {0}")]
    Corrupt(String),
    /// A statement was run after another had failed in the same transaction.
    #[error("the transaction has already failed")]
    Aborted,
    /// The handler panicked; its changes are rolled back.
    #[error("a handler panicked")]
    Panicked,
    /// The handler waited for something other than its connection, which would hold up every writer.
    #[error("a handler waited inside a transaction")]
    Waited,
    /// The changes were accepted, but not made durable; nothing of them remains.
    #[error("could not commit: {0}")]
    Commit(String),
    /// The store is shut down.
    #[error("the store is closed")]
    Closed,
    /// The key file is missing, unreadable or open to others.
    #[error("keys: {0}")]
    Keys(String),
    /// A stored file could not be written or read.
    #[error("file store")]
    Files(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The configuration cannot work.
    #[error("configuration: {0}")]
    Config(String),
    /// The database answered with an error.
    #[error("database")]
    Db(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub(crate) fn db(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Db(error.into())
    }

    /// Whether this is the refusal of the unique index `name`.
    pub fn is_unique(&self, name: &str) -> bool {
        matches!(self, Self::Unique(index) if index == name)
    }
}

impl From<domain::agreement::Refusal> for Error {
    fn from(refusal: domain::agreement::Refusal) -> Self {
        Self::Refused(refusal)
    }
}
