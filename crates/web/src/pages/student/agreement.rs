//! One offer or agreement: an open offer is the page to answer it.

use super::offer::{self, Typed};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::detail;
use crate::params::Id;
use crate::views::form::Form;
use crate::views::student::agreement::{self, Signed};
use axum::response::IntoResponse;
use domain::agreement::{CommandKind, StateKind};
use domain::ids::AgreementId;
use maud::Markup;

/// The page.
pub async fn show(ctx: Ctx, Id(id): Id<AgreementId>) -> Result {
    Ok(page(&ctx, id, Form::default()).await?.into_response())
}

/// The page with a form that has to be mended.
pub async fn page(ctx: &Ctx, id: AgreementId, form: Form) -> Result<Markup> {
    let opened = detail::open(ctx, ctx.school()?.id, id).await?;
    let frame = ctx.frame().await?;
    let model = detail::model(ctx, &opened)?;
    if model.state == StateKind::Offered && model.may(CommandKind::Accept) {
        return offer::page(ctx, &frame, &opened, Typed::default()).await;
    }
    let view = Signed {
        agreement: model,
        employer_line: detail::employer_line(ctx.lang(), &opened.dossier),
        certified: offer::certified(&opened),
        form,
    };
    Ok(agreement::page(&frame, &view))
}
