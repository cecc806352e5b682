//! Property tests of the form: no input makes it panic, and lawful terms survive it unchanged.

use crate::form::limits;
use domain::agreement::Content;
use domain::agreement::form::{Input, parse, parse_money, to_input};
use domain::agreement::terms::{
    Archive, ArchiveKind, ContractTerm, Exemption, Household, HouseholdKind, Money, Terms,
};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

const FIELDS: [&str; 31] = [
    "position",
    "position_category",
    "work_province",
    "work_place",
    "major_match",
    "actual_employer",
    "contract",
    "contract_months",
    "service_months",
    "probation_months",
    "probation_pay",
    "regular_pay",
    "benefits",
    "report_from",
    "report_to",
    "report_place",
    "archive_kind",
    "archive_receiver",
    "archive_address",
    "archive_postcode",
    "archive_contact",
    "archive_phone",
    "household_kind",
    "household_address",
    "party_relation",
    "penalty_employer",
    "penalty_student",
    "exemptions",
    "supplementary",
    "version",
    "csrf",
];

/// Values on which readers of forms stumble, beside arbitrary ones.
fn value() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        " ",
        "0",
        "1",
        "3",
        "36",
        "-1",
        "999999999999999999999",
        "8000",
        "8,000.50 元",
        "１２",
        "1e9",
        "NaN",
        "2027-07-01",
        "2027-02-30",
        "0000-00-00",
        "-9999-01-01",
        "9999-12-31",
        "99999-01-01",
        "年月日",
        "--",
        "fixed",
        "task",
        "open_ended",
        "yes",
        "employer",
        "agency",
        "stay",
        "study",
        "13",
        "330000",
        "310016",
        "\u{0}",
        "\u{202e}",
        "e\u{301}",
        "𰻝",
        "元",
        "¥",
        ",",
        ".",
    ]);
    prop_oneof![
        3 => known.prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[0-9,.¥元 -]{0,24}",
        1 => "\\PC{0,600}",
    ]
}

fn line(max: usize) -> impl Strategy<Value = String> {
    let char = prop_oneof![
        6 => prop::char::range('一', '龥'),
        2 => prop::char::range('!', '~'),
        1 => prop::sample::select(vec!['·', '𬭎', '𠮷', '𰻝', ' ', '\u{301}', 'é', '０', 'ﬁ', '㎡', '\u{3000}', '👩']),
    ];
    prop::collection::vec(char, 1..max).prop_map(|chars| {
        let text: String = chars.into_iter().collect();
        let text: String = text.trim().nfc().collect();
        // A mark alone at the start would join what stands before it.
        if text.is_empty() { "空".to_owned() } else { text }
    })
}

fn contract() -> impl Strategy<Value = (ContractTerm, u16)> {
    let term = prop_oneof![
        (1u16..=600).prop_map(|months| ContractTerm::Fixed { months }),
        Just(ContractTerm::OpenEnded),
        Just(ContractTerm::Task),
    ];
    (term, any::<u16>()).prop_map(|(term, n)| (term, n % (term.probation_limit() + 1)))
}

fn archive() -> impl Strategy<Value = Archive> {
    let option = |max| prop::option::of(line(max));
    let kind = prop::sample::select(ArchiveKind::ALL.to_vec());
    let texts = (
        option(128),
        option(200),
        prop::option::of("[0-9]{6}"),
        option(64),
        option(32),
    );
    (kind, texts).prop_map(|(kind, (receiver, address, postcode, contact, phone))| {
        let needed = matches!(kind, ArchiveKind::Employer | ArchiveKind::Agency);
        let or = |text: Option<String>| {
            if needed {
                Some(text.unwrap_or_else(|| "人才中心".into()))
            } else {
                text
            }
        };
        Archive {
            kind,
            receiver: or(receiver),
            address: or(address),
            postcode,
            contact,
            phone,
        }
    })
}

fn household() -> impl Strategy<Value = Household> {
    let kind = prop::sample::select(HouseholdKind::ALL.to_vec());
    (kind, line(200)).prop_map(|(kind, address)| Household {
        kind,
        address: Some(address),
    })
}

fn money(least: i64) -> impl Strategy<Value = Money> {
    (least..=10_000_000_000).prop_map(Money)
}

fn days() -> impl Strategy<Value = (Date, Date)> {
    let from = (0i32..1000).prop_map(|n| date(2026, 11, 20) + n.days());
    (from, 0i32..200).prop_map(|(from, n)| (from, from + n.days()))
}

