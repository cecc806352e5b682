//! Templates that schools write: read with the place of every fault, filled, and never able to lose a term.

use crate::support::terms;
use domain::agreement::clause::ClauseKind;
use domain::agreement::template::check::is_key;
use domain::agreement::template::fields::{FIELDS, Term};
use domain::agreement::template::{
    BODY_LENGTH, CLAUSES, Fault, MUST, Part, Problem, Source, Spot, TITLE_LENGTH, Template, problems,
    sample_terms, standard, standard_sources,
};
use domain::agreement::terms::{ContractTerm, Exemption, Money, Terms};
use domain::agreement::{Content, Party};

fn own(title: &str, body: &str) -> Source {
    Source {
        key: "own-1".into(),
        title: title.into(),
        body: body.into(),
        kind: ClauseKind::Negotiable,
        confirmed_by: vec![Party::Student],
    }
}

/// The standard template with one more clause.
fn with(source: Source) -> Vec<Source> {
    let mut all = standard_sources();
    all.push(source);
    all
}

/// What is wrong with a clause's text: where and what.
fn faults(body: &str) -> Vec<(usize, usize, Fault)> {
    let found = problems(&with(own("其他", body)));
    let place = |problem: Problem| {
        let spot = problem.spot.unwrap_or(Spot { line: 0, column: 0 });
        assert_eq!(
            (problem.clause, problem.part),
            (Some(14), Part::Body),
            "{problem:?}"
        );
        (spot.line, spot.column, problem.fault)
    };
    found.into_iter().map(place).collect()
}

#[test]
fn nothing_is_wrong_with_the_standard_template() {
    assert_eq!(problems(&standard_sources()), []);
    let filled = standard().clauses(&terms());
    assert_eq!(Content::standard(terms()).clauses, filled);
    assert_eq!(Content::standard(terms()).template, "standard-1");
    assert!(standard_sources().iter().all(|source| is_key(&source.key)));
}

#[test]
fn every_fault_in_a_text_is_named_with_line_and_character() {
    let unknown = |name: &str, meant| Fault::UnknownField {
        name: name.into(),
        meant,
    };
    assert_eq!(faults("月薪{月薪}。"), []);
    assert_eq!(
        faults("全角｛月薪｝也可以，{ 岗位 }带空格也可以，{{括号}}照印。"),
        []
    );
    assert_eq!(faults("第一行。\n第二行{岗位。"), [(2, 4, Fault::Unclosed)]);
    // A field does not go over the end of its line, so that the right line is named.
    assert_eq!(
        faults("{岗\n位}"),
        [(1, 1, Fault::Unclosed), (2, 2, Fault::Unopened)]
    );
    assert_eq!(
        faults("{岗位{月薪}}"),
        [(1, 1, Fault::Unclosed), (1, 8, Fault::Unopened)],
        "the inner pair is a field"
    );
    assert_eq!(faults("多了}。"), [(1, 3, Fault::Unopened)]);
    assert_eq!(faults("空{}的。"), [(1, 2, Fault::NoName)]);
    assert_eq!(
        faults("甲\n\n乙{岗们}丙{xyz}。"),
        [
            (3, 2, unknown("岗们", Some("岗位"))),
            (3, 7, unknown("xyz", None))
        ]
    );
    assert_eq!(
        faults("看不见\u{202e}的"),
        [(1, 4, Fault::BadCharacter { code: 0x202E })]
    );
    assert_eq!(faults("  \n "), [(0, 0, Fault::Empty)]);
    let long = format!("短行\n{}", "长".repeat(BODY_LENGTH));
    let (max, count) = (BODY_LENGTH, BODY_LENGTH + 3);
    assert_eq!(
        faults(&long),
        [(2, BODY_LENGTH - 2, Fault::TooLong { max, count })],
        "from the first character that is too much"
    );
}

#[test]
fn headings_and_parties_are_checked_too() {
    let of = |source: Source| -> Vec<(Part, Fault)> {
        let found = problems(&with(source)).into_iter();
        found.map(|problem| (problem.part, problem.fault)).collect()
    };
    assert_eq!(of(own("其他", "文字。")), []);
    assert_eq!(of(own(" ", "文字。")), [(Part::Title, Fault::Empty)]);
    for numbered in ["第三条 其他", "三、其他", "3. 其他", "（十二）其他", "第 3 条"] {
        let found = of(own(numbered, "文字。"));
        assert_eq!(found, [(Part::Title, Fault::Numbered)], "{numbered}");
    }
    for fine in ["第三方的权利", "三方沟通", "五险一金", "2027 届"] {
        assert_eq!(of(own(fine, "文字。")), [], "{fine}");
    }
    assert_eq!(
        of(own("报到", "文字。")),
        [(Part::Title, Fault::SameTitle { other: 5 })]
    );
    let (max, count) = (TITLE_LENGTH, TITLE_LENGTH + 1);
    assert_eq!(
        of(own(&"长".repeat(count), "文字。")),
        [(Part::Title, Fault::TooLong { max, count })]
    );
    let mut nobody = own("其他", "文字。");
    nobody.confirmed_by.clear();
    assert_eq!(of(nobody), [(Part::Confirm, Fault::NobodyConfirms)]);
    let mut fixed = own("其他", "月薪{月薪}。");
    fixed.kind = ClauseKind::Standard;
    assert_eq!(of(fixed), [(Part::Body, Fault::FieldInFixed { name: "月薪" })]);
    let mut twice = own("另一个标题", "文字。");
    twice.key = "truth".into();
    assert_eq!(of(twice), [(Part::Whole, Fault::SameKey { other: 1 })]);
}

