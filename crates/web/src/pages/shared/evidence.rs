//! 证据包: for the parties and for staff that may see the agreement. Every giving by a page is
//! written down first; whoever runs the installation may write it with `sanfang document evidence` as well, as
//! they may read the database.

use super::bundles::SANDBOX;
use super::detail;
use super::upload::disposition;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::evidence as bundle;
use crate::params::Id;
use crate::reply;
use crate::tr;
use crate::views::links;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::ids::{AgreementId, SchoolId};
use store::evidence::{self, Standing};
use store::{files, seals};
use tokio::sync::Semaphore;

/// How many are packed at once: each holds a sealed file and its packed copy.
const AT_ONCE: usize = 2;
static ROOM: Semaphore = Semaphore::const_new(AT_ONCE);

/// The bundle; while there is none, the page that says why.
pub async fn download(ctx: Ctx, Id(id): Id<AgreementId>) -> Result {
    let opened = detail::at(&ctx, id).await?;
    if opened.evidence != Standing::Ready {
        return Ok(reply::see_other(&links::agreement(&ctx.frame().await?, id)));
    }
    let school = ctx.school()?.id;
    note(&ctx, school, id).await?;
    let _room = ROOM.acquire().await.map_err(Error::internal)?;
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { evidence::gather(c, school, id).await }));
    let found = read.await?.ok_or(Error::NotFound)?;
    let pdf = files::get(ctx.store(), school, found.file).await?.bytes;
    let number = found.agreement.state.number().unwrap_or_default().to_owned();
    let judge = ctx.here.app.judge().ok_or(Error::NotFound)?;
    let url = ctx.here.app.config().public_url.clone();
    let code = seals::code(ctx.store().keys(), school, id)?;
    let places = (url.clone(), format!("{url}/v/{number}/{code}"));
    let at = ctx.now();
    let made = tokio::task::spawn_blocking(move || {
        let (url, verify) = &places;
        bundle::make(judge.as_ref(), &found, &pdf, &bundle::Place { url, verify, at })
    });
    let zip = made.await.map_err(Error::internal)?.map_err(Error::internal)?;
    let mut response = Response::new(zip.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    let saved = HeaderValue::try_from(disposition(&tr!(ctx.lang(), "evidence.file", number = number)))
        .map_err(Error::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, saved);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    Ok(response)
}

async fn note(ctx: &Ctx, school: SchoolId, id: AgreementId) -> Result<()> {
    let (env, account, address) = (ctx.env().clone(), ctx.account(), ctx.here.address.clone());
    let noted = ctx.store().write(move |c| {
        let (env, address) = (env.clone(), address.clone());
        Box::pin(async move { evidence::note_reading(c, (school, id), (account, &address), &env).await })
    });
    Ok(noted.await?)
}
