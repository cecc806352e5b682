//! Hashes passwords with argon2id, off the request threads and never more at once than there are cores,
//! so that a flood of logins can neither take all memory nor stop the pages.

use argon2::password_hash::phc::{ParamsString, PasswordHash};
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::ports::Env;
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

use crate::error::Error;

/// What a hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    /// OWASP's first choice: 46 MiB, one lane, here with two passes.
    fn default() -> Self {
        Self {
            memory: 47_104,
            passes: 2,
            lanes: 1,
        }
    }
}

impl Cost {
    /// The least that may be configured (OWASP's lowest memory), for demo and tests.
    pub const FLOOR: Self = Self {
        memory: 19_456,
        passes: 2,
        lanes: 1,
    };

    /// At least the floor, whatever was configured.
    fn params(self) -> Params {
        let (memory, passes) = (
            self.memory.max(Self::FLOOR.memory),
            self.passes.max(Self::FLOOR.passes),
        );
        Params::new(memory, passes, self.lanes.clamp(1, 16), Some(32)).unwrap_or(Params::DEFAULT)
    }
}

/// Hashes and compares.
pub struct Hasher {
    argon: Argon2<'static>,
    env: Env,
    turns: Arc<Semaphore>,
    dummy: Arc<OnceLock<String>>,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is not the password.
    Wrong,
    /// It is.
    Right,
    /// It is, and here is a hash with the present cost in place of the old one.
    Renewed(String),
}

impl Verdict {
    /// The new hash, where one was made.
    pub fn renewed(&self) -> Option<String> {
        match self {
            Self::Renewed(hash) => Some(hash.clone()),
            Self::Wrong | Self::Right => None,
        }
    }
}

impl Hasher {
    /// A hasher of this cost.
    pub fn new(cost: Cost, env: Env) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params());
        Self {
            argon,
            env,
            turns: Arc::new(Semaphore::new(cores)),
            dummy: Arc::default(),
        }
    }

    /// The hash of a new password, in PHC format.
    pub async fn hash(&self, password: String) -> Result<String, Error> {
        let (argon, salt) = (self.argon.clone(), self.env.bytes());
        self.off_thread(move || hash_now(&argon, salt, &password)).await?
    }

    /// Compares a password with a hash, or with nothing at the same cost.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<Verdict, Error> {
        let (argon, salt, nobody) = (self.argon.clone(), self.env.bytes(), self.env.bytes::<32>());
        let dummy = self.dummy.clone();
        let work = move || {
            let known = hash.is_some();
            // With no such account the same work is done on a hash of random bytes, and it is never right.
            let dummy = || {
                dummy
                    .get_or_init(|| hash_now(&argon, salt, &hex::encode(nobody)).unwrap_or_default())
                    .clone()
            };
            let hash = hash.unwrap_or_else(dummy);
            let Ok(parsed) = PasswordHash::new(&hash) else {
                return Ok(Verdict::Wrong);
            };
            if argon.verify_password(password.as_bytes(), &parsed).is_err() || !known {
                return Ok(Verdict::Wrong);
            }
            let current = ParamsString::try_from(argon.params()).is_ok_and(|params| params == parsed.params);
            if current {
                Ok(Verdict::Right)
            } else {
                hash_now(&argon, salt, &password).map(Verdict::Renewed)
            }
        };
        self.off_thread(work).await?
    }

    /// Whether a password is one of earlier ones.
    pub async fn is_among(&self, password: &str, hashes: &[String]) -> Result<bool, Error> {
        for hash in hashes {
            if self.verify(password.to_owned(), Some(hash.clone())).await? != Verdict::Wrong {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let turn = self
            .turns
            .clone()
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        done.await.map_err(Error::internal)
    }
}

fn hash_now(argon: &Argon2<'_>, salt: [u8; 16], password: &str) -> Result<String, Error> {
    let hash: Result<PasswordHash, _> = argon.hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string())
        .map_err(|_| Error::internal("a password could not be hashed"))
}
