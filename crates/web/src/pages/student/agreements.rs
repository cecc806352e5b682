//! 我的签约: all offers and agreements.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::rows::offer_row;
use crate::views::student::list;
use axum::response::IntoResponse;
use store::lists;

/// The list.
pub async fn list(ctx: Ctx) -> Result {
    let (school, student) = (ctx.school()?.id, ctx.student()?);
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { lists::of_student(c, school, student).await }));
    let rows: Result<Vec<_>> = read
        .await?
        .into_iter()
        .map(|item| offer_row(ctx.lang(), item))
        .collect();
    Ok(list::page(&ctx.frame().await?, &rows?).into_response())
}
