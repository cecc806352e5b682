//! The draft of a template with sample data, and versions to read. The worker prints, as it does everywhere.

use super::template::{Data, load};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::params::{PathText, Query};
use crate::reply;
use crate::tr;
use crate::views::document::Pdf;
use crate::views::review::template::{PATH, address, scope, version_name};
use crate::views::review::template_paper::{Paper, page};
use axum::response::IntoResponse;
use domain::agreement::Clause;
use domain::agreement::template::{Template, sample_terms};
use domain::params::china;
use std::time::Duration;
use store::files::Passing;
use store::outbox::{self, PreviewJob};
use store::templates::{self, Draft};

/// How often the worker is looked after, and how long in between: two seconds in all.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// The draft with sample data.
pub async fn preview(ctx: Ctx, Query(query): Query) -> Result {
    let data = load(&ctx, &query).await?;
    let Some(draft) = &data.draft else {
        return Ok(reply::see_other(&address(PATH, data.year)));
    };
    let lang = ctx.lang();
    let year = i16::try_from(data.year).ok().filter(|year| *year > 0);
    let year = year.unwrap_or_else(|| ctx.now().to_zoned(china()).year());
    let read = Template::read("draft", &draft.sources()?);
    let (clauses, pdf) = match &read {
        Ok(template) => (
            template.clauses(&sample_terms(year)),
            Some(stand(&ctx, &data, draft).await?),
        ),
        Err(_) => (Vec::new(), None),
    };
    let view = Paper {
        year: data.year,
        title: tr!(lang, "template.preview_title").into_owned(),
        lead: format!(
            "{} · {}",
            scope(lang, data.year),
            tr!(lang, "template.preview_lead")
        ),
        clauses,
        pdf,
        is_broken: read.is_err(),
    };
    Ok(page(&ctx.frame().await?, &view).into_response())
}

/// Where the PDF of this save stands; asked for and waited for a moment.
async fn stand(ctx: &Ctx, data: &Data, draft: &Draft) -> Result<Pdf> {
    if let Some(pdf) = judge(draft, draft) {
        return Ok(pdf);
    }
    let (school, year, env) = (ctx.school()?.id, data.year, ctx.env().clone());
    let job = PreviewJob {
        year,
        version: draft.version,
        saved: draft.updated_at,
    };
    let asked = ctx.store().write(move |c| {
        let (job, env) = (job.clone(), env.clone());
        Box::pin(async move { outbox::template_preview(c, school, &job, &env).await })
    });
    asked.await?;
    ctx.store().bell().notify_one();
    for _ in 0..LOOKS {
        tokio::time::sleep(PAUSE).await;
        let read = ctx
            .store()
            .read(move |c| Box::pin(async move { templates::draft(c, school, year).await }));
        if let Some(pdf) = read.await?.and_then(|found| judge(&found, draft)) {
            return Ok(pdf);
        }
    }
    Ok(Pdf::Making)
}

/// Whether what is stored is the preview of this save.
fn judge(stored: &Draft, wanted: &Draft) -> Option<Pdf> {
    if stored.updated_at != wanted.updated_at || stored.preview_version != Some(wanted.version) {
        return None;
    }
    Some(match stored.preview_pages {
        Some(pages) if stored.preview_id.is_some() => Pdf::Ready {
            pages: u32::try_from(pages).unwrap_or(0),
            missing: String::new(),
        },
        _ => Pdf::Failed,
    })
}

/// The PDF of the draft; while there is none, the page that says so.
pub async fn pdf(ctx: Ctx, Query(query): Query) -> Result {
    let data = load(&ctx, &query).await?;
    let current = data
        .draft
        .as_ref()
        .filter(|draft| draft.preview_version == Some(draft.version));
    let Some(id) = current.and_then(|draft| draft.preview_id) else {
        return Ok(reply::see_other(&address(&format!("{PATH}/preview"), data.year)));
    };
    let school = ctx.school()?.id;
    let bytes = Passing { school, id }.get(ctx.store(), (0, true)).await?;
    reply::pdf(bytes, "template-preview.pdf")
}

/// A version as it was put in force, fields and all.
pub async fn version(ctx: Ctx, Query(query): Query, PathText(number): PathText) -> Result {
    let data = load(&ctx, &query).await?;
    let number: i32 = number.parse().map_err(|_| Error::NotFound)?;
    let (school, year, lang) = (ctx.school()?.id, data.year, ctx.lang());
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { templates::version(c, school, (year, number)).await }));
    let found = read.await?.ok_or(Error::NotFound)?;
    let clause = |source: domain::agreement::template::Source| Clause {
        key: source.key,
        title: source.title,
        body: source.body,
        kind: source.kind,
        confirmed_by: source.confirmed_by,
    };
    let name = version_name(lang, Some((year, number)));
    let at = crate::views::time::short(found.at, ctx.now());
    let view = Paper {
        year,
        title: tr!(lang, "template.version_title", name = name).into_owned(),
        lead: tr!(
            lang,
            "template.since",
            name = found.by.clone().unwrap_or_default(),
            at = at
        )
        .into_owned(),
        clauses: found.sources()?.into_iter().map(clause).collect(),
        pdf: None,
        is_broken: false,
    };
    Ok(page(&ctx.frame().await?, &view).into_response())
}
