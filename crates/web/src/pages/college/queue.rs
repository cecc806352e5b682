//! 待办审核: the first page of a college.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::queue;
use crate::params::Query;

/// The queue.
pub async fn show(ctx: Ctx, Query(asked): Query) -> Result {
    queue::list(&ctx, "/college", &asked, true).await
}
