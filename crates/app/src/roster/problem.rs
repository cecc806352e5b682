//! What is wrong with a roster, in words for the person who made it.

use std::fmt;

/// A file that cannot be read as a roster at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError(pub String);

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FileError {}

impl From<&str> for FileError {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A mistake in one cell. It never repeats the cell: that may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Row of the file, from 1, the header included.
    pub row: u32,
    /// Title of the column.
    pub column: &'static str,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第 {} 行「{}」：{}", self.row, self.column, self.message)
    }
}
