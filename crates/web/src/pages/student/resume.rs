//! 简历: written by the student, kept as parts.

use super::source::with_college;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::pages::shared::who::record;
use crate::reply;
use crate::views::form::{FieldError, Form};
use crate::views::student::resume as view;
use axum::response::IntoResponse;
use domain::agreement::form::Input;
use jiff::Timestamp;
use maud::Markup;
use store::people::{self, Resume, ResumeBody};

/// The page with a form, or with the stored résumé in it.
async fn page(ctx: &Ctx, form: Option<Form>) -> Result<Markup> {
    let (school, student) = (ctx.school()?.id, ctx.student()?);
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            let resume = people::resume_by_student(c, school, student).await?;
            Ok(with_college(c, school, student)
                .await?
                .map(|found| (found, resume)))
        })
    });
    let ((student, college), resume) = read.await?.ok_or(Error::NotFound)?;
    let view = view::Resume {
        basics: record(ctx.lang(), ctx.store().keys(), &student, &college)?,
        saved: resume.as_ref().map(|resume| resume.updated_at),
        form: match (form, resume) {
            (Some(form), _) => form,
            (None, Some(resume)) => filled(resume)?,
            (None, None) => Form::default(),
        },
    };
    Ok(view::page(&ctx.frame().await?, &view))
}

fn filled(resume: Resume) -> Result<Form> {
    let body: ResumeBody = serde_json::from_value(resume.body).map_err(Error::internal)?;
    let mut input = Input::default();
    for (name, text) in body.parts() {
        input.set(name, text);
    }
    if resume.visible {
        input.set("visible", "yes");
    }
    Ok(Form::filled(input))
}

/// Reads the form: parts of at most [`ResumeBody::MOST`] characters.
fn read(input: &Input) -> Result<ResumeBody, Vec<FieldError>> {
    let text = |name: &str| input.raw(name).replace("\r\n", "\n").trim().to_owned();
    let body = ResumeBody {
        objective: text("objective"),
        education: text("education"),
        experience: text("experience"),
        skills: text("skills"),
        awards: text("awards"),
        about: text("about"),
    };
    let wrong: Vec<FieldError> = body
        .parts()
        .into_iter()
        .filter_map(|(name, text)| wrong(name, text))
        .collect();
    if wrong.is_empty() { Ok(body) } else { Err(wrong) }
}

fn wrong(name: &str, text: &str) -> Option<FieldError> {
    if text.chars().count() > ResumeBody::MOST {
        let params = vec![("max", ResumeBody::MOST.to_string())];
        return Some(FieldError {
            params,
            ..FieldError::new(name, "too_long")
        });
    }
    let bad = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    bad.then(|| FieldError::new(name, "bad_character"))
}

/// The form.
pub async fn show(ctx: Ctx) -> Result {
    Ok(page(&ctx, None).await?.into_response())
}

/// Saves it.
pub async fn update(ctx: Ctx, Posted(input): Posted) -> Result {
    let body = match read(&input) {
        Ok(body) => body,
        Err(errors) => {
            let form = Form {
                input,
                errors,
                ..Form::default()
            };
            return Ok(reply::unprocessable(page(&ctx, Some(form)).await?));
        }
    };
    save(&ctx, &body, input.raw("visible") == "yes", ctx.now()).await?;
    Ok(ctx.done("/student/resume", "resume_saved", &[]))
}

async fn save(ctx: &Ctx, body: &ResumeBody, visible: bool, now: Timestamp) -> Result<()> {
    let (school, student) = (ctx.school()?.id, ctx.student()?);
    let body = serde_json::to_value(body).map_err(Error::internal)?;
    let resume = Resume {
        student_id: student,
        body,
        visible,
        updated_at: now,
    };
    let write = ctx.store().write(move |c| {
        let resume = resume.clone();
        Box::pin(async move { people::resume_put(c, school, &resume).await })
    });
    Ok(write.await?)
}
