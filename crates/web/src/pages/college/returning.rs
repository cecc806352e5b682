//! 退回, with a reason.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::review;
use crate::params::Id;
use domain::ids::AgreementId;

/// Sends it back.
pub async fn create(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    review::give_back(&ctx, id, input).await
}
