//! Templates of an employer's offers, and batches of offers from one sheet: checked as a whole, then sent
//! one by one, each whole or not at all.

use std::collections::BTreeSet;

use domain::agreement::terms::Terms;
use domain::agreement::{Command, Content, Hash, Party, Ticks};
use domain::ids::{AccountId, AgreementId, EmployerId, JobId, SchoolId, StudentId};
use domain::policy::Actor;
use domain::ports::Env;
use jiff::Timestamp;
use sea_query::{Alias, PostgresQueryBuilder, Query};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::agreements::{self, Act, NewDraft, Origin};
use crate::db::{Conn, Error, from_sea_query};
use crate::outbox::{self, Job};
use crate::templates;
use crate::{exec, exec_dyn, fetch_all, fetch_opt, row};

/// The most rows of a batch.
pub const MOST: usize = 500;
/// The most templates of an employer at a school.
pub const TEMPLATES: i64 = 50;
/// Rows on a page.
pub const PAGE: i64 = 50;

row! {
    /// A template.
    #[derive(Debug, Clone)]
    pub struct Template {
        /// Which.
        pub id: Uuid,
        /// What the employer calls it.
        pub name: String,
        /// The terms, as JSON.
        pub body: String,
        /// When it was last saved.
        pub updated_at: Timestamp,
    }
}

impl Template {
    /// The terms.
    pub fn terms(&self) -> Result<Terms, Error> {
        serde_json::from_str(&self.body).map_err(|_| Error::Corrupt(format!("template {}", self.id)))
    }
}

/// Whose templates and batches.
#[derive(Debug, Clone, Copy)]
pub struct Whose {
    /// The school.
    pub school: SchoolId,
    /// Graduation year.
    pub year: i32,
    /// The employer.
    pub employer: EmployerId,
}

/// An employer's templates at a school, by name, at most [`TEMPLATES`].
pub async fn templates(c: &mut Conn<'_>, whose: Whose) -> Result<Vec<Template>, Error> {
    fetch_all!(
        c,
        Template,
        "SELECT id, name, body, updated_at FROM offer_template WHERE school_id = $1 AND employer_id = $2 \
         ORDER BY name LIMIT $3",
        whose.school,
        whose.employer,
        TEMPLATES
    )
}

/// Keeps terms under a name; one of the same name is replaced. `false` when there are too many.
pub async fn keep_template(
    c: &mut Conn<'_>,
    whose: Whose,
    (name, terms, by): (&str, &Terms, AccountId),
    env: &Env,
) -> Result<bool, Error> {
    let known = templates(c, whose).await?;
    let full = i64::try_from(known.len()).is_ok_and(|n| n >= TEMPLATES);
    if full && !known.iter().any(|template| template.name == name) {
        return Ok(false);
    }
    let now = env.now();
    let body = serde_json::to_string(terms).map_err(|_| Error::Corrupt("template".into()))?;
    exec!(
        c,
        "INSERT INTO offer_template (school_id, id, employer_id, name, body, account_id, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (school_id, employer_id, name) DO UPDATE SET \
         body = excluded.body, account_id = excluded.account_id, updated_at = excluded.updated_at",
        whose.school,
        domain::ids::uuid_v7(now, env.random.as_ref()),
        whose.employer,
        name,
        body,
        by,
        now
    )?;
    Ok(true)
}

/// Removes a template; [`Error::NotFound`] when the employer has none of this identifier here.
pub async fn drop_template(c: &mut Conn<'_>, whose: Whose, id: Uuid) -> Result<(), Error> {
    let gone = exec!(
        c,
        "DELETE FROM offer_template WHERE school_id = $1 AND employer_id = $2 AND id = $3",
        whose.school,
        whose.employer,
        id
    )?;
    if gone == 1 { Ok(()) } else { Err(Error::NotFound) }
}

row! {
    /// A batch.
    #[derive(Debug, Clone)]
    pub struct Batch {
        /// Which.
        pub id: Uuid,
        /// The graduation year.
        pub year: i32,
        /// What the sheet was called.
        pub file_name: String,
        /// `checked`, `running`, `done`.
        pub status: String,
        /// Rows.
        pub total: i64,
        /// Rows that have to be mended.
        pub bad: i64,
        /// When it was checked.
        pub created_at: Timestamp,
        /// When sending began.
        pub started_at: Option<Timestamp>,
        /// When it ended.
        pub finished_at: Option<Timestamp>,
    }
}

