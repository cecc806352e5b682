//! 查看 and 打印.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::document;
use crate::params::{Id, Query};
use domain::ids::AgreementId;

/// 查看.
pub async fn show(ctx: Ctx, Id(id): Id<AgreementId>) -> Result {
    document::show(&ctx, ctx.school()?.id, id).await
}

/// 打印.
pub async fn pdf(ctx: Ctx, Id(id): Id<AgreementId>, Query(asked): Query) -> Result {
    document::pdf(&ctx, ctx.school()?.id, id, &asked).await
}
