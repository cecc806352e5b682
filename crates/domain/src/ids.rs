//! Identifiers. A school is a small number (it leads every key); everything else is a UUIDv7
//! made by the application, so that rows sort by creation on both engines.

use crate::ports::Random;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A school's number. `SchoolId(0)` stands for "no school": accounts of employers and of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SchoolId(pub i64);

impl SchoolId {
    /// The owner of accounts that belong to no school.
    pub const NONE: SchoolId = SchoolId(0);
}

impl fmt::Display for SchoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! ids { ($($(#[$doc:meta])* $name:ident;)*) => { $(
    $(#[$doc])*
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct $name(pub Uuid);

    impl $name {
        /// A new identifier, ordered by `now`.
        pub fn new(now: Timestamp, random: &dyn Random) -> Self {
            Self(uuid_v7(now, random))
        }
    }

    impl fmt::Display for $name {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(f)
        }
    }

    impl FromStr for $name {
        type Err = uuid::Error;
        fn from_str(text: &str) -> Result<Self, Self::Err> {
            text.parse().map(Self)
        }
    }
)* } }

ids! {
    /// An agreement 协议, from its first draft to its end.
    AgreementId;
    /// A student 毕业生 of one school and graduation year.
    StudentId;
    /// An employer 用人单位, one for the whole platform.
    EmployerId;
    /// A person who can log in.
    AccountId;
    /// A college 院系 of one school.
    CollegeId;
    /// A stored file.
    FileId;
    /// A file that somebody sent, or had made, for an act.
    UploadId;
    /// A message in somebody's inbox.
    MessageId;
    /// A row of the outbox.
    JobId;
    /// A position that a student applied for with a résumé.
    ApplicationId;
}

/// A UUID version 7 (RFC 9562): 48 bits of milliseconds, 12 bits of the microseconds within them
/// (so that identifiers made in one millisecond still sort), 62 random bits.
pub fn uuid_v7(now: Timestamp, random: &dyn Random) -> Uuid {
    let micros = now.as_microsecond().max(0).cast_unsigned();
    let (millis, rest) = (micros / 1000, micros % 1000);
    let mut bytes = [0u8; 16];
    random.fill(&mut bytes);
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    let sub = u16::try_from(rest * 4).unwrap_or(0);
    let [high, low] = sub.to_be_bytes();
    bytes[6] = 0x70 | (high & 0x0f);
    bytes[7] = low;
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;
    impl Random for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn later_identifiers_sort_after_earlier_ones() {
        let at = |us| uuid_v7(Timestamp::from_microsecond(us).unwrap(), &Zeros);
        assert!(at(1_700_000_000_000_001) < at(1_700_000_000_000_002));
        assert!(at(1_700_000_000_000_999) < at(1_700_000_000_001_000));
        assert_eq!(at(1_700_000_000_000_000).get_version_num(), 7);
    }
}
