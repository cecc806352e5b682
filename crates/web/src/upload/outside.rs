//! Programs beside the server that are given a file: a scanner for viruses, if one is configured, and the
//! reader, which is this program again with one file and next to nothing else. What breaks there breaks there.

use super::draw::Undrawn;
use super::room::Rooms;
use super::work::{Task, Work, drawn, kept};
use super::{Clean, Fault, Kind};
use crate::sheet::{self, Table};
use bytes::Bytes;
use domain::sealing::Judgement;
use serde::de::DeserializeOwned;
use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// A program with its arguments; it reads a file from its standard input.
#[derive(Debug, Clone)]
pub struct Outside {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// How long it may take.
    pub patience: Duration,
}

/// Who looks at files before they are kept.
#[derive(Debug, Clone, Default)]
pub struct Readers {
    /// The scanner: ends with 0 for a clean file, with 1 for an infected one; anything else is an error.
    pub scanner: Option<Outside>,
    /// The reader ([`super::read_one`] in another process); without it this process reads by itself.
    pub reader: Option<Outside>,
    /// How many at once.
    pub rooms: Rooms,
}

/// The most bytes of a file made anew: a picture may be larger than it was.
const KEPT: u64 = 96 << 20;
/// The most bytes of a page that was drawn.
const DRAWN: u64 = 8 << 20;
/// The most bytes of a judgement: 32 signatures with their certificates.
const JUDGED: u64 = 1 << 20;
/// The most bytes of a sheet that was read: 500 rows of 16 cells with 2,000 characters, some of them escaped.
const TABLE: u64 = 64 << 20;

/// Why a reader has nothing to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broke {
    /// The file was more than the limits allow, or broke the reader otherwise.
    Over,
    /// The reader itself does not work.
    Unread,
}

/// Why a program gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Silence {
    /// It could not be started, or its pipes broke.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It took too long and was ended.
    #[error("no answer in time")]
    Late,
}

