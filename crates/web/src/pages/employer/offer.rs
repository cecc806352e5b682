//! The offer form: a first draft and every edit. What was typed is kept whatever is wrong with it.

use std::collections::BTreeSet;

use crate::ctx::{At, Ctx};
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::pages::shared::act;
use crate::params::{Id, Query};
use crate::reply;
use crate::views::employer::offer::{Existing, Offer, page};
use crate::views::form::Form;
use crate::views::frame::Frame;
use crate::views::links;
use crate::views::part::{ClauseItem, Confirmation};
use axum::response::IntoResponse;
use domain::agreement::clause::Party;
use domain::agreement::form::{self, Input, Limits};
use domain::agreement::probe::probe;
use domain::agreement::template::{Template, supplementary_key};
use domain::agreement::terms::{Money, Terms};
use domain::agreement::{Agreement, Clause, Command, CommandKind, Content, Refusal};
use domain::codes::{POSITION_CATEGORY, PROVINCE};
use domain::ids::{AgreementId, StudentId};
use domain::params::{Discovery, SchoolParams, china};
use domain::policy::Action;
use store::agreements::{self, NewDraft};
use store::consents::Given;
use store::{Conn, consents, templates};

use super::found::{proof, proves};
use super::resume::{Seen, basics, see};

/// What the form stands on: the student, the school's rules, and the agreement once it exists.
struct Ground {
    /// What the address of the student ends with.
    proof: String,
    seen: Seen,
    params: SchoolParams,
    /// What an agreement is made from: now, or when this one was made.
    template: Template,
    existing: Option<Ready>,
}

struct Ready {
    agreement: Agreement,
    ticks: Given,
    send: Result<(), Refusal>,
    saved: jiff::Timestamp,
}

/// The empty form for a student.
pub async fn new(ctx: Ctx, at: At, Id(student): Id<StudentId>, Query(query): Query) -> Result {
    let ground = ground_of_student(&ctx, &at, (student, &query)).await?;
    if let Err(refusal) = &ground.seen.offer {
        return Err(refusal.clone().into());
    }
    let mut input = Input::default();
    input.set("contract", "fixed");
    input.set("archive_kind", "origin");
    input.set("household_kind", "stay");
    let id = AgreementId::new(ctx.now(), ctx.env().random.as_ref());
    input.set("id", id.to_string());
    input.set("template", ground.template.name());
    let frame = ctx.frame().await?;
    let view = view(&ctx, &ground, Form::filled(input));
    Ok(page(&frame, &view).into_response())
}

/// 保存: a draft. The form carries the identifier of the draft-to-be, so that one sent twice makes one.
pub async fn create(
    ctx: Ctx,
    at: At,
    Id(student): Id<StudentId>,
    Query(query): Query,
    Posted(input): Posted,
) -> Result {
    let ground = ground_of_student(&ctx, &at, (student, &query)).await?;
    let terms = match read(&ctx, &at, &ground.params, &input) {
        Ok(terms) => terms,
        Err(wrong) => return unprocessable(&ctx, &ground, *wrong).await,
    };
    let id: AgreementId = input.raw("id").parse().map_err(|_| Error::BadRequest)?;
    let new = NewDraft {
        id,
        school: at.school.id,
        student,
        content: Content::of(&ground.template, terms),
        ticked: if read_other(&input, &ground) {
            BTreeSet::new()
        } else {
            ticked(&input)
        },
        actor: ctx.actor.clone(),
        origin: act::origin(&ctx),
    };
    let env = ctx.env().clone();
    let created = ctx.store().write(move |c| {
        let (new, env) = (new.clone(), env.clone());
        Box::pin(async move { agreements::create(c, &new, &env).await })
    });
    let frame = ctx.frame().await?;
    match created.await {
        Ok(_) => Ok(ctx.done(&links::under(&frame, id, "edit"), "saved", &[])),
        Err(error) if error.is_unique("agreement_pkey") => {
            Ok(reply::see_other(&links::under(&frame, id, "edit")))
        }
        Err(error) => Err(error.into()),
    }
}

