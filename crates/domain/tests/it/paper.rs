//! Agreements on paper: the same reviews, the same rule of one live agreement.

use crate::cast::Who;
use crate::support::{Case, World, terms};
use domain::agreement::{Command, CommandKind as K, Content, Hash, Refusal, StateKind};
use domain::eligibility::Block;
use domain::params::SchoolParams;

#[test]
fn a_registration_goes_through_both_reviews_and_gets_a_number() {
    for who in [Who::Student, Who::Staff] {
        let case = Case::paper(World::default(), who).unwrap();
        assert_eq!(case.kind(), StateKind::CollegeReview);
        let case = case
            .then(Who::College, K::CollegeApprove)
            .then(Who::Staff, K::SchoolApprove);
        assert!(case.agreement.state.number().is_some());
        let ended = case
            .then(Who::Student, K::RequestTermination)
            .later(7 * 24)
            .then(Who::Staff, K::EscalateTermination);
        assert_eq!(ended.kind(), StateKind::Terminating);
    }
}

#[test]
fn somebody_always_looks_at_a_scan() {
    let none = SchoolParams {
        college_review: false,
        school_review: false,
        ..SchoolParams::default()
    };
    let world = World {
        params: none,
        ..World::default()
    };
    assert_eq!(
        Case::paper(world, Who::Staff).unwrap().kind(),
        StateKind::SchoolReview
    );
}

#[test]
fn only_the_student_and_the_school_register_and_only_who_is_free() {
    for who in [Who::Employer, Who::College, Who::System] {
        assert_eq!(
            Case::paper(World::default(), who).unwrap_err(),
            Refusal::NotAllowed
        );
    }
    let bound = World {
        block: Some(Block::SourceNotApproved),
        ..World::default()
    };
    assert_eq!(
        Case::paper(bound, Who::Staff).unwrap_err(),
        Refusal::NotEligible(Block::SourceNotApproved)
    );
    let signed = World {
        live_elsewhere: true,
        ..World::default()
    };
    assert_eq!(
        Case::paper(signed, Who::Staff).unwrap_err(),
        Refusal::NotEligible(Block::AlreadySigned)
    );
}

#[test]
fn what_was_signed_on_paper_is_not_edited_and_stands_for_one_scan() {
    let returned = Case::paper(World::default(), Who::Student)
        .unwrap()
        .then(Who::College, K::Return);
    let edit = Command::Edit {
        content: Box::new(Content::standard(terms())),
    };
    assert_eq!(
        returned.refused(Who::Employer, edit),
        Refusal::WrongState(StateKind::Returned)
    );
    let of = |scan: &[u8]| Content::paper(terms(), Hash::of(&[scan])).hash();
    assert_ne!(of(b"one"), of(b"another"));
}
