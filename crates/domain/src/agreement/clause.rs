//! The clauses of an agreement: what the parties confirm one by one (逐条确认).
//!
//! A clause is made from the template and the terms; its hash is what a tick is given for, so a
//! clause that changes loses its ticks by itself.

use super::terms::{ContractTerm, Money, Terms};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of several pieces, each with its length before it, so that no two lists collide.
    pub fn of(pieces: &[&[u8]]) -> Self {
        let mut sha = Sha256::new();
        for piece in pieces {
            sha.update((piece.len() as u64).to_be_bytes());
            sha.update(piece);
        }
        Self(sha.finalize().into())
    }

    /// From stored bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        hex::decode(&text)
            .ok()
            .and_then(|bytes| Self::from_slice(&bytes))
            .ok_or_else(|| serde::de::Error::custom("not a SHA-256"))
    }
}

/// What sort of clause it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// The same in every agreement of the template.
    Standard,
    /// Filled with the terms of this agreement.
    Negotiable,
    /// Written by the employer for this agreement.
    Supplementary,
}

/// One of the two parties who confirm clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// 用人单位.
    Employer,
    /// 毕业生.
    Student,
}

impl Party {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::Student => "student",
        }
    }
}

/// One clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Stable name within the agreement.
    pub key: String,
    /// Heading.
    pub title: String,
    /// Text of the clause, as it is shown and printed.
    pub body: String,
    /// What sort.
    pub kind: ClauseKind,
    /// Who has to tick it.
    pub confirmed_by: Vec<Party>,
}

impl Clause {
    /// What a tick is given for.
    pub fn hash(&self) -> Hash {
        Hash::of(&[
            self.key.as_bytes(),
            self.title.as_bytes(),
            self.body.as_bytes(),
        ])
    }
}

/// The ticks of one party: clause key → hash of the clause that was ticked.
pub type Ticks = BTreeMap<String, Hash>;

/// Terms and the clauses made from them: what is offered and accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Name and version of the template.
    pub template: String,
    /// The typed terms.
    pub terms: Terms,
    /// The clauses in order.
    pub clauses: Vec<Clause>,
}

impl Content {
    /// The standard template filled with `terms`.
    pub fn standard(terms: Terms) -> Self {
        Self {
            template: TEMPLATE.to_owned(),
            clauses: standard_clauses(&terms),
            terms,
        }
    }

    /// The hash that every consent and the audit trail name.
    pub fn hash(&self) -> Hash {
        let terms = serde_json::to_string(&self.terms).unwrap_or_default();
        let clauses = serde_json::to_string(&self.clauses).unwrap_or_default();
        Hash::of(&[
            self.template.as_bytes(),
            terms.as_bytes(),
            clauses.as_bytes(),
        ])
    }

    /// The clauses that `party` has not ticked as they now stand.
    pub fn unticked(&self, party: Party, ticks: &Ticks) -> Vec<String> {
        self.clauses
            .iter()
            .filter(|clause| clause.confirmed_by.contains(&party))
            .filter(|clause| ticks.get(&clause.key) != Some(&clause.hash()))
            .map(|clause| clause.key.clone())
            .collect()
    }

    /// The ticks that the given keys stand for, as the clauses now read; unknown keys are dropped.
    pub fn ticks_of(&self, keys: &BTreeSet<String>) -> Ticks {
        self.clauses
            .iter()
            .filter(|clause| keys.contains(&clause.key))
            .map(|clause| (clause.key.clone(), clause.hash()))
            .collect()
    }
}

/// The template that ships with the program; schools' own come beside it.
pub const TEMPLATE: &str = "standard-1";

fn standard_clauses(terms: &Terms) -> Vec<Clause> {
    use ClauseKind::{Negotiable, Standard};
    use Party::{Employer, Student};
    let both = [Employer, Student];
    let made = |key: &str, title: &str, kind, by: &[Party], body: String| Clause {
        key: key.to_owned(),
        title: title.to_owned(),
        body,
        kind,
        confirmed_by: by.to_vec(),
    };
    let mut clauses = vec![
        made("truth", "如实告知", Standard, &both, TRUTH.into()),
        made("position", "岗位与工作地点", Negotiable, &both, position(terms)),
        made("pay", "劳动报酬与福利", Negotiable, &both, pay(terms)),
        made("contract", "劳动合同、试用期与服务期", Negotiable, &both, contract(terms)),
        made("report", "报到", Negotiable, &both, report(terms)),
        made("archive", "档案、户口与党团关系", Negotiable, &both, archive(terms)),
        made("graduation", "毕业资格", Standard, &both, GRADUATION.into()),
        made("breach", "违约责任与免责情形", Negotiable, &both, breach(terms)),
        made("school", "学校的职责", Standard, &[Employer, Student], SCHOOL.into()),
        made("end", "协议的终止与解除", Standard, &both, END.into()),
        made("electronic", "电子签署与送达", Standard, &both, ELECTRONIC.into()),
        made("privacy", "个人信息的使用", Standard, &both, PRIVACY.into()),
    ];
    for (i, text) in terms.supplementary.iter().enumerate() {
        let n = i + 1;
        clauses.push(made(
            &format!("supplementary-{n}"),
            &format!("补充约定 {n}"),
            ClauseKind::Supplementary,
            &both,
            text.clone(),
        ));
    }
    clauses
}

