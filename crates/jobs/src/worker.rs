//! The loop: claim what is due, do it, record it, wait for more.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::document::Renderer;
use domain::sealing::{SealError, Sealer};
use jiff::{Timestamp, ToSpan};
use store::outbox::{self, Job};
use store::{Store, captchas, passcodes, sessions, sweep, throttle, uploads};
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinSet;

use crate::bundle::{self, Room};
use crate::mail::{self, Post};
use crate::{JobError, checkpoint, expire, letter, offers, remind, render, revocation, seal, specimen};

/// Jobs claimed at once.
const BATCH: i64 = 8;
/// Documents sealed at once. A time-stamp authority that does not answer holds up nothing but seals.
const SEALS: usize = 8;
/// The longest sleep: deadlines are met to within this.
const NAP: Duration = Duration::from_secs(5);
/// How long a stop waits for seals in hand.
const GRACE: Duration = Duration::from_secs(5);
/// Between two tidyings of what has run out.
const TIDY_SECONDS: i64 = 600;

/// When the worker was last seen at work, for `/readyz`.
#[derive(Debug, Clone, Default)]
pub struct Heartbeat(Arc<AtomicI64>);

impl Heartbeat {
    fn beat(&self, now: Timestamp) {
        self.0.store(now.as_microsecond(), Ordering::Relaxed);
    }

    /// Whether it was seen within the last minute.
    pub fn alive(&self, now: Timestamp) -> bool {
        let last = Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).unwrap_or(Timestamp::MIN);
        now.saturating_sub(60.seconds()).is_ok_and(|limit| last >= limit)
    }
}

/// Does the work of one process.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    renderer: Arc<dyn Renderer>,
    sealer: Option<Arc<dyn Sealer>>,
    public_url: Arc<str>,
    heartbeat: Heartbeat,
    room: Room,
    aside: Arc<Mutex<Aside>>,
    /// The way for mail; without one nobody is told by mail.
    post: Option<Post>,
}

/// Work that may take long and is not waited for.
#[derive(Debug, Default)]
struct Aside {
    bundles: JoinSet<()>,
    seals: JoinSet<()>,
    mail: JoinSet<()>,
}

impl Aside {
    /// Forgets what has ended.
    fn tidy(&mut self) {
        while self.bundles.try_join_next().is_some() {}
        while self.seals.try_join_next().is_some() {}
        while self.mail.try_join_next().is_some() {}
    }
}

impl Worker {
    /// A worker over `store` that prints with `renderer`, and seals nothing.
    pub fn new(store: Store, renderer: Arc<dyn Renderer>) -> Self {
        Self {
            store,
            renderer,
            sealer: None,
            public_url: "".into(),
            heartbeat: Heartbeat::default(),
            room: Room::default(),
            aside: Arc::default(),
            post: None,
        }
    }

    /// Sends mail by `post`.
    pub fn mailing(self, post: Post) -> Self {
        Self {
            post: Some(post),
            ..self
        }
    }

    /// Seals what takes effect with `sealer`; documents name `public_url` as the address below which they
    /// are verified.
    pub fn sealing(self, sealer: Arc<dyn Sealer>, public_url: &str) -> Self {
        Self {
            sealer: Some(sealer),
            public_url: public_url.into(),
            ..self
        }
    }

    /// Its heartbeat.
    pub fn heartbeat(&self) -> Heartbeat {
        self.heartbeat.clone()
    }

    /// Works until `stop` is rung; a job in hand is finished.
    pub async fn run(self, stop: Arc<Notify>) {
        let mut tidied = Timestamp::MIN;
        let stopped = stop.notified();
        tokio::pin!(stopped);
        loop {
            let now = self.store.env().now();
            self.heartbeat.beat(now);
            let worked = self.pass().await;
            if let Ok(due) = tidied.checked_add(TIDY_SECONDS.seconds())
                && now >= due
            {
                self.tidy(now).await;
                tidied = now;
            }
            let nap = if worked { Duration::ZERO } else { NAP };
            tokio::select! {
                () = &mut stopped => return self.finish().await,
                () = self.store.bell().notified(), if !worked => {}
                () = tokio::time::sleep(nap) => {}
            }
        }
    }

    /// Waits a little for the seals in hand; what does not come to its end is done again after the next start.
    async fn finish(&self) {
        let mut aside = self.aside.lock().await;
        let all = async { while aside.seals.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, all).await;
    }

    /// Does everything that is due now; what tests call instead of waiting.
    pub async fn drain(&self) {
        loop {
            while self.pass().await {}
            let mut aside = self.aside.lock().await;
            let (bundle, seal) = (aside.bundles.join_next().await, aside.seals.join_next().await);
            let mail = aside.mail.join_next().await;
            if bundle.is_none() && seal.is_none() && mail.is_none() {
                return;
            }
        }
    }

