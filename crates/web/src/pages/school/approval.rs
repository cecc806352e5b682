//! 通过.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// Approves; at the last level the agreement takes effect.
pub async fn create(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
