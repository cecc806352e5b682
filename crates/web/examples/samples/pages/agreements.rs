//! Sample agreements in any state.

use super::frames::{ago, agreement, ahead, texts};
use domain::agreement::clause::{Content, Party};
use domain::agreement::state::TerminationStage;
use domain::agreement::terms::{
    Archive, ArchiveKind, ContractTerm, Exemption, Household, HouseholdKind, Money, Terms,
};
use domain::agreement::{CommandKind, EventKind, Refusal, StateKind};
use domain::ids::{AgreementId, UploadId};
use store::evidence::Standing;
use uuid::Uuid;
use web::i18n::Lang;
use web::views::agreement::{AgreementView, Holder};
use web::views::list::{AgreementRow, Waits};
use web::views::messages::MessageRow;
use web::views::part::{ClauseItem, Confirmation, Entry, Parties, PartyCard, Sign, Steps};
use web::views::termination::{Step, Termination};
use web::views::upload::FileRow;

pub fn terms() -> Terms {
    Terms {
        position: "前端开发工程师".into(),
        position_category: "13".into(),
        work_province: "42".into(),
        work_place: "江城市高新区明远科技园".into(),
        major_match: Some(true),
        actual_employer: None,
        contract: ContractTerm::Fixed { months: 36 },
        service_months: None,
        probation_months: 3,
        probation_pay: Money::yuan(10_000),
        regular_pay: Money::yuan(12_500),
        benefits: Some("五险一金，公积金 12%；入职前 6 个月提供人才公寓，租金单位承担 50%。".into()),
        report_from: jiff::civil::date(2027, 7, 1),
        report_to: jiff::civil::date(2027, 7, 15),
        report_place: "江城市高新区明远路 18 号 A 座 3 层".into(),
        archive: Archive {
            kind: ArchiveKind::Agency,
            receiver: Some("江城市人才服务中心".into()),
            address: Some("江城市中山路 88 号".into()),
            postcode: Some("430070".into()),
            contact: Some("李工".into()),
            phone: Some("027-8123 4567".into()),
        },
        household: Household {
            kind: HouseholdKind::Stay,
            address: None,
        },
        party_relation: None,
        penalty_employer: Money::yuan(5000),
        penalty_student: Money::yuan(5000),
        exemptions: vec![Exemption::Study, Exemption::CivilService, Exemption::Military],
        supplementary: vec!["甲方为乙方提供入职前 6 个月人才公寓，租金由甲方承担 50%。".into()],
    }
}

/// The clauses, with the ticks that the state implies; `given` of them by the student.
pub fn clauses(employer: bool, given: usize) -> Vec<ClauseItem> {
    let content = Content::standard(terms());
    let mut left = given;
    let items = content.clauses.into_iter().map(|clause| {
        let asked = clause.confirmed_by.contains(&Party::Student);
        let student = match (asked, left) {
            (false, _) => Confirmation::NotAsked,
            (true, 0) => Confirmation::Missing,
            (true, _) => Confirmation::Given(ago(40)),
        };
        left = left.saturating_sub(usize::from(asked));
        let said = if employer {
            Confirmation::Given(ago(90))
        } else {
            Confirmation::Missing
        };
        let before = (clause.key == "pay")
            .then(|| "试用期内月薪 9,500 元；转正后月薪 12,000 元（均为税前）。".to_owned());
        ClauseItem {
            clause,
            employer: said,
            student,
            before: before.filter(|_| given < 99 && given > 0),
        }
    });
    items.collect()
}

