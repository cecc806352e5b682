//! Who acts in the measured world, and what they do.

use crate::names::{
    SCHOOL, YEAR, agreement, college, employer as employer_id, member, reviewer, staff,
    student as student_id, student_account,
};
use domain::agreement::terms::{
    Archive, ArchiveKind, ContractTerm, Exemption, Household, HouseholdKind, Money, Terms,
};
use domain::agreement::{Command, Content, Ticks};
use domain::params::china;
use domain::policy::Actor;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use store::Store;
use store::accounts::PasswordHash;
use store::agreements::{Act, Origin};
use store::people::{NewEmployer, NewStudent};
use store::sealed::PersonalNumber;

/// Everybody's password.
pub const PASSWORD: &str = "Fjord-84-vexing";

/// What the seeding needs.
pub struct Cast {
    /// Where to.
    pub store: Store,
    /// Everybody's password.
    pub hash: PasswordHash,
    /// What all agreements say.
    pub content: Content,
    /// Now.
    pub now: Timestamp,
}

/// Terms as they are usual: every section filled, two supplementary clauses.
pub fn terms() -> Terms {
    Terms {
        position: "后端开发工程师".into(),
        position_category: "13".into(),
        work_province: "420000".into(),
        work_place: "江城市高新区软件园路 18 号".into(),
        major_match: Some(true),
        actual_employer: None,
        contract: ContractTerm::Fixed { months: 36 },
        service_months: None,
        probation_months: 3,
        probation_pay: Money::yuan(9600),
        regular_pay: Money::yuan(12_000),
        benefits: Some("五险一金，年终奖一至三个月工资，工作日提供午餐".into()),
        report_from: jiff::civil::date(2027, 7, 1),
        report_to: jiff::civil::date(2027, 7, 10),
        report_place: "江城市高新区软件园路 18 号 A 座一层".into(),
        archive: Archive {
            kind: ArchiveKind::Origin,
            receiver: None,
            address: None,
            postcode: None,
            contact: None,
            phone: None,
        },
        household: Household {
            kind: HouseholdKind::Stay,
            address: None,
        },
        party_relation: None,
        penalty_employer: Money::yuan(3000),
        penalty_student: Money::yuan(3000),
        exemptions: vec![Exemption::Study, Exemption::CivilService, Exemption::Military],
        supplementary: vec![
            "甲方为乙方提供为期三个月的岗前培训，培训期间工资按试用期标准发放，培训费用由甲方承担。".into(),
            "乙方报到时应提交毕业证书、学位证书原件供核对，甲方核对后当场退还。".into(),
        ],
    }
}

const SURNAMES: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "马", "罗",
];
const GIVEN: [&str; 30] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超",
    "兰", "霞", "平", "刚", "桂", "文", "辉", "玲", "红", "建", "华", "梅", "鑫",
];

/// The name of student `n`; with 18,000 different ones, as unevenly shared as people share theirs.
pub fn name(n: u64) -> String {
    let pick = |list: &[&'static str], n: u64| {
        let at = usize::try_from(n).unwrap_or_default() % list.len();
        list[at]
    };
    [
        pick(&SURNAMES, n),
        pick(&GIVEN, n / 20),
        pick(&GIVEN, n / 600 + n),
    ]
    .concat()
}

/// 学号 of student `n`.
pub fn student_no(n: u64) -> String {
    format!("{YEAR}{n:06}")
}

/// Student `n`.
pub fn student(n: u64) -> NewStudent {
    NewStudent {
        id: student_id(n),
        year: YEAR,
        college_id: college(n),
        student_no: student_no(n),
        exam_no: format!("23420101{n:06}"),
        name: name(n),
        gender: if n.is_multiple_of(2) { "1" } else { "2" }.into(),
        degree: "31".into(),
        major: "计算机科学与技术".into(),
        class_name: format!("计科{}班", n % 9),
        training_mode: "1".into(),
        id_no: Some(PersonalNumber::new(&format!("11010120050{n:07}"))),
        phone: Some(PersonalNumber::new(&format!("138{n:08}"))),
    }
}

/// Employer `n`.
pub fn employer(n: u64) -> NewEmployer {
    NewEmployer {
        id: employer_id(n),
        uscc: format!("91420100MA000{n:05}"),
        name: format!("江城第{n}软件科技有限公司"),
        nature: "39".into(),
        industry: "34".into(),
        scale: "4".into(),
        region: "420000".into(),
        address: "江城市高新区软件园路 18 号".into(),
        postcode: "430000".into(),
        legal_person: "林思齐".into(),
        contact: "白晓彤".into(),
        phone: "027-87654321".into(),
        email: "hr@example.com".into(),
        has_personnel_authority: false,
    }
}

/// Every clause's key.
pub fn all_keys(content: &Content) -> BTreeSet<String> {
    content.clauses.iter().map(|clause| clause.key.clone()).collect()
}

/// From where everybody acts.
pub fn origin() -> Origin {
    Origin {
        address: "192.0.2.10".into(),
        client: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36".into(),
    }
}

/// The member of the employer of agreement `n`.
pub fn employer_actor(n: u64) -> Actor {
    Actor::Employer {
        account: member(n),
        employer: employer_id(n),
    }
}

/// The end of the fifth day from now, in China.
fn deadline(now: Timestamp) -> Timestamp {
    let later = now + SignedDuration::from_hours(5 * 24);
    let end = later.to_zoned(china()).date().at(23, 59, 59, 0).to_zoned(china());
    end.map_or(later, |end| end.timestamp())
}

/// The acceptance of offer `n`: the student ticks every clause.
pub fn accept(content: &Content, n: u64) -> Act {
    let student = Actor::Student {
        account: student_account(n),
        school: SCHOOL,
        student: student_id(n),
    };
    let command = Command::Accept {
        ticks: Ticks::new(),
        method_agreed: true,
        second_factor: None,
    };
    Act {
        ticked: all_keys(content),
        ..act(n, student, command, 2)
    }
}

fn act(n: u64, actor: Actor, command: Command, version: i64) -> Act {
    Act {
        school: SCHOOL,
        id: agreement(n),
        version: Some(version),
        command,
        ticked: BTreeSet::new(),
        actor,
        origin: origin(),
    }
}

/// What happens to draft `n` until it is in force.
pub fn acts(content: &Content, now: Timestamp, n: u64) -> [Act; 4] {
    let reviewer = Actor::College {
        account: reviewer(n),
        school: SCHOOL,
        colleges: vec![college(n)],
    };
    let staff = Actor::School {
        account: staff(),
        school: SCHOOL,
    };
    let send = Command::Send {
        deadline: deadline(now),
        ticks: Ticks::new(),
    };
    [
        act(n, employer_actor(n), send, 1),
        accept(content, n),
        act(n, reviewer, Command::CollegeApprove, 3),
        act(n, staff, Command::SchoolApprove, 4),
    ]
}
