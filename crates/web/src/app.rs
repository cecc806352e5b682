//! What every handler holds: the memory, the settings, the keys of the door, the worker's heartbeat.

use crate::auth::captcha::Captchas;
use crate::auth::password::{Cost, Hasher};
use crate::seal::Seal;
use crate::tally::Tally;
use crate::upload::Readers;
use domain::ports::Env;
use domain::sealing::Judge;
use jiff::Timestamp;
use std::sync::Arc;
use store::Store;

/// Settings of the door.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address that people type, without a path: `https://sign.example.edu.cn`.
    pub public_url: String,
    /// Demo mode, with the one answer that captchas take besides the true one.
    pub demo: Option<Demo>,
    /// Whether the site is reached over plain http on a loopback address (demo, development): cookies
    /// are then called `sid` and not `Secure`; otherwise `__Host-sid; Secure`.
    pub plain_http: bool,
    /// Whether a proxy of ours stands in front, whose last `X-Forwarded-For` entry is the client.
    pub behind_proxy: bool,
    /// What a password hash costs.
    pub password_cost: Cost,
    /// Who looks at files that are sent.
    pub readers: Readers,
    /// Whether mail is sent, so that codes can be.
    pub mail: bool,
}

/// Demo mode.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The answer that every captcha takes.
    pub captcha: String,
}

impl Config {
    /// Settings for `http://<authority>` on a loopback address.
    pub fn loopback(authority: &str) -> Self {
        Self {
            public_url: format!("http://{authority}"),
            demo: None,
            plain_http: true,
            behind_proxy: false,
            password_cost: Cost::default(),
            readers: Readers::default(),
            mail: false,
        }
    }
}

/// When the worker last showed that it lives.
pub trait Heartbeat: Send + Sync {
    /// The moment of its last round; `None` before the first.
    fn last(&self) -> Option<Timestamp>;
}

/// What else this process has that the door asks.
#[derive(Clone, Default)]
pub struct Neighbours {
    /// The worker, asked by `/readyz`; none where no worker runs in this process.
    pub worker: Option<Arc<dyn Heartbeat>>,
    /// Who judges sealed files; without one nobody can have a file verified.
    pub judge: Option<Arc<dyn Judge>>,
}

/// The state of the door. Cloning it is cheap.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    store: Store,
    config: Config,
    seal: Seal,
    hasher: Hasher,
    captchas: Captchas,
    tally: Tally,
    neighbours: Neighbours,
}

impl App {
    /// The door to `store`.
    pub fn new(store: Store, config: Config, neighbours: Neighbours) -> Result<Self, store::Error> {
        let seal = Seal::new(store.keys())?;
        let hasher = Hasher::new(config.password_cost, store.env().clone());
        let captchas = Captchas::new(store.keys(), config.demo.as_ref())?;
        Ok(Self(Arc::new(Inner {
            store,
            config,
            seal,
            hasher,
            captchas,
            tally: Tally::default(),
            neighbours,
        })))
    }

    /// The memory.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Clock and randomness.
    pub fn env(&self) -> &Env {
        self.0.store.env()
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Signs what a browser keeps for us.
    pub(crate) fn seal(&self) -> &Seal {
        &self.0.seal
    }

    /// Hashes and compares passwords.
    pub(crate) fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// Makes and checks captchas.
    pub(crate) fn captchas(&self) -> &Captchas {
        &self.0.captchas
    }

    /// Large numbers, for a moment.
    pub(crate) fn tally(&self) -> &Tally {
        &self.0.tally
    }

    /// The worker that belongs to this process, if one does.
    pub(crate) fn worker(&self) -> Option<&dyn Heartbeat> {
        self.0.neighbours.worker.as_deref()
    }

    /// Who judges sealed files.
    pub(crate) fn judge(&self) -> Option<Arc<dyn Judge>> {
        self.0.neighbours.judge.clone()
    }
}
