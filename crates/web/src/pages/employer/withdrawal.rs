//! 撤回.

use std::collections::BTreeSet;

use crate::ctx::{At, Ctx};
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::act::{self, Asked};
use crate::pages::shared::conflict;
use crate::params::Id;
use crate::views::links;
use domain::agreement::Command;
use domain::ids::AgreementId;

/// Takes the offer back, if the student has not answered.
pub async fn create(ctx: Ctx, at: At, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let asked = Asked {
        command: Command::Withdraw,
        ticked: BTreeSet::new(),
        version: act::version(&input)?,
    };
    let done = act::perform(&ctx, at.school.id, id, asked).await;
    let back = links::agreement(&ctx.frame().await?, id);
    match done {
        Ok(_) => Ok(ctx.done(&back, "withdrawn", &[])),
        Err(late) => conflict::answer(&ctx, (at.school.id, id), late, &back).await,
    }
}
