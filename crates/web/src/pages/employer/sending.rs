//! 发起邀约.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// Sends the offer.
pub async fn create(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
