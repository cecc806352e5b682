//! The document: the first one of a process, and every further one.

use crate::clock::{median, memory_of, ms, now, thread_cpu};
use crate::names::{SCHOOL, agreement};
use crate::report::{Report, Table, bytes};
use crate::whole::mb;
use crate::world::World;
use anyhow::{Context, ensure};
use domain::document::{Renderer, Rendition, Sheet};
use store::{Store, StoreConfig, dossier};

/// The sheet of an agreement in force, as the worker makes it.
pub async fn sheet(world: &World) -> anyhow::Result<Sheet> {
    let copy = world.copy()?;
    let config = StoreConfig {
        data: copy.path().to_owned(),
        database: None,
    };
    let store = Store::open(&config, crate::env::real()).await?;
    let id = agreement(world.size.effective.start);
    let found = store
        .read(move |c| Box::pin(async move { dossier::open(c, SCHOOL, id).await }))
        .await?;
    let found = found.context("the agreement in force")?;
    Ok(jobs::sheet(
        store.keys(),
        &found,
        Rendition::Effective,
        "https://sanfang.example",
    )?)
}

/// Measures. Has to be the first part of a process that sets anything in type.
pub async fn measure(world: &World, report: &mut Report) -> anyhow::Result<()> {
    let mut sheet = sheet(world).await?;
    let rounds = if world.quick { 5 } else { 30 };
    let lines = tokio::task::spawn_blocking(move || {
        let press = pdf::Press::new();
        let own = memory_of(std::process::id(), "RssAnon")?;
        let mut lines = Vec::new();
        for round in 0..=rounds {
            sheet.student.name = format!("{}{round}", sheet.student.name.trim_end_matches(char::is_numeric));
            let (begun, cpu) = (now(), thread_cpu()?);
            let rendered = press.render(&sheet)?;
            lines.push((
                ms(begun.elapsed()),
                ms(thread_cpu()?.saturating_sub(cpu)),
                rendered.pdf.len(),
                rendered.pages,
            ));
        }
        let own = memory_of(std::process::id(), "RssAnon")?.saturating_sub(own);
        Ok::<_, anyhow::Error>((lines, own))
    });
    let (lines, own) = lines.await??;
    let (first, rest) = lines.split_first().context("no document")?;
    ensure!(
        rest.iter().all(|line| line.3 == first.3),
        "documents differ in pages"
    );
    let of = |pick: fn(&(f64, f64, usize, usize)) -> f64| median(&rest.iter().map(pick).collect::<Vec<_>>());
    report.section("The document");
    let mut table = Table::new(&["", "time (ms)", "CPU of the thread (ms)", "pages", "file"]);
    table.row(vec![
        "cold (fonts and form are read)".into(),
        format!("{:.0}", first.0),
        format!("{:.0}", first.1),
        first.3.to_string(),
        bytes(u64::try_from(first.2)?),
    ]);
    let size = rest.first().map_or(0, |line| line.2);
    table.row(vec![
        format!("warm, median of {rounds}"),
        format!("{:.1}", of(|line| line.0)),
        format!("{:.1}", of(|line| line.1)),
        first.3.to_string(),
        bytes(u64::try_from(size)?),
    ]);
    report.table(table);
    report.text(&format!(
        "Rendering all of them took {:.0} MB of memory of its own.",
        mb(own)
    ));
    Ok(())
}
