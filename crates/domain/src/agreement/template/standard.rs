//! The standard template: what the program ships with, and where a school's own begins.
//!
//! Everything that the terms say stands in some clause, so that whatever changes is ticked again.

use super::{Source, Template};
use crate::agreement::clause::{ClauseKind, Party};
use std::sync::LazyLock;

/// Name of the template that ships with the program; schools' own come beside it.
pub const TEMPLATE: &str = "standard-1";

/// A clause that no template may lack, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Must {
    /// Key of the clause.
    pub key: &'static str,
    /// Its heading in the standard template.
    pub title: &'static str,
}

/// The clauses that the law asks for, or that keep a school from what it must not do. The reasons stand
/// where they are shown, under the clause's key.
pub const MUST: [Must; 6] = [
    // 劳动合同法 §3, §8; 四不准 (no forced or proxy signing).
    Must {
        key: "truth",
        title: "如实告知与自愿订立",
    },
    // An agreement of somebody who does not graduate does not bind (`domain.md` §2.2, no. 2).
    Must {
        key: "graduation",
        title: "毕业资格",
    },
    // 劳动合同法 §25; 民法典 §585.
    Must {
        key: "breach",
        title: "违约责任与免责情形",
    },
    // 四不准: certificates are never tied to signing.
    Must {
        key: "school",
        title: "学校的职责",
    },
    // 电子签名法 §3: the parties have to agree on the form.
    Must {
        key: "electronic",
        title: "电子签署与送达",
    },
    // 个人信息保护法 §6, §13(1)2, §44–46.
    Must {
        key: "privacy",
        title: "个人信息的使用",
    },
];

/// Whether a template may not lack the clause.
pub fn is_must(key: &str) -> bool {
    MUST.iter().any(|must| must.key == key)
}

/// The standard clauses as they are written, fields and all.
pub fn sources() -> Vec<Source> {
    use ClauseKind::{Negotiable, Standard};
    vec![
        clause("truth", "如实告知与自愿订立", Standard, TRUTH),
        clause("position", "工作岗位与工作地点", Negotiable, POSITION),
        clause("pay", "劳动报酬与福利", Negotiable, PAY),
        clause("contract", "劳动合同、试用期与服务期", Negotiable, CONTRACT),
        clause("report", "报到", Negotiable, REPORT),
        clause("archive", "档案、户口与党团关系", Negotiable, ARCHIVE),
        clause("graduation", "毕业资格", Standard, GRADUATION),
        clause("breach", "违约责任与免责情形", Negotiable, BREACH),
        clause("school", "学校的职责", Standard, SCHOOL),
        clause("end", "协议的生效、终止与解除", Standard, END),
        clause("electronic", "电子签署与送达", Standard, ELECTRONIC),
        clause("privacy", "个人信息的使用", Standard, PRIVACY),
        clause("dispute", "争议解决", Standard, DISPUTE),
    ]
}

/// A clause that both parties confirm, as all of this template are.
fn clause(key: &str, title: &str, kind: ClauseKind, body: &str) -> Source {
    Source {
        key: key.to_owned(),
        title: title.to_owned(),
        body: body.to_owned(),
        kind,
        confirmed_by: vec![Party::Employer, Party::Student],
    }
}

/// The standard template, read once.
pub fn template() -> &'static Template {
    static STANDARD: LazyLock<Template> = LazyLock::new(|| {
        // The tests read it: nothing in it is wrong.
        Template::read(TEMPLATE, &sources()).unwrap_or_else(|_| Template::empty(TEMPLATE))
    });
    &STANDARD
}

const TRUTH: &str = "甲方已向乙方如实告知工作内容、工作条件、工作地点、职业危害、安全生产状况、劳动报酬以及乙方要求了解的其他情况；乙方已向甲方如实说明与应聘岗位直接相关的基本情况。甲乙双方自愿订立本协议，任何单位和个人不得强迫或者代替他人签署。";
const POSITION: &str = "甲方拟聘用乙方从事“{岗位}”岗位{职位类别说明}的工作，工作地点为{工作地点}。{专业对口说明}{实际用工单位说明}甲方变更工作岗位或者工作地点的，应当事先与乙方协商一致。";
const PAY: &str = "{工资约定}甲方依法为乙方缴纳社会保险费和住房公积金。{福利说明}";
// 劳动合同法 §10.
const CONTRACT: &str = "双方应当自用工之日起一个月内订立书面劳动合同，类型为{劳动合同类型}；{试用期约定}；{服务期约定}。除双方协商一致外，劳动合同的内容不得与本协议的约定相抵触。";
const REPORT: &str = "乙方应当{报到时间}到{报到地点}报到，甲方应当按时接收。因特殊情况不能按时报到的，乙方应当事先告知甲方，并与甲方商定新的报到时间。";
const ARCHIVE: &str = "乙方的档案：{档案去向}。户口：{户口去向}。{党团关系说明}双方应当为办理上述手续提供真实、有效的信息并相互配合；档案按照规定转递，不得由个人自带。";
const GRADUATION: &str = "乙方在约定的报到截止日前未取得毕业资格的，本协议自该日届满时终止，双方互不承担违约责任；双方协商一致继续履行的除外。乙方取得毕业资格的，甲方不得以乙方在校学习成绩为由拒绝接收。";
// It ends where the labour contract begins: within that, a worker owes a penalty only for paid training and
// non-competition (劳动合同法 §25); 民法典 §585 for the amount.
const BREACH: &str = "{违约金约定}{免责情形说明}本条适用于劳动合同订立之前，不作为劳动合同中的违约金约定。";
const SCHOOL: &str = "丙方作为鉴证方，核对乙方的生源信息，按照学校的规定审核本协议，并依照国家规定办理毕业去向登记和档案转递等手续。丙方不是甲乙双方劳动关系的当事人，不得强迫乙方签约，不得将毕业证书、学位证书的发放与签约挂钩。";
const END: &str = "本协议经甲乙双方签署并完成丙方规定的审核、取得协议编号时生效。乙方到甲方报到且双方订立劳动合同后，本协议自行终止。本协议生效后，双方协商一致可以解除；一方要求解除的，应当说明理由、提交解约函，并按照丙方规定的程序办理。解除本协议不影响违约责任的承担。";
// 电子签名法 §3 and §13, last paragraph: the parties may agree on its conditions.
const ELECTRONIC: &str = "三方约定以电子形式订立本协议：甲方经授权的经办人、乙方分别以本人账号登录本系统，按照系统的要求验证身份并逐条确认后提交的，即为签署。账号由本人保管和使用，不得交由他人代为操作。电子文本与纸质文本具有同等的约束力，其内容和状态可以通过本系统查验。与本协议有关的通知通过本系统的站内消息送达，也可以发送至各方预留的联系方式。";
const PRIVACY: &str = "甲方、丙方可以为订立和履行本协议处理乙方的必要个人信息：甲方仅用于录用和办理入职手续，丙方仅用于就业管理和服务，并依照规定报送主管部门。甲方、丙方应当采取必要措施保障信息安全，未经乙方同意不得用于其他目的；乙方有权依法查阅、复制、更正本人的个人信息。";
const DISPUTE: &str = "因订立、履行、解除本协议发生争议的，甲乙双方协商解决，也可以请丙方协助调解；协商、调解不成的，可以依法向有管辖权的人民法院提起诉讼。双方订立劳动合同后，因劳动合同发生的争议依照劳动争议处理的规定解决。";
