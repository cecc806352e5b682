//! The standard template: its clauses in order, filled with the terms.
//!
//! 甲方 is the employer, 乙方 the graduate, 丙方 the school. Everything that the terms say stands in
//! some clause, so that whatever changes is ticked again.

use super::clause::{Clause, ClauseKind, Party};
use super::terms::{Archive, ContractTerm, Household, Money, Terms};
use crate::codes::{POSITION_CATEGORY, PROVINCE};
use jiff::civil::Date;
use std::fmt::Write;

/// The template that ships with the program; schools' own come beside it.
pub const TEMPLATE: &str = "standard-1";

/// The clauses of the standard template for `terms`.
pub(super) fn clauses(terms: &Terms) -> Vec<Clause> {
    use ClauseKind::{Negotiable, Standard};
    let mut clauses = vec![
        clause("truth", "如实告知与自愿订立", Standard, TRUTH),
        clause("position", "工作岗位与工作地点", Negotiable, position(terms)),
        clause("pay", "劳动报酬与福利", Negotiable, pay(terms)),
        clause(
            "contract",
            "劳动合同、试用期与服务期",
            Negotiable,
            contract(terms),
        ),
        clause("report", "报到", Negotiable, report(terms)),
        clause("archive", "档案、户口与党团关系", Negotiable, archive(terms)),
        clause("graduation", "毕业资格", Standard, GRADUATION),
        clause("breach", "违约责任与免责情形", Negotiable, breach(terms)),
        clause("school", "学校的职责", Standard, SCHOOL),
        clause("end", "协议的生效、终止与解除", Standard, END),
        clause("electronic", "电子签署与送达", Standard, ELECTRONIC),
        clause("privacy", "个人信息的使用", Standard, PRIVACY),
        clause("dispute", "争议解决", Standard, DISPUTE),
    ];
    for (i, text) in terms.supplementary.iter().enumerate() {
        let (key, title) = (supplementary_key(i + 1), format!("补充约定 {}", i + 1));
        clauses.push(clause(&key, &title, ClauseKind::Supplementary, text.as_str()));
    }
    clauses
}

/// The key of the supplementary clause with this number, from 1.
pub fn supplementary_key(number: usize) -> String {
    format!("supplementary-{number}")
}

/// A clause that both parties confirm, as all of this template are.
fn clause(key: &str, title: &str, kind: ClauseKind, body: impl Into<String>) -> Clause {
    Clause {
        key: key.to_owned(),
        title: title.to_owned(),
        body: body.into(),
        kind,
        confirmed_by: vec![Party::Employer, Party::Student],
    }
}

// 劳动合同法 §3, §8; 四不准 (no forced or proxy signing).
const TRUTH: &str = "甲方已向乙方如实告知工作内容、工作条件、工作地点、职业危害、安全生产状况、劳动报酬以及乙方要求了解的其他情况；乙方已向甲方如实说明与应聘岗位直接相关的基本情况。甲乙双方自愿订立本协议，任何单位和个人不得强迫或者代替他人签署。";
const GRADUATION: &str = "乙方在约定的报到截止日前未取得毕业资格的，本协议自该日届满时终止，双方互不承担违约责任；双方协商一致继续履行的除外。乙方取得毕业资格的，甲方不得以乙方在校学习成绩为由拒绝接收。";
// 四不准: certificates are never tied to signing.
const SCHOOL: &str = "丙方作为鉴证方，核对乙方的生源信息，按照学校的规定审核本协议，并依照国家规定办理毕业去向登记和档案转递等手续。丙方不是甲乙双方劳动关系的当事人，不得强迫乙方签约，不得将毕业证书、学位证书的发放与签约挂钩。";
const END: &str = "本协议经甲乙双方签署并完成丙方规定的审核、取得协议编号时生效。乙方到甲方报到且双方订立劳动合同后，本协议自行终止。本协议生效后，双方协商一致可以解除；一方要求解除的，应当说明理由、提交解约函，并按照丙方规定的程序办理。解除本协议不影响违约责任的承担。";
// 电子签名法 §3: the parties have to agree on the form; §13 last paragraph: and may agree on its conditions.
const ELECTRONIC: &str = "三方约定以电子形式订立本协议：甲方经授权的经办人、乙方分别以本人账号登录本系统，按照系统的要求验证身份并逐条确认后提交的，即为签署。账号由本人保管和使用，不得交由他人代为操作。电子文本与纸质文本具有同等的约束力，其内容和状态可以通过本系统查验。与本协议有关的通知通过本系统的站内消息送达，也可以发送至各方预留的联系方式。";
// 个人信息保护法 §6, §13(1)2, §44–46.
const PRIVACY: &str = "甲方、丙方可以为订立和履行本协议处理乙方的必要个人信息：甲方仅用于录用和办理入职手续，丙方仅用于就业管理和服务，并依照规定报送主管部门。甲方、丙方应当采取必要措施保障信息安全，未经乙方同意不得用于其他目的；乙方有权依法查阅、复制、更正本人的个人信息。";
const DISPUTE: &str = "因订立、履行、解除本协议发生争议的，甲乙双方协商解决，也可以请丙方协助调解；协商、调解不成的，可以依法向有管辖权的人民法院提起诉讼。双方订立劳动合同后，因劳动合同发生的争议依照劳动争议处理的规定解决。";

