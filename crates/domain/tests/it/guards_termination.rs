//! The guards of termination and voiding, one by one.

use crate::cast::{LETTER, Who};
use crate::support::{Case, reason};
use domain::agreement::state::TerminationStage;
use domain::agreement::{Command, CommandKind as K, EventKind, Party, Refusal, State, StateKind};
use domain::params::{Factor, SecondFactor};
use jiff::ToSpan;

fn request(code: &str, letter: bool, second_factor: bool) -> Command {
    Command::RequestTermination {
        reason: reason(code, ""),
        letter: letter.then_some(LETTER),
        second_factor: second_factor.then_some(Factor::Password),
    }
}

fn stage(case: &Case) -> Option<TerminationStage> {
    match case.agreement.state {
        State::Terminating { stage, .. } => Some(stage),
        _ => None,
    }
}

#[test]
fn a_request_for_termination_needs_reason_letter_and_second_factor() {
    let case = Case::effective();
    for (command, refusal) in [
        (request("", true, true), Refusal::ReasonRequired),
        (request("other", true, true), Refusal::ReasonRequired),
        (request("family", false, true), Refusal::LetterRequired),
        (request("family", true, false), Refusal::SecondFactorMissing),
    ] {
        assert_eq!(case.refused(Who::Student, command), refusal);
    }
    let none = case.clone().with(|p| p.second_factor = SecondFactor::None);
    none.does(Who::Student, request("family", true, false));
    let asked = case.does(Who::Student, request("family", true, true));
    let State::Terminating { request, .. } = &asked.agreement.state else {
        unreachable!()
    };
    assert_eq!((request.party, request.letter), (Party::Student, LETTER));
    assert_eq!(request.by, Who::Student.account());
}

#[test]
fn an_employer_asks_only_where_the_school_allows_it() {
    let case = Case::effective();
    assert_eq!(
        case.refuses(Who::Employer, K::RequestTermination),
        Refusal::NotOpened
    );
    let open = case.clone().with(|p| p.employer_may_terminate = true);
    open.then(Who::Employer, K::RequestTermination);
    let shut = case.with(|p| p.student_may_terminate = false);
    assert_eq!(
        shut.refuses(Who::Student, K::RequestTermination),
        Refusal::NotOpened
    );
}

#[test]
fn a_students_terminations_are_counted_where_the_school_counts_them() {
    let mut case = Case::effective().with(|p| p.max_breaches = Some(1));
    case.clone().then(Who::Student, K::RequestTermination);
    case.world.breaches = 1;
    let refusal = Refusal::TooManyBreaches(1);
    assert_eq!(case.refuses(Who::Student, K::RequestTermination), refusal);
    // It is the student's limit, not the employer's.
    let open = case.clone().with(|p| p.employer_may_terminate = true);
    open.then(Who::Employer, K::RequestTermination);
    case.with(|p| p.max_breaches = None)
        .then(Who::Student, K::RequestTermination);
}

#[test]
fn only_the_other_party_answers_and_only_who_asked_takes_it_back() {
    let case = Case::terminating();
    assert_eq!(
        case.refuses(Who::Student, K::ConsentTermination),
        Refusal::OtherParty
    );
    assert_eq!(
        case.refuses(Who::Student, K::RefuseTermination),
        Refusal::OtherParty
    );
    assert_eq!(
        case.refuses(Who::Employer, K::CancelTermination),
        Refusal::OtherParty
    );
    let empty = Command::RefuseTermination {
        reason: reason("", ""),
    };
    assert_eq!(case.refused(Who::Employer, empty), Refusal::ReasonRequired);
    let refused = case.then(Who::Employer, K::RefuseTermination);
    assert_eq!(refused.kind(), StateKind::Effective);
    assert_eq!(refused.events.last().unwrap().kind, EventKind::TerminationRefused);
}

#[test]
fn a_request_is_taken_back_at_any_stage_before_the_last_review() {
    for case in [
        Case::terminating(),
        Case::terminating_at_college(),
        Case::terminating_at_school(),
    ] {
        let number = case.agreement.state.number().map(str::to_owned);
        let back = case.then(Who::Student, K::CancelTermination);
        assert_eq!(back.kind(), StateKind::Effective);
        assert_eq!(back.agreement.state.number(), number.as_deref());
    }
    let over = Refusal::WrongState(StateKind::Terminated);
    assert_eq!(
        Case::terminated().refuses(Who::Student, K::CancelTermination),
        over
    );
}

