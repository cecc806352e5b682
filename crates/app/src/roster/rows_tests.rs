//! Tests of [`super`]: what is understood and what is refused, cell by cell.

use super::super::read;
use super::*;
use jiff::civil::date;

const HEADER: &str = "学号,考生号,姓名,性别,证件号码,学历,专业,院系,班级,手机";

fn checked(rows: &[&str]) -> Checked {
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    check(&read(text.as_bytes()).unwrap(), date(2026, 11, 23)).unwrap()
}

fn problems(rows: &[&str]) -> Vec<String> {
    checked(rows).problems.iter().map(ToString::to_string).collect()
}

const GOOD: &str =
    "2022001,22320106150001,张𬭎,女,320106200401010029,本科,软件工程,计算机学院,软工 2201,13912345678";

#[test]
fn a_good_row_is_understood() {
    let found = checked(&[GOOD]);
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    let row = &found.rows[0];
    assert_eq!(
        (row.line, row.student_no.as_str(), row.name.as_str()),
        (2, "2022001", "张𬭎")
    );
    assert_eq!((row.gender, row.degree, row.training_mode), ("2", "31", "1"));
    assert_eq!(row.phone.as_ref().unwrap().expose(), "13912345678");
}

#[test]
fn what_may_be_empty_may_be_empty() {
    let found = checked(&["2022001,,阿卜杜拉•麦麦提,女,320106200401010029,31,软件工程,计算机学院,,"]);
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    assert_eq!(found.rows[0].name.as_str(), "阿卜杜拉·麦麦提");
    assert!(found.rows[0].phone.is_none());
}

#[test]
fn every_mistake_is_told_by_row_and_column() {
    assert_eq!(
        problems(&[
            GOOD,
            "2022002,,李四,男,320106200401010027,本科,软件工程,计算机学院,,",
            ",,王?,X,123,小学,,,,123",
        ]),
        [
            "第 3 行「证件号码」：校验码不对",
            "第 4 行「专业」：不能为空",
            "第 4 行「姓名」：有字在转换中丢失（? 或 □）；请填写原字",
            "第 4 行「学历」：没有这种学历",
            "第 4 行「学号」：不能为空",
            "第 4 行「性别」：只能是男或女",
            "第 4 行「手机」：不是手机号码",
            "第 4 行「证件号码」：格式不对：应为 18 位公民身份号码，或护照、通行证号码",
            "第 4 行「院系」：不能为空",
        ]
    );
}

#[test]
fn repeated_numbers_name_the_earlier_row() {
    assert_eq!(
        problems(&[GOOD, GOOD]),
        [
            "第 3 行「学号」：与第 2 行重复",
            "第 3 行「证件号码」：与第 2 行重复"
        ]
    );
}

#[test]
fn gender_and_age_must_fit_the_identity_number() {
    assert_eq!(
        problems(&[
            "1,,张三,男,320106200401010029,本科,软件工程,计算机学院,,",
            "2,,张四,男,440524188001010014,本科,软件工程,计算机学院,,",
        ]),
        [
            "第 2 行「性别」：与证件号码不一致",
            "第 3 行「证件号码」：年龄不在 15 至 70 岁之间"
        ]
    );
}

#[test]
fn numbers_that_a_spreadsheet_program_spoilt_are_noticed() {
    let row = "2.022E+06,,张三,男,1.1E+17,本科,软件工程,计算机学院,,";
    let found = problems(&[row]);
    assert!(found[0].contains("科学计数法"), "{found:?}");
    assert!(found[1].starts_with("第 2 行「证件号码」"), "{found:?}");
}

#[test]
fn a_problem_never_repeats_the_cell() {
    let row = "1,,张三,男,320106200401010027,本科,软件工程,计算机学院,,13912";
    assert!(
        problems(&[row])
            .iter()
            .all(|text| !text.contains("3201062004") && !text.contains("13912"))
    );
}

#[test]
fn a_file_without_students_is_refused() {
    let sheet = read(HEADER.as_bytes()).unwrap();
    assert_eq!(check(&sheet, date(2026, 11, 23)).unwrap_err().0, "文件里没有学生");
}
