//! 全部协议.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The list.
pub async fn list(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
