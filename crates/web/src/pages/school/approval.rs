//! 通过.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::{batch, review};
use crate::params::Id;
use domain::ids::AgreementId;

/// Approves.
pub async fn create(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    review::approve(&ctx, id, &input).await
}

/// Approves many.
pub async fn create_many(ctx: Ctx, Posted(input): Posted) -> Result {
    batch::approve(&ctx, "/school/agreements", &input).await
}
