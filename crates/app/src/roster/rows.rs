//! The rows of a roster: every cell checked by itself, then against the other rows.

use super::columns::{Column, Layout};
use super::sheet::{Cell, Line, Sheet};
use super::{FileError, Problem};
use domain::codes::{self, IdError, IdNumber, NameError, PersonName, Phone};
use jiff::civil::Date;
use std::collections::HashMap;

/// A student as a roster says.
#[derive(Debug, Clone)]
pub struct Row {
    /// Row of the file, from 1.
    pub line: u32,
    /// 学号.
    pub student_no: String,
    /// 考生号; may be empty.
    pub exam_no: String,
    /// 姓名.
    pub name: PersonName,
    /// 性别, GB/T 2261.1.
    pub gender: &'static str,
    /// 证件号码.
    pub id_no: IdNumber,
    /// 学历, a code.
    pub degree: &'static str,
    /// 培养方式, a code.
    pub training_mode: &'static str,
    /// 专业.
    pub major: String,
    /// 院系.
    pub college: String,
    /// 班级; may be empty.
    pub class_name: String,
    /// 手机.
    pub phone: Option<Phone>,
}

/// What a roster says, as far as it can be understood.
#[derive(Debug)]
pub struct Checked {
    /// The rows without mistakes.
    pub rows: Vec<Row>,
    /// The mistakes of the others.
    pub problems: Vec<Problem>,
    /// Titles of columns that were not read.
    pub unknown: Vec<String>,
}

/// Checks all rows. `today` is for ages.
pub fn check(sheet: &Sheet, today: Date) -> Result<Checked, FileError> {
    let layout = Layout::of(&sheet.header)?;
    if sheet.lines.is_empty() {
        return Err("文件里没有学生".into());
    }
    let mut problems = Vec::new();
    let mut rows = Vec::new();
    for line in &sheet.lines {
        let mut reader = RowReader {
            line,
            layout: &layout,
            today,
            problems: &mut problems,
        };
        rows.extend(reader.row().ok());
    }
    problems.extend(twice(&rows, Column::StudentNo, |row| &row.student_no));
    problems.extend(twice(&rows, Column::IdNo, |row| row.id_no.expose()));
    problems.sort();
    Ok(Checked {
        rows,
        problems,
        unknown: layout.unknown,
    })
}

/// Rows that repeat a value of an earlier one.
fn twice<'r>(rows: &'r [Row], column: Column, value: impl Fn(&'r Row) -> &'r str) -> Vec<Problem> {
    let mut seen = HashMap::new();
    let mut problems = Vec::new();
    for row in rows {
        if let Some(first) = seen.insert(value(row), row.line) {
            let message = format!("与第 {first} 行重复");
            problems.push(Problem {
                row: row.line,
                column: column.title(),
                message,
            });
        }
    }
    problems
}

/// A mistake has been noted.
struct Noted;

/// Reads one row, and notes every mistake in it, not only the first.
struct RowReader<'a> {
    line: &'a Line,
    layout: &'a Layout,
    today: Date,
    problems: &'a mut Vec<Problem>,
}

