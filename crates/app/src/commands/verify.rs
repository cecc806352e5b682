//! `sanfang verify --all`: checks the invariants of a database; code 1 when one is broken.

use crate::config::Config;
use crate::{output, sealing, serve};
use domain::ids::{AgreementId, SchoolId};
use domain::sealing::Judge;
use sha2::{Digest, Sha256};
use std::process::ExitCode;
use std::sync::Arc;
use store::seals::SealedFile;
use store::verify::{Breach, Report};
use store::{Store, files, schools, seals, tree};
use uuid::Uuid;

/// The fault of what was good until somebody revoked a certificate.
const REVOKED: &str = "revoked";

/// The trees over the events, and whether their checkpoints are signed by us.
async fn check_trees(config: &Config, store: &Store, report: &mut Report) -> anyhow::Result<()> {
    // A check makes no keys: where they are lost, nobody can say who signed a checkpoint.
    let authority = if sealing::exists(config, store)? {
        Some(sealing::open(config, store)?)
    } else {
        None
    };
    for school in store.read(|c| Box::pin(schools::all(c))).await? {
        let id = school.id;
        let mut found = tree::check(store, id).await?;
        let latest = store
            .read(move |c| Box::pin(async move { tree::latest(c, id).await }))
            .await?;
        let published = tree::published(store, id).await?;
        for checkpoint in latest.iter().chain(&published) {
            let (statement, signature) = (checkpoint.statement.as_bytes(), &checkpoint.signature);
            let ours = match &authority {
                Some(authority) => authority.attested(statement, signature)?,
                None => false,
            };
            if !ours {
                found.push(format!(
                    "the checkpoint over {} events is not signed by us",
                    checkpoint.size
                ));
            }
        }
        report.breaches.extend(found.into_iter().map(|detail| Breach {
            invariant: "audit_tree",
            school: id.0,
            agreement: None,
            detail,
        }));
    }
    Ok(())
}

/// How many sealed files are looked up at once; their bytes are read one by one.
const PAGE: i64 = 100;

/// Judges every sealed file again; how many, and how many of them bear a certificate that was revoked since. That
/// is no fault of the database.
async fn check_seals(config: &Config, store: &Store, report: &mut Report) -> anyhow::Result<(u64, u64)> {
    let judge = if sealing::exists(config, store)? {
        let authority = sealing::authority(config, store)?;
        Some(Arc::new(sealing::sealer(config, &authority, store.env())?))
    } else {
        None
    };
    let (mut judged, mut revoked) = (0, 0);
    let mut after = (SchoolId(0), AgreementId(Uuid::nil()));
    loop {
        let read = store.read(move |c| Box::pin(async move { seals::sealed_after(c, after, PAGE).await }));
        let page = read.await?;
        let Some(last) = page.last() else {
            return Ok((judged, revoked));
        };
        after = (last.school_id, last.agreement_id);
        for sealed in page {
            judged += 1;
            let fault = match &judge {
                Some(judge) => fault(store, judge, &sealed).await?,
                None => Some("there are no keys of the seal to judge it by".into()),
            };
            match fault {
                Some(fault) if fault == REVOKED => revoked += 1,
                Some(detail) => report.breaches.push(Breach {
                    invariant: "sealed",
                    school: sealed.school_id.0,
                    agreement: Some(sealed.agreement_id),
                    detail,
                }),
                None => {}
            }
        }
    }
}

/// What is wrong with a sealed file.
async fn fault(
    store: &Store,
    judge: &Arc<seal::Pades>,
    sealed: &SealedFile,
) -> anyhow::Result<Option<String>> {
    let bytes = match files::get(store, sealed.school_id, sealed.file_id).await {
        Ok(found) => found.bytes,
        Err(error @ (store::Error::Corrupt(_) | store::Error::Files(_) | store::Error::NotFound)) => {
            return Ok(Some(error.to_string()));
        }
        Err(error) => return Err(error.into()),
    };
    if Sha256::digest(&bytes)[..] != sealed.sha256 {
        return Ok(Some("the file is not the one that was sealed".into()));
    }
    let judge = judge.clone();
    let judgement = tokio::task::spawn_blocking(move || judge.judge(&bytes)).await?;
    Ok(judgement.fault.map(|fault| fault.into_owned()))
}

/// Checks, and prints what was found.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let store = serve::open(config).await?;
    let mut report = store::verify::all(&store).await?;
    check_trees(config, &store, &mut report).await?;
    let (judged, revoked) = check_seals(config, &store, &mut report).await?;
    if json {
        output::say(&serde_json::to_string_pretty(&report)?);
    } else {
        for breach in &report.breaches {
            let agreement = breach
                .agreement
                .map(|id| format!(" agreement {id}"))
                .unwrap_or_default();
            output::say(&format!(
                "broken: {} at school {}{agreement}: {}",
                breach.invariant, breach.school, breach.detail
            ));
        }
        output::say(&format!(
            "{judged} sealed documents judged, {revoked} of them bear a certificate that was revoked since"
        ));
        output::say(&format!(
            "{} agreements, {} events, {} files checked: {} broken",
            report.agreements,
            report.events,
            report.files,
            report.breaches.len()
        ));
    }
    Ok(ExitCode::from(u8::from(!report.breaches.is_empty())))
}