fn parties(lang: Lang, student: &str) -> Parties {
    let label = |key: &str| key.to_owned();
    let done = |text: &str| Sign {
        done: true,
        text: text.into(),
    };
    let zh = lang == Lang::Zh;
    let pick = |a: &str, b: &str| if zh { label(a) } else { label(b) };
    let employer = PartyCard {
        rows: vec![
            (pick("单位名称", "Name"), "江城明远科技股份有限公司".into()),
            (pick("信用代码", "Credit code"), "91420100MA4L2X7K3Q".into()),
            (
                pick("单位性质", "Nature"),
                "其他企业 · 软件和信息技术服务业".into(),
            ),
            (pick("联系人", "Contact"), "周敏 027-8123 4567".into()),
            (pick("通讯地址", "Address"), "江城市高新区明远路 18 号".into()),
        ],
        sign: done(&pick("已于 11-18 14:20 逐条确认", "Confirmed 11-18 14:20")),
    };
    let student = PartyCard {
        rows: vec![
            (pick("姓名", "Name"), student.into()),
            (pick("学号", "Student no."), "2023110418".into()),
            (pick("学历专业", "Degree, major"), "本科生毕业 · 软件工程".into()),
            (pick("毕业年份", "Class"), "2027".into()),
            (pick("联系电话", "Telephone"), "138****6021".into()),
        ],
        sign: Sign {
            done: false,
            text: pick("待学生确认", "Awaiting the student"),
        },
    };
    let school = PartyCard {
        rows: vec![
            (pick("学校名称", "Name"), "江城理工大学".into()),
            (pick("院系", "College"), "计算机科学与技术学院".into()),
            (pick("就业中心", "Career centre"), "027-6875 1188".into()),
            (pick("通讯地址", "Address"), "江城市珞瑜路 1037 号".into()),
        ],
        sign: Sign {
            done: false,
            text: pick("待院系与学校审核", "Awaiting the reviews"),
        },
    };
    Parties {
        employer,
        student,
        school,
    }
}

fn holder(state: StateKind) -> Option<Holder> {
    let role = match state {
        StateKind::Draft => "employer",
        StateKind::Offered => "student",
        StateKind::CollegeReview => "college",
        StateKind::SchoolReview => "school",
        _ => return None,
    };
    Some(Holder {
        role: role.into(),
        since: ago(47),
    })
}

fn entry(kind: EventKind, actor: &str, hours: i64) -> Entry {
    Entry {
        kind,
        actor: actor.into(),
        at: ago(hours),
        reason: None,
    }
}

fn timeline(state: StateKind) -> Vec<Entry> {
    let mut entries = vec![
        entry(EventKind::Drafted, "周敏", 118),
        entry(EventKind::Sent, "周敏", 115),
    ];
    match state {
        StateKind::Draft => entries.truncate(1),
        StateKind::CollegeReview => entries.push(entry(EventKind::Accepted, "王思齐", 47)),
        StateKind::Effective => entries.extend([
            entry(EventKind::Accepted, "王思齐", 47),
            entry(EventKind::CollegeApproved, "刘文博", 25),
            entry(EventKind::SchoolApproved, "陈静", 3),
        ]),
        StateKind::Returned => {
            entries.push(entry(EventKind::Accepted, "王思齐", 47));
            let reason = Some(("terms_incomplete".into(), "请补充档案接收单位的联系电话。".into()));
            entries.push(Entry {
                reason,
                ..entry(EventKind::Returned, "刘文博", 5)
            });
        }
        _ => {}
    }
    entries.reverse();
    entries
}

pub fn view(lang: Lang, state: StateKind, acts: &[(CommandKind, Result<(), Refusal>)]) -> AgreementView {
    use StateKind::{CollegeReview, Effective, Offered, Returned, SchoolReview};
    let reached = |states: &[StateKind], hours| states.contains(&state).then(|| ago(hours));
    let given = if matches!(state, StateKind::Draft | Offered) {
        0
    } else {
        99
    };
    AgreementView {
        id: agreement(7),
        version: 4,
        state,
        number: (state == Effective).then(|| "20271035930003198K".into()),
        year: 2027,
        student: "王思齐".into(),
        employer: "江城明远科技股份有限公司".into(),
        created: ago(118),
        steps: Steps {
            sent: reached(&[Offered, CollegeReview, SchoolReview, Effective, Returned], 115),
            accepted: reached(&[CollegeReview, SchoolReview, Effective, Returned], 47),
            college: reached(&[SchoolReview, Effective], 25),
            school: reached(&[Effective], 3),
            effective: reached(&[Effective], 3),
            deadline: (state == Offered).then(|| ahead(56)),
            college_review: true,
            school_review: true,
        },
        holder: holder(state),
        reason: (state == Returned)
            .then(|| ("terms_incomplete".into(), "请补充档案接收单位的联系电话。".into())),
        parties: parties(lang, "王思齐（女）"),
        terms: terms(),
        clauses: clauses(state != StateKind::Draft, given),
        removed: (state == Offered)
            .then(|| ("补充约定 2".into(), "乙方入职后三年内不得报考研究生。".into()))
            .into_iter()
            .collect(),
        timeline: timeline(state),
        acts: acts.to_vec(),
        termination: termination(state),
        void: None,
        files: Vec::new(),
        reply_days: (5, 1, 30),
        printable: state.has_number(),
        evidence: if state.has_number() {
            Standing::Ready
        } else {
            Standing::NotInForce
        },
    }
}