row! {
    /// A row of a batch.
    #[derive(Debug, Clone)]
    pub struct Line {
        /// Its number in the sheet.
        pub line: i64,
        /// 学号 as typed.
        pub student_no: String,
        /// 姓名 as typed.
        pub student_name: String,
        /// The agreement that it becomes.
        pub agreement_id: AgreementId,
        /// The terms, as JSON; missing when they cannot be read.
        pub terms: Option<String>,
        /// What has to be mended, as JSON.
        pub problems: String,
        /// `bad`, `ready`, `sent`, `refused`.
        pub status: String,
        /// Why it was refused: a code.
        pub refusal: Option<String>,
    }
}

/// What is wrong with one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The column: the field's name.
    pub field: String,
    /// Code of the text, below `error.` or `block.`.
    pub code: String,
    /// Values of the text.
    pub params: Vec<(String, String)>,
}

/// A row to be stored.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// Its number in the sheet.
    pub line: i64,
    /// 学号 as typed.
    pub student_no: String,
    /// 姓名 as typed.
    pub student_name: String,
    /// Who that is.
    pub student: Option<StudentId>,
    /// The terms.
    pub terms: Option<Terms>,
    /// What has to be mended; a row without is ready.
    pub mistakes: Vec<Mistake>,
}

/// Stores a checked sheet and returns its identifier.
pub async fn create(
    c: &mut Conn<'_>,
    whose: Whose,
    (name, lines, by): (&str, &[NewLine], AccountId),
    env: &Env,
) -> Result<Uuid, Error> {
    let now = env.now();
    let id = domain::ids::uuid_v7(now, env.random.as_ref());
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let bad = lines.iter().filter(|line| !line.mistakes.is_empty()).count();
    exec!(
        c,
        "INSERT INTO offer_batch (school_id, id, employer_id, year, account_id, file_name, status, total, bad, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, 'checked', $7, $8, $9)",
        whose.school,
        id,
        whose.employer,
        whose.year,
        by,
        name,
        count(lines.len()),
        count(bad),
        now
    )?;
    let mut rest = lines;
    while !rest.is_empty() {
        let (now_stored, later) = rest.split_at(AT_ONCE.min(1 << rest.len().ilog2()));
        insert_lines(c, (whose.school, id), now_stored, env).await?;
        rest = later;
    }
    Ok(id)
}

/// The most rows of one statement. Their numbers are powers of two, so that the servers compile a handful of
/// texts for batches of every size.
const AT_ONCE: usize = 128;

const LINE: [&str; 10] = [
    "school_id",
    "batch_id",
    "line",
    "student_no",
    "student_name",
    "student_id",
    "agreement_id",
    "terms",
    "problems",
    "status",
];

async fn insert_lines(
    c: &mut Conn<'_>,
    (school, batch): (SchoolId, Uuid),
    lines: &[NewLine],
    env: &Env,
) -> Result<(), Error> {
    let now = env.now();
    let json = |_: serde_json::Error| Error::Corrupt("batch".into());
    let mut insert = Query::insert();
    insert
        .into_table(Alias::new("offer_batch_row"))
        .columns(LINE.map(Alias::new));
    for line in lines {
        let terms = line.terms.as_ref().map(serde_json::to_string).transpose();
        let ready = line.mistakes.is_empty() && line.student.is_some() && line.terms.is_some();
        let row = [
            school.0.into(),
            batch.into(),
            line.line.into(),
            line.student_no.as_str().into(),
            line.student_name.as_str().into(),
            line.student.map(|student| student.0).into(),
            AgreementId::new(now, env.random.as_ref()).0.into(),
            terms.map_err(json)?.into(),
            serde_json::to_string(&line.mistakes).map_err(json)?.into(),
            if ready { "ready" } else { "bad" }.into(),
        ];
        insert.values(row).map_err(|_| Error::Corrupt("batch".into()))?;
    }
    let (sql, values) = insert.build(PostgresQueryBuilder);
    exec_dyn!(c, &sql, &from_sea_query(values)?)?;
    Ok(())
}

/// The batch, if it is this employer's.
pub async fn get(c: &mut Conn<'_>, whose: Whose, id: Uuid) -> Result<Option<Batch>, Error> {
    fetch_opt!(
        c,
        Batch,
        "SELECT id, year, file_name, status, total, bad, created_at, started_at, finished_at FROM offer_batch \
         WHERE school_id = $1 AND id = $2 AND employer_id = $3 AND year = $4",
        whose.school,
        id,
        whose.employer,
        whose.year
    )
}

