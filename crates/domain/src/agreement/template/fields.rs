//! The fields of a template: what each is called, what of the terms it says, and in which words.
//!
//! Names are never taken back or given another meaning: templates in force use them.

use crate::agreement::terms::{Archive, ContractTerm, Household, Money, Terms};
use crate::codes::{POSITION_CATEGORY, PROVINCE};
use jiff::civil::Date;
use std::fmt::Write;

macro_rules! terms { ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
    /// What the parties agree on. All of it has to stand in some clause, so that whatever changes is ticked
    /// again.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Term { $($(#[$doc])* $name,)* }
    impl Term {
        /// All of them, in the order of the form.
        pub const ALL: [Term; [$($code),*].len()] = [$(Self::$name),*];
        /// The code of its text.
        pub fn code(self) -> &'static str { match self { $(Self::$name => $code),* } }
    }
} }

terms! {
    /// Name of the position.
    Position = "position";
    /// Its category.
    Category = "position_category";
    /// Province and place of work.
    Place = "work_place";
    /// Whether it matches the major.
    Major = "major_match";
    /// Where the work is really done.
    ActualEmployer = "actual_employer";
    /// Kind and length of the labour contract.
    Contract = "contract";
    /// Probation.
    Probation = "probation_months";
    /// Period of service.
    Service = "service_months";
    /// Pay during probation.
    ProbationPay = "probation_pay";
    /// Pay afterwards.
    RegularPay = "regular_pay";
    /// Benefits.
    Benefits = "benefits";
    /// When to report.
    ReportTime = "report_from";
    /// Where to report.
    ReportPlace = "report_place";
    /// The student's file.
    Archive = "archive_kind";
    /// The student's household registration.
    Household = "household_kind";
    /// Where party or league membership goes.
    Party = "party_relation";
    /// What the employer owes on breach.
    PenaltyEmployer = "penalty_employer";
    /// What the student owes on breach.
    PenaltyStudent = "penalty_student";
    /// When the student owes nothing.
    Exemptions = "exemptions";
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// What is written between the braces.
    pub name: &'static str,
    /// What it says.
    pub terms: &'static [Term],
    /// Its words for these terms.
    pub say: fn(&Terms) -> String,
    /// Whether it is one or more whole sentences, or nothing: it brings its own full stop.
    pub is_sentence: bool,
}

const fn value(name: &'static str, terms: &'static [Term], say: fn(&Terms) -> String) -> Field {
    Field {
        name,
        terms,
        say,
        is_sentence: false,
    }
}

const fn sentences(name: &'static str, terms: &'static [Term], say: fn(&Terms) -> String) -> Field {
    Field {
        name,
        terms,
        say,
        is_sentence: true,
    }
}

