//! The pages of colleges, of the school and of the platform.

use super::Sample;
use super::agreements::{message, rows, view};
use super::frames::{ago, college, platform, staff, student_id, texts, with_flash};
use domain::agreement::form::Input;
use domain::agreement::{CommandKind, EventKind, Refusal, StateKind};
use domain::eligibility::SourceStatus;
use domain::params::SchoolParams;
use domain::params::spec::SPECS;
use web::i18n::Lang;
use web::views::form::{Choice, Form};
use web::views::list::Filter;
use web::views::part::Pager;
use web::views::platform::{self as platform_view, DeadLetter, Platform, SchoolLine};
use web::views::review::agreement::{self, Beside, Certificate, Review};
use web::views::review::batch::{self, Outcome, OutcomeRow};
use web::views::review::overview::{self, CollegeLine, Overview};
use web::views::review::parameters::{self, ChangeLine, Line, Parameters, words};
use web::views::review::queue::{self, Queue, QueueTab};
use web::views::review::student::{self, Record};
use web::views::review::students::{self, SourceRow, Students};

fn queue_page(rows: Vec<web::views::list::AgreementRow>, q: &str) -> Queue {
    Queue {
        tab: QueueTab::Waiting,
        states: vec![(domain::agreement::StateKind::CollegeReview, 2)],
        counts: [7, 31, 11, 146, 2, 5],
        filter: Filter {
            q: q.into(),
            ..Filter::default()
        },
        colleges: vec![Choice::new("1", "计算机科学与技术学院")],
        degrees: vec![Choice::new("31", "本科生毕业")],
        majors: vec![Choice::new("软件工程", "软件工程")],
        export: "/school/agreements.xlsx?state=waiting".into(),
        nothing_chosen: false,
        rows: rows
            .into_iter()
            .enumerate()
            .map(|(n, row)| web::views::list::AgreementRow {
                checks: Some(if n == 1 {
                    vec!["1 处需要核对".into()]
                } else {
                    Vec::new()
                }),
                ..row
            })
            .collect(),
        pager: Pager {
            total: 7,
            previous: Some("?state=waiting".into()),
            next: Some("?after=x".into()),
        },
    }
}

fn review(lang: Lang, state: StateKind, acts: &[(CommandKind, Result<(), Refusal>)], form: Form) -> Review {
    Review {
        agreement: view(lang, state, acts),
        record: texts(&[
            ("学号", "2023110418"),
            ("学历", "本科生毕业"),
            ("培养方式", "非定向"),
            ("生源信息", "已审核"),
        ]),
        certificate: Some(Certificate {
            lines: vec![
                Beside {
                    label: "单位名称".into(),
                    then: "江城智造科技有限公司".into(),
                    now: "江城智造科技有限公司".into(),
                },
                Beside {
                    label: "法定代表人".into(),
                    then: "周明".into(),
                    now: "周明远".into(),
                },
            ],
            certification: "approved".into(),
            entry: "approved".into(),
            licence: Some(super::frames::licence(true)),
        }),
        doubts: vec!["乙方违约金高于 5,000 元".into()],
        form,
    }
}

fn record(status: SourceStatus, reason: Option<&str>, wrong: Option<&str>) -> Record {
    let form = Form::default();
    Record {
        id: student_id(1),
        name: "阿卜杜热合曼·吐尔逊江".into(),
        status,
        reason: reason.map(Into::into),
        rows: texts(&[
            ("学号", "2023110418"),
            ("证件号码", "420106********0028"),
            ("专业", "软件工程"),
        ]),
        form: wrong.map_or_else(|| form.clone(), |code| form.clone().with_error("text", code)),
    }
}

