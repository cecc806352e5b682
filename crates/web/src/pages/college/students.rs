//! 生源信息: the records of the reviewer's students, to be approved, many at once.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::pages::shared::cursor::Trail;
use crate::pages::shared::who::{ID_NO, masked, named, source_status};
use crate::params::Query;
use crate::reply;
use crate::views::form::codes;
use crate::views::list::Filter;
use crate::views::review::students::{self, SourceRow, Students};
use axum::response::IntoResponse;
use domain::agreement::form::Input;
use domain::codes::{DEGREE, GENDER, Sought, TRAINING_MODE};
use domain::ids::{CollegeId, SchoolId, StudentId};
use maud::Markup;
use store::people::{self, SourceDecision, SourceStatus};
use store::sources::{self, Search, SourceLine};
use store::{Conn, Error as Failed, schools};

/// Where the list is.
const PATH: &str = "/college/students";

/// What the address asks for.
#[derive(Clone)]
struct Asked {
    school: SchoolId,
    colleges: Vec<CollegeId>,
    status: SourceStatus,
    filter: Filter,
    after: Option<(String, StudentId)>,
}

struct Data {
    counts: Vec<(SourceStatus, i64)>,
    total: i64,
    rows: Vec<SourceLine>,
}

async fn read(c: &mut Conn<'_>, asked: &Asked) -> Result<Data, Failed> {
    let year = schools::years(c, asked.school)
        .await?
        .first()
        .copied()
        .unwrap_or(0);
    let search = Search {
        school: asked.school,
        year,
        colleges: asked.colleges.clone(),
        status: asked.status,
        degree: Some(asked.filter.degree.clone()).filter(|code| !code.is_empty()),
        text: Sought::of(&asked.filter.q),
        after: asked.after.clone(),
    };
    let counts = people::source_counts(c, asked.school, year, &asked.colleges).await?;
    Ok(Data {
        counts,
        total: sources::count(c, &search).await?,
        rows: sources::page(c, &search).await?,
    })
}

fn asked(ctx: &Ctx, query: &Input, trail: &Trail) -> Result<Asked> {
    let text = |name: &str| query.text(name).unwrap_or("").to_owned();
    let after = trail.last().and_then(|key| key.rsplit_once('~'));
    Ok(Asked {
        school: ctx.school()?.id,
        colleges: ctx.colleges().to_vec(),
        status: SourceStatus::from_code(query.raw("status")).unwrap_or(SourceStatus::Imported),
        filter: Filter {
            q: text("q"),
            degree: text("degree"),
            ..Filter::default()
        },
        after: after.and_then(|(no, id)| Some((no.to_owned(), id.parse().ok()?))),
    })
}

async fn page(ctx: &Ctx, query: &Input, nothing_chosen: bool) -> Result<Markup> {
    let trail = Trail::of(query);
    let asked = asked(ctx, query, &trail)?;
    let reading = asked.clone();
    let data = ctx.store().read(move |c| {
        let asked = reading.clone();
        Box::pin(async move { read(c, &asked).await })
    });
    let mut data = data.await?;
    let more = data.rows.len() > sources::PAGE;
    data.rows.truncate(sources::PAGE);
    let next = data
        .rows
        .last()
        .filter(|_| more)
        .map(|last| format!("{}~{}", last.student_no, last.id));
    let kept = [
        ("status", asked.status.code()),
        ("q", &asked.filter.q),
        ("degree", &asked.filter.degree),
    ];
    let pager = trail.pager(PATH, &kept, next, u64::try_from(data.total).unwrap_or(0));
    let count = |status| {
        data.counts
            .iter()
            .find(|(known, _)| *known == status)
            .map_or(0, |(_, n)| *n)
    };
    let tabs = [
        SourceStatus::Imported,
        SourceStatus::Approved,
        SourceStatus::Returned,
    ];
    let view = Students {
        tab: source_status(asked.status),
        counts: tabs.map(|status| u64::try_from(count(status)).unwrap_or(0)),
        filter: asked.filter,
        degrees: codes(ctx.lang(), &DEGREE),
        rows: data
            .rows
            .into_iter()
            .map(|line| row(ctx, line))
            .collect::<Result<_>>()?,
        pager,
        nothing_chosen,
    };
    Ok(students::page(&ctx.frame().await?, &view))
}

fn row(ctx: &Ctx, line: SourceLine) -> Result<SourceRow> {
    let lang = ctx.lang();
    let sealed = line.id_no_sealed.as_ref().map(|sealed| sealed.0.as_slice());
    Ok(SourceRow {
        id: line.id,
        line: format!("{} · {}", line.student_no, named(lang, &GENDER, &line.gender)),
        id_no: masked(ctx.store().keys(), line.id, ID_NO, sealed)?,
        name: line.name,
        degree: named(lang, &DEGREE, &line.degree),
        major: line.major,
        class: line.class_name,
        training: named(lang, &TRAINING_MODE, &line.training_mode),
        status: source_status(line.source_status),
        reason: line.source_reason,
    })
}

/// The list.
pub async fn list(ctx: Ctx, Query(query): Query) -> Result {
    Ok(page(&ctx, &query, false).await?.into_response())
}

/// Approves the chosen ones: all, or none when one of them is not of the reviewer's colleges.
pub async fn approve(ctx: Ctx, Posted(input): Posted) -> Result {
    let chosen: Result<Vec<StudentId>, _> = input.all("student").iter().map(|id| id.parse()).collect();
    let chosen = chosen.map_err(|_| Error::NotFound)?;
    if chosen.is_empty() {
        return Ok(reply::unprocessable(page(&ctx, &Input::default(), true).await?));
    }
    let (school, colleges, now) = (ctx.school()?.id, ctx.colleges().to_vec(), ctx.now());
    let approved = ctx.store().write(move |c| {
        let (colleges, chosen) = (colleges.clone(), chosen.clone());
        Box::pin(async move {
            people::source_decide(c, (school, &colleges), &chosen, &SourceDecision::Approve, now).await
        })
    });
    let n = approved.await?.to_string();
    Ok(ctx.done(PATH, "source_approved", &[("n", &n)]))
}
