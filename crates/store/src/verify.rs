//! Checks the invariants of a whole database (`product.md` §2, `security.md`): the oracle of every crash
//! and race test, and `sanfang verify --all`.
//!
//! Each agreement is looked at in one consistent read; the database may be in use meanwhile.

use domain::agreement::event::{Link, chain};
use domain::agreement::{Hash, Party, Payload, State, StateKind, number};
use domain::ids::{AccountId, AgreementId, FileId, SchoolId};
use domain::policy::Actor;
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
    let pairs = store
        .read(|c| Box::pin(async move { duplicates(c).await }))
        .await?;
    report.breaches.extend(pairs);
    let gone = store.read(|c| Box::pin(async move { orphans(c).await })).await?;
    report.breaches.extend(gone);
    let mut after = (SchoolId(0), AgreementId(Uuid::nil()));
    loop {
        let page = store
            .read(move |c| Box::pin(async move { keys(c, after).await }))
            .await?;
        let Some(last) = page.last() else {
            return Ok(report);
        };
        after = (last.school_id, last.id);
        for key in page {
            one(store, key.school_id, key.id, &mut report).await?;
        }
    }
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
    struct Double {
        school_id: SchoolId,
        n: i64,
    }
}

/// What unique indexes should make impossible, looked for without them.
async fn duplicates(c: &mut Conn<'_>) -> Result<Vec<Breach>, Error> {
    let live = fetch_all!(
        c,
        Double,
        "SELECT school_id, count(*) AS n FROM agreement \
         WHERE state IN ('college_review', 'school_review', 'effective', 'terminating') \
         GROUP BY school_id, student_id HAVING count(*) > 1"
    )?;
    let offered = fetch_all!(
        c,
        Double,
        "SELECT school_id, count(*) AS n FROM agreement WHERE state = 'offered' \
         GROUP BY school_id, employer_id, student_id HAVING count(*) > 1"
    )?;
    let numbers = fetch_all!(
        c,
        Double,
        "SELECT school_id, count(*) AS n FROM agreement WHERE number IS NOT NULL \
         GROUP BY school_id, number HAVING count(*) > 1"
    )?;
    let beside = fetch_all!(
        c,
        Double,
        "SELECT a.school_id, count(*) AS n FROM agreement a JOIN agreement b \
         ON b.school_id = a.school_id AND b.student_id = a.student_id \
         WHERE a.state = 'offered' AND b.state IN ('effective', 'terminating') GROUP BY a.school_id"
    )?;
    let beside = beside.into_iter().map(|found| Breach {
        invariant: "no_offer_beside_effect",
        school: found.school_id.0,
        agreement: None,
        detail: format!("{} open offers to students whose agreement is in force", found.n),
    });
    let breach = |invariant: &'static str| {
        move |double: Double| Breach {
            invariant,
            school: double.school_id.0,
            agreement: None,
            detail: format!("{} rows where one may be", double.n),
        }
    };
    Ok(live
        .into_iter()
        .map(breach("one_live"))
        .chain(offered.into_iter().map(breach("one_offered")))
        .chain(numbers.into_iter().map(breach("number_unique")))
        .chain(beside)
        .collect())
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
    let found = store
        .read(move |c| Box::pin(async move { gather(c, school, id).await }))
        .await;
    let case = match found {
        Ok(Some(case)) => case,
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
    check_content(&case, &mut breach);
    check_number(&case, &mut breach);
    check_chain(id, &case, &mut breach);
    check_accounts(&case, &mut breach);
    check_traces(&case, &mut breach);
    let events = case.events.len() as u64;
    let file = case.document.as_ref().and_then(|document| document.file_id);
    if case.loaded.agreement.state.kind().has_number() && file.is_none() && !case.pending_render {
        breach(
            "document",
            "in force without a document and without work to make one".into(),
        );
    }
    if let Some(file) = file {
        match files::get(store, school, file).await {
            Ok(found) => check_seal(&case, file, &found, &mut breach),
            Err(error) => breach("file", error.to_string()),
        }
        report.files += 1;
    }
    for upload in &case.uploads {
        let whole = match upload.file_id {
            Some(file) => file_is_whole(store, school, file).await,
            None => Err(Error::NotFound),
        };
        if let Err(error) = whole {
            breach("file", error.to_string());
        }
        report.files += 1;
    }
    report.events += events;
    Ok(())
}