/// The form of an agreement.
pub async fn edit(ctx: Ctx, at: At, Id(id): Id<AgreementId>) -> Result {
    let ground = ground_of_agreement(&ctx, &at, id).await?;
    let Some(ready) = &ground.existing else {
        return Err(Error::NotFound);
    };
    let agreement = &ready.agreement;
    if !agreement.state.kind().is_editable() {
        return Err(Refusal::WrongState(agreement.state.kind()).into());
    }
    let input = form::to_input(&agreement.content.terms);
    let doubts = form::parse(&input, &limits(&ctx, &at, &ground.params)).map(|(_, doubts)| doubts);
    let form = Form::filled(input).with_doubts(&doubts.unwrap_or_default());
    let frame = ctx.frame().await?;
    Ok(page(&frame, &view(&ctx, &ground, form)).into_response())
}

/// 保存: a new content version; ticks of clauses that changed are gone.
pub async fn update(ctx: Ctx, at: At, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let ground = ground_of_agreement(&ctx, &at, id).await?;
    let terms = match read(&ctx, &at, &ground.params, &input) {
        Ok(terms) => terms,
        Err(wrong) => return unprocessable(&ctx, &ground, *wrong).await,
    };
    let content = Content::of(&ground.template, terms);
    let keys = as_shown(&ground, &content, ticked(&input));
    let command = Command::Edit {
        content: Box::new(content),
    };
    match act::perform(
        &ctx,
        at.school.id,
        id,
        act::Asked {
            command,
            ticked: keys,
            version: act::version(&input)?,
        },
    )
    .await
    {
        Ok(_) => Ok(ctx.done(&links::under(&ctx.frame().await?, id, "edit"), "saved", &[])),
        Err(store::Error::Stale | store::Error::Refused(Refusal::WrongState(_))) => {
            // What is stored now, and not what was when the request began.
            let ground = ground_of_agreement(&ctx, &at, id).await?;
            let form = Form::filled(input).with_error("version", "stale");
            unprocessable(&ctx, &ground, form).await
        }
        Err(error) => Err(error.into()),
    }
}

fn limits(ctx: &Ctx, at: &At, params: &SchoolParams) -> Limits {
    Limits {
        today: ctx.now().to_zoned(china()).date(),
        year: at.year,
        penalty_cap: params.penalty_cap,
        is_position_category: |code| POSITION_CATEGORY.accepts(code),
        is_province: |code| PROVINCE.accepts(code),
    }
}

/// The terms, or the form with what has to be mended.
fn read(ctx: &Ctx, at: &At, params: &SchoolParams, input: &Input) -> Result<Terms, Box<Form>> {
    match form::parse(input, &limits(ctx, at, params)) {
        Ok((terms, _)) => Ok(terms),
        Err(problems) => Err(Box::new(Form::filled(input.clone()).with_problems(&problems))),
    }
}

/// Whether another template came in force since the form was shown: what was ticked read otherwise.
fn read_other(input: &Input, ground: &Ground) -> bool {
    input
        .text("template")
        .is_some_and(|shown| shown != ground.template.name())
}

/// The keys of what was ticked. A supplementary clause is ticked where it is written, and fields that were
/// left empty make no clause: those that follow move up.
fn ticked(input: &Input) -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = input.all("tick").iter().cloned().collect();
    let mut number = 0;
    for (i, text) in input.all("supplementary").iter().enumerate() {
        let ticked = keys.remove(&supplementary_key(i + 1));
        if !text.trim().is_empty() {
            number += 1;
            if ticked {
                keys.insert(supplementary_key(number));
            }
        }
    }
    keys
}

/// The ticks that were given for the words as they now read: what this very edit changes was ticked as it
/// read before, and has to be read and ticked again.
fn as_shown(ground: &Ground, content: &Content, ticked: BTreeSet<String>) -> BTreeSet<String> {
    let Some(ready) = &ground.existing else {
        return ticked;
    };
    let shown = ready.agreement.content.ticks_of(&ticked);
    let changed = content.unticked(Party::Employer, &shown);
    ticked.into_iter().filter(|key| !changed.contains(key)).collect()
}

async fn unprocessable(ctx: &Ctx, ground: &Ground, form: Form) -> Result {
    let frame: Frame = ctx.frame().await?;
    Ok(reply::unprocessable(page(&frame, &view(ctx, ground, form))))
}

