//! 通过.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::review;
use crate::params::Id;
use domain::ids::AgreementId;

/// Approves.
pub async fn create(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    review::approve(&ctx, id, &input).await
}
