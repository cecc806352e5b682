//! `sanfang read-upload`: one file that somebody sent, read away from the server and confined: little memory and
//! time, no file to open or to write, no connection, no other program. What a hostile file could break is this
//! process, which has nothing.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::process::ExitCode;

/// Bytes of memory: a picture of 40 million pixels takes half of it.
const MEMORY: u64 = 512 << 20;
/// Seconds of a processor.
const SECONDS: u64 = 15;
/// Standard input, output and error are open already; nothing else can be opened.
const OPEN: u64 = 3;

/// Reads it.
pub fn run() -> anyhow::Result<ExitCode> {
    for (resource, most) in [
        (Resource::Data, MEMORY),
        (Resource::Cpu, SECONDS),
        (Resource::Nofile, OPEN),
        (Resource::Nproc, 0),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit)?;
    }
    web::upload::read_one(std::io::stdin().lock(), std::io::stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}
