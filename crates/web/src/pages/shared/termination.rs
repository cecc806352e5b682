//! 解约 as every side meets it: the request with its letter, consent and refusal, cancellation, the reviews,
//! and going on without an answer. One set of handlers; the rules say who may do what.

mod answers;

pub use answers::{
    approve, cancel, confirm_void, consent, drop_void, escalate, propose_void, refuse, reject,
};

use super::act::{self, Asked};
use super::detail::{self, Opened};
use super::{conflict, reason, upload};
use crate::auth::factor::{self, Given, Occasion};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::params::{Id, Query};
use crate::reply;
use crate::upload::Files;
use crate::views::form::{FieldError, Form};
use crate::views::links;
use crate::views::proof::Proof;
use crate::views::termination::{self, Letter, Request};
use axum::response::IntoResponse;
use domain::agreement::clause::Party;
use domain::agreement::form::Input;
use domain::agreement::probe::probe;
use domain::agreement::{Command, CommandKind, Reason, State};
use domain::codes::TERMINATION_REASON;
use domain::document;
use domain::ids::{AgreementId, UploadId};
use domain::policy::Actor;
use std::collections::BTreeSet;
use std::time::Duration;
use store::passcodes::Right;
use store::uploads::{self, Ordered, Purpose, Upload};

/// How often the worker is looked after, and how long in between: two seconds in all.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// The page to ask for a termination; `?letter=` names one that was ordered.
pub async fn new(ctx: Ctx, Id(id): Id<AgreementId>, Query(asked): Query) -> Result {
    let opened = detail::at(&ctx, id).await?;
    if let Err(refusal) = allowed(&ctx, &opened, CommandKind::RequestTermination) {
        return conflict::answer(&ctx, key(&ctx, id)?, refusal, &back(&ctx, id).await?).await;
    }
    let mut form = Form::default();
    let mut letter = Letter::None;
    if let Some(upload) = asked.text("letter").and_then(|id| id.parse().ok()) {
        let found = ordered(&ctx, id, upload).await?.ok_or(Error::NotFound)?;
        let said = upload::ordered(&found).ok_or(Error::NotFound)?;
        form.input = [("reason", said.code), ("text", said.letter.text)]
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect();
        letter = standing(&found);
    }
    let view = request(&ctx, &opened, form, letter).await?;
    Ok(termination::request_page(&ctx.frame().await?, &view).into_response())
}

/// The letter of the person's own, waited for a moment while it is being written.
async fn ordered(ctx: &Ctx, agreement: AgreementId, id: UploadId) -> Result<Option<Upload>> {
    let mut found = upload::own(ctx, agreement, id).await?;
    for _ in 0..LOOKS {
        match &found {
            Some(upload) if upload.file_id.is_none() && upload.error.is_none() => {}
            _ => break,
        }
        ctx.store().bell().notify_one();
        tokio::time::sleep(PAUSE).await;
        found = upload::own(ctx, agreement, id).await?;
    }
    Ok(found)
}

fn standing(upload: &Upload) -> Letter {
    match (&upload.file_id, &upload.error) {
        (Some(_), _) => Letter::Kept {
            made: upload.origin == "made",
            file: upload::row(upload),
        },
        (None, None) => Letter::Making,
        (None, Some(_)) => Letter::Failed,
    }
}

async fn request(ctx: &Ctx, opened: &Opened, form: Form, letter: Letter) -> Result<Request> {
    let dossier = &opened.dossier;
    let agreement = &dossier.loaded.agreement;
    let other = match ctx.actor {
        Actor::Employer { .. } => &dossier.parties.student_name,
        _ => &dossier.parties.employer_name,
    };
    let params = &dossier.params;
    Ok(Request {
        id: agreement.id,
        version: agreement.version,
        other: other.clone(),
        student: dossier.parties.student_name.clone(),
        number: agreement.state.number().unwrap_or_default().to_owned(),
        consent: params.counterparty_consent.then_some(params.escalate_days),
        proof: proof(ctx, opened).await?,
        form,
        letter,
    })
}

/// What the school asks for with a request.
async fn proof(ctx: &Ctx, opened: &Opened) -> Result<Proof> {
    factor::wanted(ctx, &opened.dossier.params, occasion(opened)).await
}

fn occasion(opened: &Opened) -> Occasion {
    Occasion::Terminate(opened.dossier.loaded.agreement.id)
}

