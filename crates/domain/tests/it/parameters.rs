//! Every parameter of a school with both of its sides in the rules; and that a change counts for what is
//! done afterwards and for nothing that was done before.

use crate::cast::Who;
use crate::support::{Case, START, at, terms};
use domain::agreement::EventKind;
use domain::agreement::form::{self, Limits};
use domain::agreement::state::TerminationStage as Stage;
use domain::agreement::{Agreement, Command, CommandKind as K, Refusal, State, StateKind, number};
use domain::codes::{POSITION_CATEGORY, PROVINCE};
use domain::ids::{CollegeId, StudentId};
use domain::notice::{self, Audience, Told};
use domain::params::spec::{Group, Kind, ParamProblem, SPECS, Scope};
use domain::params::{Channels, Discovery, SchoolParams};
use jiff::ToSpan;
use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

/// A party of an agreement.
const STUDENT: Audience = Audience::Student(StudentId(Uuid::nil()));

fn with(key: &str, value: &Value) -> SchoolParams {
    SchoolParams::default().with(key, value).unwrap()
}

fn case(mut start: Case, params: &SchoolParams) -> Case {
    start.world.params = params.clone();
    start
}

fn sends(params: &SchoolParams, days: i64) -> bool {
    let draft = case(Case::draft(), params);
    let deadline = draft.world.now + (days * 24).hours();
    draft.attempt(Who::Employer, draft.send(deadline)).is_ok()
}

fn stage(agreement: &Agreement) -> Stage {
    match agreement.state {
        State::Terminating { stage, .. } => stage,
        ref other => panic!("{:?}", other.kind()),
    }
}

fn doubts(params: &SchoolParams) -> usize {
    let limits = Limits {
        today: date(2026, 11, 20),
        year: 2027,
        penalty_cap: params.penalty_cap,
        is_position_category: |code| POSITION_CATEGORY.accepts(code),
        is_province: |code| PROVINCE.accepts(code),
    };
    form::parse(&form::to_input(&terms()), &limits).unwrap().1.len()
}

/// Whether the party that did nothing is told by mail of what this parameter is about.
fn by_mail(key: &str, params: &SchoolParams) -> bool {
    use EventKind as E;
    let of: &[EventKind] = match key {
        "notice_reminder" => return notice::by_mail(Told::ReplyDue, STUDENT, params),
        "notice_offer" => &[E::Sent],
        "notice_change" => &[E::Withdrawn, E::DeadlineExtended, E::Expired, E::Superseded],
        "notice_answer" => &[E::Accepted, E::Declined],
        "notice_review" => &[E::Registered, E::CollegeApproved, E::SchoolApproved],
        "notice_return" => &[E::Returned],
        "notice_termination" => &[E::TerminationRequested],
        "notice_termination_step" => &[
            E::TerminationConsented,
            E::TerminationEscalated,
            E::TerminationCollegeApproved,
        ],
        "notice_termination_end" => &[
            E::TerminationRefused,
            E::TerminationCancelled,
            E::TerminationRejected,
            E::Terminated,
        ],
        "notice_void" => &[E::Voided],
        other => panic!("no event of {other}"),
    };
    let mailed: Vec<bool> = of
        .iter()
        .map(|kind| notice::by_mail((*kind).into(), STUDENT, params))
        .collect();
    assert!(mailed.windows(2).all(|two| two[0] == two[1]), "{key}: {mailed:?}");
    mailed[0]
}

