//! 工作台: the first page at a school and graduation year.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The workbench.
pub async fn show(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
