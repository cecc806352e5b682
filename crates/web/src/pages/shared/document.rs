//! 查看 and 打印. The worker renders, never a request: a page asks for the rendition that is missing, waits
//! a moment for it, and otherwise says that it is being made and asks again by itself.

use super::detail;
use super::who::{Reader, parties};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::i18n::Lang;
use crate::reply;
use crate::views::document::{self, Document, Pdf};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use domain::agreement::Agreement;
use domain::agreement::form::Input;
use domain::document::MissingGlyph;
use domain::ids::{AgreementId, FileId, SchoolId};
use std::collections::BTreeSet;
use std::time::Duration;
use store::documents::{self, Document as Stored, FINAL, PREVIEW};
use store::dossier::Dossier;
use store::{files, outbox};

/// How often the worker is looked after, and how long in between: two seconds in all.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// Where the rendition that belongs to the present state stands.
enum Stand {
    /// There, with its file.
    Ready(FileId, Stored),
    /// Not there yet.
    Missing,
    /// Its making failed; the worker tries again by itself.
    Failed,
}

/// 查看: the agreement to read, with the ways to its PDF.
pub async fn show(ctx: &Ctx, school: SchoolId, id: AgreementId) -> Result {
    let opened = detail::open(ctx, school, id).await?;
    let pdf = match rendition(ctx, &opened.dossier).await? {
        Stand::Ready(_, stored) => Pdf::Ready {
            pages: u32::try_from(stored.pages).unwrap_or(0),
            missing: missing(&stored),
        },
        Stand::Missing => Pdf::Making,
        Stand::Failed => Pdf::Failed,
    };
    let view = model(ctx, &opened.dossier, pdf)?;
    Ok(document::page(&ctx.frame().await?, &view).into_response())
}

/// How often a document is looked up that is gone when it is read: its seal was made between.
const TRIES: u32 = 3;

/// 打印: the PDF; while there is none, the page that says so. `?download=1` saves it.
pub async fn pdf(ctx: &Ctx, school: SchoolId, id: AgreementId, asked: &Input) -> Result {
    let mut tries = 0;
    let (opened, stored) = loop {
        tries += 1;
        let opened = detail::open(ctx, school, id).await?;
        let Stand::Ready(file, _) = rendition(ctx, &opened.dossier).await? else {
            let path = ctx.here.path.split('?').next().unwrap_or("/");
            return Ok(reply::see_other(path.trim_end_matches(".pdf")));
        };
        match files::get(ctx.store(), school, file).await {
            Err(store::Error::NotFound) if tries < TRIES => {}
            stored => break (opened, stored?),
        }
    };
    let number = opened
        .dossier
        .loaded
        .agreement
        .state
        .number()
        .map_or_else(|| id.to_string(), str::to_owned);
    let mut response = reply::pdf(stored.bytes, &format!("agreement-{number}.pdf"))?;
    if asked.text("download").is_some() {
        let saved = format!("attachment; filename=\"agreement-{number}.pdf\"");
        let value = HeaderValue::try_from(saved).map_err(Error::internal)?;
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The rendition of the present state: asked for when it is missing, and waited for a moment.
async fn rendition(ctx: &Ctx, dossier: &Dossier) -> Result<Stand> {
    let agreement = &dossier.loaded.agreement;
    let (name, found) = if agreement.state.kind().is_in_force() {
        (FINAL, &dossier.finished)
    } else {
        (PREVIEW, &dossier.preview)
    };
    let stand = judge(agreement, name, found.clone());
    if !matches!(stand, Stand::Missing) {
        return Ok(stand);
    }
    if name == PREVIEW {
        ask(ctx, agreement).await?;
    }
    ctx.store().bell().notify_one();
    let (school, id) = (agreement.school, agreement.id);
    for _ in 0..LOOKS {
        tokio::time::sleep(PAUSE).await;
        let read = ctx.store().read(move |c| {
            Box::pin(async move {
                match name {
                    FINAL => documents::finished(c, school, id).await,
                    _ => documents::get(c, school, id, name).await,
                }
            })
        });
        let stand = judge(agreement, name, read.await?);
        if !matches!(stand, Stand::Missing) {
            return Ok(stand);
        }
    }
    Ok(Stand::Missing)
}

/// A preview counts only for the version it shows; the final document is made once.
fn judge(agreement: &Agreement, name: &str, found: Option<Stored>) -> Stand {
    let Some(stored) = found.filter(|stored| name == FINAL || stored.version == agreement.version) else {
        return Stand::Missing;
    };
    match stored.file_id {
        Some(file) => Stand::Ready(file, stored),
        None => Stand::Failed,
    }
}

/// Asks the worker for a preview of the present version; asking twice asks once.
async fn ask(ctx: &Ctx, agreement: &Agreement) -> Result<()> {
    let (env, agreement) = (ctx.env().clone(), agreement.clone());
    let asked = ctx.store().write(move |c| {
        let (env, agreement) = (env.clone(), agreement.clone());
        Box::pin(async move { outbox::render(c, &agreement, PREVIEW, &env).await })
    });
    Ok(asked.await?)
}

/// The characters that no font has, each once.
fn missing(stored: &Stored) -> String {
    let glyphs: Vec<MissingGlyph> = serde_json::from_str(&stored.missing_glyphs).unwrap_or_default();
    let all: BTreeSet<char> = glyphs.into_iter().map(|glyph| glyph.ch).collect();
    all.into_iter().map(String::from).collect::<Vec<_>>().join(" ")
}

/// The paper is in Chinese whatever the language of the page: it shows what is printed.
fn model(ctx: &Ctx, dossier: &Dossier, pdf: Pdf) -> Result<Document> {
    let agreement = &dossier.loaded.agreement;
    Ok(Document {
        id: agreement.id,
        state: agreement.state.kind(),
        number: agreement.state.number().map(str::to_owned),
        year: agreement.year,
        student: dossier.parties.student_name.clone(),
        parties: parties(Lang::Zh, ctx.store().keys(), dossier, Reader::of(&ctx.actor))?,
        terms: agreement.content.terms.clone(),
        clauses: agreement.content.clauses.clone(),
        effective: super::progress::steps(dossier).effective,
        pdf,
    })
}
