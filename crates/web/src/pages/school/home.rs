//! 首页 of the school: numbers, what waits, what is new.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::pages::shared::inbox::{self, message_row};
use crate::pages::shared::rows::waiting_row;
use crate::params::Query;
use crate::views::review::overview::{self, CollegeLine, Overview};
use axum::response::IntoResponse;
use domain::agreement::StateKind;
use domain::ids::{AccountId, SchoolId};
use domain::notice::Audience;
use store::campus::{self, CollegeNumbers};
use store::inbox::Message;
use store::lists::{self, Filter, Item, Key, Owner, Page};
use store::{Conn, Error as Failed, schools};

/// Rows of the queue and messages on the page.
const SHOWN: usize = 5;

struct Data {
    year: i32,
    colleges: Vec<CollegeNumbers>,
    counts: Vec<(StateKind, i64)>,
    queue: Page<Item, Key>,
    messages: Vec<Message>,
}

/// The latest year unless another one of the school is asked for.
async fn read(
    c: &mut Conn<'_>,
    (school, account): (SchoolId, AccountId),
    asked: Option<i32>,
) -> Result<Data, Failed> {
    let years = schools::years(c, school).await?;
    let year = asked
        .filter(|year| years.contains(year))
        .or(years.first().copied())
        .unwrap_or(0);
    let of_year = Filter {
        year: Some(year),
        ..Filter::default()
    };
    let waiting = Filter {
        states: vec![StateKind::SchoolReview],
        ..Filter::default()
    };
    Ok(Data {
        year,
        colleges: campus::colleges(c, school, year).await?,
        counts: lists::counts(c, school, Owner::School, &of_year).await?,
        queue: lists::agreements(c, school, Owner::School, &waiting, None).await?,
        messages: inbox::latest(c, (school, account), &[Audience::School], (None, SHOWN)).await?,
    })
}

/// The page.
pub async fn show(ctx: Ctx, Query(asked): Query) -> Result {
    let (school, account) = (ctx.school()?.id, ctx.account());
    let year = asked.text("year").and_then(|year| year.parse().ok());
    let data = ctx
        .store()
        .read(move |c| Box::pin(async move { read(c, (school, account), year).await }));
    let view = view(&ctx, data.await?)?;
    Ok(overview::page(&ctx.frame().await?, &view).into_response())
}

fn natural(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn view(ctx: &Ctx, data: Data) -> Result<Overview> {
    let lang = ctx.lang();
    let count = |state| {
        natural(
            data.counts
                .iter()
                .find(|(kind, _)| *kind == state)
                .map_or(0, |(_, n)| *n),
        )
    };
    let sum = |of: fn(&CollegeNumbers) -> i64| natural(data.colleges.iter().map(of).sum());
    let (students, approved) = (sum(|college| college.students), sum(|college| college.approved));
    let queue: Result<Vec<_>> = data
        .queue
        .items
        .into_iter()
        .take(SHOWN)
        .map(|item| waiting_row(lang, item))
        .collect();
    Ok(Overview {
        year: data.year,
        students,
        approved,
        offered: count(StateKind::Offered),
        college_review: count(StateKind::CollegeReview),
        school_review: count(StateKind::SchoolReview),
        effective: count(StateKind::Effective),
        queue: queue?,
        colleges: data.colleges.into_iter().map(line).collect(),
        messages: data.messages.into_iter().filter_map(message_row).collect(),
    })
}

fn line(college: CollegeNumbers) -> CollegeLine {
    CollegeLine {
        students: natural(college.students),
        signed: natural(college.signed),
        name: college.name,
    }
}
