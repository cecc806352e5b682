//! 应约: every clause ticked in this very form, the signing method agreed to, password or code.

use super::offer::{self, Typed};
use crate::auth::factor::{self, Given, Occasion};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::act::{self, Asked};
use crate::pages::shared::conflict;
use crate::pages::shared::detail::{self, Opened};
use crate::params::Id;
use crate::reply;
use crate::views::form::Form;
use axum::response::IntoResponse;
use domain::agreement::form::Input;
use domain::agreement::probe::probe;
use domain::agreement::{Command, CommandKind, Party, StateKind, Ticks};
use domain::ids::AgreementId;
use maud::Markup;
use std::collections::BTreeSet;

/// Accepts.
pub async fn create(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let school = ctx.school()?.id;
    let opened = detail::open(&ctx, school, id).await?;
    let (version, back) = (act::version(&input)?, offer::address(id));
    if let Err(late) = still_open(&ctx, &opened, version) {
        return conflict::answer(&ctx, (school, id), late, &back).await;
    }
    let ticked: BTreeSet<String> = input.all("tick").iter().cloned().collect();
    let (form, given) = check(&ctx, &opened, &ticked, input).await?;
    if !form.errors.is_empty() {
        let page = again(&ctx, &opened, ticked, form).await?;
        return Ok(reply::unprocessable(page));
    }
    let command = Command::Accept {
        ticks: Ticks::new(),
        method_agreed: true,
        second_factor: given.factor,
    };
    let asked = Asked {
        command,
        ticked,
        version,
    };
    match act::perform_proved(&ctx, (school, id), asked, given.code).await {
        Ok(agreement) => Ok(ctx.done(&back, flash(agreement.state.kind()), &[])),
        Err(late) => conflict::answer(&ctx, (school, id), late, &back).await,
    }
}

/// The page with what was typed and ticked.
async fn again(ctx: &Ctx, opened: &Opened, ticked: BTreeSet<String>, form: Form) -> Result<Markup> {
    let typed = Typed {
        ticked: Some(ticked),
        acceptance: form,
        refusal: Form::default(),
    };
    offer::page(ctx, &ctx.frame().await?, opened, typed).await
}

/// 发送验证码: the same page with all that was typed, and a code on its way.
pub async fn code(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let school = ctx.school()?.id;
    let opened = detail::open(&ctx, school, id).await?;
    let (version, back) = (act::version(&input)?, offer::address(id));
    if let Err(late) = still_open(&ctx, &opened, version) {
        return conflict::answer(&ctx, (school, id), late, &back).await;
    }
    let ticked: BTreeSet<String> = input.all("tick").iter().cloned().collect();
    let mut form = Form::filled(input);
    factor::send_own(&ctx, &opened.dossier.params, Occasion::Accept(id), &mut form).await?;
    let wrong = !form.errors.is_empty();
    let page = again(&ctx, &opened, ticked, form).await?;
    Ok(if wrong {
        reply::unprocessable(page)
    } else {
        page.into_response()
    })
}

/// Whether the offer still stands as the student saw it; asked before the password, which should not be
/// spent on an offer that is gone.
fn still_open(ctx: &Ctx, opened: &Opened, version: i64) -> Result<(), store::Error> {
    let dossier = &opened.dossier;
    let agreement = &dossier.loaded.agreement;
    if agreement.version != version {
        return Err(store::Error::Stale);
    }
    let context = dossier.scene.context(&dossier.params, ctx.now())?;
    Ok(probe(agreement, CommandKind::Accept, &ctx.actor, &context)?)
}

/// The form with what has to be mended. The ticks of this form count, not those stored before: what was
/// taken back without a script is not confirmed. Password or code is tried last and only when all else is right.
async fn check(ctx: &Ctx, opened: &Opened, ticked: &BTreeSet<String>, input: Input) -> Result<(Form, Given)> {
    let content = &opened.dossier.loaded.agreement.content;
    let missing = content.unticked(Party::Student, &content.ticks_of(ticked));
    let mut form = Form::filled(input);
    if !missing.is_empty() {
        form = form.with_error("tick", "not_ticked");
    }
    if form.input.raw("signing") != "yes" {
        form = form.with_error("signing", "method_not_agreed");
    }
    let deed = Occasion::Accept(opened.dossier.loaded.agreement.id);
    factor::given(ctx, &offer::proof(ctx, opened).await?, deed, form).await
}

/// What the next page says: who has it now.
fn flash(state: StateKind) -> &'static str {
    match state {
        StateKind::SchoolReview => "accepted_school",
        StateKind::Effective => "accepted_effective",
        _ => "accepted",
    }
}
