//! Checks the invariants of a whole database (`product.md` §2, `security.md`): the oracle of every crash
//! and race test, and `sanfang verify --all`.
//!
//! Each agreement is looked at in one consistent read; the database may be in use meanwhile.

mod case;
mod rest;
mod rows;

use domain::agreement::Party;
use domain::ids::{AccountId, AgreementId, FileId, SchoolId};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::agreements::{self, Loaded};
use crate::db::{Conn, Error, Store};
use crate::files::StoredFile;
use crate::seals::{self, Seal};
use crate::uploads::{self, Upload};
use crate::{consents, documents, fetch_all, fetch_opt, files, row};

/// A broken invariant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// Which invariant.
    pub invariant: &'static str,
    /// At which school.
    pub school: i64,
    /// Of which agreement, where it is about one.
    pub agreement: Option<AgreementId>,
    /// What was found; no personal data.
    pub detail: String,
}

/// What was checked and found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Agreements looked at.
    pub agreements: u64,
    /// Events in their chains.
    pub events: u64,
    /// Files whose bytes were compared.
    pub files: u64,
    /// What is broken.
    pub breaches: Vec<Breach>,
}

const PAGE: i64 = 200;

/// Checks everything.
pub async fn all(store: &Store) -> Result<Report, Error> {
    let mut report = Report::default();
    let found = store.read(|c| Box::pin(rows::check(c))).await?;
    report.breaches.extend(found);
    let mut after = (SchoolId(0), AgreementId(Uuid::nil()));
    loop {
        let page = store
            .read(move |c| Box::pin(async move { keys(c, after).await }))
            .await?;
        let Some(last) = page.last() else {
            break;
        };
        after = (last.school_id, last.id);
        for key in page {
            one(store, key.school_id, key.id, &mut report).await?;
        }
    }
    rest::files(store, &mut report).await?;
    Ok(report)
}

row! {
    struct Key {
        school_id: SchoolId,
        id: AgreementId,
    }
}

async fn keys(c: &mut Conn<'_>, (school, id): (SchoolId, AgreementId)) -> Result<Vec<Key>, Error> {
    fetch_all!(
        c,
        Key,
        "SELECT school_id, id FROM agreement WHERE (school_id, id) > ($1, $2) ORDER BY school_id, id LIMIT $3",
        school,
        id,
        PAGE
    )
}

row! {
    /// An event as it is stored, hash included.
    #[derive(Debug, Clone)]
    pub struct StoredEvent {
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
        /// Hash of the event before.
        pub prev_hash: Vec<u8>,
        /// Its own hash.
        pub hash: Vec<u8>,
        /// When.
        pub at: Timestamp,
    }
}

row! {
    struct Columns {
        number: Option<String>,
        deadline_at: Option<Timestamp>,
        content_hash: Vec<u8>,
    }
}

row! {
    /// The furthest that anything beside the chain goes.
    struct Traces {
        origin: Option<i64>,
        content: Option<i32>,
        consent: Option<i32>,
        is_sealed: Option<i64>,
    }
}

struct Case {
    uploads: Vec<Upload>,
    accounts: Vec<Option<AccountId>>,
    traces: Traces,
    loaded: Loaded,
    columns: Columns,
    events: Vec<StoredEvent>,
    unticked: [Vec<String>; 2],
    pending_render: bool,
    document: Option<documents::Document>,
    seal: Option<Seal>,
}

/// Who is put down for each event, and how far what acts leave beside the chain goes.
async fn beside(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
) -> Result<(Vec<Option<AccountId>>, Traces), Error> {
    let accounts = fetch_all!(
        c,
        (Option<AccountId>,),
        "SELECT account_id FROM audit_event WHERE school_id = $1 AND agreement_id = $2 ORDER BY seq",
        school,
        id
    )?;
    let traces = crate::fetch_one!(
        c,
        Traces,
        "SELECT (SELECT max(seq) FROM act_origin WHERE school_id = $1 AND agreement_id = $2) AS origin, \
         (SELECT max(content_version) FROM content_version WHERE school_id = $1 AND agreement_id = $2) AS content, \
         (SELECT max(content_version) FROM consent WHERE school_id = $1 AND agreement_id = $2) AS consent, \
         (SELECT count(*) FROM seal WHERE school_id = $1 AND agreement_id = $2) AS is_sealed",
        school,
        id
    )?;
    let accounts = accounts.into_iter().map(|(account,)| account);
    Ok((accounts.collect(), traces))
}

