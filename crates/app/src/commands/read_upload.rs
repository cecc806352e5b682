//! `sanfang read-upload`: one file that somebody sent, read away from the server and confined: little memory and
//! time, no file to open or to write, no connection, no other program. What a hostile file could break is this
//! process, which has nothing.

use domain::sealing::Judgement;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io;
use std::process::ExitCode;
use web::upload::{Expert, read_one};

/// Bytes of memory: a picture of 40 million pixels takes half of it.
const MEMORY: u64 = 512 << 20;
/// Seconds of a processor.
const SECONDS: u64 = 15;
/// The same for a sealed document that anybody may bring: an agreement takes a tenth of it.
const JUDGING_MEMORY: u64 = 256 << 20;
const JUDGING_SECONDS: u64 = 6;
/// The same for a page that is drawn each time somebody looks at it: a scan takes half a second.
const DRAWING_SECONDS: u64 = 8;
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
        limit(resource, most)?;
    }
    read_one(io::stdin().lock(), io::stdout().lock(), &Confined)?;
    Ok(ExitCode::SUCCESS)
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    Ok(setrlimit(resource, limit)?)
}

/// The verifier, with less still.
struct Confined;

impl Confined {
    fn enter() -> io::Result<()> {
        limit(Resource::Data, JUDGING_MEMORY)?;
        limit(Resource::Cpu, JUDGING_SECONDS)
    }
}

impl Expert for Confined {
    fn judge(&self, brief: &str, file: &[u8]) -> io::Result<Judgement> {
        Self::enter()?;
        seal::judge(brief, file).map_err(io::Error::other)
    }

    fn report(&self, brief: &str, file: &[u8]) -> io::Result<String> {
        Self::enter()?;
        let report = seal::report(brief, file).map_err(io::Error::other)?;
        Ok(serde_json::to_string(&report)?)
    }

    fn letters(&self) -> io::Result<&'static [u8]> {
        limit(Resource::Cpu, DRAWING_SECONDS)?;
        Ok(pdf::letters())
    }
}
