//! 我的协议.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// All offers and agreements.
pub async fn list(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
