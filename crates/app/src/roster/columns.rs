//! The columns of a roster and the titles under which schools write them.

use super::FileError;

/// A column of a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// 学号.
    StudentNo,
    /// 考生号.
    ExamNo,
    /// 姓名.
    Name,
    /// 性别.
    Gender,
    /// 证件号码.
    IdNo,
    /// 学历.
    Degree,
    /// 培养方式; the only one that a roster need not have at all.
    TrainingMode,
    /// 专业.
    Major,
    /// 院系.
    College,
    /// 班级.
    Class,
    /// 手机.
    Phone,
}

/// All columns, in the order of the template.
pub const ALL: [Column; 11] = [
    Column::StudentNo,
    Column::ExamNo,
    Column::Name,
    Column::Gender,
    Column::IdNo,
    Column::Degree,
    Column::TrainingMode,
    Column::Major,
    Column::College,
    Column::Class,
    Column::Phone,
];

impl Column {
    /// Its titles, the official one first.
    fn titles(self) -> &'static [&'static str] {
        match self {
            Self::StudentNo => &["学号"],
            Self::ExamNo => &["考生号", "考生编号"],
            Self::Name => &["姓名"],
            Self::Gender => &["性别"],
            Self::IdNo => &["证件号码", "身份证号", "身份证号码", "证件号"],
            Self::Degree => &["学历", "学历层次"],
            Self::TrainingMode => &["培养方式"],
            Self::Major => &["专业", "专业名称"],
            Self::College => &["院系", "所在院系", "学院", "院系名称"],
            Self::Class => &["班级", "所在班级"],
            Self::Phone => &["手机", "手机号", "手机号码"],
        }
    }

    /// Its official title.
    pub fn title(self) -> &'static str {
        self.titles()[0]
    }
}

/// Where each column stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    places: [Option<usize>; ALL.len()],
    /// Titles that nobody knows; their columns are not read.
    pub unknown: Vec<String>,
}

impl Layout {
    /// Finds the columns by their titles. Every column but 培养方式 has to be there, once.
    pub fn of(header: &[String]) -> Result<Self, FileError> {
        let mut layout = Self {
            places: [None; ALL.len()],
            unknown: Vec::new(),
        };
        for (place, title) in header.iter().enumerate() {
            let title: String = title
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '*')
                .collect();
            match ALL
                .iter()
                .position(|column| column.titles().contains(&title.as_str()))
            {
                Some(column) if layout.places[column].is_some() => {
                    return Err(FileError(format!("列「{}」出现了两次", ALL[column].title())));
                }
                Some(column) => layout.places[column] = Some(place),
                None if title.is_empty() => {}
                None => layout.unknown.push(title),
            }
        }
        let missing: Vec<_> = ALL
            .iter()
            .filter(|&&column| column != Column::TrainingMode && layout.place(column).is_none())
            .map(|column| column.title())
            .collect();
        if missing.is_empty() {
            Ok(layout)
        } else {
            Err(FileError(format!("第一行缺少这些列：{}", missing.join("、"))))
        }
    }

    /// The place of a column.
    pub fn place(&self, column: Column) -> Option<usize> {
        ALL.iter()
            .position(|&known| known == column)
            .and_then(|at| self.places[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(Into::into).collect()
    }

    #[test]
    fn columns_are_found_in_any_order_under_their_usual_titles() {
        let layout = Layout::of(&header(
            "手机号, 姓 名 ,*学号,考生号,性别,身份证号,学历层次,专业,学院,班级,备注",
        ))
        .unwrap();
        assert_eq!(layout.place(Column::StudentNo), Some(2));
        assert_eq!(layout.place(Column::Phone), Some(0));
        assert_eq!(layout.place(Column::Name), Some(1));
        assert_eq!(layout.place(Column::TrainingMode), None);
        assert_eq!(layout.unknown, ["备注"]);
    }

    #[test]
    fn a_missing_or_doubled_column_is_named() {
        let error = |text| Layout::of(&header(text)).unwrap_err().0;
        assert_eq!(
            error("学号,姓名,性别,证件号码,学历,专业,班级,手机"),
            "第一行缺少这些列：考生号、院系"
        );
        assert_eq!(error("学号,姓名,学号"), "列「学号」出现了两次");
    }
}