/// What becomes of an act that the parameter decides, in words.
fn side(key: &str, params: &SchoolParams) -> String {
    let accepted = || case(Case::offered().later(1), params).then(Who::Student, K::Accept);
    let asks = |who| {
        let effective = case(Case::effective().later(1), params);
        effective
            .attempt(who, effective.command(K::RequestTermination))
            .is_ok()
    };
    let asked = || case(Case::effective().later(1), params).then(Who::Student, K::RequestTermination);
    match key {
        "window_from" | "window_to" => params.window_open(at(START)).to_string(),
        "discovery" => (params.discovery == Discovery::Browse).to_string(),
        "second_factor" => {
            let offered = case(Case::offered().later(1), params);
            let Command::Accept { ticks, .. } = offered.command(K::Accept) else {
                unreachable!()
            };
            let bare = Command::Accept {
                ticks,
                method_agreed: true,
                second_factor: None,
            };
            offered.attempt(Who::Student, bare).is_ok().to_string()
        }
        "reply_days" => params.with("reply_days_max", &json!(6)).is_ok().to_string(),
        "reply_days_min" => sends(params, 1).to_string(),
        "reply_days_max" => sends(params, 20).to_string(),
        "penalty_cap" => doubts(params).to_string(),
        "college_review" => format!("{:?}", accepted().kind()),
        "school_review" => {
            let approved = accepted().later(1).then(Who::College, K::CollegeApprove);
            format!("{:?}", approved.kind())
        }
        "review_days" => (params.review_due(at(START)) < at(START) + 72.hours()).to_string(),
        "number_rule" => number::digit(params.number_rule, "31").to_string(),
        "print_before_effective" => params.may_print(StateKind::Offered).to_string(),
        "student_may_terminate" => asks(Who::Student).to_string(),
        "employer_may_terminate" => asks(Who::Employer).to_string(),
        "counterparty_consent" => format!("{:?}", stage(&asked().agreement)),
        "escalate_days" => {
            let waited = asked().later(3 * 24);
            waited
                .attempt(Who::Staff, Command::EscalateTermination)
                .is_ok()
                .to_string()
        }
        "termination_college_review" => {
            let agreed = asked().later(1).then(Who::Employer, K::ConsentTermination);
            format!("{:?}", stage(&agreed.agreement))
        }
        "termination_school_review" => {
            let agreed = asked().later(1).then(Who::Employer, K::ConsentTermination);
            format!(
                "{:?}",
                agreed.later(1).then(Who::College, K::ApproveTermination).kind()
            )
        }
        "max_breaches" => {
            let mut effective = case(Case::effective().later(1), params);
            effective.world.breaches = 2;
            let tried = effective.attempt(Who::Student, effective.command(K::RequestTermination));
            tried.is_ok().to_string()
        }
        notice if notice.starts_with("notice_") => by_mail(notice, params).to_string(),
        other => panic!("no test for the parameter {other}"),
    }
}

/// Each parameter: a value with what becomes of the act, and another value with what becomes of it then.
fn sides() -> Vec<(&'static str, (Value, &'static str), (Value, &'static str))> {
    let (yes, no) = (|| json!(true), || json!(false));
    [
        (
            "window_from",
            (json!("2026-11-20"), "true"),
            (json!("2026-11-21"), "false"),
        ),
        (
            "window_to",
            (json!("2026-11-20"), "true"),
            (json!("2026-11-19"), "false"),
        ),
        ("discovery", (json!("browse"), "true"), (json!("exact"), "false")),
        (
            "second_factor",
            (json!("none"), "true"),
            (json!("password"), "false"),
        ),
        ("reply_days", (json!(6), "true"), (json!(7), "false")),
        ("reply_days_min", (json!(1), "true"), (json!(2), "false")),
        ("reply_days_max", (json!(20), "true"), (json!(19), "false")),
        ("penalty_cap", (json!(5000), "0"), (json!(4999), "1")),
        ("college_review", (yes(), "CollegeReview"), (no(), "SchoolReview")),
        ("school_review", (yes(), "SchoolReview"), (no(), "Effective")),
        ("review_days", (json!(2), "true"), (json!(3), "false")),
        ("number_rule", (json!("leveled"), "3"), (json!("plain"), "0")),
        ("print_before_effective", (yes(), "true"), (no(), "false")),
        ("student_may_terminate", (yes(), "true"), (no(), "false")),
        ("employer_may_terminate", (yes(), "true"), (no(), "false")),
        ("counterparty_consent", (yes(), "Counterparty"), (no(), "College")),
        ("escalate_days", (json!(3), "true"), (json!(4), "false")),
        ("termination_college_review", (yes(), "College"), (no(), "School")),
        (
            "termination_school_review",
            (yes(), "Terminating"),
            (no(), "Terminated"),
        ),
        ("max_breaches", (json!(3), "true"), (json!(2), "false")),
    ]
    .into_iter()
    .chain(
        SPECS
            .iter()
            .filter(|spec| spec.group == Group::Notice)
            .map(|spec| {
                let (both, inbox) = (json!(Channels::Mail), json!(Channels::Inbox));
                (spec.key, (both, "true"), (inbox, "false"))
            }),
    )
    .collect()
}

