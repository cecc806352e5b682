//! 网签三方协议, by state.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::queue;
use crate::params::Query;

/// The list.
pub async fn list(ctx: Ctx, Query(asked): Query) -> Result {
    queue::list(&ctx, "/school/agreements", &asked, false).await
}

/// 导出 Excel.
pub async fn export(ctx: Ctx, Query(asked): Query) -> Result {
    queue::export(&ctx, &asked).await
}