impl Outside {
    /// Gives it `input`; how it ended, and what it wrote, at most `most` bytes.
    async fn run(&self, input: &[Bytes], most: u64) -> Result<(ExitStatus, Vec<u8>), Silence> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(io::Error::from(io::ErrorKind::NotFound).into());
        };
        let mut command = Command::new(program);
        // Our environment may hold secrets.
        command
            .args(arguments)
            .env_clear()
            .current_dir("/")
            .kill_on_drop(true);
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (mut to, from) = (child.stdin.take(), child.stdout.take());
        let write = async {
            if let Some(to) = &mut to {
                for bytes in input {
                    // One that has seen enough reads no further.
                    if to.write_all(bytes).await.is_err() {
                        break;
                    }
                }
            }
            drop(to.take());
        };
        let read = async {
            let mut answer = Vec::new();
            if let Some(from) = from {
                from.take(most).read_to_end(&mut answer).await?;
            }
            Ok::<_, io::Error>(answer)
        };
        let talk = async {
            let ((), answer) = tokio::join!(write, read);
            let answer = answer?;
            Ok::<_, io::Error>((child.wait().await?, answer))
        };
        match tokio::time::timeout(self.patience, talk).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(Silence::Late),
        }
    }

    /// Asks a scanner about a file.
    pub async fn scan(&self, bytes: &Bytes) -> Result<(), Fault> {
        let ended = self.run(std::slice::from_ref(bytes), 64 << 10).await;
        match ended {
            Ok((status, _)) if status.success() => Ok(()),
            Ok((status, _)) if status.code() == Some(1) => Err(Fault::Infected),
            Ok((status, _)) => {
                tracing::error!(%status, "the virus scanner failed");
                Err(Fault::Unscanned)
            }
            Err(error) => {
                tracing::error!(%error, "the virus scanner gave no answer");
                Err(Fault::Unscanned)
            }
        }
    }

    /// Has a reader do something with a file; what it answered.
    async fn ask(&self, work: &Work, bytes: &Bytes, most: u64) -> Result<Vec<u8>, Broke> {
        let mut head = serde_json::to_vec(work).map_err(|_| Broke::Unread)?;
        head.push(b'\n');
        match self.run(&[head.into(), bytes.clone()], most).await {
            Ok((status, answer)) if status.success() => Ok(answer),
            // It ran against one of its limits, or something in it broke: no file that people send does that.
            Ok((status, _)) => {
                tracing::warn!(%status, "a file broke its reader");
                Err(Broke::Over)
            }
            Err(Silence::Late) => {
                tracing::warn!("a file kept its reader too long");
                Err(Broke::Over)
            }
            Err(Silence::Io(error)) => {
                tracing::error!(%error, "the reader of files could not be started");
                Err(Broke::Unread)
            }
        }
    }

    /// Has a reader make a file anew.
    pub(super) async fn read(&self, bytes: &Bytes, task: Task) -> Result<Clean, Fault> {
        let broken = Kind::of(bytes).map_or(Fault::UnknownKind, Fault::Broken);
        match self.ask(&Work::Keep(task), bytes, KEPT).await {
            Ok(answer) => kept(answer).unwrap_or(Err(broken)),
            Err(Broke::Over) => Err(broken),
            Err(Broke::Unread) => Err(Fault::Unread),
        }
    }

    /// Has a reader draw a page of a PDF.
    pub(super) async fn draw(&self, bytes: &Bytes, page: u32) -> Result<Vec<u8>, Undrawn> {
        match self.ask(&Work::Draw(page), bytes, DRAWN).await {
            Ok(answer) => drawn(answer).unwrap_or(Err(Undrawn::Over)),
            Err(Broke::Over) => Err(Undrawn::Over),
            Err(Broke::Unread) => Err(Undrawn::Unread),
        }
    }

    /// Has a reader read a sheet of so many columns and rows.
    pub(super) async fn sheet(
        &self,
        bytes: &Bytes,
        (columns, rows): (usize, usize),
    ) -> Result<Result<Table, sheet::Fault>, Broke> {
        let work = Work::Sheet { columns, rows };
        self.answer(&work, bytes, TABLE).await
    }

    /// Has a reader judge a sealed document by a brief.
    pub(super) async fn judge(&self, bytes: &Bytes, brief: String) -> Result<Judgement, Broke> {
        self.answer(&Work::Judge(brief), bytes, JUDGED).await
    }

    /// Has a reader tell everything that it finds of a sealed document.
    pub(super) async fn report<T: DeserializeOwned>(&self, bytes: &Bytes, brief: String) -> Result<T, Broke> {
        self.answer(&Work::Report(brief), bytes, JUDGED).await
    }

    /// Asks for an answer in JSON.
    async fn answer<T: DeserializeOwned>(&self, work: &Work, bytes: &Bytes, most: u64) -> Result<T, Broke> {
        let answer = self.ask(work, bytes, most).await?;
        serde_json::from_slice(&answer).map_err(|_| {
            tracing::warn!("a file made its reader talk nonsense");
            Broke::Over
        })
    }
}

/// Tries the reader with the smallest thing that it refuses by itself; what is wrong, if anything.
pub async fn try_reader(readers: &Readers) -> Result<(), &'static str> {
    let Some(reader) = &readers.reader else {
        return Ok(());
    };
    let task = Task {
        name: "a.gif".into(),
        side: None,
    };
    match reader.read(&Bytes::from_static(b"GIF89a"), task).await {
        Err(Fault::UnknownKind) => Ok(()),
        _ => Err("it cannot be started, or does not answer"),
    }
}

