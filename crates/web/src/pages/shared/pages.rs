//! The page of an agreement as the person's side has it, with a form that has to be mended.

use super::review;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::pages::{employer, student};
use crate::views::form::Form;
use domain::ids::AgreementId;
use domain::policy::Actor;
use maud::Markup;

/// The page.
pub async fn agreement(ctx: &Ctx, id: AgreementId, form: Form) -> Result<Markup> {
    match ctx.actor {
        Actor::Employer { .. } => employer::agreement::page(ctx, id, form).await,
        Actor::Student { .. } => student::agreement::page(ctx, id, form).await,
        Actor::College { .. } | Actor::School { .. } => review::page_with(ctx, id, form).await,
        Actor::Platform { .. } | Actor::System => Err(Error::NotFound),
    }
}
