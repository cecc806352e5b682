//! `/platform`: schools, counts, health. No power over any agreement.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::views::platform::{self, DeadLetter, Platform, SchoolLine};
use maud::Markup;
use store::overview::{self, Overview};

/// The page.
pub async fn home(ctx: Ctx) -> Result<Markup> {
    let now = ctx.now();
    let read = ctx.store().read(move |c| Box::pin(overview::read(c, now)));
    let Overview {
        schools,
        employers,
        waiting,
        dead,
        undelivered,
    } = read.await?;
    let count = |rows: i64| u64::try_from(rows).unwrap_or(0);
    let line = |row: overview::SchoolRow| SchoolLine {
        code: row.code,
        name: row.name,
        students: count(row.students),
        agreements: count(row.agreements),
        effective: count(row.effective),
    };
    let letter = |row: overview::DeadRow| DeadLetter {
        topic: row.topic,
        attempts: count(row.attempts),
        at: row.dead_at,
        error: row.last_error.unwrap_or_default(),
    };
    let view = Platform {
        schools: schools.into_iter().map(line).collect(),
        employers: count(employers),
        waiting: count(waiting),
        dead: dead.into_iter().map(letter).collect(),
        undelivered: undelivered.into_iter().map(letter).collect(),
    };
    Ok(platform::page(&ctx.frame().await?, &view))
}
