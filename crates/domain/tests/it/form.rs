//! What HR departments type, and what they are told: as snapshots of field and code.

use crate::support::terms;
use domain::agreement::form::{FieldProblem, Input, Limits, Parsed, parse, parse_money, to_input};
use domain::agreement::terms::{ContractTerm, Money, Terms};
use domain::codes::{POSITION_CATEGORY, PROVINCE};
use jiff::civil::date;
use std::fmt::Write;

pub fn limits() -> Limits {
    Limits {
        today: date(2026, 11, 20),
        year: 2027,
        penalty_cap: 5_000,
        is_position_category: |code| POSITION_CATEGORY.accepts(code),
        is_province: |code| PROVINCE.accepts(code),
    }
}

/// The usual form with some fields typed otherwise; an empty value stands for nothing typed.
pub fn typed(changes: &[(&str, &str)]) -> Input {
    let mut input = to_input(&terms());
    for (field, value) in changes {
        input.set(field, *value);
    }
    input
}

fn read(changes: &[(&str, &str)]) -> Parsed {
    parse(&typed(changes), &limits())
}

/// `field: code {details}`, one line each.
fn told(problems: &[FieldProblem]) -> String {
    let mut text = String::new();
    for FieldProblem { field, problem } in problems {
        let json = serde_json::to_value(problem).unwrap();
        assert_eq!(json["problem"], problem.code(), "code and stored name differ");
        let details = json
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| *key != "problem");
        let details: Vec<String> = details.map(|(key, value)| format!(" {key}={value}")).collect();
        writeln!(text, "  {field}: {}{}", problem.code(), details.concat()).unwrap();
    }
    text
}

fn report(cases: &[(&str, Vec<(&str, &str)>)]) -> String {
    let mut text = String::new();
    for (name, changes) in cases {
        let result = match read(changes) {
            Ok((_, warnings)) if warnings.is_empty() => "  accepted\n".to_owned(),
            Ok((_, warnings)) => format!("  accepted with doubts\n{}", told(&warnings)),
            Err(problems) => format!("  refused\n{}", told(&problems)),
        };
        writeln!(text, "{name}\n{result}").unwrap();
    }
    text
}

type Typed<'a> = (&'a str, Vec<(&'a str, &'a str)>);

fn bad_work_and_pay<'a>(name_300: &'a str, long: &'a str) -> Vec<Typed<'a>> {
    vec![
        ("as it should be", vec![]),
        ("salary \"abc\"", vec![("regular_pay", "abc")]),
        ("salary negative", vec![("regular_pay", "-8000")]),
        ("salary zero", vec![("regular_pay", "0")]),
        ("salary with an ambiguous comma", vec![("regular_pay", "80,00")]),
        ("salary with three decimals", vec![("regular_pay", "8000.555")]),
        ("salary in words", vec![("regular_pay", "面议")]),
        ("salary beyond reason", vec![("regular_pay", "100000000.01")]),
        (
            "salary of twenty digits",
            vec![("regular_pay", "99999999999999999999")],
        ),
        ("penalty negative", vec![("penalty_student", "-1")]),
        ("penalty not given", vec![("penalty_employer", "")]),
        ("position of 300 characters", vec![("position", name_300)]),
        ("position of blanks", vec![("position", " \u{3000} ")]),
        ("position of two lines", vec![("position", "工程师\n经理")]),
        (
            "position that reorders text",
            vec![("position", "工程师\u{202e}师程工")],
        ),
        ("benefits too long", vec![("benefits", long)]),
        ("unknown category", vec![("position_category", "99")]),
        ("unknown province", vec![("work_province", "990000")]),
        ("match neither yes nor no", vec![("major_match", "maybe")]),
        ("probation beyond the law", vec![("probation_months", "7")]),
        (
            "probation in a contract of two years",
            vec![("contract_months", "24"), ("probation_months", "3")],
        ),
        (
            "probation for a task",
            vec![("contract", "task"), ("probation_months", "1")],
        ),
        ("probation of 99 months", vec![("probation_months", "99")]),
        ("probation \"three\"", vec![("probation_months", "three")]),
        (
            "probation not given, nor its pay",
            vec![("probation_months", ""), ("probation_pay", "")],
        ),
    ]
}

