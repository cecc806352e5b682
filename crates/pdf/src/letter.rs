//! Fills the letter of termination.

use crate::form::zone;
use domain::agreement::Party;
use domain::document::{Letter, RenderError};
use serde::Serialize;
use serde_json::Value;

/// The title.
const TITLE: &str = "解除就业协议申请书（解约函）";

#[derive(Serialize)]
struct Form<'a> {
    fonts: &'a [String],
    title: &'static str,
    number: &'a str,
    to: String,
    rows: Vec<[String; 2]>,
    paragraphs: Vec<String>,
    from: String,
    date: String,
    notes: Vec<&'static str>,
}

/// The data of the form for `letter`, set in the font `families`.
pub fn fill(letter: &Letter, families: &[String]) -> Result<Value, RenderError> {
    let (from, to, side) = match letter.party {
        Party::Employer => (&letter.employer, &letter.student, "用人单位"),
        Party::Student => (&letter.student, &letter.employer, "毕业生"),
    };
    let row = |label: &str, value: &str| [label.to_owned(), value.to_owned()];
    let mut paragraphs = vec![format!(
        "{from}与{to}于 {} 签订的《普通高等学校毕业生就业协议书》（协议编号：{}）已经生效。现由{side}{from}提出解除该协议，原因：{}。",
        day(letter.since),
        letter.number,
        letter.reason
    )];
    paragraphs.extend(
        letter
            .text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned),
    );
    paragraphs.push(
        "本函经提出方提交、对方确认并由学校审核同意后，上述就业协议解除；审核同意之前，协议继续有效。违约责任按协议约定和双方协商办理。".into(),
    );
    let form = Form {
        fonts: families,
        title: TITLE,
        number: &letter.number,
        to: format!("{to}、{}：", letter.school),
        rows: vec![
            row("用人单位", &letter.employer),
            row("统一社会信用代码", &letter.uscc),
            row("毕业生", &letter.student),
            row("学号", &letter.student_no),
            row("院系专业", &letter.college),
            row("岗位", &letter.position),
        ],
        paragraphs,
        from: format!("提出方（{side}）：{from}"),
        date: day(letter.dated),
        notes: vec![
            "本函由系统按协议内容和提出方填写的原因生成；提出方以本人账号登录并再次验证身份后提交，即为提出方确认。",
            "对方以本人账号登录、阅读本函并选择“同意解约”，即为对方确认；确认时间记入协议的操作记录，可供查验。",
        ],
    };
    serde_json::to_value(form).map_err(|error| RenderError::Form(error.to_string()))
}

fn day(at: jiff::Timestamp) -> String {
    let day = at.to_zoned(zone()).date();
    format!("{} 年 {} 月 {} 日", day.year(), day.month(), day.day())
}
