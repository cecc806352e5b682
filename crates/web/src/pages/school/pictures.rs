//! 校徽和印章: taken in by the one way for files, drawn anew as a PNG of bounded size, replaced or taken away.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::params::PathText;
use crate::reply;
use crate::upload::{self, Fault, Files};
use crate::views::form::Form;
use crate::views::review::pictures::{self as views, Line};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use store::pictures::{self, Picture, Purpose};

/// Where the page is.
const PATH: &str = "/school/pictures";

/// The longest side that is kept, in pixels: 16 mm of logo and 42 mm of seal at more than 300 dpi.
fn side(purpose: Purpose) -> u32 {
    match purpose {
        Purpose::Logo => 1200,
        Purpose::Seal => 600,
    }
}

fn purpose(code: &str) -> Result<Purpose> {
    Purpose::from_code(code).ok_or(Error::NotFound)
}

/// The page.
pub async fn show(ctx: Ctx) -> Result {
    Ok(page(&ctx, None).await?.into_response())
}

async fn page(ctx: &Ctx, wrong: Option<(Purpose, Fault)>) -> Result<maud::Markup> {
    let school = ctx.school()?.id;
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            let logo = pictures::changes(c, school, Purpose::Logo).await?;
            Ok([logo, pictures::changes(c, school, Purpose::Seal).await?])
        })
    });
    let line = |picture: Picture| Line {
        name: picture.file_id.map(|_| picture.name),
        size: u64::try_from(picture.size).unwrap_or(0),
        by: picture.by.unwrap_or_default(),
        at: picture.at,
    };
    let all = Purpose::ALL.into_iter().zip(read.await?);
    let all: Vec<views::Picture> = all
        .map(|(purpose, changes)| {
            let mut form = Form::default();
            let fault = wrong.filter(|(of, _)| *of == purpose);
            form.errors
                .extend(fault.map(|(_, fault)| fault.beside(purpose.code())));
            views::Picture {
                code: purpose.code(),
                changes: changes.into_iter().map(line).collect(),
                form,
            }
        })
        .collect();
    Ok(views::page(&ctx.frame().await?, &all))
}

/// Puts a picture in place.
pub async fn put(ctx: Ctx, PathText(code): PathText, files: Files) -> Result {
    let purpose = purpose(&code)?;
    let clean = match files.of(purpose.code()) {
        Some(sent) => upload::take_picture(&ctx.here.app.config().readers, sent, side(purpose)).await,
        None => Err(Fault::Missing),
    };
    let clean = match clean {
        Ok(clean) => clean,
        Err(fault) => return Ok(reply::unprocessable(page(&ctx, Some((purpose, fault))).await?)),
    };
    let school = ctx.school()?.id;
    pictures::put(
        ctx.store(),
        (school, purpose),
        (&clean.name, &clean.bytes),
        ctx.account(),
    )
    .await?;
    Ok(ctx.done(PATH, "picture_put", &[]))
}

/// Takes it away.
pub async fn remove(ctx: Ctx, PathText(code): PathText) -> Result {
    let purpose = purpose(&code)?;
    let (school, env, by) = (ctx.school()?.id, ctx.env().clone(), ctx.account());
    let removed = ctx.store().write(move |c| {
        let env = env.clone();
        Box::pin(async move {
            let now = env.now();
            let id = domain::ids::uuid_v7(now, &*env.random);
            pictures::remove(c, (school, purpose), id, (by, now)).await
        })
    });
    removed.await?;
    Ok(ctx.done(PATH, "picture_removed", &[]))
}

/// The picture as it is now.
pub async fn picture(ctx: Ctx, PathText(code): PathText) -> Result {
    let purpose = purpose(&code)?;
    let bytes = pictures::bytes(ctx.store(), ctx.school()?.id, purpose).await?;
    let mut response = Response::new(bytes.ok_or(Error::NotFound)?.into());
    let png = HeaderValue::from_static("image/png");
    response.headers_mut().insert(header::CONTENT_TYPE, png);
    Ok(response)
}
