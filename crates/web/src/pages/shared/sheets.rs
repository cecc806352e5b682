//! Pages of files that people sent, as pictures on our pages. Whoever may have the file may see them; looking is
//! recorded as having the file is.

use super::upload::SANDBOX;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::upload::{self, Undrawn};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::ids::{FileId, SchoolId, UploadId};
use store::{files, uploads};

/// A file of which a page is to be shown.
pub struct Shown {
    /// Whose files it is among.
    pub school: SchoolId,
    /// Which.
    pub upload: UploadId,
    /// Its bytes.
    pub file: FileId,
    /// Its pages.
    pub pages: i64,
    /// Whether it counts: what does not yet is only seen by who sent it.
    pub counts: bool,
}

/// The page, counted from 1, as a picture, after looking has been recorded; not found when there is no such page
/// or it is none of those that are shown.
pub async fn hand_out(ctx: &Ctx, shown: &Shown, page: &str) -> Result {
    let page: u32 = page.parse().map_err(|_| Error::NotFound)?;
    if page == 0 || page > upload::SHOWN || i64::from(page) > shown.pages {
        return Err(Error::NotFound);
    }
    let readers = &ctx.here.app.config().readers;
    // Before anything is read: who waits holds nothing.
    let place = readers.rooms.pages.enter().await;
    let _place = place.ok_or(Error::Busy { file: false })?;
    if shown.counts {
        note(ctx, shown, page).await?;
    }
    let stored = files::get(ctx.store(), shown.school, shown.file).await?;
    let (kind, bytes) = if stored.media_type.starts_with("image/") {
        (stored.media_type, stored.bytes.into())
    } else {
        let drawn = upload::draw(readers, page, stored.bytes.into()).await;
        ("image/jpeg".to_owned(), drawn.map_err(undrawn)?.into())
    };
    let mut response = Response::new(bytes);
    let headers = response.headers_mut();
    let kind = HeaderValue::try_from(kind).map_err(Error::internal)?;
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    Ok(response)
}

async fn note(ctx: &Ctx, shown: &Shown, page: u32) -> Result<()> {
    let (env, account, at) = (ctx.env().clone(), ctx.account(), (shown.school, shown.upload));
    let address = ctx.here.address.clone();
    let noted = ctx.store().write(move |c| {
        let (env, address) = (env.clone(), address.clone());
        Box::pin(async move { uploads::note_page(c, at, (account, &address), page, &env).await })
    });
    Ok(noted.await?)
}

fn undrawn(why: Undrawn) -> Error {
    match why {
        Undrawn::Missing => Error::NotFound,
        why => Error::Undrawn(why),
    }
}
