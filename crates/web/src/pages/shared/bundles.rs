//! 批量下载: many documents as one file. Asked for with the filter of a list, made by the worker, given only to
//! whoever asked and may still see the list; every giving is written down.

use super::queue;
use super::upload::disposition;
use crate::ctx::{At, Ctx};
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::pages::employer;
use crate::params::{Id, PathId, Query};
use crate::reply;
use crate::views::bundles::{self as views, Ask, BundleLine, Bundles};
use crate::views::links;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::agreement::form::Input;
use domain::ids::SchoolId;
use domain::params::china;
use domain::policy::Actor;
use std::str::FromStr;
use store::bundles::{self, Bundle, Form, NewBundle, Note, Owner};
use store::files::Passing;
use store::lists::{self, Filter};
use uuid::Uuid;

/// What may run in a browser of what is given out: nothing.
pub(super) const SANDBOX: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// A bundle in an address.
#[derive(Debug, Clone, Copy)]
pub struct BundleId(pub Uuid);

impl FromStr for BundleId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> std::result::Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl PathId for BundleId {
    const NAME: &'static str = "bundle";
}

/// A list with its filter, as the address names it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose list.
    pub owner: Owner,
    /// What of it.
    pub filter: Filter,
    /// What it is called.
    pub title: String,
}

/// The list that the address names; nothing where it names none, or one without agreements.
fn wanted(ctx: &Ctx, query: &Input) -> Result<Option<Wanted>> {
    let Actor::Employer { employer, .. } = ctx.actor else {
        return Ok(match query.text("state") {
            Some(_) => Some(queue::wanted(ctx, query)?),
            None => None,
        });
    };
    let (school, year) = ctx.school.clone().zip(ctx.year).ok_or(Error::NotFound)?;
    let at = At {
        employer,
        school,
        year,
    };
    Ok(query
        .text("tab")
        .and_then(|_| employer::agreements::wanted(ctx.lang(), query, at)))
}

/// What was asked for, and what of the list can be asked for now.
pub async fn show(ctx: Ctx, Query(query): Query) -> Result {
    let wanted = wanted(&ctx, &query)?;
    Ok(page(&ctx, wanted, false).await?.into_response())
}

async fn page(ctx: &Ctx, wanted: Option<Wanted>, too_many: bool) -> Result<maud::Markup> {
    let (school, account) = (ctx.school()?.id, ctx.account());
    let list = wanted.clone();
    let read = ctx.store().read(move |c| {
        let list = list.clone();
        Box::pin(async move {
            let count = match &list {
                Some(list) => {
                    let counts = lists::counts(c, school, list.owner.list(), &list.filter).await?;
                    counts.iter().map(|(_, n)| n).sum()
                }
                None => 0,
            };
            Ok((count, bundles::of_account(c, school, account).await?))
        })
    });
    let (count, found) = read.await?;
    let frame = ctx.frame().await?;
    let mut lines = Vec::new();
    for bundle in found {
        if allowed(ctx, &bundle)? {
            lines.push(line(bundle));
        }
    }
    let query = ctx.here.path.split_once('?').map_or("", |(_, query)| query);
    let view = Bundles {
        ask: wanted.map(|wanted| Ask {
            title: wanted.title,
            count: natural(count),
            action: format!("{}/bundles?{query}", links::base(&frame)),
        }),
        too_many,
        lines,
    };
    Ok(views::page(&frame, &view))
}

