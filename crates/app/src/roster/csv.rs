//! Rosters as csv in UTF-8, with or without a byte-order mark.

use super::FileError;
use super::sheet::{Cell, MAX_COLUMNS, Sheet};

/// Reads the text.
pub fn read(bytes: &[u8]) -> Result<Sheet, FileError> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| FileError("不是 UTF-8 编码；请另存为 CSV UTF-8".into()))?;
    if text.contains('\0') {
        return Err("不是文本文件".into());
    }
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(sheet),
            Err(error) => return Err(FileError(format!("无法读取：{error}"))),
        }
        let row = record
            .position()
            .map_or(0, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
        let cells = record.iter().take(MAX_COLUMNS).enumerate();
        sheet.push(
            row,
            cells
                .filter_map(|(place, raw)| Some((place, Cell::text(raw)?)))
                .collect(),
        )?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_the_numbers_that_a_spreadsheet_program_shows() {
        let sheet = read("\u{FEFF}学号,姓名\r\n\r\n001,\"张,三\"\r\n,,\r\n002,李四\r\n".as_bytes()).unwrap();
        assert_eq!(sheet.header, ["学号", "姓名"]);
        let rows: Vec<_> = sheet.lines.iter().map(|line| line.row).collect();
        assert_eq!(rows, [3, 5]);
        assert_eq!(sheet.lines[0].cells[&1], Cell::Text("张,三".into()));
    }

    #[test]
    fn another_encoding_is_refused() {
        assert!(read(&[0xD1, 0xA7, 0xBA, 0xC5]).unwrap_err().0.contains("UTF-8"));
        assert!(read(b"a\0b").is_err());
    }

    #[test]
    fn too_many_rows_are_refused() {
        let text = format!("学号\n{}", "1\n".repeat(20_001));
        assert!(read(text.as_bytes()).unwrap_err().0.contains("20000"));
    }
}
