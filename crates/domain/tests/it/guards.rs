//! The guards of offer, answer and review, one by one.

use crate::cast::{EMPLOYER, PARTIES, Who, agreement_id};
use crate::support::{Case, START, World, at, content, content_with_pay, reason};
use domain::agreement::{
    Agreement, Command, CommandKind as K, Content, Level, Party, Refusal, State, StateKind, Ticks,
};
use domain::eligibility::Block;
use domain::params::{Factor, SecondFactor};
use jiff::ToSpan;
use std::collections::BTreeSet;

#[test]
fn only_the_employer_itself_drafts() {
    let drafted = |who: Who| Agreement::draft(agreement_id(1), PARTIES, content(), &who.actor(), at(START));
    for who in Who::ALL {
        let expected = if who == Who::Employer {
            Ok(())
        } else {
            Err(Refusal::NotAllowed)
        };
        assert_eq!(drafted(who).map(drop), expected, "{who:?}");
    }
    let draft = drafted(Who::Employer).unwrap();
    assert_eq!((draft.agreement.version, draft.agreement.content_version), (1, 1));
    assert_eq!(draft.agreement.employer, EMPLOYER);
    assert_eq!(draft.event.payload.from, None);
    assert_eq!(draft.event.payload.content, content().hash());
}

#[test]
fn an_offer_is_sent_only_to_a_student_who_is_eligible() {
    for block in Block::ALL {
        let mut case = Case::draft();
        case.world.block = Some(block);
        assert_eq!(case.refuses(Who::Employer, K::Send), Refusal::NotEligible(block));
    }
}

#[test]
fn one_employer_has_one_open_offer_to_a_student() {
    let mut case = Case::draft();
    case.world.offer_open = true;
    assert_eq!(case.refuses(Who::Employer, K::Send), Refusal::OfferOpen);
}

#[test]
fn every_clause_is_ticked_before_sending() {
    let case = Case::draft();
    let deadline = case.world.now + 120.hours();
    let all: Vec<String> = content()
        .clauses
        .iter()
        .map(|clause| clause.key.clone())
        .collect();
    let without = |missing: &str| {
        let keys: BTreeSet<String> = all.iter().filter(|key| *key != missing).cloned().collect();
        case.agreement.content.ticks_of(&keys)
    };
    for key in &all {
        let command = Command::Send {
            deadline,
            ticks: without(key),
        };
        assert_eq!(
            case.refused(Who::Employer, command),
            Refusal::NotTicked(vec![key.clone()])
        );
    }
    let nothing = Command::Send {
        deadline,
        ticks: Ticks::new(),
    };
    assert_eq!(
        case.refused(Who::Employer, nothing),
        Refusal::NotTicked(all.clone())
    );
    let ticks = without("no such clause");
    case.does(Who::Employer, Command::Send { deadline, ticks });
}

#[test]
fn a_tick_for_an_older_wording_does_not_count() {
    let old = content();
    let keys = old.clauses.iter().map(|clause| clause.key.clone()).collect();
    let ticks = old.ticks_of(&keys);
    let new = content_with_pay(16_000);
    assert_eq!(new.unticked(Party::Employer, &ticks), ["pay"]);
    let case = Case::draft().does(
        Who::Employer,
        Command::Edit {
            content: Box::new(new),
        },
    );
    let deadline = case.world.now + 120.hours();
    let command = Command::Send { deadline, ticks };
    assert_eq!(
        case.refused(Who::Employer, command),
        Refusal::NotTicked(vec!["pay".into()])
    );
}

#[test]
fn the_reply_deadline_is_counted_in_days_of_china() {
    let refusal = Refusal::DeadlineOutOfRange { min: 1, max: 30 };
    let case = Case::draft();
    let try_at = |deadline: &str| case.attempt(Who::Employer, case.send(at(deadline))).map(drop);
    // It is 20 November, 10:00 in China.
    assert_eq!(try_at("2026-11-20T23:59:59+08:00"), Err(refusal.clone()));
    assert_eq!(try_at("2026-11-21T00:00:00+08:00"), Ok(()));
    assert_eq!(try_at("2026-11-25T23:59:59+08:00"), Ok(()));
    assert_eq!(try_at("2026-12-20T23:59:59+08:00"), Ok(()));
    assert_eq!(try_at("2026-12-21T00:00:00+08:00"), Err(refusal.clone()));
    assert_eq!(try_at("2026-11-19T23:59:59+08:00"), Err(refusal));
}

