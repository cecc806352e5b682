//! Agreements: the path of every change. Load the aggregate, ask the rules, write the new row, its
//! event, its notices and its work: one transaction, or nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::agreement::state::State;
use domain::agreement::{
    Agreement, Applied, Command, CommandKind, Content, Context, Party, Refusal, StateKind, apply, number,
};
use domain::eligibility::{self, Admission, Block, Facts, SourceStatus};
use domain::ids::{AgreementId, CollegeId, EmployerId, SchoolId, StudentId};
use domain::params::SchoolParams;
use domain::policy::{self, Actor, Denial};
use domain::ports::Env;
use jiff::Timestamp;

use crate::db::{Conn, Error, Store};
use crate::{audit, consents, dossier, exec, fetch_all, fetch_one, fetch_opt, inbox, outbox, row, schools};

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
         a.audit_seq, a.audit_hash, v.template, v.terms, v.clauses \
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
        /// Terminated agreements of the student.
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
    fetch_one!(
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
    )
}

/// The parameters in force for a school and year.
pub async fn params(c: &mut Conn<'_>, school: SchoolId, year: i32) -> Result<SchoolParams, Error> {
    Ok(SchoolParams::from_values(
        &schools::params(c, school, year).await?,
    ))
}

/// 保存 for the first time. A draft with this id exists already: `Unique("agreement_pkey")`.
pub async fn create(c: &mut Conn<'_>, new: &NewDraft, env: &Env) -> Result<Agreement, Error> {
    let now = env.now();
    let Actor::Employer { employer, .. } = &new.actor else {
        return Err(Refusal::NotAllowed.into());
    };
    let scene = scene(c, new.school, new.student, *employer, new.id).await?;
    let params = params(c, new.school, scene.year).await?;
    if let Some(block) = scene.block(&params, now)? {
        return Err(Refusal::NotEligible(block).into());
    }
    let parties = domain::agreement::Parties {
        school: new.school,
        year: scene.year,
        student: new.student,
        college: scene.college_id,
        employer: *employer,
    };
    let applied = Agreement::draft(new.id, parties, new.content.clone(), &new.actor, now)?;
    insert(c, &applied).await?;
    let ticked = Ticked {
        keys: &new.ticked,
        actor: &new.actor,
        origin: &new.origin,
        now,
    };
    consents::put(c, &applied.agreement, Party::Employer, &ticked).await?;
    Ok(applied.agreement)
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

/// [`act`] in a transaction of its own; wakes the worker.
pub async fn perform(store: &Store, request: Act) -> Result<Agreement, Error> {
    let (env, request) = (store.env().clone(), Arc::new(request));
    let done = store
        .write(move |c| {
            let (env, request) = (env.clone(), Arc::clone(&request));
            Box::pin(async move { act(c, &request, &env).await })
        })
        .await;
    store.bell().notify_one();
    done
}

/// Does what is asked, or says why not; nothing is half done.
pub async fn act(c: &mut Conn<'_>, act: &Act, env: &Env) -> Result<Agreement, Error> {
    let now = env.now();
    let loaded = load(c, act.school, act.id).await?.ok_or(Error::NotFound)?;
    let agreement = &loaded.agreement;
    if policy::may(&act.actor, act.command.kind().action(), &agreement.subject()) == Err(Denial::Foreign) {
        return Err(Error::NotFound);
    }
    if act.version.is_some_and(|seen| seen != agreement.version) {
        return Err(Error::Stale);
    }
    let params = params(c, act.school, agreement.year).await?;
    let scene = scene(c, act.school, agreement.student, agreement.employer, act.id).await?;
    let mut context = scene.context(&params, now)?;
    let command = with_ticks(c, act, agreement, now).await?;
    if agreement.would_take_effect(&command, &params) {
        context.number = Some(draw_number(c, agreement, &scene).await?);
    }
    let applied = apply(agreement, command, &act.actor, &context)?;
    save(c, &loaded, &applied).await?;
    if act.command.kind() == CommandKind::Edit {
        let ticked = Ticked {
            keys: &act.ticked,
            actor: &act.actor,
            origin: &act.origin,
            now,
        };
        consents::put(c, &applied.agreement, Party::Employer, &ticked).await?;
    }
    if act.command.kind() == CommandKind::Accept {
        dossier::freeze(c, &applied.agreement, now).await?;
    }
    tell(c, &applied, &scene, env).await?;
    if applied.agreement.state.kind() == StateKind::Effective && agreement.state.number().is_none() {
        supersede_others(c, &applied.agreement, &scene, env).await?;
        outbox::render(c, &applied.agreement, "final", env).await?;
    }
    Ok(applied.agreement)
}

/// The student ticks clauses of an open offer; exactly `ticked` are ticked afterwards. The agreement does
/// not change, so its version does not either.
pub async fn tick(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    content_version: i32,
    ticked: &Ticked<'_>,
) -> Result<Agreement, Error> {
    let agreement = load(c, school, id).await?.ok_or(Error::NotFound)?.agreement;
    match policy::may(ticked.actor, policy::Action::Accept, &agreement.subject()) {
        Ok(()) => {}
        Err(Denial::Foreign) => return Err(Error::NotFound),
        Err(Denial::NotAllowed) => return Err(Refusal::NotAllowed.into()),
    }
    if agreement.content_version != content_version {
        return Err(Error::Stale);
    }
    if agreement.state.kind() != StateKind::Offered {
        return Err(Refusal::WrongState(agreement.state.kind()).into());
    }
    consents::put(c, &agreement, Party::Student, ticked).await?;
    Ok(agreement)
}

/// The command with the party's stored ticks and those of the form, which are stored with it.
async fn with_ticks(
    c: &mut Conn<'_>,
    act: &Act,
    agreement: &Agreement,
    now: Timestamp,
) -> Result<Command, Error> {
    let mut command = act.command.clone();
    let (party, ticks) = match &mut command {
        Command::Send { ticks, .. } => (Party::Employer, ticks),
        Command::Accept { ticks, .. } => (Party::Student, ticks),
        _ => return Ok(command),
    };
    if !act.ticked.is_empty() {
        let ticked = Ticked {
            keys: &act.ticked,
            actor: &act.actor,
            origin: &act.origin,
            now,
        };
        consents::add(c, agreement, party, &ticked).await?;
    }
    *ticks = consents::ticks(c, agreement.school, agreement.id, party).await?;
    Ok(command)
}

async fn draw_number(c: &mut Conn<'_>, agreement: &Agreement, scene: &Scene) -> Result<String, Error> {
    let level = number::level(&scene.degree);
    let (sequence,) = fetch_one!(
        c,
        (i64,),
        "INSERT INTO number_sequence (school_id, year, level, last) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (school_id, year, level) DO UPDATE SET last = number_sequence.last + 1 RETURNING last",
        agreement.school,
        agreement.year,
        i64::from(level)
    )?;
    Ok(number::build(agreement.year, &scene.school_code, level, sequence))
}

async fn insert(c: &mut Conn<'_>, applied: &Applied) -> Result<(), Error> {
    let agreement = &applied.agreement;
    let link = audit::link(agreement.id, 0, &[0; 32], &applied.event)?;
    let now = applied.event.at;
    exec!(
        c,
        "INSERT INTO agreement (school_id, id, year, student_id, employer_id, college_id, state, version, \
         content_version, facts, content_hash, deadline_at, number, position, pay, audit_seq, audit_hash, created_at, \
         updated_at, state_since) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, NULL, $12, $13, $14, $15, $16, $16, $16)",
        agreement.school,
        agreement.id,
        agreement.year,
        agreement.student,
        agreement.employer,
        agreement.college,
        agreement.state.kind().code(),
        agreement.version,
        agreement.content_version,
        facts(agreement)?,
        agreement.content.hash().0,
        &agreement.content.terms.position,
        agreement.content.terms.regular_pay.0,
        link.seq,
        link.hash.0,
        now
    )?;
    insert_content(c, applied).await?;
    audit::append(c, agreement.school, &link).await
}

async fn insert_content(c: &mut Conn<'_>, applied: &Applied) -> Result<(), Error> {
    let agreement = &applied.agreement;
    let json = |value: Result<String, serde_json::Error>| value.map_err(|_| corrupt(agreement.id, "content"));
    exec!(
        c,
        "INSERT INTO content_version (school_id, agreement_id, content_version, template, terms, clauses, \
         content_hash, account_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        agreement.school,
        agreement.id,
        agreement.content_version,
        &agreement.content.template,
        json(serde_json::to_string(&agreement.content.terms))?,
        json(serde_json::to_string(&agreement.content.clauses))?,
        agreement.content.hash().0,
        applied.event.actor.account().ok_or(Refusal::NotAllowed)?,
        applied.event.at
    )?;
    Ok(())
}

fn facts(agreement: &Agreement) -> Result<String, Error> {
    serde_json::to_string(&agreement.state).map_err(|_| corrupt(agreement.id, "facts"))
}

/// Writes only what the rules allowed, and counts the rows: none means that somebody was faster.
async fn save(c: &mut Conn<'_>, before: &Loaded, applied: &Applied) -> Result<(), Error> {
    let (old, new) = (&before.agreement, &applied.agreement);
    let link = audit::link(new.id, before.audit_seq, &before.audit_hash, &applied.event)?;
    let kept = old.state.kind() == new.state.kind();
    let changed = exec!(
        c,
        "UPDATE agreement SET state = $3, version = $4, content_version = $5, facts = $6, content_hash = $7, \
         deadline_at = $8, number = $9, position = $10, pay = $11, audit_seq = $12, audit_hash = $13, updated_at = $14, \
         state_since = CASE WHEN $15 = 1 THEN state_since ELSE $14 END \
         WHERE school_id = $1 AND id = $2 AND version = $16",
        new.school,
        new.id,
        new.state.kind().code(),
        new.version,
        new.content_version,
        facts(new)?,
        new.content.hash().0,
        new.state.deadline(),
        new.state.number(),
        &new.content.terms.position,
        new.content.terms.regular_pay.0,
        link.seq,
        link.hash.0,
        applied.event.at,
        kept,
        old.version
    )
    .map_err(refuse_duplicates)?;
    if changed != 1 {
        return Err(Error::Stale);
    }
    if new.content_version != old.content_version {
        insert_content(c, applied).await?;
    }
    audit::append(c, new.school, &link).await
}

/// The two invariants that the database holds against racing writers, in the words of the rules.
fn refuse_duplicates(error: Error) -> Error {
    if error.is_unique("agreement_one_live") {
        Refusal::NotEligible(Block::AlreadySigned).into()
    } else if error.is_unique("agreement_one_offered") {
        Refusal::OfferOpen.into()
    } else {
        error
    }
}

async fn tell(c: &mut Conn<'_>, applied: &Applied, scene: &Scene, env: &Env) -> Result<(), Error> {
    let names = inbox::Names {
        student: &scene.student_name,
        employer: &scene.employer_name,
    };
    inbox::tell(c, applied, names, env).await
}

row! {
    struct Other {
        id: AgreementId,
        employer_name: String,
    }
}

/// Open offers of other employers lapse when an agreement takes effect.
async fn supersede_others(
    c: &mut Conn<'_>,
    effective: &Agreement,
    scene: &Scene,
    env: &Env,
) -> Result<(), Error> {
    let others = fetch_all!(
        c,
        Other,
        "SELECT a.id, e.name AS employer_name FROM agreement a JOIN employer e ON e.id = a.employer_id \
         WHERE a.school_id = $1 AND a.student_id = $2 AND a.state = 'offered'",
        effective.school,
        effective.student
    )?;
    let params = SchoolParams::default();
    for other in others {
        let loaded = load(c, effective.school, other.id).await?.ok_or(Error::Stale)?;
        let context = scene.context(&params, env.now())?;
        let command = Command::Supersede { by: effective.id };
        let applied = apply(&loaded.agreement, command, &Actor::System, &context)?;
        save(c, &loaded, &applied).await?;
        let names = inbox::Names {
            student: &scene.student_name,
            employer: &other.employer_name,
        };
        inbox::tell(c, &applied, names, env).await?;
    }
    Ok(())
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
