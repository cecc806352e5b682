//! 首页: what to do next.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::pages::shared::inbox::{self, message_row};
use crate::pages::shared::rows::offer_row;
use crate::pages::shared::who::source_status;
use crate::tr;
use crate::views::student::home::{self, Home};
use crate::views::student::list::OfferRow;
use axum::response::IntoResponse;
use domain::agreement::StateKind;
use domain::ids::{AccountId, SchoolId, StudentId};
use domain::notice::Audience;
use jiff::Timestamp;
use store::inbox::Message;
use store::lists::{self, Item};
use store::people::{self, Student};
use store::{Conn, Error as Failed};

/// Messages on the page.
const MESSAGES: usize = 5;

struct Data {
    student: Student,
    college: String,
    has_resume: bool,
    agreements: Vec<Item>,
    messages: Vec<Message>,
}

async fn read(
    c: &mut Conn<'_>,
    school: SchoolId,
    account: AccountId,
    student: StudentId,
) -> Result<Option<Data>, Failed> {
    let Some(found) = people::student_by_id(c, school, student).await? else {
        return Ok(None);
    };
    let colleges = people::colleges(c, school).await?;
    let college = colleges
        .into_iter()
        .find(|college| college.id == found.college_id);
    let messages = inbox::latest(
        c,
        (school, account),
        &[Audience::Student(student)],
        (None, MESSAGES),
    )
    .await?;
    Ok(Some(Data {
        student: found,
        college: college.map(|college| college.name).unwrap_or_default(),
        has_resume: people::resume_by_student(c, school, student).await?.is_some(),
        agreements: lists::of_student(c, school, student).await?,
        messages,
    }))
}

/// The page.
pub async fn show(ctx: Ctx) -> Result {
    let (school, account, student) = (ctx.school()?.id, ctx.account(), ctx.student()?);
    let data = ctx
        .store()
        .read(move |c| Box::pin(async move { read(c, school, account, student).await }));
    let data = data.await?.ok_or(Error::NotFound)?;
    let lang = ctx.lang();
    let rows: Result<Vec<OfferRow>> = data
        .agreements
        .into_iter()
        .map(|item| offer_row(lang, item))
        .collect();
    let (mut offers, rest): (Vec<_>, Vec<_>) =
        rows?.into_iter().partition(|row| row.state == StateKind::Offered);
    offers.sort_by_key(|row| row.deadline.unwrap_or(Timestamp::MAX));
    let year = tr!(lang, "common.year", year = data.student.year);
    let view = Home {
        line: [year.as_ref(), &data.college, &data.student.major].join(" · "),
        name: data.student.name,
        source: source_status(data.student.source_status),
        has_resume: data.has_resume,
        offers,
        current: rest.into_iter().find(|row| row.state.is_live()),
        messages: data.messages.into_iter().filter_map(message_row).collect(),
    };
    Ok(home::page(&ctx.frame().await?, &view).into_response())
}