#[test]
fn late_in_the_utc_day_it_is_already_tomorrow_in_china() {
    let mut case = Case::draft().with(|p| (p.reply_days_min, p.reply_days_max) = (2, 3));
    // 21 November, 01:00 in China, still the 20th in UTC.
    case.world.now = at("2026-11-20T17:00:00Z");
    let refusal = Refusal::DeadlineOutOfRange { min: 2, max: 3 };
    let try_at = |deadline: &str| case.attempt(Who::Employer, case.send(at(deadline))).map(drop);
    assert_eq!(try_at("2026-11-22T23:59:59+08:00"), Err(refusal.clone()));
    assert_eq!(try_at("2026-11-23T00:00:00+08:00"), Ok(()));
    assert_eq!(try_at("2026-11-24T23:59:59+08:00"), Ok(()));
    assert_eq!(try_at("2026-11-25T00:00:00+08:00"), Err(refusal));
}

#[test]
fn a_deadline_is_extended_and_never_shortened() {
    let case = Case::offered();
    let old = case.agreement.state.deadline().unwrap();
    let extend = |deadline| Command::ExtendDeadline { deadline };
    assert_eq!(case.refused(Who::Employer, extend(old)), Refusal::NotAnExtension);
    assert_eq!(
        case.refused(Who::Employer, extend(old - 1.hour())),
        Refusal::NotAnExtension
    );
    let range = Refusal::DeadlineOutOfRange { min: 1, max: 30 };
    assert_eq!(
        case.refused(Who::Employer, extend(case.world.now + 744.hours())),
        range
    );
    let longer = case.does(Who::Employer, extend(old + 1.hour()));
    assert_eq!(longer.agreement.state.deadline(), Some(old + 1.hour()));
    let late = longer.later(200);
    let new = late.world.now + 48.hours();
    let passed = Refusal::DeadlinePassed(old + 1.hour());
    assert_eq!(late.refused(Who::Employer, extend(new)), passed);
}

#[test]
fn the_student_answers_before_the_deadline_and_the_worker_after_it() {
    let case = Case::offered();
    let deadline = case.agreement.state.deadline().unwrap();
    let mut last = case.clone();
    last.world.now = deadline - 1.microsecond();
    assert_eq!(last.refuses(Who::System, K::Expire), Refusal::DeadlineNotPassed);
    last.then(Who::Student, K::Accept);
    let mut late = case;
    late.world.now = deadline;
    let passed = Refusal::DeadlinePassed(deadline);
    assert_eq!(late.refuses(Who::Student, K::Accept), passed);
    assert_eq!(late.refuses(Who::Student, K::Decline), passed);
    // Nobody has answered: the employer may still take it back.
    late.clone().then(Who::Employer, K::Withdraw);
    late.then(Who::System, K::Expire);
}

#[test]
fn an_acceptance_needs_every_tick_the_method_and_the_second_factor() {
    let case = Case::offered();
    let Command::Accept { ticks, .. } = case.command(K::Accept) else {
        unreachable!()
    };
    let given = |ticks: &Ticks, method_agreed, second_factor| Command::Accept {
        ticks: ticks.clone(),
        method_agreed,
        second_factor,
    };
    let accept =
        |ticks: &Ticks, method, factor: bool| given(ticks, method, factor.then_some(Factor::Password));
    let mut fewer = ticks.clone();
    fewer.remove("breach");
    let missing = Refusal::NotTicked(vec!["breach".into()]);
    assert_eq!(case.refused(Who::Student, accept(&fewer, true, true)), missing);
    let method = Refusal::MethodNotAgreed;
    assert_eq!(case.refused(Who::Student, accept(&ticks, false, true)), method);
    let factor = Refusal::SecondFactorMissing;
    assert_eq!(case.refused(Who::Student, accept(&ticks, true, false)), factor);
    let by_code = case.clone().with(|p| p.second_factor = SecondFactor::Code);
    assert_eq!(by_code.refused(Who::Student, accept(&ticks, true, false)), factor);
    // A school that asks for the password is not content with a code; one that asks for a code takes the
    // password of whoever has no address.
    let coded = || given(&ticks, true, Some(Factor::Code));
    assert_eq!(case.refused(Who::Student, coded()), factor);
    by_code.clone().does(Who::Student, coded());
    by_code.does(Who::Student, accept(&ticks, true, true));
    let none = case.with(|p| p.second_factor = SecondFactor::None);
    none.does(Who::Student, accept(&ticks, true, false));
}

#[test]
fn a_student_who_is_bound_elsewhere_cannot_accept() {
    let mut case = Case::offered();
    case.world.live_elsewhere = true;
    let refusal = Refusal::NotEligible(Block::AlreadySigned);
    assert_eq!(case.refuses(Who::Student, K::Accept), refusal);
    // But may say no.
    case.then(Who::Student, K::Decline);
}

