//! The terms of the agreements: plausible, lawful, varied; once revised, and once as long as it gets.

use super::numbers;
use super::random::Seeded;
use super::world::{Employer, Position};
use domain::agreement::terms::{
    Archive, ArchiveKind, ContractTerm, Exemption, Household, HouseholdKind, Money, Terms,
};
use jiff::ToSpan;
use jiff::civil::{Date, date};

const BENEFITS: [&str; 4] = [
    "五险一金，年终奖一至三个月工资，工作日提供午餐",
    "五险一金，提供集体宿舍（两人间），每年体检一次，带薪年假按国家规定",
    "岗位工资加绩效工资，绩效约占两成；交通补贴每月 300 元，餐补每日 25 元",
    "包住，食堂就餐有补贴；入职满一年后每年调薪一次",
];
const SUPPLEMENTARY: [&str; 8] = [
    "甲方为乙方提供为期三个月的岗前培训，培训期间工资按试用期标准发放，培训费用由甲方承担。",
    "乙方报到时应提交毕业证书、学位证书原件供核对，甲方核对后当场退还。",
    "乙方报到前由甲方安排入职体检，费用由甲方承担；体检项目不得超出国家规定的范围。",
    "甲方为乙方提供人才公寓，首年免收租金，水电费由乙方承担。",
    "乙方在职期间参加与岗位有关的职称考试，通过后甲方报销报名费和教材费。",
    "工作地点在江城市范围内调整的，甲方提前七日告知乙方，并保证通勤时间不超过一小时。",
    "乙方考取注册类执业资格的，甲方自注册当月起每月发放津贴 800 元。",
    "因乙方毕业论文答辩推迟需要延期报到的，乙方提前十日告知，甲方同意顺延至多三十日。",
];
const EXEMPTIONS: [Exemption; 6] = [
    Exemption::Study,
    Exemption::CivilService,
    Exemption::Military,
    Exemption::Abroad,
    Exemption::NotGraduated,
    Exemption::ForceMajeure,
];

/// When and for whom.
pub struct Setting {
    /// Graduation year.
    pub year: i32,
    /// The day on which the terms are written; nobody reports before it.
    pub today: Date,
    /// Whether the position suits the major.
    pub major_match: Option<bool>,
}

/// The terms of an offer.
pub fn ordinary(rng: &Seeded, employer: &Employer, position: &Position, setting: &Setting) -> Terms {
    let (title, category, low, high) = *position;
    let regular = Money::yuan(rng.between(low, high) * 100);
    let contract = *rng.pick(&[36, 36, 36, 36, 24, 60]);
    let contract = ContractTerm::Fixed { months: contract };
    let contract = if rng.chance(4) {
        ContractTerm::OpenEnded
    } else {
        contract
    };
    let months = *rng.pick(&[0, 2, 3, 6]);
    let months = months.min(contract.probation_limit());
    let percent = *rng.pick(&[80, 85, 90, 100]);
    let penalty = *rng.pick(&[0, 2000, 3000, 5000]);
    let penalty = Money::yuan(penalty).min(regular);
    let from = report_day(rng, setting);
    let (place, files) = (employer.place.1, employer.files);
    let count = rng.below(4);
    let first = rng.below(SUPPLEMENTARY.len());
    Terms {
        position: title.to_owned(),
        position_category: category.to_owned(),
        work_province: employer.place.0.to_owned(),
        work_place: place.to_owned(),
        major_match: setting.major_match,
        actual_employer: title.contains("派驻").then(|| "江城云图软件有限公司".to_owned()),
        contract,
        service_months: rng.chance(10).then_some(36),
        probation_months: months,
        probation_pay: if months == 0 {
            regular
        } else {
            Money(regular.0 / 100 * percent)
        },
        regular_pay: regular,
        benefits: rng.chance(85).then(|| (*rng.pick(&BENEFITS)).to_owned()),
        report_from: from,
        report_to: from.saturating_add(rng.between(0, 20).days()),
        report_place: format!("{place}人力资源部"),
        archive: archive(rng, employer),
        household: household(rng, files, place),
        party_relation: rng.chance(30).then(|| format!("中共{}委员会", employer.name)),
        penalty_employer: penalty,
        penalty_student: penalty,
        exemptions: EXEMPTIONS.into_iter().filter(|_| rng.chance(60)).collect(),
        supplementary: (0..count)
            .map(|n| SUPPLEMENTARY[(first + n) % SUPPLEMENTARY.len()].to_owned())
            .collect(),
    }
}

/// A day of July of the graduation year, or a day some weeks from now when that is past.
fn report_day(rng: &Seeded, setting: &Setting) -> Date {
    let year = i16::try_from(setting.year).unwrap_or(2027);
    let july = date(year, 7, 1).saturating_add(rng.between(0, 24).days());
    july.max(setting.today.saturating_add(30.days()))
}

