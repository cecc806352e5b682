//! Randomness that is the same every time: a number generator that starts from a label.

use domain::ports::{Clock, Env, Random};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// SplitMix64 from a label; never for secrets.
pub struct Seeded(AtomicU64);

impl Seeded {
    /// The generator of this label.
    pub fn new(label: &str) -> Self {
        // FNV-1a: the same on every machine and in every version of the standard library.
        let hash = label.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(AtomicU64::new(hash))
    }

    fn next(&self) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 below `n` (0 when `n` is 0).
    pub fn below(&self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % n).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// One of several.
    pub fn pick<'a, T>(&self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Whether something of this likelihood in percent happens.
    pub fn chance(&self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Clock and randomness of one act: a moment of the past, and what the label gives.
pub fn env(at: Timestamp, label: &str) -> Env {
    Env {
        clock: Arc::new(Stopped(at)),
        random: Arc::new(Seeded::new(label)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_always_gives_the_same_numbers() {
        let draw = |label| {
            let seeded = Seeded::new(label);
            [0; 4].map(|_| seeded.between(-3, 3))
        };
        assert_eq!(draw("a"), draw("a"));
        assert_ne!(draw("a"), draw("b"));
        assert!(draw("c").iter().all(|n| (-3..=3).contains(n)));
    }
}
