//! 消息.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The inbox.
pub async fn list(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}

/// Everything has been read.
pub async fn seen(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
