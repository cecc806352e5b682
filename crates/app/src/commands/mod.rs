//! The commands, one small file each.

mod admin;
mod doctor;
mod document;
mod read_upload;
mod roster;
mod seal;
mod verify;
mod verify_file;

pub use read_upload::run as read_upload;

use crate::cli::{Command, RosterCommand};
use crate::config::Config;
use crate::{output, serve};
use std::process::ExitCode;

/// Whoever gets only the program file gets the licences of what is in it too.
const NOTICE: &str = include_str!("../../../../NOTICE");

/// Runs a command.
pub async fn run(command: Command, mut config: Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { listen } => {
            config.server.listen = listen.unwrap_or(config.server.listen);
            serve::serve(&config).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Demo { listen, accounts } => {
            config.server.listen = listen.unwrap_or(config.server.listen);
            serve::demo(&config, accounts.as_deref())
                .await
                .map(|()| ExitCode::SUCCESS)
        }
        Command::Migrate => migrate(&config).await,
        Command::Doctor { json } => doctor::run(&config, json).await,
        Command::Verify(asked) => match &asked.file {
            Some(file) => verify_file::run(&config, &asked, file).await,
            None => verify::run(&config, asked.json).await,
        },
        Command::Document(command) => document::run(&config, command).await,
        Command::Admin(command) => admin::run(&config, command).await,
        Command::Roster(RosterCommand::Import(import)) => roster::run(&config, &import).await,
        Command::ReadUpload => read_upload(),
        Command::Licences => {
            output::say(NOTICE);
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn migrate(config: &Config) -> anyhow::Result<ExitCode> {
    let store = store::Store::open(&config.store(), crate::world::real()).await?;
    let applied = store.migrate().await?;
    for name in &applied {
        output::say(&format!("applied {name}"));
    }
    if applied.is_empty() {
        output::say("up to date");
    }
    Ok(ExitCode::SUCCESS)
}
