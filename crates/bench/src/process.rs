//! The process: how soon it is ready, how much memory it holds, how large the program is.

use crate::client::Browser;
use crate::clock::{median, memory_of, ms, size_of};
use crate::forms::{self, employer_base};
use crate::report::{Report, Table, bytes};
use crate::server::Server;
use crate::whole::mb;
use crate::world::World;
use std::path::Path;
use std::time::Duration;

/// Measures.
pub async fn measure(world: &World, report: &mut Report) -> anyhow::Result<()> {
    report.section("The process");
    let mut table = Table::new(&[
        "Data",
        "ready after (ms)",
        "memory at rest",
        "of that its own",
        "after 200 pages, 8 at once",
    ]);
    let rounds = if world.quick { 1 } else { 5 };
    let empty = |_: &World| crate::folder::Folder::new();
    let full = |world: &World| world.copy();
    let mut worst = (0.0_f64, 0.0_f64);
    for (name, seeded) in [("none yet (the schema is made)", false), ("the whole year", true)] {
        let (mut starts, mut memory) = (Vec::new(), (0, 0, 0));
        for _ in 0..rounds {
            let data = if seeded { full(world)? } else { empty(world)? };
            let (start, held) = start(world, data.path(), seeded).await?;
            starts.push(ms(start));
            memory = held;
        }
        let start = median(&starts);
        worst = (worst.0.max(start), worst.1.max(mb(memory.0)));
        table.row(vec![
            name.to_owned(),
            format!("{start:.0}"),
            format!("{:.0} MB", mb(memory.0)),
            format!("{:.0} MB", mb(memory.1)),
            if seeded {
                format!("{:.0} MB", mb(memory.2))
            } else {
                "–".into()
            },
        ]);
    }
    report.table(table);
    let size = size_of(&world.program)?;
    report.text(&format!(
        "The program file has {}, of which the fonts are about 110 MB; they are mapped and read by the page.",
        bytes(size)
    ));
    report.at_most("start", 500.0, worst.0, " ms");
    report.at_most("memory at rest", 60.0, worst.1, " MB");
    Ok(())
}

/// From start to ready; memory at rest, of that its own, and after some work, in kB.
async fn start(world: &World, data: &Path, seeded: bool) -> anyhow::Result<(Duration, (u64, u64, u64))> {
    let server = Server::start(&world.program, data, None).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let of = |what| memory_of(server.process(), what);
    let (rest, own) = (of("VmRSS")?, of("RssAnon")?);
    if seeded {
        let mut running = tokio::task::JoinSet::new();
        for n in 0..8 {
            let mut browser = Browser::open(&server.authority, &forms::member_cookie(n)).await?;
            running.spawn(async move {
                for _ in 0..25 {
                    browser
                        .page(&format!("{}/agreements?tab=eligible", employer_base()))
                        .await?;
                }
                Ok::<_, anyhow::Error>(())
            });
        }
        while let Some(done) = running.join_next().await {
            done??;
        }
    }
    let after = of("VmRSS")?;
    let begun = server.start;
    server.stop()?;
    Ok((begun, (rest, own, after)))
}
