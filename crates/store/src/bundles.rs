//! Many documents as one file: asked for with the filter of a list, made by the worker, given only to whoever
//! asked, gone after some days. Who asked and who was given stays.

use std::collections::BTreeMap;

use domain::ids::{AccountId, AgreementId, CollegeId, EmployerId, FileId, JobId, SchoolId, uuid_v7};
use domain::ports::Env;
use jiff::{Timestamp, ToSpan};
use sea_query::{Alias, Cond, Expr, ExprTrait, PostgresQueryBuilder, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Conn, Error, from_sea_query};
use crate::lists::{self, Filter};
use crate::outbox::Job;
use crate::{documents, exec, fetch_all, fetch_all_dyn, fetch_opt, row};

/// The most documents of a bundle; who needs more narrows the list.
pub const MOST: i64 = 5_000;
/// Days after which a bundle is thrown away.
pub const KEEP_DAYS: i64 = 7;
/// Bundles that an account may have in the making.
const OPEN: i64 = 3;
/// Bundles that the page lists.
const LISTED: i64 = 20;
/// Agreements without a document that are named; all of them are counted.
pub const NAMED: usize = 200;
/// Topic of the job that makes a bundle; its payload is the bundle's identifier.
pub const MAKE: &str = "bundle.make";

/// Whose list, as it is kept with the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// An employer's in one graduation year.
    Employer(EmployerId, i32),
    /// Colleges'.
    Colleges(Vec<CollegeId>),
    /// The school's.
    School,
}

impl Owner {
    /// In the words of the lists.
    pub fn list(&self) -> lists::Owner<'_> {
        match self {
            Self::Employer(employer, year) => lists::Owner::Employer(*employer, *year),
            Self::Colleges(colleges) => lists::Owner::Colleges(colleges),
            Self::School => lists::Owner::School,
        }
    }
}

/// What sort of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Every document as it is, in a zip.
    Zip,
    /// All pages in one PDF, for printing.
    Pdf,
}

impl Form {
    /// The stored code, and the ending of the file's name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Pdf => "pdf",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Zip, Self::Pdf]
            .into_iter()
            .find(|form| form.code() == code)
    }
}

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct NewBundle {
    /// The school.
    pub school: SchoolId,
    /// Who asks.
    pub account: AccountId,
    /// From where.
    pub address: String,
    /// Whose list.
    pub owner: Owner,
    /// What of it.
    pub filter: Filter,
    /// As what.
    pub form: Form,
    /// What the page calls it.
    pub title: String,
}

row! {
    /// A bundle.
    #[derive(Debug, Clone)]
    pub struct Bundle {
        /// Which.
        pub id: Uuid,
        /// Who asked for it.
        pub account_id: AccountId,
        /// Whose list, as JSON.
        pub owner: String,
        /// What of it, as JSON.
        pub filter: String,
        /// `zip` or `pdf`.
        pub form: String,
        /// What the page calls it.
        pub title: String,
        /// `waiting`, `running`, `done` or `failed`.
        pub status: String,
        /// Its bytes, while they are made and afterwards.
        pub bytes_id: Option<Uuid>,
        /// Agreements in the list.
        pub total: i64,
        /// How many were looked at.
        pub done: i64,
        /// How many of them have no document.
        pub skipped: i64,
        /// The first of those, as JSON.
        pub missing: String,
        /// Parts of its bytes.
        pub parts: i64,
        /// Its size in bytes.
        pub size: i64,
        /// Why the last try failed.
        pub error: Option<String>,
        /// When it was asked for.
        pub created_at: Timestamp,
        /// When it was finished.
        pub finished_at: Option<Timestamp>,
        /// When it is thrown away.
        pub expires_at: Timestamp,
    }
}

/// An agreement without a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The student.
    pub student: String,
    /// The agreement's number, if it has one.
    pub number: Option<String>,
    /// The code of the reason: `not_made`, `not_final`, `broken`.
    pub why: String,
}

impl Bundle {
    /// Whose list.
    pub fn owner(&self) -> Result<Owner, Error> {
        serde_json::from_str(&self.owner).map_err(|_| Error::Corrupt(format!("bundle {}: owner", self.id)))
    }