fn bad_contract_and_report(long: &str) -> Vec<Typed<'_>> {
    vec![
        (
            "contract of zero months",
            vec![("contract_months", "0"), ("probation_months", "0")],
        ),
        ("contract without its months", vec![("contract_months", "")]),
        ("contract of 700 months", vec![("contract_months", "700")]),
        ("contract of 70000 months", vec![("contract_months", "70000")]),
        ("contract not chosen", vec![("contract", "")]),
        ("contract of another sort", vec![("contract", "forever")]),
        ("service negative", vec![("service_months", "-1")]),
        ("service with decimals", vec![("service_months", "1.5")]),
        ("report in the past", vec![("report_from", "2026-11-19")]),
        ("report ends before it begins", vec![("report_to", "2027-06-30")]),
        ("report on 31 June", vec![("report_from", "2027-06-31")]),
        (
            "report \"soon\"",
            vec![("report_from", "soon"), ("report_to", "later")],
        ),
        ("report not given", vec![("report_from", ""), ("report_to", "")]),
        (
            "file to an unnamed agency",
            vec![("archive_receiver", ""), ("archive_address", "")],
        ),
        ("file nowhere", vec![("archive_kind", "")]),
        ("file to the moon", vec![("archive_kind", "moon")]),
        ("postcode of seven digits", vec![("archive_postcode", "3100160")]),
        ("postcode of letters", vec![("archive_postcode", "31001X")]),
        (
            "household to the employer, address missing",
            vec![("household_kind", "employer")],
        ),
        ("unknown exemption", vec![("exemptions", "lottery")]),
        ("supplementary clause too long", vec![("supplementary", long)]),
        (
            "supplementary clause with a bell",
            vec![("supplementary", "约定\u{7}")],
        ),
    ]
}

#[test]
fn bad_input_is_named_beside_its_field() {
    let (name_300, long) = ("很长的名字".repeat(60), "字".repeat(501));
    let cases = [bad_work_and_pay(&name_300, &long), bad_contract_and_report(&long)].concat();
    insta::assert_snapshot!("bad_input", report(&cases));
}

