//! 清单.csv: every agreement of the bundle with the name of its file, or why there is none.

use domain::cells::guarded;
use store::lists::Item;

/// What stands at the head of a file for spreadsheets to read it as UTF-8.
const MARK: &str = "\u{feff}";

pub(super) struct Index(csv::Writer<Vec<u8>>);

/// A reason in words, as it stands in the list.
fn reason(code: &str) -> &'static str {
    match code {
        "not_final" => "生效前不能打印",
        "not_made" => "文件还没有生成",
        _ => "文件无法读取",
    }
}

impl Index {
    pub(super) fn new() -> Result<Self, csv::Error> {
        let mut rows = csv::Writer::from_writer(MARK.as_bytes().to_vec());
        rows.write_record([
            "协议编号",
            "学号",
            "姓名",
            "院系",
            "专业",
            "用人单位",
            "文件",
            "没有文件的原因",
        ])?;
        Ok(Self(rows))
    }

    pub(super) fn add(&mut self, item: &Item, name: Result<&str, &&'static str>) -> Result<(), csv::Error> {
        let (file, why) = match name {
            Ok(name) => (name, ""),
            Err(code) => ("", reason(code)),
        };
        let number = item.number.as_deref().unwrap_or_default();
        let cells = [
            number,
            &item.student_no,
            &item.student_name,
            &item.college_name,
            &item.major,
            &item.employer_name,
            file,
            why,
        ];
        self.0.write_record(cells.map(|cell| guarded(cell).into_owned()))
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, std::io::Error> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}
