//! What has to hold after every command that was let through, whoever tried what
//! (`product.md` §2). Written from the specification, not from the code.

use crate::cast::Who;
use crate::support::World;
use domain::agreement::{Agreement, Applied, CommandKind as K, Event, Hash, StateKind as S};
use domain::policy::{Action, Denial, may};

/// Panics with what is broken.
pub fn hold(before: &Agreement, command: K, who: Who, world: &World, applied: &Applied) {
    let Applied {
        agreement: after,
        event,
    } = applied;
    let (from, to) = (before.state.kind(), after.state.kind());
    assert!(
        transition(from, command, who, to),
        "{who:?} {command:?}: {from:?} → {to:?}"
    );
    assert_eq!(kept(before), kept(after), "whose it is never changes");
    assert_eq!(after.version, before.version + 1, "one change, one version");
    content(before, command, after);
    number(before, after);
    acceptance(before, after);
    recorded(before, after, who, world, event);
    visibility(after);
    stored_and_read(after, event);
}

fn kept(a: &Agreement) -> impl PartialEq + std::fmt::Debug {
    (a.id, a.school, a.year, a.student, a.college, a.employer)
}

/// The table of `product.md` §2, for somebody whose agreement it is.
fn transition(from: S, command: K, who: Who, to: S) -> bool {
    let editable = [S::Draft, S::Withdrawn, S::Declined, S::Expired, S::Returned].contains(&from);
    let accepted = matches!(from, S::CollegeReview | S::SchoolReview | S::Effective);
    let employer = who == Who::Employer;
    let party = employer || who == Who::Student;
    let staff = matches!(who, Who::Staff | Who::SecondStaff);
    let reviewer = who == Who::College || staff;
    let asked = from == S::Terminating;
    match command {
        K::Edit => employer && editable && to == S::Draft,
        K::Send => employer && (from, to) == (S::Draft, S::Offered),
        K::Withdraw => employer && (from, to) == (S::Offered, S::Withdrawn),
        K::ExtendDeadline => employer && (from, to) == (S::Offered, S::Offered),
        K::Accept => {
            let next = matches!(to, S::CollegeReview | S::SchoolReview | S::Effective);
            who == Who::Student && from == S::Offered && next
        }
        K::Decline => who == Who::Student && (from, to) == (S::Offered, S::Declined),
        K::Expire => who == Who::System && (from, to) == (S::Offered, S::Expired),
        K::Supersede => who == Who::System && (from, to) == (S::Offered, S::Superseded),
        K::CollegeApprove => {
            let next = matches!(to, S::SchoolReview | S::Effective);
            who == Who::College && from == S::CollegeReview && next
        }
        K::SchoolApprove => staff && (from, to) == (S::SchoolReview, S::Effective),
        K::Return => match from {
            S::CollegeReview => who == Who::College && to == S::Returned,
            S::SchoolReview => staff && to == S::Returned,
            _ => false,
        },
        K::RequestTermination => party && (from, to) == (S::Effective, S::Terminating),
        K::ConsentTermination => party && asked && to == S::Terminating,
        K::EscalateTermination => staff && asked && to == S::Terminating,
        K::RefuseTermination | K::CancelTermination => party && asked && to == S::Effective,
        K::ApproveTermination => reviewer && asked && matches!(to, S::Terminating | S::Terminated),
        K::RejectTermination => reviewer && asked && to == S::Effective,
        K::ProposeVoid | K::DropVoid => staff && accepted && to == from,
        K::ConfirmVoid => staff && accepted && to == S::Voided,
    }
}

fn content(before: &Agreement, command: K, after: &Agreement) {
    let changed = after.content.hash() != before.content.hash();
    assert_eq!(
        changed,
        after.content != before.content,
        "the hash stands for the content"
    );
    assert!(!changed || command == K::Edit, "only an edit changes the content");
    let raised = after.content_version - before.content_version;
    assert_eq!(
        raised,
        i32::from(changed),
        "the content version counts the contents"
    );
}

fn number(before: &Agreement, after: &Agreement) {
    let (old, new) = (before.state.number(), after.state.number());
    match after.state.kind() {
        S::Effective | S::Terminating | S::Terminated => assert!(new.is_some()),
        S::Voided => assert_eq!(new, old),
        _ => assert_eq!(new, None),
    }
    assert!(old.is_none() || new == old, "a number once issued stays");
}

fn acceptance(before: &Agreement, after: &Agreement) {
    if let Some(acceptance) = after.state.acceptance() {
        assert_eq!(
            acceptance.content,
            after.content.hash(),
            "accepted is what stands there"
        );
        let student = acceptance.by == Who::Student.account();
        // On paper the student signed by hand; the account is that of whoever registered it.
        let on_paper = after.content.is_paper() && acceptance.by == Who::Staff.account();
        assert!(student || on_paper, "only the student accepts");
        let earlier = before.state.acceptance();
        assert!(
            earlier.is_none() || earlier == Some(acceptance),
            "an acceptance stays"
        );
    } else {
        assert!(!after.state.kind().has_number(), "no effect without acceptance");
    }
}

fn recorded(before: &Agreement, after: &Agreement, who: Who, world: &World, event: &Event) {
    let payload = &event.payload;
    assert_eq!(event.actor, who.actor());
    assert_eq!(event.at, world.now);
    assert_eq!(payload.from, Some(before.state.kind()));
    assert_eq!(payload.to, after.state.kind());
    assert_eq!(payload.version, after.version);
    assert_eq!(payload.content_version, after.content_version);
    assert_eq!(payload.content, after.content.hash());
    let issued = before
        .state
        .number()
        .is_none()
        .then(|| after.state.number())
        .flatten();
    assert_eq!(
        payload.number.as_deref(),
        issued,
        "the event that issues the number says so"
    );
    let note = event.note.as_deref().map(|note| Hash::of(&[note.as_bytes()]));
    assert_eq!(
        payload.note, note,
        "the chain holds the hash of the words, not the words"
    );
    assert!(
        event.note.is_none() || payload.reason.is_some(),
        "words belong to a reason"
    );
    assert_eq!(payload.cause.is_some(), after.state.kind() == S::Superseded);
}

/// Draft never visible to others; the platform sees nothing; another school's people nothing.
fn visibility(after: &Agreement) {
    let subject = after.subject();
    for who in Who::ALL {
        let sees = may(&who.actor(), Action::View, &subject);
        let own = matches!(who, Who::Employer | Who::System);
        let expected = own || (who.concerned() && after.state.kind() != S::Draft);
        let expected = if expected { Ok(()) } else { Err(Denial::Foreign) };
        assert_eq!(sees, expected, "{who:?} and {:?}", after.state.kind());
    }
}

/// What is stored as JSON is read as the same.
fn stored_and_read(after: &Agreement, event: &Event) {
    let state = serde_json::to_string(&after.state).unwrap();
    assert_eq!(
        serde_json::from_str::<domain::agreement::State>(&state).unwrap(),
        after.state
    );
    let payload = serde_json::to_string(&event.payload).unwrap();
    assert_eq!(
        serde_json::from_str::<domain::agreement::Payload>(&payload).unwrap(),
        event.payload
    );
    let actor = serde_json::to_string(&event.actor).unwrap();
    assert_eq!(
        serde_json::from_str::<domain::policy::Actor>(&actor).unwrap(),
        event.actor
    );
}
