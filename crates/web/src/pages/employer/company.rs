//! 公司信息: what the employer is registered as, and 认证材料, its certificate as a file.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::pages::shared::who::{named, row};
use crate::pages::shared::{licence, upload};
use crate::params::Query;
use crate::reply;
use crate::upload::Files;
use crate::views::employer::company::{self, Company};
use crate::views::form::Form;
use axum::response::{IntoResponse, Response};
use domain::agreement::form::Input;
use domain::codes::{self, EMPLOYER_NATURE, INDUSTRY};
use domain::params::china;
use jiff::civil::Date;
use maud::Markup;
use store::licences::{self, Licence, NewLicence};
use store::people::{self, Employer};
use store::uploads::{Purpose, Upload};
use unicode_normalization::UnicodeNormalization;

/// Where the page is.
const PATH: &str = "/employer/company";
/// The longest number.
const NUMBER: usize = 32;

struct Data {
    itself: Employer,
    licences: Vec<Licence>,
}

async fn load(ctx: &Ctx) -> Result<Data> {
    let employer = ctx.employer()?;
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            let itself = people::employer_by_id(c, employer)
                .await?
                .ok_or(store::Error::NotFound)?;
            let licences = licences::all(c, employer).await?;
            Ok(Data { itself, licences })
        })
    });
    Ok(read.await?)
}

async fn page(ctx: &Ctx, data: &Data, form: Form, kept: Option<&Upload>) -> Result<Markup> {
    let (lang, itself) = (ctx.lang(), &data.itself);
    let today = ctx.now().to_zoned(china()).date();
    let rows = vec![
        row(lang, "employer_name", &itself.name),
        row(lang, "uscc", &itself.uscc),
        row(lang, "nature", named(lang, &EMPLOYER_NATURE, &itself.nature)),
        row(lang, "industry", named(lang, &INDUSTRY, &itself.industry)),
        row(lang, "scale", named(lang, &codes::EMPLOYER_SCALE, &itself.scale)),
        row(lang, "address", &itself.address),
        row(lang, "legal_person", &itself.legal_person),
        row(lang, "contact", &itself.contact),
        row(lang, "phone", &itself.phone),
        row(lang, "email", &itself.email),
    ];
    let view = Company {
        rows,
        certification: itself.certification.code().to_owned(),
        licences: data
            .licences
            .iter()
            .map(|found| licence::line(found, &itself.uscc, today))
            .collect(),
        kept: kept.map(upload::row),
        form,
    };
    Ok(company::page(&ctx.frame().await?, &view))
}

/// The page.
pub async fn show(ctx: Ctx) -> Result {
    let data = load(&ctx).await?;
    let mut input = Input::default();
    input.set("number", data.itself.uscc.clone());
    Ok(page(&ctx, &data, Form::filled(input), None)
        .await?
        .into_response())
}

/// Number, first and last day.
type Typed = (String, Date, Option<Date>);
/// A field, and the code of what is wrong with it.
type Wrong = (&'static str, &'static str);

/// What was typed.
fn read(input: &Input, today: Date) -> Result<Typed, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let number: String = input
        .raw("number")
        .nfkc()
        .filter(|c| !c.is_whitespace())
        .collect();
    let number = number.to_uppercase();
    if number.is_empty() {
        wrong.push(("number", "required"));
    } else if number.len() > NUMBER || !number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        wrong.push(("number", "licence_number"));
    }
    let mut day = |name: &'static str, needed: bool| -> Option<Date> {
        let text = input.raw(name).trim();
        if text.is_empty() {
            if needed {
                wrong.push((name, "required"));
            }
            return None;
        }
        let read: Option<Date> = text.parse().ok();
        if read.is_none() {
            wrong.push((name, "not_a_date"));
        }
        read
    };
    let forever = input.raw("forever") == "yes";
    let (from, to) = (day("valid_from", true), day("valid_to", !forever));
    if let (Some(_), true) = (to, forever) {
        wrong.push(("valid_to", "licence_both"));
    }
    if from.is_some_and(|from| from > today) {
        wrong.push(("valid_from", "licence_future"));
    }
    match (from, to) {
        (Some(from), Some(to)) if to < from => wrong.push(("valid_to", "before_start")),
        (_, Some(to)) if to < today => wrong.push(("valid_to", "licence_expired")),
        _ => {}
    }
    match from {
        Some(from) if wrong.is_empty() => Ok((number, from, to)),
        _ => Err(wrong),
    }
}

/// Takes in a certificate; it takes the place of the one before.
pub async fn put(ctx: Ctx, files: Files, Posted(input): Posted) -> Result {
    let data = load(&ctx).await?;
    let today = ctx.now().to_zoned(china()).date();
    let mut form = Form::filled(input);
    let typed = read(&form.input, today);
    if let Err(wrong) = &typed {
        for (field, code) in wrong {
            form = form.with_error(field, code);
        }
    }
    let sent = upload::receive(
        &ctx,
        (None, Purpose::Licence),
        files.of("licence"),
        form.input.raw("kept"),
    )
    .await?;
    if let Err(fault) = &sent {
        form.errors.push(fault.beside("licence"));
    }
    let (Ok((number, valid_from, valid_to)), Ok(kept), true) = (typed, &sent, form.errors.is_empty()) else {
        let page = page(&ctx, &data, form, sent.as_ref().ok()).await?;
        return Ok(reply::unprocessable(page));
    };
    let new = NewLicence {
        employer: ctx.employer()?,
        number,
        valid_from,
        valid_to,
        upload: kept.id,
        account: ctx.account(),
    };
    let env = ctx.env().clone();
    let put = ctx.store().write(move |c| {
        let (new, env) = (new.clone(), env.clone());
        Box::pin(async move { licences::put(c, &new, &env).await })
    });
    put.await?;
    Ok(ctx.done(PATH, "licence_put", &[]))
}

/// Hands out a certificate of one's own.
pub async fn file(ctx: Ctx, Query(asked): Query) -> Result<Response> {
    let employer = ctx.employer()?;
    let found = licence::find(&ctx, employer, &asked)
        .await?
        .ok_or(Error::NotFound)?;
    licence::hand_out(&ctx, &found).await
}

/// A page of it as a picture.
pub async fn picture(ctx: Ctx, Query(asked): Query) -> Result<Response> {
    let employer = ctx.employer()?;
    let found = licence::find(&ctx, employer, &asked)
        .await?
        .ok_or(Error::NotFound)?;
    licence::show(&ctx, &found, &asked).await
}