#[test]
fn staff_waits_the_days_of_the_parameter_before_going_on_without_an_answer() {
    let case = Case::terminating().with(|p| p.escalate_days = 3);
    let due = case.world.now + 72.hours();
    let early = Refusal::TooEarly(due);
    assert_eq!(case.refuses(Who::Staff, K::EscalateTermination), early);
    let mut almost = case.clone();
    almost.world.now = due - 1.microsecond();
    assert_eq!(almost.refuses(Who::Staff, K::EscalateTermination), early);
    assert_eq!(
        almost.refuses(Who::College, K::EscalateTermination),
        Refusal::NotAllowed
    );
    let mut now = case;
    now.world.now = due;
    let on = now.then(Who::Staff, K::EscalateTermination);
    assert_eq!(stage(&on), Some(TerminationStage::College));
    let wrong = Refusal::WrongState(StateKind::Terminating);
    assert_eq!(on.refuses(Who::Staff, K::EscalateTermination), wrong);
    assert_eq!(on.refuses(Who::Employer, K::ConsentTermination), wrong);
}

#[test]
fn each_reviewer_decides_at_its_own_stage_with_a_reason_for_no() {
    let college = Case::terminating_at_college();
    assert_eq!(
        college.refuses(Who::Staff, K::ApproveTermination),
        Refusal::NotThisLevel
    );
    assert_eq!(
        college.refuses(Who::Staff, K::RejectTermination),
        Refusal::NotThisLevel
    );
    let school = Case::terminating_at_school();
    assert_eq!(
        school.refuses(Who::College, K::ApproveTermination),
        Refusal::NotThisLevel
    );
    let empty = Command::RejectTermination {
        reason: reason("", ""),
    };
    assert_eq!(school.refused(Who::Staff, empty), Refusal::ReasonRequired);
    let kept = school.then(Who::Staff, K::RejectTermination);
    assert_eq!(kept.kind(), StateKind::Effective);
}

#[test]
fn voiding_takes_two_members_of_staff_and_a_reason() {
    for case in [Case::college_review(), Case::school_review(), Case::effective()] {
        let before = case.agreement.state.number().map(str::to_owned);
        let empty = Command::ProposeVoid {
            reason: reason("", ""),
        };
        assert_eq!(case.refused(Who::Staff, empty), Refusal::ReasonRequired);
        assert_eq!(case.refuses(Who::Staff, K::ConfirmVoid), Refusal::NoVoidPending);
        assert_eq!(case.refuses(Who::Staff, K::DropVoid), Refusal::NoVoidPending);
        let asked = case.void_proposed();
        assert_eq!(asked.refuses(Who::Staff, K::ConfirmVoid), Refusal::SamePerson);
        assert_eq!(
            asked.refuses(Who::SecondStaff, K::ProposeVoid),
            Refusal::VoidPending
        );
        let dropped = asked.clone().then(Who::SecondStaff, K::DropVoid);
        assert_eq!(dropped.agreement.state.void_proposal(), None);
        let void = asked.then(Who::SecondStaff, K::ConfirmVoid);
        let State::Voided {
            number,
            proposal,
            confirmed_by,
            ..
        } = &void.agreement.state
        else {
            unreachable!()
        };
        assert_eq!(number, &before);
        assert_eq!(proposal.by, Who::Staff.account());
        assert_eq!(*confirmed_by, Who::SecondStaff.account());
    }
}

#[test]
fn while_a_request_to_void_waits_nothing_else_moves() {
    let waiting = Refusal::VoidPending;
    let college = Case::college_review().void_proposed();
    assert_eq!(college.refuses(Who::College, K::CollegeApprove), waiting);
    assert_eq!(college.refuses(Who::College, K::Return), waiting);
    let school = Case::school_review().void_proposed();
    assert_eq!(school.refuses(Who::Staff, K::SchoolApprove), waiting);
    assert_eq!(school.refuses(Who::SecondStaff, K::Return), waiting);
    let effective = Case::effective().void_proposed();
    assert_eq!(effective.refuses(Who::Student, K::RequestTermination), waiting);
}
