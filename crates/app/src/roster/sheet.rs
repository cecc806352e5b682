//! A roster as raw cells, whichever kind of file it came in, with the limits on untrusted files
//! (`security.md` 7).

use super::{FileError, csv, xlsx};
use std::collections::BTreeMap;

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 5 << 20;
/// The most rows below the header.
pub const MAX_ROWS: usize = 20_000;
/// The most columns that are looked at.
pub const MAX_COLUMNS: usize = 256;
/// The longest text of a cell, in characters.
const MAX_CELL: usize = 500;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text, trimmed; never empty.
    Text(String),
    /// A number that the spreadsheet program has already rounded: its last digits are gone.
    Rounded,
    /// More text than any cell of a roster has.
    TooLong,
}

/// One row below the header; empty cells are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Row of the file, from 1.
    pub row: u32,
    /// The cells, by column from 0.
    pub cells: BTreeMap<usize, Cell>,
}

/// A roster as raw cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The titles of the columns.
    pub header: Vec<String>,
    /// The rows that hold anything.
    pub lines: Vec<Line>,
}

/// Reads a csv file (UTF-8) or an xlsx file; its bytes decide which.
pub fn read(bytes: &[u8]) -> Result<Sheet, FileError> {
    if bytes.len() > MAX_BYTES {
        return Err("文件超过 5 MiB".into());
    }
    match bytes {
        [] => Err("文件是空的".into()),
        [b'P', b'K', 3, 4, ..] => xlsx::read(bytes),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err("这是旧版 xls 或加密的文件；请另存为 xlsx 或 CSV UTF-8".into()),
        _ => csv::read(bytes),
    }
}

impl Cell {
    /// The text of a cell, tidied: no blanks around it, no apostrophe that only marks text.
    pub fn text(raw: &str) -> Option<Self> {
        let blank = |c: char| c.is_whitespace() || c == '\u{FEFF}';
        let text = raw.trim_matches(blank);
        let text = text.strip_prefix('\'').unwrap_or(text).trim_matches(blank);
        match text.chars().take(MAX_CELL + 1).count() {
            0 => None,
            1..=MAX_CELL => Some(Self::Text(text.to_owned())),
            _ => Some(Self::TooLong),
        }
    }
}

impl Sheet {
    /// Takes one row: the first that holds anything is the header.
    pub fn push(&mut self, row: u32, cells: BTreeMap<usize, Cell>) -> Result<(), FileError> {
        if cells.is_empty() {
            return Ok(());
        }
        if self.header.is_empty() {
            let width = cells.keys().last().map_or(0, |last| last + 1);
            self.header = vec![String::new(); width];
            for (place, cell) in cells {
                if let Cell::Text(text) = cell {
                    self.header[place] = text;
                }
            }
            return Ok(());
        }
        if self.lines.len() == MAX_ROWS {
            return Err("超过 20000 行，请分成几个文件".into());
        }
        self.lines.push(Line { row, cells });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide_what_a_file_is() {
        assert_eq!(read(b"").unwrap_err().0, "文件是空的");
        assert_eq!(read(&vec![b'a'; MAX_BYTES + 1]).unwrap_err().0, "文件超过 5 MiB");
        assert!(read(&[0xD0, 0xCF, 0x11, 0xE0, 0]).unwrap_err().0.contains("xls"));
        assert!(read(b"PK\x03\x04rubbish").is_err());
        assert_eq!(read("学号\n1".as_bytes()).unwrap().lines.len(), 1);
    }

    #[test]
    fn a_cell_is_tidied() {
        let text = |raw| match Cell::text(raw) {
            Some(Cell::Text(text)) => text,
            other => format!("{other:?}"),
        };
        assert_eq!(text("\t'0012\u{3000}"), "0012");
        assert_eq!(text(" \u{A0} "), "None");
        assert_eq!(text(&"字".repeat(501)), "Some(TooLong)");
    }
}
