//! `/help`.

use crate::ctx::Visitor;
use crate::error::Result;
use crate::views::public::help;
use maud::Markup;

/// How an agreement comes about, and the questions people ask.
pub async fn show(visitor: Visitor) -> Result<Markup> {
    Ok(help::page(&visitor.frame().await?))
}
