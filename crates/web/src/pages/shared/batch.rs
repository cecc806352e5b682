//! Many agreements approved at once: each in a transaction of its own, only those about which there is
//! nothing to look at, and the answer says of each what became of it.

use std::collections::BTreeSet;

use super::act::{self, Asked};
use super::queue;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::i18n::tk;
use crate::tr;
use crate::views::part::denied_text;
use crate::views::review::batch::{self, Outcome, OutcomeRow};
use axum::response::IntoResponse;
use domain::agreement::checks::{Check, checks, of_certificate};
use domain::agreement::form::Input;
use domain::agreement::{Command, Refusal};
use domain::ids::{AgreementId, SchoolId};
use domain::params::{SchoolParams, china};
use domain::policy::Actor;
use std::collections::BTreeMap;
use store::licences::Basis;
use store::lists::{self, Item};
use store::reviewing::{self, Ground};
use store::{Conn, agreements};

/// The most agreements of a batch.
const MOST: usize = 100;

/// One choice of the form: `id:version`.
fn chosen(input: &Input) -> Result<Vec<(AgreementId, i64)>> {
    let read = |text: &String| {
        let (id, version) = text.split_once(':')?;
        Some((id.parse().ok()?, version.parse().ok()?))
    };
    let all: Option<Vec<_>> = input.all("agreement").iter().map(read).collect();
    all.filter(|all| all.len() <= MOST).ok_or(Error::BadRequest)
}

struct Data {
    items: Vec<Item>,
    grounds: Vec<Ground>,
    params: BTreeMap<i32, SchoolParams>,
}

async fn read(
    c: &mut Conn<'_>,
    school: SchoolId,
    ids: &[AgreementId],
) -> std::result::Result<Data, store::Error> {
    let grounds = reviewing::grounds(c, school, ids).await?;
    Ok(Data {
        items: lists::by_ids(c, school, ids).await?,
        params: params_of(c, school, grounds.iter().map(|ground| ground.year)).await?,
        grounds,
    })
}

/// The parameters of each of these years.
pub async fn params_of(
    c: &mut Conn<'_>,
    school: SchoolId,
    years: impl Iterator<Item = i32>,
) -> std::result::Result<BTreeMap<i32, SchoolParams>, store::Error> {
    let mut params = BTreeMap::new();
    for year in years.collect::<BTreeSet<_>>() {
        params.insert(year, agreements::params(c, school, year).await?);
    }
    Ok(params)
}

/// What is to be looked at about each of these agreements.
pub fn all_checks(
    ctx: &Ctx,
    grounds: &[Ground],
    params: &BTreeMap<i32, SchoolParams>,
) -> BTreeMap<AgreementId, Vec<Check>> {
    let today = ctx.now().to_zoned(china()).date();
    let of = |ground: &Ground| {
        let defaults = SchoolParams::default();
        let params = params.get(&ground.year).unwrap_or(&defaults);
        let mut found = checks((&ground.terms, ground.year), &ground.facts, params, today);
        let latest = ground.licence.as_ref().map(|(_, latest)| latest);
        found.extend(of_certificate(latest, &ground.code, today));
        (ground.id, found)
    };
    grounds.iter().map(of).collect()
}

/// Approves what was chosen, one after the other.
pub async fn approve(ctx: &Ctx, path: &str, input: &Input) -> Result {
    let chosen = chosen(input)?;
    if chosen.is_empty() {
        return queue::nothing_chosen(ctx, path).await;
    }
    let (school, ids) = (
        ctx.school()?.id,
        chosen.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
    );
    let reading = ids.clone();
    let data = ctx.store().read(move |c| {
        let ids = reading.clone();
        Box::pin(async move { read(c, school, &ids).await })
    });
    let data = data.await?;
    let checks = all_checks(ctx, &data.grounds, &data.params);
    let mut rows = Vec::new();
    for (id, version) in chosen {
        let item = data.items.iter().find(|item| item.id == id);
        let licence = data.grounds.iter().find(|ground| ground.id == id);
        let licence = licence
            .and_then(|ground| ground.licence.as_ref())
            .map(|(id, _)| *id);
        let found = (checks.get(&id), Basis::Checked(licence));
        let outcome = one(ctx, school, (id, version), found).await?;
        // Of what is not the reviewer's nothing is said but that it is not there.
        let item = item.filter(|_| !matches!(outcome, Outcome::Absent));
        rows.push(OutcomeRow {
            id,
            student: item.map(|item| item.student_name.clone()).unwrap_or_default(),
            employer: item.map(|item| item.employer_name.clone()).unwrap_or_default(),
            outcome,
        });
    }
    Ok(batch::page(&ctx.frame().await?, &rows).into_response())
}

async fn one(
    ctx: &Ctx,
    school: SchoolId,
    (id, version): (AgreementId, i64),
    (checks, basis): (Option<&Vec<Check>>, Basis),
) -> Result<Outcome> {
    let lang = ctx.lang();
    let (command, lasting) = match ctx.actor {
        Actor::School { .. } => (Command::SchoolApprove, true),
        _ => (Command::CollegeApprove, false),
    };
    // The rules first: whoever may not see it learns nothing of its checks.
    let Some(checks) = checks else {
        return Ok(Outcome::Absent);
    };
    if !visible(ctx, school, id).await? {
        return Ok(Outcome::Absent);
    }
    if !checks.is_empty() {
        let words: Vec<_> = checks.iter().map(|check| words(lang, *check)).collect();
        return Ok(Outcome::ToLookAt(words));
    }
    let asked = Asked {
        command,
        ticked: BTreeSet::new(),
        version,
    };
    match act::perform_on(ctx, (school, id), asked, basis).await {
        Ok(agreement) => Ok(Outcome::Approved {
            number: agreement.state.number().map(str::to_owned).filter(|_| lasting),
        }),
        Err(store::Error::Stale | store::Error::Unique(_)) => {
            Ok(Outcome::Refused(tr!(lang, "batch.stale").into_owned()))
        }
        Err(store::Error::Replaced) => Ok(Outcome::ToLookAt(vec![
            tr!(lang, "check.licence_renewed").into_owned(),
        ])),
        Err(store::Error::NotFound | store::Error::Refused(Refusal::Foreign)) => Ok(Outcome::Absent),
        Err(store::Error::Refused(refusal)) => Ok(Outcome::Refused(denied_text(lang, &refusal))),
        Err(error) => Err(error.into()),
    }
}

/// Whether the reviewer may see the agreement.
async fn visible(ctx: &Ctx, school: SchoolId, id: AgreementId) -> Result<bool> {
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { agreements::load(c, school, id).await }));
    let found = read.await?;
    Ok(found.is_some_and(|loaded| {
        ctx.may(domain::policy::Action::View, &loaded.agreement.subject())
            .is_ok()
    }))
}

/// A check in words.
pub fn words(lang: crate::i18n::Lang, check: Check) -> String {
    match check {
        Check::Doubts(n) => tr!(lang, "check.doubts", n = n).into_owned(),
        other => tk(lang, "check", other.code()).into_owned(),
    }
}
