//! An agreement as its employer sees it.

use crate::ctx::{At, Ctx};
use crate::error::{Error, Result};
use crate::pages::shared::detail;
use crate::params::Id;
use crate::views::employer::agreement::page;
use axum::response::IntoResponse;
use domain::ids::AgreementId;

/// The page.
pub async fn show(ctx: Ctx, at: At, Id(id): Id<AgreementId>) -> Result {
    let opened = detail::open(&ctx, at.school.id, id).await?;
    if opened.dossier.loaded.agreement.year != at.year {
        return Err(Error::NotFound);
    }
    let frame = ctx.frame().await?;
    Ok(page(&frame, &detail::model(&ctx, &opened)?).into_response())
}