#[test]
fn reasons_are_a_code_and_where_it_says_nothing_words() {
    let case = Case::offered();
    let decline = |code: &str, text: &str| Command::Decline {
        reason: reason(code, text),
    };
    for (code, text, expected) in [
        ("", "", Refusal::ReasonRequired),
        ("", "不合适", Refusal::ReasonRequired),
        ("other", "", Refusal::ReasonRequired),
        ("other", " \u{3000}\n", Refusal::ReasonRequired),
        // Words do not get into the chain under the name of a code.
        ("张三不想去", "", Refusal::ReasonRequired),
        ("family", &"长".repeat(501), Refusal::ReasonTooLong),
    ] {
        assert_eq!(
            case.refused(Who::Student, decline(code, text)),
            expected,
            "{code:?} {text:?}"
        );
    }
    case.clone()
        .does(Who::Student, decline("family", &"长".repeat(500)));
    case.clone().does(Who::Student, decline("family", ""));
    let declined = case.does(Who::Student, decline("other", "  另有打算 "));
    let State::Declined { reason: kept, .. } = &declined.agreement.state else {
        unreachable!()
    };
    assert_eq!(kept, &reason("other", "另有打算"));
    let event = declined.events.last().unwrap();
    assert_eq!(event.note.as_deref(), Some("另有打算"));
    assert_eq!(event.payload.reason.as_deref(), Some("other"));
}

#[test]
fn a_return_names_its_level_and_its_reason() {
    let empty = Command::Return {
        reason: reason("", ""),
    };
    let level = |case: &Case| match case.agreement.state {
        State::Returned { level, .. } => Some(level),
        _ => None,
    };
    let college = Case::college_review();
    assert_eq!(
        college.refused(Who::College, empty.clone()),
        Refusal::ReasonRequired
    );
    assert_eq!(college.refuses(Who::Staff, K::Return), Refusal::NotThisLevel);
    assert_eq!(
        level(&college.then(Who::College, K::Return)),
        Some(Level::College)
    );
    let school = Case::school_review();
    assert_eq!(school.refused(Who::Staff, empty), Refusal::ReasonRequired);
    assert_eq!(school.refuses(Who::College, K::Return), Refusal::NotThisLevel);
    assert_eq!(level(&school.then(Who::Staff, K::Return)), Some(Level::School));
}

#[test]
fn nothing_takes_effect_without_a_number() {
    let mut last = Case::school_review();
    last.world.number = None;
    assert_eq!(last.refuses(Who::Staff, K::SchoolApprove), Refusal::NoNumber);
    let mut alone = Case::college_review().with(|p| p.school_review = false);
    alone.world.number = None;
    assert_eq!(alone.refuses(Who::College, K::CollegeApprove), Refusal::NoNumber);
    let mut none = Case::offered().with(|p| (p.college_review, p.school_review) = (false, false));
    none.world.number = None;
    assert_eq!(none.refuses(Who::Student, K::Accept), Refusal::NoNumber);
    // Before the last level none is drawn, and none is used.
    let mut first = Case::college_review();
    first.world.number = None;
    first.then(Who::College, K::CollegeApprove);
}

#[test]
fn a_number_is_asked_for_exactly_when_it_is_used() {
    for (college, school) in [(true, true), (true, false), (false, true), (false, false)] {
        for (title, case) in crate::samples::all() {
            let case = case.with(|p| (p.college_review, p.school_review) = (college, school));
            for kind in crate::samples::COMMANDS {
                for who in Who::ALL {
                    let command = case.command(kind);
                    let asked = case.agreement.would_take_effect(&command, &case.world.params);
                    let Ok(applied) = case.attempt(who, command) else {
                        continue;
                    };
                    let used = applied.event.payload.number.is_some();
                    assert_eq!(asked, used, "{title}: {kind:?} ({college}, {school})");
                }
            }
        }
    }
}

#[test]
fn an_edit_counts_the_contents_and_brings_back_to_draft() {
    let returned = Case::college_review().then(Who::College, K::Return);
    let edit = |content: Content| Command::Edit {
        content: Box::new(content),
    };
    let same = returned.clone().does(Who::Employer, edit(content()));
    assert_eq!(same.kind(), StateKind::Draft);
    assert_eq!(same.agreement.content_version, 1);
    let other = returned.does(Who::Employer, edit(content_with_pay(16_000)));
    assert_eq!(other.kind(), StateKind::Draft);
    assert_eq!(other.agreement.content_version, 2);
    let again = other.does(Who::Employer, edit(content()));
    assert_eq!(
        again.agreement.content_version, 3,
        "a content that returns is a new version"
    );
}

#[test]
fn what_is_sent_or_accepted_cannot_be_edited() {
    let whole = [
        Case::offered(),
        Case::college_review(),
        Case::school_review(),
        Case::effective(),
        Case::terminating(),
        Case::terminated(),
    ];
    for case in whole {
        let refusal = Refusal::WrongState(case.kind());
        let edit = Command::Edit {
            content: Box::new(content_with_pay(1)),
        };
        assert_eq!(case.refused(Who::Employer, edit), refusal);
    }
}

#[test]
fn the_world_of_the_tests_is_the_one_of_the_story() {
    let world = World::default();
    assert!(world.params.college_review && world.params.school_review);
    assert!(!world.params.employer_may_terminate && world.params.counterparty_consent);
}
