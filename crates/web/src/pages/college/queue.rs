//! 待审核.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The queue.
pub async fn show(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
