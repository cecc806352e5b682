//! Whole agreements, from the draft to the document, with the pages that people see on the way; where the
//! processor time goes, and how much they add to the data.

use crate::client::Browser;
use crate::clock::{self, ms, now};
use crate::forms::{self, Kind, Post, employer_base};
use crate::limits::rate;
use crate::names::{agreement, student};
use crate::people;
use crate::report::{Report, Table, bytes};
use crate::seed;
use crate::server::{Server, verify};
use crate::world::World;
use anyhow::{Context, ensure};
use domain::agreement::Content;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// People at once.
const CLIENTS: u64 = 8;

/// What a run left.
struct Outcome {
    /// Agreements a second, each with its document.
    rate: f64,
    /// Processor time of the server by stage, milliseconds an agreement: everything up to the school's last
    /// form, and that with the rendering.
    http: f64,
    last: f64,
    /// What one more agreement adds to the database and to the files, in bytes.
    database: u64,
    files: u64,
    /// The most memory that the server used, in kB, and of that its own.
    peak: u64,
}

/// Both engines.
pub async fn measure(world: &World, report: &mut Report) -> anyhow::Result<()> {
    let copy = world.copy()?;
    let sqlite = engine(world, copy.path(), None).await.context("SQLite")?;
    let (keys, name) = (world.keys_only()?, "bench_whole");
    let url = world.server.copy(name).await?;
    let postgres = engine(world, keys.path(), Some((&url, name)))
        .await
        .context("PostgreSQL")?;
    world.server.discard(name).await?;
    report.section("Whole agreements");
    report.text(&format!(
        "From the student's name in the list to the finished document, {CLIENTS} at once: employer (list, résumé, form, \
         saving, sending), student (home, offer, acceptance), college and school (queue, agreement, approval), each \
         redirect followed: 14 pages and 5 forms. Second factor off."
    ));
    let mut table = Table::new(&[
        "Engine",
        "agreements/s with document",
        "HTTP + rules + SQL (CPU ms)",
        "rendering, keeping the file (CPU ms)",
        "database grows by",
        "files grow by",
        "memory at most",
    ]);
    let hash = hashing().await?;
    for (name, one) in [("SQLite", &sqlite), ("PostgreSQL", &postgres)] {
        table.row(vec![
            name.to_owned(),
            format!("{:.1}", one.rate),
            format!("{:.1}", one.http),
            format!("{:.1}", one.last),
            bytes(one.database),
            bytes(one.files),
            format!("{:.0} MB", mb(one.peak)),
        ]);
        let what = format!("CPU of an agreement for HTTP + rules + SQL, {name}");
        report.at_most(&what, 10.0, one.http, " ms");
        let what = format!("growth of the database per agreement, {name}");
        report.at_most(&what, 120.0, kb(one.database), " kB");
        let what = format!("growth of the database per agreement with its document, {name}");
        report.at_most(&what, 120.0, kb(one.database + one.files), " kB");
    }
    report.table(table);
    report.text(&format!(
        "Passwords: one comparison (argon2id, 46 MiB, two passes) costs {hash:.0} ms of processor time; an agreement \
         sees two of the student's (login, acceptance) and a share of the logins of everybody else."
    ));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a size to be read by people")]
fn kb(value: u64) -> f64 {
    value as f64 / 1e3
}

/// From kB to MB.
#[expect(clippy::cast_precision_loss, reason = "a size to be read by people")]
pub fn mb(value: u64) -> f64 {
    value as f64 * 1.024 / 1e3
}

/// Processor time of a comparison, in milliseconds.
async fn hashing() -> anyhow::Result<f64> {
    let hasher = web::auth::password::Hasher::new(web::auth::password::Cost::default(), crate::env::real());
    let failed = |_| anyhow::anyhow!("hashing failed");
    let hash = hasher.hash(people::PASSWORD.to_owned()).await.map_err(failed)?;
    let before = clock::own_cpu()?;
    for _ in 0..10 {
        let verdict = hasher
            .verify(people::PASSWORD.to_owned(), Some(hash.clone()))
            .await;
        ensure!(
            verdict.map_err(failed)? == web::auth::password::Verdict::Right,
            "a password that does not fit"
        );
    }
    Ok(ms(clock::own_cpu()?.saturating_sub(before)) / 10.0)
}

async fn engine(world: &World, data: &Path, database: Option<(&str, &str)>) -> anyhow::Result<Outcome> {
    let (url, name) = database.unzip();
    let server = Server::start(&world.program, data, url).await?;
    let (few, many) = if world.quick { (20, 40) } else { (100, 300) };
    let free = world.size.free.start;
    let staged = stages(&server, free, few).await?;
    finished(world, data, name, few).await?;
    let (http, last) = (staged[0], ms(server.cpu()?.saturating_sub(staged[2])));
    let before = sizes(world, data, name).await?;
    let begun = now();
    walk(&server, free + few..free + few + many).await?;
    finished(world, data, name, few + many).await?;
    let time = begun.elapsed();
    let after = sizes(world, data, name).await?;
    let peak = clock::memory_of(server.process(), "VmHWM")?;
    server.stop()?;
    verify(&world.program, data, url)?;
    // The school's last form is like the college's; what is more is the document.
    let count = rate(few, Duration::from_secs(1));
    let last_form = ms(staged[1]) / count;
    Ok(Outcome {
        rate: rate(many, time),
        http: ms(http) / count + last_form,
        last: last / count - last_form,
        database: after.0.saturating_sub(before.0) / many,
        files: after.1.saturating_sub(before.1) / many,
        peak,
    })
}

/// Walks some agreements stage by stage: processor time of everything but the school's last form, that of the
/// college's form, and the moment (in processor time) before the last.
async fn stages(server: &Server, first: u64, count: u64) -> anyhow::Result<[Duration; 3]> {
    let begun = server.cpu()?;
    let range = first..first + count;
    let mut browser = Browser::open(&server.authority, "").await?;
    for n in range.clone() {
        employer(&mut browser, n).await?;
        student_walk(&mut browser, n).await?;
        look_at_college(&mut browser, n).await?;
    }
    let content = Content::standard(people::terms());
    let before = server.cpu()?;
    for n in range.clone() {
        act(&mut browser, forms::act(Kind::Approve, &content, n, agreement(n))).await?;
    }
    let form = server.cpu()?.saturating_sub(before);
    for n in range.clone() {
        look_at_school(&mut browser, n).await?;
    }
    let mark = server.cpu()?;
    for n in range {
        act(&mut browser, forms::school_approval(agreement(n))).await?;
    }
    Ok([mark.saturating_sub(begun), form, mark])
}

/// Walks agreements from beginning to end, some at once.
async fn walk(server: &Server, range: std::ops::Range<u64>) -> anyhow::Result<()> {
    let next = Arc::new(AtomicU64::new(range.start));
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let mut browser = Browser::open(&server.authority, "").await?;
        let (next, end) = (Arc::clone(&next), range.end);
        running.spawn(async move {
            let content = Content::standard(people::terms());
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= end {
                    return Ok::<_, anyhow::Error>(());
                }
                employer(&mut browser, n).await?;
                student_walk(&mut browser, n).await?;
                look_at_college(&mut browser, n).await?;
                act(&mut browser, forms::act(Kind::Approve, &content, n, agreement(n))).await?;
                look_at_school(&mut browser, n).await?;
                act(&mut browser, forms::school_approval(agreement(n))).await?;
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    Ok(())
}

/// Sends a form and looks at where it leads.
async fn act(browser: &mut Browser, post: Post) -> anyhow::Result<()> {
    browser.become_other(post.cookie);
    let to = browser.post(&post.path, post.body).await?;
    browser.page(&to).await.map(drop)
}

async fn employer(browser: &mut Browser, n: u64) -> anyhow::Result<()> {
    let (base, content) = (employer_base(), Content::standard(people::terms()));
    browser.become_other(forms::member_cookie(n));
    let number = people::student_no(n);
    browser
        .page(&format!("{base}/agreements?tab=eligible&q={number}"))
        .await?;
    browser
        .page(&format!("{base}/students/{}/resume", student(n)))
        .await?;
    browser
        .page(&format!("{base}/students/{}/offer", student(n)))
        .await?;
    act(browser, forms::draft(&content, n)).await?;
    act(browser, forms::act(Kind::Send, &content, n, agreement(n))).await
}

async fn student_walk(browser: &mut Browser, n: u64) -> anyhow::Result<()> {
    let content = Content::standard(people::terms());
    browser.become_other(forms::student_cookie(n));
    browser.page("/student").await?;
    browser
        .page(&format!("/student/agreements/{}", agreement(n)))
        .await?;
    act(browser, forms::act(Kind::Accept, &content, n, agreement(n))).await
}

async fn look_at_college(browser: &mut Browser, n: u64) -> anyhow::Result<()> {
    browser.become_other(forms::reviewer_cookie(n));
    browser.page("/college").await?;
    browser
        .page(&format!("/college/agreements/{}", agreement(n)))
        .await
        .map(drop)
}

async fn look_at_school(browser: &mut Browser, n: u64) -> anyhow::Result<()> {
    browser.become_other(forms::staff_cookie());
    browser.page("/school/agreements").await?;
    browser
        .page(&format!("/school/agreements/{}", agreement(n)))
        .await
        .map(drop)
}

/// Waits until so many documents are there.
async fn finished(world: &World, data: &Path, database: Option<&str>, count: u64) -> anyhow::Result<()> {
    let sql = "SELECT count(*) FROM document WHERE rendition IN ('final', 'sealed') AND file_id IS NOT NULL";
    for _ in 0..6000 {
        let done: i64 = if let Some(name) = database {
            let client = world.server.connect(name).await?;
            client.query_one(sql, &[]).await?.try_get(0)?
        } else {
            let connection = rusqlite::Connection::open(seed::file(data))?;
            connection.query_row(sql, [], |row| row.get(0))?
        };
        if u64::try_from(done)? >= count {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    anyhow::bail!("the documents do not come")
}

/// Bytes of the database and of the files, with nothing left in a log.
async fn sizes(world: &World, data: &Path, database: Option<&str>) -> anyhow::Result<(u64, u64)> {
    let files = clock::size_of(&data.join("files"))?;
    if let Some(name) = database {
        let client = world.server.connect(name).await?;
        let size: i64 = client
            .query_one("SELECT pg_database_size(current_database())", &[])
            .await?
            .try_get(0)?;
        return Ok((u64::try_from(size)?, files));
    }
    let connection = rusqlite::Connection::open(seed::file(data))?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let size: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    Ok((u64::try_from(pages * size)?, files))
}
