//! Terms that nobody agreed on: for looking at a template.

use crate::agreement::terms::{
    Archive, ArchiveKind, ContractTerm, Exemption, Household, HouseholdKind, Money, Terms,
};
use jiff::civil::Date;

/// Sample terms of somebody who graduates in `year`.
pub fn terms(year: i16) -> Terms {
    let day = |month, day| Date::new(year, month, day).unwrap_or_default();
    Terms {
        position: "软件开发工程师".into(),
        position_category: "13".into(),
        work_province: "330000".into(),
        work_place: "杭州市西湖区示例路 1 号".into(),
        major_match: Some(true),
        actual_employer: None,
        contract: ContractTerm::Fixed { months: 36 },
        service_months: Some(12),
        probation_months: 3,
        probation_pay: Money::yuan(8_000),
        regular_pay: Money::yuan(10_000),
        benefits: Some("餐补、交通补贴，每年体检一次".into()),
        report_from: day(7, 1),
        report_to: day(7, 10),
        report_place: "杭州市西湖区示例路 1 号 3 楼人力资源部".into(),
        archive: Archive {
            kind: ArchiveKind::Agency,
            receiver: Some("示例市人才服务中心".into()),
            address: Some("示例市人才大厦 2 楼".into()),
            postcode: Some("310000".into()),
            contact: Some("李老师".into()),
            phone: Some("0571-00000000".into()),
        },
        household: Household {
            kind: HouseholdKind::Agency,
            address: Some("示例市人才集体户".into()),
        },
        party_relation: Some("中共示例公司支部委员会".into()),
        penalty_employer: Money::yuan(3_000),
        penalty_student: Money::yuan(3_000),
        exemptions: vec![Exemption::Study, Exemption::CivilService, Exemption::Military],
        supplementary: vec!["示例：甲方为乙方提供不少于三个月的单身宿舍。".into()],
    }
}