    /// What of it.
    pub fn filter(&self) -> Result<Filter, Error> {
        serde_json::from_str(&self.filter).map_err(|_| Error::Corrupt(format!("bundle {}: filter", self.id)))
    }

    /// The agreements without a document that are named.
    pub fn missing(&self) -> Vec<Missing> {
        serde_json::from_str(&self.missing).unwrap_or_default()
    }
}

/// Asks for a bundle; nothing when too many of this account are in the making.
pub async fn create(c: &mut Conn<'_>, new: &NewBundle, env: &Env) -> Result<Option<Uuid>, Error> {
    let (open,) = crate::fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM bundle WHERE school_id = $1 AND account_id = $2 AND status IN ('waiting', 'running')",
        new.school,
        new.account
    )?;
    if open >= OPEN {
        return Ok(None);
    }
    let now = env.now();
    let id = uuid_v7(now, &*env.random);
    let json = |value: Result<String, serde_json::Error>| value.map_err(|_| Error::Corrupt("bundle".into()));
    exec!(
        c,
        "INSERT INTO bundle (school_id, id, account_id, owner, filter, form, title, status, bytes_id, total, done, \
         skipped, missing, parts, size, error, created_at, finished_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', NULL, 0, 0, 0, '[]', 0, 0, NULL, $8, NULL, $9)",
        new.school,
        id,
        new.account,
        json(serde_json::to_string(&new.owner))?,
        json(serde_json::to_string(&new.filter))?,
        new.form.code(),
        &new.title,
        now,
        expiry(now)
    )?;
    exec!(
        c,
        "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $6) ON CONFLICT DO NOTHING",
        new.school,
        JobId::new(now, env.random.as_ref()),
        MAKE,
        id.to_string(),
        format!("bundle:{id}"),
        now
    )?;
    let note = Note {
        kind: "asked",
        account: Some(new.account),
        address: &new.address,
        note: &new.title,
    };
    write_down(c, (new.school, id), &note, env).await?;
    Ok(Some(id))
}

fn expiry(now: Timestamp) -> Timestamp {
    now.saturating_add((KEEP_DAYS * 24).hours()).unwrap_or(now)
}

/// What is written down about a bundle.
#[derive(Debug, Clone, Copy)]
pub struct Note<'a> {
    /// `asked`, `made`, `failed`, `given` or `removed`.
    pub kind: &'a str,
    /// Who; nobody for the worker.
    pub account: Option<AccountId>,
    /// From where.
    pub address: &'a str,
    /// In a few words, without personal data.
    pub note: &'a str,
}

/// Writes down what happened with a bundle.
pub async fn write_down(
    c: &mut Conn<'_>,
    (school, bundle): (SchoolId, Uuid),
    note: &Note<'_>,
    env: &Env,
) -> Result<(), Error> {
    let now = env.now();
    exec!(
        c,
        "INSERT INTO bundle_event (school_id, id, bundle_id, kind, account_id, address, note, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        school,
        uuid_v7(now, &*env.random),
        bundle,
        note.kind,
        note.account,
        note.address,
        note.note,
        now
    )?;
    Ok(())
}

/// What was written down about a bundle: kinds and times, the first one first.
pub async fn events(
    c: &mut Conn<'_>,
    school: SchoolId,
    bundle: Uuid,
) -> Result<Vec<(String, Timestamp)>, Error> {
    fetch_all!(
        c,
        (String, Timestamp),
        "SELECT kind, at FROM bundle_event WHERE school_id = $1 AND bundle_id = $2 ORDER BY at, id LIMIT 200",
        school,
        bundle
    )
}

/// A bundle.
pub async fn get(c: &mut Conn<'_>, school: SchoolId, id: Uuid) -> Result<Option<Bundle>, Error> {
    fetch_opt!(
        c,
        Bundle,
        "SELECT id, account_id, owner, filter, form, title, status, bytes_id, total, done, skipped, missing, parts, \
         size, error, created_at, finished_at, expires_at FROM bundle WHERE school_id = $1 AND id = $2",
        school,
        id
    )
}

