//! `sanfang verify --all`: checks the invariants of a database; code 1 when one is broken.

use crate::config::Config;
use crate::{output, sealing, serve};
use std::process::ExitCode;
use store::verify::{Breach, Report};
use store::{Store, schools, tree};

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

/// Checks, and prints what was found.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let store = serve::open(config).await?;
    let mut report = store::verify::all(&store).await?;
    check_trees(config, &store, &mut report).await?;
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
            "{} agreements, {} events, {} files checked: {} broken",
            report.agreements,
            report.events,
            report.files,
            report.breaches.len()
        ));
    }
    Ok(ExitCode::from(u8::from(!report.breaches.is_empty())))
}
