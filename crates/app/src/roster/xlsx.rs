//! Rosters as xlsx: the cells as [`web::sheet`] reads them, tidied as every cell of a roster is.

use super::FileError;
use super::sheet::{Cell, MAX_COLUMNS, MAX_ROWS, Sheet};
use web::sheet::{self, Fault, Value};

/// Reads the first sheet.
pub fn read(bytes: &[u8]) -> Result<Sheet, FileError> {
    let mut found = Sheet::default();
    let read = sheet::read(bytes, MAX_COLUMNS, MAX_ROWS + 1).map_err(said)?;
    for (row, cells) in read.rows {
        let tidy = |(column, value)| read_cell(value).map(|cell| (column, cell));
        found.push(row + 1, cells.into_iter().filter_map(tidy).collect())?;
    }
    Ok(found)
}

fn said(fault: Fault) -> FileError {
    match fault {
        Fault::Broken => "不是有效的 xlsx 文件；请另存为 xlsx 或 CSV UTF-8",
        Fault::TooManyParts => "xlsx 内的文件太多",
        Fault::TooLarge => "xlsx 解压后太大",
        Fault::Dtd => "xlsx 含有不允许的内容（DTD）",
    }
    .into()
}

fn read_cell(value: Value) -> Option<Cell> {
    match value {
        Value::Text(text) => Cell::text(&text),
        Value::Rounded => Some(Cell::Rounded),
        // No column of a roster holds a day: what looks like one is a number in the wrong dress.
        Value::Day(serial, _) => read_cell(sheet::whole(serial)),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::fmt::Write as _;
    use std::io::Cursor;
    use std::io::Write as _;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
    const RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    const BOOK_RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

    fn package(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn with_sheet(data: &str) -> Vec<u8> {
        let sheet = format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{data}</sheetData></worksheet>"#
        );
        package(&[
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", RELS),
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS),
            ("xl/worksheets/sheet1.xml", &sheet),
        ])
    }

    /// A workbook with these rows; a cell that starts with `#` is a number.
    pub fn workbook(rows: &[&[&str]]) -> Vec<u8> {
        let mut data = String::new();
        for (row, cells) in (1..).zip(rows) {
            write!(data, r#"<row r="{row}">"#).unwrap();
            for (column, cell) in ('A'..).zip(*cells) {
                match cell.strip_prefix('#') {
                    Some(number) => write!(data, r#"<c r="{column}{row}"><v>{number}</v></c>"#),
                    None => write!(
                        data,
                        r#"<c r="{column}{row}" t="inlineStr"><is><t>{cell}</t></is></c>"#
                    ),
                }
                .unwrap();
            }
            data.push_str("</row>");
        }
        with_sheet(&data)
    }

    #[test]
    fn text_and_numbers_are_read_as_people_typed_them() {
        let sheet = read(&workbook(&[
            &["学号", "手机", "证件号码"],
            &["#20260001", "#13912345678", "#1.1010519491231E+17"],
            &["00012", "", "11010519491231002X"],
        ]))
        .unwrap();
        assert_eq!(sheet.header, ["学号", "手机", "证件号码"]);
        let first = &sheet.lines[0];
        assert_eq!(first.row, 2);
        assert_eq!(first.cells[&0], Cell::Text("20260001".into()));
        assert_eq!(first.cells[&1], Cell::Text("13912345678".into()));
        assert_eq!(first.cells[&2], Cell::Rounded);
        assert_eq!(sheet.lines[1].cells.keys().collect::<Vec<_>>(), [&0, &2]);
    }

    #[test]
    fn a_cell_at_the_far_corner_costs_nothing() {
        let sheet = read(&with_sheet(
            r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#,
        ))
        .unwrap();
        assert!(sheet.lines.is_empty());
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = package(&[("xl/workbook.xml", &" ".repeat(8 << 20))]);
        assert!(bomb.len() < 20_000);
        assert_eq!(read(&bomb).unwrap_err().0, "xlsx 解压后太大");
    }

    #[test]
    fn too_many_parts_or_a_document_type_are_refused() {
        let names: Vec<String> = (0..201).map(|i| format!("a{i}")).collect();
        let parts: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
        assert_eq!(read(&package(&parts)).unwrap_err().0, "xlsx 内的文件太多");
        let dtd = package(&[(
            "xl/workbook.xml",
            "<?xml version='1.0'?><!doctype a [<!ENTITY b 'c'>]><a/>",
        )]);
        assert!(read(&dtd).unwrap_err().0.contains("DTD"));
    }

    #[test]
    fn rubbish_is_refused_without_a_panic() {
        let good = workbook(&[&["学号"], &["1"]]);
        for cut in (0..good.len()).step_by(7) {
            let _ = read(&good[..cut]);
            let mut bad = good.clone();
            bad[cut] ^= 0x5A;
            let _ = read(&bad);
        }
    }
}