/// The latest bundles that an account asked for.
pub async fn of_account(
    c: &mut Conn<'_>,
    school: SchoolId,
    account: AccountId,
) -> Result<Vec<Bundle>, Error> {
    fetch_all!(
        c,
        Bundle,
        "SELECT id, account_id, owner, filter, form, title, status, bytes_id, total, done, skipped, missing, parts, \
         size, error, created_at, finished_at, expires_at FROM bundle \
         WHERE school_id = $1 AND account_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3",
        school,
        account,
        LISTED
    )
}

/// A try of making a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// The school.
    pub school: SchoolId,
    /// The bundle.
    pub bundle: Uuid,
    /// The bytes of this try.
    pub bytes: Uuid,
}

/// Begins a try from the beginning: the bundle as it was, with the bytes that an earlier try may have left. Nothing
/// when it is gone or finished.
pub async fn begin(c: &mut Conn<'_>, this: Try, total: i64) -> Result<Option<Bundle>, Error> {
    let Some(before) = get(c, this.school, this.bundle).await? else {
        return Ok(None);
    };
    let begun = exec!(
        c,
        "UPDATE bundle SET status = 'running', bytes_id = $3, total = $4, done = 0, skipped = 0, missing = '[]', \
         parts = 0, size = 0 WHERE school_id = $1 AND id = $2 AND status IN ('waiting', 'running')",
        this.school,
        this.bundle,
        this.bytes,
        total
    )?;
    Ok((begun == 1).then_some(before))
}

/// How far a try is, and its job goes on being claimed. [`Error::Stale`] when another try has begun: this one
/// has to stop.
pub async fn go_on(
    c: &mut Conn<'_>,
    this: Try,
    (done, skipped): (i64, i64),
    (job, until): (&Job, Timestamp),
) -> Result<(), Error> {
    let rows = exec!(
        c,
        "UPDATE bundle SET done = $4, skipped = $5 WHERE school_id = $1 AND id = $2 AND bytes_id = $3",
        this.school,
        this.bundle,
        this.bytes,
        done,
        skipped
    )?;
    if rows != 1 {
        return Err(Error::Stale);
    }
    exec!(
        c,
        "UPDATE outbox SET leased_until = $3, available_at = $3 WHERE school_id = $1 AND id = $2",
        job.school_id,
        job.id,
        until
    )?;
    Ok(())
}

/// What a try has made.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// Agreements looked at.
    pub done: i64,
    /// Those without a document.
    pub skipped: i64,
    /// The first of those.
    pub missing: Vec<Missing>,
    /// Parts of the bytes.
    pub parts: i64,
    /// Bytes.
    pub size: i64,
}

/// The bundle is there.
pub async fn finish(c: &mut Conn<'_>, this: Try, made: &Made, env: &Env) -> Result<(), Error> {
    let missing = serde_json::to_string(&made.missing).map_err(|_| Error::Corrupt("bundle".into()))?;
    let now = env.now();
    let rows = exec!(
        c,
        "UPDATE bundle SET status = 'done', done = $4, skipped = $5, missing = $6, parts = $7, size = $8, \
         error = NULL, finished_at = $9, expires_at = $10 WHERE school_id = $1 AND id = $2 AND bytes_id = $3",
        this.school,
        this.bundle,
        this.bytes,
        made.done,
        made.skipped,
        missing,
        made.parts,
        made.size,
        now,
        expiry(now)
    )?;
    if rows != 1 {
        return Err(Error::Stale);
    }
    let note = Note {
        kind: "made",
        account: None,
        address: "",
        note: &made.done.to_string(),
    };
    write_down(c, (this.school, this.bundle), &note, env).await
}

/// A try failed; `is_last` when there will be no other. `error` must not hold personal data.
pub async fn fail(
    c: &mut Conn<'_>,
    this: Try,
    (error, is_last): (&str, bool),
    env: &Env,
) -> Result<(), Error> {
    let status = if is_last { "failed" } else { "waiting" };
    exec!(
        c,
        "UPDATE bundle SET status = $4, error = $5 WHERE school_id = $1 AND id = $2 AND bytes_id = $3",
        this.school,
        this.bundle,
        this.bytes,
        status,
        error
    )?;
    let note = Note {
        kind: "failed",
        account: None,
        address: "",
        note: error,
    };
    write_down(c, (this.school, this.bundle), &note, env).await
}

