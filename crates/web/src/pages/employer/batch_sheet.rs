//! The sheet of a batch, pasted or sent: its columns, and its rows as texts by column.

use crate::i18n::{Lang, tk};
use crate::sheet::{self, Value};
use crate::upload::{self, Readers, Sent};
use crate::views::form::FieldError;
use jiff::civil::Date;
use store::batches::MOST;
use unicode_normalization::UnicodeNormalization;

/// A row: its number, and its cells with the names of their columns.
pub type Cells = (i64, Vec<(&'static str, String)>);

/// The columns of a sheet: who it is, then the terms that differ from the template.
pub const COLUMNS: [&str; 12] = [
    "student_no",
    "name",
    "position",
    "work_place",
    "contract_months",
    "probation_months",
    "probation_pay",
    "regular_pay",
    "benefits",
    "report_from",
    "report_to",
    "report_place",
];

/// What a column is called.
pub fn heading(lang: Lang, column: &str) -> String {
    match column {
        "student_no" | "name" => tk(lang, "label", column).into_owned(),
        _ => tk(lang, "term", column).into_owned(),
    }
}

/// A sheet as texts: the number of each row, and its cells by column.
pub type Grid = Vec<(i64, Vec<String>)>;

/// What was pasted.
pub fn pasted(text: &str) -> Grid {
    let lines = (1i64..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .take(MOST + 2)
        .map(|(n, line)| (n, line.split('\t').map(|cell| cell.trim().to_owned()).collect()))
        .collect()
}

/// Columns of a file that are looked at: some more than there are, so that what is wrong can be named.
const WIDTH: usize = COLUMNS.len() + 4;

/// What was sent as a file.
pub async fn unpacked(readers: &Readers, sent: &Sent) -> std::result::Result<Grid, FieldError> {
    if sent.too_large {
        return Err(FieldError::new("file", "sheet_too_large"));
    }
    if !sent.bytes.starts_with(b"PK\x03\x04") {
        return Err(FieldError::new("file", "sheet_not_xlsx"));
    }
    let table = upload::sheet(readers, sent, (WIDTH, MOST + 1)).await;
    let table = table.map_err(|fault| FieldError::new("file", fault.code()))?;
    if let Some((row, column)) = table.beyond {
        return Err(stray("file", (i64::from(row) + 1, column)));
    }
    let text = |value: &Value| match value {
        Value::Text(text) => text.trim().chars().take(2000).collect(),
        // Its last digits are gone: no number and no amount can be read from it.
        Value::Rounded => "?".to_owned(),
        Value::Day(_, day) => day.map_or_else(|| "?".to_owned(), |day| day.to_string()),
    };
    let line = |(n, cells): (u32, sheet::Row)| {
        let width = cells.keys().last().map_or(0, |last| last + 1);
        let cell = |column| cells.get(&column).map(text).unwrap_or_default();
        (i64::from(n) + 1, (0..width).map(cell).collect())
    };
    Ok(table.rows.into_iter().map(line).collect())
}

/// Something stands where no heading says what it is: row from 1, column from 0.
fn stray(field: &str, (row, column): (i64, usize)) -> FieldError {
    FieldError {
        params: vec![("row", row.to_string()), ("column", letters(column))],
        ..FieldError::new(field, "cell_without_heading")
    }
}

/// A column, from 0, as spreadsheets call it: A, Z, AA, XFD.
fn letters(column: usize) -> String {
    let mut name = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        name.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[left % 26]));
        left /= 26;
    }
    name.iter().rev().collect()
}

fn tidy(text: &str) -> String {
    text.trim().nfkc().collect()
}

fn known(name: &str) -> Option<&'static str> {
    let is = |column: &&str| {
        Lang::ALL
            .into_iter()
            .any(|lang| tidy(&heading(lang, column)) == name)
    };
    COLUMNS.into_iter().find(|column| is(column))
}

