//! Mail: from the outbox to the server. It has a lane of its own in the worker: at most [`AT_ONCE`] messages
//! under way, nobody waits for them, and a server that does not answer is left alone for a while.

mod smtp;
#[cfg(feature = "testing")]
pub mod testing;
mod text;

pub use smtp::{Mail, MailError, Security, Settings, Smtp};

use crate::JobError;
use domain::ids::{AccountId, MessageId, SchoolId};
use domain::notice::Audience;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::mail::{self, About, MailJob, NoticeJob, Whom};
use store::outbox::{self, Job};
use store::{Store, inbox};
use text::Words;

/// Messages under way at once.
pub(crate) const AT_ONCE: usize = 4;
/// How long a server that does not answer is left alone.
const REST: SignedDuration = SignedDuration::from_secs(30);

/// Makes a message for each address of a notice.
async fn spread(store: &Store, job: &Job, notice: NoticeJob) -> Result<(), JobError> {
    let (env, job) = (store.env().clone(), job.clone());
    let spread = store.write(move |c| {
        let (env, job, notice) = (env.clone(), job.clone(), notice.clone());
        Box::pin(async move { mail::spread(c, &job, &notice, &env).await })
    });
    Ok(spread.await?)
}

/// The post: a server, and the address below which our pages are.
#[derive(Clone)]
pub struct Post(Arc<Inner>);

struct Inner {
    smtp: Smtp,
    public_url: String,
    /// Microseconds until when the server is left alone.
    closed_until: AtomicI64,
}

impl Post {
    /// Sends by `smtp` what leads to `public_url`.
    pub fn new(smtp: Smtp, public_url: &str) -> Self {
        Self(Arc::new(Inner {
            smtp,
            public_url: public_url.to_owned(),
            closed_until: AtomicI64::new(i64::MIN),
        }))
    }

    /// Whether the server is worth a try now.
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        now.as_microsecond() >= self.0.closed_until.load(Ordering::Relaxed)
    }

    fn close(&self, now: Timestamp) {
        let until = (now + REST).as_microsecond();
        self.0.closed_until.store(until, Ordering::Relaxed);
    }

    /// Sends what a job asks for and records how it went.
    pub(crate) async fn settle(&self, store: &Store, job: Job) {
        let sent = self.perform(store, &job).await;
        let now = store.env().now();
        let last = match &sent {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(id = %job.id, attempt = job.attempts, %error, "mail was not sent");
                if matches!(error, JobError::Mail(error) if error.is_general()) {
                    self.close(now);
                }
                matches!(error, JobError::Mail(error) if error.is_final())
            }
        };
        let words = sent.err().map(|error| error.to_string());
        let noted = store.write(move |c| {
            let (job, words) = (job.clone(), words.clone());
            Box::pin(async move {
                match words {
                    None => outbox::done(c, &job, now).await,
                    Some(words) if last => outbox::give_up(c, &job, &words, now).await,
                    Some(words) => outbox::failed(c, &job, &words, now).await,
                }
            })
        });
        if let Err(error) = noted.await {
            tracing::error!(%error, "how mail went could not be recorded");
        }
    }

    async fn perform(&self, store: &Store, job: &Job) -> Result<(), JobError> {
        if let Ok(notice) = serde_json::from_str::<NoticeJob>(&job.payload) {
            return spread(store, job, notice).await;
        }
        let wanted: MailJob =
            serde_json::from_str(&job.payload).map_err(|_| JobError::Payload(job.topic.clone()))?;
        let Some(words) = self.words(store, &wanted).await? else {
            return Ok(());
        };
        let (to, keeper) = (wanted.to.clone(), store.clone());
        let address = store
            .read(move |c| {
                let (to, keeper) = (to.clone(), keeper.clone());
                Box::pin(async move { mail::resolve(c, keeper.keys(), &to).await })
            })
            .await?;
        // Nobody is there any more: nothing to send.
        let Some(to) = address else { return Ok(()) };
        let at = job.id.0.get_timestamp().map(|at| at.to_unix());
        let at = at.and_then(|(seconds, _)| Timestamp::from_second(i64::try_from(seconds).ok()?).ok());
        let message = Mail {
            id: job.id.0,
            to,
            at: at.unwrap_or_else(|| store.env().now()),
            subject: words.subject,
            text: words.text,
        };
        Ok(self.0.smtp.send(&message).await?)
    }

    /// What the message says; nothing when there is nothing to say any more.
    async fn words(&self, store: &Store, wanted: &MailJob) -> Result<Option<Words>, JobError> {
        match &wanted.about {
            About::Notice(school, message) => self.notice(store, *school, *message).await,
            About::Code { code, purpose, until } => {
                if *until <= store.env().now() {
                    return Ok(None);
                }
                let account: AccountId = match &wanted.to {
                    Whom::Account(_, account) | Whom::Address(account, _) => *account,
                    Whom::Contact(_) => return Err(JobError::Payload(outbox::MAIL.into())),
                };
                let code = mail::open_code(store.keys(), account, code)?;
                Ok(Some(text::code(code.reveal(), purpose)))
            }
            About::Moved => Ok(Some(text::moved())),
        }
    }

    async fn notice(
        &self,
        store: &Store,
        school: SchoolId,
        message: MessageId,
    ) -> Result<Option<Words>, JobError> {
        let read = store.read(move |c| {
            Box::pin(async move {
                let notice = inbox::notice(c, school, message).await?;
                let Some((notice, agreement)) = notice.and_then(|n| n.agreement.map(|id| (n, id))) else {
                    return Ok(None);
                };
                let around = mail::surroundings(c, school, agreement.0).await?;
                Ok(around.map(|around| (notice, agreement, around)))
            })
        });
        Ok(read.await?.map(|(notice, agreement, around)| {
            let base = &self.0.public_url;
            let link = match notice.audience {
                Audience::Employer(_) => {
                    format!(
                        "{base}/employer/{}/{}/agreements/{agreement}",
                        around.code, around.year
                    )
                }
                _ => format!("{base}/{}/agreements/{agreement}", notice.audience.code()),
            };
            text::notice(notice.told, &around, &notice.params.employer, &link)
        }))
    }
}