/// Forgets a bundle before its time; its bytes are for the caller to throw away.
pub async fn remove(
    c: &mut Conn<'_>,
    (school, id): (SchoolId, Uuid),
    (account, address): (AccountId, &str),
    env: &Env,
) -> Result<(), Error> {
    exec!(
        c,
        "DELETE FROM bundle WHERE school_id = $1 AND id = $2",
        school,
        id
    )?;
    let note = Note {
        kind: "removed",
        account: Some(account),
        address,
        note: "",
    };
    write_down(c, (school, id), &note, env).await
}

/// Forgets the bundles whose time has come; the bytes to be thrown away.
pub async fn expire(c: &mut Conn<'_>, now: Timestamp) -> Result<Vec<(SchoolId, Option<Uuid>)>, Error> {
    fetch_all!(
        c,
        (SchoolId, Option<Uuid>),
        "DELETE FROM bundle WHERE expires_at <= $1 RETURNING school_id, bytes_id",
        now
    )
}

row! {
    struct Found {
        agreement_id: AgreementId,
        rendition: String,
        version: i64,
        file_id: Option<FileId>,
    }
}

/// The seal of the document's agreement, if it is being made and has not failed.
fn being_sealed(school: SchoolId) -> SelectStatement {
    let of_seal = |name: &'static str| Expr::col((Alias::new("seal"), Alias::new(name)));
    let mut query = Query::select();
    query
        .column((Alias::new("seal"), Alias::new("agreement_id")))
        .from(Alias::new("seal"))
        .and_where(of_seal("school_id").eq(school.0))
        .and_where(of_seal("agreement_id").equals((Alias::new("document"), Alias::new("agreement_id"))))
        .and_where(of_seal("file_id").is_null())
        .cond_where(
            Cond::any()
                .add(of_seal("failures").eq(0))
                .add(of_seal("prepared_file_id").equals((Alias::new("document"), Alias::new("file_id")))),
        );
    query
}

/// The documents of agreements that can be given out. `final` says of an agreement whether it has taken effect:
/// then its final document counts, with its seal where it has one, and otherwise the preview of its present version.
pub async fn documents(
    c: &mut Conn<'_>,
    school: SchoolId,
    wanted: &[(AgreementId, i64, bool)],
) -> Result<BTreeMap<AgreementId, FileId>, Error> {
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut query = Query::select();
    for name in ["agreement_id", "rendition", "version", "file_id"] {
        query.column(Alias::new(name));
    }
    query
        .from(Alias::new("document"))
        .and_where(Expr::col(Alias::new("school_id")).eq(school.0))
        .and_where(Expr::col(Alias::new("agreement_id")).is_in(wanted.iter().map(|(id, ..)| id.0)))
        // As `documents::finished`: what is being sealed is not given out without.
        .cond_where(
            Cond::any()
                .add(Expr::col(Alias::new("rendition")).ne(documents::FINAL))
                .add(Expr::exists(being_sealed(school)).not()),
        );
    let (sql, values) = query.build(PostgresQueryBuilder);
    let rows = fetch_all_dyn!(c, Found, &sql, &from_sea_query(values)?)?;
    let best = |(id, version, is_final): &(AgreementId, i64, bool)| {
        let of_it = rows.iter().filter(|row| row.agreement_id == *id);
        let rank = |row: &Found| match row.rendition.as_str() {
            documents::PREVIEW => (!is_final && row.version == *version).then_some(0),
            documents::FINAL => is_final.then_some(1),
            _ => is_final.then_some(2),
        };
        let found = of_it.filter(|row| row.file_id.is_some());
        let found = found.filter_map(|row| Some((rank(row)?, row.file_id?)));
        Some((*id, found.max_by_key(|(rank, _)| *rank)?.1))
    };
    Ok(wanted.iter().filter_map(best).collect())
}
