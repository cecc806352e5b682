//! What people and the worker do to agreements: draft, act, tick. Each is one transaction.

use std::sync::Arc;

use domain::agreement::{Agreement, Applied, Command, CommandKind, Party, Refusal, StateKind, apply};
use domain::ids::{AgreementId, FileId, SchoolId};
use domain::params::{Factor, SchoolParams, SecondFactor};
use domain::policy::{self, Actor, Denial};
use domain::ports::Env;
use jiff::Timestamp;

use super::save::{draw_number, insert, save};
use super::{Act, NewDraft, Scene, Ticked, load, params, scene};
use crate::db::{Conn, Error, Store, one_at_a_time};
use crate::licences::{self, Basis};
use crate::passcodes::{self, Right};
use crate::uploads::{self, Purpose};
use crate::{consents, dossier, fetch_all, inbox, origins, outbox, row};

/// 保存 for the first time. A draft with this id exists already: `Unique("agreement_pkey")`.
pub async fn create(c: &mut Conn<'_>, new: &NewDraft, env: &Env) -> Result<Agreement, Error> {
    let now = env.now();
    let Actor::Employer { employer, .. } = &new.actor else {
        return Err(Refusal::NotAllowed.into());
    };
    one_at_a_time(c, new.school, new.student).await?;
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
    origins::put(c, (new.school, new.id), 1, &new.origin, None).await?;
    Ok(applied.agreement)
}

/// [`act`] in a transaction of its own; wakes the worker.
pub async fn perform(store: &Store, request: Act) -> Result<Agreement, Error> {
    perform_proved(store, request, None).await
}

/// The same, proved by a code, which is used up with the act or not at all. [`Error::Stale`] when it was used
/// by then.
pub async fn perform_proved(store: &Store, request: Act, code: Option<Right>) -> Result<Agreement, Error> {
    let (env, request) = (store.env().clone(), Arc::new((request, code)));
    let done = store
        .write(move |c| {
            let (env, request) = (env.clone(), Arc::clone(&request));
            Box::pin(async move {
                let (request, code) = (&request.0, &request.1);
                let done = act(c, request, &env).await?;
                match code {
                    Some(code) if !passcodes::spend(c, code).await? => Err(Error::Stale),
                    _ => Ok(done),
                }
            })
        })
        .await;
    store.bell().notify_one();
    done
}

/// [`perform`] for a reviewer who decides on a certificate. [`Error::Replaced`] when it is not the employer's
/// latest one any more.
pub async fn perform_on(store: &Store, request: Act, basis: Basis) -> Result<Agreement, Error> {
    let (env, request) = (store.env().clone(), Arc::new(request));
    let done = store
        .write(move |c| {
            let (env, request) = (env.clone(), Arc::clone(&request));
            Box::pin(async move { act_on(c, &request, basis, &env).await })
        })
        .await;
    store.bell().notify_one();
    done
}

/// Does what is asked, or says why not; nothing is half done.
pub async fn act(c: &mut Conn<'_>, act: &Act, env: &Env) -> Result<Agreement, Error> {
    act_on(c, act, Basis::Unknown, env).await
}

async fn act_on(c: &mut Conn<'_>, act: &Act, basis: Basis, env: &Env) -> Result<Agreement, Error> {
    let now = env.now();
    let loaded = load(c, act.school, act.id).await?.ok_or(Error::NotFound)?;
    let agreement = &loaded.agreement;
    if policy::may(&act.actor, act.command.kind().action(), &agreement.subject()) == Err(Denial::Foreign) {
        return Err(Error::NotFound);
    }
    if act.version.is_some_and(|seen| seen != agreement.version) {
        return Err(Error::Stale);
    }
    let decides = licences::decides(act.command.kind());
    if decides {
        licences::hold(c, agreement.employer, basis).await?;
    }
    one_at_a_time(c, act.school, agreement.student).await?;
    let params = params(c, act.school, agreement.year).await?;
    let scene = scene(c, act.school, agreement.student, agreement.employer, act.id).await?;
    let mut context = scene.context(&params, now)?;
    let command = with_ticks(c, act, agreement, now).await?;
    if agreement.would_take_effect(&command, &params) {
        context.number = Some(draw_number(c, agreement, &scene, params.number_rule).await?);
    }
    let (letter, proof) = (letter(&command), proof(&command, &params));
    let applied = apply(agreement, command, &act.actor, &context)?;
    if let Some(letter) = letter {
        attach_letter(c, act, letter, now).await?;
    }
    save(c, &loaded, &applied).await?;
    if act.actor != Actor::System {
        let seq = loaded.audit_seq + 1;
        origins::put(c, (act.school, act.id), seq, &act.origin, proof).await?;
        if decides {
            licences::note_seen(c, (act.school, act.id), seq, basis).await?;
        }
    }
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
    if matches!(
        act.command.kind(),
        CommandKind::Send | CommandKind::ExtendDeadline
    ) {
        outbox::plan_reminders(c, &applied.agreement, env).await?;
    }
    tell(c, &applied, (&scene, &params), env).await?;
    if applied.agreement.state.kind() == StateKind::Effective && agreement.state.number().is_none() {
        supersede_others(c, &applied.agreement, (&scene, &params), env).await?;
        outbox::render(c, &applied.agreement, "final", env).await?;
    }
    Ok(applied.agreement)
}

fn letter(command: &Command) -> Option<FileId> {
    match command {
        Command::RequestTermination { letter, .. } => *letter,
        _ => None,
    }
}

/// The letter of a request must be one that the very person sent for this agreement, and not used before.
async fn attach_letter(c: &mut Conn<'_>, act: &Act, letter: FileId, now: Timestamp) -> Result<(), Error> {
    let account = act.actor.account().ok_or(Refusal::NotAllowed)?;
    let sender = (account, Purpose::Letter);
    if uploads::attach(c, (act.school, act.id), letter, sender, now).await? {
        Ok(())
    } else {
        Err(Refusal::LetterRequired.into())
    }
}

/// What proved who acted, where the school asks for that.
fn proof(command: &Command, params: &SchoolParams) -> Option<&'static str> {
    let (Command::Accept { second_factor, .. } | Command::RequestTermination { second_factor, .. }) = command
    else {
        return None;
    };
    let asked = params.second_factor != SecondFactor::None;
    second_factor.filter(|_| asked).map(Factor::code)
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
    let given = if act.ticked.is_empty() {
        consents::given(c, agreement.school, agreement.id, party).await?
    } else {
        let ticked = Ticked {
            keys: &act.ticked,
            actor: &act.actor,
            origin: &act.origin,
            now,
        };
        consents::add(c, agreement, party, &ticked).await?
    };
    *ticks = consents::hashes(given);
    Ok(command)
}

pub(super) async fn tell(
    c: &mut Conn<'_>,
    applied: &Applied,
    (scene, params): (&Scene, &SchoolParams),
    env: &Env,
) -> Result<(), Error> {
    let names = inbox::Names {
        student: &scene.student_name,
        employer: &scene.employer_name,
        params,
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
    (scene, params): (&Scene, &SchoolParams),
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
    for other in others {
        let loaded = load(c, effective.school, other.id).await?.ok_or(Error::Stale)?;
        let context = scene.context(params, env.now())?;
        let command = Command::Supersede { by: effective.id };
        let applied = apply(&loaded.agreement, command, &Actor::System, &context)?;
        save(c, &loaded, &applied).await?;
        let names = inbox::Names {
            student: &scene.student_name,
            employer: &other.employer_name,
            params,
        };
        inbox::tell(c, &applied, names, env).await?;
    }
    Ok(())
}
