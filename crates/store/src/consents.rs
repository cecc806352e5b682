//! The ticks of the parties: which clause, with which hash, when, by whom, from where.
//!
//! One row holds all ticks that a party gave for one content version, those carried over from the version
//! before included. A tick counts for as long as the clause reads as it did. Older rows stay as evidence.

use std::collections::BTreeMap;

use domain::agreement::{Agreement, Hash, Party, Ticks};
use domain::ids::{AccountId, AgreementId, SchoolId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::agreements::Ticked;
use crate::db::{Conn, Error};
use crate::{exec_later, fetch_opt};

/// One tick, as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Hash of the clause that was shown.
    pub hash: Hash,
    /// When.
    pub at: Timestamp,
    /// By which account.
    pub by: AccountId,
    /// From which address.
    pub address: String,
    /// With which client.
    pub client: String,
}

/// Clause key → tick.
pub type Given = BTreeMap<String, Tick>;

/// The ticks of a party as it last left them. Those for clauses that changed since no longer count.
pub async fn given(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    party: Party,
) -> Result<Given, Error> {
    let row = fetch_opt!(
        c,
        (String,),
        "SELECT ticks FROM consent WHERE school_id = $1 AND agreement_id = $2 AND party = $3 \
         ORDER BY content_version DESC LIMIT 1",
        school,
        id,
        party.code()
    )?;
    let Some((text,)) = row else {
        return Ok(Given::new());
    };
    serde_json::from_str(&text).map_err(|_| Error::Corrupt(format!("ticks of agreement {id}")))
}

/// The hashes alone, as the rules want them.
pub async fn ticks(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    party: Party,
) -> Result<Ticks, Error> {
    Ok(hashes(given(c, school, id, party).await?))
}

/// The hashes of ticks.
pub(crate) fn hashes(given: Given) -> Ticks {
    given.into_iter().map(|(key, tick)| (key, tick.hash)).collect()
}

/// The ticks of `party` for the present content become exactly those of the form; one that stood
/// before keeps its moment.
pub async fn put(
    c: &mut Conn<'_>,
    agreement: &Agreement,
    party: Party,
    ticked: &Ticked<'_>,
) -> Result<(), Error> {
    let before = given(c, agreement.school, agreement.id, party).await?;
    let now = fresh(agreement, ticked)?;
    let kept: Given = now
        .into_iter()
        .map(|(key, tick)| match before.get(&key) {
            Some(old) if old.hash == tick.hash => (key, old.clone()),
            _ => (key, tick),
        })
        .collect();
    write(c, agreement, party, &kept, ticked.now).await
}

/// Adds the ticks of the form to those given before; all of them.
pub async fn add(
    c: &mut Conn<'_>,
    agreement: &Agreement,
    party: Party,
    ticked: &Ticked<'_>,
) -> Result<Given, Error> {
    let before = given(c, agreement.school, agreement.id, party).await?;
    let mut all = fresh(agreement, ticked)?;
    for (key, old) in before {
        let stands = agreement
            .content
            .clauses
            .iter()
            .any(|clause| clause.key == key && clause.hash() == old.hash);
        if stands {
            all.insert(key, old);
        }
    }
    write(c, agreement, party, &all, ticked.now).await?;
    Ok(all)
}

fn fresh(agreement: &Agreement, ticked: &Ticked<'_>) -> Result<Given, Error> {
    let by = ticked
        .actor
        .account()
        .ok_or(domain::agreement::Refusal::NotAllowed)?;
    let hashes = agreement.content.ticks_of(ticked.keys);
    let tick = |hash| Tick {
        hash,
        at: ticked.now,
        by,
        address: ticked.origin.address.clone(),
        client: ticked.origin.client.clone(),
    };
    Ok(hashes.into_iter().map(|(key, hash)| (key, tick(hash))).collect())
}

async fn write(
    c: &mut Conn<'_>,
    agreement: &Agreement,
    party: Party,
    ticks: &Given,
    now: Timestamp,
) -> Result<(), Error> {
    let text = serde_json::to_string(ticks).map_err(|_| Error::Corrupt("ticks".into()))?;
    exec_later!(
        c,
        "INSERT INTO consent (school_id, agreement_id, party, content_version, ticks, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (school_id, agreement_id, party, content_version) \
         DO UPDATE SET ticks = excluded.ticks, updated_at = excluded.updated_at",
        agreement.school,
        agreement.id,
        party.code(),
        agreement.content_version,
        text,
        now
    )?;
    Ok(())
}