/// All fields, in the order in which the page explains them. The first one that says a term is the one that
/// is proposed where the term is missing.
pub static FIELDS: [Field; 29] = [
    value("岗位", &[Term::Position], |t| t.position.clone()),
    value("职位类别说明", &[Term::Category], category_note),
    value("职位类别", &[Term::Category], |t| {
        or_stroke(POSITION_CATEGORY.name(&t.position_category))
    }),
    value("工作地点", &[Term::Place], work_place),
    sentences("专业对口说明", &[Term::Major], major),
    sentences("实际用工单位说明", &[Term::ActualEmployer], actual_employer),
    value("实际用工单位", &[Term::ActualEmployer], |t| {
        or_stroke(t.actual_employer.as_deref())
    }),
    value("劳动合同类型", &[Term::Contract], contract),
    value("试用期约定", &[Term::Probation], probation),
    value("服务期约定", &[Term::Service], service),
    sentences("工资约定", &[Term::ProbationPay, Term::RegularPay], pay),
    value("试用期月薪", &[Term::ProbationPay], probation_pay),
    value("月薪", &[Term::RegularPay], |t| money(t.regular_pay)),
    sentences("福利说明", &[Term::Benefits], benefits),
    value("福利", &[Term::Benefits], |t| or_stroke(t.benefits.as_deref())),
    value("报到时间", &[Term::ReportTime], report_time),
    value("报到起始日", &[], |t| day(t.report_from)),
    value("报到截止日", &[], |t| day(t.report_to)),
    value("报到地点", &[Term::ReportPlace], |t| t.report_place.clone()),
    value("档案去向", &[Term::Archive], |t| files(&t.archive)),
    value("户口去向", &[Term::Household], |t| household(&t.household)),
    sentences("党团关系说明", &[Term::Party], party_relation),
    value("党团关系", &[Term::Party], |t| {
        or_stroke(t.party_relation.as_deref())
    }),
    sentences(
        "违约金约定",
        &[Term::PenaltyEmployer, Term::PenaltyStudent],
        penalties,
    ),
    value("甲方违约金", &[Term::PenaltyEmployer], |t| {
        money(t.penalty_employer)
    }),
    value("乙方违约金", &[Term::PenaltyStudent], |t| {
        money(t.penalty_student)
    }),
    sentences("免责情形说明", &[Term::Exemptions], exempt),
    value("免责情形", &[Term::Exemptions], |t| {
        or_stroke(Some(exemptions(t).as_str()))
    }),
    value("服务期月数", &[], |t| {
        t.service_months.unwrap_or_default().to_string()
    }),
];

/// The field of this name.
pub fn find(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// The field that says a term.
pub fn saying(term: Term) -> &'static str {
    let found = FIELDS.iter().find(|field| field.terms.contains(&term));
    found.map_or("", |field| field.name)
}

/// The field that was probably meant: the one that shares most characters, at least half of its own.
pub fn nearest(name: &str) -> Option<&'static str> {
    let shared = |field: &str| field.chars().filter(|c| name.contains(*c)).count();
    let best = FIELDS.iter().map(|field| {
        (
            shared(field.name),
            std::cmp::Reverse(field.name.chars().count()),
            field.name,
        )
    });
    let (shared, std::cmp::Reverse(length), name) = best.max()?;
    (shared * 2 >= length && shared > 0).then_some(name)
}

fn or_stroke(value: Option<&str>) -> String {
    value.filter(|text| !text.is_empty()).unwrap_or("/").to_owned()
}

fn category_note(terms: &Terms) -> String {
    let category = POSITION_CATEGORY.name(&terms.position_category);
    category.map_or_else(String::new, |name| format!("（职位类别：{name}）"))
}

fn major(terms: &Terms) -> String {
    match terms.major_match {
        Some(true) => "该岗位与乙方所学专业对口。".into(),
        Some(false) => "该岗位与乙方所学专业不对口，乙方已知悉。".into(),
        None => String::new(),
    }
}

fn actual_employer(terms: &Terms) -> String {
    let employer = terms.actual_employer.as_ref();
    employer.map_or_else(String::new, |employer| {
        format!("乙方的实际用工单位为{employer}。")
    })
}

fn contract(terms: &Terms) -> String {
    match terms.contract {
        ContractTerm::Fixed { months } => format!("固定期限劳动合同，期限为 {months} 个月"),
        ContractTerm::OpenEnded => "无固定期限劳动合同".into(),
        ContractTerm::Task => "以完成一定工作任务为期限的劳动合同".into(),
    }
}

fn probation(terms: &Terms) -> String {
    match terms.probation_months {
        0 => "不约定试用期".into(),
        n => format!("试用期为 {n} 个月，包含在劳动合同期限内"),
    }
}

// 劳动合同法 §22: a penalty for leaving early rests on training that the employer paid for.
fn service(terms: &Terms) -> String {
    match terms.service_months {
        None | Some(0) => "不约定服务期".into(),
        Some(n) => format!("服务期为 {n} 个月，违反服务期约定的责任依照法律规定和双方的培训协议确定"),
    }
}

