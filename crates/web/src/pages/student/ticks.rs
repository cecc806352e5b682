//! 逐条确认, saved as they are made.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// Saves the ticks.
pub async fn update(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
