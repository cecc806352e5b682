//! The store: acceptances a second by the production functions, beside the limits, one round after the other.

use crate::clock::{median, ms, now, own_cpu, percentile};
use crate::limits::{self, Mode, rate};
use crate::people;
use crate::postgres::Server;
use crate::record::Step;
use crate::report::{Report, Table, whole};
use crate::world::World;
use domain::agreement::Content;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::{Store, StoreConfig, agreements};

/// How many tasks at once, and the part of the offers that each number gets.
const TASKS: [(u64, Range<u64>); 3] = [(1, 0..1), (8, 1..6), (64, 6..20)];
/// Parts of the offers.
const PARTS: u64 = 20;

/// What a run of the store showed.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    rate: f64,
    p99: f64,
    /// Of this process, milliseconds a transaction.
    cpu: f64,
}

/// What was measured with one number of tasks, round by round.
#[derive(Debug, Default)]
struct Row {
    limit: Vec<f64>,
    simple: Vec<f64>,
    store: Vec<Outcome>,
}

impl Row {
    fn of(&self, value: impl Fn(&Outcome) -> f64) -> f64 {
        median(&self.store.iter().map(value).collect::<Vec<_>>())
    }

    /// Ratios of rounds, each of measurements that follow one another.
    fn ratio(&self, limit: &[f64]) -> f64 {
        let pairs = self.store.iter().zip(limit);
        median(&pairs.map(|(store, limit)| store.rate / limit).collect::<Vec<_>>())
    }
}

fn slice(offers: &Range<u64>, parts: &Range<u64>, tasks: u64) -> Range<u64> {
    // The first two were accepted to be recorded; whoever counts from 0 counts them too.
    let unit = (offers.end - offers.start) / PARTS;
    let (start, end) = (offers.start + parts.start * unit, offers.start + parts.end * unit);
    start..end - (end - start) % tasks
}

/// Both engines.
pub async fn measure(world: &World, report: &mut Report) -> anyhow::Result<()> {
    let steps = Arc::new(crate::record::acceptance(&world.server).await?);
    let rounds = if world.quick { 1 } else { 3 };
    let mut sqlite: [Row; 3] = Default::default();
    let mut postgres: [Row; 3] = Default::default();
    for round in 0..rounds {
        lite_round(world, &steps, &mut sqlite).await?;
        pg_round(world, &steps, round, &mut postgres).await?;
    }
    report.section("The store");
    report.text(&format!(
        "The transaction of an acceptance: {} statements, all clauses ticked in the same form. The limit runs the same \
         statements with the same values, as PostgreSQL's log has them from the store itself, and nothing else: no \
         rules, no JSON, no hashes. Each run begins on a fresh copy of the database; limit and store take turns, and \
         the ratio is the median of {rounds} rounds.",
        steps.len()
    ));
    show_lite(report, &sqlite);
    show_pg(report, &postgres);
    Ok(())
}

fn show_lite(report: &mut Report, rows: &[Row; 3]) {
    let mut table = Table::new(&[
        "SQLite, tasks",
        "limit: tight loop, as many a commit (tx/s)",
        "store (tx/s)",
        "ratio",
        "p99 (ms)",
        "CPU (ms/tx)",
    ]);
    for ((tasks, _), row) in TASKS.iter().zip(rows) {
        let ratio = row.ratio(&row.limit);
        table.row(vec![
            tasks.to_string(),
            whole(median(&row.limit)),
            whole(row.of(|one| one.rate)),
            format!("{ratio:.2}"),
            format!("{:.1}", row.of(|one| one.p99)),
            format!("{:.3}", row.of(|one| one.cpu)),
        ]);
        report.at_least(
            &format!("store on SQLite, {tasks} tasks: share of the limit"),
            0.65,
            ratio,
            "",
        );
    }
    report.table(table);
}

fn show_pg(report: &mut Report, rows: &[Row; 3]) {
    let mut table = Table::new(&[
        "PostgreSQL, tasks",
        "pgbench (tx/s)",
        "pgbench -M prepared (tx/s)",
        "store (tx/s)",
        "to pgbench",
        "to prepared",
        "p99 (ms)",
        "CPU, ours (ms/tx)",
    ]);
    for ((tasks, _), row) in TASKS.iter().zip(rows) {
        let (simple, prepared) = (row.ratio(&row.simple), row.ratio(&row.limit));
        table.row(vec![
            tasks.to_string(),
            whole(median(&row.simple)),
            whole(median(&row.limit)),
            whole(row.of(|one| one.rate)),
            format!("{simple:.2}"),
            format!("{prepared:.2}"),
            format!("{:.1}", row.of(|one| one.p99)),
            format!("{:.3}", row.of(|one| one.cpu)),
        ]);
        if *tasks > 1 {
            let what = format!("store on PostgreSQL, {tasks} tasks: times pgbench");
            report.at_least(&what, 1.1, simple, "");
            let what = format!("store on PostgreSQL, {tasks} tasks: times pgbench -M prepared");
            report.at_least(&what, 1.1, prepared, "");
        }
    }
    report.table(table);
}