fn check_seal(case: &Case, file: FileId, found: &StoredFile, breach: &mut impl FnMut(&'static str, String)) {
    if let Some(fault) = case.seal.as_ref().and_then(|seal| seal.fault(file, found)) {
        breach("sealed_document", fault.into());
    }
}

async fn file_is_whole(store: &Store, school: SchoolId, file: FileId) -> Result<(), Error> {
    files::get(store, school, file).await.map(drop)
}

fn check_content(case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    let agreement = &case.loaded.agreement;
    let hash = agreement.content.hash();
    if case.columns.content_hash != hash.0 {
        breach(
            "content_hash",
            "the content is not the one that the row names".into(),
        );
    }
    if let Some(acceptance) = agreement.state.acceptance()
        && acceptance.content != hash
    {
        breach(
            "content_immutable",
            "the content is not the one that was accepted".into(),
        );
    }
    let accepted = agreement.state.acceptance().is_some();
    let offered = matches!(agreement.state, State::Offered { .. });
    if (accepted || offered) && !case.unticked[0].is_empty() {
        breach(
            "ticks",
            format!("{} clauses not ticked by the employer", case.unticked[0].len()),
        );
    }
    if accepted && !case.unticked[1].is_empty() {
        breach(
            "ticks",
            format!("{} clauses not ticked by the student", case.unticked[1].len()),
        );
    }
    if case.columns.deadline_at != agreement.state.deadline() {
        breach("deadline", "row and facts differ".into());
    }
}

fn check_number(case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    let state = &case.loaded.agreement.state;
    if case.columns.number.as_deref() != state.number() {
        breach("number", "row and facts differ".into());
    }
    match state.number() {
        Some(text) if !number::is_valid(text) => breach("number", "its check character is wrong".into()),
        Some(_) if !state.kind().has_number() && state.kind() != StateKind::Voided => {
            breach("number", format!("a number in state {}", state.kind().code()));
        }
        None if state.kind().has_number() => breach("number", "no number".into()),
        _ => {}
    }
}

fn check_chain(id: AgreementId, case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    let agreement = &case.loaded.agreement;
    let mut prev = vec![0; 32];
    let mut state: Option<StateKind> = None;
    for (i, event) in case.events.iter().enumerate() {
        if usize::try_from(event.seq) != Ok(i + 1) {
            return breach("chain", format!("event {} stands at {}", event.seq, i + 1));
        }
        let link = Link {
            seq: event.seq,
            kind: &event.kind,
            actor: &event.actor,
            payload: &event.payload,
            at: event.at.as_microsecond(),
        };
        if event.prev_hash != prev || event.hash != chain(&prev, id, &link).0 {
            return breach("chain", format!("event {} was changed", event.seq));
        }
        let Ok(payload) = serde_json::from_str::<Payload>(&event.payload) else {
            return breach("chain", format!("event {} cannot be read", event.seq));
        };
        if payload.from != state || payload.version != event.seq {
            return breach(
                "chain",
                format!("event {} does not follow the one before", event.seq),
            );
        }
        let note = event.note.as_ref().map(|note| Hash::of(&[note.as_bytes()]));
        if note.is_some() && note != payload.note {
            breach("chain", format!("the words of event {} were changed", event.seq));
        }
        state = Some(payload.to);
        prev.clone_from(&event.hash);
    }
    let seq = i64::try_from(case.events.len()).unwrap_or(i64::MAX);
    if seq != agreement.version || seq != case.loaded.audit_seq || prev != case.loaded.audit_hash {
        breach("chain", format!("{seq} events for version {}", agreement.version));
    }
    if state != Some(agreement.state.kind()) {
        breach(
            "chain",
            "the last event does not lead to the present state".into(),
        );
    }
}

/// Who acted stands twice with an event: in what is hashed, and beside it to be joined with the accounts.
fn check_accounts(case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    for (event, account) in case.events.iter().zip(&case.accounts) {
        let actor: Option<Actor> = serde_json::from_str(&event.actor).ok();
        if actor.is_none_or(|actor| actor.account() != *account) {
            breach(
                "account",
                format!("event {} is put down to another account than it names", event.seq),
            );
        }
    }
}

/// What acts leave beside the chain must not go further than the chain: a chain that was shortened and made to fit
/// again is noticed before any checkpoint covers it.
fn check_traces(case: &Case, breach: &mut impl FnMut(&'static str, String)) {
    let (agreement, traces) = (&case.loaded.agreement, &case.traces);
    if traces.origin.is_some_and(|seq| seq > agreement.version) {
        breach("trace", "an act was recorded whose event is missing".into());
    }
    let latest = traces.content.max(traces.consent);
    if latest.is_some_and(|version| version > agreement.content_version) {
        breach("trace", "there is a later content than the events know of".into());
    }
    let took_effect = case.events.iter().any(|event| {
        serde_json::from_str::<Payload>(&event.payload)
            .is_ok_and(|payload| payload.to == StateKind::Effective)
    });
    if traces.is_sealed.unwrap_or(0) > 0 && !took_effect {
        breach(
            "trace",
            "a document was sealed whose agreement never took effect".into(),
        );
    }
}

row! {
    struct Lost {
        school_id: SchoolId,
        agreement_id: AgreementId,
    }
}

/// What is left of agreements that are gone.
async fn orphans(c: &mut Conn<'_>) -> Result<Vec<Breach>, Error> {
    let lost = fetch_all!(
        c,
        Lost,
        "SELECT DISTINCT x.school_id, x.agreement_id FROM (SELECT school_id, agreement_id FROM audit_event \
         UNION SELECT school_id, agreement_id FROM content_version UNION SELECT school_id, agreement_id FROM act_origin \
         UNION SELECT school_id, agreement_id FROM consent) x WHERE NOT EXISTS (SELECT 1 FROM agreement a \
         WHERE a.school_id = x.school_id AND a.id = x.agreement_id) LIMIT 1000"
    )?;
    let breach = |lost: Lost| Breach {
        invariant: "agreement_exists",
        school: lost.school_id.0,
        agreement: Some(lost.agreement_id),
        detail: "there are records of an agreement that is gone".into(),
    };
    Ok(lost.into_iter().map(breach).collect())
}
