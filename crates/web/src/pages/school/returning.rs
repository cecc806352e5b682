//! 退回.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// Sends back, with a reason.
pub async fn create(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