fn key(ctx: &Ctx, id: AgreementId) -> Result<(domain::ids::SchoolId, AgreementId)> {
    Ok((ctx.school()?.id, id))
}

async fn back(ctx: &Ctx, id: AgreementId) -> Result<String> {
    Ok(links::agreement(&ctx.frame().await?, id))
}

/// Whether the rules would let the person do it now.
fn allowed(ctx: &Ctx, opened: &Opened, kind: CommandKind) -> Result<(), store::Error> {
    let dossier = &opened.dossier;
    let context = dossier.scene.context(&dossier.params, ctx.now())?;
    Ok(probe(&dossier.loaded.agreement, kind, &ctx.actor, &context)?)
}

/// The same, for a form that saw `version`.
fn still(ctx: &Ctx, opened: &Opened, kind: CommandKind, version: i64) -> Result<(), store::Error> {
    if opened.dossier.loaded.agreement.version != version {
        return Err(store::Error::Stale);
    }
    allowed(ctx, opened, kind)
}

/// 由系统生成解约函.
pub async fn order(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let opened = detail::at(&ctx, id).await?;
    let (version, back) = (act::version(&input)?, back(&ctx, id).await?);
    if let Err(late) = still(&ctx, &opened, CommandKind::RequestTermination, version) {
        return conflict::answer(&ctx, key(&ctx, id)?, late, &back).await;
    }
    let reason = match why(&input) {
        Ok(reason) => reason,
        Err(errors) => {
            let form = Form {
                input,
                errors,
                ..Form::default()
            };
            let view = request(&ctx, &opened, form, Letter::None).await?;
            return Ok(reply::unprocessable(termination::request_page(
                &ctx.frame().await?,
                &view,
            )));
        }
    };
    let ordered = words(&ctx, &opened, &reason)?;
    let (school, env, account) = (ctx.school()?.id, ctx.env().clone(), ctx.account());
    let name = format!(
        "{}.pdf",
        crate::i18n::tk(crate::i18n::Lang::Zh, "file_kind", "letter")
    );
    let made = ctx.store().write(move |c| {
        let (env, ordered, name) = (env.clone(), ordered.clone(), name.clone());
        Box::pin(
            async move { uploads::order_letter(c, (school, id), account, (&name, &ordered), &env).await },
        )
    });
    let letter = made.await?;
    ctx.store().bell().notify_one();
    Ok(reply::see_other(&format!("{back}/termination?letter={letter}")))
}

/// What a letter written by the system says.
fn words(ctx: &Ctx, opened: &Opened, reason: &Reason) -> Result<Ordered> {
    let dossier = &opened.dossier;
    let (agreement, parties) = (&dossier.loaded.agreement, &dossier.parties);
    let State::Effective { effect, .. } = &agreement.state else {
        return Err(Error::Stale);
    };
    let party = match ctx.actor {
        Actor::Employer { .. } => Party::Employer,
        _ => Party::Student,
    };
    Ok(Ordered {
        code: reason.code.clone(),
        letter: document::Letter {
            number: effect.number.clone(),
            employer: parties.employer_name.clone(),
            uscc: parties.uscc.clone(),
            student: parties.student_name.clone(),
            student_no: parties.student_no.clone(),
            college: super::who::spaced(&[&parties.college_name, &parties.major]),
            school: parties.school_name.clone(),
            position: agreement.content.terms.position.clone(),
            since: effect.since,
            party,
            reason: TERMINATION_REASON
                .name(&reason.code)
                .unwrap_or(&reason.code)
                .to_owned(),
            text: reason.text.clone(),
            dated: ctx.now(),
        },
    })
}

fn why(input: &Input) -> Result<Reason, Vec<FieldError>> {
    let codes: Vec<&str> = TERMINATION_REASON.all().map(|code| code.code).collect();
    reason::read(input, &codes)
}

