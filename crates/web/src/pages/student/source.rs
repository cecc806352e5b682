//! 生源信息: what the school has on record, with masked numbers, for the student to check.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::pages::shared::who::{record, source_status};
use crate::views::student::source::{self, Source};
use axum::response::IntoResponse;
use domain::ids::{SchoolId, StudentId};
use store::Conn;
use store::people::{self, Student};

/// A student with the name of the college.
pub async fn with_college(
    c: &mut Conn<'_>,
    school: SchoolId,
    student: StudentId,
) -> Result<Option<(Student, String)>, store::Error> {
    let Some(found) = people::student_by_id(c, school, student).await? else {
        return Ok(None);
    };
    let colleges = people::colleges(c, school).await?;
    let college = colleges
        .into_iter()
        .find(|college| college.id == found.college_id);
    Ok(Some((
        found,
        college.map(|college| college.name).unwrap_or_default(),
    )))
}

/// The page.
pub async fn show(ctx: Ctx) -> Result {
    let (school, student) = (ctx.school()?.id, ctx.student()?);
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { with_college(c, school, student).await }));
    let (student, college) = read.await?.ok_or(Error::NotFound)?;
    let view = Source {
        status: source_status(student.source_status),
        rows: record(ctx.lang(), ctx.store().keys(), &student, &college)?,
        reason: student.source_reason,
    };
    Ok(source::page(&ctx.frame().await?, &view).into_response())
}
