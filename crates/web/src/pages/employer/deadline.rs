//! 延长答复期限.

use std::collections::BTreeSet;

use crate::ctx::{At, Ctx};
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::act::{self, Asked};
use crate::pages::shared::{conflict, detail};
use crate::params::Id;
use crate::reply;
use crate::views::employer::agreement::page_with;
use crate::views::form::{FieldError, Form};
use crate::views::links;
use domain::agreement::{Command, Refusal};
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
    let done = act::perform(&ctx, at.school.id, id, asked).await;
    let frame = ctx.frame().await?;
    let back = links::agreement(&frame, id);
    let wrong = match done {
        Ok(_) => return Ok(ctx.done(&back, "extended", &[])),
        Err(store::Error::Refused(Refusal::DeadlineOutOfRange { min, max })) => FieldError {
            params: vec![("min", min.to_string()), ("max", max.to_string())],
            ..FieldError::new("days", "days_out_of_range")
        },
        Err(store::Error::Refused(Refusal::NotAnExtension)) => FieldError::new("days", "not_later"),
        Err(late) => return conflict::answer(&ctx, (at.school.id, id), late, &back).await,
    };
    let mut form = Form::filled(input);
    form.errors.push(wrong);
    let opened = detail::open(&ctx, at.school.id, id).await?;
    let view = detail::model(&ctx, &opened)?;
    Ok(reply::unprocessable(page_with(&frame, &view, &form)))
}
