//! 简历.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The form.
pub async fn show(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}

/// Saves it.
pub async fn update(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
