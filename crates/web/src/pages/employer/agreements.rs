//! 网签三方协议: the four tabs.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// A tab.
pub async fn list(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
