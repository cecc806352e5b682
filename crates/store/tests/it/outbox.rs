//! Work that was put aside.

use domain::ids::{MessageId, UploadId};
use jiff::{Timestamp, ToSpan};
use store::overview;
use store::testing::{World, both};
use store::{mail, outbox};
use uuid::Uuid;

use crate::fixtures;

/// Topics of the work that was given up, and of the mail that was.
async fn aside(world: &World, now: Timestamp) -> (Vec<String>, Vec<String>) {
    let read = world.read(move |c| Box::pin(overview::read(c, now)));
    let found = read.await.unwrap();
    let topics = |rows: Vec<overview::DeadRow>| rows.into_iter().map(|row| row.topic).collect();
    (topics(found.dead), topics(found.undelivered))
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_nobody_can_get_hides_no_other_work_and_goes_after_some_weeks() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let (env, now) = (world.env.clone(), world.env.now());
        let plan = world.write(move |c| {
            let env = env.clone();
            Box::pin(async move {
                for n in 0..60 {
                    mail::announce(c, school, MessageId(Uuid::from_u128(n)), (now, &env)).await?;
                }
                outbox::letter(c, school, UploadId(Uuid::from_u128(1)), &env).await?;
                for job in outbox::claim(c, now, 10, None).await? {
                    outbox::give_up(c, &job, "no", now.saturating_sub(1.hours()).unwrap_or(now)).await?;
                }
                for job in outbox::claim_mail(c, now, 100).await? {
                    outbox::give_up(c, &job, "550", now).await?;
                }
                Ok(())
            })
        });
        plan.await.unwrap();
        let (dead, undelivered) = aside(&world, now).await;
        assert_eq!(
            dead,
            [outbox::LETTER],
            "older than sixty messages, and to be seen"
        );
        assert_eq!(undelivered, [outbox::MAIL; 20]);
        for (days, left) in [(27, 20), (29, 0)] {
            let later = now.saturating_add((days * 24).hours()).unwrap();
            let tidied = world.write(move |c| Box::pin(outbox::forget_done(c, later)));
            tidied.await.unwrap();
            let (dead, undelivered) = aside(&world, later).await;
            assert_eq!((dead.len(), undelivered.len()), (1, left), "after {days} days");
        }
    })
    .await;
}
