//! What is done about a request for termination: by the other party, by reviewers, by whoever asked; and voiding,
//! by two members of staff.

use super::super::{act, conflict, detail, reason};
use super::{back, key, perform, still};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::form::Form as Posted;
use crate::params::Id;
use crate::reply;
use crate::views::form::Form;
use crate::views::termination::{REFUSE_REASONS, VOID_NAMES, VOID_REASONS};
use domain::agreement::form::Input;
use domain::agreement::{Command, CommandKind, Reason};
use domain::ids::AgreementId;

/// 同意解约: the letter has been read.
pub async fn consent(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    if input.raw("read") != "yes" {
        let opened = detail::at(&ctx, id).await?;
        let version = act::version(&input)?;
        if let Err(late) = still(&ctx, &opened, CommandKind::ConsentTermination, version) {
            return conflict::answer(&ctx, key(&ctx, id)?, late, &back(&ctx, id).await?).await;
        }
        let form = Form::filled(input).with_error("read", "letter_unread");
        return Ok(reply::unprocessable(
            super::super::pages::agreement(&ctx, id, form).await?,
        ));
    }
    let version = act::version(&input)?;
    perform(
        &ctx,
        id,
        (Command::ConsentTermination, version),
        "termination_consented",
    )
    .await
}

/// 不同意解约.
pub async fn refuse(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let deed = Deed {
        make: |reason| Command::RefuseTermination { reason },
        kind: CommandKind::RefuseTermination,
        list: &REFUSE_REASONS,
        names: reason::NAMES,
        done: "termination_refused",
    };
    reasoned(ctx, id, input, deed).await
}

/// 驳回.
pub async fn reject(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let deed = Deed {
        make: |reason| Command::RejectTermination { reason },
        kind: CommandKind::RejectTermination,
        list: &REFUSE_REASONS,
        names: reason::NAMES,
        done: "termination_rejected",
    };
    reasoned(ctx, id, input, deed).await
}

/// An act with a reason: the command, its kind, the list of reasons, what the next page says.
struct Deed {
    make: fn(Reason) -> Command,
    kind: CommandKind,
    list: &'static [&'static str],
    names: reason::Names,
    done: &'static str,
}

async fn reasoned(ctx: Ctx, id: AgreementId, input: Input, deed: Deed) -> Result {
    let version = act::version(&input)?;
    match reason::read_named(&input, deed.list, deed.names) {
        Ok(reason) => perform(&ctx, id, ((deed.make)(reason), version), deed.done).await,
        Err(errors) => {
            let opened = detail::at(&ctx, id).await?;
            if let Err(late) = still(&ctx, &opened, deed.kind, version) {
                return conflict::answer(&ctx, key(&ctx, id)?, late, &back(&ctx, id).await?).await;
            }
            let form = Form {
                input,
                errors,
                ..Form::default()
            };
            Ok(reply::unprocessable(
                super::super::pages::agreement(&ctx, id, form).await?,
            ))
        }
    }
}

/// 撤销解约申请.
pub async fn cancel(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let version = act::version(&input)?;
    perform(
        &ctx,
        id,
        (Command::CancelTermination, version),
        "termination_cancelled",
    )
    .await
}

/// 同意解约, as the reviewer whose turn it is.
pub async fn approve(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let version = act::version(&input)?;
    perform(
        &ctx,
        id,
        (Command::ApproveTermination, version),
        "termination_approved",
    )
    .await
}

/// 转入审核 without an answer of the other party.
pub async fn escalate(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let version = act::version(&input)?;
    perform(
        &ctx,
        id,
        (Command::EscalateTermination, version),
        "termination_escalated",
    )
    .await
}

/// 申请作废: the first member of staff.
pub async fn propose_void(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let deed = Deed {
        make: |reason| Command::ProposeVoid { reason },
        kind: CommandKind::ProposeVoid,
        list: &VOID_REASONS,
        names: VOID_NAMES,
        done: "void_proposed",
    };
    reasoned(ctx, id, input, deed).await
}

/// 确认作废: the second one.
pub async fn confirm_void(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let version = act::version(&input)?;
    perform(&ctx, id, (Command::ConfirmVoid, version), "voided").await
}

/// 撤销作废申请.
pub async fn drop_void(ctx: Ctx, Id(id): Id<AgreementId>, Posted(input): Posted) -> Result {
    let version = act::version(&input)?;
    perform(&ctx, id, (Command::DropVoid, version), "void_dropped").await
}