#[test]
fn an_empty_form_names_every_field_that_is_needed_and_once() {
    let problems = parse(&Input::default(), &limits()).unwrap_err();
    let mut fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
    assert!(
        problems
            .iter()
            .all(|problem| problem.problem.code() == "required")
    );
    fields.sort_unstable();
    let expected = [
        "archive_kind",
        "contract",
        "household_kind",
        "penalty_employer",
        "penalty_student",
        "position",
        "position_category",
        "probation_months",
        "probation_pay",
        "regular_pay",
        "report_from",
        "report_place",
        "report_to",
        "work_place",
        "work_province",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn twenty_supplementary_clauses_are_accepted_and_not_one_more() {
    let with = |n: usize| {
        let mut input = typed(&[("supplementary", "第一条补充约定")]);
        (1..n).for_each(|i| input.push("supplementary", format!("补充约定之{i}")));
        // Empty ones are not counted.
        input.push("supplementary", "  ");
        parse(&input, &limits())
    };
    assert_eq!(with(20).unwrap().0.supplementary.len(), 20);
    assert_eq!(told(&with(21).unwrap_err()), "  supplementary: too_many max=20\n");
}

#[test]
fn amounts_are_read_as_people_write_them() {
    let fen = |text| parse_money(text);
    for (text, expected) in [
        ("8000", 800_000),
        ("８０００", 800_000),
        ("8,000.50 元", 800_050),
        ("8，000．5元", 800_050),
        ("¥ 12,345,678.9", 1_234_567_890),
        ("￥8000", 800_000),
        ("人民币 8 000 元", 800_000),
        ("0", 0),
        ("0.01", 1),
        ("007", 700),
    ] {
        assert_eq!(fen(text), Some(expected), "{text:?}");
    }
    for text in [
        "",
        "元",
        ".",
        ".5",
        "5.",
        "1.234",
        "1.2.3",
        "80,00",
        "8000,000",
        ",800",
        "8,",
        "8,,000",
        "-5",
        "+5",
        "1e4",
        "8千",
        "8元5",
        "八千",
        "8000-9000",
        "0x10",
        "٣",
    ] {
        assert_eq!(fen(text), None, "{text:?}");
    }
}

#[test]
fn harmless_ways_of_typing_give_the_same_terms() {
    let usual = read(&[]).unwrap().0;
    for changes in [
        vec![("regular_pay", "１５，０００ 元")],
        vec![("probation_pay", "¥12,000.00")],
        vec![("probation_months", "３ 个月")],
        vec![("contract_months", " 36个月 ")],
        vec![("report_from", "2027/7/1")],
        vec![("report_to", "２０２７年７月１５日")],
        vec![("archive_postcode", "３１００１６")],
        vec![("position", "\u{3000}后端开发工程师\t")],
        vec![("service_months", "0")],
    ] {
        assert_eq!(
            read(&changes).as_ref().map(|read| &read.0),
            Ok(&usual),
            "{changes:?}"
        );
    }
    // A browser sends the lines of a text field with CR LF; composed and decomposed are one text.
    let lines = read(&[
        ("benefits", "餐补\r\n住房\r补贴"),
        ("party_relation", "Cafe\u{301}"),
    ])
    .unwrap()
    .0;
    assert_eq!(lines.benefits.as_deref(), Some("餐补\n住房\n补贴"));
    assert_eq!(lines.party_relation.as_deref(), Some("Caf\u{e9}"));
}

#[test]
fn without_a_probation_its_pay_need_not_be_typed() {
    let none = [
        ("contract", "task"),
        ("probation_months", "0"),
        ("probation_pay", ""),
    ];
    let (terms, warnings) = read(&none).unwrap();
    assert_eq!(terms.contract, ContractTerm::Task);
    assert_eq!(
        (terms.probation_pay, terms.regular_pay),
        (Money::yuan(15_000), Money::yuan(15_000))
    );
    assert_eq!(warnings, []);
}

#[test]
fn rare_characters_and_long_names_stay_as_they_are() {
    let place = "阿卜杜热合曼·买买提𬭎𠮷㛃䶮𫖯龘𰻝".repeat(5);
    let (terms, _) = read(&[("report_place", &place), ("position", "𰻝𰻝面馆经理")]).unwrap();
    assert_eq!(
        (terms.report_place, terms.position.as_str()),
        (place, "𰻝𰻝面馆经理")
    );
}

#[test]
fn doubts_are_warnings_and_never_refusals() {
    let cases = [
        (
            "probation pay one fen below 80 %",
            vec![("probation_pay", "11999.99")],
        ),
        ("probation pay at 80 %", vec![("probation_pay", "12000")]),
        (
            "80 % of an odd amount is rounded up",
            vec![("regular_pay", "15000.01"), ("probation_pay", "12000")],
        ),
        (
            "penalty above the cap, and uneven",
            vec![("penalty_student", "5000.01")],
        ),
        (
            "penalty above one month's pay",
            vec![
                ("regular_pay", "4000"),
                ("probation_pay", "3200"),
                ("penalty_student", "4500"),
                ("penalty_employer", "4500"),
            ],
        ),
        ("penalty uneven", vec![("penalty_student", "3000")]),
        (
            "no penalty",
            vec![("penalty_student", "0"), ("penalty_employer", "0")],
        ),
        ("report in May", vec![("report_from", "2027-05-31")]),
        ("report on 1 June", vec![("report_from", "2027-06-01")]),
        (
            "a deposit",
            vec![("supplementary", "乙方报到时交纳服装押金 500 元。")],
        ),
        ("marriage", vec![("supplementary", "乙方三年内不得结婚生育。")]),
        (
            "maternity insurance is none",
            vec![("supplementary", "甲方缴纳五险（含生育保险）和公积金。")],
        ),
        (
            "insurance does not hide the rest",
            vec![("supplementary", "有生育保险，但三年内不得生育。")],
        ),
        (
            "non-competition without compensation",
            vec![("supplementary", "离职后竞业限制两年。")],
        ),
        (
            "non-competition with compensation",
            vec![("supplementary", "竞业限制期内每月补偿 4,000 元。")],
        ),
    ];
    insta::assert_snapshot!("warnings", report(&cases));
}

#[test]
fn an_absurd_cap_does_no_harm() {
    let limits = Limits {
        penalty_cap: i64::MAX,
        ..limits()
    };
    assert!(parse(&typed(&[]), &limits).is_ok());
}

#[test]
fn the_form_of_the_terms_is_read_as_the_same_terms() {
    assert_eq!(read(&[]), Ok((terms(), vec![])));
    let other = Terms {
        service_months: Some(24),
        major_match: Some(false),
        regular_pay: Money(1_500_005),
        ..terms()
    };
    assert_eq!(parse(&to_input(&other), &limits()).map(|read| read.0), Ok(other));
}
