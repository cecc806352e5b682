//! An agreement as its employer sees it.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::detail;
use crate::params::Id;
use crate::views::employer::agreement;
use crate::views::form::Form;
use axum::response::IntoResponse;
use domain::ids::AgreementId;
use maud::Markup;

/// The page.
pub async fn show(ctx: Ctx, Id(id): Id<AgreementId>) -> Result {
    Ok(page(&ctx, id, Form::default()).await?.into_response())
}

/// The page with a form that has to be mended.
pub async fn page(ctx: &Ctx, id: AgreementId, form: Form) -> Result<Markup> {
    let opened = detail::at(ctx, id).await?;
    let model = detail::model(ctx, &opened)?;
    Ok(agreement::page_with(&ctx.frame().await?, &model, &form))
}
