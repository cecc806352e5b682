//! The program under measurement, as a process of its own.

use crate::clock::{self, now};
use anyhow::{Context, ensure};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running `sanfang serve`; killed when dropped.
pub struct Server {
    child: Child,
    /// `127.0.0.1:port`.
    pub authority: String,
    /// From the start of the process until `/readyz` said yes.
    pub start: Duration,
}

impl Server {
    /// Starts the program over a data folder, and waits until it is ready.
    pub async fn start(program: &Path, data: &Path, database: Option<&str>) -> anyhow::Result<Self> {
        let begun = now();
        let mut command = Command::new(program);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data);
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let mut line = String::new();
        let out = child.stdout.take().context("no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let url = line
            .split_whitespace()
            .find_map(|word| word.strip_prefix("http://"));
        let authority = url.with_context(|| format!("no address in {line:?}"))?.to_owned();
        let mut server = Self {
            child,
            authority,
            start: Duration::ZERO,
        };
        let mut browser = crate::client::Browser::open(&server.authority, "").await?;
        for _ in 0..3000 {
            if browser.get("/readyz").await?.status == 200 {
                server.start = begun.elapsed();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        anyhow::bail!("the program does not become ready")
    }

    /// Its number.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Its processor time so far.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        clock::cpu_of(self.process())
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill").arg(self.process().to_string()).status()?;
        ensure!(asked.success(), "the program could not be asked to stop");
        let code = self.child.wait()?;
        ensure!(code.success(), "the program ended with {code}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already when it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `sanfang verify --all` over what a part left behind.
pub fn verify(program: &Path, data: &Path, database: Option<&str>) -> anyhow::Result<()> {
    let mut command = Command::new(program);
    command.args(["verify", "--all", "--data"]).arg(data);
    if let Some(url) = database {
        command.args(["--database", url]);
    }
    let output = command.output()?;
    ensure!(
        output.status.success(),
        "verify: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