/// Any lawful terms.
fn any_terms() -> impl Strategy<Value = Terms> {
    let place = (
        line(64),
        line(128),
        line(128),
        prop::option::of(line(128)),
        prop::option::of(line(128)),
    );
    let pay = (money(1), money(1), money(0), money(0));
    let rest = (
        prop::option::of(any::<bool>()),
        prop::option::of(1u16..=120),
        prop::option::of(line(500)),
        prop::sample::subsequence(Exemption::ALL.to_vec(), 0..=Exemption::ALL.len()),
        prop::collection::vec(line(60), 0..=20),
    );
    (place, contract(), pay, days(), archive(), household(), rest).prop_map(
        |(place, (contract, probation_months), pay, days, archive, household, rest)| Terms {
            position: place.0,
            position_category: "13".into(),
            work_province: "330000".into(),
            work_place: place.1,
            major_match: rest.0,
            actual_employer: place.3,
            contract,
            service_months: rest.1,
            probation_months,
            // Without a probation there is no other pay.
            probation_pay: if probation_months == 0 { pay.1 } else { pay.0 },
            regular_pay: pay.1,
            benefits: rest.2,
            report_from: days.0,
            report_to: days.1,
            report_place: place.2,
            archive,
            household,
            party_relation: place.4,
            penalty_employer: pay.2,
            penalty_student: pay.3,
            exemptions: rest.3,
            supplementary: rest.4,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_makes_the_reading_panic(
        pairs in prop::collection::vec((prop::sample::select(FIELDS.to_vec()), value()), 0..40)
    ) {
        let input: Input = pairs.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
        if let Ok((terms, _)) = parse(&input, &limits()) {
            prop_assert_eq!(parse(&to_input(&terms), &limits()).map(|read| read.0), Ok(terms));
        }
    }

    #[test]
    fn a_good_form_with_one_field_spoilt_never_panics_and_what_is_read_is_read_again(
        terms in any_terms(), field in prop::sample::select(FIELDS.to_vec()), value in value()
    ) {
        let mut input = to_input(&terms);
        input.set(field, value);
        if let Ok((terms, _)) = parse(&input, &limits()) {
            prop_assert_eq!(parse(&to_input(&terms), &limits()).map(|read| read.0), Ok(terms));
        }
    }

    #[test]
    fn lawful_terms_go_through_the_form_unchanged(terms in any_terms()) {
        let read = parse(&to_input(&terms), &limits()).map(|read| read.0);
        prop_assert_eq!(read, Ok(terms));
    }

    #[test]
    fn whatever_is_an_amount_is_read_as_that_amount(fen in 0i64..=10_000_000_000) {
        prop_assert_eq!(parse_money(&Money(fen).to_string()), Some(fen));
    }

    #[test]
    fn amounts_never_panic_and_are_never_negative(text in value()) {
        prop_assert!(parse_money(&text).is_none_or(|fen| fen >= 0));
    }

    /// Whatever differs in the terms differs in some clause, so that it is shown and ticked again.
    #[test]
    fn no_term_changes_unseen(one in any_terms(), other in any_terms(), field in 0usize..22) {
        let changed = exchanged(&one, &other, field);
        let (old, new) = (Content::standard(one.clone()), Content::standard(changed.clone()));
        prop_assert_eq!(one == changed, old.clauses == new.clauses);
    }
}

/// `one` with a single field (and what hangs on it) taken from `other`.
fn exchanged(one: &Terms, other: &Terms, field: usize) -> Terms {
    let mut t = one.clone();
    let o = other.clone();
    match field {
        0 => t.position = o.position,
        1 => t.position_category = "24".into(),
        2 => t.work_place = o.work_place,
        3 => t.major_match = o.major_match,
        4 => t.actual_employer = o.actual_employer,
        5 => t.contract = o.contract,
        6 => t.service_months = o.service_months,
        7 => (t.probation_months, t.probation_pay) = (0, t.regular_pay),
        8 if t.probation_months > 0 => t.probation_pay = o.probation_pay,
        9 if t.probation_months > 0 => t.regular_pay = o.regular_pay,
        10 => t.benefits = o.benefits,
        11 => t.report_from = o.report_from,
        12 => t.report_to = o.report_to,
        13 => t.report_place = o.report_place,
        14 => t.archive = o.archive,
        15 => t.household = o.household,
        16 => t.party_relation = o.party_relation,
        17 => t.penalty_employer = o.penalty_employer,
        18 => t.penalty_student = o.penalty_student,
        19 => t.exemptions = o.exemptions,
        20 => t.supplementary = o.supplementary,
        _ => t.work_province = "440000".into(),
    }
    t
}
