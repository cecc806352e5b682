//! The typed terms of an agreement (data dictionary: `domain.md` §2.4 C).
//!
//! A value of `Terms` is always complete and lawful; how it is read from what somebody typed is
//! in [`super::form`].

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount of yuan before tax, kept in fen (1/100 yuan).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub i64);

impl Money {
    /// The amount for a whole number of yuan.
    pub const fn yuan(yuan: i64) -> Self {
        Self(yuan * 100)
    }
}

impl fmt::Display for Money {
    /// With separators, and with decimals only where there are any: `12,500` or `12,500.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = (self.0 / 100).unsigned_abs().to_string();
        let mut grouped = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        match (self.0 % 100).unsigned_abs() {
            0 => write!(f, "{sign}{grouped}"),
            fen => write!(f, "{sign}{grouped}.{fen:02}"),
        }
    }
}

/// The term of the labour contract that the parties intend to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ContractTerm {
    /// 固定期限, in months.
    Fixed {
        /// Months, at least 1.
        months: u16,
    },
    /// 无固定期限.
    OpenEnded,
    /// 以完成一定工作任务为期限.
    Task,
}

impl ContractTerm {
    /// The longest lawful probation in months: 劳动合同法 §19 (under 3 months or by task: none;
    /// under a year: 1; under three years: 2; from three years or open-ended: 6).
    pub fn probation_limit(self) -> u16 {
        match self {
            Self::Task => 0,
            Self::OpenEnded => 6,
            Self::Fixed { months } => match months {
                0..3 => 0,
                3..12 => 1,
                12..36 => 2,
                36.. => 6,
            },
        }
    }
}

macro_rules! choice { ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)* }) => {
    $(#[$doc])*
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum $name { $($(#[$vdoc])* $variant,)* }
    impl $name {
        /// All choices, in the order of the form.
        pub const ALL: &[$name] = &[$($name::$variant),*];
        /// The code in forms, rows and message keys.
        pub fn code(self) -> &'static str { match self { $(Self::$variant => $code),* } }
        /// The words of the document.
        pub fn label(self) -> &'static str { match self { $(Self::$variant => $label),* } }
        /// From its code.
        pub fn from_code(code: &str) -> Option<Self> { Self::ALL.iter().copied().find(|c| c.code() == code) }
    }
} }

choice! {
    /// Where the student's file 档案 goes.
    ArchiveKind {
        /// To the employer itself.
        Employer = "employer", "签约单位接收";
        /// To an agency that keeps files for the employer.
        Agency = "agency", "托管单位（人才机构）接收";
        /// Back to the student's place of origin.
        Origin = "origin", "转回生源地";
        /// Stays at the school for now.
        School = "school", "暂留学校";
    }
}

choice! {
    /// Where the student's household registration 户口 goes.
    HouseholdKind {
        /// To the employer's address.
        Employer = "employer", "迁入单位";
        /// To the collective household of an agency.
        Agency = "agency", "迁入人才集体户";
        /// Back to the place of origin.
        Origin = "origin", "迁回生源地";
        /// Not moved.
        Stay = "stay", "不迁移";
    }
}

choice! {
    /// Events after which the student may end the agreement without paying (免责情形).
    Exemption {
        /// Further study.
        Study = "study", "升学";
        /// Civil service or public institution.
        CivilService = "civil_service", "被录用为公务员或事业单位工作人员";
        /// Military service.
        Military = "military", "应征入伍";
        /// Study or work abroad.
        Abroad = "abroad", "出国（境）";
        /// Did not graduate.
        NotGraduated = "not_graduated", "未能如期毕业";
        /// Force majeure.
        ForceMajeure = "force_majeure", "不可抗力";
    }
}

/// Who receives the student's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// Which way.
    pub kind: ArchiveKind,
    /// Name of the receiver; required unless the file goes back to the origin or stays.
    pub receiver: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// Its postcode, six digits.
    pub postcode: Option<String>,
    /// Person to contact.
    pub contact: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// Where the household registration moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    /// Which way.
    pub kind: HouseholdKind,
    /// The address; required when it moves to the employer or an agency.
    pub address: Option<String>,
}

/// What the two parties agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Name of the position (≤ 64 characters).
    pub position: String,
    /// 职位类别, a code of the dictionary `position_category`.
    pub position_category: String,
    /// Province, GB/T 2260, six digits.
    pub work_province: String,
    /// Place of work within it (≤ 128).
    pub work_place: String,
    /// Whether the job matches the student's major.
    pub major_match: Option<bool>,
    /// The employer at whose place the student works, where labour is dispatched.
    pub actual_employer: Option<String>,
    /// The labour contract to be signed.
    pub contract: ContractTerm,
    /// 服务期 in months; 0 or absent: none.
    pub service_months: Option<u16>,
    /// Probation in months; 0: none.
    pub probation_months: u16,
    /// Monthly pay during probation, before tax.
    pub probation_pay: Money,
    /// Monthly pay afterwards, before tax.
    pub regular_pay: Money,
    /// Pay structure, benefits, insurance, board and lodging (≤ 500).
    pub benefits: Option<String>,
    /// First day to report.
    pub report_from: Date,
    /// Last day to report.
    pub report_to: Date,
    /// Where to report (≤ 128).
    pub report_place: String,
    /// The student's file.
    pub archive: Archive,
    /// The student's household registration.
    pub household: Household,
    /// 党团关系接收单位 (≤ 128).
    pub party_relation: Option<String>,
    /// Penalty that the employer pays on breach; 0: none.
    pub penalty_employer: Money,
    /// Penalty that the student pays on breach; 0: none.
    pub penalty_student: Money,
    /// When the student owes nothing.
    pub exemptions: Vec<Exemption>,
    /// Supplementary clauses, in order (≤ 20 of ≤ 500 characters).
    pub supplementary: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_with_separators() {
        assert_eq!(Money(0).to_string(), "0");
        assert_eq!(Money::yuan(800).to_string(), "800");
        assert_eq!(Money::yuan(12_500).to_string(), "12,500");
        assert_eq!(Money(123_456_789).to_string(), "1,234,567.89");
    }

    #[test]
    fn probation_follows_article_19() {
        let fixed = |months| ContractTerm::Fixed { months }.probation_limit();
        assert_eq!([2, 3, 11, 12, 35, 36, 60].map(fixed), [0, 1, 1, 2, 2, 6, 6]);
        assert_eq!(ContractTerm::OpenEnded.probation_limit(), 6);
        assert_eq!(ContractTerm::Task.probation_limit(), 0);
    }
}
