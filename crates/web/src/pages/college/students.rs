//! 生源信息.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The list.
pub async fn list(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}

/// Approves a batch.
pub async fn approve(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
