//! What shows to anybody, without this system, that an agreement was made and how: everything that goes into a
//! party's evidence bundle, as it is kept.

use domain::agreement::{Agreement, EventKind, StateKind};
use domain::ids::{AccountId, AgreementId, FileId, SchoolId, uuid_v7};
use domain::ports::Env;

use crate::audit::Entry;
use crate::db::{Conn, Error};
use crate::dossier::Dossier;
use crate::tree::{self, Checkpoint, Proof};
use crate::verify::StoredEvent;
use crate::{agreements, exec, fetch_all, fetch_one, fetch_opt, proofs, row, seals};

/// Whether there is an evidence bundle, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is.
    Ready,
    /// The agreement never took effect.
    NotInForce,
    /// It was signed on paper, whose original is the evidence.
    OnPaper,
    /// Its document waits for its seal.
    NotSealed,
    /// Its events are under no checkpoint yet: the worker makes one within minutes.
    NotCheckpointed,
}

impl Standing {
    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NotInForce => "not_in_force",
            Self::OnPaper => "on_paper",
            Self::NotSealed => "not_sealed",
            Self::NotCheckpointed => "not_checkpointed",
        }
    }
}

row! {
    struct Progress {
        file_id: Option<FileId>,
        size: Option<i64>,
        position: Option<i64>,
    }
}

/// Whether the evidence of an agreement can be handed out. All events up to the one by which it took effect have
/// to be under a checkpoint; later ones may still wait for theirs.
pub async fn standing(c: &mut Conn<'_>, dossier: &Dossier) -> Result<Standing, Error> {
    let is_paper = |entry: &Entry| entry.kind == EventKind::Registered.code();
    if dossier.entries.iter().any(is_paper) {
        return Ok(Standing::OnPaper);
    }
    let took_effect = |entry: &&Entry| entry.to() == Some(StateKind::Effective);
    let Some(entry) = dossier.entries.iter().find(took_effect) else {
        return Ok(Standing::NotInForce);
    };
    let agreement = &dossier.loaded.agreement;
    let found = fetch_opt!(
        c,
        Progress,
        "SELECT s.file_id, (SELECT max(k.size) FROM audit_checkpoint k WHERE k.school_id = $1) AS size, \
         (SELECT max(l.position) FROM audit_leaf l WHERE l.school_id = $1 AND l.agreement_id = $2 AND l.seq <= $3 \
         HAVING count(*) = $3) AS position FROM seal s WHERE s.school_id = $1 AND s.agreement_id = $2",
        agreement.school,
        agreement.id,
        entry.seq
    )?;
    Ok(match found {
        Some(Progress {
            file_id: Some(_),
            size: Some(size),
            position: Some(position),
        }) if position < size => Standing::Ready,
        Some(Progress { file_id: Some(_), .. }) => Standing::NotCheckpointed,
        _ => Standing::NotSealed,
    })
}

/// Everything that is kept of how an agreement was made.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The agreement with the content that was agreed on.
    pub agreement: Agreement,
    /// The records of consent in the order of signing: the exact texts whose SHA-256 the certificates name.
    pub records: Vec<String>,
    /// The sealed file.
    pub file: FileId,
    /// All events as they are hashed, each with the proof that it is under the checkpoint; the latest ones may have
    /// none yet.
    pub events: Vec<(StoredEvent, Option<Proof>)>,
    /// The latest checkpoint of the school.
    pub checkpoint: Checkpoint,
}

/// Reads it; nothing before there is a sealed file and a checkpoint.
pub async fn gather(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Option<Evidence>, Error> {
    let Some(loaded) = agreements::load(c, school, id).await? else {
        return Ok(None);
    };
    let Some(seal) = seals::get(c, school, id).await? else {
        return Ok(None);
    };
    let (Some(file), Some(checkpoint)) = (seal.file_id, tree::latest(c, school).await?) else {
        return Ok(None);
    };
    let events = fetch_all!(
        c,
        StoredEvent,
        "SELECT seq, kind, actor, payload, note, prev_hash, hash, at FROM audit_event \
         WHERE school_id = $1 AND agreement_id = $2 ORDER BY seq",
        school,
        id
    )?;
    let mut proofs = proofs::of_agreement(c, school, id, tree::unsigned(checkpoint.size)).await?;
    let events = events.into_iter().map(|event| {
        let proof = proofs.remove(&event.seq);
        (event, proof)
    });
    Ok(Some(Evidence {
        events: events.collect(),
        agreement: loaded.agreement,
        records: serde_json::from_str(&seal.evidence)
            .map_err(|_| Error::Corrupt("records of consent".into()))?,
        file,
        checkpoint,
    }))
}

/// Writes down that somebody was given the evidence of an agreement.
pub async fn note_reading(
    c: &mut Conn<'_>,
    (school, id): (SchoolId, AgreementId),
    (account, address): (AccountId, &str),
    env: &Env,
) -> Result<(), Error> {
    let now = env.now();
    exec!(
        c,
        "INSERT INTO evidence_read (school_id, id, agreement_id, account_id, address, at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        school,
        uuid_v7(now, &*env.random),
        id,
        account,
        address,
        now
    )?;
    Ok(())
}

/// How often the evidence of an agreement was given to somebody.
pub async fn readings(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<i64, Error> {
    let (n,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM evidence_read WHERE school_id = $1 AND agreement_id = $2",
        school,
        id
    )?;
    Ok(n)
}
