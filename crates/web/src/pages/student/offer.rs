//! What the pages of an open offer share: its view model with what was typed and ticked, and the way back.

use crate::auth::factor::{self, Occasion};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::detail::{self, Opened};
use crate::views::agreement::AgreementView;
use crate::views::form::Form;
use crate::views::frame::Frame;
use crate::views::part::Confirmation;
use crate::views::proof::Proof;
use crate::views::student::offer::{self, Offer};
use domain::agreement::Party;
use domain::eligibility::Admission;
use domain::ids::AgreementId;
use maud::Markup;
use std::collections::BTreeSet;

/// The address of an agreement's page.
pub fn address(id: AgreementId) -> String {
    format!("/student/agreements/{id}")
}

/// What the school asks for at acceptance.
pub async fn proof(ctx: &Ctx, opened: &Opened) -> Result<Proof> {
    let deed = Occasion::Accept(opened.dossier.loaded.agreement.id);
    factor::wanted(ctx, &opened.dossier.params, deed).await
}

/// Whether the employer is certified.
pub fn certified(opened: &Opened) -> bool {
    opened.dossier.scene.certification == Admission::Approved.code()
}

/// The page of an open offer. `ticked` are the ticks of a form that came back; the stored ones otherwise.
pub async fn page(ctx: &Ctx, frame: &Frame, opened: &Opened, typed: Typed) -> Result<Markup> {
    let mut agreement = detail::model(ctx, opened)?;
    if let Some(ticked) = &typed.ticked {
        retick(&mut agreement, ticked, ctx.now());
    }
    let waiting = frame.user.as_ref().map_or(0, |user| user.waiting);
    let view = Offer {
        agreement,
        employer_line: detail::employer_line(ctx.lang(), &opened.dossier),
        certified: certified(opened),
        others: waiting.saturating_sub(1),
        proof: proof(ctx, opened).await?,
        form: typed.acceptance,
        refusal: typed.refusal,
    };
    Ok(offer::page(frame, &view))
}

/// What came with a form that is shown again.
#[derive(Default)]
pub struct Typed {
    /// The ticks.
    pub ticked: Option<BTreeSet<String>>,
    /// The acceptance.
    pub acceptance: Form,
    /// The refusal.
    pub refusal: Form,
}

/// Shows the ticks as they were posted, stored or not.
fn retick(agreement: &mut AgreementView, ticked: &BTreeSet<String>, now: jiff::Timestamp) {
    for item in &mut agreement.clauses {
        if item.said(Party::Student) == Confirmation::NotAsked {
            continue;
        }
        item.student = match (ticked.contains(&item.clause.key), item.student) {
            (true, Confirmation::Given(at)) => Confirmation::Given(at),
            (true, _) => Confirmation::Given(now),
            (false, _) => Confirmation::Missing,
        };
    }
}
