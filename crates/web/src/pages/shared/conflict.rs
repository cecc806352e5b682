//! The answer to an act that came too late: what happened, in words, and the way back to look.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::i18n::tk;
use crate::tr;
use crate::views::part::denied_text;
use crate::views::public::error::{self, ErrorKind, ErrorPage};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::agreement::Refusal;
use domain::eligibility::Block;
use domain::ids::{AgreementId, SchoolId};
use domain::policy::{self, Action};
use store::agreements;

/// For an act on an agreement that failed: a page with the way `back` when somebody else was faster or the
/// rules refuse, and the common answer to everything else.
pub async fn answer(
    ctx: &Ctx,
    (school, id): (SchoolId, AgreementId),
    failed: store::Error,
    back: &str,
) -> Result {
    let (kind, detail) = match &failed {
        store::Error::Stale | store::Error::Unique(_) => {
            (ErrorKind::Conflict, changed(ctx, school, id).await?)
        }
        store::Error::Refused(Refusal::Foreign | Refusal::NotAllowed) => return Err(failed.into()),
        store::Error::Refused(refusal) => (kind(refusal), denied_text(ctx.lang(), refusal)),
        _ => return Err(failed.into()),
    };
    page(ctx, kind, (detail, back)).await
}

/// Somebody may have been faster when the state does not fit, or another agreement stands in the way;
/// everything else was so before.
pub fn kind(refusal: &Refusal) -> ErrorKind {
    match refusal {
        Refusal::WrongState(_) | Refusal::OfferOpen | Refusal::NotEligible(Block::AlreadySigned) => {
            ErrorKind::Conflict
        }
        _ => ErrorKind::Denied,
    }
}

async fn page(ctx: &Ctx, kind: ErrorKind, (detail, back): (String, &str)) -> Result {
    let view = ErrorPage {
        kind,
        detail,
        back: Some(back.to_owned()),
        request: String::new(),
    };
    Ok((StatusCode::CONFLICT, error::page(&ctx.frame().await?, &view)).into_response())
}

/// What has become of the agreement, as far as the person may see it.
async fn changed(ctx: &Ctx, school: SchoolId, id: AgreementId) -> Result<String> {
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { agreements::load(c, school, id).await }));
    let agreement = read.await?.ok_or(Error::NotFound)?.agreement;
    if policy::may(&ctx.actor, Action::View, &agreement.subject()).is_err() {
        return Ok(tr!(ctx.lang(), "conflict.gone").into_owned());
    }
    let state = tk(ctx.lang(), "state", agreement.state.kind().code());
    Ok(tr!(ctx.lang(), "conflict.changed", state = state).into_owned())
}
