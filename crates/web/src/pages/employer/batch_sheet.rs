//! The sheet of a batch, pasted or sent: its columns, and its rows as texts by column.

use crate::i18n::{Lang, tk};
use crate::sheet::{self, Value};
use crate::upload::Sent;
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

/// What was sent as a file.
pub fn unpacked(sent: &Sent) -> std::result::Result<Grid, FieldError> {
    if sent.too_large {
        return Err(FieldError::new("file", "sheet_too_large"));
    }
    if !sent.bytes.starts_with(b"PK\x03\x04") {
        return Err(FieldError::new("file", "sheet_not_xlsx"));
    }
    let rows = sheet::rows(&sent.bytes, COLUMNS.len() + 4, MOST + 1);
    let rows = rows.map_err(|fault| FieldError::new("file", fault.code()))?;
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
    Ok(rows.into_iter().map(line).collect())
}

/// The cells of a sheet by the names of its columns; or what is wrong with the sheet as a whole.
pub fn cells(grid: Grid, field: &str) -> std::result::Result<Vec<Cells>, FieldError> {
    let mut lines = grid
        .into_iter()
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let Some((_, head)) = lines.next() else {
        return Err(FieldError::new(field, "required"));
    };
    let tidy = |text: &str| text.trim().nfkc().collect::<String>();
    let known = |name: &str| {
        let is = |column: &&str| {
            Lang::ALL
                .into_iter()
                .any(|lang| tidy(&heading(lang, column)) == name)
        };
        COLUMNS.into_iter().find(|column| is(column))
    };
    let mut columns = Vec::new();
    for name in head.iter().map(|name| tidy(name)) {
        let Some(column) = known(&name) else {
            let params = vec![("name", name.chars().take(20).collect())];
            return Err(FieldError {
                params,
                ..FieldError::new(field, "unknown_column")
            });
        };
        if columns.contains(&column) {
            return Err(FieldError::new(field, "column_twice"));
        }
        columns.push(column);
    }
    if !columns.contains(&"student_no") || !columns.contains(&"name") {
        return Err(FieldError::new(field, "columns_missing"));
    }
    let read = |(line, values): (i64, Vec<String>)| (line, columns.iter().copied().zip(values).collect());
    let rows: Vec<_> = lines.map(read).collect();
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
    use super::as_day;

    #[test]
    fn a_day_is_read_as_people_write_it_and_nothing_else_is_made_one() {
        for day in ["2027-07-01", "2027/7/1", "2027.7.1", "２０２７/７/１"] {
            assert_eq!(as_day(day), "2027-07-01", "{day}");
        }
        for none in ["2027-07-01-备注", "2027/x/7/1", "2027/13/1", "七月"] {
            assert_eq!(as_day(none), none);
        }
    }
}