fn source_rows() -> Vec<SourceRow> {
    let row = |n, name: &str, status, reason: Option<&str>| SourceRow {
        id: student_id(n),
        name: name.into(),
        line: "2023110418 · 女".into(),
        id_no: "420106********0028".into(),
        degree: "本科生毕业".into(),
        major: "软件工程".into(),
        class: "软工 2301".into(),
        training: "非定向".into(),
        status,
        reason: reason.map(Into::into),
    };
    vec![
        row(1, "林语桐", SourceStatus::Imported, None),
        row(2, "阿卜杜热合曼·吐尔逊江·麦麦提明", SourceStatus::Imported, None),
        row(3, "龘𬭎𠮷", SourceStatus::Imported, None),
    ]
}

fn students_page(tab: SourceStatus, rows: Vec<SourceRow>, nothing_chosen: bool) -> Students {
    Students {
        tab,
        counts: [3, 120, 1],
        filter: Filter::default(),
        degrees: vec![Choice::new("31", "本科生毕业")],
        rows,
        pager: Pager {
            total: 3,
            previous: None,
            next: None,
        },
        nothing_chosen,
    }
}

fn overview_page() -> Overview {
    let line = |name: &str, students, signed| CollegeLine {
        name: name.into(),
        students,
        signed,
    };
    Overview {
        year: 2027,
        students: 412,
        approved: 396,
        offered: 31,
        college_review: 7,
        school_review: 4,
        effective: 146,
        queue: rows(&[StateKind::SchoolReview]).into_iter().take(4).collect(),
        colleges: vec![
            line("计算机科学与技术学院", 120, 62),
            line("自动化学院", 96, 40),
            line("经济管理学院", 88, 31),
            line("外国语学院", 60, 13),
        ],
        messages: vec![
            message(EventKind::CollegeApproved, 3, true),
            message(EventKind::Accepted, 30, false),
        ],
    }
}

fn parameters_page(lang: Lang, year: i32, form: Form) -> Parameters {
    let defaults = SchoolParams::default();
    let lines = SPECS.iter().filter(|spec| spec.scope.covers(year));
    let change = |key: &str, old: &str, new: &str, hours| ChangeLine {
        at: ago(hours),
        by: "赵生".into(),
        year,
        name: web::i18n::tk(lang, "param", key).into_owned(),
        old: old.into(),
        new: new.into(),
    };
    Parameters {
        year,
        years: vec![2027, 2026],
        lines: lines
            .map(|spec| Line {
                spec: *spec,
                fallback: words(lang, spec, &defaults.value(spec.key)),
                set: (spec.key == "reply_days").then(|| ("赵生".into(), ago(5))),
            })
            .collect(),
        form,
        version: 2,
        changes: vec![
            change("reply_days", "5 天", "7 天", 5),
            change("employer_may_terminate", "未设置", "开启", 50),
        ],
        pager: Pager {
            total: 2,
            ..Pager::default()
        },
    }
}

