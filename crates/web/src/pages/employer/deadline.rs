//! 延长应约期限.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// Gives more time.
pub async fn create(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