impl RowReader<'_> {
    fn row(&mut self) -> Result<Row, Noted> {
        let student_no = self.required(Column::StudentNo, |text| token(text, 32, true));
        let exam_no = self.optional(Column::ExamNo, |text| token(text, 20, false));
        let name = self.required(Column::Name, |text| PersonName::parse(text).map_err(name_error));
        let gender = self.required(Column::Gender, gender);
        let id_no = self.required(Column::IdNo, |text| IdNumber::parse(text).map_err(id_error));
        let degree = self.required(Column::Degree, |text| {
            codes::degree_from_text(text)
                .map(|code| code.code)
                .ok_or_else(|| "没有这种学历".to_owned())
        });
        let training_mode = self.optional(Column::TrainingMode, |text| {
            codes::TRAINING_MODE
                .find_by_name(text)
                .map(|code| code.code)
                .ok_or_else(|| "没有这种培养方式".to_owned())
        });
        let major = self.required(Column::Major, words);
        let college = self.required(Column::College, words);
        let class_name = self.optional(Column::Class, words);
        let phone = self.optional(Column::Phone, |text| {
            Phone::mobile(text).map_err(|_| "不是手机号码".to_owned())
        });
        let (gender, id_no) = (gender?, id_no?);
        self.check_person(gender, &id_no)?;
        Ok(Row {
            line: self.line.row,
            student_no: student_no?,
            exam_no: exam_no?.unwrap_or_default(),
            name: name?,
            gender,
            id_no,
            degree: degree?,
            training_mode: training_mode?.unwrap_or("1"),
            major: major?,
            college: college?,
            class_name: class_name?.unwrap_or_default(),
            phone: phone?,
        })
    }

    /// What the identity number says against the rest.
    fn check_person(&mut self, gender: &str, id_no: &IdNumber) -> Result<(), Noted> {
        if id_no.gender().is_some_and(|told| told != gender) {
            return self.wrong(Column::Gender, "与证件号码不一致".into());
        }
        match id_no.check_age(self.today) {
            Ok(()) => Ok(()),
            Err(error) => self.wrong(Column::IdNo, id_error(error)),
        }
    }

    /// The value of a column; an error after noting what is wrong.
    fn required<T>(
        &mut self,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, Noted> {
        match self.optional(column, parse)? {
            Some(value) => Ok(value),
            None => self.wrong(column, "不能为空".into()),
        }
    }

    /// The value of a column that may be empty; an error after noting what is wrong.
    fn optional<T>(
        &mut self,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Noted> {
        let cell = self
            .layout
            .place(column)
            .and_then(|place| self.line.cells.get(&place));
        match cell {
            None => Ok(None),
            Some(Cell::Rounded) => self.wrong(
                column,
                "单元格是数字格式，末几位已丢失；请把整列设为文本后重新填写".into(),
            ),
            Some(Cell::TooLong) => self.wrong(column, "太长".into()),
            Some(Cell::Text(text)) => match parse(text) {
                Ok(value) => Ok(Some(value)),
                Err(message) => self.wrong(column, message),
            },
        }
    }

    fn wrong<T>(&mut self, column: Column, message: String) -> Result<T, Noted> {
        self.problems.push(Problem {
            row: self.line.row,
            column: column.title(),
            message,
        });
        Err(Noted)
    }
}

/// A number that identifies: letters and digits, and dashes where they occur.
fn token(text: &str, most: usize, dashes: bool) -> Result<String, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || dashes && matches!(c, '-' | '_' | '.');
    if text.contains("E+") || text.contains("e+") {
        return Err("被表格软件改成了科学计数法；请把整列设为文本后重新填写".into());
    }
    if text.len() > most || !text.chars().all(good) {
        return Err(format!("只能是字母和数字，最多 {most} 位"));
    }
    Ok(text.to_owned())
}

/// A few words: at most 64 characters, none of them invisible.
fn words(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("含有换行等不可见字符".into());
    }
    if text.chars().count() > codes::NAME_MAX {
        return Err(format!("超过 {} 个字", codes::NAME_MAX));
    }
    Ok(text.to_owned())
}

fn gender(text: &str) -> Result<&'static str, String> {
    codes::GENDER
        .find_by_name(text)
        .map(|code| code.code)
        .ok_or_else(|| "只能是男或女".to_owned())
}

fn name_error(error: NameError) -> String {
    match error {
        NameError::Empty => "没有文字".into(),
        NameError::Long(_) => format!("超过 {} 个字", codes::NAME_MAX),
        NameError::Invisible => "含有不可见字符".into(),
        NameError::Lost => "有字在转换中丢失（? 或 □）；请填写原字".into(),
    }
}

fn id_error(error: IdError) -> String {
    match error {
        IdError::Form => "格式不对：应为 18 位公民身份号码，或护照、通行证号码",
        IdError::Date => "出生日期不对",
        IdError::Checksum => "校验码不对",
        IdError::Age => "年龄不在 15 至 70 岁之间",
    }
    .into()
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