/// Every event belongs to one parameter at most, and reviewers are told in the inbox whatever is set.
#[test]
fn mail_goes_to_the_parties_alone_and_one_parameter_decides_on_each_event() {
    let notices: Vec<&str> = SPECS
        .iter()
        .filter(|spec| spec.group == Group::Notice)
        .map(|spec| spec.key)
        .collect();
    let silent = notices.iter().fold(SchoolParams::default(), |params, key| {
        params.with(key, &json!(Channels::Inbox)).unwrap()
    });
    let all = EventKind::ALL
        .iter()
        .map(|kind| Told::Event(*kind))
        .chain([Told::ReplyDue]);
    for told in all {
        assert!(!notice::by_mail(told, STUDENT, &silent), "{told:?}");
        let decide = |key: &&&str| {
            let params = silent.with(key, &json!(Channels::Mail)).unwrap();
            for reviewer in [Audience::School, Audience::College(CollegeId(Uuid::nil()))] {
                assert!(!notice::by_mail(told, reviewer, &params), "{told:?}");
            }
            notice::by_mail(told, STUDENT, &params)
        };
        let deciding = notices.iter().filter(decide).count();
        assert_eq!(
            deciding,
            usize::from(notice::channels(told, &silent).is_some()),
            "{told:?}"
        );
    }
}

/// What asks for an answer comes by mail unless the school says otherwise.
#[test]
fn by_default_mail_is_sent_where_somebody_has_to_act() {
    let params = SchoolParams::default();
    for kind in [
        EventKind::Sent,
        EventKind::Returned,
        EventKind::TerminationRequested,
    ] {
        assert!(notice::by_mail(kind.into(), STUDENT, &params), "{kind:?}");
    }
    assert!(notice::by_mail(Told::ReplyDue, STUDENT, &params));
    assert!(!notice::by_mail(
        EventKind::DeadlineExtended.into(),
        STUDENT,
        &params
    ));
}

#[test]
fn every_parameter_has_two_sides() {
    let sides = sides();
    let listed: Vec<&str> = SPECS.iter().map(|spec| spec.key).collect();
    let tested: Vec<&str> = sides.iter().map(|(key, ..)| *key).collect();
    assert_eq!(tested, listed, "the page's parameters and those tested here");
    for (key, (one, then), (other, otherwise)) in sides {
        assert_eq!(side(key, &with(key, &one)), then, "{key} = {one}");
        assert_eq!(side(key, &with(key, &other)), otherwise, "{key} = {other}");
    }
}

#[test]
fn every_stored_parameter_is_on_the_list_with_its_default() {
    let Value::Object(all) = serde_json::to_value(SchoolParams::default()).unwrap() else {
        unreachable!()
    };
    let mut listed: Vec<&str> = SPECS.iter().map(|spec| spec.key).collect();
    listed.sort_unstable();
    let mut stored: Vec<&String> = all.keys().collect();
    stored.sort();
    assert_eq!(listed, stored);
    for spec in SPECS {
        let value = SchoolParams::default().value(spec.key);
        if value == Value::Null {
            continue;
        }
        // What is shown is read again as what it is.
        assert_eq!(spec.read(&spec.text(&value)), Ok(Some(value)), "{}", spec.key);
    }
}