fn natural(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn line(bundle: Bundle) -> BundleLine {
    BundleLine {
        id: bundle.id,
        missing: bundle
            .missing()
            .into_iter()
            .map(|missing| (missing.student, missing.number, missing.why))
            .collect(),
        title: bundle.title,
        form: bundle.form,
        is_tried_again: bundle.error.is_some() && bundle.status != "failed",
        status: bundle.status,
        total: natural(bundle.total),
        done: natural(bundle.done),
        skipped: natural(bundle.skipped),
        size: natural(bundle.size),
        asked: bundle.created_at,
        until: bundle.expires_at,
    }
}

/// Whether the bundle is of a list that its asker may still see.
fn allowed(ctx: &Ctx, bundle: &Bundle) -> Result<bool> {
    let fits = match bundle.owner()? {
        Owner::Employer(employer, year) => {
            ctx.employer().is_ok_and(|own| own == employer) && ctx.year == Some(year)
        }
        Owner::Colleges(colleges) => colleges.iter().all(|college| ctx.colleges().contains(college)),
        Owner::School => matches!(ctx.actor, Actor::School { .. }),
    };
    Ok(fits && bundle.account_id == ctx.account())
}

/// Asks for a bundle.
pub async fn create(ctx: Ctx, Query(query): Query, Posted(input): Posted) -> Result {
    let wanted = wanted(&ctx, &query)?.ok_or(Error::BadRequest)?;
    let form = Form::from_code(input.raw("form")).ok_or(Error::BadRequest)?;
    let new = NewBundle {
        school: ctx.school()?.id,
        account: ctx.account(),
        address: ctx.here.address.clone(),
        owner: wanted.owner.clone(),
        filter: wanted.filter.clone(),
        form,
        title: wanted.title.clone(),
    };
    let env = ctx.env().clone();
    let created = ctx.store().write(move |c| {
        let (new, env) = (new.clone(), env.clone());
        Box::pin(async move { bundles::create(c, &new, &env).await })
    });
    if created.await?.is_none() {
        return Ok(reply::unprocessable(page(&ctx, Some(wanted), true).await?));
    }
    ctx.store().bell().notify_one();
    let path = format!("{}/bundles", links::base(&ctx.frame().await?));
    Ok(ctx.done(&path, "bundle_asked", &[]))
}

/// The bundle of the address, if it is this person's.
async fn own(ctx: &Ctx, id: Uuid) -> Result<(SchoolId, Bundle)> {
    let school = ctx.school()?.id;
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { bundles::get(c, school, id).await }));
    let found = read.await?.ok_or(Error::NotFound)?;
    if allowed(ctx, &found)? {
        Ok((school, found))
    } else {
        Err(Error::NotFound)
    }
}

/// Gives a finished bundle, part by part.
pub async fn file(ctx: Ctx, Id(BundleId(id)): Id<BundleId>) -> Result {
    let (school, bundle) = own(&ctx, id).await?;
    let is_there = bundle.status == "done" && bundle.expires_at > ctx.now();
    let bytes = bundle.bytes_id.filter(|_| is_there).ok_or(Error::NotFound)?;
    let (env, account, address) = (ctx.env().clone(), ctx.account(), ctx.here.address.clone());
    let noted = ctx.store().write(move |c| {
        let (env, address) = (env.clone(), address.clone());
        Box::pin(async move {
            let note = Note {
                kind: "given",
                account: Some(account),
                address: &address,
                note: "",
            };
            bundles::write_down(c, (school, id), &note, &env).await
        })
    });
    noted.await?;
    let day = bundle.created_at.to_zoned(china()).date();
    let name = format!("{}-{day}.{}", bundle.title, bundle.form);
    let kind = if bundle.form == "pdf" {
        "application/pdf"
    } else {
        "application/zip"
    };
    let passing = Passing { school, id: bytes };
    let mut response = Response::new(stream(&ctx, passing, bundle.parts));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bundle.size));
    let saved = HeaderValue::try_from(disposition(&name)).map_err(Error::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, saved);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    Ok(response)
}

fn stream(ctx: &Ctx, passing: Passing, parts: i64) -> Body {
    let (store, parts) = (ctx.store().clone(), u32::try_from(parts).unwrap_or(0));
    Body::from_stream(futures::stream::unfold(0, move |part| {
        let store = store.clone();
        async move {
            if part == parts {
                return None;
            }
            let read = passing.get(&store, (part, part + 1 == parts)).await;
            // After a fault nothing follows: the length says that something is missing.
            let next = if read.is_ok() { part + 1 } else { parts };
            Some((read, next))
        }
    }))
}

/// Throws a bundle away before its time.
pub async fn remove(ctx: Ctx, Id(BundleId(id)): Id<BundleId>) -> Result {
    let (school, bundle) = own(&ctx, id).await?;
    let (env, account, address) = (ctx.env().clone(), ctx.account(), ctx.here.address.clone());
    let removed = ctx.store().write(move |c| {
        let (env, address) = (env.clone(), address.clone());
        Box::pin(async move { bundles::remove(c, (school, id), (account, &address), &env).await })
    });
    removed.await?;
    if let Some(id) = bundle.bytes_id {
        Passing { school, id }.remove(ctx.store()).await?;
    }
    let path = format!("{}/bundles", links::base(&ctx.frame().await?));
    Ok(ctx.done(&path, "bundle_removed", &[]))
}
