//! Fills the form: from a sheet to the words that stand on the page, as the form's data file.
//!
//! Every text in it is printed exactly as it is here; keys and numbers only steer the layout.

use crate::glyphs::{is_wide, widest};
use crate::{qr, stamps};
use domain::document::{
    Clause, EmployerPart, Opinion, RenderError, Row, SchoolPart, Sheet, Signer, StudentPart,
};
use domain::sealing::Stamp;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The title of the official form.
const TITLE: &str = "普通高等学校毕业生就业协议书";
/// What stands where nothing was given, so that nobody fills it in by hand afterwards.
const NOTHING: &str = "/";
/// The widest value, in half widths, that shares its line with another one.
const HALF_LINE: usize = 26;

/// The widest label, in half widths, that stays on one line.
const LABEL_LINE: usize = 16;

/// What surely stays on one line, in hundredths of an em: a label (26 mm at 9 pt are 819), a value beside another one
/// (48.5 mm at 10 pt are 1375) and a value with a line to itself (129 mm, 3657).
const SURE_LABEL: usize = 800;
const SURE_HALF: usize = 1350;
const SURE_LINE: usize = 3600;

#[derive(Serialize)]
struct Form<'a> {
    fonts: &'a [String],
    title: &'static str,
    year: String,
    number: String,
    effective: Option<String>,
    watermark: Option<&'static str>,
    logo: bool,
    qr: Option<String>,
    verify: Option<&'a str>,
    hash: Option<&'a str>,
    parties: [Party; 3],
    terms: Vec<Group>,
    clauses: Vec<Item>,
    supplementary: Vec<Item>,
    opinions: BTreeMap<&'static str, Block>,
    method: &'a str,
    /// A page for each, behind the document itself.
    stamps: Vec<stamps::Part>,
}

#[derive(Serialize)]
struct Party {
    mark: &'static str,
    kind: &'static str,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Group {
    title: String,
    lines: Vec<Line>,
}

/// A line of a table.
#[derive(Serialize)]
struct Line {
    cells: Vec<Cell>,
    /// Whether each of its texts surely stays on one line. Its height is known then, and the typesetter need not set
    /// it twice to find out: a tenth of the time that the whole document takes.
    flat: bool,
}

impl From<Vec<Cell>> for Line {
    fn from(cells: Vec<Cell>) -> Self {
        let room = if cells.len() > 1 { SURE_HALF } else { SURE_LINE };
        let fits = |text: &str, room: usize| widest(text).is_some_and(|width| width <= room);
        Self {
            flat: cells
                .iter()
                .all(|cell| fits(&cell.label, SURE_LABEL) && fits(&cell.value, room)),
            cells,
        }
    }
}

/// A label and its value; alone on its line or with a second one.
#[derive(Serialize)]
struct Cell {
    label: String,
    value: String,
}

#[derive(Serialize)]
struct Item {
    title: Option<String>,
    body: Vec<String>,
    confirmed: Option<String>,
}

#[derive(Serialize)]
struct Block {
    title: &'static str,
    text: String,
    lines: Vec<String>,
    place: &'static str,
    given: bool,
    /// Whether everything beside the seal surely is no higher than it.
    flat: bool,
}

/// China's time.
pub fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// The data of the form for `sheet` and the stamps behind it, set in the font `families`.
pub fn fill(sheet: &Sheet, stamps: &[Stamp], families: &[String]) -> Result<Value, RenderError> {
    let code = sheet
        .verify_url
        .as_deref()
        .or(sheet.number.as_deref())
        .map(qr::svg)
        .transpose()?;
    let open = sheet.rendition.is_open();
    let form = Form {
        fonts: families,
        title: TITLE,
        year: format!("{} 届", sheet.graduation_year),
        number: sheet
            .number
            .clone()
            .unwrap_or_else(|| if open { "生效后编号" } else { NOTHING }.into()),
        effective: sheet.effective_at.map(day),
        watermark: sheet.rendition.watermark(),
        logo: sheet.logo.is_some(),
        qr: code,
        verify: sheet.verify_url.as_deref(),
        hash: sheet.content_hash.as_deref(),
        parties: [
            employer(&sheet.employer),
            student(&sheet.student),
            school(&sheet.school),
        ],
        terms: sheet
            .terms
            .iter()
            .filter(|section| !section.rows.is_empty())
            .map(group)
            .collect(),
        clauses: sheet.clauses.iter().map(item).collect(),
        supplementary: sheet.supplementary.iter().map(item).collect(),
        opinions: Signer::ALL
            .map(|signer| (signer.key(), block(signer, sheet)))
            .into(),
        method: given(sheet.signing_method.as_deref()).unwrap_or(NOTHING),
        stamps: stamps.iter().map(stamps::part).collect(),
    };
    serde_json::to_value(form).map_err(|error| RenderError::Form(error.to_string()))
}

