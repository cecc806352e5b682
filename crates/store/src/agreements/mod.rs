//! Agreements: the path of every change. Load the aggregate, ask the rules, write the new row, its
//! event, its notices and its work: one transaction, or nothing.

mod act;
mod paper;
mod save;

pub use act::{act, create, perform, perform_on, perform_proved, tick};
pub use paper::{NewPaper, register};

use std::collections::BTreeSet;

use domain::agreement::state::State;
use domain::agreement::{Agreement, Command, Content, Context, Party};
use domain::eligibility::{self, Admission, Block, Facts, SourceStatus};
use domain::ids::{AgreementId, CollegeId, EmployerId, SchoolId, StudentId};
use domain::params::SchoolParams;
use domain::policy::Actor;
use jiff::Timestamp;

use crate::db::{Conn, Error};
use crate::{fetch_all, fetch_one, fetch_opt, row, schools};

row! {
    struct Row {
        year: i32,
        student_id: StudentId,
        employer_id: EmployerId,
        college_id: CollegeId,
        state: String,
        version: i64,
        content_version: i32,
        facts: String,
        audit_seq: i64,
        audit_hash: Vec<u8>,
        updated_at: Timestamp,
        template: String,
        terms: String,
        clauses: String,
    }
}

/// An agreement as it is stored, with the end of its audit chain.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The agreement.
    pub agreement: Agreement,
    /// Number of events so far.
    pub audit_seq: i64,
    /// Hash of the last one.
    pub audit_hash: Vec<u8>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Where an act came from; part of the evidence of a tick.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Address of the client.
    pub address: String,
    /// What the client calls itself (User-Agent, at most 200 characters).
    pub client: String,
}

/// Something that somebody asks of an agreement.
#[derive(Debug, Clone)]
pub struct Act {
    /// The school.
    pub school: SchoolId,
    /// The agreement.
    pub id: AgreementId,
    /// The version that the actor saw; [`Error::Stale`] when it is another by now.
    pub version: Option<i64>,
    /// What is asked. The ticks of `Send` and `Accept` are filled in from the stored ones and `ticked`.
    pub command: Command,
    /// Keys of the clauses ticked in the same form.
    pub ticked: BTreeSet<String>,
    /// Who asks.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
}

/// A first draft.
#[derive(Debug, Clone)]
pub struct NewDraft {
    /// Made when the form was shown, so that a form sent twice makes one draft.
    pub id: AgreementId,
    /// The school.
    pub school: SchoolId,
    /// The student.
    pub student: StudentId,
    /// The content.
    pub content: Content,
    /// Keys of the clauses that the employer ticked.
    pub ticked: BTreeSet<String>,
    /// The employer's member.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
}

/// The agreement, or nothing for this school.
pub async fn load(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Option<Loaded>, Error> {
    let row = fetch_opt!(
        c,
        Row,
        "SELECT a.year, a.student_id, a.employer_id, a.college_id, a.state, a.version, a.content_version, a.facts, \
         a.audit_seq, a.audit_hash, a.updated_at, v.template, v.terms, v.clauses \
         FROM agreement a JOIN content_version v \
         ON v.school_id = a.school_id AND v.agreement_id = a.id AND v.content_version = a.content_version \
         WHERE a.school_id = $1 AND a.id = $2",
        school,
        id
    )?;
    row.map(|row| decode(row, school, id)).transpose()
}

fn corrupt(id: AgreementId, what: &str) -> Error {
    Error::Corrupt(format!("agreement {id}: {what}"))
}

fn decode(row: Row, school: SchoolId, id: AgreementId) -> Result<Loaded, Error> {
    let state: State = serde_json::from_str(&row.facts).map_err(|_| corrupt(id, "facts"))?;
    if state.kind().code() != row.state {
        return Err(corrupt(id, "state and facts differ"));
    }
    let content = Content {
        template: row.template,
        terms: serde_json::from_str(&row.terms).map_err(|_| corrupt(id, "terms"))?,
        clauses: serde_json::from_str(&row.clauses).map_err(|_| corrupt(id, "clauses"))?,
    };
    let agreement = Agreement {
        id,
        school,
        year: row.year,
        student: row.student_id,
        college: row.college_id,
        employer: row.employer_id,
        state,
        version: row.version,
        content_version: row.content_version,
        content,
    };
    Ok(Loaded {
        agreement,
        audit_seq: row.audit_seq,
        audit_hash: row.audit_hash,
        updated_at: row.updated_at,
    })
}

row! {
    /// What surrounds an agreement: the facts on which the rules decide.
    pub struct Scene {
        /// The student's name.
        pub student_name: String,
        /// The employer's name.
        pub employer_name: String,
        /// The school's code.
        pub school_code: String,
        /// The student's year.
        pub year: i32,
        /// The student's college.
        pub college_id: CollegeId,
        /// The student's degree code.
        pub degree: String,
        /// The employer's certification.
        pub certification: String,
        /// State of the source information.
        pub source_status: String,
        /// 培养方式.
        pub training_mode: String,
        /// State of the employer's entry to the school.
        pub entry: Option<String>,
        /// Other live agreements of the student.
        pub live: i64,
        /// Other open offers of the employer to the student.
        pub open: i64,
        /// Terminations that the student asked for and that took place.
        pub breaches: i64,
    }
}

impl Scene {
    /// Why no agreement can be offered to the student now, if so.
    pub fn block(&self, params: &SchoolParams, now: Timestamp) -> Result<Option<Block>, Error> {
        let unknown = || Error::Corrupt("an unknown status of a student or employer".into());
        let entry = self
            .entry
            .as_deref()
            .map(|code| Admission::from_code(code).ok_or_else(unknown));
        let facts = Facts {
            certification: Admission::from_code(&self.certification).ok_or_else(unknown)?,
            entry: entry.transpose()?,
            source: SourceStatus::from_code(&self.source_status).ok_or_else(unknown)?,
            bound: eligibility::binds(&self.training_mode),
            live: self.live > 0,
        };
        Ok(eligibility::check(&facts, params, now).err())
    }

    /// Why no agreement on paper can be registered for the student, if so.
    pub fn paper_block(&self) -> Result<Option<Block>, Error> {
        let unknown = || Error::Corrupt("an unknown status of a student".into());
        let facts = Facts {
            certification: Admission::Approved,
            entry: None,
            source: SourceStatus::from_code(&self.source_status).ok_or_else(unknown)?,
            bound: eligibility::binds(&self.training_mode),
            live: self.live > 0,
        };
        Ok(eligibility::check_paper(&facts).err())
    }

    /// The context of a decision, without a number.
    pub fn context<'a>(&self, params: &'a SchoolParams, now: Timestamp) -> Result<Context<'a>, Error> {
        Ok(Context {
            now,
            params,
            block: self.block(params, now)?,
            live_elsewhere: self.live > 0,
            offer_open: self.open > 0,
            breaches: u32::try_from(self.breaches).unwrap_or(u32::MAX),
            number: None,
        })
    }
}