    /// One round; whether there was anything to do.
    async fn pass(&self) -> bool {
        let expired = expire::expire_due(&self.store).await.unwrap_or_else(|error| {
            tracing::error!(%error, "offers could not be expired");
            0
        });
        let mut aside = self.aside.lock().await;
        aside.tidy();
        let jobs = match self.claim(aside.seals.len() >= SEALS).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::error!(%error, "jobs could not be claimed");
                vec![]
            }
        };
        let mailed = self.send_mail(&mut aside.mail).await;
        let worked = expired > 0 || mailed || !jobs.is_empty();
        let mut running = JoinSet::new();
        for job in jobs {
            let worker = self.clone();
            let set = match job.topic.as_str() {
                store::bundles::MAKE => &mut aside.bundles,
                outbox::SEAL => &mut aside.seals,
                _ => &mut running,
            };
            set.spawn(async move { worker.settle(job).await });
        }
        drop(aside);
        while running.join_next().await.is_some() {}
        worked
    }

    /// Takes up as much mail as there is room for, and waits for none of it; whether there was any.
    async fn send_mail(&self, sending: &mut JoinSet<()>) -> bool {
        let now = self.store.env().now();
        let room = mail::AT_ONCE.saturating_sub(sending.len());
        if room == 0 || self.post.as_ref().is_some_and(|post| !post.is_open(now)) {
            return false;
        }
        let jobs = match self.claim_mail(now, i64::try_from(room).unwrap_or(1)).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::error!(%error, "mail could not be claimed");
                vec![]
            }
        };
        let any = !jobs.is_empty();
        for job in jobs {
            let worker = self.clone();
            sending.spawn(async move {
                worker.deliver(job).await;
                // There is room again.
                worker.store.bell().notify_one();
            });
        }
        any
    }

    /// Where there is no way for mail there is nothing to do with it.
    async fn deliver(&self, job: Job) {
        match &self.post {
            Some(post) => post.settle(&self.store, job).await,
            None => {
                if let Err(error) = crate::done(&self.store, &job).await {
                    tracing::error!(%error, "mail could not be laid aside");
                }
            }
        }
    }

    async fn claim_mail(&self, now: Timestamp, room: i64) -> Result<Vec<Job>, store::Error> {
        let due = self.store.read(|c| Box::pin(outbox::next_mail_due(c))).await?;
        if due.is_none_or(|due| due > now) {
            return Ok(vec![]);
        }
        self.store
            .write(move |c| Box::pin(async move { outbox::claim_mail(c, now, room).await }))
            .await
    }

    async fn claim(&self, without_seals: bool) -> Result<Vec<Job>, store::Error> {
        let without = without_seals.then_some(outbox::SEAL);
        let now = self.store.env().now();
        let idle = self
            .store
            .read(|c| Box::pin(async move { outbox::next_due(c).await }))
            .await?;
        if idle.is_none_or(|due| due > now) {
            return Ok(vec![]);
        }
        self.store
            .write(move |c| Box::pin(async move { outbox::claim(c, now, BATCH, without).await }))
            .await
    }

    async fn settle(&self, job: Job) {
        let result = self.perform(&job).await;
        let now = self.store.env().now();
        let Err(error) = result else {
            return;
        };
        tracing::warn!(topic = %job.topic, id = %job.id, attempt = job.attempts, %error, "a job failed");
        let text = error.to_string();
        let recorded = self
            .store
            .write(move |c| {
                let (job, text) = (job.clone(), text.clone());
                Box::pin(async move { outbox::failed(c, &job, &text, now).await })
            })
            .await;
        if let Err(error) = recorded {
            tracing::error!(%error, "a failure could not be recorded");
        }
    }

    async fn perform(&self, job: &Job) -> Result<(), JobError> {
        match job.topic.as_str() {
            store::bundles::MAKE => bundle::perform(&self.store, &self.room, job).await,
            outbox::LETTER => letter::perform(&self.store, &self.renderer, job).await,
            store::batches::SEND => offers::perform(&self.store, job).await,
            outbox::PREVIEW => specimen::perform(&self.store, &self.renderer, job).await,
            outbox::REMIND => remind::perform(&self.store, job).await,
            outbox::RENDER => {
                let press = render::Press {
                    renderer: &self.renderer,
                    sealer: self.sealer.as_ref(),
                    public_url: &self.public_url,
                };
                render::perform(&self.store, &press, job).await
            }
            outbox::SEAL => match &self.sealer {
                Some(sealer) => seal::perform(&self.store, sealer, job).await,
                None => Err(SealError("there is no sealer here".into()).into()),
            },
            other => Err(JobError::Payload(other.to_owned())),
        }
    }

    /// Clears away what has run out.
    pub async fn tidy(&self, now: Timestamp) {
        let hour_ago = now.saturating_sub(1.hours()).unwrap_or(now);
        let done = self
            .store
            .write(move |c| {
                Box::pin(async move {
                    sessions::purge_expired(c, now).await?;
                    captchas::purge_expired(c, now).await?;
                    uploads::purge_loose(c, now).await?;
                    passcodes::purge(c, now).await?;
                    throttle::purge(c, hour_ago).await?;
                    outbox::forget_done(c, now).await
                })
            })
            .await;
        let swept = bundle::sweep(&self.store, now).await;
        for error in [done.err(), swept.err()].into_iter().flatten() {
            tracing::error!(%error, "could not tidy up");
        }
        if let Err(error) = sweep::sweep(&self.store).await {
            tracing::error!(%error, "bytes of forgotten files could not be deleted");
        }
        if let Some(sealer) = &self.sealer
            && let Err(error) = revocation::publish(&self.store, sealer).await
        {
            tracing::error!(%error, "the revocation lists could not be renewed");
        }
        if let Some(sealer) = &self.sealer
            && let Err(error) = checkpoint::checkpoints(&self.store, sealer).await
        {
            tracing::error!(%error, "the audit trail could not be checkpointed");
        }
    }
}
