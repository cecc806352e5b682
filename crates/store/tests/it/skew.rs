//! Two transactions that each read what the other is about to change. PostgreSQL lets both through unless the
//! store makes them follow each other; here both are held back before COMMIT, so that nothing is left to luck.

use crate::stage::{self, Stage, Who};
use domain::agreement::{Agreement, CommandKind as K, Context, StateKind, probe};
use domain::ids::AgreementId;
use domain::params::SchoolParams;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::agreements::{self, Act};
use store::schools::{self, ParamChange};
use store::testing::{World, both};
use store::{Error, verify};
use tokio::sync::Barrier;
use uuid::Uuid;

/// An act whose transaction waits for the other one before it commits, unless the other cannot come so far.
async fn held(world: &World, act: Act, meeting: Arc<Barrier>) -> Result<Agreement, Error> {
    let (env, tries) = (world.env.clone(), Arc::new(AtomicU32::new(0)));
    let write = world.write(move |c| {
        let (act, env, meeting, tries) = (act.clone(), env.clone(), meeting.clone(), tries.clone());
        Box::pin(async move {
            let done = agreements::act(c, &act, &env).await?;
            if tries.fetch_add(1, Ordering::SeqCst) == 0 {
                drop(tokio::time::timeout(Duration::from_secs(1), meeting.wait()).await);
            }
            Ok(done)
        })
    });
    write.await
}

async fn asked(world: &World, stage: &Stage, id: AgreementId, who: Who, employer: usize, kind: K) -> Act {
    let agreement = stage.look(world, id).await.0.agreement;
    let params = SchoolParams::default();
    let context = Context {
        now: world.env.now(),
        params: &params,
        block: None,
        live_elsewhere: false,
        offer_open: false,
        breaches: 0,
        number: None,
    };
    let command = probe::sample(&agreement, kind, &context);
    let actor = stage::actor(stage.school, who, employer, 0);
    let command = stage.with_letter(world, id, &actor, command).await;
    stage.asked(&agreement, actor, false, command)
}

async fn done(world: &World, stage: &Stage, id: AgreementId, who: Who, employer: usize, kind: K) {
    let act = asked(world, stage, id, who, employer, kind).await;
    agreements::perform(&world.store, act).await.unwrap();
}

/// Two drafts for one student, of two employers, at a school where nobody reviews or everybody does.
async fn set(world: &World, reviewed: bool) -> (Stage, [AgreementId; 2]) {
    stage::employers(world).await;
    let stage = Stage::set(world).await;
    let (school, now) = (stage.school, world.env.now());
    let write = world.write(move |c| {
        Box::pin(async move {
            for key in ["college_review", "school_review"] {
                let change = ParamChange {
                    year: 0,
                    key: key.into(),
                    value: json!(reviewed),
                    by: None,
                };
                schools::set_param(c, school, &change, now).await?;
            }
            Ok(())
        })
    });
    write.await.unwrap();
    let ids = [1, 2].map(|n| AgreementId(Uuid::from_u128(n)));
    for (n, id) in ids.into_iter().enumerate() {
        stage.draft(world, id, n, 0, 9_000).await.unwrap();
    }
    (stage, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_not_sent_beside_an_agreement_that_takes_effect_now() {
    let (world, database) = World::postgres().await;
    let (stage, [first, second]) = set(&world, false).await;
    done(&world, &stage, first, Who::Employer, 0, K::Send).await;
    let meeting = Arc::new(Barrier::new(2));
    let accept = asked(&world, &stage, first, Who::Student, 0, K::Accept).await;
    let send = asked(&world, &stage, second, Who::Employer, 1, K::Send).await;
    let (accepted, sent) = tokio::join!(held(&world, accept, meeting.clone()), held(&world, send, meeting));
    assert_eq!(accepted.unwrap().state.kind(), StateKind::Effective);
    let state = stage.look(&world, second).await.0.agreement.state.kind();
    assert_ne!(
        state,
        StateKind::Offered,
        "{:?}: an offer beside an agreement in force",
        sent.is_ok()
    );
    assert!(verify::all(&world.store).await.unwrap().breaches.is_empty());
    database.discard().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_elsewhere_does_not_hinder_the_last_approval() {
    let (world, database) = World::postgres().await;
    let (stage, [first, second]) = set(&world, true).await;
    done(&world, &stage, first, Who::Employer, 0, K::Send).await;
    done(&world, &stage, second, Who::Employer, 1, K::Send).await;
    done(&world, &stage, first, Who::Student, 0, K::Accept).await;
    done(&world, &stage, first, Who::College, 0, K::CollegeApprove).await;
    let meeting = Arc::new(Barrier::new(2));
    let approve = asked(&world, &stage, first, Who::Staff, 0, K::SchoolApprove).await;
    let withdraw = asked(&world, &stage, second, Who::Employer, 1, K::Withdraw).await;
    let (approved, withdrawn) = tokio::join!(
        held(&world, approve, meeting.clone()),
        held(&world, withdraw, meeting)
    );
    assert_eq!(approved.unwrap().state.kind(), StateKind::Effective);
    let state = stage.look(&world, second).await.0.agreement.state.kind();
    let expected = if withdrawn.is_ok() {
        StateKind::Withdrawn
    } else {
        StateKind::Superseded
    };
    assert_eq!(state, expected);
    assert!(verify::all(&world.store).await.unwrap().breaches.is_empty());
    database.discard().await;
}

/// Who asked takes the termination back while the school approves it: sixteen at once, one has their way.
#[tokio::test(flavor = "multi_thread")]
async fn of_cancel_and_last_approval_one_happens() {
    both(|world| async move {
        let (stage, [id, _]) = set(&world, true).await;
        for (who, kind) in [
            (Who::Employer, K::Send),
            (Who::Student, K::Accept),
            (Who::College, K::CollegeApprove),
            (Who::Staff, K::SchoolApprove),
            (Who::Student, K::RequestTermination),
            (Who::Employer, K::ConsentTermination),
            (Who::College, K::ApproveTermination),
        ] {
            done(&world, &stage, id, who, 0, kind).await;
        }
        let cancel = asked(&world, &stage, id, Who::Student, 0, K::CancelTermination).await;
        let approve = asked(&world, &stage, id, Who::Staff, 0, K::ApproveTermination).await;
        let before = stage.look(&world, id).await.1.len();
        let clients: Vec<_> = (0..16)
            .map(|n| {
                let act = if n % 2 == 0 { &cancel } else { &approve };
                let (store, act) = (world.store.clone(), act.clone());
                tokio::spawn(async move { agreements::perform(&store, act).await })
            })
            .collect();
        let mut won = Vec::new();
        for (n, client) in clients.into_iter().enumerate() {
            match client.await.unwrap() {
                Ok(agreement) => won.push((n, agreement.state.kind())),
                Err(Error::Stale | Error::Refused(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        let [(n, state)] = won[..] else { panic!("{won:?}") };
        let expected = if n % 2 == 0 {
            StateKind::Effective
        } else {
            StateKind::Terminated
        };
        assert_eq!(state, expected);
        let (loaded, events) = stage.look(&world, id).await;
        assert_eq!(loaded.agreement.state.kind(), expected);
        assert_eq!(events.len(), before + 1, "one event for one change");
        assert!(verify::all(&world.store).await.unwrap().breaches.is_empty());
    })
    .await;
}
