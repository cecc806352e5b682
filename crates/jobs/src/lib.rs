//! The hands: what is done after a change, outside its transaction.
//!
//! A [`Worker`] claims jobs from the outbox, renders documents, lets offers expire and tidies up. It knows
//! ports (a renderer, a store), not how pages look or what typesets them.

mod bundle;
mod checkpoint;
mod expire;
mod letter;
pub mod mail;
mod offers;
mod plan;
mod remind;
mod render;
mod revocation;
mod seal;
mod sheet;
mod specimen;
mod worker;

pub use checkpoint::checkpoints;
pub use expire::expire_due;
pub use plan::{Plan, plan};
pub use render::SIGNING_METHOD;
pub use sheet::sheet;
pub use worker::{Heartbeat, Worker};

/// What went wrong with a job. Its text goes to the database and the log, so it holds no personal data.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The store failed.
    #[error("store: {0}")]
    Store(#[from] store::Error),
    /// The document could not be rendered.
    #[error("render: {0}")]
    Render(#[from] domain::document::RenderError),
    /// The bundle could not be written.
    #[error("bundle: {0}")]
    Bundle(String),
    /// The document could not be sealed.
    #[error("seal: {0}")]
    Seal(#[from] domain::sealing::SealError),
    /// The message could not be sent.
    #[error("mail: {0}")]
    Mail(#[from] mail::MailError),
    /// The job's payload cannot be read.
    #[error("payload of topic {0}")]
    Payload(String),
    /// A checkpoint kept outside the database covers events that the database does not have.
    #[error(
        "the database is older than the checkpoint over {0} events kept outside it; `sanfang verify --all` says more. \
         Where an old copy was put back on purpose, move that checkpoint away"
    )]
    RolledBack(i64),
    /// The job stopped in the middle.
    #[error("the job was interrupted")]
    Interrupted,
}

/// Ends a job that leaves nothing else behind.
async fn done(store: &store::Store, job: &store::outbox::Job) -> Result<(), JobError> {
    let (job, now) = (job.clone(), store.env().now());
    let noted = store.write(move |c| {
        let job = job.clone();
        Box::pin(async move { store::outbox::done(c, &job, now).await })
    });
    Ok(noted.await?)
}
