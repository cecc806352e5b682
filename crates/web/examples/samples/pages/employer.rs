//! The employer's pages.

use super::Sample;
use super::agreements::{message, rows, view};
use super::frames::{NOW, ago, agreement, ahead, employer, licence, student_id, texts};
use domain::agreement::{CommandKind, EventKind, Refusal, StateKind};
use domain::eligibility::{Admission, Block};
use domain::params::Discovery;
use web::i18n::Lang;
use web::views::document::{self, Document, Pdf};
use web::views::employer::agreement as detail;
use web::views::employer::company::{self, Company};
use web::views::employer::list::{self, AgreementList, Rows, StudentRow};
use web::views::employer::resume::{self, Resume, ResumePart};
use web::views::employer::schools::{self, EntryRow, Schools};
use web::views::employer::workbench::{self, Application, Numbers, Todo, Workbench};
use web::views::form::{Choice, Form};
use web::views::list::{EmployerTab, Filter};
use web::views::messages::{self, Messages};
use web::views::part::Pager;

const NUMBERS: Numbers = Numbers {
    pending: 8,
    due_soon: 3,
    eligible: 23,
    college_review: 7,
    school_review: 4,
    effective: 146,
    terminating: 2,
    terminated: 5,
};

fn workbench_page(full: bool) -> Workbench {
    let application = |n, name: &str, major: &str, position: &str| Application {
        student: student_id(n),
        name: name.into(),
        degree: "硕士生毕业".into(),
        college: "计算机科学与技术学院".into(),
        major: major.into(),
        position: position.into(),
        at: ago(3 + i64::try_from(n).unwrap_or(0) * 9),
    };
    let todos = vec![
        Todo::DueSoon {
            n: 3,
            names: vec!["林语桐".into(), "郝嘉禾".into(), "顾一帆".into()],
            first: ahead(33),
        },
        Todo::Drafts {
            n: 2,
            names: vec!["沈清和".into(), "唐一诺".into()],
        },
        Todo::CameBack {
            n: 1,
            names: vec!["罗子衿".into()],
        },
    ];
    let applications = vec![
        application(1, "林语桐", "软件工程", "后端开发工程师"),
        application(2, "韩奕辰", "自动化", "嵌入式工程师"),
        application(3, "欧阳若溪", "英语（商务）", "海外市场专员"),
        application(4, "龘𬭎𠮷", "会计学", "财务管培生"),
    ];
    let messages = vec![
        message(EventKind::Accepted, 2, true),
        message(EventKind::CollegeApproved, 20, true),
        message(EventKind::Declined, 40, false),
        message(EventKind::SchoolApproved, 60, false),
    ];
    Workbench {
        employer: "江城明远科技股份有限公司".into(),
        certification: Admission::Approved,
        window: (
            Some(jiff::civil::date(2026, 10, 15)),
            Some(jiff::civil::date(2027, 8, 31)),
        ),
        numbers: if full { NUMBERS } else { Numbers::default() },
        todos: if full { todos } else { Vec::new() },
        applications: if full { applications } else { Vec::new() },
        messages: if full { messages } else { Vec::new() },
        company: texts(&[
            ("统一社会信用代码", "91420100MA4L2X7K3Q"),
            ("单位性质", "其他企业"),
            ("所属行业", "信息传输、软件和信息技术服务业"),
            ("联系人", "周敏 027-8123 4567"),
        ]),
    }
}

fn list_page(tab: EmployerTab, rows: Rows, q: &str) -> AgreementList {
    AgreementList {
        majors: vec![Choice::new("软件工程", "软件工程"), Choice::new("法学", "法学")],
        export: "/employer/10359/2027/agreements.xlsx?tab=pending".into(),
        tab,
        counts: [8, 23, 146, 0],
        states: if tab == EmployerTab::Eligible {
            Vec::new()
        } else {
            tab.states().iter().copied().zip([5, 1, 0, 2, 0, 0]).collect()
        },
        filter: Filter {
            q: q.into(),
            ..Filter::default()
        },
        colleges: vec![
            Choice::new("1", "计算机科学与技术学院"),
            Choice::new("2", "自动化学院"),
        ],
        degrees: vec![Choice::new("31", "本科生毕业"), Choice::new("11", "硕士生毕业")],
        rows,
        pager: Pager {
            total: 23,
            previous: None,
            next: Some("?tab=pending&after=x".into()),
        },
        discovery: Discovery::Browse,
        nobody: vec![
            Block::SourceNotApproved,
            Block::AlreadySigned,
            Block::WindowClosed,
        ],
    }
}

