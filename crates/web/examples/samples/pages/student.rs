//! The student's pages.

use super::Sample;
use super::agreements::{clauses, message, view};
use super::employer::document;
use super::frames::{ago, agreement, ahead, student, texts, with_flash};
use domain::agreement::{CommandKind, EventKind, Refusal, StateKind};
use domain::eligibility::SourceStatus;
use web::i18n::Lang;
use web::views::document::{self as paper, Pdf};
use web::views::form::Form;
use web::views::messages::{self, Messages};
use web::views::part::Pager;
use web::views::student::agreement::{self as signed, Signed};
use web::views::student::home::{self, Home};
use web::views::student::list::{self, OfferRow};
use web::views::student::offer::{self, Offer};
use web::views::student::resume::{self, Resume};
use web::views::student::source::{self, Source};

fn row(n: u128, employer: &str, state: StateKind) -> OfferRow {
    OfferRow {
        id: agreement(n),
        employer: employer.into(),
        position: "前端开发工程师 · 江城市高新区".into(),
        pay: "12,500 元/月".into(),
        state,
        deadline: Some(ahead(56)),
        updated: ago(30),
    }
}

fn offer_page(lang: Lang, ticked: usize, form: Form) -> Offer {
    let mut agreement = view(
        lang,
        StateKind::Offered,
        &[(CommandKind::Accept, Ok(())), (CommandKind::Decline, Ok(()))],
    );
    agreement.clauses = clauses(true, ticked);
    Offer {
        agreement,
        employer_line: "其他企业 · 信息传输、软件和信息技术服务业".into(),
        certified: true,
        others: 2,
        proof: web::views::proof::Proof::Password,
        form,
        refusal: Form::default(),
    }
}

fn offers(lang: Lang) -> Vec<Sample> {
    let frame = student(lang);
    let mut wrong = Form::default().with_error("password", "wrong_password");
    wrong.input.set("signing", "yes");
    let missing = Form::default()
        .with_error("tick", "not_ticked")
        .with_error("signing", "method_not_agreed");
    let mut declined = offer_page(lang, 3, Form::default());
    let coded = |sent, form| Offer {
        proof: web::views::proof::Proof::Code {
            to: "z***@example.com".into(),
            sent,
        },
        ..offer_page(lang, 13, form)
    };
    let mut typed = Form::default().with_error("code", "wrong_code");
    typed.input.set("signing", "yes");
    let instead = Offer {
        proof: web::views::proof::Proof::NoAddress,
        ..offer_page(lang, 13, Form::default())
    };
    declined.refusal = Form::default().with_error("reason", "required");
    vec![
        (
            "s-offer",
            offer::page(&frame, &offer_page(lang, 5, Form::default())),
        ),
        (
            "s-offer-new",
            offer::page(&frame, &offer_page(lang, 0, Form::default())),
        ),
        (
            "s-offer-all",
            offer::page(&frame, &offer_page(lang, 99, Form::default())),
        ),
        ("s-offer-wrong", offer::page(&frame, &offer_page(lang, 99, wrong))),
        (
            "s-offer-missing",
            offer::page(&frame, &offer_page(lang, 3, missing)),
        ),
        ("s-offer-decline", offer::page(&frame, &declined)),
        (
            "s-offer-code",
            offer::page(&frame, &coded(false, Form::default())),
        ),
        ("s-offer-code-wrong", offer::page(&frame, &coded(true, typed))),
        ("s-offer-no-address", offer::page(&frame, &instead)),
    ]
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    let frame = student(lang);
    let all = vec![
        row(1, "江城明远科技股份有限公司", StateKind::Offered),
        row(2, "东湖智能装备有限公司", StateKind::Offered),
        row(3, "楚天数据服务有限公司", StateKind::Withdrawn),
    ];
    let mailbox = vec![
        message(EventKind::Sent, 3, true),
        message(EventKind::CollegeApproved, 30, false),
    ];
    let home = |source, offers: Vec<OfferRow>, current, messages| Home {
        name: "王思齐".into(),
        line: "2027 届 · 计算机科学与技术学院 · 软件工程".into(),
        source,
        has_resume: false,
        offers,
        current,
        messages,
    };
    let signed_page = |state| Signed {
        agreement: view(
            lang,
            state,
            &[(CommandKind::RequestTermination, Err(Refusal::WrongState(state)))],
        ),
        employer_line: "其他企业 · 软件业".into(),
        certified: true,
        form: Form::default(),
    };
    let rows = texts(&[
        ("姓名", "王思齐"),
        ("学号", "2023110418"),
        ("证件号码", "420106********0028"),
        ("学历", "本科生毕业"),
        ("院系", "计算机科学与技术学院"),
        ("专业", "软件工程"),
        ("班级", "软工 2301"),
        ("手机", "138****6021"),
    ]);
    let source = |status, reason: Option<&str>| Source {
        status,
        reason: reason.map(Into::into),
        rows: rows.clone(),
    };
    let inbox = Messages {
        rows: mailbox.clone(),
        unread: 1,
        pager: Pager {
            total: 2,
            previous: None,
            next: None,
        },
    };
    let resume = Resume {
        basics: rows.clone(),
        form: Form::default().with_error("about", "bad_character"),
        saved: None,
    };
    let mut pages = vec![
        (
            "s-home",
            home::page(
                &frame,
                &home(SourceStatus::Approved, all[..2].to_vec(), None, mailbox.clone()),
            ),
        ),
        (
            "s-home-empty",
            home::page(
                &frame,
                &home(SourceStatus::Imported, Vec::new(), None, Vec::new()),
            ),
        ),
        (
            "s-home-signed",
            home::page(
                &frame,
                &home(
                    SourceStatus::Approved,
                    Vec::new(),
                    Some(row(7, "江城明远科技股份有限公司", StateKind::CollegeReview)),
                    mailbox,
                ),
            ),
        ),
        ("s-list", list::page(&frame, &all)),
        ("s-list-empty", list::page(&frame, &[])),
        (
            "s-agreement-review",
            signed::page(
                &with_flash(student(lang), "accepted"),
                &signed_page(StateKind::CollegeReview),
            ),
        ),
        (
            "s-agreement-effective",
            signed::page(&frame, &signed_page(StateKind::Effective)),
        ),
        (
            "s-source",
            source::page(&frame, &source(SourceStatus::Approved, None)),
        ),
        (
            "s-source-returned",
            source::page(&frame, &source(SourceStatus::Returned, Some("学历有误"))),
        ),
        ("s-resume", resume::page(&frame, &resume)),
        ("s-messages", messages::page(&frame, &inbox)),
        (
            "s-document",
            paper::page(
                &frame,
                &document(
                    lang,
                    StateKind::Effective,
                    Pdf::Ready {
                        pages: 3,
                        missing: "𰻝".into(),
                    },
                ),
            ),
        ),
    ];
    pages.extend(offers(lang));
    pages
}
