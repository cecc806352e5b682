//! 简历.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// A student's résumé.
pub async fn show(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
