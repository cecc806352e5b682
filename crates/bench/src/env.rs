//! The real clock and the real randomness, as the program itself has them.

use domain::ports::{Clock, Env, Random};
use jiff::Timestamp;
use std::sync::Arc;

/// Both.
pub fn real() -> Env {
    Env {
        clock: Arc::new(WallClock),
        random: Arc::new(SystemRandom),
    }
}

struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "the clock of the measured store")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the randomness of the measured store")]
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}
