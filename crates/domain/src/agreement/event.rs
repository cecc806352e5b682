//! What happened to an agreement: one event for every change, and the chain that binds them.

use super::clause::Hash;
use super::state::StateKind;
use crate::ids::AgreementId;
use crate::policy::Actor;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

macro_rules! kinds { ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
    /// What sort of event.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum EventKind { $($(#[$doc])* $name,)* }
    impl EventKind {
        /// All kinds.
        pub const ALL: &[EventKind] = &[$(EventKind::$name),*];
        /// The stored code.
        pub fn code(self) -> &'static str { match self { $(Self::$name => $code),* } }
        /// From the stored code.
        pub fn from_code(code: &str) -> Option<Self> { Self::ALL.iter().copied().find(|k| k.code() == code) }
    }
} }

kinds! {
    /// A first draft was saved.
    Drafted = "drafted";
    /// An agreement signed on paper was registered.
    Registered = "registered";
    /// The content was changed.
    Edited = "edited";
    /// The offer was sent.
    Sent = "sent";
    /// The employer took it back.
    Withdrawn = "withdrawn";
    /// The student got more time.
    DeadlineExtended = "deadline_extended";
    /// The student accepted.
    Accepted = "accepted";
    /// The student declined.
    Declined = "declined";
    /// Nobody answered in time.
    Expired = "expired";
    /// Another agreement of the student took effect.
    Superseded = "superseded";
    /// The college approved.
    CollegeApproved = "college_approved";
    /// The school approved.
    SchoolApproved = "school_approved";
    /// A reviewer sent it back.
    Returned = "returned";
    /// A party asked for termination.
    TerminationRequested = "termination_requested";
    /// The other party agreed.
    TerminationConsented = "termination_consented";
    /// The other party refused.
    TerminationRefused = "termination_refused";
    /// Staff went on without an answer.
    TerminationEscalated = "termination_escalated";
    /// The college approved the termination.
    TerminationCollegeApproved = "termination_college_approved";
    /// The termination was approved; the agreement has ended.
    Terminated = "terminated";
    /// A reviewer rejected the termination.
    TerminationRejected = "termination_rejected";
    /// Who asked took it back.
    TerminationCancelled = "termination_cancelled";
    /// A member of staff asked to void.
    VoidProposed = "void_proposed";
    /// A second one confirmed.
    Voided = "voided";
    /// The request to void was dropped.
    VoidDropped = "void_dropped";
}

/// What is kept of a change. It holds commitments (hashes), no personal data, so that personal
/// data can be deleted while the chain still verifies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// State before; absent for the first event.
    pub from: Option<StateKind>,
    /// State after.
    pub to: StateKind,
    /// Version of the agreement after the change.
    pub version: i64,
    /// Content version at that moment.
    pub content_version: i32,
    /// Hash of that content.
    pub content: Hash,
    /// Code of the reason, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Hash of the reason's words, where there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Hash>,
    /// The number, where this change issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The other agreement, where one caused this change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<AgreementId>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// The commitments.
    pub payload: Payload,
    /// The reason's words, kept beside the chain and not in it.
    pub note: Option<String>,
}

/// The hash that chains event `seq` (from 1) of an agreement to the one before (32 zeros for the
/// first): over the previous hash, the agreement, the number, kind, actor, canonical payload text
/// and time in microseconds.
pub fn chain(prev: &[u8], agreement: AgreementId, link: &Link<'_>) -> Hash {
    Hash::of(&[
        prev,
        agreement.0.as_bytes(),
        &link.seq.to_be_bytes(),
        link.kind.as_bytes(),
        link.actor.as_bytes(),
        link.payload.as_bytes(),
        &link.at.to_be_bytes(),
    ])
}

/// An event as it is stored, for hashing.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// Position in the agreement's chain, from 1.
    pub seq: i64,
    /// Code of the kind.
    pub kind: &'a str,
    /// The actor as JSON.
    pub actor: &'a str,
    /// The payload as JSON.
    pub payload: &'a str,
    /// Time in microseconds since 1970, UTC.
    pub at: i64,
}
