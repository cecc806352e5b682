//! 延长答复期限.

use std::collections::BTreeSet;

use crate::ctx::{At, Ctx};
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::act::{self, Asked};
use crate::params::Id;
use crate::views::links;
use domain::agreement::Command;
use domain::ids::AgreementId;

/// Gives the student more time.
pub async fn create(ctx: Ctx, at: At, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let command = Command::ExtendDeadline {
        deadline: act::deadline(&ctx, input.raw("days")),
    };
    let asked = Asked {
        command,
        ticked: BTreeSet::new(),
        version: act::version(&input)?,
    };
    act::perform(&ctx, at.school.id, id, asked).await?;
    let frame = ctx.frame().await?;
    Ok(ctx.done(&links::agreement(&frame, id), "extended", &[]))
}
