//! What the school's parameters change in the table.

use crate::cast::Who;
use crate::samples;
use crate::support::Case;
use crate::table::{cell, command_name, print};
use domain::agreement::CommandKind as K;
use domain::params::SchoolParams;

type Variant = (&'static str, fn(&mut SchoolParams));
type Row = (&'static str, K, Who);

/// One line for each row, one column for each variant.
fn compare(title: &str, variants: &[Variant], rows: &[Row], samples: &[(&'static str, Case)]) -> String {
    let mut headings = vec!["in state", "command", "by"];
    headings.extend(variants.iter().map(|(name, _)| *name));
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|&(state, kind, who)| {
            let (name, case) = samples.iter().find(|(name, _)| name.starts_with(state)).unwrap();
            let cells = variants
                .iter()
                .map(|(_, change)| cell(&case.clone().with(change), kind, who));
            let start = [(*name).to_owned(), command_name(kind), who.label().to_owned()];
            start.into_iter().chain(cells).collect()
        })
        .collect();
    print(title, &headings, &lines)
}

#[test]
fn the_levels_of_review_are_the_schools_choice() {
    let variants: [Variant; 4] = [
        ("both", |_| {}),
        ("no college review", |p| p.college_review = false),
        ("no school review", |p| p.school_review = false),
        ("neither", |p| {
            (p.college_review, p.school_review) = (false, false);
        }),
    ];
    let rows = [
        ("Offered 待", K::Accept, Who::Student),
        // Under way when the parameter was changed: what began goes on.
        ("CollegeReview 院", K::CollegeApprove, Who::College),
        ("CollegeReview 院", K::SchoolApprove, Who::Staff),
        ("CollegeReview 院", K::Return, Who::College),
        ("SchoolReview 学", K::SchoolApprove, Who::Staff),
        ("SchoolReview 学", K::CollegeApprove, Who::College),
        ("SchoolReview 学", K::Return, Who::Staff),
    ];
    insta::assert_snapshot!(
        "reviews",
        compare("Reviews of agreements", &variants, &rows, &samples::all())
    );
}

#[test]
fn who_may_ask_for_termination_is_the_schools_choice() {
    let variants: [Variant; 4] = [
        ("default", |_| {}),
        ("employer may too", |p| p.employer_may_terminate = true),
        ("student may not", |p| p.student_may_terminate = false),
        ("no consent needed", |p| p.counterparty_consent = false),
    ];
    let rows = [
        ("Effective 已", K::RequestTermination, Who::Student),
        ("Effective 已", K::RequestTermination, Who::Employer),
        ("Effective 已", K::RequestTermination, Who::Staff),
        ("Terminating 解", K::ConsentTermination, Who::Employer),
        ("Terminating 解", K::ConsentTermination, Who::Student),
        ("Terminating 解", K::CancelTermination, Who::Student),
        ("Terminating 解", K::CancelTermination, Who::Employer),
    ];
    insta::assert_snapshot!(
        "terminations",
        compare("Asking for termination", &variants, &rows, &samples::all())
    );
}

#[test]
fn somebody_always_reviews_a_termination() {
    let variants: [Variant; 4] = [
        ("both", |_| {}),
        ("no college", |p| p.termination_college_review = false),
        ("no school", |p| p.termination_school_review = false),
        ("neither", |p| {
            (p.termination_college_review, p.termination_school_review) = (false, false);
        }),
    ];
    let mut samples = samples::all();
    let unasked = Case::effective().with(|p| p.counterparty_consent = false);
    samples.push(("(no consent needed) Effective", unasked));
    let rows = [
        ("(no consent", K::RequestTermination, Who::Student),
        ("Terminating 解", K::ConsentTermination, Who::Employer),
        ("Terminating: no", K::EscalateTermination, Who::Staff),
        ("Terminating: college", K::ApproveTermination, Who::College),
        ("Terminating: college", K::ApproveTermination, Who::Staff),
        ("Terminating: college", K::RejectTermination, Who::College),
        ("Terminating: school", K::ApproveTermination, Who::Staff),
        ("Terminating: school", K::ApproveTermination, Who::College),
        ("Terminating: school", K::RejectTermination, Who::Staff),
    ];
    insta::assert_snapshot!(
        "termination_reviews",
        compare("Reviews of terminations", &variants, &rows, &samples)
    );
}

#[test]
fn an_employers_request_is_answered_by_the_student() {
    let asked = Case::effective()
        .with(|p| p.employer_may_terminate = true)
        .then(Who::Employer, K::RequestTermination);
    let samples = [("Terminating: employer asked", asked)];
    let rows = [
        K::ConsentTermination,
        K::RefuseTermination,
        K::EscalateTermination,
        K::ApproveTermination,
        K::RejectTermination,
        K::CancelTermination,
    ];
    let whos = [Who::Employer, Who::Student, Who::College, Who::Staff];
    let headings: Vec<&str> = ["command"].into_iter().chain(whos.map(Who::label)).collect();
    let lines: Vec<Vec<String>> = rows
        .into_iter()
        .map(|kind| {
            let cells = whos.into_iter().map(|who| cell(&samples[0].1, kind, who));
            [command_name(kind)].into_iter().chain(cells).collect()
        })
        .collect();
    insta::assert_snapshot!("employer_asks", print(samples[0].0, &headings, &lines));
}
