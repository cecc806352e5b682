//! The log: lines for people on a terminal, JSON for machines. It never holds personal data.

use crate::config::{Log, LogFormat};
use crate::failure::usage;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.level)
        .map_err(|error| usage(format!("log.level \"{}\": {error}", log.level)))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
        LogFormat::Text => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("the log did not start: {error}"))
}
