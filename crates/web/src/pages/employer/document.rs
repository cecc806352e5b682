//! 查看 and 打印.

use crate::ctx::{At, Ctx};
use crate::error::Result;
use crate::pages::shared::document;
use crate::params::{Id, Query};
use domain::ids::AgreementId;

/// 查看.
pub async fn show(ctx: Ctx, at: At, Id(id): Id<AgreementId>) -> Result {
    document::show(&ctx, at.school.id, id).await
}

/// 打印.
pub async fn pdf(ctx: Ctx, at: At, Id(id): Id<AgreementId>, Query(query): Query) -> Result {
    document::pdf(&ctx, at.school.id, id, &query).await
}
