//! 总览 and 待审核.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The page.
pub async fn show(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
