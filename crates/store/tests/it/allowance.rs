//! How often a student may ask for termination: what the student asked for counts, and nothing else.

use crate::stage::{self, Stage, Who};
use domain::agreement::{Agreement, Command, CommandKind as K, Context, Refusal, StateKind, Ticks, probe};
use domain::ids::AgreementId;
use domain::params::SchoolParams;
use jiff::ToSpan;
use store::testing::{World, both};
use store::{Error, verify};
use uuid::Uuid;

fn command(agreement: &Agreement, kind: K, world: &World) -> Command {
    let params = SchoolParams::default();
    let now = world.env.now();
    let context = Context {
        now,
        params: &params,
        block: None,
        live_elsewhere: false,
        offer_open: false,
        breaches: 0,
        number: None,
    };
    match probe::sample(agreement, kind, &context) {
        Command::Send { .. } => Command::Send {
            deadline: now + 120.hours(),
            ticks: Ticks::new(),
        },
        other => other,
    }
}

async fn tried(
    world: &World,
    stage: &Stage,
    id: AgreementId,
    (who, kind): (Who, K),
) -> Result<Agreement, Error> {
    let actor = stage::actor(stage.school, who, 0, 0);
    let asked = |agreement: &Agreement| command(agreement, kind, world);
    stage.act(world, id, actor, false, asked).await
}

/// An agreement of the student in force, after which all of this is done.
async fn told(world: &World, stage: &Stage, n: u128, rest: &[(Who, K)]) -> AgreementId {
    let id = AgreementId(Uuid::from_u128(n));
    stage.draft(world, id, 0, 0, 9_000).await.unwrap();
    let begin = [
        (Who::Employer, K::Send),
        (Who::Student, K::Accept),
        (Who::College, K::CollegeApprove),
        (Who::Staff, K::SchoolApprove),
    ];
    for act in begin.iter().chain(rest) {
        tried(world, stage, id, *act).await.unwrap();
    }
    id
}

const REVIEWED: [(Who, K); 2] = [
    (Who::College, K::ApproveTermination),
    (Who::Staff, K::ApproveTermination),
];

#[tokio::test]
async fn only_terminations_that_the_student_asked_for_are_counted() {
    both(|world| async move {
        stage::employers(&world).await;
        let stage = Stage::set(&world).await;
        let of_employer = [
            (Who::Employer, K::RequestTermination),
            (Who::Student, K::ConsentTermination),
        ];
        let of_student = [
            (Who::Student, K::RequestTermination),
            (Who::Employer, K::ConsentTermination),
        ];

        // The employer's termination, after one of the student's that was taken back, and one that the
        // employer refused; and an agreement that the school struck out.
        let taken_back = [
            (Who::Student, K::RequestTermination),
            (Who::Student, K::CancelTermination),
            (Who::Student, K::RequestTermination),
            (Who::Employer, K::RefuseTermination),
        ];
        let ended = [&taken_back[..], &of_employer, &REVIEWED].concat();
        let first = told(&world, &stage, 1, &ended).await;
        let struck = [(Who::Staff, K::ProposeVoid), (Who::SecondStaff, K::ConfirmVoid)];
        let second = told(&world, &stage, 2, &struck).await;
        for (id, state) in [(first, StateKind::Terminated), (second, StateKind::Voided)] {
            assert_eq!(stage.look(&world, id).await.0.agreement.state.kind(), state);
        }

        // None of it was the student's: the one that the school allows is still there.
        told(&world, &stage, 3, &[&of_student[..], &REVIEWED].concat()).await;

        // Now it is used up, for the student and for nobody else.
        let fourth = told(&world, &stage, 4, &[]).await;
        let again = tried(&world, &stage, fourth, (Who::Student, K::RequestTermination)).await;
        assert!(
            matches!(again, Err(Error::Refused(Refusal::TooManyBreaches(1)))),
            "{again:?}"
        );
        for act in [&of_employer[..], &REVIEWED].concat() {
            tried(&world, &stage, fourth, act).await.unwrap();
        }
        let report = verify::all(&world.store).await.unwrap();
        assert!(report.breaches.is_empty(), "{:?}", report.breaches);
    })
    .await;
}
