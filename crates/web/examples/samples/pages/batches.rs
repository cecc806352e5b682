//! 批量邀约: templates, a sheet with mistakes, one that can be sent, one that is being sent, one that was.

use super::Sample;
use super::agreements::clauses;
use super::frames::{ago, agreement, employer};
use web::i18n::{Lang, tk};
use web::views::employer::batch_texts::{Part, Worded, Wording};
use web::views::employer::batches::{self, BatchLine, BatchPage, Batches, Head, Sending, reason};
use web::views::form::{Choice, FieldError, Form};
use web::views::part::ClauseItem;

fn head(status: &str, bad: i64) -> Head {
    Head {
        id: agreement(7).0,
        name: "粘贴的表格".into(),
        status: status.into(),
        total: 120,
        bad,
        created: ago(2),
        finished: None,
    }
}

fn list(form: Form) -> Batches {
    Batches {
        templates: vec![(agreement(1).0, "2027-A".into(), ago(50))],
        recent: vec![Choice::new("1", "后端开发工程师 · 杭州 · 林语桐")],
        batches: vec![head("checked", 3), head("running", 0), head("done", 0)],
        columns: ["学号", "姓名", "岗位名称", "转正月薪"].map(Into::into).to_vec(),
        most: 500,
        form,
    }
}

fn line(n: i64, name: &str, status: &str, mistakes: Vec<(String, String)>) -> BatchLine {
    BatchLine {
        line: n,
        student_no: format!("2023110{n:03}"),
        name: name.into(),
        agreement: (status == "sent").then(|| agreement(3)),
        status: status.into(),
        mistakes,
        refusal: None,
        unconfirmed: if n == 3 && status == "ready" {
            vec!["劳动报酬与福利".into()]
        } else {
            Vec::new()
        },
    }
}

fn page(status: &str, bad: i64, lines: Vec<BatchLine>) -> BatchPage {
    let counts = [("bad", 3), ("ready", 60), ("sent", 57)];
    BatchPage {
        head: head(status, bad),
        counts: counts.map(|(code, n)| (code.to_owned(), n)).to_vec(),
        status: String::new(),
        lines,
        next: Some(50),
        sending: None,
        form: Form::default(),
    }
}

/// The clauses of an offer; in one of them every row has a text of its own, in another some have.
fn worded() -> Vec<Worded> {
    let items = clauses(false, 0).into_iter().zip(1..);
    let worded = |(item, n): (ClauseItem, i64)| {
        let part = |text: &str, own| Part {
            text: text.into(),
            own,
        };
        let text = |lines: Vec<i64>, own: String, tick: String| Wording {
            lines,
            parts: vec![
                part("试用期满后的月工资为 ", false),
                part(&own, true),
                part(" 元。", false),
            ],
            tick: tick.clone(),
            ticked: tick.ends_with("9,000.00"),
        };
        let wordings = match n {
            2 => vec![
                text((2..=60).collect(), "9,000.00".into(), "t2-9,000.00".into()),
                text((61..=121).collect(), "12,000.00".into(), "t2-12,000.00".into()),
            ],
            3 => (2..=121)
                .map(|n| text(vec![n], format!("{}.00", 9_000 + n), format!("t3-{n}")))
                .collect(),
            _ => vec![Wording {
                lines: (2..=121).collect(),
                parts: vec![part(&item.clause.body, false)],
                tick: format!("t{n}"),
                ticked: n == 1,
            }],
        };
        Worded {
            clause: item.clause,
            wordings,
        }
    };
    items.map(worded).collect()
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    let frame = employer(lang);
    let pay = (
        tk(lang, "term", "regular_pay").into_owned(),
        reason(lang, "not_a_number", &[]),
    );
    let who = (
        tk(lang, "label", "student_no").into_owned(),
        reason(lang, "already_signed", &[]),
    );
    let wrong = vec![
        line(2, "阿卜杜热合曼·吐尔逊江·麦麦提明", "bad", vec![pay, who]),
        line(3, "龘𬭎𠮷", "ready", Vec::new()),
    ];
    let good = || {
        vec![
            line(2, "林语桐", "ready", Vec::new()),
            line(3, "王思齐", "ready", Vec::new()),
        ]
    };
    let mut refused = line(4, "林语桐", "refused", Vec::new());
    refused.refusal = Some(reason(lang, "offer_open", &[]));
    let done = vec![line(2, "王思齐", "sent", Vec::new()), refused];
    let asking = BatchPage {
        sending: Some(Sending {
            clauses: worded(),
            reply_days: (5, 1, 30),
        }),
        form: Form {
            errors: vec![FieldError {
                params: vec![("n", "120".into())],
                ..FieldError::new("tick", "tick_texts")
            }],
            ..Form::default()
        },
        ..page("checked", 0, good())
    };
    let empty = Batches {
        templates: Vec::new(),
        recent: Vec::new(),
        batches: Vec::new(),
        ..list(Form::default())
    };
    vec![
        ("batches", batches::list(&frame, &list(Form::default()))),
        ("batches-empty", batches::list(&frame, &empty)),
        (
            "batches-wrong",
            batches::list(
                &frame,
                &list(Form::default().with_error("rows", "columns_missing")),
            ),
        ),
        ("batch-wrong", batches::batch(&frame, &page("checked", 3, wrong))),
        ("batch-ready", batches::batch(&frame, &asking)),
        (
            "batch-running",
            batches::batch(&frame, &page("running", 0, good())),
        ),
        ("batch-done", batches::batch(&frame, &page("done", 0, done))),
    ]
}
