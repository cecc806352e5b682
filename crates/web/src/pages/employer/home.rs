//! `/employer`: on to a place, or why there is none yet.

use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// The schools of the employer, or straight on when there is one place.
pub async fn show(_ctx: Ctx) -> Result {
    Err(Error::NotFound)
}
