//! 线下签约登记, by the school's staff for a student of the school, or by a student for themselves.

use super::{act, upload};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::reply;
use crate::upload::Files;
use crate::views::form::{FieldError, Form};
use crate::views::links;
use crate::views::paper::{self, Paper};
use crate::views::part::denied_text;
use axum::response::IntoResponse;
use domain::agreement::Refusal;
use domain::agreement::form::{self, Input, Limits};
use domain::agreement::terms::{Money, Terms};
use domain::codes::{POSITION_CATEGORY, PROVINCE, Uscc};
use domain::ids::{AgreementId, StudentId};
use domain::params::{SchoolParams, china};
use domain::policy::Actor;
use store::agreements::{self, NewPaper};
use store::people::{self, Student};
use store::schools;
use store::uploads::{Purpose, Upload};

/// What a form is read against.
struct Ground {
    years: Vec<i32>,
    student: Option<Student>,
    params: SchoolParams,
}

/// The empty form.
pub async fn new(ctx: Ctx) -> Result {
    let ground = ground(&ctx, &Input::default()).await?;
    let id = AgreementId::new(ctx.now(), ctx.env().random.as_ref());
    let view = view(&ground, id, Form::default(), None);
    Ok(paper::page(&ctx.frame().await?, &view).into_response())
}

/// The student that the form names, or who fills it in; years; the parameters of the year.
async fn ground(ctx: &Ctx, input: &Input) -> Result<Ground> {
    let school = ctx.school()?.id;
    let own = match ctx.actor {
        Actor::Student { student, .. } => Some(student),
        _ => None,
    };
    let asked: Option<i32> = input.raw("year").parse().ok();
    let number = input.raw("student_no").trim().to_owned();
    let read = ctx.store().read(move |c| {
        let number = number.clone();
        Box::pin(async move {
            let years = schools::years(c, school).await?;
            let student = match (own, asked) {
                (Some(own), _) => people::student_by_id(c, school, own).await?,
                (None, Some(year)) if !number.is_empty() => {
                    people::student_by_no(c, school, year, &number).await?
                }
                _ => None,
            };
            let year = student.as_ref().map(|student| student.year).or(asked);
            let year = year.or(years.first().copied()).unwrap_or(0);
            let params = agreements::params(c, school, year).await?;
            Ok(Ground {
                years,
                student,
                params,
            })
        })
    });
    Ok(read.await?)
}

fn view(ground: &Ground, id: AgreementId, form: Form, scan: Option<&Upload>) -> Paper {
    Paper {
        id,
        years: ground.years.clone(),
        form,
        scan: scan.map(upload::row),
        penalty_cap: Money::yuan(ground.params.penalty_cap).to_string(),
    }
}

/// Everything that a registration needs, read from a form.
struct Read {
    student: StudentId,
    uscc: String,
    employer: String,
    terms: Terms,
    scan: Upload,
}

/// 登记.
pub async fn create(ctx: Ctx, files: Files, Posted(input): Posted) -> Result {
    let id: AgreementId = input.raw("id").parse().map_err(|_| Error::BadRequest)?;
    let ground = ground(&ctx, &input).await?;
    let (form, scan, read) = read(&ctx, &ground, &files, input).await?;
    let Some(read) = read else {
        return again(&ctx, &ground, id, form, scan.as_ref()).await;
    };
    let new = NewPaper {
        id,
        school: ctx.school()?.id,
        student: read.student,
        uscc: read.uscc,
        employer: read.employer,
        terms: read.terms,
        scan: read.scan.file_id.ok_or(Error::NotFound)?,
        actor: ctx.actor.clone(),
        origin: act::origin(&ctx),
    };
    let env = ctx.env().clone();
    let made = ctx.store().write(move |c| {
        let (new, env) = (new.clone(), env.clone());
        Box::pin(async move { agreements::register(c, &new, &env).await })
    });
    let there = links::agreement(&ctx.frame().await?, id);
    match made.await {
        Ok(_) => Ok(ctx.done(&there, "paper_registered", &[])),
        Err(error) if error.is_unique("agreement_pkey") => Ok(reply::see_other(&there)),
        Err(store::Error::Refused(refusal @ Refusal::NotEligible(_))) => {
            let mut form = form;
            form.errors.push(FieldError {
                params: vec![("why", denied_text(ctx.lang(), &refusal))],
                ..FieldError::new(
                    if who(&ctx) { "student_no" } else { "employer" },
                    "not_registrable",
                )
            });
            again(&ctx, &ground, id, form, scan.as_ref()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the form asks for whom it is.
fn who(ctx: &Ctx) -> bool {
    matches!(ctx.actor, Actor::School { .. })
}

async fn again(ctx: &Ctx, ground: &Ground, id: AgreementId, form: Form, scan: Option<&Upload>) -> Result {
    let view = view(ground, id, form, scan);
    Ok(reply::unprocessable(paper::page(&ctx.frame().await?, &view)))
}

async fn read(
    ctx: &Ctx,
    ground: &Ground,
    files: &Files,
    input: Input,
) -> Result<(Form, Option<Upload>, Option<Read>)> {
    let mut form = Form::filled(input);
    if who(ctx) {
        for field in ["student_no", "year"] {
            if form.input.raw(field).trim().is_empty() {
                form = form.with_error(field, "required");
            }
        }
        if form.errors.is_empty() && ground.student.is_none() {
            form = form.with_error("student_no", "no_such_student");
        }
    }
    let employer = form.input.raw("employer").trim().to_owned();
    if employer.is_empty() {
        form = form.with_error("employer", "required");
    } else if employer.chars().count() > 128 {
        form = form.with_error("employer", "bad_name");
    }
    let uscc = Uscc::parse(form.input.raw("uscc"));
    if uscc.is_err() {
        form = form.with_error("uscc", "not_a_uscc");
    }
    let sent = upload::receive(
        ctx,
        (None, Purpose::Scan),
        files.of("scan"),
        form.input.raw("kept"),
    )
    .await?;
    let scan = match sent {
        Ok(upload) => Some(upload),
        Err(fault) => {
            form.errors.push(fault.beside("scan"));
            None
        }
    };
    let terms = match form::parse(&form.input, &limits(ctx, ground)) {
        Ok((terms, _)) => Some(terms),
        Err(problems) => {
            form.errors.extend(problems.iter().map(FieldError::from));
            None
        }
    };
    let read = match (&ground.student, uscc, &scan, terms) {
        (Some(student), Ok(uscc), Some(scan), Some(terms)) if form.errors.is_empty() => Some(Read {
            student: student.id,
            uscc: uscc.to_string(),
            employer,
            terms,
            scan: scan.clone(),
        }),
        _ => None,
    };
    Ok((form, scan, read))
}

/// What was signed may have begun before it is registered: no day is too early.
fn limits(ctx: &Ctx, ground: &Ground) -> Limits {
    let today = ctx.now().to_zoned(china()).date();
    let student = ground.student.as_ref();
    Limits {
        today: today.saturating_sub(jiff::Span::new().years(5)),
        year: student.map_or_else(|| i32::from(today.year()), |student| student.year),
        penalty_cap: ground.params.penalty_cap,
        is_position_category: |code| POSITION_CATEGORY.accepts(code),
        is_province: |code| PROVINCE.accepts(code),
    }
}
