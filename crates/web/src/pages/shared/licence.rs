//! An employer's certificate as reviewers of its agreements see it: beside the terms, as pictures and to be
//! saved. Handing out is authorised every time and recorded.

use super::sheets::{self, Shown};
use super::{detail, upload};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::params::{Id, Query};
use crate::views::licence::Line;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::agreement::form::Input;
use domain::ids::{AgreementId, EmployerId, SchoolId};
use jiff::civil::Date;
use store::licences::{self, Licence};
use store::{files, uploads};
use uuid::Uuid;

/// As pages list it; `code` is the 统一社会信用代码 that its number should be.
pub fn line(licence: &Licence, code: &str, today: Date) -> Line {
    Line {
        id: licence.id,
        number: licence.number.clone(),
        same: licence.number == code,
        valid_from: licence.valid_from,
        valid_to: licence.valid_to,
        good: licence.is_good(today),
        name: licence.name.clone(),
        size: u64::try_from(licence.size).unwrap_or(0),
        pages: u32::try_from(licence.pages).unwrap_or(0),
        by: licence.by.clone().unwrap_or_default(),
        at: licence.at,
    }
}

/// The certificate that the query names, or the latest one.
pub async fn find(ctx: &Ctx, employer: EmployerId, asked: &Input) -> Result<Option<Licence>> {
    let named = match asked.text("licence") {
        Some(text) => Some(text.parse::<Uuid>().map_err(|_| Error::NotFound)?),
        None => None,
    };
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            match named {
                Some(id) => licences::get(c, employer, id).await,
                None => Ok(licences::all(c, employer).await?.into_iter().next()),
            }
        })
    });
    Ok(read.await?)
}

/// The certificate of an agreement's employer, for whoever may see the agreement.
async fn of_agreement(ctx: &Ctx, id: AgreementId, asked: &Input) -> Result<Licence> {
    let opened = detail::at(ctx, id).await?;
    let employer = opened.dossier.loaded.agreement.employer;
    find(ctx, employer, asked).await?.ok_or(Error::NotFound)
}

/// To be saved.
pub async fn download(ctx: Ctx, Id(id): Id<AgreementId>, Query(asked): Query) -> Result {
    let found = of_agreement(&ctx, id, &asked).await?;
    hand_out(&ctx, &found).await
}

/// A page of it as a picture on the page.
pub async fn picture(ctx: Ctx, Id(id): Id<AgreementId>, Query(asked): Query) -> Result {
    let found = of_agreement(&ctx, id, &asked).await?;
    show(&ctx, &found, &asked).await
}

/// The page that the query names, or the first one.
pub async fn show(ctx: &Ctx, licence: &Licence, asked: &Input) -> Result {
    let id = licence.upload;
    let read = ctx.store().read(move |c| Box::pin(licences::file(c, id)));
    let shown = Shown {
        school: SchoolId::NONE,
        upload: id,
        file: read.await?.ok_or(Error::NotFound)?,
        pages: licence.pages,
        counts: true,
    };
    sheets::hand_out(ctx, &shown, asked.text("page").unwrap_or("1")).await
}

/// The bytes to be saved, after the reading has been recorded.
pub async fn hand_out(ctx: &Ctx, licence: &Licence) -> Result<Response> {
    let (env, account, id) = (ctx.env().clone(), ctx.account(), licence.upload);
    let address = ctx.here.address.clone();
    let noted = ctx.store().write(move |c| {
        let (env, address) = (env.clone(), address.clone());
        Box::pin(async move {
            uploads::note_reading(c, (SchoolId::NONE, id), (account, &address), &env).await?;
            licences::file(c, id).await
        })
    });
    let file = noted.await?.ok_or(Error::NotFound)?;
    let stored = files::get(ctx.store(), SchoolId::NONE, file).await?;
    let mut response = Response::new(stored.bytes.into());
    let headers = response.headers_mut();
    let value = |text: String| HeaderValue::try_from(text).map_err(Error::internal);
    headers.insert(header::CONTENT_TYPE, value(stored.media_type)?);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(upload::SANDBOX),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        value(upload::disposition(&licence.name))?,
    );
    Ok(response)
}
