//! 消息.

use crate::ctx::{At, Ctx};
use crate::error::Result;
use crate::pages::shared::inbox;
use crate::params::Query;
use crate::views::links;

/// The inbox.
pub async fn list(ctx: Ctx, at: At, Query(query): Query) -> Result {
    let path = links::messages(&ctx.frame().await?);
    inbox::list(&ctx, at.school.id, &path, &query).await
}

/// Everything has been read.
pub async fn seen(ctx: Ctx, at: At) -> Result {
    let path = links::messages(&ctx.frame().await?);
    inbox::seen(&ctx, at.school.id, &path).await
}
