//! The audit trail: one event for every change of an agreement, gapless and hash-chained.

use domain::agreement::event::{Link, chain};
use domain::agreement::{Event, Hash, StateKind};
use domain::ids::{AccountId, AgreementId, SchoolId};
use jiff::Timestamp;

use crate::db::{Conn, Error};
use crate::{exec_later, fetch_all, row};

/// An event in the form in which it is stored and hashed.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The agreement.
    pub agreement: AgreementId,
    /// Position, from 1.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
    prev: Vec<u8>,
    kind: &'static str,
    actor: String,
    account: Option<AccountId>,
    payload: String,
    note: Option<String>,
    at: Timestamp,
}

/// Links `event` after event `last` with hash `prev`.
pub fn link(agreement: AgreementId, last: i64, prev: &[u8], event: &Event) -> Result<Linked, Error> {
    let json = |text: Result<String, serde_json::Error>| text.map_err(|_| Error::Corrupt("event".into()));
    let (actor, payload) = (
        json(serde_json::to_string(&event.actor))?,
        json(serde_json::to_string(&event.payload))?,
    );
    let (seq, kind) = (last + 1, event.kind.code());
    let link = Link {
        seq,
        kind,
        actor: &actor,
        payload: &payload,
        at: event.at.as_microsecond(),
    };
    Ok(Linked {
        agreement,
        seq,
        hash: chain(prev, agreement, &link),
        prev: prev.to_vec(),
        kind,
        account: event.actor.account(),
        actor,
        payload,
        note: event.note.clone(),
        at: event.at,
    })
}

/// Writes it.
pub async fn append(c: &mut Conn<'_>, school: SchoolId, event: &Linked) -> Result<(), Error> {
    exec_later!(
        c,
        "INSERT INTO audit_event (school_id, agreement_id, seq, kind, actor, account_id, payload, note, prev_hash, \
         hash, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        school,
        event.agreement,
        event.seq,
        event.kind,
        &event.actor,
        event.account,
        &event.payload,
        &event.note,
        &event.prev,
        event.hash.0,
        event.at
    )?;
    Ok(())
}

row! {
    /// An event for the time line of an agreement.
    #[derive(Debug, Clone)]
    pub struct Entry {
        /// Position, from 1.
        pub seq: i64,
        /// Code of the kind.
        pub kind: String,
        /// The actor as JSON.
        pub actor: String,
        /// The payload as JSON.
        pub payload: String,
        /// The reason's words.
        pub note: Option<String>,
        /// When.
        pub at: Timestamp,
        /// Name of the person who acted.
        pub name: Option<String>,
    }
}

impl Entry {
    /// The state that the event led to.
    pub fn to(&self) -> Option<StateKind> {
        let payload: domain::agreement::Payload = serde_json::from_str(&self.payload).ok()?;
        Some(payload.to)
    }

    /// The actor's role.
    pub fn role(&self) -> Option<&'static str> {
        let actor: domain::policy::Actor = serde_json::from_str(&self.actor).ok()?;
        Some(actor.role())
    }
}

/// All events of an agreement, the first one first. Their number is bounded by what people do to one
/// agreement.
pub async fn entries(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Vec<Entry>, Error> {
    fetch_all!(
        c,
        Entry,
        "SELECT e.seq, e.kind, e.actor, e.payload, e.note, e.at, p.name FROM audit_event e \
         LEFT JOIN account p ON p.id = e.account_id AND p.school_id IN (0, $1) \
         WHERE e.school_id = $1 AND e.agreement_id = $2 ORDER BY e.seq",
        school,
        id
    )
}