fn employer(part: &EmployerPart) -> Party {
    let authority = part.personnel_authority.map(|has| if has { "有" } else { "无" });
    let address = [part.region.as_deref(), part.address.as_deref()]
        .into_iter()
        .filter_map(given);
    let mut lines = vec![alone("单位名称", Some(&part.name))];
    lines.extend(arranged(vec![
        Row::text("统一社会信用代码", part.uscc.as_deref()),
        Row::text("法定代表人", part.legal_person.as_deref()),
        Row::text("单位性质", part.nature.as_deref()),
        Row::text("所属行业", part.industry.as_deref()),
        Row::text("单位规模", part.scale.as_deref()),
        Row::text("人事档案管理权", authority),
        Row::text("联 系 人", part.contact.as_deref()),
        Row::text("联系电话", part.phone.as_deref()),
        Row::text("电子邮箱", part.email.as_deref()),
        Row::text("邮政编码", part.postcode.as_deref()),
    ]));
    lines.push(alone("通讯地址", Some(&address.collect::<Vec<_>>().join(" "))));
    Party {
        mark: "甲方",
        kind: "用人单位",
        lines,
    }
}

fn student(part: &StudentPart) -> Party {
    let lines = arranged(vec![
        Row::text("姓　　名", Some(&part.name)),
        Row::text("性　　别", part.gender.as_deref()),
        Row::text("证件号码", part.id_no.as_deref()),
        Row::text("学　　历", part.degree.as_deref()),
        Row::text("学　　号", part.student_no.as_deref()),
        Row::text("考 生 号", part.exam_no.as_deref()),
        Row::text("院　　系", part.college.as_deref()),
        Row::text("专　　业", part.major.as_deref()),
        Row::text("班　　级", part.class_name.as_deref()),
        Row::text("培养方式", part.training_mode.as_deref()),
        Row::text("联系电话", part.phone.as_deref()),
        Row::text("电子邮箱", part.email.as_deref()),
    ]);
    Party {
        mark: "乙方",
        kind: "毕业生",
        lines,
    }
}

fn school(part: &SchoolPart) -> Party {
    let mut lines = vec![alone("学校名称", Some(&part.name))];
    lines.extend(arranged(vec![
        Row::text("学校代码", part.code.as_deref()),
        Row::text("邮政编码", part.postcode.as_deref()),
        Row::text("联 系 人", part.contact.as_deref()),
        Row::text("联系电话", part.phone.as_deref()),
    ]));
    lines.push(alone("通讯地址", part.address.as_deref()));
    Party {
        mark: "鉴证方",
        kind: "学校",
        lines,
    }
}

fn group(section: &domain::document::Section) -> Group {
    Group {
        title: section.title.clone(),
        lines: arranged(section.rows.clone()),
    }
}

/// Puts short values two on a line, in their order; a long one has a line to itself.
fn arranged(rows: Vec<Row>) -> Vec<Line> {
    let mut lines: Vec<Vec<Cell>> = Vec::new();
    let mut room = false;
    for row in rows {
        let cell = Cell {
            label: in_two(&row.label),
            value: given(row.value.as_deref()).unwrap_or(NOTHING).into(),
        };
        let short = width(&cell.value) <= HALF_LINE;
        match lines.last_mut() {
            Some(line) if room && short => {
                line.push(cell);
                room = false;
            }
            _ => {
                lines.push(vec![cell]);
                room = short;
            }
        }
    }
    lines.into_iter().map(Line::from).collect()
}

/// A label that is too long for one line breaks before its parenthesis.
fn in_two(label: &str) -> String {
    if width(label) > LABEL_LINE {
        label.replacen('（', "\n（", 1)
    } else {
        label.into()
    }
}

fn alone(label: &str, value: Option<&str>) -> Line {
    Line::from(vec![Cell {
        label: label.into(),
        value: given(value).unwrap_or(NOTHING).into(),
    }])
}

fn item(clause: &Clause) -> Item {
    let confirmed: Vec<String> = clause
        .confirmed
        .iter()
        .map(|one| format!("{}确认 {} {}", short_name(one.signer), one.name, minute(one.at)))
        .collect();
    let body: Vec<String> = clause
        .body
        .lines()
        .filter_map(|line| given(Some(line)))
        .map(str::to_owned)
        .collect();
    Item {
        title: given(clause.title.as_deref()).map(str::to_owned),
        body: if body.is_empty() {
            vec![NOTHING.into()]
        } else {
            body
        },
        confirmed: (!confirmed.is_empty()).then(|| confirmed.join("　")),
    }
}

fn short_name(signer: Signer) -> &'static str {
    match signer {
        Signer::Employer => "甲方",
        Signer::Student => "乙方",
        Signer::College => "院系",
        Signer::School => "学校",
    }
}

/// What surely fits in a line beside a seal (41 mm), in hundredths of an em: what was said at 10 pt, and who and when at
/// 8.5 pt.
const SURE_SAID: usize = 1100;
const SURE_SIGNED: usize = 1300;
/// So many lines of both are lower than a seal (36 mm): title 7.3 pt, two lines and the space around them 41.6 pt, four
/// lines 49.6 pt, of 102 pt.
const LINES_SAID: usize = 2;
const LINES_SIGNED: usize = 4;

