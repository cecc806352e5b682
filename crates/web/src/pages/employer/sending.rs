//! 发起邀约.

use std::collections::BTreeSet;

use crate::ctx::{At, Ctx};
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::act::{self, Asked};
use crate::pages::shared::conflict;
use crate::params::Id;
use crate::views::links;
use domain::agreement::{Command, Ticks};
use domain::ids::AgreementId;

/// Sends the offer as it was saved; the student has until the end of the chosen day.
pub async fn create(ctx: Ctx, at: At, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let deadline = act::deadline(&ctx, input.raw("reply_days"));
    let command = Command::Send {
        deadline,
        ticks: Ticks::new(),
    };
    let asked = Asked {
        command,
        ticked: BTreeSet::new(),
        version: act::version(&input)?,
    };
    let done = act::perform(&ctx, at.school.id, id, asked).await;
    let back = links::agreement(&ctx.frame().await?, id);
    match done {
        Ok(_) => Ok(ctx.done(&back, "sent", &[])),
        Err(late) => conflict::answer(&ctx, (at.school.id, id), late, &back).await,
    }
}