/// Tries a scanner with a harmless file, and with the file that every scanner takes for a virus to show that it
/// works (the EICAR test file); what is wrong, if anything.
pub async fn try_scanner(scanner: &Outside) -> Result<(), &'static str> {
    match scanner.scan(&Bytes::from_static(b"harmless")).await {
        Ok(()) => {}
        Err(Fault::Infected) => return Err("it takes a harmless file for infected"),
        Err(_) => return Err("it cannot be started, fails, or does not answer in time"),
    }
    // In pieces, so that nobody takes this program for a virus.
    let test: Bytes = [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$",
        "EICAR-STANDARD",
        "-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat()
    .into();
    match scanner.scan(&test).await {
        Err(Fault::Infected) => Ok(()),
        Ok(()) => Err("it does not notice the EICAR test file"),
        Err(_) => Err("it fails on the EICAR test file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(name: &str) -> Task {
        Task {
            name: name.into(),
            side: None,
        }
    }

    fn shell(script: &str, seconds: u64) -> Outside {
        Outside {
            command: ["sh", "-c", script].map(OsString::from).to_vec(),
            patience: Duration::from_secs(seconds),
        }
    }

    #[tokio::test]
    async fn a_scanner_says_clean_infected_or_nothing() {
        let file = Bytes::from(vec![b'x'; 1 << 20]);
        let told = async |script: &str| shell(script, 1).scan(&file).await;
        assert_eq!(told("cat >/dev/null").await, Ok(()));
        assert_eq!(told("exit 0").await, Ok(()), "without reading to the end");
        assert_eq!(
            told("cat >/dev/null; echo FOUND; exit 1").await,
            Err(Fault::Infected)
        );
        assert_eq!(told("exit 2").await, Err(Fault::Unscanned));
        assert_eq!(told("kill -9 $$").await, Err(Fault::Unscanned));
        assert_eq!(told("exec sleep 30").await, Err(Fault::Unscanned), "too late");
        let nobody = Outside {
            command: vec!["/nonexistent/scanner".into()],
            patience: Duration::from_secs(1),
        };
        assert_eq!(nobody.scan(&file).await, Err(Fault::Unscanned));
    }

    #[tokio::test]
    async fn a_scanner_is_tried_with_a_harmless_file_and_with_the_test_file() {
        let good = "if grep -q EICAR-STANDARD-ANTIVIRUS-TEST-FILE; then exit 1; else exit 0; fi";
        assert_eq!(try_scanner(&shell(good, 5)).await, Ok(()));
        for bad in ["exit 0", "exit 1", "exit 2", "exec sleep 30"] {
            assert!(try_scanner(&shell(bad, 1)).await.is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_judge_that_dies_or_talks_nonsense_has_not_judged() {
        let file = Bytes::from_static(b"%PDF-1.7 something");
        let long = "cat >/dev/null; yes 12 | head -c 2000000";
        for script in [
            "cat >/dev/null",
            "cat >/dev/null; echo nonsense",
            r#"cat >/dev/null; echo '{"sha256":"00","is_ours":true}'"#,
            long,
            "exit 3",
            "kill -9 $$",
            "exec sleep 30",
        ] {
            let judged = shell(script, 1).judge(&file, "{}".into()).await;
            assert_eq!(judged, Err(Broke::Over), "{script}");
        }
        let nobody = Outside {
            command: vec!["/nonexistent/reader".into()],
            patience: Duration::from_secs(1),
        };
        assert_eq!(nobody.judge(&file, "{}".into()).await, Err(Broke::Unread));
    }

    #[tokio::test]
    async fn whoever_draws_and_dies_or_talks_nonsense_has_drawn_nothing() {
        let file = Bytes::from_static(b"%PDF-1.7 something");
        for script in [
            "cat >/dev/null",
            "exit 3",
            "kill -9 $$",
            "exec sleep 30",
            r#"cat >/dev/null; echo '{"Ok":null}'; printf '<svg onload=alert(1)>'"#,
        ] {
            assert_eq!(
                shell(script, 1).draw(&file, 1).await,
                Err(Undrawn::Over),
                "{script}"
            );
        }
        let said = r#"cat >/dev/null; echo '{"Err":"Partly"}'"#;
        assert_eq!(shell(said, 5).draw(&file, 1).await, Err(Undrawn::Partly));
    }

    #[tokio::test]
    async fn a_reader_that_dies_or_talks_nonsense_is_one_more_way_to_be_refused() {
        let file = Bytes::from_static(b"%PDF-1.7 something");
        for script in [
            "cat >/dev/null",
            "cat >/dev/null; echo nonsense",
            "exit 3",
            "kill -9 $$",
            "exec sleep 30",
            r#"cat >/dev/null; echo '{"Clean":{"kind":"Pdf","pages":1,"name":"a.pdf"}}'; printf GIF89a"#,
        ] {
            let read = shell(script, 1).read(&file, task("a.pdf")).await;
            assert_eq!(read, Err(Fault::Broken(Kind::Pdf)), "{script}");
        }
        let said = r#"cat >/dev/null; echo '{"Refused":"Encrypted"}'"#;
        assert_eq!(
            shell(said, 5).read(&file, task("a.pdf")).await,
            Err(Fault::Encrypted)
        );
    }
}