fn students() -> Vec<StudentRow> {
    let row = |n, name: &str, major: &str, applied: Option<&str>, existing| StudentRow {
        proof: String::new(),
        id: student_id(n),
        name: name.into(),
        line: "2023110418 · 本科生毕业".into(),
        college: "计算机科学与技术学院".into(),
        major: major.into(),
        applied_for: applied.map(Into::into),
        existing,
    };
    vec![
        row(1, "林语桐", "软件工程", Some("后端开发工程师"), None),
        row(
            2,
            "阿依夏·买买提",
            "数据科学与大数据技术",
            None,
            Some((agreement(1), StateKind::Draft)),
        ),
        row(3, "龘𬭎𠮷", "会计学", None, None),
        row(
            4,
            "阿卜杜热合曼·吐尔逊江·麦麦提明",
            "英语（商务与跨文化交流方向）",
            Some("海外市场与品牌推广高级专员"),
            None,
        ),
    ]
}

fn lists(lang: Lang) -> Vec<Sample> {
    use StateKind as S;
    let frame = employer(lang);
    let pending = rows(&[
        S::Offered,
        S::Offered,
        S::Declined,
        S::Offered,
        S::Withdrawn,
        S::Expired,
        S::Returned,
    ]);
    let signed = rows(&[S::CollegeReview, S::SchoolReview, S::Effective]);
    let page = |tab, rows, q| list::page(&frame, &list_page(tab, rows, q));
    vec![
        (
            "list-pending",
            page(EmployerTab::Pending, Rows::Agreements(pending), ""),
        ),
        (
            "list-eligible",
            page(EmployerTab::Eligible, Rows::Students(students()), ""),
        ),
        (
            "list-signed",
            page(EmployerTab::Signed, Rows::Agreements(signed), ""),
        ),
        (
            "list-empty",
            page(EmployerTab::Terminated, Rows::Agreements(Vec::new()), ""),
        ),
        (
            "list-nothing",
            page(EmployerTab::Pending, Rows::Agreements(Vec::new()), "张三"),
        ),
        (
            "list-nobody",
            page(
                EmployerTab::Eligible,
                Rows::Students(Vec::new()),
                "张三 2023110999",
            ),
        ),
    ]
}

fn details(lang: Lang) -> Vec<Sample> {
    use CommandKind::{Edit, ExtendDeadline, RequestTermination, Send, Withdraw};
    use StateKind::{CollegeReview, Draft, Effective, Offered, Returned};
    let frame = employer(lang);
    let state = |kind| Err(Refusal::WrongState(kind));
    let page =
        |kind, acts: &[(CommandKind, Result<(), Refusal>)]| detail::page(&frame, &view(lang, kind, acts));
    vec![
        (
            "agreement-draft",
            page(
                Draft,
                &[
                    (Send, Ok(())),
                    (Edit, Ok(())),
                    (Withdraw, state(Draft)),
                    (RequestTermination, Err(Refusal::NotOpened)),
                ],
            ),
        ),
        (
            "agreement-offered",
            page(
                Offered,
                &[
                    (Withdraw, Ok(())),
                    (ExtendDeadline, Ok(())),
                    (Edit, state(Offered)),
                    (RequestTermination, Err(Refusal::NotOpened)),
                ],
            ),
        ),
        (
            "agreement-review",
            page(
                CollegeReview,
                &[
                    (Withdraw, state(CollegeReview)),
                    (Edit, state(CollegeReview)),
                    (RequestTermination, Err(Refusal::NotOpened)),
                ],
            ),
        ),
        (
            "agreement-effective",
            page(
                Effective,
                &[
                    (Withdraw, state(Effective)),
                    (Edit, state(Effective)),
                    (RequestTermination, Err(Refusal::NotOpened)),
                ],
            ),
        ),
        (
            "agreement-terminating",
            page(
                StateKind::Terminating,
                &[
                    (CommandKind::ConsentTermination, state(StateKind::Terminating)),
                    (CommandKind::RefuseTermination, state(StateKind::Terminating)),
                ],
            ),
        ),
        (
            "agreement-consent",
            page(
                StateKind::Terminating,
                &[
                    (CommandKind::ConsentTermination, Ok(())),
                    (CommandKind::RefuseTermination, Ok(())),
                ],
            ),
        ),
        (
            "agreement-returned",
            page(
                Returned,
                &[
                    (Edit, Ok(())),
                    (Send, state(Returned)),
                    (RequestTermination, Err(Refusal::NotOpened)),
                ],
            ),
        ),
    ]
}

