//! Lists as Excel files. Every text is a text cell, and one that a spreadsheet could take for a formula is
//! quoted besides, so that it stays a text when the cell is edited or the sheet is saved as csv.

use crate::error::{Error, Result};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::cells::like_formula;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// The most rows of a file; who needs more narrows the list.
pub const MOST: usize = 10_000;
/// Rows read at once.
pub const CHUNK: u64 = 500;
/// Widest column, in characters.
const WIDEST: usize = 40;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A sheet to be written.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The heads of the columns.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// A line under them, when the list was cut.
    pub note: Option<String>,
}

/// The file's bytes.
pub fn workbook(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let quoted = Format::new().set_quote_prefix();
    let page = book.add_worksheet();
    page.set_name(&sheet.name)?;
    page.set_freeze_panes(1, 0)?;
    for (column, head) in (0u16..).zip(&sheet.head) {
        page.write_string_with_format(0, column, head, &bold)?;
        let widest = sheet
            .rows
            .iter()
            .take(200)
            .map(|row| width(row.get(usize::from(column))));
        let wide = widest.max().unwrap_or(0).max(head.chars().count() * 2);
        page.set_column_width(
            column,
            f64::from(u8::try_from(wide.min(WIDEST) + 2).unwrap_or(42)),
        )?;
    }
    for (at, row) in (1u32..).zip(&sheet.rows) {
        for (column, cell) in (0u16..).zip(row) {
            match cell {
                Cell::Text(text) if like_formula(text) => {
                    page.write_string_with_format(at, column, text, &quoted)?
                }
                Cell::Text(text) => page.write_string(at, column, text)?,
                Cell::Number(number) => page.write_number(at, column, *number)?,
            };
        }
    }
    if let Some(note) = &sheet.note {
        let below = u32::try_from(sheet.rows.len() + 2).unwrap_or(u32::MAX);
        page.write_string(below, 0, note)?;
    }
    book.save_to_buffer()
}

/// Chinese characters are twice as wide as Latin ones.
fn width(cell: Option<&Cell>) -> usize {
    match cell {
        Some(Cell::Text(text)) => text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum(),
        Some(Cell::Number(_)) => 10,
        None => 0,
    }
}

/// The answer with the file; made on a blocking thread.
pub async fn answer(sheet: Sheet, ascii_name: &str) -> Result {
    let made = tokio::task::spawn_blocking(move || workbook(&sheet)).await;
    let bytes = made.map_err(Error::internal)?.map_err(Error::internal)?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    );
    let name: String = ascii_name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
        .collect();
    let saved = format!("attachment; filename=\"{name}\"");
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::try_from(saved).map_err(Error::internal)?,
    );
    Ok(response)
}