fn position(terms: &Terms) -> String {
    let category = POSITION_CATEGORY.name(&terms.position_category);
    let category = category.map_or_else(String::new, |name| format!("（职位类别：{name}）"));
    let mut text = format!(
        "甲方拟聘用乙方从事“{}”岗位{category}的工作，工作地点为{}。",
        terms.position,
        work_place(terms)
    );
    match terms.major_match {
        Some(true) => text.push_str("该岗位与乙方所学专业对口。"),
        Some(false) => text.push_str("该岗位与乙方所学专业不对口，乙方已知悉。"),
        None => {}
    }
    if let Some(employer) = &terms.actual_employer {
        add(&mut text, format_args!("乙方的实际用工单位为{employer}。"));
    }
    text.push_str("甲方变更工作岗位或者工作地点的，应当事先与乙方协商一致。");
    text
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

fn pay(terms: &Terms) -> String {
    let regular = money(terms.regular_pay);
    let mut text = if terms.probation_months > 0 {
        let probation = money(terms.probation_pay);
        format!("乙方试用期的月工资为 {probation}，试用期满后的月工资为 {regular}，均为税前金额。")
    } else {
        format!("乙方的月工资为 {regular}（税前）。")
    };
    text.push_str("甲方依法为乙方缴纳社会保险费和住房公积金。");
    if let Some(benefits) = &terms.benefits {
        add(&mut text, format_args!("其他报酬和福利：{}", sentence(benefits)));
    }
    text
}

/// The text with a full stop, if it does not end as a sentence does.
fn sentence(text: &str) -> String {
    if text.ends_with(['。', '！', '？', '；', '.', '!', '?', ';', '…']) {
        text.to_owned()
    } else {
        format!("{text}。")
    }
}

fn contract(terms: &Terms) -> String {
    let kind = match terms.contract {
        ContractTerm::Fixed { months } => format!("固定期限劳动合同，期限为 {months} 个月"),
        ContractTerm::OpenEnded => "无固定期限劳动合同".into(),
        ContractTerm::Task => "以完成一定工作任务为期限的劳动合同".into(),
    };
    let probation = match terms.probation_months {
        0 => "不约定试用期".into(),
        n => format!("试用期为 {n} 个月，包含在劳动合同期限内"),
    };
    // 劳动合同法 §22: a penalty for leaving early rests on training that the employer paid for.
    let service = match terms.service_months {
        None | Some(0) => "不约定服务期".into(),
        Some(n) => format!("服务期为 {n} 个月，违反服务期约定的责任依照法律规定和双方的培训协议确定"),
    };
    // 劳动合同法 §10.
    format!(
        "双方应当自用工之日起一个月内订立书面劳动合同，类型为{kind}；{probation}；{service}。除双方协商一致外，劳动合同的内容不得与本协议的约定相抵触。"
    )
}

fn day(date: Date) -> String {
    format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day())
}

fn report(terms: &Terms) -> String {
    let (from, to) = (day(terms.report_from), day(terms.report_to));
    let when = if terms.report_from == terms.report_to {
        format!("于 {from}")
    } else {
        format!("在 {from}至 {to}之间")
    };
    format!(
        "乙方应当{when}到{}报到，甲方应当按时接收。因特殊情况不能按时报到的，乙方应当事先告知甲方，并与甲方商定新的报到时间。",
        terms.report_place
    )
}

fn archive(terms: &Terms) -> String {
    let mut text = format!(
        "乙方的档案：{}。户口：{}。",
        files(&terms.archive),
        household(&terms.household)
    );
    if let Some(unit) = &terms.party_relation {
        add(&mut text, format_args!("党团组织关系：转入{unit}。"));
    }
    text.push_str("双方应当为办理上述手续提供真实、有效的信息并相互配合；档案按照规定转递，不得由个人自带。");
    text
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

/// What is owed on breach. It ends where the labour contract begins: within that, a worker owes a
/// penalty only for paid training and non-competition (劳动合同法 §25); 民法典 §585 for the amount.
fn breach(terms: &Terms) -> String {
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
    if !terms.exemptions.is_empty() {
        let labels: Vec<_> = terms.exemptions.iter().map(|e| e.label()).collect();
        let labels = labels.join("、");
        add(
            &mut text,
            format_args!("乙方因下列情形解除本协议的，应当及时告知甲方，不承担违约责任：{labels}。"),
        );
    }
    text.push_str("本条适用于劳动合同订立之前，不作为劳动合同中的违约金约定。");
    text
}

fn owed(amount: Money, to: &str) -> String {
    match amount {
        Money(0) => format!("依法赔偿{to}的损失"),
        amount => format!("向{to}支付违约金 {}", money(amount)),
    }
}
