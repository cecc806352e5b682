//! What the printed agreement says, as plain data, and the port of whoever sets it in type.
//!
//! A [`Sheet`] is complete: two equal sheets give the same PDF, byte for byte. Nothing here knows
//! how a page looks; the form lives in the crate `pdf`.

mod letter;
mod png;
mod rendered;

pub use letter::Letter;
pub use png::Png;
pub use rendered::{FieldRect, MissingGlyph, RenderError, Rendered, Renderer};

use crate::money;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// In which of its legal conditions the agreement is printed. Decides the watermark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rendition {
    /// Still being written by the employer.
    Draft,
    /// Sent or under review, or ended before it took effect.
    Pending,
    /// In force (also while its termination is being decided).
    Effective,
    /// Ended by termination 解约.
    Terminated,
    /// Overtaken by the student's agreement with another employer.
    Superseded,
    /// Declared void by the school.
    Voided,
}

impl Rendition {
    /// Every rendition.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Pending,
        Self::Effective,
        Self::Terminated,
        Self::Superseded,
        Self::Voided,
    ];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Effective => "effective",
            Self::Terminated => "terminated",
            Self::Superseded => "superseded",
            Self::Voided => "voided",
        }
    }

    /// The rendition stored under `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rendition| rendition.as_str() == name)
    }

    /// What is printed across each page; nothing on an agreement in force.
    pub fn watermark(self) -> Option<&'static str> {
        match self {
            Self::Draft => Some("草稿"),
            Self::Pending => Some("未生效"),
            Self::Effective => None,
            Self::Terminated => Some("已解约"),
            Self::Superseded => Some("已失效"),
            Self::Voided => Some("已作废"),
        }
    }

    /// Whether the agreement may still come into force: what is missing is then "not yet given".
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Pending)
    }
}

/// One agreement as it is to be printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its legal condition.
    pub rendition: Rendition,
    /// The agreement number 协议编号, from the moment it is effective.
    pub number: Option<String>,
    /// The year of graduation 届.
    pub graduation_year: i16,
    /// The employer 甲方.
    pub employer: EmployerPart,
    /// The student 乙方.
    pub student: StudentPart,
    /// The school that witnesses 鉴证方.
    pub school: SchoolPart,
    /// The school's logo, at the head of the first page.
    #[serde(default)]
    pub logo: Option<Png>,
    /// The agreed terms, in groups, in the order of printing.
    pub terms: Vec<Section>,
    /// The clauses of the form, in order. They are numbered by the form (第一条 …).
    pub clauses: Vec<Clause>,
    /// What the parties agreed besides 补充条款, in order.
    pub supplementary: Vec<Clause>,
    /// Who signed and approved.
    pub opinions: Opinions,
    /// Where the document can be verified; printed as a QR code on each page. Without it the
    /// code holds the number; with neither there is no code.
    pub verify_url: Option<String>,
    /// By what method the parties agreed to sign, in words.
    pub signing_method: Option<String>,
    /// Hexadecimal hash of the agreed content (SHA-256), in the foot of each page.
    pub content_hash: Option<String>,
    /// When the agreement came into force.
    pub effective_at: Option<Timestamp>,
    /// The date the file itself carries. Not "now": the same sheet gives the same bytes.
    pub dated: Timestamp,
}

impl fmt::Debug for Sheet {
    /// Only what identifies it: the parts hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet")
            .field("rendition", &self.rendition)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// The employer as the agreement names it, frozen at acceptance.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EmployerPart {
    /// 单位名称, as on its certificate.
    pub name: String,
    /// 统一社会信用代码.
    pub uscc: Option<String>,
    /// 单位性质, in words.
    pub nature: Option<String>,
    /// 所属行业, in words.
    pub industry: Option<String>,
    /// 单位规模, in words.
    pub scale: Option<String>,
    /// 所在地.
    pub region: Option<String>,
    /// 通讯地址.
    pub address: Option<String>,
    /// 邮政编码.
    pub postcode: Option<String>,
    /// 法定代表人.
    pub legal_person: Option<String>,
    /// 联系人.
    pub contact: Option<String>,
    /// 联系电话.
    pub phone: Option<String>,
    /// 电子邮箱.
    pub email: Option<String>,
    /// 人事档案管理权: whether it may keep personnel files itself.
    pub personnel_authority: Option<bool>,
}