fn archive(rng: &Seeded, employer: &Employer) -> Archive {
    let kind = match (employer.files, rng.chance(70)) {
        (true, _) => ArchiveKind::Employer,
        (false, true) => ArchiveKind::Agency,
        (false, false) => ArchiveKind::Origin,
    };
    let receiver = match kind {
        ArchiveKind::Employer => Some((employer.name, employer.place.1, employer.contact)),
        ArchiveKind::Agency => Some(("江城市人才服务中心", "江城市江岸区人才路 10 号", "档案室")),
        ArchiveKind::Origin | ArchiveKind::School => None,
    };
    let text = |text: &str| Some(text.to_owned());
    Archive {
        kind,
        receiver: receiver.and_then(|(name, _, _)| text(name)),
        address: receiver.and_then(|(_, address, _)| text(address)),
        postcode: receiver.and_then(|_| text("430000")),
        contact: receiver.and_then(|(_, _, contact)| text(contact)),
        phone: receiver.map(|_| numbers::landline("027", rng)),
    }
}

fn household(rng: &Seeded, files: bool, place: &str) -> Household {
    match (files, rng.chance(50)) {
        (true, true) => Household {
            kind: HouseholdKind::Employer,
            address: Some(place.to_owned()),
        },
        (false, true) => {
            let address = "江城市人才服务中心集体户，江城市江岸区人才路 10 号";
            Household {
                kind: HouseholdKind::Agency,
                address: Some(address.to_owned()),
            }
        }
        (_, false) => Household {
            kind: HouseholdKind::Stay,
            address: None,
        },
    }
}

/// Better terms, for an offer that was taken back and sent again.
pub fn revised(terms: &Terms) -> Terms {
    let mut terms = terms.clone();
    terms.regular_pay = Money(terms.regular_pay.0 + 80_000);
    terms.probation_pay = if terms.probation_months == 0 {
        terms.regular_pay
    } else {
        Money(terms.regular_pay.0 / 10 * 9)
    };
    terms.benefits = Some("五险一金，年终奖不少于两个月工资，提供人才公寓".to_owned());
    terms.supplementary.truncate(1);
    terms
        .supplementary
        .push("甲方承担乙方报到的单程交通费，凭票据报销，上限 1,000 元。".to_owned());
    terms
}

/// The same terms with texts as long as the form lets them be.
pub fn longest(terms: &Terms) -> Terms {
    let mut terms = terms.clone();
    let detail = "本款所称培训包括入职培训、岗位技能培训、安全生产培训和甲方根据生产经营需要安排的其他培训；\
                  培训地点、时间和内容由甲方提前书面告知乙方，乙方因课程、答辩等学业安排不能参加的，双方另行商定时间。";
    let fill = |start: &str, length: usize| -> String {
        start
            .chars()
            .chain(detail.chars().cycle())
            .take(length - 1)
            .chain(['。'])
            .collect()
    };
    terms.position = String::from(
        "轨道交通信号与通信系统综合调试及现场技术支持工程师（含夜间天窗作业、线网数据中心值守与新线开通联调联试方向）",
    );
    terms.work_place = String::from(
        "江城市江岸区长堤路 200 号轨道交通控制中心大楼，以及江城市行政区域内已开通运营和在建的各条线路的车站、车辆段、停车场、主变电所和线网数据中心",
    );
    terms.benefits = Some(fill(
        "五险一金、补充医疗保险、企业年金；夜间作业津贴每次 120 元，高温津贴按规定发放；",
        500,
    ));
    terms.supplementary = (1..=14)
        .map(|n| {
            fill(
                &format!("（{n}）关于培训、考核与生活保障的约定：{}", SUPPLEMENTARY[n % 8]),
                500,
            )
        })
        .collect();
    terms.exemptions = EXEMPTIONS.to_vec();
    terms
}

#[cfg(test)]
mod tests {
    use super::super::world::EMPLOYERS;
    use super::*;
    use domain::agreement::form::{Limits, parse, to_input};
    use domain::codes::{POSITION_CATEGORY, PROVINCE};

    fn check(terms: &Terms, today: Date, year: i32) {
        let limits = Limits {
            today,
            year,
            penalty_cap: 5000,
            is_position_category: |code| POSITION_CATEGORY.accepts(code),
            is_province: |code| PROVINCE.accepts(code),
        };
        let (read, _) = parse(&to_input(terms), &limits).unwrap();
        assert_eq!(&read, terms);
    }

    #[test]
    fn every_text_passes_the_offer_form_unchanged() {
        let today = date(2026, 11, 20);
        for (n, employer) in EMPLOYERS.iter().enumerate() {
            for position in employer.positions {
                for k in 0..12 {
                    let rng = Seeded::new(&format!("terms {n} {k}"));
                    let setting = Setting {
                        year: 2027,
                        today,
                        major_match: Some(true),
                    };
                    let terms = ordinary(&rng, employer, position, &setting);
                    check(&terms, today, 2027);
                    check(&revised(&terms), today, 2027);
                    check(&longest(&terms), today, 2027);
                }
            }
        }
    }
}