const TRUTH: &str = "甲方已如实介绍本单位情况、岗位要求和工作条件，乙方已如实介绍自身情况并了解甲方的使用意图。双方均出于自愿签订本协议，任何一方或第三方不得强迫、代替乙方签署。";
const GRADUATION: &str = "乙方未在约定的报到截止日前取得毕业资格的，本协议自动失效，双方互不承担责任，甲方愿意继续录用的除外。乙方取得毕业资格的，甲方不得以学习成绩为由拒绝接收。";
const SCHOOL: &str = "丙方负责核对乙方的生源信息，对本协议进行审核和鉴证，并按规定办理毕业去向登记、档案转递等手续。丙方不是劳动关系的当事人。";
const END: &str = "乙方按时报到并与甲方签订劳动合同后，本协议自行终止。协议生效后一方提出解除的，应当说明理由并提交解约函，经本系统约定的程序办理后解除。";
const ELECTRONIC: &str = "三方约定以电子形式订立本协议：甲乙双方在本系统中以各自账号登录、逐条确认并经再次验证身份后提交，视为签署；本系统的站内消息及双方预留的联系方式为有效送达方式。电子文本与纸质文本具有同等的约束力，其真实性以系统的查验结果为准。";
const PRIVACY: &str = "为订立和履行本协议，甲方、丙方可以处理乙方在本协议中载明的个人信息；甲方仅用于录用和办理入职手续，丙方仅用于就业管理并按规定报送主管部门。任何一方不得将其用于其他目的。";

fn position(terms: &Terms) -> String {
    let mut text = format!(
        "甲方聘用乙方担任{}，工作地点为{}。甲方变更岗位或者工作地点的，应当与乙方协商一致。",
        terms.position, terms.work_place
    );
    if let Some(employer) = &terms.actual_employer {
        text.push_str(&format_args!("乙方的实际用工单位为{employer}。").to_string());
    }
    text
}

fn money(amount: Money) -> String {
    format!("{amount} 元")
}

fn pay(terms: &Terms) -> String {
    let mut text = String::new();
    if terms.probation_months > 0 {
        text = format!("试用期内月薪 {}；", money(terms.probation_pay));
    }
    let regular = money(terms.regular_pay);
    text.push_str(&format!("转正后月薪 {regular}（均为税前）。甲方按照国家规定为乙方缴纳社会保险和住房公积金。"));
    if let Some(benefits) = &terms.benefits {
        text.push_str(&format!("其他薪酬福利：{benefits}"));
    }
    text
}

fn contract(terms: &Terms) -> String {
    let kind = match terms.contract {
        ContractTerm::Fixed { months } => format!("固定期限劳动合同，期限 {months} 个月"),
        ContractTerm::OpenEnded => "无固定期限劳动合同".into(),
        ContractTerm::Task => "以完成一定工作任务为期限的劳动合同".into(),
    };
    let probation = match terms.probation_months {
        0 => "不约定试用期".into(),
        n => format!("试用期 {n} 个月，包含在合同期限内"),
    };
    let service = match terms.service_months {
        None | Some(0) => "不约定服务期".into(),
        Some(n) => format!("服务期 {n} 个月"),
    };
    format!("双方自乙方报到之日起一个月内订立{kind}；{probation}；{service}。")
}

fn day(date: jiff::civil::Date) -> String {
    format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day())
}

fn report(terms: &Terms) -> String {
    format!(
        "乙方于 {}至 {}到{}报到。因特殊情况不能按时报到的，应当事先告知甲方并取得同意。",
        day(terms.report_from),
        day(terms.report_to),
        terms.report_place
    )
}

fn archive(terms: &Terms) -> String {
    let archive = match &terms.archive.receiver {
        Some(receiver) => format!("{}，接收单位为{receiver}", terms.archive.kind.label()),
        None => terms.archive.kind.label().into(),
    };
    let household = match &terms.household.address {
        Some(address) => format!("{}，地址为{address}", terms.household.kind.label()),
        None => terms.household.kind.label().into(),
    };
    let party = match &terms.party_relation {
        Some(unit) => format!("党团关系转至{unit}。"),
        None => String::new(),
    };
    format!("乙方的档案：{archive}。户口：{household}。{party}")
}

fn breach(terms: &Terms) -> String {
    let mut text = if terms.penalty_employer == terms.penalty_student {
        match terms.penalty_student {
            Money(0) => "双方不约定违约金。".to_owned(),
            amount => format!("任何一方违约的，向对方支付违约金 {}。", money(amount)),
        }
    } else {
        let (employer, student) = (money(terms.penalty_employer), money(terms.penalty_student));
        format!("甲方违约的，向乙方支付违约金 {employer}；乙方违约的，向甲方支付违约金 {student}。")
    };
    if !terms.exemptions.is_empty() {
        let labels: Vec<_> = terms.exemptions.iter().map(|e| e.label()).collect();
        text.push_str(&format!("乙方因{}解除本协议的，不承担违约责任。", labels.join("、")));
    }
    text
}
