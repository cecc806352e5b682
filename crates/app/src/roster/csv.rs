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
    let (mut row, mut end) = (0, 0);
    while reader
        .read_record(&mut record)
        .map_err(|error| FileError(format!("无法读取：{error}")))?
    {
        row += 1 + blank_lines(text, end);
        end = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let cells = record.iter().take(MAX_COLUMNS).enumerate();
        sheet.push(
            row,
            cells
                .filter_map(|(place, raw)| Some((place, Cell::text(raw)?)))
                .collect(),
        )?;
    }
    Ok(sheet)
}

/// The empty lines after a record that ended at byte `end`: a spreadsheet program counts them as rows,
/// the reader passes over them. The record may have ended between CR and LF.
fn blank_lines(text: &str, end: usize) -> u32 {
    let rest = &text.as_bytes()[end.min(text.len())..];
    let rest = if text[..end].ends_with('\r') {
        rest.strip_prefix(b"\n").unwrap_or(rest)
    } else {
        rest
    };
    let gap = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let (mut lines, mut before) = (0, b' ');
    for &byte in gap {
        lines += u32::from(!(byte == b'\n' && before == b'\r'));
        before = byte;
    }
    lines
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
        let rows = |text: &str| -> Vec<_> {
            read(text.as_bytes())
                .unwrap()
                .lines
                .iter()
                .map(|l| l.row)
                .collect()
        };
        assert_eq!(rows("a\n1\n\n\n2"), [2, 5]);
        assert_eq!(rows("a\r1\r\r2"), [2, 4]);
        assert_eq!(rows("\n\na\n\"1\n1\"\n2\n"), [4, 5]);
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
