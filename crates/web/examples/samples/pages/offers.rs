//! The offer form: empty, with errors, saved, with ticks missing.

use super::Sample;
use super::agreements::clauses;
use super::frames::{ago, agreement, employer, student_id, texts, with_flash};
use domain::agreement::form::{Input, Limits, parse};
use domain::agreement::{Refusal, StateKind};
use web::i18n::Lang;
use web::views::employer::offer::{self, Existing, Offer};
use web::views::form::Form;

fn limits() -> Limits {
    Limits {
        today: jiff::civil::date(2026, 11, 23),
        year: 2027,
        penalty_cap: 5000,
        is_position_category: |_| true,
        is_province: |_| true,
    }
}

fn input(pairs: &[(&str, &str)]) -> Input {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

const TYPED: [(&str, &str); 18] = [
    ("position", "前端开发工程师"),
    ("position_category", "13"),
    ("work_province", "420000"),
    ("work_place", "江城市高新区明远科技园"),
    ("contract", "fixed"),
    ("contract_months", "36"),
    ("probation_months", "3"),
    ("probation_pay", "9000"),
    ("regular_pay", "12500"),
    ("report_from", "2027-07-01"),
    ("report_to", "2027-07-15"),
    ("report_place", "江城市高新区明远路 18 号"),
    ("archive_kind", "origin"),
    ("household_kind", "stay"),
    ("penalty_employer", "5000"),
    ("penalty_student", "8000"),
    ("exemptions", "study"),
    ("supplementary", "甲方提供人才公寓。"),
];

fn offer_page(form: Form, existing: Option<Existing>, ticked: bool) -> Offer {
    Offer {
        proof: String::new(),
        student: student_id(1),
        student_name: "林语桐".into(),
        student_rows: texts(&[
            ("学号", "2023110418"),
            ("学历", "本科生毕业"),
            ("院系", "计算机科学与技术学院"),
            ("专业", "软件工程"),
        ]),
        form,
        clauses: clauses(ticked, 0),
        existing,
        reply_days: (5, 1, 30),
        penalty_cap: "5,000".into(),
    }
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    let frame = employer(lang);
    let mut wrong = TYPED.to_vec();
    wrong[6] = ("probation_months", "9");
    wrong[8] = ("regular_pay", "abc");
    wrong[9] = ("report_from", "2020-01-01");
    wrong[0] = ("position", "");
    let wrong_input = input(&wrong);
    let problems = parse(&wrong_input, &limits()).err().unwrap_or_default();
    let good = input(&TYPED);
    let doubts = parse(&good, &limits())
        .map(|(_, doubts)| doubts)
        .unwrap_or_default();
    let existing = |send| {
        Some(Existing {
            id: agreement(1),
            version: 2,
            state: StateKind::Draft,
            saved: ago(1),
            send,
        })
    };
    let saved = with_flash(employer(lang), "saved");
    vec![
        (
            "offer-new",
            offer::page(&frame, &offer_page(Form::default(), None, false)),
        ),
        (
            "offer-wrong",
            offer::page(
                &frame,
                &offer_page(
                    Form::filled(wrong_input)
                        .with_problems(&problems)
                        .with_error("tick", "not_ticked"),
                    None,
                    false,
                ),
            ),
        ),
        (
            "offer-saved",
            offer::page(
                &saved,
                &offer_page(Form::filled(good).with_doubts(&doubts), existing(Ok(())), true),
            ),
        ),
        (
            "offer-unticked",
            offer::page(
                &frame,
                &offer_page(
                    Form::filled(input(&TYPED)),
                    existing(Err(Refusal::NotTicked(vec!["pay".into()]))),
                    false,
                ),
            ),
        ),
    ]
}
