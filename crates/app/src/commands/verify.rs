//! `sanfang verify --all`: checks the invariants of a database; code 1 when one is broken.

use crate::config::Config;
use crate::{output, serve};
use std::process::ExitCode;

/// Checks, and prints what was found.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let store = serve::open(config).await?;
    let report = store::verify::all(&store).await?;
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
