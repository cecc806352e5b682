//! `sanfang document …`. `evidence`: what a party may download of an agreement. `sample`: a document as the
//! system makes it, for whoever wants to look at one or to write a program that reads it; the data are those of
//! demo mode, keys and database are thrown away.

use crate::cli::{DocumentCommand, SampleState};
use crate::config::Config;
use crate::failure::usage;
use crate::{demo, output, sealing, serve};
use anyhow::Context;
use domain::agreement::{StateKind, number};
use domain::document::{Renderer, Rendition};
use domain::sealing::Sealer;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::evidence::{self, Standing};
use store::{Store, dossier, files, schools, seals};

/// The address in the sample's QR code; nobody answers there.
const ADDRESS: &str = "https://sanfang.example";

/// Runs a command.
pub async fn run(config: &Config, command: DocumentCommand) -> anyhow::Result<ExitCode> {
    match command {
        DocumentCommand::Sample { out, state } => write_sample(out, state).await,
        DocumentCommand::Evidence { number, out } => write_evidence(config, &number, &out).await,
    }
}

async fn write_sample(out: PathBuf, state: SampleState) -> anyhow::Result<ExitCode> {
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

/// The evidence bundle of an agreement, as its parties download it. No reading is noted: nobody with an account
/// asks, and whoever may run this may read the database too.
async fn write_evidence(config: &Config, number: &str, out: &Path) -> anyhow::Result<ExitCode> {
    let store = serve::open(config).await?;
    if !sealing::exists(config, &store)? {
        return Err(usage("there are no keys of the seal here, so nothing is sealed"));
    }
    let number = number.trim().to_uppercase();
    let unknown = || usage(format!("no agreement {number}"));
    let code = number::school(&number).ok_or_else(unknown)?.to_owned();
    let asked = number.clone();
    let read = store.read(move |c| {
        let (code, number) = (code.clone(), asked.clone());
        Box::pin(async move {
            let Some((school, id)) = seals::by_number(c, &code, &number).await? else {
                return Ok(None);
            };
            let dossier = dossier::open(c, school, id)
                .await?
                .ok_or(store::Error::NotFound)?;
            let standing = evidence::standing(c, &dossier).await?;
            Ok(Some((standing, evidence::gather(c, school, id).await?)))
        })
    });
    let (standing, found) = read.await?.ok_or_else(unknown)?;
    let found = match (standing, found) {
        (Standing::Ready, Some(found)) => found,
        (other, _) => return Err(usage(format!("{number}: no evidence yet: {}", other.code()))),
    };
    let (school, id) = (found.agreement.school, found.agreement.id);
    let authority = sealing::authority(config, &store)?;
    let judge = sealing::sealer(config, &authority, store.env())?;
    let pdf = files::get(&store, school, found.file).await?.bytes;
    let url = config.server.public_url()?;
    let verify = format!("{url}/v/{number}/{}", seals::code(store.keys(), school, id)?);
    let at = store.env().now();
    let made = tokio::task::spawn_blocking(move || {
        let place = web::evidence::Place {
            url: &url,
            verify: &verify,
            at,
        };
        web::evidence::make(&judge, &found, &pdf, &place)
    });
    write(out, &made.await??)?;
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
        SampleState::Effective | SampleState::Terminated => jobs::plan(store.keys(), &found)?,
    };
    let done = tokio::task::spawn_blocking(move || -> anyhow::Result<Vec<u8>> {
        let press = pdf::Press::new();
        let Some(plan) = plan else {
            return Ok(press.render(&sheet)?.pdf);
        };
        let rendered = press.to_sign(&sheet, &plan.stamps)?;
        let prepared = sealer.prepare(&rendered.pdf, &plan.places(&rendered.fields)?)?;
        Ok(sealer.seal(&prepared, &plan.order)?.pdf)
    });
    done.await?
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).map_err(|error| usage(format!("{}: {error}", path.display())))?;
    output::say(&path.display().to_string());
    Ok(())
}
