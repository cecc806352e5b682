//! Sheets that people send, read cell by cell (`docs/decisions/0006`). The package is measured before it is
//! parsed; cells are never read as a rectangle, because a single cell at the far corner would make it a huge
//! one. What a cell may hold, and how it is said when it does not, is for whoever reads the rows.

use calamine::{DataRef, Reader, Xlsx};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use zip::ZipArchive;

const MAX_ENTRIES: usize = 200;
const MAX_UNPACKED: u64 = 64 << 20;
const MAX_RATIO: u64 = 100;
/// Whole numbers up to here are exact in a spreadsheet (15 digits).
const EXACT: f64 = 1e15;

/// Why a package is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// Not a workbook, or a damaged one.
    #[error("not a workbook")]
    Broken,
    /// More parts than a workbook needs.
    #[error("too many parts")]
    TooManyParts,
    /// Far more unpacked than packed.
    #[error("too large when unpacked")]
    TooLarge,
    /// It names a document type, which no workbook does.
    #[error("a document type")]
    Dtd,
}

impl Fault {
    /// The code of its text.
    pub fn code(self) -> &'static str {
        match self {
            Self::Broken => "sheet_broken",
            Self::TooManyParts => "sheet_parts",
            Self::TooLarge => "sheet_bomb",
            Self::Dtd => "sheet_dtd",
        }
    }
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// A text, or a number as people typed it: `20261234`, not `2.0261234E7`.
    Text(String),
    /// A number that the spreadsheet program has already rounded: its last digits are gone.
    Rounded,
    /// A day; the number that stands for it, and the day where there is one.
    Day(f64, Option<Date>),
}

/// The cells of a row, by column from 0.
pub type Row = BTreeMap<usize, Value>;

/// What was read of the first sheet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The rows that hold anything, with their number from 0.
    pub rows: Vec<(u32, Row)>,
    /// Row and column, from 0, of the first cell that holds something and was not looked at.
    pub beyond: Option<(u32, usize)>,
}

/// Reads the first sheet: at most `most` rows and one more. What is in columns from `columns` on is not read,
/// only noticed.
pub fn read(bytes: &[u8], columns: usize, most: usize) -> Result<Table, Fault> {
    measure(bytes)?;
    // The parser is other people's code and the file is untrusted: a panic is one more way to be refused.
    let parsed = catch_unwind(AssertUnwindSafe(|| parse(bytes, columns, most)));
    parsed.unwrap_or(Err(Fault::Broken))
}

/// Unpacks every entry once, counting what really comes out.
fn measure(bytes: &[u8]) -> Result<(), Fault> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fault::Broken)?;
    if package.len() > MAX_ENTRIES {
        return Err(Fault::TooManyParts);
    }
    let mut left = MAX_UNPACKED.min(bytes.len() as u64 * MAX_RATIO);
    let mut content = Vec::new();
    for entry in 0..package.len() {
        content.clear();
        let file = package.by_index(entry).map_err(|_| Fault::Broken)?;
        file.take(left + 1)
            .read_to_end(&mut content)
            .map_err(|_| Fault::Broken)?;
        left = left.checked_sub(content.len() as u64).ok_or(Fault::TooLarge)?;
        if content
            .windows(9)
            .any(|part| part.eq_ignore_ascii_case(b"<!DOCTYPE"))
        {
            return Err(Fault::Dtd);
        }
    }
    Ok(())
}

fn parse(bytes: &[u8], columns: usize, most: usize) -> Result<Table, Fault> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| Fault::Broken)?;
    let first = book.sheet_names().first().cloned().ok_or(Fault::Broken)?;
    let mut cells = book.worksheet_cells_reader(&first).map_err(|_| Fault::Broken)?;
    let (mut found, mut at, mut line) = (Table::default(), 0, Row::new());
    while let Some(cell) = cells.next_cell().map_err(|_| Fault::Broken)? {
        let (row, column) = cell.get_position();
        if row != at {
            if !line.is_empty() {
                found.rows.push((at, std::mem::take(&mut line)));
            }
            at = row;
        }
        if found.rows.len() > most {
            return Ok(found);
        }
        let (Some(value), column) = (value(cell.get_value()), column as usize) else {
            continue;
        };
        if column < columns {
            line.insert(column, value);
        } else if found.beyond.is_none() && !value.is_blank() {
            found.beyond = Some((row, column));
        }
    }
    if !line.is_empty() {
        found.rows.push((at, line));
    }
    Ok(found)
}

impl Value {
    fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

fn value(cell: &DataRef<'_>) -> Option<Value> {
    match cell {
        DataRef::SharedString(text) => Some(Value::Text((*text).to_owned())),
        DataRef::Int(number) => Some(Value::Text(number.to_string())),
        DataRef::Float(number) => Some(whole(*number)),
        DataRef::Bool(_) | DataRef::Error(_) => Some(Value::Text("?".into())),
        DataRef::DateTime(date) => Some(Value::Day(date.as_f64(), day(date.as_f64()))),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Some(Value::Text(text.clone()))
        }
        DataRef::Empty => None,
    }
}

/// A number as a cell.
pub fn whole(number: f64) -> Value {
    if number.abs() >= EXACT {
        Value::Rounded
    } else {
        Value::Text(number.to_string())
    }
}

/// The day of a serial number, which counts from the last day but one of 1899.
fn day(serial: f64) -> Option<Date> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is asked for first")]
    let days = (0.0..100_000.0).contains(&serial).then_some(serial as i64)?;
    jiff::civil::date(1899, 12, 30).checked_add(days.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_a_day() {
        assert_eq!(day(46_569.0), Some(jiff::civil::date(2027, 7, 1)));
        assert_eq!(day(-1.0), None);
        assert_eq!(day(1e9), None);
    }
}