/// The latest batches, at most 20.
pub async fn latest(c: &mut Conn<'_>, whose: Whose) -> Result<Vec<Batch>, Error> {
    fetch_all!(
        c,
        Batch,
        "SELECT id, year, file_name, status, total, bad, created_at, started_at, finished_at FROM offer_batch \
         WHERE school_id = $1 AND employer_id = $2 AND year = $3 ORDER BY created_at DESC, id DESC LIMIT 20",
        whose.school,
        whose.employer,
        whose.year
    )
}

/// Rows of a batch after a line, at most [`PAGE`] and one; those in one status, or all.
pub async fn lines(
    c: &mut Conn<'_>,
    school: SchoolId,
    batch: Uuid,
    (status, after): (Option<&str>, i64),
) -> Result<Vec<Line>, Error> {
    match status {
        Some(status) => fetch_all!(
            c,
            Line,
            "SELECT line, student_no, student_name, agreement_id, terms, problems, status, refusal \
             FROM offer_batch_row WHERE school_id = $1 AND batch_id = $2 AND status = $3 AND line > $4 \
             ORDER BY line LIMIT $5",
            school,
            batch,
            status,
            after,
            PAGE + 1
        ),
        None => fetch_all!(
            c,
            Line,
            "SELECT line, student_no, student_name, agreement_id, terms, problems, status, refusal \
             FROM offer_batch_row WHERE school_id = $1 AND batch_id = $2 AND line > $3 ORDER BY line LIMIT $4",
            school,
            batch,
            after,
            PAGE + 1
        ),
    }
}

/// How many rows are in each status.
pub async fn counts(c: &mut Conn<'_>, school: SchoolId, batch: Uuid) -> Result<Vec<(String, i64)>, Error> {
    fetch_all!(
        c,
        (String, i64),
        "SELECT status, count(*) FROM offer_batch_row WHERE school_id = $1 AND batch_id = $2 GROUP BY status",
        school,
        batch
    )
}

row! {
    struct Ready {
        line: i64,
        terms: String,
    }
}

/// What every row says that can be sent: its line and its terms, at most [`MOST`].
pub async fn contents(c: &mut Conn<'_>, school: SchoolId, batch: Uuid) -> Result<Vec<(i64, Terms)>, Error> {
    let rows = fetch_all!(
        c,
        Ready,
        "SELECT line, terms FROM offer_batch_row WHERE school_id = $1 AND batch_id = $2 AND status = 'ready' \
         ORDER BY line LIMIT $3",
        school,
        batch,
        i64::try_from(MOST).unwrap_or(i64::MAX)
    )?;
    let read = |row: Ready| match serde_json::from_str(&row.terms) {
        Ok(terms) => Ok((row.line, terms)),
        Err(_) => Err(Error::Corrupt(format!("batch {batch}, line {}: terms", row.line))),
    };
    rows.into_iter().map(read).collect()
}

/// Who sends a batch, from where, until when the students may answer: the evidence of every tick in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Evidence {
    /// The member of the employer who confirmed the clauses.
    pub actor: Actor,
    /// Address of the client.
    pub address: String,
    /// What the client calls itself.
    pub client: String,
    /// Until when the students may answer.
    pub deadline: Timestamp,
    /// The clauses that were shown and confirmed, as they read. A row that says anything else is not sent.
    pub confirmed: BTreeSet<Hash>,
    /// The template that they are of.
    #[serde(default)]
    pub template: String,
}

/// Topic of the job that sends a batch; its payload is the batch's identifier.
pub const SEND: &str = "offers.send";

