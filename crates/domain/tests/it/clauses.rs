//! The words of the agreement, filled with three different sets of terms: to be read by a person.

use crate::support::terms;
use domain::agreement::terms::{
    Archive, ArchiveKind, ContractTerm, Exemption, Household, HouseholdKind, Money, Terms,
};
use domain::agreement::{Content, Party};
use jiff::civil::date;
use std::collections::BTreeSet;
use std::fmt::Write;

/// A hospital: open-ended, a period of service, everything comes to it; uneven penalties.
fn hospital() -> Terms {
    Terms {
        position: "临床药师".into(),
        position_category: "19".into(),
        work_province: "510000".into(),
        work_place: "四川省成都市武侯区国学巷 37 号".into(),
        major_match: None,
        contract: ContractTerm::OpenEnded,
        service_months: Some(60),
        probation_months: 6,
        probation_pay: Money(680_050),
        regular_pay: Money::yuan(8_500),
        benefits: None,
        report_from: date(2027, 8, 1),
        report_to: date(2027, 8, 1),
        report_place: "第二门诊楼人力资源部".into(),
        archive: Archive {
            kind: ArchiveKind::Employer,
            receiver: Some("四川省示范医院".into()),
            address: Some("成都市武侯区国学巷 37 号".into()),
            postcode: None,
            contact: None,
            phone: None,
        },
        household: Household {
            kind: HouseholdKind::Employer,
            address: Some("成都市武侯区国学巷 37 号集体户".into()),
        },
        party_relation: None,
        penalty_employer: Money(0),
        penalty_student: Money::yuan(5_000),
        exemptions: vec![],
        supplementary: vec![],
        ..terms()
    }
}

/// A small studio: one task, no penalties, works at another firm's place.
fn studio() -> Terms {
    Terms {
        position: "平面设计".into(),
        position_category: "25".into(),
        work_province: "150000".into(),
        work_place: "呼和浩特市新城区".into(),
        major_match: Some(false),
        actual_employer: Some("内蒙古示范文化传播有限公司".into()),
        contract: ContractTerm::Task,
        probation_months: 0,
        probation_pay: Money::yuan(5_200),
        regular_pay: Money::yuan(5_200),
        benefits: Some("包午餐；\n每年体检一次。".into()),
        archive: Archive {
            kind: ArchiveKind::Origin,
            receiver: None,
            address: None,
            postcode: None,
            contact: None,
            phone: None,
        },
        household: Household {
            kind: HouseholdKind::Origin,
            address: None,
        },
        party_relation: None,
        penalty_employer: Money(0),
        penalty_student: Money(0),
        exemptions: vec![Exemption::NotGraduated, Exemption::ForceMajeure],
        supplementary: vec![
            "项目结束后双方另行协商续签。".into(),
            "甲方提供工作用电脑。".into(),
        ],
        ..terms()
    }
}

#[test]
fn the_clauses_read_well_for_different_terms() {
    let mut text = String::new();
    for (name, terms) in [("网络公司", terms()), ("医院", hospital()), ("工作室", studio())] {
        writeln!(text, "# {name}").unwrap();
        for (i, clause) in Content::standard(terms).clauses.iter().enumerate() {
            writeln!(
                text,
                "{}. {} [{} {:?}]\n{}",
                i + 1,
                clause.title,
                clause.key,
                clause.kind,
                clause.body
            )
            .unwrap();
        }
        text.push('\n');
    }
    insta::assert_snapshot!("clauses", text);
}

#[test]
fn nothing_is_said_of_what_was_abolished() {
    for terms in [terms(), hospital(), studio()] {
        for clause in Content::standard(terms).clauses {
            for word in ["派遣", "报到证", "改派", "身份证原件"] {
                assert!(
                    !clause.body.contains(word) && !clause.title.contains(word),
                    "{word} in {}",
                    clause.key
                );
            }
        }
    }
}

#[test]
fn clauses_are_named_once_complete_and_confirmed_by_both() {
    for terms in [terms(), hospital(), studio()] {
        let content = Content::standard(terms);
        let keys: BTreeSet<_> = content.clauses.iter().map(|clause| &clause.key).collect();
        assert_eq!(keys.len(), content.clauses.len());
        for clause in &content.clauses {
            assert_eq!(
                clause.confirmed_by,
                [Party::Employer, Party::Student],
                "{}",
                clause.key
            );
            assert!(clause.body.ends_with('。'), "{}: {}", clause.key, clause.body);
            for slip in ["。。", "，，", "；。", "，。", "{", "}", "None", "Some"] {
                assert!(
                    !clause.body.contains(slip),
                    "{slip} in {}: {}",
                    clause.key,
                    clause.body
                );
            }
        }
    }
}
