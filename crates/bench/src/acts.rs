//! Acts over HTTP: one form each, sent by people who are logged in; acts a second, and the processor time of
//! the server for one.

use crate::clock::{ms, now, percentile};
use crate::forms::{self, Kind, Post};
use crate::limits::rate;
use crate::names::agreement;
use crate::people;
use crate::report::{Report, Table, whole};
use crate::server::{Server, verify};
use crate::world::World;
use anyhow::Context;
use domain::agreement::Content;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Clients at once, and the parts of the drafts that they get.
const CLIENTS: [(usize, Range<u64>); 3] = [(1, 0..2), (8, 2..8), (64, 8..20)];
/// Parts of the drafts.
const PARTS: u64 = 20;

/// What sending many forms showed.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Forms a second.
    pub rate: f64,
    /// Processor time of the server for one, in milliseconds.
    pub cpu: f64,
    /// The latency that 99 of 100 stay below, in milliseconds.
    pub p99: f64,
}

/// Both engines.
pub async fn measure(world: &World, report: &mut Report) -> anyhow::Result<()> {
    report.section("Acts over HTTP");
    report.text(
        "One form each, by people who are logged in, second factor off; the clients run on the same machine. \
         The processor time is that of the server's process alone (on PostgreSQL the database's comes to it).",
    );
    let mut table = Table::new(&[
        "Act",
        "Clients",
        "SQLite (acts/s)",
        "p99 (ms)",
        "CPU (ms/act)",
        "PostgreSQL (acts/s)",
        "p99 (ms)",
        "CPU (ms/act)",
        "and the database's (ms/act)",
    ]);
    let copy = world.copy()?;
    let sqlite = engine(world, copy.path(), None).await.context("SQLite")?;
    let (keys, name) = (world.keys_only()?, "bench_acts");
    let url = world.server.copy(name).await?;
    let postgres = engine(world, keys.path(), Some(&url))
        .await
        .context("PostgreSQL")?;
    world.server.discard(name).await?;
    let mut worst = 0.0_f64;
    for (at, (kind, clients, one, _)) in sqlite.iter().enumerate() {
        let (_, _, other, database) = &postgres[at];
        worst = worst.max(one.cpu);
        let mut cells = vec![kind.name().to_owned(), clients.to_string()];
        for outcome in [one, other] {
            cells.extend([
                whole(outcome.rate),
                format!("{:.1}", outcome.p99),
                format!("{:.2}", outcome.cpu),
            ]);
        }
        cells.push(format!("{database:.2}"));
        table.row(cells);
    }
    report.table(table);
    report.at_most(
        "CPU of an act over HTTP on SQLite, the most expensive",
        0.5,
        worst,
        " ms",
    );
    let worst = postgres.iter().map(|(_, _, one, _)| one.cpu).fold(0.0, f64::max);
    report.at_most(
        "CPU of an act over HTTP on PostgreSQL, the most expensive",
        0.5,
        worst,
        " ms",
    );
    Ok(())
}

type Line = (Kind, usize, Outcome, f64);

async fn engine(world: &World, data: &std::path::Path, database: Option<&str>) -> anyhow::Result<Vec<Line>> {
    let server = Server::start(&world.program, data, database).await?;
    let content = Content::standard(people::terms());
    let unit = (world.size.drafts.end - world.size.drafts.start) / PARTS;
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        for (clients, parts) in CLIENTS {
            let first = world.size.drafts.start;
            let range = first + parts.start * unit..first + parts.end * unit;
            let posts = range
                .map(|n| forms::act(kind, &content, n, agreement(n)))
                .collect();
            let before = world.server.cpu()?;
            let outcome = send(&server, posts, clients).await?;
            let count = Duration::from_secs((parts.end - parts.start) * unit).as_secs_f64();
            let theirs = ms(world.server.cpu()?.saturating_sub(before)) / count;
            lines.push((kind, clients, outcome, theirs));
        }
    }
    server.stop()?;
    verify(&world.program, data, database)?;
    Ok(lines)
}

/// Sends all forms, so many at a time.
pub async fn send(server: &Server, posts: Vec<Post>, clients: usize) -> anyhow::Result<Outcome> {
    let (posts, next) = (Arc::new(posts), Arc::new(AtomicUsize::new(0)));
    let mut browsers = Vec::new();
    for _ in 0..clients {
        browsers.push(crate::client::Browser::open(&server.authority, "").await?);
    }
    let (begun, cpu) = (now(), server.cpu()?);
    let mut running = tokio::task::JoinSet::new();
    for mut browser in browsers {
        let (posts, next) = (Arc::clone(&posts), Arc::clone(&next));
        running.spawn(async move {
            let mut times = Vec::new();
            while let Some(post) = posts.get(next.fetch_add(1, Ordering::Relaxed)) {
                let asked = now();
                browser.become_other(post.cookie.clone());
                browser.post(&post.path, post.body.clone()).await?;
                times.push(ms(asked.elapsed()));
            }
            Ok::<_, anyhow::Error>(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = running.join_next().await {
        times.extend(done??);
    }
    let time = begun.elapsed();
    let cpu = server.cpu()?.saturating_sub(cpu);
    let count = u64::try_from(posts.len())?;
    Ok(Outcome {
        rate: rate(count, time),
        cpu: ms(cpu) / rate(count, Duration::from_secs(1)),
        p99: percentile(&times, 0.99),
    })
}