async fn ground_of_student(ctx: &Ctx, at: &At, (student, query): (StudentId, &Input)) -> Result<Ground> {
    let app = &ctx.here.app;
    let named = proves(app, at, query, student);
    let own = proof(app, at, Discovery::Exact, student);
    let (at, now) = (at.clone(), ctx.now());
    let ground = ctx.store().read(move |c| {
        let (at, own) = (at.clone(), own.clone());
        Box::pin(async move {
            let seen = see(c, &at, (student, named), now).await?;
            let params = agreements::params(c, at.school.id, at.year).await?;
            let template = templates::in_force(c, at.school.id, at.year).await?;
            Ok(Ground {
                proof: if named { own } else { String::new() },
                seen,
                params,
                template,
                existing: None,
            })
        })
    });
    Ok(ground.await?)
}

async fn ground_of_agreement(ctx: &Ctx, at: &At, id: AgreementId) -> Result<Ground> {
    let (at, now, actor) = (at.clone(), ctx.now(), ctx.actor.clone());
    let ground = ctx.store().read(move |c| {
        let (at, actor) = (at.clone(), actor.clone());
        Box::pin(async move { ready(c, &at, id, (&actor, now)).await })
    });
    Ok(ground.await?)
}

async fn ready(
    c: &mut Conn<'_>,
    at: &At,
    id: AgreementId,
    (actor, now): (&domain::policy::Actor, jiff::Timestamp),
) -> Result<Ground, store::Error> {
    let school = at.school.id;
    let loaded = agreements::load(c, school, id)
        .await?
        .ok_or(store::Error::NotFound)?;
    let agreement = loaded.agreement;
    let allowed = domain::policy::may(actor, Action::Edit, &agreement.subject());
    if allowed.is_err() || agreement.year != at.year {
        return Err(store::Error::NotFound);
    }
    let params = agreements::params(c, school, at.year).await?;
    let scene = agreements::scene(c, school, agreement.student, at.employer, id).await?;
    let ticks = consents::given(c, school, id, Party::Employer).await?;
    let hashes = ticks.iter().map(|(key, tick)| (key.clone(), tick.hash)).collect();
    let missing = agreement.content.unticked(Party::Employer, &hashes);
    let send = probe(
        &agreement,
        CommandKind::Send,
        actor,
        &scene.context(&params, now)?,
    );
    let send = send.and(if missing.is_empty() {
        Ok(())
    } else {
        Err(Refusal::NotTicked(missing))
    });
    let seen = see(c, at, (agreement.student, false), now).await?;
    let template = templates::by_name(c, school, &agreement.content.template).await?;
    let saved = loaded.updated_at;
    Ok(Ground {
        proof: String::new(),
        seen,
        params,
        template,
        existing: Some(Ready {
            agreement,
            ticks,
            send,
            saved,
        }),
    })
}

fn view(ctx: &Ctx, ground: &Ground, form: Form) -> Offer {
    let params = &ground.params;
    let existing = ground.existing.as_ref();
    Offer {
        student: ground.seen.student.id,
        proof: ground.proof.clone(),
        student_name: ground.seen.student.name.clone(),
        student_rows: basics(ctx, &ground.seen),
        clauses: clauses(ground, &form),
        form,
        existing: existing.map(|ready| Existing {
            id: ready.agreement.id,
            version: ready.agreement.version,
            state: ready.agreement.state.kind(),
            saved: ready.saved,
            send: ready.send.clone(),
        }),
        reply_days: (params.reply_days, params.reply_days_min, params.reply_days_max),
        penalty_cap: Money::yuan(params.penalty_cap).to_string(),
    }
}

/// The clauses with the ticks: as they were stored, or as they were sent with a form that has to be mended.
fn clauses(ground: &Ground, form: &Form) -> Vec<ClauseItem> {
    let existing = ground.existing.as_ref();
    let all: Vec<Clause> = existing.map_or_else(
        || ground.template.outline(),
        |ready| ready.agreement.content.clauses.clone(),
    );
    let sent_back = !form.errors.is_empty();
    let said = |clause: &Clause| {
        let stored = existing.and_then(|ready| ready.ticks.get(&clause.key));
        let stored = stored
            .filter(|tick| tick.hash == clause.hash())
            .map(|tick| tick.at);
        let given = if sent_back {
            form.has("tick", &clause.key)
                .then_some(jiff::Timestamp::UNIX_EPOCH)
        } else {
            stored
        };
        given.map_or(Confirmation::Missing, Confirmation::Given)
    };
    let item = |clause: Clause| ClauseItem {
        employer: said(&clause),
        student: Confirmation::NotAsked,
        before: None,
        clause,
    };
    all.into_iter().map(item).collect()
}