fn pay(terms: &Terms) -> String {
    let regular = money(terms.regular_pay);
    if terms.probation_months > 0 {
        let probation = money(terms.probation_pay);
        format!("乙方试用期的月工资为 {probation}，试用期满后的月工资为 {regular}，均为税前金额。")
    } else {
        format!("乙方的月工资为 {regular}（税前）。")
    }
}

fn probation_pay(terms: &Terms) -> String {
    if terms.probation_months > 0 {
        money(terms.probation_pay)
    } else {
        "/".into()
    }
}

fn benefits(terms: &Terms) -> String {
    let benefits = terms.benefits.as_ref();
    benefits.map_or_else(String::new, |text| format!("其他报酬和福利：{}", sentence(text)))
}

fn report_time(terms: &Terms) -> String {
    let (from, to) = (day(terms.report_from), day(terms.report_to));
    if terms.report_from == terms.report_to {
        format!("于 {from}")
    } else {
        format!("在 {from}至 {to}之间")
    }
}

fn party_relation(terms: &Terms) -> String {
    let unit = terms.party_relation.as_ref();
    unit.map_or_else(String::new, |unit| format!("党团组织关系：转入{unit}。"))
}

/// What is owed on breach.
fn penalties(terms: &Terms) -> String {
    let mut text = match (terms.penalty_employer, terms.penalty_student) {
        (Money(0), Money(0)) => {
            "双方不约定违约金；一方违反本协议给对方造成损失的，依法承担赔偿责任。".to_owned()
        }
        (employer, student) if employer == student => {
            format!("任何一方违反本协议的，向对方支付违约金 {}。", money(student))
        }
        (employer, student) => format!(
            "甲方违反本协议的，{}；乙方违反本协议的，{}。",
            owed(employer, "乙方"),
            owed(student, "甲方")
        ),
    };
    if terms.penalty_employer.0 > 0 || terms.penalty_student.0 > 0 {
        text.push_str("约定的违约金过分高于造成的损失的，当事人可以依法请求减少。");
    }
    text
}

fn exemptions(terms: &Terms) -> String {
    let labels: Vec<_> = terms.exemptions.iter().map(|e| e.label()).collect();
    labels.join("、")
}

fn exempt(terms: &Terms) -> String {
    if terms.exemptions.is_empty() {
        return String::new();
    }
    let labels = exemptions(terms);
    format!("乙方因下列情形解除本协议的，应当及时告知甲方，不承担违约责任：{labels}。")
}

/// The place with its province before it, unless it was typed that way.
fn work_place(terms: &Terms) -> String {
    let province = PROVINCE.name(&terms.work_province).unwrap_or_default();
    if terms.work_place.starts_with(province) {
        terms.work_place.clone()
    } else {
        format!("{province}{}", terms.work_place)
    }
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = text.write_fmt(more);
}

fn money(amount: Money) -> String {
    format!("{amount} 元")
}

/// The text with a full stop, if it does not end as a sentence does.
fn sentence(text: &str) -> String {
    if text.ends_with(['。', '！', '？', '；', '.', '!', '?', ';', '…']) {
        text.to_owned()
    } else {
        format!("{text}。")
    }
}

fn day(date: Date) -> String {
    format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day())
}

fn files(archive: &Archive) -> String {
    let mut text = archive.kind.label().to_owned();
    let details = [
        ("接收单位", &archive.receiver),
        ("地址", &archive.address),
        ("邮政编码", &archive.postcode),
        ("联系人", &archive.contact),
        ("联系电话", &archive.phone),
    ];
    for (label, value) in details {
        if let Some(value) = value {
            add(&mut text, format_args!("，{label}：{value}"));
        }
    }
    text
}

fn household(household: &Household) -> String {
    match &household.address {
        Some(address) => format!("{}，地址：{address}", household.kind.label()),
        None => household.kind.label().into(),
    }
}

fn owed(amount: Money, to: &str) -> String {
    match amount {
        Money(0) => format!("依法赔偿{to}的损失"),
        amount => format!("向{to}支付违约金 {}", money(amount)),
    }
}