async fn gather(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Option<Case>, Error> {
    let Some(loaded) = agreements::load(c, school, id).await? else {
        return Ok(None);
    };
    let columns = crate::fetch_one!(
        c,
        Columns,
        "SELECT number, deadline_at, content_hash FROM agreement WHERE school_id = $1 AND id = $2",
        school,
        id
    )?;
    let events = fetch_all!(
        c,
        StoredEvent,
        "SELECT seq, kind, actor, payload, note, prev_hash, hash, at FROM audit_event \
         WHERE school_id = $1 AND agreement_id = $2 ORDER BY seq",
        school,
        id
    )?;
    let (accounts, traces) = beside(c, school, id).await?;
    let content = &loaded.agreement.content;
    let employer = consents::ticks(c, school, id, Party::Employer).await?;
    let student = consents::ticks(c, school, id, Party::Student).await?;
    let unticked = [
        content.unticked(Party::Employer, &employer),
        content.unticked(Party::Student, &student),
    ];
    let waiting = fetch_opt!(
        c,
        (i64,),
        "SELECT 1 AS one FROM outbox WHERE school_id = $1 AND dedupe LIKE $2 AND done_at IS NULL",
        school,
        format!("final:{id}:%")
    )?;
    let document = documents::made(c, school, id).await?;
    let seal = seals::get(c, school, id).await?;
    let uploads = uploads::of_agreement(c, school, id).await?;
    Ok(Some(Case {
        uploads,
        accounts,
        traces,
        columns,
        events,
        unticked,
        pending_render: waiting.is_some(),
        document,
        seal,
        loaded,
    }))
}

/// How often an agreement is looked at whose document is being sealed just then.
const LOOKS: u32 = 3;

/// A case and its document's file as it was read.
type Looked = (Case, Option<(FileId, Result<StoredFile, Error>)>);

/// The case with its document, read again when that was sealed between: another file has taken its place.
async fn look(store: &Store, school: SchoolId, id: AgreementId) -> Result<Option<Looked>, Error> {
    let mut looks = 0;
    loop {
        looks += 1;
        let read = store.read(move |c| Box::pin(async move { gather(c, school, id).await }));
        let Some(case) = read.await? else {
            return Ok(None);
        };
        let file = case.document.as_ref().and_then(|document| document.file_id);
        let found = match file {
            Some(file) => Some((file, files::get(store, school, file).await)),
            None => None,
        };
        match found {
            Some((_, Err(Error::NotFound))) if looks < LOOKS => {}
            found => return Ok(Some((case, found))),
        }
    }
}

async fn one(store: &Store, school: SchoolId, id: AgreementId, report: &mut Report) -> Result<(), Error> {
    report.agreements += 1;
    let mut breach = |invariant: &'static str, detail: String| {
        report.breaches.push(Breach {
            invariant,
            school: school.0,
            agreement: Some(id),
            detail,
        });
    };
    let (case, found) = match look(store, school, id).await {
        Ok(Some(looked)) => looked,
        Ok(None) => {
            breach("content_exists", "no content of the present version".into());
            return Ok(());
        }
        Err(Error::Corrupt(what)) => {
            breach("decodes", what);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    case::content(&case, &mut breach);
    case::numbered(&case, &mut breach);
    case::chain_of(id, &case, &mut breach);
    case::accounts(&case, &mut breach);
    case::traces(&case, &mut breach);
    let is_missing = case.loaded.agreement.state.kind().has_number() && found.is_none();
    if is_missing && !case.pending_render {
        breach(
            "document",
            "in force without a document and without work to make one".into(),
        );
    }
    let mut compared = 0;
    if let Some((file, found)) = found {
        match found {
            Ok(found) => case::seal(&case, file, &found, &mut breach),
            Err(error) => breach("file", error.to_string()),
        }
        compared += 1;
    }
    for upload in &case.uploads {
        let whole = match upload.file_id {
            Some(file) => file_is_whole(store, school, file).await,
            None => Err(Error::NotFound),
        };
        if let Err(error) = whole {
            breach("file", error.to_string());
        }
        compared += 1;
    }
    report.files += compared;
    report.events += case.events.len() as u64;
    Ok(())
}

async fn file_is_whole(store: &Store, school: SchoolId, file: FileId) -> Result<(), Error> {
    files::get(store, school, file).await.map(drop)
}