async fn lite_round(world: &World, steps: &Arc<Vec<Step>>, rows: &mut [Row; 3]) -> anyhow::Result<()> {
    let (loops, stores) = (world.copy()?, world.copy()?);
    for ((tasks, parts), row) in TASKS.iter().zip(rows) {
        let range = slice(&world.size.offered, parts, *tasks);
        let (steps, file, numbers) = (Arc::clone(steps), crate::seed::file(loops.path()), range.clone());
        let tasks = *tasks;
        let limit = tokio::task::spawn_blocking(move || limits::tight_loop(&file, &steps, numbers, tasks));
        row.limit.push(limit.await??);
        let config = StoreConfig {
            data: stores.path().to_owned(),
            database: None,
        };
        row.store.push(accept(&config, range, tasks).await?);
    }
    Ok(())
}

async fn pg_round(world: &World, steps: &[Step], round: usize, rows: &mut [Row; 3]) -> anyhow::Result<()> {
    let server = &world.server;
    let names = ["simple", "prepared", "store"].map(|kind| format!("bench_{kind}_{round}"));
    let mut urls = Vec::new();
    for name in &names {
        urls.push(server.copy(name).await?);
    }
    for ((tasks, parts), row) in TASKS.iter().zip(rows) {
        let range = slice(&world.size.offered, parts, *tasks);
        row.simple.push(pgbench(
            server,
            &names[0],
            steps,
            (range.clone(), *tasks),
            Mode::Simple,
        )?);
        let scratch = world.keys_only()?;
        let config = StoreConfig {
            data: scratch.path().to_owned(),
            database: Some(urls[2].clone()),
        };
        row.store.push(accept(&config, range.clone(), *tasks).await?);
        row.limit.push(pgbench(
            server,
            &names[1],
            steps,
            (range, *tasks),
            Mode::Prepared,
        )?);
    }
    for name in &names {
        server.discard(name).await?;
    }
    Ok(())
}

fn pgbench(
    server: &Server,
    database: &str,
    steps: &[Step],
    work: (Range<u64>, u64),
    mode: Mode,
) -> anyhow::Result<f64> {
    tokio::task::block_in_place(|| limits::run_pgbench(server, database, steps, work, mode))
}

/// The store accepts the offers of `range` with so many tasks at once.
async fn accept(config: &StoreConfig, range: Range<u64>, tasks: u64) -> anyhow::Result<Outcome> {
    let store = Store::open(config, crate::env::real()).await?;
    open_connections(&store).await?;
    let content = Arc::new(Content::standard(people::terms()));
    let next = Arc::new(AtomicU64::new(range.start));
    let (begun, cpu) = (now(), own_cpu()?);
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        let (store, content, next, end) = (store.clone(), Arc::clone(&content), Arc::clone(&next), range.end);
        running.spawn(async move {
            let mut times = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= end {
                    return Ok::<_, store::Error>(times);
                }
                let asked = now();
                agreements::perform(&store, people::accept(&content, n)).await?;
                times.push(ms(asked.elapsed()));
            }
        });
    }
    let mut times = Vec::new();
    while let Some(done) = running.join_next().await {
        times.extend(done??);
    }
    let (time, cpu) = (begun.elapsed(), own_cpu()?.saturating_sub(cpu));
    let count = range.end - range.start;
    Ok(Outcome {
        rate: rate(count, time),
        p99: percentile(&times, 0.99),
        cpu: ms(cpu) / rate(count, Duration::from_secs(1)),
    })
}

/// Connections are there before the clock runs, as they are for `pgbench`; nothing is prepared on them.
async fn open_connections(store: &Store) -> anyhow::Result<()> {
    let open = (0..16).map(|_| store.read(|c| Box::pin(store::schools::all(c))));
    for done in futures::future::join_all(open).await {
        done?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_tasks_has_offers_of_its_own() {
        let slices = TASKS.map(|(tasks, parts)| (tasks, slice(&(0..8000), &parts, tasks)));
        assert_eq!(slices[0].1, 0..400);
        assert_eq!(slices[1].1.start, 400);
        for (tasks, range) in slices {
            assert_eq!((range.end - range.start) % tasks, 0);
        }
    }
}
