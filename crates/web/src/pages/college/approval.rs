//! 通过.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// Approves.
pub async fn create(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