#[test]
fn no_clause_that_the_law_asks_for_can_be_missing() {
    for must in MUST {
        let without: Vec<Source> = standard_sources()
            .into_iter()
            .filter(|source| source.key != must.key)
            .collect();
        let found = problems(&without);
        let missing = Fault::MissingClause {
            key: must.key,
            title: must.title,
        };
        assert!(
            found
                .iter()
                .any(|problem| problem.clause.is_none() && problem.fault == missing),
            "{}: {found:?}",
            must.key
        );
    }
    assert!(!problems(&[]).is_empty());
    let many = (0..=CLAUSES).map(|n| Source {
        key: format!("own-{n}"),
        ..own(&format!("其他 {n} 号"), "文字。")
    });
    let found = problems(&many.collect::<Vec<_>>());
    assert!(
        found
            .iter()
            .any(|problem| problem.fault == Fault::TooMany { max: CLAUSES })
    );
}

#[test]
fn no_term_can_be_left_out_of_every_clause() {
    for term in Term::ALL {
        let names: Vec<&str> = FIELDS
            .iter()
            .filter(|field| field.terms.contains(&term))
            .map(|field| field.name)
            .collect();
        assert!(!names.is_empty(), "{term:?} has a field");
        let mut sources = standard_sources();
        for source in &mut sources {
            for name in &names {
                source.body = source.body.replace(&format!("{{{name}}}"), "");
            }
        }
        let found = problems(&sources);
        let missing =
            |problem: &Problem| matches!(problem.fault, Fault::MissingTerm { term: of, .. } if of == term);
        assert!(found.iter().any(missing), "{term:?}: {found:?}");
        for problem in &found {
            assert!(!matches!(problem.fault, Fault::MissingTerm { field: "", .. }));
        }
    }
}

/// Two terms that differ in everything a field may say.
fn other() -> Terms {
    let one = sample_terms(2027);
    Terms {
        position: "测试工程师".into(),
        position_category: "24".into(),
        work_province: "440000".into(),
        work_place: "广州市".into(),
        major_match: Some(false),
        actual_employer: Some("另一家公司".into()),
        contract: ContractTerm::OpenEnded,
        service_months: None,
        probation_months: 6,
        probation_pay: Money::yuan(6_000),
        regular_pay: Money::yuan(9_000),
        benefits: None,
        report_from: one.report_from.tomorrow().unwrap(),
        report_to: one.report_to.tomorrow().unwrap(),
        report_place: "别处".into(),
        archive: terms().archive,
        household: domain::agreement::terms::Household {
            kind: domain::agreement::terms::HouseholdKind::Stay,
            address: None,
        },
        party_relation: None,
        penalty_employer: Money::yuan(1),
        penalty_student: Money::yuan(2),
        exemptions: vec![Exemption::Abroad],
        supplementary: vec![],
    }
}

#[test]
fn every_field_says_what_it_claims_and_a_changed_term_changes_its_words() {
    let (one, two) = (sample_terms(2027), other());
    for field in &FIELDS {
        let (before, after) = ((field.say)(&one), (field.say)(&two));
        assert_ne!(before, after, "{}", field.name);
        for text in [before, after] {
            assert!(!text.contains(['{', '}']), "{}: {text}", field.name);
            if field.is_sentence && !text.is_empty() {
                assert!(text.ends_with('。'), "{}: {text}", field.name);
            } else if !field.is_sentence && field.name != "职位类别说明" {
                assert!(!text.is_empty(), "{}", field.name);
            }
        }
    }
}

#[test]
fn a_template_of_a_school_is_filled_and_keeps_its_name() {
    let mut sources = standard_sources();
    sources.swap(0, 1);
    sources.push(own("住宿", "{{注}}：乙方月薪 {月薪}。\n第二段。"));
    sources.push(Source {
        key: "own-2".into(),
        confirmed_by: vec![Party::Employer],
        ..own("党团", "{党团关系说明}")
    });
    assert_eq!(problems(&sources), []);
    let template = Template::read("school-2027-3", &sources).unwrap();
    let mut terms = sample_terms(2027);
    terms.party_relation = None;
    let content = Content::of(&template, terms);
    assert_eq!(content.template, "school-2027-3");
    assert_eq!(content.clauses[0].key, "position");
    let [.., lodging, party, extra] = &content.clauses[..] else {
        panic!("three clauses at the end");
    };
    assert_eq!(lodging.body, "{注}：乙方月薪 10,000 元。\n第二段。");
    assert_eq!(party.body, "/", "nothing can be added by hand");
    assert_eq!(extra.kind, ClauseKind::Supplementary);
    // Only the parties named have to tick.
    let none = domain::agreement::Ticks::new();
    assert!(content.unticked(Party::Student, &none).contains(&"own-1".into()));
    assert!(!content.unticked(Party::Employer, &none).contains(&"own-1".into()));
    assert!(!content.unticked(Party::Student, &none).contains(&"own-2".into()));
    // Before there are terms, fixed clauses can be read and the others not yet.
    let outline = template.outline();
    assert!(
        outline
            .iter()
            .all(|clause| clause.body.is_empty() == (clause.kind == ClauseKind::Negotiable))
    );
}

#[test]
fn a_clause_cannot_take_a_name_that_the_form_uses() {
    for bad in ["", "supplementary-1", "Own", "条款", "a b", &"a".repeat(41)] {
        assert!(!is_key(bad), "{bad}");
    }
    assert!(is_key("own-12"));
}
