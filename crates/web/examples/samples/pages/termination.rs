//! Sample pages of terminations and of voiding.

use super::Sample;
use super::agreements::{letter, view};
use super::frames::{ago, agreement, employer, staff, student};
use domain::agreement::{CommandKind, EventKind, Refusal, StateKind};
use maud::Markup;
use uuid::Uuid;
use web::i18n::Lang;
use web::views::form::Form;
use web::views::frame::Frame;
use web::views::paper::{self, Paper};
use web::views::record::{self, Act, Change, Record, Tick};
use web::views::review::agreement::{self as review, Review};
use web::views::termination::{self, Letter, Request, VoidView};

fn request(frame: &Frame, letter: Letter, bad: bool) -> Markup {
    let mut form = Form::default();
    if bad {
        form = form
            .with_error("reason", "required")
            .with_error("letter", "file_script");
    }
    let view = Request {
        id: agreement(5),
        version: 6,
        other: "江城明远科技股份有限公司".into(),
        student: "阿卜杜热合曼·吐尔逊江".into(),
        number: "202710001310000001".into(),
        consent: Some(7),
        proof: web::views::proof::Proof::Password,
        form,
        letter,
    };
    termination::request_page(frame, &view)
}

fn decided(lang: Lang, kind: StateKind, acts: &[(CommandKind, Result<(), Refusal>)], void: bool) -> Markup {
    let mut shown = view(lang, kind, acts);
    shown.void = void.then(|| VoidView {
        by: "陈静".into(),
        at: ago(3),
        reason: ("entered_wrongly".into(), "单位名称有误".into()),
    });
    let page = Review {
        agreement: shown,
        record: Vec::new(),
        doubts: Vec::new(),
        certificate: None,
        form: Form::default(),
    };
    review::page(&staff(lang), &page)
}

fn paper_form(frame: &Frame, bad: bool) -> Markup {
    let mut form = Form::default();
    if bad {
        form = form
            .with_error("uscc", "not_a_uscc")
            .with_error("scan", "file_encrypted");
    }
    let view = Paper {
        id: agreement(9),
        years: vec![2027, 2026],
        form,
        scan: bad.then(letter),
        penalty_cap: "5,000".into(),
    };
    paper::page(frame, &view)
}

fn record_page(frame: &Frame, lang: Lang) -> Markup {
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let change = |label: &str, old: Option<&str>, new: Option<&str>| Change {
        label: label.into(),
        old: old.map(Into::into),
        new: new.map(Into::into),
    };
    let version = |number, changes| record::Version {
        number,
        at: ago(90),
        by: "周敏".into(),
        hash: hash.into(),
        changes,
    };
    let tick = |party, valid, from: Option<&str>| Tick {
        clause: "劳动报酬".into(),
        party,
        at: ago(47),
        hash: hash.into(),
        valid,
        from: from.map(Into::into),
    };
    let act = |seq, kind, proof: Option<&str>| Act {
        seq,
        kind,
        actor: "王思齐".into(),
        at: ago(47),
        proof: proof.map(Into::into),
        from: Some("192.0.2.10 Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0".into()),
        reason: None,
        licence: (seq == 4).then(|| record::Seen {
            licence: Uuid::from_u128(7),
            name: "营业执照.jpg".into(),
            at: ago(900),
            is_batch: false,
        }),
    };
    let view = Record {
        agreement: view(lang, StateKind::Effective, &[]),
        versions: vec![
            version(3, Some(Vec::new())),
            version(
                2,
                Some(vec![
                    change("转正后月薪", Some("12,000 元"), Some("12,500 元")),
                    change("补充条款", None, Some("甲方报销单程交通费。")),
                ]),
            ),
            version(1, None),
        ],
        ticks: vec![
            tick("employer", true, None),
            tick("student", false, Some("192.0.2.10")),
        ],
        acts: vec![
            act(1, EventKind::Drafted, None),
            act(2, EventKind::Accepted, Some("password")),
        ],
        files: vec![letter()],
    };
    record::page(frame, &view)
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    use CommandKind as K;
    let kept = Letter::Kept {
        file: letter(),
        made: true,
    };
    let open = StateKind::Terminating;
    let wrong = || Err(Refusal::WrongState(open));
    vec![
        ("paper-school", paper_form(&staff(lang), false)),
        ("paper-mend", paper_form(&student(lang), true)),
        ("record", record_page(&staff(lang), lang)),
        ("record-student", record_page(&student(lang), lang)),
        (
            "termination-request",
            request(&employer(lang), Letter::None, false),
        ),
        ("termination-mend", request(&employer(lang), Letter::Making, true)),
        ("termination-written", request(&student(lang), kept, false)),
        (
            "termination-failed",
            request(&student(lang), Letter::Failed, false),
        ),
        (
            "termination-review",
            decided(
                lang,
                open,
                &[
                    (K::ApproveTermination, Ok(())),
                    (K::RejectTermination, Ok(())),
                    (K::EscalateTermination, wrong()),
                    (K::ProposeVoid, wrong()),
                ],
                false,
            ),
        ),
        (
            "void-asked",
            decided(
                lang,
                StateKind::Effective,
                &[(K::ConfirmVoid, Err(Refusal::SamePerson)), (K::DropVoid, Ok(()))],
                true,
            ),
        ),
        (
            "void-possible",
            decided(lang, StateKind::Effective, &[(K::ProposeVoid, Ok(()))], false),
        ),
    ]
}