/// The scene of `student` and `employer`, `except` being the agreement looked at.
pub async fn scene(
    c: &mut Conn<'_>,
    school: SchoolId,
    student: StudentId,
    employer: EmployerId,
    except: AgreementId,
) -> Result<Scene, Error> {
    let mut scene = fetch_one!(
        c,
        Scene,
        "SELECT s.name AS student_name, e.name AS employer_name, sc.code AS school_code, s.year, s.college_id, s.degree, \
         e.certification, s.source_status, s.training_mode, \
         (SELECT n.status FROM employer_entry n WHERE n.school_id = $1 AND n.employer_id = $3) AS entry, \
         (SELECT count(*) FROM agreement x WHERE x.school_id = $1 AND x.student_id = $2 AND x.id <> $4 \
          AND x.state IN ('college_review', 'school_review', 'effective', 'terminating')) AS live, \
         (SELECT count(*) FROM agreement x WHERE x.school_id = $1 AND x.employer_id = $3 AND x.student_id = $2 \
          AND x.id <> $4 AND x.state = 'offered') AS open, \
         (SELECT count(*) FROM agreement x WHERE x.school_id = $1 AND x.student_id = $2 AND x.state = 'terminated') \
         AS breaches \
         FROM student s JOIN employer e ON e.id = $3 JOIN school sc ON sc.id = $1 \
         WHERE s.school_id = $1 AND s.id = $2",
        school,
        student,
        employer,
        except
    )?;
    // Hardly anybody has a terminated agreement: who asked for it is looked up only then.
    if scene.breaches > 0 {
        scene.breaches = breaches(c, school, student).await?;
    }
    Ok(scene)
}

row! {
    struct Ended {
        id: AgreementId,
        facts: String,
    }
}

/// How many of the student's agreements were terminated because the student asked. What the employer asked
/// for, and what the school struck out, takes nothing from what the school allows the student.
async fn breaches(c: &mut Conn<'_>, school: SchoolId, student: StudentId) -> Result<i64, Error> {
    let ended = fetch_all!(
        c,
        Ended,
        "SELECT id, facts FROM agreement WHERE school_id = $1 AND student_id = $2 AND state = 'terminated'",
        school,
        student
    )?;
    let mut count = 0;
    for Ended { id, facts } in ended {
        let state: State = serde_json::from_str(&facts).map_err(|_| corrupt(id, "facts"))?;
        if let State::Terminated { request, .. } = state {
            count += i64::from(request.party == Party::Student);
        }
    }
    Ok(count)
}

/// The parameters in force for a school and year.
pub async fn params(c: &mut Conn<'_>, school: SchoolId, year: i32) -> Result<SchoolParams, Error> {
    Ok(SchoolParams::from_values(
        &schools::params(c, school, year).await?,
    ))
}

/// Ticks as they come with a form.
#[derive(Debug, Clone, Copy)]
pub struct Ticked<'a> {
    /// Keys of the ticked clauses.
    pub keys: &'a BTreeSet<String>,
    /// Who ticked.
    pub actor: &'a Actor,
    /// From where.
    pub origin: &'a Origin,
    /// When.
    pub now: Timestamp,
}

row! {
    /// An open offer whose deadline has passed.
    pub struct Due {
        /// Its school.
        pub school_id: SchoolId,
        /// Which.
        pub id: AgreementId,
    }
}

/// Open offers whose deadline has passed, the oldest first, at most `limit`.
pub async fn due(c: &mut Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<Due>, Error> {
    fetch_all!(
        c,
        Due,
        "SELECT school_id, id FROM agreement WHERE state = 'offered' AND deadline_at <= $1 \
         ORDER BY deadline_at LIMIT $2",
        now,
        limit
    )
}
