//! One agreement, to be reviewed.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::review;
use crate::params::Id;
use domain::ids::AgreementId;

/// The page.
pub async fn show(ctx: Ctx, Id(id): Id<AgreementId>) -> Result {
    review::show(&ctx, id).await
}
