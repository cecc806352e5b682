//! Who is told of what: the matrix event × side, as one snapshot.

use crate::cast::Who;
use crate::support::{Case, World};
use crate::table::print;
use domain::agreement::{CommandKind as K, Event, EventKind};
use domain::notice::{Audience, recipients};
use std::collections::BTreeSet;

fn told(case: &Case, event: &Event) -> Vec<&'static str> {
    let codes = recipients(event, &case.agreement);
    codes.into_iter().map(Audience::code).collect()
}

/// Stories that together contain every event; each is cut after each step.
fn stories() -> Vec<Vec<(Who, K)>> {
    use Who::{College, Employer, SecondStaff, Staff, Student, System};
    let offer = vec![(Employer, K::Send)];
    let agreed = vec![
        (Employer, K::Send),
        (Student, K::Accept),
        (College, K::CollegeApprove),
        (Staff, K::SchoolApprove),
    ];
    let asked = [agreed.clone(), vec![(Student, K::RequestTermination)]].concat();
    let consented = [asked.clone(), vec![(Employer, K::ConsentTermination)]].concat();
    let with = |start: &Vec<(Who, K)>, more: &[(Who, K)]| [start.clone(), more.to_vec()].concat();
    vec![
        with(
            &offer,
            &[
                (Employer, K::ExtendDeadline),
                (Employer, K::Withdraw),
                (Employer, K::Edit),
            ],
        ),
        with(&offer, &[(Student, K::Decline)]),
        with(&offer, &[(System, K::Expire)]),
        with(&offer, &[(System, K::Supersede)]),
        with(&offer, &[(Student, K::Accept), (College, K::Return)]),
        with(
            &consented,
            &[(College, K::ApproveTermination), (Staff, K::ApproveTermination)],
        ),
        with(&consented, &[(College, K::RejectTermination)]),
        with(&asked, &[(Employer, K::RefuseTermination)]),
        with(&asked, &[(Student, K::CancelTermination)]),
        with(&asked, &[(Staff, K::EscalateTermination)]),
        with(&agreed, &[(Staff, K::ProposeVoid), (Staff, K::DropVoid)]),
        with(&agreed, &[(Staff, K::ProposeVoid), (SecondStaff, K::ConfirmVoid)]),
        vec![(Staff, K::ProposeVoid)],
    ]
}

/// A story of an agreement on paper begins with its registration, by whoever comes first in it.
fn run(story: &[(Who, K)], mut each: impl FnMut(&Case, Who)) {
    let mut case = match story.first() {
        Some((who @ (Who::Staff | Who::Student), _)) => Case::paper(World::default(), *who).unwrap(),
        _ => Case::draft(),
    };
    let beginner = if case.agreement.content.is_paper() {
        story[0].0
    } else {
        Who::Employer
    };
    each(&case, beginner);
    for &(who, kind) in story {
        if matches!(kind, K::Expire | K::EscalateTermination) {
            case = case.later(7 * 24);
        }
        case = case.then(who, kind);
        each(&case, who);
    }
}

#[test]
fn who_is_told_of_which_event() {
    let sides = ["employer", "student", "college", "school"];
    let mut rows: Vec<(EventKind, Vec<String>)> = Vec::new();
    for story in stories() {
        run(&story, |case, who| {
            let event = case.events.last().unwrap();
            let told = told(case, event);
            let marks = sides.map(|side| if told.contains(&side) { "✔" } else { "" }.to_owned());
            let start = [
                event.kind.code().to_owned(),
                who.label().to_owned(),
                case.kind().code().to_owned(),
            ];
            let row = (event.kind, start.into_iter().chain(marks).collect());
            if !rows.contains(&row) {
                rows.push(row);
            }
        });
    }
    rows.sort();
    let kinds: BTreeSet<_> = rows.iter().map(|(kind, _)| *kind).collect();
    let all: BTreeSet<_> = EventKind::ALL.iter().copied().collect();
    assert_eq!(kinds, all, "every event is told somewhere");
    let headings = [
        "event", "by", "then in", "employer", "student", "college", "school",
    ];
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    insta::assert_snapshot!("notices", print("Who is told", &headings, &rows));
}

#[test]
fn nobody_is_told_what_they_just_did_nor_twice() {
    for story in stories() {
        run(&story, |case, who| {
            let event = case.events.last().unwrap();
            let told = told(case, event);
            let distinct: BTreeSet<_> = told.iter().collect();
            assert_eq!(distinct.len(), told.len(), "{:?}", event.kind);
            let within = matches!(event.kind, EventKind::VoidProposed | EventKind::VoidDropped);
            assert!(within || !told.contains(&who.actor().role()), "{:?}", event.kind);
        });
    }
}

#[test]
fn no_party_learns_of_an_end_by_accident() {
    let ends = [
        EventKind::Withdrawn,
        EventKind::Declined,
        EventKind::Expired,
        EventKind::Superseded,
        EventKind::Returned,
        EventKind::Terminated,
        EventKind::TerminationRefused,
        EventKind::TerminationRejected,
        EventKind::TerminationCancelled,
        EventKind::Voided,
    ];
    for story in stories() {
        run(&story, |case, who| {
            let event = case.events.last().unwrap();
            for side in ["employer", "student"] {
                if ends.contains(&event.kind) && who.actor().role() != side {
                    assert!(
                        told(case, event).contains(&side),
                        "{:?} is not told to the {side}",
                        event.kind
                    );
                }
            }
        });
    }
}
