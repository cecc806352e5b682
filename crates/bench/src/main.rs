//! Measures Sanfang beside its limits, in one run, and writes `docs/benchmarks.md`. Run it by `bin/bench`,
//! which builds the program in release and starts a throw-away PostgreSQL.
//!
//! The store is driven in this process; everything else is asked of the shipped program over HTTP.

mod acts;
mod client;
mod clock;
mod env;
mod folder;
mod forms;
mod limits;
mod lists;
mod memory;
mod names;
mod others;
mod people;
mod postgres;
mod press;
mod process;
mod record;
mod report;
mod sealing;
mod seed;
mod server;
mod session;
mod whole;
mod world;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use report::Report;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use world::World;

/// Measures Sanfang.
#[derive(Debug, Parser)]
#[command(name = "bin/bench")]
struct Cli {
    /// What to measure; everything when nothing is named
    parts: Vec<Part>,
    /// A tenth of the data and one round: to see that it works, not for figures
    #[arg(long)]
    quick: bool,
    /// The file to write; without it a whole run writes docs/benchmarks.md and the rest is printed
    #[arg(long)]
    out: Option<PathBuf>,
    /// Seals documents as a file says: what the part `seal` runs as a process of its own
    #[arg(long, hide = true)]
    sealing: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// PDF: cold, warm, size
    Pdf,
    /// Documents with three signatures and seals, beside other programs
    Seal,
    /// The accept transaction through the store and by its limits
    Store,
    /// Single acts over HTTP
    Http,
    /// Whole agreements from draft to document
    Whole,
    /// Pages with lists
    Lists,
    /// Start, memory, size
    Process,
}

/// Says on the terminal how far the run has come.
pub fn say(text: &str) {
    // A terminal that is gone is no reason to stop.
    let _ = writeln!(std::io::stderr(), "bench: {text}");
}

/// Writes a line for whoever started this process.
pub fn print(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    if let Some(task) = &cli.sealing {
        return sealing::run(task).await;
    }
    let begun = clock::now();
    let program = std::env::current_exe()?.with_file_name("sanfang");
    anyhow::ensure!(program.is_file(), "{}: run bin/bench", program.display());
    let world = World::make(cli.quick, program).await?;
    let mut report = Report::default();
    for part in Part::value_variants() {
        if cli.parts.is_empty() || cli.parts.contains(part) {
            say(&format!("{part:?} ({:.0} s)", begun.elapsed().as_secs_f64()));
            measure(*part, &world, &mut report)
                .await
                .with_context(|| format!("{part:?}"))?;
        }
    }
    say(&format!("done in {:.0} s", begun.elapsed().as_secs_f64()));
    let mut text = report.document(&head(&world, begun.elapsed().as_secs_f64()).await?);
    // What somebody found who looked where the time goes.
    if let Ok(notes) = std::fs::read_to_string("crates/bench/notes.md") {
        text = format!("{text}\n{notes}");
    }
    let whole = cli.parts.is_empty() && !cli.quick;
    match cli
        .out
        .or_else(|| whole.then(|| Path::new("docs/benchmarks.md").to_owned()))
    {
        Some(file) => std::fs::write(&file, text).with_context(|| file.display().to_string()),
        None => Ok(std::io::stdout().write_all(text.as_bytes())?),
    }
}

async fn measure(part: Part, world: &World, report: &mut Report) -> anyhow::Result<()> {
    match part {
        Part::Pdf => press::measure(world, report).await,
        Part::Seal => sealing::measure(world, report).await,
        Part::Store => memory::measure(world, report).await,
        Part::Http => acts::measure(world, report).await,
        Part::Whole => whole::measure(world, report).await,
        Part::Lists => lists::measure(world, report).await,
        Part::Process => process::measure(world, report).await,
    }
}

/// Title, machine and circumstances.
async fn head(world: &World, seconds: f64) -> anyhow::Result<String> {
    let cores = std::thread::available_parallelism()?;
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |rest| rest.trim_start_matches([':', ' ', '\t']));
    let server = world.server.setting("server_version").await?;
    let durable = [
        world.server.setting("fsync").await?,
        world.server.setting("synchronous_commit").await?,
    ];
    let sqlite = rusqlite::version();
    let commit = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output();
    let commit = commit.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    });
    let day = world::today();
    Ok(format!(
        "# Benchmarks\n\nWritten by `make bench` on {day} (commit `{commit}`), all in one run of {seconds:.0} seconds; do not edit.\n\n\
         {cores} cores ({model}), shared by the server, the databases and the clients. SQLite {sqlite} with WAL and \
         `synchronous=FULL`; PostgreSQL {server} with fsync={} and synchronous_commit={}, over a Unix socket. \
         Release build as `make build` makes it.\n{}",
        durable[0],
        durable[1],
        if world.quick {
            "\n**A quick run**: a tenth of the data, one round. To see that it works; the figures are rough.\n"
        } else {
            ""
        }
    ))
}