/// What each column of a heading is; nothing for one without a name, which may hold nothing.
fn columns(head: &[String], field: &str) -> std::result::Result<Vec<Option<&'static str>>, FieldError> {
    let mut columns = Vec::new();
    for name in head.iter().map(|name| tidy(name)) {
        if name.is_empty() {
            columns.push(None);
            continue;
        }
        let Some(column) = known(&name) else {
            let params = vec![("name", name.chars().take(20).collect())];
            return Err(FieldError {
                params,
                ..FieldError::new(field, "unknown_column")
            });
        };
        if columns.contains(&Some(column)) {
            return Err(FieldError::new(field, "column_twice"));
        }
        columns.push(Some(column));
    }
    if !columns.contains(&Some("student_no")) || !columns.contains(&Some("name")) {
        return Err(FieldError::new(field, "columns_missing"));
    }
    Ok(columns)
}

/// The cells of a sheet by the names of its columns; or what is wrong with the sheet as a whole. Nothing that
/// somebody wrote is left out.
pub fn cells(grid: Grid, field: &str) -> std::result::Result<Vec<Cells>, FieldError> {
    let mut lines = grid
        .into_iter()
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let Some((_, head)) = lines.next() else {
        return Err(FieldError::new(field, "required"));
    };
    let columns = columns(&head, field)?;
    let mut rows = Vec::new();
    for (line, values) in lines {
        let mut cells = Vec::new();
        for (at, value) in values.into_iter().enumerate() {
            match columns.get(at).copied().flatten() {
                Some(column) => cells.push((column, value)),
                None if value.is_empty() => {}
                None => return Err(stray(field, (line, at))),
            }
        }
        rows.push((line, cells));
    }
    if rows.is_empty() {
        return Err(FieldError::new(field, "required"));
    }
    if rows.len() > MOST {
        let params = vec![("max", MOST.to_string())];
        return Err(FieldError {
            params,
            ..FieldError::new(field, "too_many_rows")
        });
    }
    Ok(rows)
}

/// `2027/7/1`, as spreadsheets show days, as the form takes it; anything else as it is.
pub fn as_day(text: &str) -> String {
    let plain: String = text.nfkc().collect();
    // A part that is no number makes it no day: it is shown as it was written, and refused.
    let parts: Result<Vec<i16>, _> = plain
        .split(['/', '-', '.'])
        .map(|part| part.trim().parse())
        .collect();
    let day = match parts.as_deref() {
        Ok([year, month, day]) => {
            let small = |n: i16| i8::try_from(n).ok();
            small(*month)
                .zip(small(*day))
                .and_then(|(month, day)| Date::new(*year, month, day).ok())
        }
        _ => None,
    };
    day.map_or(plain, |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_write_it_and_nothing_else_is_made_one() {
        for day in ["2027-07-01", "2027/7/1", "2027.7.1", "２０２７/７/１"] {
            assert_eq!(as_day(day), "2027-07-01", "{day}");
        }
        for none in ["2027-07-01-备注", "2027/x/7/1", "2027/13/1", "七月"] {
            assert_eq!(as_day(none), none);
        }
    }

    fn grid(rows: &[&[&str]]) -> Grid {
        let texts = rows
            .iter()
            .map(|row| row.iter().map(|&cell| cell.to_owned()).collect());
        (1..).zip(texts).collect()
    }

    #[test]
    fn a_column_is_called_as_spreadsheets_call_it() {
        let names = [0, 1, 25, 26, 51, 52, 701, 702, 16_383].map(letters);
        assert_eq!(names, ["A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn a_cell_without_a_heading_is_told_and_empty_ones_are_nothing() {
        let head: &[&str] = &["学号", "", "姓名", "", " "];
        let good = cells(grid(&[head, &["1", "", "甲", "", "", ""]]), "rows").unwrap();
        assert_eq!(
            good[0].1,
            [("student_no", "1".to_owned()), ("name", "甲".to_owned())]
        );
        for (row, column) in [
            (&["1", "x", "甲"][..], "B"),
            (&["1", "", "甲", "x"], "D"),
            (&["1", "", "甲", "", "", "", "x"], "G"),
        ] {
            let error = cells(grid(&[head, &["0", "", "乙"], row]), "rows").unwrap_err();
            assert_eq!(error.code, "cell_without_heading");
            assert_eq!(error.params, [("row", "3".into()), ("column", column.into())]);
        }
    }
}
