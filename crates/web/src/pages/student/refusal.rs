//! 拒绝, with a reason.

use super::offer::{self, Typed};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::act::{self, Asked};
use crate::pages::shared::conflict;
use crate::pages::shared::detail;
use crate::pages::shared::reason;
use crate::params::Id;
use crate::reply;
use crate::views::form::Form;
use crate::views::student::offer::DECLINE_REASONS;
use domain::agreement::probe::probe;
use domain::agreement::{Command, CommandKind};
use domain::ids::AgreementId;
use std::collections::BTreeSet;

/// Declines.
pub async fn create(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let school = ctx.school()?.id;
    let (version, back) = (act::version(&input)?, offer::address(id));
    let reason = match reason::read(&input, &DECLINE_REASONS) {
        Ok(reason) => reason,
        Err(errors) => {
            return again(
                &ctx,
                id,
                Form {
                    input,
                    errors,
                    ..Form::default()
                },
            )
            .await;
        }
    };
    let asked = Asked {
        command: Command::Decline { reason },
        ticked: BTreeSet::new(),
        version,
    };
    match act::perform(&ctx, school, id, asked).await {
        Ok(_) => Ok(ctx.done(&back, "declined", &[])),
        Err(late) => conflict::answer(&ctx, (school, id), late, &back).await,
    }
}

/// The page with what was typed; or what happened meanwhile, when there is nothing left to decline.
async fn again(ctx: &Ctx, id: AgreementId, refusal: Form) -> Result {
    let school = ctx.school()?.id;
    let opened = detail::open(ctx, school, id).await?;
    let dossier = &opened.dossier;
    let context = dossier.scene.context(&dossier.params, ctx.now())?;
    if let Err(late) = probe(
        &dossier.loaded.agreement,
        CommandKind::Decline,
        &ctx.actor,
        &context,
    ) {
        return conflict::answer(ctx, (school, id), late.into(), &offer::address(id)).await;
    }
    let typed = Typed {
        refusal,
        ..Typed::default()
    };
    Ok(reply::unprocessable(
        offer::page(ctx, &ctx.frame().await?, &opened, typed).await?,
    ))
}
