//! The real clock and the real randomness; everything else takes them as arguments.

use domain::ports::{Clock, Env, Random};
use jiff::Timestamp;
use std::sync::Arc;

/// The clock and the randomness of the operating system.
pub fn real() -> Env {
    Env {
        clock: Arc::new(WallClock),
        random: Arc::new(SystemRandom),
    }
}

struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "the one real clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    /// Ends the process when the system has no randomness: nothing safe can be done without it.
    #[expect(clippy::disallowed_methods, reason = "the one real randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            crate::output::complain("sanfang: the system gives no random bytes");
            std::process::abort();
        }
    }
}