fn platform_page(dead: bool) -> Platform {
    let school = |code: &str, name: &str, students| SchoolLine {
        code: code.into(),
        name: name.into(),
        students,
        agreements: 210,
        effective: 146,
    };
    let letter = DeadLetter {
        topic: "render_document".into(),
        attempts: 12,
        at: ago(3),
        error: "disk full".into(),
    };
    Platform {
        schools: vec![
            school("10359", "江城理工大学", 412),
            school("10701", "东湖科技大学", 96),
        ],
        employers: 12,
        waiting: 1,
        undelivered: if dead {
            vec![DeadLetter {
                topic: "mail.send".into(),
                attempts: 1,
                at: ago(5),
                error: "550".into(),
            }]
        } else {
            Vec::new()
        },
        dead: if dead { vec![letter] } else { Vec::new() },
    }
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    use CommandKind::{CollegeApprove, Return, SchoolApprove};
    use StateKind::{CollegeReview, Effective, SchoolReview};
    let (college, staff) = (college(lang), staff(lang));
    let waiting = rows(&[CollegeReview]);
    let done = Err(Refusal::WrongState(Effective));
    let wrong = Form::default().with_error("reason", "required");
    vec![
        ("c-queue", queue::page(&college, &queue_page(waiting, ""), true)),
        (
            "c-queue-empty",
            queue::page(&college, &queue_page(Vec::new(), ""), true),
        ),
        (
            "c-queue-nothing",
            queue::page(&college, &queue_page(Vec::new(), "x"), false),
        ),
        (
            "c-agreement",
            agreement::page(
                &college,
                &review(
                    lang,
                    CollegeReview,
                    &[(CollegeApprove, Ok(())), (Return, Ok(()))],
                    Form::default(),
                ),
            ),
        ),
        (
            "c-agreement-wrong",
            agreement::page(
                &college,
                &review(
                    lang,
                    CollegeReview,
                    &[(CollegeApprove, Ok(())), (Return, Ok(()))],
                    wrong,
                ),
            ),
        ),
        (
            "c-students",
            students::page(
                &with_flash(college.clone(), "source_approved"),
                &students_page(SourceStatus::Imported, source_rows(), false),
            ),
        ),
        (
            "c-students-none",
            students::page(
                &college,
                &students_page(SourceStatus::Imported, source_rows(), true),
            ),
        ),
        (
            "c-students-empty",
            students::page(
                &college,
                &students_page(SourceStatus::Returned, Vec::new(), false),
            ),
        ),
        (
            "c-student",
            student::page(&college, &record(SourceStatus::Imported, None, None)),
        ),
        (
            "c-student-wrong",
            student::page(&college, &record(SourceStatus::Imported, None, Some("required"))),
        ),
        (
            "c-student-returned",
            student::page(
                &college,
                &record(SourceStatus::Returned, Some("专业应为软件工程"), None),
            ),
        ),
        (
            "c-student-approved",
            student::page(&college, &record(SourceStatus::Approved, None, None)),
        ),
        ("h-batch", {
            let line = |n, student: &str, outcome| OutcomeRow {
                id: super::frames::agreement(n),
                student: student.into(),
                employer: "江城智造科技有限公司".into(),
                outcome,
            };
            let number = Some("20271035930003198K".into());
            batch::page(
                &staff,
                &[
                    line(1, "林语桐", Outcome::Approved { number }),
                    line(
                        2,
                        "阿卜杜热合曼·吐尔逊江",
                        Outcome::ToLookAt(vec!["1 处需要核对".into()]),
                    ),
                    line(3, "龘𬭎𠮷", Outcome::Refused("刚刚有变动".into())),
                ],
            )
        }),
        ("h-overview", overview::page(&staff, &overview_page())),
        ("h-parameters", {
            let mut input = Input::default();
            input.set("reply_days", "7");
            parameters::page(&staff, &parameters_page(lang, 0, Form::filled(input)))
        }),
        ("h-parameters-year-wrong", {
            let mut input = Input::default();
            input.set("window_from", "2027-02-30");
            let form = Form::filled(input).with_error("window_from", "not_a_date");
            let mut page =
                parameters_page(lang, 2027, form.with_error("reply_days_min", "min_above_default"));
            page.changes.clear();
            parameters::page(&staff, &page)
        }),
        (
            "h-queue",
            queue::page(&staff, &queue_page(rows(&[SchoolReview]), ""), false),
        ),
        (
            "h-agreement",
            agreement::page(
                &staff,
                &review(
                    lang,
                    SchoolReview,
                    &[(SchoolApprove, Ok(())), (Return, Ok(()))],
                    Form::default(),
                ),
            ),
        ),
        (
            "h-agreement-done",
            agreement::page(
                &staff,
                &review(
                    lang,
                    Effective,
                    &[(SchoolApprove, done.clone()), (Return, done)],
                    Form::default(),
                ),
            ),
        ),
        (
            "p-platform",
            platform_view::page(&platform(lang), &platform_page(false)),
        ),
        (
            "p-platform-dead",
            platform_view::page(&platform(lang), &platform_page(true)),
        ),
    ]
}
