//! Reminds a student of an offer whose deadline is near.

use store::agreements;
use store::inbox::{self, Names};
use store::outbox::{self, Job, RemindJob};
use store::{Conn, Error, Store};

use crate::JobError;

/// Writes the message and finishes the job in one transaction. An offer that was answered, withdrawn or got
/// another deadline in the meantime needs no reminder.
pub(crate) async fn perform(store: &Store, job: &Job) -> Result<(), JobError> {
    let wanted: RemindJob =
        serde_json::from_str(&job.payload).map_err(|_| JobError::Payload(job.topic.clone()))?;
    let (env, job) = (store.env().clone(), job.clone());
    store
        .write(move |c| {
            let (env, job, wanted) = (env.clone(), job.clone(), wanted.clone());
            Box::pin(async move {
                let now = env.now();
                remind(c, &job, &wanted, (now, &env)).await?;
                outbox::done(c, &job, now).await
            })
        })
        .await?;
    Ok(())
}

async fn remind(
    c: &mut Conn<'_>,
    job: &Job,
    wanted: &RemindJob,
    (now, env): (jiff::Timestamp, &domain::ports::Env),
) -> Result<(), Error> {
    let Some(loaded) = agreements::load(c, job.school_id, wanted.agreement).await? else {
        return Ok(());
    };
    let agreement = &loaded.agreement;
    if agreement.state.deadline() != Some(wanted.deadline) || now >= wanted.deadline {
        return Ok(());
    }
    let scene = agreements::scene(
        c,
        job.school_id,
        agreement.student,
        agreement.employer,
        agreement.id,
    )
    .await?;
    let params = agreements::params(c, job.school_id, agreement.year).await?;
    let names = Names {
        student: &scene.student_name,
        employer: &scene.employer_name,
        params: &params,
    };
    inbox::remind(c, agreement, names, (now, env)).await
}
