//! 查看 and 打印.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// 查看.
pub async fn show(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}

/// 打印.
pub async fn pdf(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