fn is_flat(said: &str, signed: &[String]) -> bool {
    let lines = |text: &str, room: usize| widest(text).map(|width| width.div_ceil(room).max(1));
    let signed = signed
        .iter()
        .map(|line| lines(line, SURE_SIGNED))
        .sum::<Option<usize>>();
    lines(said, SURE_SAID).is_some_and(|lines| lines <= LINES_SAID)
        && signed.is_some_and(|lines| lines <= LINES_SIGNED)
}

fn block(signer: Signer, sheet: &Sheet) -> Block {
    let (title, by, place) = match signer {
        Signer::Employer => ("甲方（用人单位）意见", "经办人", "单位盖章"),
        Signer::Student => ("乙方（毕业生）意见", "本　人", "本人签名"),
        Signer::College => ("院系意见", "审核人", "院系盖章"),
        Signer::School => ("学校就业部门意见", "审核人", "学校盖章"),
    };
    let opinion = sheet.opinions.of(signer);
    let (text, lines) = match opinion {
        Some(opinion) => (
            given(Some(&opinion.text)).unwrap_or(NOTHING),
            signature(by, opinion),
        ),
        None => (
            if sheet.rendition.is_open() {
                "尚未签署"
            } else {
                NOTHING
            },
            [by, "日　期"].map(|label| format!("{label}：{NOTHING}")).to_vec(),
        ),
    };
    Block {
        title,
        text: text.into(),
        flat: is_flat(text, &lines),
        lines,
        place,
        given: opinion.is_some(),
    }
}

fn signature(by: &str, opinion: &Opinion) -> Vec<String> {
    let mut lines = vec![format!("{by}：{}", opinion.name)];
    if let Some(method) = given(opinion.method.as_deref()) {
        lines.push(format!("方　式：{method}"));
    }
    lines.push(format!(
        "{} {}",
        day(opinion.at),
        opinion.at.to_zoned(zone()).strftime("%H:%M")
    ));
    lines
}

fn minute(at: Timestamp) -> String {
    at.to_zoned(zone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn day(at: Timestamp) -> String {
    at.to_zoned(zone()).strftime("%Y 年 %-m 月 %-d 日").to_string()
}

/// `value` without the white space around it, if anything is left.
fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|text| !text.is_empty())
}

/// The width of `text` in half widths.
fn width(text: &str) -> usize {
    text.chars().map(|ch| if is_wide(ch) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_share_a_line_and_long_ones_do_not() {
        let long = "很".repeat(14);
        let rows = ["一", "二", "三", &long, "四"]
            .map(|value| Row::text("项", Some(value)))
            .to_vec();
        let counts: Vec<usize> = arranged(rows).iter().map(|line| line.cells.len()).collect();
        assert_eq!(counts, [2, 1, 1, 1]);
    }

    #[test]
    fn an_opinion_has_a_known_height_only_where_it_is_surely_no_higher_than_a_seal() {
        let signed = |lines: usize| vec!["审核人：某某".to_owned(); lines];
        assert!(is_flat("审核通过，予以鉴证。", &signed(4)));
        assert!(!is_flat("审核通过，予以鉴证。", &signed(5)));
        assert!(!is_flat(
            "审核通过。",
            &[vec!["审".repeat(40)], signed(2)].concat()
        ));
        assert!(!is_flat(&"同".repeat(23), &signed(1)));
        assert!(!is_flat("同意\n", &signed(1)));
    }

    #[test]
    fn times_are_those_of_china() {
        let at: Timestamp = "2026-11-22T17:05:00Z".parse().unwrap();
        assert_eq!(minute(at), "2026-11-23 01:05");
        assert_eq!(day(at), "2026 年 11 月 23 日");
    }

    #[test]
    fn white_space_is_nothing() {
        assert_eq!(given(Some(" \u{3000}\n")), None);
        assert_eq!(alone("项", Some("  ")).cells[0].value, "/");
    }

    #[test]
    fn a_line_has_a_known_height_only_where_nothing_can_break() {
        let flat = |label: &str, values: &[&str]| {
            let rows = values
                .iter()
                .map(|value| Row::text(label, Some(*value)))
                .collect();
            arranged(rows).iter().map(|line| line.flat).collect::<Vec<_>>()
        };
        assert_eq!(
            flat("统一社会信用代码", &["91420100MA00000000", "hr@example.com"]),
            [true]
        );
        assert_eq!(flat("项", &["很很很很很很很很很很很很很", "W"]), [true]);
        assert_eq!(flat("项", &["WWWWWWWWWWWWWWWW", "一"]), [false]);
        assert_eq!(flat("项", &["一\n二", "一"]), [false]);
        assert_eq!(flat("一二三四五六七八九", &["一", "二"]), [false]);
        assert_eq!(flat("项", &[&"很".repeat(36), &"很".repeat(37)]), [true, false]);
        // Nobody knows how wide other scripts are.
        assert_eq!(flat("项", &["བོད", "一"]), [false]);
    }
}
