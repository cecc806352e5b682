//! The switch: reads the command line and the configuration, puts the parts together, runs them.
//!
//! The only place that knows every other crate, and the only one with a real clock and real randomness.

mod activation;
mod cli;
mod commands;
mod config;
mod demo;
mod failure;
mod logs;
mod mailing;
mod output;
mod roster;
mod sealing;
mod serve;
mod world;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("sanfang: {error:#}"));
            failure::exit_code(&error)
        }
    }
}

fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    let (place, command) = cli.split();
    if let cli::Command::ReadUpload = command {
        // Before anything else is opened: it has to do without.
        return commands::read_upload();
    }
    let config = config::load(&place)?;
    logs::start(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(commands::run(command, config))
}
