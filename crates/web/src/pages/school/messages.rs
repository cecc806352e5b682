//! 消息.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::inbox;
use crate::params::Query;

const PATH: &str = "/school/messages";

/// The inbox.
pub async fn list(ctx: Ctx, Query(asked): Query) -> Result {
    inbox::list(&ctx, ctx.school()?.id, PATH, &asked).await
}

/// Everything has been read.
pub async fn seen(ctx: Ctx) -> Result {
    inbox::seen(&ctx, ctx.school()?.id, PATH).await
}
