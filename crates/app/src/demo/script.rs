//! What happens to an agreement, as a list of deeds at moments of the past.

use super::random::Seeded;
use domain::agreement::{Party, Reason};
use domain::params::china;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Something that somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// The employer saves the first draft, with every clause ticked.
    Create,
    /// The same, with the first clauses ticked only.
    CreateHalf,
    /// The employer sends the offer.
    Send(Timestamp),
    /// The employer takes it back.
    Withdraw,
    /// The employer writes better terms.
    Revise,
    /// The employer gives more time.
    Extend(Timestamp),
    /// The student ticks the first clauses.
    TickSome,
    /// The student ticks all clauses and accepts.
    Accept,
    /// The student declines.
    Decline(Reason),
    /// The deadline has passed.
    Expire,
    /// The college approves the agreement.
    CollegeApprove,
    /// The school approves the agreement.
    SchoolApprove,
    /// The college sends it back.
    CollegeReturn(Reason),
    /// The school sends it back.
    SchoolReturn(Reason),
    /// A party asks for termination.
    Ask(Party, Reason),
    /// This party agrees to the other's wish.
    Consent(Party),
    /// This party does not.
    Refuse(Party, Reason),
    /// Who asked takes it back.
    Cancel(Party),
    /// The college approves the termination.
    CollegeEnd,
    /// The school approves the termination.
    SchoolEnd,
    /// A member of the school's staff asks to void.
    ProposeVoid(Reason),
    /// Another one confirms.
    ConfirmVoid,
}

/// Deeds in order, each with its moment.
pub struct Script {
    now: Timestamp,
    rng: Seeded,
    at: Timestamp,
    /// What has been written so far.
    pub deeds: Vec<(Timestamp, Deed)>,
}

impl Script {
    /// Begins so many days ago, in the working hours of that day.
    pub fn begin(now: Timestamp, label: &str, days: (i64, i64)) -> Self {
        let rng = Seeded::new(label);
        let ago = SignedDuration::from_hours(24 * rng.between(days.0, days.1));
        let start = now - ago - SignedDuration::from_mins(rng.between(0, 300));
        let mut script = Self {
            now,
            rng,
            at: Timestamp::UNIX_EPOCH,
            deeds: Vec::new(),
        };
        script.at = script.awake(start);
        script
    }

    /// People act between 8 and 21 o'clock.
    fn awake(&self, at: Timestamp) -> Timestamp {
        let local = at.to_zoned(china());
        let minutes = SignedDuration::from_mins(self.rng.between(0, 170));
        let shift = match local.hour() {
            0..8 => SignedDuration::from_hours(i64::from(9 - local.hour())) + minutes,
            21.. => SignedDuration::from_hours(i64::from(33 - local.hour())) + minutes,
            _ => SignedDuration::ZERO,
        };
        at + shift
    }

    /// The deed happens at the present moment of the story.
    pub fn now(mut self, deed: Deed) -> Self {
        self.deeds.push((self.at, deed));
        self
    }

    /// The deed happens some hours later, but never in the future.
    pub fn after(mut self, hours: (i64, i64), deed: Deed) -> Self {
        let minutes = self.rng.between(hours.0 * 60, hours.1 * 60);
        let next = self.awake(self.at + SignedDuration::from_mins(minutes));
        let latest = self.now - SignedDuration::from_mins(self.rng.between(10, 90));
        let earliest = self.at + SignedDuration::from_secs(70);
        self.at = next.min(latest).max(earliest);
        self.now(deed)
    }

    /// The deed happens at a certain moment.
    pub fn at(mut self, at: Timestamp, deed: Deed) -> Self {
        self.at = at;
        self.now(deed)
    }

    /// Draft and offer, with so many days to answer.
    pub fn offer(self, days: (i64, i64)) -> Self {
        let script = self.now(Deed::Create);
        let days = script.rng.between(days.0, days.1);
        let mut script = script.after((1, 20), Deed::Send(Timestamp::UNIX_EPOCH));
        let deadline = end_of_day(script.at, days);
        if let Some((_, deed)) = script.deeds.last_mut() {
            *deed = Deed::Send(deadline);
        }
        script
    }

    /// Draft, offer and acceptance.
    pub fn accepted(self) -> Self {
        self.offer((6, 12)).after((4, 48), Deed::Accept)
    }

    /// Up to effect.
    pub fn effective(self) -> Self {
        self.accepted()
            .after((3, 40), Deed::CollegeApprove)
            .after((3, 40), Deed::SchoolApprove)
    }

    /// The deadline of the offer that was sent last.
    pub fn deadline(&self) -> Timestamp {
        let sent = self.deeds.iter().rev().find_map(|(_, deed)| match deed {
            Deed::Send(deadline) | Deed::Extend(deadline) => Some(*deadline),
            _ => None,
        });
        sent.unwrap_or(self.at)
    }
}

/// The last second of the day that lies so many days ahead, in China.
pub fn end_of_day(at: Timestamp, days: i64) -> Timestamp {
    let day = at.to_zoned(china()).date().saturating_add(days.days());
    let zoned = day.at(23, 59, 59, 0).to_zoned(china());
    zoned.map_or(at, |zoned| zoned.timestamp())
}

/// A reason.
pub fn reason(code: &str, text: &str) -> Reason {
    Reason {
        code: code.to_owned(),
        text: text.to_owned(),
    }
}