pub fn row(n: u128, student: &str, major: &str, position: &str, state: StateKind) -> AgreementRow {
    AgreementRow {
        waits: holder(state).map(|holder| Waits {
            role: holder.role,
            since: ago(130),
            overdue: n % 2 == 1,
        }),
        checks: None,
        version: 1,
        id: id(n),
        number: (state == StateKind::Effective).then(|| "20271035930003198K".into()),
        student: student.into(),
        student_line: "2023110418 · 本科生毕业".into(),
        college: "计算机科学与技术学院".into(),
        major: major.into(),
        employer: "江城明远科技股份有限公司".into(),
        position: position.into(),
        place: "江城市高新区".into(),
        pay: "12,500".into(),
        state,
        deadline: (state == StateKind::Offered).then(|| ahead(20 + i64::try_from(n).unwrap_or(0) * 13)),
        reason: (state == StateKind::Declined).then(|| ("study".into(), String::new())),
        updated: ago(2 + i64::try_from(n).unwrap_or(0) * 7),
    }
}

fn id(n: u128) -> AgreementId {
    agreement(100 + n)
}

pub fn rows(states: &[StateKind]) -> Vec<AgreementRow> {
    let people = [
        ("林语桐", "软件工程", "后端开发工程师"),
        ("郝嘉禾", "自动化", "嵌入式工程师"),
        ("阿依夏·买买提", "数据科学与大数据技术", "数据分析师"),
        ("龘𬭎𠮷", "会计学", "财务管培生"),
        ("唐一诺", "材料学", "工艺研发工程师"),
        (
            "阿卜杜热合曼·吐尔逊江·麦麦提明",
            "英语（商务与跨文化交流方向）",
            "海外市场与品牌推广高级专员（储备干部）",
        ),
        ("陈牧野", "电气工程及其自动化", "电源工程师"),
    ];
    let of = |(i, (name, major, position)): (usize, &(&str, &str, &str))| {
        row(
            u128::try_from(i).unwrap_or(0),
            name,
            major,
            position,
            states
                .get(i % states.len())
                .copied()
                .unwrap_or(StateKind::Offered),
        )
    };
    people.iter().enumerate().map(of).collect()
}

pub fn message(event: EventKind, hours: i64, unread: bool) -> MessageRow {
    let params = texts(&[
        ("student", "王思齐"),
        ("employer", "江城明远科技股份有限公司"),
        ("position", "前端开发工程师"),
        ("reason", "study"),
        ("number", "1"),
    ]);
    MessageRow {
        event: event.into(),
        agreement: Some(agreement(7)),
        params,
        at: ago(hours),
        unread,
    }
}

/// A letter of termination.
pub fn letter() -> FileRow {
    FileRow {
        id: UploadId(Uuid::from_u128(77)),
        name: "解约函（双方盖章）.pdf".into(),
        size: 1_340_000,
        pages: 2,
        kind: "letter".into(),
    }
}

/// A request for termination that the college has to decide.
fn termination(state: StateKind) -> Option<Termination> {
    let step = |code, hours: Option<i64>, now| Step {
        code,
        at: hours.map(ago),
        now,
    };
    let ended = state == StateKind::Terminated;
    let open = state == StateKind::Terminating;
    (open || ended).then(|| Termination {
        party: Party::Student,
        by: "王思齐".into(),
        at: ago(50),
        reason: ("继续深造".into(), "已与单位协商一致，违约金已按协议结清。".into()),
        letter: Some(letter()),
        made: false,
        steps: vec![
            step("asked", Some(50), false),
            step("answered", Some(30), false),
            step("college", ended.then_some(20), open),
            step("school", ended.then_some(4), false),
            step("ended", ended.then_some(4), false),
        ],
        due: None,
        stage: open.then_some(TerminationStage::College),
    })
}
