//! 撤回.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// Takes the offer back.
pub async fn create(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
