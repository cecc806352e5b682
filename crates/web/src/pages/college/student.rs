//! One student's 生源信息: the record, 审核通过, and 退回 with words that the student reads.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::pages::shared::who::{record, source_status};
use crate::pages::student::source::with_college;
use crate::params::Id;
use crate::reply;
use crate::views::form::{FieldError, Form};
use crate::views::review::student::{self, Record};
use axum::response::IntoResponse;
use domain::eligibility::SourceStatus as Status;
use domain::ids::StudentId;
use maud::Markup;
use store::people::{self, SourceDecision};

/// The longest words of a return, in characters.
const MOST: usize = 500;

fn address(id: StudentId) -> String {
    format!("/college/students/{id}")
}

/// The record, if the student is of the reviewer's colleges: a foreign one answers as an absent one.
async fn open(ctx: &Ctx, id: StudentId) -> Result<Record> {
    let school = ctx.school()?.id;
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { with_college(c, school, id).await }));
    let (student, college) = read.await?.ok_or(Error::NotFound)?;
    if !ctx.colleges().contains(&student.college_id) {
        return Err(Error::NotFound);
    }
    Ok(Record {
        id,
        status: source_status(student.source_status),
        rows: record(ctx.lang(), ctx.store().keys(), &student, &college)?,
        name: student.name,
        reason: student.source_reason,
        form: Form::default(),
    })
}

async fn page(ctx: &Ctx, view: &Record) -> Result<Markup> {
    Ok(student::page(&ctx.frame().await?, view))
}

/// The page.
pub async fn show(ctx: Ctx, Id(id): Id<StudentId>) -> Result {
    let view = open(&ctx, id).await?;
    Ok(page(&ctx, &view).await?.into_response())
}

async fn decide(ctx: &Ctx, id: StudentId, decision: SourceDecision) -> Result<()> {
    let (school, colleges, now) = (ctx.school()?.id, ctx.colleges().to_vec(), ctx.now());
    let decided = ctx.store().write(move |c| {
        let (colleges, decision) = (colleges.clone(), decision.clone());
        Box::pin(async move { people::source_decide(c, (school, &colleges), &[id], &decision, now).await })
    });
    decided.await?;
    Ok(())
}

/// 审核通过.
pub async fn approve(ctx: Ctx, Id(id): Id<StudentId>) -> Result {
    decide(&ctx, id, SourceDecision::Approve).await?;
    Ok(ctx.done(&address(id), "source_approved", &[("n", "1")]))
}

/// 退回: the student sees the reason. What was approved stays so, for offers may stand on it.
pub async fn give_back(ctx: Ctx, Id(id): Id<StudentId>, Posted(input): Posted) -> Result {
    let mut view = open(&ctx, id).await?;
    if view.status != Status::Imported {
        return Ok(ctx.done(&address(id), "source_decided", &[]));
    }
    let text = input.raw("text").trim().replace("\r\n", "\n");
    let wrong = if text.is_empty() {
        Some(FieldError::new("text", "required"))
    } else if text.chars().count() > MOST {
        Some(FieldError {
            params: vec![("max", MOST.to_string())],
            ..FieldError::new("text", "too_long")
        })
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(FieldError::new("text", "bad_character"))
    } else {
        None
    };
    if let Some(wrong) = wrong {
        view.form = Form::filled(input);
        view.form.errors.push(wrong);
        return Ok(reply::unprocessable(page(&ctx, &view).await?));
    }
    decide(&ctx, id, SourceDecision::Return(text)).await?;
    Ok(ctx.done(&address(id), "source_returned", &[]))
}
