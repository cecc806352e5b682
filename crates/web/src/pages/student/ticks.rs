//! 逐条确认, saved as they are made: by the page's script, or by a button where no script runs.

use super::offer;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::form::Form as Posted;
use crate::pages::shared::{act, conflict};
use crate::params::Id;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use domain::ids::AgreementId;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::agreements::{self, Origin, Ticked};
use store::{Conn, Error};

/// Saves the ticks: exactly those of the form.
pub async fn update(ctx: Ctx, Id(id): Id<AgreementId>, headers: HeaderMap, Posted(input): Posted) -> Result {
    let school = ctx.school()?.id;
    let keys: BTreeSet<String> = input.all("tick").iter().cloned().collect();
    let saving = Arc::new(Saving {
        ctx: ctx.clone(),
        id,
        version: act::version(&input)?,
        keys,
        origin: act::origin(&ctx),
    });
    let saved = ctx.store().write(move |c| {
        let saving = Arc::clone(&saving);
        Box::pin(async move { saving.save(c).await })
    });
    match saved.await {
        Ok(()) if headers.contains_key("x-requested-with") => Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(()) => Ok(ctx.done(&format!("{}#clauses", offer::address(id)), "ticks_saved", &[])),
        Err(late) => conflict::answer(&ctx, (school, id), late, &offer::address(id)).await,
    }
}

struct Saving {
    ctx: Ctx,
    id: AgreementId,
    version: i64,
    keys: BTreeSet<String>,
    origin: Origin,
}

impl Saving {
    /// A tick is given for the words that were shown, so an agreement of another version takes none.
    async fn save(&self, c: &mut Conn<'_>) -> Result<(), Error> {
        let school = self.ctx.person.home;
        let loaded = agreements::load(c, school, self.id)
            .await?
            .ok_or(Error::NotFound)?;
        let ticked = Ticked {
            keys: &self.keys,
            actor: &self.ctx.actor,
            origin: &self.origin,
            now: self.ctx.now(),
        };
        let content = if loaded.agreement.version == self.version {
            loaded.agreement.content_version
        } else {
            0
        };
        // An agreement that is not this student's answers as an absent one, whatever its version.
        agreements::tick(c, school, self.id, content, &ticked)
            .await
            .map(drop)
    }
}