/// The student as the agreement names them, frozen at acceptance.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StudentPart {
    /// 姓名.
    pub name: String,
    /// 性别, in words.
    pub gender: Option<String>,
    /// 学号.
    pub student_no: Option<String>,
    /// 考生号.
    pub exam_no: Option<String>,
    /// 证件号码.
    pub id_no: Option<String>,
    /// 学历, in words.
    pub degree: Option<String>,
    /// 专业.
    pub major: Option<String>,
    /// 院系.
    pub college: Option<String>,
    /// 班级.
    pub class_name: Option<String>,
    /// 培养方式, in words.
    pub training_mode: Option<String>,
    /// 联系电话.
    pub phone: Option<String>,
    /// 电子邮箱.
    pub email: Option<String>,
}

/// The school as the agreement names it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SchoolPart {
    /// 学校名称.
    pub name: String,
    /// 学校代码, five digits.
    pub code: Option<String>,
    /// 联系人 (the career office).
    pub contact: Option<String>,
    /// 联系电话.
    pub phone: Option<String>,
    /// 通讯地址.
    pub address: Option<String>,
    /// 邮政编码.
    pub postcode: Option<String>,
}

/// A group of terms under one heading.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The heading, without a number.
    pub title: String,
    /// The terms.
    pub rows: Vec<Row>,
}

/// One term: what it is called and what was agreed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The term.
    pub label: String,
    /// What was agreed; nothing prints as "/", so that nobody fills it in afterwards.
    pub value: Option<String>,
}

impl Row {
    /// A term in words.
    pub fn text(label: impl Into<String>, value: Option<impl Into<String>>) -> Self {
        Self {
            label: label.into(),
            value: value.map(Into::into),
        }
    }

    /// An amount in fen: figures and Chinese capitals.
    pub fn money(label: impl Into<String>, fen: Option<i64>) -> Self {
        Self {
            label: label.into(),
            value: fen.map(money::both),
        }
    }
}

/// One clause as it was agreed, its fields filled in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The heading, without a number; supplementary clauses often have none.
    pub title: Option<String>,
    /// The text. A line feed starts a new line.
    pub body: String,
    /// Who confirmed this very clause, and when.
    pub confirmed: Vec<Confirmation>,
}

/// That somebody confirmed one clause.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// For which party.
    pub signer: Signer,
    /// The person.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// Who has a block of its own at the end of the agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// 甲方.
    Employer,
    /// 乙方.
    Student,
    /// 院系.
    College,
    /// 学校.
    School,
}

impl Signer {
    /// In the order of the form.
    pub const ALL: [Self; 4] = [Self::Employer, Self::Student, Self::College, Self::School];

    /// Its key in [`FieldRect`] and in the form.
    pub fn key(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::Student => "student",
            Self::College => "college",
            Self::School => "school",
        }
    }
}

/// The four blocks 甲方意见, 乙方意见, 院系意见, 学校意见.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Opinions {
    /// 甲方意见: the sending of the offer.
    pub employer: Option<Opinion>,
    /// 乙方意见: the acceptance.
    pub student: Option<Opinion>,
    /// 院系意见: the college's review, where the school has one.
    pub college: Option<Opinion>,
    /// 学校意见: the school's review, where the school has one.
    pub school: Option<Opinion>,
}

impl Opinions {
    /// What `signer` said.
    pub fn of(&self, signer: Signer) -> Option<&Opinion> {
        match signer {
            Signer::Employer => self.employer.as_ref(),
            Signer::Student => self.student.as_ref(),
            Signer::College => self.college.as_ref(),
            Signer::School => self.school.as_ref(),
        }
    }
}

/// One act of signing or approving.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// What was said, such as 同意录用.
    pub text: String,
    /// The person who acted.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// How the person was known, such as 账号口令登录并再次验证口令.
    pub method: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendition_is_stored_under_its_name() {
        for rendition in Rendition::ALL {
            assert_eq!(Rendition::parse(rendition.as_str()), Some(rendition));
            let json = serde_json::to_value(rendition).unwrap();
            assert_eq!(json, rendition.as_str());
        }
        assert_eq!(Rendition::parse("final"), None);
    }

    #[test]
    fn only_an_agreement_in_force_has_no_watermark() {
        let bare: Vec<_> = Rendition::ALL
            .into_iter()
            .filter(|r| r.watermark().is_none())
            .collect();
        assert_eq!(bare, [Rendition::Effective]);
    }

    #[test]
    fn an_amount_is_written_in_figures_and_in_capitals() {
        let row = Row::money("违约金", Some(500_000));
        assert_eq!(row.value.as_deref(), Some("5,000.00 元（人民币伍仟元整）"));
        assert_eq!(Row::money("违约金", None).value, None);
    }
}
