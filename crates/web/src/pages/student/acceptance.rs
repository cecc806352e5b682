//! 应约.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// Accepts.
pub async fn create(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