pub fn document(lang: Lang, state: StateKind, pdf: Pdf) -> Document {
    let from = view(lang, state, &[]);
    let clauses = from.clauses.iter().map(|item| item.clause.clone()).collect();
    Document {
        id: from.id,
        state,
        number: from.number,
        year: 2027,
        student: from.student,
        parties: view(Lang::Zh, state, &[]).parties,
        terms: from.terms,
        clauses,
        effective: (state == StateKind::Effective).then_some(NOW),
        pdf,
    }
}

fn others(lang: Lang) -> Vec<Sample> {
    let frame = employer(lang);
    let resume = |parts: Vec<ResumePart>, offer| Resume {
        proof: String::new(),
        student: student_id(1),
        name: "林语桐".into(),
        basics: texts(&[
            ("学历", "硕士生毕业"),
            ("院系", "计算机科学与技术学院"),
            ("专业", "软件工程"),
            ("毕业年份", "2027"),
        ]),
        parts,
        updated: Some(ago(30)),
        applied_for: Some("后端开发工程师".into()),
        offer,
    };
    let parts = vec![
        ResumePart {
            title: "求职意向".into(),
            text: "后端开发，武汉或杭州".into(),
        },
        ResumePart {
            title: "实习与项目经历".into(),
            text: "2025.06–2025.09 某云计算公司后端实习\n参与对象存储网关的重构，把尾延迟降低 40%。".into(),
        },
    ];
    let entries = vec![
        EntryRow {
            school_name: "江城理工大学".into(),
            status: Admission::Pending,
            reason: None,
            place: None,
        },
        EntryRow {
            school_name: "东湖科技大学".into(),
            status: Admission::Returned,
            reason: Some("请补充营业执照副本".into()),
            place: None,
        },
    ];
    let bare = web::views::frame::Frame {
        place: None,
        places: Vec::new(),
        school: None,
        ..employer(lang)
    };
    let inbox = Messages {
        rows: workbench_page(true).messages,
        unread: 2,
        pager: Pager {
            total: 4,
            previous: None,
            next: None,
        },
    };
    vec![
        ("resume", resume::page(&frame, &resume(parts, Ok(())))),
        (
            "resume-none",
            resume::page(
                &frame,
                &resume(Vec::new(), Err(Refusal::NotEligible(Block::AlreadySigned))),
            ),
        ),
        (
            "schools",
            schools::page(
                &bare,
                &Schools {
                    employer: "江城明远科技股份有限公司".into(),
                    certification: Admission::Pending,
                    entries,
                },
            ),
        ),
        ("messages", messages::page(&frame, &inbox)),
        ("messages-empty", messages::page(&frame, &Messages::default())),
        (
            "document",
            document::page(
                &frame,
                &document(
                    lang,
                    StateKind::Effective,
                    Pdf::Ready {
                        pages: 3,
                        missing: String::new(),
                    },
                ),
            ),
        ),
        (
            "document-making",
            document::page(&frame, &document(lang, StateKind::Offered, Pdf::Making)),
        ),
        (
            "document-failed",
            document::page(&frame, &document(lang, StateKind::Terminated, Pdf::Failed)),
        ),
    ]
}

fn companies(lang: Lang) -> Vec<Sample> {
    let frame = employer(lang);
    let company = |licences, form| Company {
        rows: texts(&[
            ("单位名称", "江城智造科技有限公司"),
            ("统一社会信用代码", "91420100MA4KTX7H2R"),
            ("电子邮箱", ""),
        ]),
        certification: "approved".into(),
        licences,
        kept: None,
        form,
    };
    let wrong = Form::default()
        .with_error("number", "required")
        .with_error("valid_from", "required")
        .with_error("valid_to", "licence_expired")
        .with_error("licence", "file_required");
    let all = vec![licence(true), licence(false)];
    vec![
        ("company", company::page(&frame, &company(all, Form::default()))),
        (
            "company-empty",
            company::page(&frame, &company(Vec::new(), wrong)),
        ),
        (
            "company-over",
            company::page(&frame, &company(vec![licence(false)], Form::default())),
        ),
    ]
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    let frame = employer(lang);
    let mut pages = vec![
        ("workbench", workbench::page(&frame, &workbench_page(true))),
        ("workbench-empty", workbench::page(&frame, &workbench_page(false))),
    ];
    pages.extend(companies(lang));
    pages.extend(lists(lang));
    pages.extend(details(lang));
    pages.extend(others(lang));
    pages
}
