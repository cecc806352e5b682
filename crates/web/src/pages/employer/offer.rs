//! The offer form: first draft and edits.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The empty form for a student.
pub async fn new(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}

/// 保存: a draft.
pub async fn create(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}

/// The form of an agreement.
pub async fn edit(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}

/// 保存: a new content version.
pub async fn update(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
