//! Files of agreements: taken in with a form, listed, handed out. Handing out is authorised every time and
//! recorded; what is handed out is saved by the browser and never run.

use super::detail;
use super::sheets::{self, Shown};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::params::{Id, PathText};
use crate::upload::{self, Fault, Sent};
use crate::views::upload::FileRow;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::ids::{AgreementId, SchoolId, UploadId};
use domain::policy::Action;
use store::uploads::{self, NewUpload, Ordered, Purpose, Upload};
use store::{agreements, files};

/// What a file may do in a browser: nothing.
pub(super) const SANDBOX: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// The file of a form: sent now, or kept from an earlier try under the identifier in `kept`.
pub async fn receive(
    ctx: &Ctx,
    (agreement, purpose): (Option<AgreementId>, Purpose),
    sent: Option<&Sent>,
    kept: &str,
) -> Result<Result<Upload, Fault>> {
    let Some(sent) = sent else {
        return Ok(earlier(ctx, (agreement, purpose), kept)
            .await?
            .ok_or(Fault::Missing));
    };
    let clean = match upload::take(&ctx.here.app.config().readers, sent).await {
        Ok(clean) => clean,
        Err(fault) => return Ok(Err(fault)),
    };
    let new = NewUpload {
        school: keeper(ctx, purpose)?,
        agreement,
        purpose,
        account: ctx.account(),
        name: clean.name,
        pages: clean.pages,
        media_type: clean.kind.media_type(),
        bytes: clean.bytes,
    };
    let (school, id) = (new.school, uploads::put(ctx.store(), new).await?);
    let read = ctx.store().read(move |c| Box::pin(uploads::get(c, school, id)));
    Ok(Ok(read.await?.ok_or(Error::NotFound)?))
}

/// Whose files it is among: the school's at which somebody acts, or nobody's.
fn keeper(ctx: &Ctx, purpose: Purpose) -> Result<SchoolId> {
    match purpose {
        Purpose::Licence => Ok(SchoolId::NONE),
        Purpose::Letter | Purpose::Scan => Ok(ctx.school()?.id),
    }
}

/// One that the same person sent before for the same thing, and that nothing was done with.
async fn earlier(
    ctx: &Ctx,
    (agreement, purpose): (Option<AgreementId>, Purpose),
    kept: &str,
) -> Result<Option<Upload>> {
    let Ok(id) = kept.parse::<UploadId>() else {
        return Ok(None);
    };
    let school = keeper(ctx, purpose)?;
    let read = ctx.store().read(move |c| Box::pin(uploads::get(c, school, id)));
    let fits = |upload: &Upload| {
        upload.account_id == ctx.account()
            && upload.agreement_id == agreement
            && upload.purpose == purpose.code()
            && upload.attached_at.is_none()
            && upload.file_id.is_some()
    };
    Ok(read.await?.filter(fits))
}

/// A file of the person's own that does not count yet.
pub async fn own(ctx: &Ctx, agreement: AgreementId, id: UploadId) -> Result<Option<Upload>> {
    let school = ctx.school()?.id;
    let read = ctx.store().read(move |c| Box::pin(uploads::get(c, school, id)));
    let mine = |upload: &Upload| {
        upload.account_id == ctx.account()
            && upload.agreement_id == Some(agreement)
            && upload.attached_at.is_none()
    };
    Ok(read.await?.filter(mine))
}

/// What a letter says that the system wrote.
pub fn ordered(upload: &Upload) -> Option<Ordered> {
    serde_json::from_str(upload.body.as_deref()?).ok()
}

/// The file as pages list it.
pub fn row(upload: &Upload) -> FileRow {
    FileRow {
        id: upload.id,
        name: upload.name.clone(),
        size: u64::try_from(upload.size).unwrap_or(0),
        pages: u32::try_from(upload.pages).unwrap_or(0),
        kind: upload.purpose.clone(),
    }
}

/// A file of an agreement, for whoever may have it.
async fn find(ctx: &Ctx, id: AgreementId, file: UploadId) -> Result<Upload> {
    let school = ctx.school()?.id;
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            let agreement = agreements::load(c, school, id).await?;
            Ok((agreement, uploads::get(c, school, file).await?))
        })
    });
    let (loaded, found) = read.await?;
    let agreement = loaded.ok_or(Error::NotFound)?.agreement;
    ctx.may(Action::View, &agreement.subject())?;
    detail::in_place(ctx, &agreement)?;
    let visible = |upload: &Upload| {
        upload.agreement_id == Some(id)
            && (upload.attached_at.is_some() || upload.account_id == ctx.account())
    };
    found.filter(visible).ok_or(Error::NotFound)
}

/// Hands out a file of an agreement.
pub async fn download(ctx: Ctx, Id(id): Id<AgreementId>, Id(file): Id<UploadId>) -> Result {
    let upload = find(&ctx, id, file).await?;
    hand_out(&ctx, ctx.school()?.id, &upload).await
}

/// Shows a page of such a file as a picture.
pub async fn sheet(
    ctx: Ctx,
    Id(id): Id<AgreementId>,
    Id(file): Id<UploadId>,
    PathText(page): PathText,
) -> Result {
    let upload = find(&ctx, id, file).await?;
    let shown = Shown {
        school: ctx.school()?.id,
        upload: upload.id,
        file: upload.file_id.ok_or(Error::NotFound)?,
        pages: upload.pages,
        counts: upload.attached_at.is_some(),
    };
    sheets::hand_out(&ctx, &shown, &page).await
}

/// The bytes, after the reading has been recorded.
pub async fn hand_out(ctx: &Ctx, school: SchoolId, upload: &Upload) -> Result {
    let file = upload.file_id.ok_or(Error::NotFound)?;
    if upload.attached_at.is_some() {
        let (env, account) = (ctx.env().clone(), ctx.account());
        let (id, address) = (upload.id, ctx.here.address.clone());
        let noted = ctx.store().write(move |c| {
            let (env, address) = (env.clone(), address.clone());
            Box::pin(async move { uploads::note_reading(c, (school, id), (account, &address), &env).await })
        });
        noted.await?;
    }
    let stored = files::get(ctx.store(), school, file).await?;
    let mut response = Response::new(stored.bytes.into());
    let headers = response.headers_mut();
    let value = |text: String| HeaderValue::try_from(text).map_err(Error::internal);
    headers.insert(header::CONTENT_TYPE, value(stored.media_type)?);
    headers.insert(header::CONTENT_DISPOSITION, value(disposition(&upload.name))?);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    Ok(response)
}

/// To be saved, under its name in every writing (RFC 6266, RFC 8187).
pub(super) fn disposition(name: &str) -> String {
    use std::fmt::Write as _;
    let ending = name.rsplit_once('.').map_or("bin", |(_, ending)| ending);
    let mut coded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"file.{ending}\"; filename*=UTF-8''{coded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reaches_the_browser_whole_and_breaks_no_header() {
        assert_eq!(
            disposition("解约函 a\"\r\n.pdf"),
            "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E8%A7%A3%E7%BA%A6%E5%87%BD%20a%22%0D%0A.pdf"
        );
    }
}