/// Begins to send a batch in which nothing has to be mended. [`Error::Stale`] when it has begun already.
pub async fn start(
    c: &mut Conn<'_>,
    whose: Whose,
    (id, days, evidence): (Uuid, i64, &Evidence),
    env: &Env,
) -> Result<(), Error> {
    let now = env.now();
    let text = serde_json::to_string(evidence).map_err(|_| Error::Corrupt("evidence".into()))?;
    let begun = exec!(
        c,
        "UPDATE offer_batch SET status = 'running', reply_days = $5, evidence = $6, started_at = $7 \
         WHERE school_id = $1 AND id = $2 AND employer_id = $3 AND year = $4 AND status = 'checked' AND bad = 0 \
         AND total > 0",
        whose.school,
        id,
        whose.employer,
        whose.year,
        days,
        text,
        now
    )?;
    if begun != 1 {
        return Err(Error::Stale);
    }
    exec!(
        c,
        "INSERT INTO outbox (school_id, id, topic, payload, dedupe, available_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $6) ON CONFLICT DO NOTHING",
        whose.school,
        JobId::new(now, env.random.as_ref()),
        SEND,
        id.to_string(),
        format!("batch:{id}"),
        now
    )?;
    Ok(())
}

row! {
    struct Next {
        line: i64,
        student_id: StudentId,
        agreement_id: AgreementId,
        terms: String,
        evidence: String,
    }
}

async fn next(c: &mut Conn<'_>, school: SchoolId, batch: Uuid) -> Result<Option<Next>, Error> {
    fetch_opt!(
        c,
        Next,
        "SELECT r.line, r.student_id, r.agreement_id, r.terms, b.evidence FROM offer_batch_row r \
         JOIN offer_batch b ON b.school_id = r.school_id AND b.id = r.batch_id \
         WHERE r.school_id = $1 AND r.batch_id = $2 AND r.status = 'ready' AND b.status = 'running' \
         ORDER BY r.line LIMIT 1",
        school,
        batch
    )
}

/// The line that is next, if any.
pub async fn next_line(c: &mut Conn<'_>, school: SchoolId, batch: Uuid) -> Result<Option<i64>, Error> {
    Ok(next(c, school, batch).await?.map(|row| row.line))
}

/// Drafts and sends the offer of the next row and notes that it was sent; all of it or nothing. The answer is
/// the line, or nothing when none is left.
pub async fn send_next(
    c: &mut Conn<'_>,
    school: SchoolId,
    batch: Uuid,
    env: &Env,
) -> Result<Option<i64>, Error> {
    let Some(row) = next(c, school, batch).await? else {
        return Ok(None);
    };
    let corrupt = |what: &str| Error::Corrupt(format!("batch {batch}, line {}: {what}", row.line));
    let terms: Terms = serde_json::from_str(&row.terms).map_err(|_| corrupt("terms"))?;
    let evidence: Evidence = serde_json::from_str(&row.evidence).map_err(|_| corrupt("evidence"))?;
    let template = templates::by_name(c, school, &evidence.template).await?;
    let content = Content::of(&template, terms);
    let keys: BTreeSet<String> = content
        .clauses
        .iter()
        .filter(|clause| clause.confirmed_by.contains(&Party::Employer))
        .filter(|clause| evidence.confirmed.contains(&clause.hash()))
        .map(|clause| clause.key.clone())
        .collect();
    let origin = Origin {
        address: evidence.address,
        client: evidence.client,
    };
    let draft = NewDraft {
        id: row.agreement_id,
        school,
        student: row.student_id,
        content,
        ticked: keys.clone(),
        actor: evidence.actor.clone(),
        origin: origin.clone(),
    };
    agreements::create(c, &draft, env).await?;
    let act = Act {
        school,
        id: row.agreement_id,
        version: None,
        command: Command::Send {
            deadline: evidence.deadline,
            ticks: Ticks::new(),
        },
        ticked: keys,
        actor: evidence.actor,
        origin,
    };
    agreements::act(c, &act, env).await?;
    settle(c, school, batch, (row.line, "sent", None)).await?;
    Ok(Some(row.line))
}

/// Notes what became of a row that was ready.
pub async fn settle(
    c: &mut Conn<'_>,
    school: SchoolId,
    batch: Uuid,
    (line, status, refusal): (i64, &str, Option<&str>),
) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE offer_batch_row SET status = $4, refusal = $5 \
         WHERE school_id = $1 AND batch_id = $2 AND line = $3 AND status = 'ready'",
        school,
        batch,
        line,
        status,
        refusal
    )?;
    Ok(())
}

/// The batch has come to its end, and so has its job.
pub async fn finish(c: &mut Conn<'_>, job: &Job, batch: Uuid, now: Timestamp) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE offer_batch SET status = 'done', finished_at = $3 \
         WHERE school_id = $1 AND id = $2 AND status = 'running'",
        job.school_id,
        batch,
        now
    )?;
    outbox::done(c, job, now).await
}
