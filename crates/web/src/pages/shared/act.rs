//! What every act on an agreement needs from a form: the version that was seen, where it came from, when
//! a deadline ends.

use std::collections::BTreeSet;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use domain::agreement::form::Input;
use domain::agreement::{Agreement, Command};
use domain::ids::{AgreementId, SchoolId};
use domain::params::china;
use jiff::{Timestamp, ToSpan};
use store::agreements::{self, Act, Origin};
use store::licences::Basis;
use store::passcodes::Right;
use unicode_normalization::UnicodeNormalization;

/// What a form asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The command.
    pub command: Command,
    /// Keys of the clauses ticked with it.
    pub ticked: BTreeSet<String>,
    /// The version of the agreement that the person saw.
    pub version: i64,
}

/// The version in a form.
pub fn version(input: &Input) -> Result<i64> {
    input.raw("version").parse().map_err(|_| Error::BadRequest)
}

/// The certificate that the form's page showed; empty where it showed none.
pub fn basis(input: &Input) -> Result<Basis> {
    match input.raw("licence") {
        "" => Ok(Basis::Shown(None)),
        id => id
            .parse()
            .map(|id| Basis::Shown(Some(id)))
            .map_err(|_| Error::BadRequest),
    }
}

/// Where the request came from.
pub fn origin(ctx: &Ctx) -> Origin {
    Origin {
        address: ctx.here.address.clone(),
        client: ctx.here.client.clone(),
    }
}

/// Does what a form asks for.
pub async fn perform(
    ctx: &Ctx,
    school: SchoolId,
    id: AgreementId,
    asked: Asked,
) -> Result<Agreement, store::Error> {
    perform_proved(ctx, (school, id), asked, None).await
}

/// The same, with the code that proves who asks; it is used up with the act or not at all.
pub async fn perform_proved(
    ctx: &Ctx,
    of: (SchoolId, AgreementId),
    asked: Asked,
    code: Option<Right>,
) -> Result<Agreement, store::Error> {
    agreements::perform_proved(ctx.store(), request(ctx, of, asked), code).await
}

/// The same for a reviewer, on the certificate that the page showed or a batch compared.
pub async fn perform_on(
    ctx: &Ctx,
    of: (SchoolId, AgreementId),
    asked: Asked,
    basis: Basis,
) -> Result<Agreement, store::Error> {
    agreements::perform_on(ctx.store(), request(ctx, of, asked), basis).await
}

fn request(ctx: &Ctx, (school, id): (SchoolId, AgreementId), asked: Asked) -> Act {
    Act {
        school,
        id,
        version: Some(asked.version),
        command: asked.command,
        ticked: asked.ticked,
        actor: ctx.actor.clone(),
        origin: origin(ctx),
    }
}

/// The end of the day that lies `days` after today in China. What is no number gives a moment that no
/// school allows, so that the rules answer with the range.
pub fn deadline(ctx: &Ctx, days: &str) -> Timestamp {
    let days: i64 = days.trim().nfkc().collect::<String>().parse().unwrap_or(10_000);
    let today = ctx.now().to_zoned(china()).date();
    let day = today.checked_add(days.clamp(0, 10_000).days()).unwrap_or(today);
    day.at(23, 59, 59, 0)
        .to_zoned(china())
        .map_or(ctx.now(), |end| end.timestamp())
}
