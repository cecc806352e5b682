//! One agreement beside its evidence.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The page.
pub async fn show(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