/// 申请解约: with a letter that was sent now, sent before or written by the system.
pub async fn create(ctx: Ctx, Id(id): Id<AgreementId>, files: Files, Posted(input): Posted) -> Result {
    let opened = detail::at(&ctx, id).await?;
    let (version, back) = (act::version(&input)?, back(&ctx, id).await?);
    if let Err(late) = still(&ctx, &opened, CommandKind::RequestTermination, version) {
        return conflict::answer(&ctx, key(&ctx, id)?, late, &back).await;
    }
    let (form, letter, reason) = check(&ctx, &opened, &files, input).await?;
    let (form, given) = if form.errors.is_empty() {
        factor::given(&ctx, &proof(&ctx, &opened).await?, occasion(&opened), form).await?
    } else {
        (form, Given::default())
    };
    let (Some(reason), Some(kept), true) = (reason, &letter, form.errors.is_empty()) else {
        let letter = letter.as_ref().map_or(Letter::None, standing);
        let view = request(&ctx, &opened, form, letter).await?;
        let page = termination::request_page(&ctx.frame().await?, &view);
        return Ok(reply::unprocessable(page));
    };
    let command = Command::RequestTermination {
        reason,
        letter: kept.file_id,
        second_factor: given.factor,
    };
    let done = "termination_requested";
    perform_proved(&ctx, id, (command, version), (done, given.code)).await
}

/// 发送验证码: the same page with all that was typed and sent, and a code on its way.
pub async fn code(ctx: Ctx, Id(id): Id<AgreementId>, files: Files, Posted(input): Posted) -> Result {
    let opened = detail::at(&ctx, id).await?;
    let (version, back) = (act::version(&input)?, back(&ctx, id).await?);
    if let Err(late) = still(&ctx, &opened, CommandKind::RequestTermination, version) {
        return conflict::answer(&ctx, key(&ctx, id)?, late, &back).await;
    }
    let kept = (Some(id), Purpose::Letter);
    let sent = files.of("letter");
    let letter = upload::receive(&ctx, kept, sent, input.raw("kept")).await?;
    let mut form = Form::filled(input);
    if let (Err(fault), Some(_)) = (&letter, sent) {
        form.errors.push(fault.beside("letter"));
    }
    if form.errors.is_empty() {
        factor::send_own(&ctx, &opened.dossier.params, occasion(&opened), &mut form).await?;
    }
    let wrong = !form.errors.is_empty();
    let letter = letter.as_ref().map_or(Letter::None, standing);
    let view = request(&ctx, &opened, form, letter).await?;
    let page = termination::request_page(&ctx.frame().await?, &view);
    Ok(if wrong {
        reply::unprocessable(page)
    } else {
        page.into_response()
    })
}

/// The form with what has to be mended; the letter as far as it is there; the reason.
async fn check(
    ctx: &Ctx,
    opened: &Opened,
    files: &Files,
    input: Input,
) -> Result<(Form, Option<Upload>, Option<Reason>)> {
    let id = opened.dossier.loaded.agreement.id;
    let mut form = Form::filled(input);
    let reason = match why(&form.input) {
        Ok(reason) => Some(reason),
        Err(errors) => {
            form.errors = errors;
            None
        }
    };
    let kept = upload::receive(
        ctx,
        (Some(id), Purpose::Letter),
        files.of("letter"),
        form.input.raw("kept"),
    )
    .await?;
    let letter = match kept {
        Ok(upload) => {
            if reason.as_ref().is_some_and(|reason| differs(&upload, reason)) {
                form = form.with_error("letter", "letter_differs");
            }
            Some(upload)
        }
        Err(fault) => {
            form.errors.push(fault.beside("letter"));
            None
        }
    };
    Ok((form, letter, reason))
}

/// A letter that the system wrote gives the reason that was written then.
fn differs(upload: &Upload, reason: &Reason) -> bool {
    upload::ordered(upload).is_some_and(|said| said.code != reason.code || said.letter.text != reason.text)
}

async fn perform(ctx: &Ctx, id: AgreementId, asked: (Command, i64), done: &str) -> Result {
    perform_proved(ctx, id, asked, (done, None)).await
}

/// The same, with the code that proves who asks.
async fn perform_proved(
    ctx: &Ctx,
    id: AgreementId,
    (command, version): (Command, i64),
    (done, code): (&str, Option<Right>),
) -> Result {
    let (key, back) = (key(ctx, id)?, back(ctx, id).await?);
    let asked = Asked {
        command,
        ticked: BTreeSet::new(),
        version,
    };
    match act::perform_proved(ctx, key, asked, code).await {
        Ok(agreement) => {
            let ended = matches!(agreement.state, State::Terminated { .. });
            Ok(ctx.done(&back, if ended { "terminated" } else { done }, &[]))
        }
        Err(late) => conflict::answer(ctx, key, late, &back).await,
    }
}
