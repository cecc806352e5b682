//! `sanfang document sample`: a document as the system makes it, for whoever wants to look at one or to
//! write a program that reads it. The data are those of demo mode; keys and database are thrown away.

use crate::cli::{DocumentCommand, SampleState};
use crate::config::Config;
use crate::failure::usage;
use crate::{demo, output, sealing, serve};
use anyhow::Context;
use domain::agreement::StateKind;
use domain::document::{Renderer, Rendition};
use domain::sealing::Sealer;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::{Store, dossier, schools};

/// The address in the sample's QR code; nobody answers there.
const ADDRESS: &str = "https://sanfang.example";

/// Runs a command.
pub async fn run(command: DocumentCommand) -> anyhow::Result<ExitCode> {
    let DocumentCommand::Sample { out, state } = command;
    let folder = tempfile::tempdir().context("a folder for the sample's data")?;
    let mut config = Config::default();
    config.data.dir = folder.path().to_owned();
    let store = serve::open(&config).await?;
    demo::prepare(&store).await?;
    let authority = sealing::authority(&config, &store)?;
    let sealer = sealing::sealer(&config, &authority, store.env())?;
    let root = seal::to_pem(authority.root())?;
    let pdf = sample(&store, state, sealer).await?;
    write(&out, &pdf)?;
    let mut beside = out.into_os_string();
    beside.push(".root.pem");
    write(&PathBuf::from(beside), root.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

async fn sample(store: &Store, state: SampleState, sealer: seal::Pades) -> anyhow::Result<Vec<u8>> {
    let (kind, rendition) = match state {
        SampleState::Draft => (StateKind::Draft, Rendition::Draft),
        SampleState::Effective => (StateKind::Effective, Rendition::Effective),
        SampleState::Terminated => (StateKind::Terminated, Rendition::Terminated),
    };
    let found = store
        .read(move |c| {
            Box::pin(async move {
                for school in schools::all(c).await? {
                    if let Some(id) = dossier::any(c, school.id, kind).await? {
                        return dossier::open(c, school.id, id).await;
                    }
                }
                Ok(None)
            })
        })
        .await?
        .context("the demo data have no such agreement")?;
    let sheet = jobs::sheet(store.keys(), &found, rendition, ADDRESS)?;
    // Nobody has signed a draft.
    let plan = match state {
        SampleState::Draft => None,
        SampleState::Effective | SampleState::Terminated => jobs::plan(&found)?,
    };
    let done = tokio::task::spawn_blocking(move || -> anyhow::Result<Vec<u8>> {
        let press = pdf::Press::new();
        let rendered = press.render(&sheet)?;
        let Some(plan) = plan else {
            return Ok(rendered.pdf);
        };
        let pictures = press.stamps(&plan.stamps)?;
        let prepared = sealer.prepare(&rendered.pdf, &plan.places(&rendered.fields)?, &pictures)?;
        Ok(sealer.seal(&prepared, &plan.order)?.pdf)
    });
    done.await?
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).map_err(|error| usage(format!("{}: {error}", path.display())))?;
    output::say(&path.display().to_string());
    Ok(())
}
