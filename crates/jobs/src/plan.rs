//! From an agreement that took effect to who signs its document, and on what record each signature rests.

use std::collections::BTreeMap;

use domain::agreement::{EventKind, Hash};
use domain::document::{FieldRect, Png, Signer};
use domain::ids::AccountId;
use domain::policy::Actor;
use domain::sealing::{Act, Order, SealError, Stamp};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::audit::Entry;
use store::consents::{Given, Tick};
use store::dossier::Dossier;
use store::keys::Keys;
use store::{Error, origins};

/// Who signs, what is seen, and the records.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who signs.
    pub order: Order,
    /// What is seen, in the same order.
    pub stamps: Vec<Stamp>,
    /// The records of consent in the same order: the exact texts whose SHA-256 the certificates name.
    pub records: Vec<String>,
}

impl Plan {
    /// The plan with the picture of the school's seal, where it has one: seen in the school's place from then on,
    /// whatever picture comes later.
    pub fn with_seal(mut self, seal: Option<&Png>) -> Self {
        for stamp in &mut self.stamps {
            if stamp.signer == Signer::School {
                stamp.seal = seal.cloned();
            }
        }
        self
    }

    /// The places of the signatures, in the order of signing.
    pub fn places(&self, fields: &[FieldRect]) -> Result<Vec<FieldRect>, SealError> {
        let find = |act: &Act| {
            let found = fields.iter().find(|field| field.signer == act.signer);
            found
                .cloned()
                .ok_or_else(|| SealError(format!("no place for {}", act.signer.key())))
        };
        self.order.acts.iter().map(find).collect()
    }
}

/// What somebody agreed to, and how that is known. Written out once and hashed as it is.
#[derive(Serialize)]
struct Record<'a> {
    school: i64,
    agreement: String,
    number: Option<&'a str>,
    party: &'static str,
    name: &'a str,
    organisation: &'a str,
    act: &'a str,
    event: i64,
    at: Timestamp,
    content_version: i32,
    content_sha256: String,
    signing_method: &'a str,
    /// What proved who acted, besides the session: `password`, `code`.
    second_factor: Option<&'a str>,
    /// Where it was done from; see [`origins::commitment`].
    origin: Option<String>,
    clauses: Option<BTreeMap<&'a str, Confirmed>>,
}

/// One tick, as both parties may read it.
#[derive(Serialize)]
struct Confirmed {
    hash: Hash,
    at: Timestamp,
    by: AccountId,
    origin: String,
}

fn confirmed<'g>(keys: &Keys, given: &'g Given) -> Result<BTreeMap<&'g str, Confirmed>, Error> {
    let one = |(key, tick): (&'g String, &'g Tick)| {
        let confirmed = Confirmed {
            hash: tick.hash,
            at: tick.at,
            by: tick.by,
            origin: origins::commitment(keys, &tick.address, &tick.client)?,
        };
        Ok((key.as_str(), confirmed))
    };
    given.iter().map(one).collect()
}

/// The last approval, or what stood in its place where the school skips its review.
fn approval(entries: &[Entry]) -> Result<&Entry, Error> {
    let kinds = [
        EventKind::SchoolApproved,
        EventKind::CollegeApproved,
        EventKind::Accepted,
    ];
    kinds
        .iter()
        .find_map(|kind| find(entries, &[*kind]).ok())
        .ok_or_else(|| Error::Corrupt("no approval".into()))
}

/// Who signs the document of an agreement; nobody when it was signed on paper, whose original counts.
pub fn plan(keys: &Keys, dossier: &Dossier) -> Result<Option<Plan>, Error> {
    let is_paper = |entry: &Entry| entry.kind == EventKind::Registered.code();
    if dossier.entries.iter().any(is_paper) {
        return Ok(None);
    }
    let parties = &dossier.parties;
    let (employer, school) = (parties.employer_name.as_str(), parties.school_name.as_str());
    let sent = find(&dossier.entries, &[EventKind::Sent])?;
    let accepted = find(&dossier.entries, &[EventKind::Accepted])?;
    let approved = approval(&dossier.entries)?;
    let reviewer = match EventKind::from_code(&approved.kind) {
        Some(EventKind::Accepted) | None => "",
        Some(_) => approved.name.as_deref().unwrap_or_default(),
    };
    let agreement = &dossier.loaded.agreement;
    let student = parties.student_name.as_str();
    let (employer_ticks, student_ticks) = (Some(&dossier.employer_ticks), Some(&dossier.student_ticks));
    let signs = [
        (Signer::Employer, sent, name_of(sent), employer, employer_ticks),
        (Signer::Student, accepted, student, school, student_ticks),
        (Signer::School, approved, reviewer, school, None),
    ];
    let mut plan = Plan {
        order: Order {
            school: agreement.school.0,
            school_name: school.to_owned(),
            acts: Vec::new(),
        },
        stamps: Vec::new(),
        records: Vec::new(),
    };
    for (signer, entry, name, organisation, clauses) in signs {
        let clauses = clauses.map(|given| confirmed(keys, given)).transpose()?;
        let record = record((keys, dossier), signer, entry, (name, organisation), clauses)?;
        plan.order.acts.push(Act {
            signer,
            name: name.to_owned(),
            organisation: organisation.to_owned(),
            consent: Sha256::digest(&record).into(),
            at: entry.at,
        });
        plan.stamps.push(Stamp {
            signer,
            organisation: organisation.to_owned(),
            name: name.to_owned(),
            at: entry.at,
            number: agreement.state.number().unwrap_or_default().to_owned(),
            seal: None,
        });
        plan.records.push(record);
    }
    Ok(Some(plan))
}

fn name_of(entry: &Entry) -> &str {
    entry.name.as_deref().unwrap_or_default()
}

/// The last event of one of these kinds: what came before a return does not count.
fn find<'e>(entries: &'e [Entry], kinds: &[EventKind]) -> Result<&'e Entry, Error> {
    let wanted = |entry: &&Entry| EventKind::from_code(&entry.kind).is_some_and(|kind| kinds.contains(&kind));
    entries
        .iter()
        .rev()
        .find(wanted)
        .ok_or_else(|| Error::Corrupt("an event of the agreement is missing".into()))
}

fn record(
    (keys, dossier): (&Keys, &Dossier),
    signer: Signer,
    entry: &Entry,
    (name, organisation): (&str, &str),
    clauses: Option<BTreeMap<&str, Confirmed>>,
) -> Result<String, Error> {
    let agreement = &dossier.loaded.agreement;
    let from = dossier.origins.iter().find(|origin| origin.seq == entry.seq);
    let origin = from.map(|from| origins::commitment(keys, &from.address, &from.client));
    let act = serde_json::from_str::<Actor>(&entry.actor).map(|actor| actor.role());
    let act = format!("{} by {}", entry.kind, act.unwrap_or("unknown"));
    let record = Record {
        school: agreement.school.0,
        agreement: agreement.id.to_string(),
        number: agreement.state.number(),
        party: signer.key(),
        name,
        organisation,
        act: &act,
        event: entry.seq,
        at: entry.at,
        content_version: agreement.content_version,
        content_sha256: agreement.content.hash().to_string(),
        signing_method: crate::render::SIGNING_METHOD,
        second_factor: from.and_then(|from| from.second_factor.as_deref()),
        origin: origin.transpose()?,
        clauses,
    };
    serde_json::to_string(&record).map_err(|_| Error::Corrupt("record of consent".into()))
}