#[test]
fn what_is_typed_is_read_by_type_and_range() {
    let spec = |key: &str| SPECS.into_iter().find(|spec| spec.key == key).unwrap();
    for (key, typed, read) in [
        ("reply_days", "１０", Ok(Some(json!(10)))),
        ("reply_days", " ", Ok(None)),
        (
            "reply_days",
            "31",
            Err(ParamProblem::OutOfRange { min: 1, max: 30 }),
        ),
        ("reply_days", "zehn", Err(ParamProblem::NotANumber)),
        ("penalty_cap", "5,000", Ok(Some(json!(5000)))),
        ("college_review", "off", Ok(Some(json!(false)))),
        ("college_review", "false", Err(ParamProblem::NotAChoice)),
        ("window_from", "2026-02-30", Err(ParamProblem::NotADate)),
        ("discovery", "exact", Ok(Some(json!("exact")))),
        ("second_factor", "code", Ok(Some(json!("code")))),
        ("second_factor", "face", Err(ParamProblem::NotAChoice)),
        ("notice_offer", "sms", Err(ParamProblem::NotAChoice)),
    ] {
        assert_eq!(spec(key).read(typed), read, "{key}: {typed}");
    }
    // Whatever is read, the rules take it.
    for spec in SPECS {
        if let Kind::Number { min, max, .. } = spec.kind {
            assert!(matches!(
                spec.read(&(min - 1).to_string()),
                Err(ParamProblem::OutOfRange { .. })
            ));
            assert!(matches!(
                spec.read(&(max + 1).to_string()),
                Err(ParamProblem::OutOfRange { .. })
            ));
        }
        assert!(spec.scope.covers(0) || spec.scope == Scope::Year);
    }
}

#[test]
fn values_that_contradict_each_other_are_named() {
    let found = |change: fn(&mut SchoolParams)| {
        let mut params = SchoolParams::default();
        change(&mut params);
        params.conflicts().first().copied()
    };
    assert_eq!(found(|_| ()), None);
    assert_eq!(
        found(|p| (p.window_from, p.window_to) = (Some(date(2027, 2, 1)), Some(date(2027, 1, 31)))),
        Some(("window_to", ParamProblem::BeforeStart))
    );
    assert_eq!(
        found(|p| p.reply_days_min = 6),
        Some(("reply_days_min", ParamProblem::MinAboveDefault))
    );
    assert_eq!(
        found(|p| p.reply_days_max = 4),
        Some(("reply_days_max", ParamProblem::MaxBelowDefault))
    );
    assert_eq!(
        found(|p| (p.termination_college_review, p.termination_school_review) = (false, false)),
        Some(("termination_school_review", ParamProblem::NobodyReviews))
    );
}

#[test]
fn a_change_counts_for_new_acts_and_leaves_what_was_done() {
    // Sent for twenty days; then the school allows no more than five.
    let sent = Case::draft();
    let long = sent.send(sent.world.now + (20 * 24).hours());
    let sent = sent.does(Who::Employer, long).with(|p| p.reply_days_max = 5);
    let before = sent.agreement.clone();
    let later = sent.later(19 * 24);
    assert_eq!(later.agreement, before, "the deadline stands");
    let deadline = later.world.now + (10 * 24).hours();
    assert_eq!(
        later.refused(Who::Employer, Command::ExtendDeadline { deadline }),
        Refusal::DeadlineOutOfRange { min: 1, max: 5 },
        "a new act obeys the new value"
    );
    later.then(Who::Student, K::Accept);

    // Accepted while the college did not review; then it does.
    let skipped = Case::offered().later(1).with(|p| p.college_review = false);
    let waiting = skipped
        .then(Who::Student, K::Accept)
        .with(|p| p.college_review = true);
    assert_eq!(waiting.kind(), StateKind::SchoolReview);
    let effective = waiting.later(1).then(Who::Staff, K::SchoolApprove);
    assert_eq!(effective.kind(), StateKind::Effective);
    // In force, whatever is changed afterwards.
    let number = effective.agreement.state.number().map(str::to_owned);
    let changed = effective.with(|p| (p.window_to, p.school_review) = (Some(date(2020, 1, 1)), false));
    assert_eq!(changed.agreement.state.number().map(str::to_owned), number);
    changed.later(1).then(Who::Student, K::RequestTermination);
}
