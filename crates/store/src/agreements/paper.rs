//! 线下签约登记: an agreement on paper, registered with its scan in one transaction.

use domain::agreement::terms::Terms;
use domain::agreement::{Agreement, Content, Hash, Refusal};
use domain::ids::{AgreementId, EmployerId, FileId, SchoolId, StudentId};
use domain::policy::Actor;
use domain::ports::Env;

use super::act::tell;
use super::save::insert;
use super::{Origin, params, scene};
use crate::db::{Conn, Error, one_at_a_time};
use crate::people::{self, NewEmployer};
use crate::uploads::{self, Purpose};
use crate::{dossier, origins};

/// What is registered.
#[derive(Debug, Clone)]
pub struct NewPaper {
    /// Made when the form was shown, so that a form sent twice registers once.
    pub id: AgreementId,
    /// The school.
    pub school: SchoolId,
    /// The student.
    pub student: StudentId,
    /// The employer's 统一社会信用代码.
    pub uscc: String,
    /// Its name, for one that the platform does not know yet.
    pub employer: String,
    /// The terms.
    pub terms: Terms,
    /// The scan; sent by the very person before.
    pub scan: FileId,
    /// The student, or a member of the school's staff.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
}

/// Registers it. The same form again: `Unique("agreement_pkey")`.
pub async fn register(c: &mut Conn<'_>, new: &NewPaper, env: &Env) -> Result<Agreement, Error> {
    let now = env.now();
    let employer = employer(c, new, env).await?;
    one_at_a_time(c, new.school, new.student).await?;
    let scene = scene(c, new.school, new.student, employer, new.id).await?;
    let params = params(c, new.school, scene.year).await?;
    let mut context = scene.context(&params, now)?;
    context.block = scene.paper_block()?;
    let sha256 = uploads::sha256(c, new.school, new.scan).await?;
    let scan = Hash::from_slice(&sha256).ok_or_else(|| Error::Corrupt("a file's hash".into()))?;
    let whose = domain::agreement::Parties {
        school: new.school,
        year: scene.year,
        student: new.student,
        college: scene.college_id,
        employer,
    };
    let content = Content::paper(new.terms.clone(), scan);
    let applied = Agreement::register(new.id, whose, content, &new.actor, &context)?;
    insert(c, &applied).await?;
    let account = new.actor.account().ok_or(Refusal::NotAllowed)?;
    let key = (new.school, new.id);
    if !uploads::attach(c, key, new.scan, (account, Purpose::Scan), now).await? {
        return Err(Error::NotFound);
    }
    origins::put(c, key, 1, &new.origin, None).await?;
    dossier::freeze(c, &applied.agreement, now).await?;
    tell(c, &applied, (&scene, &params), env).await?;
    Ok(applied.agreement)
}

/// The employer by its code; one that the platform does not know is noted by name and code, uncertified and
/// without an account, for it to claim when it registers.
async fn employer(c: &mut Conn<'_>, new: &NewPaper, env: &Env) -> Result<EmployerId, Error> {
    if let Some(known) = people::employer_by_uscc(c, &new.uscc).await? {
        return Ok(known.id);
    }
    let now = env.now();
    let noted = NewEmployer {
        id: EmployerId::new(now, &*env.random),
        uscc: new.uscc.clone(),
        name: new.employer.clone(),
        nature: String::new(),
        industry: String::new(),
        scale: String::new(),
        region: String::new(),
        address: String::new(),
        postcode: String::new(),
        legal_person: String::new(),
        contact: String::new(),
        phone: String::new(),
        email: String::new(),
        has_personnel_authority: false,
    };
    people::employer_insert(c, &noted, now).await?;
    Ok(noted.id)
}
