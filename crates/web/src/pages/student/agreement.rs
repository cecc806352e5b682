//! One offer or agreement: an open offer is the page to answer it.

use super::offer::{self, Typed};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::detail;
use crate::params::Id;
use crate::views::student::agreement::{self, Signed};
use axum::response::IntoResponse;
use domain::agreement::{CommandKind, StateKind};
use domain::ids::AgreementId;

/// The page.
pub async fn show(ctx: Ctx, Id(id): Id<AgreementId>) -> Result {
    let opened = detail::open(&ctx, ctx.school()?.id, id).await?;
    let frame = ctx.frame().await?;
    let model = detail::model(&ctx, &opened)?;
    if model.state == StateKind::Offered && model.may(CommandKind::Accept) {
        return Ok(offer::page(&ctx, &frame, &opened, Typed::default())?.into_response());
    }
    let view = Signed {
        agreement: model,
        employer_line: detail::employer_line(ctx.lang(), &opened.dossier),
        certified: offer::certified(&opened),
    };
    Ok(agreement::page(&frame, &view).into_response())
}
