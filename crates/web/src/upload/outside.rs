//! Programs beside the server that are given a file: a scanner for viruses, if one is configured, and the
//! reader, which is this program again with one file and next to nothing else. What breaks there breaks there.

use super::{Clean, Fault, Kind, Task};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, Read, Write};
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
    /// The reader ([`read_one`] in another process); without it this process reads by itself.
    pub reader: Option<Outside>,
}

/// The most bytes of an answer: a picture written anew may be larger than it was.
const ANSWER: u64 = 96 << 20;

/// What a reader answers, on one line, before the bytes.
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Clean { kind: Kind, pages: usize, name: String },
    Refused(Fault),
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

    /// Has a reader make a file anew.
    pub(super) async fn read(&self, bytes: &Bytes, task: &Task) -> Result<Clean, Fault> {
        let broken = Kind::of(bytes).map_or(Fault::UnknownKind, Fault::Broken);
        let Ok(mut head) = serde_json::to_vec(task) else {
            return Err(broken);
        };
        head.push(b'\n');
        match self.run(&[head.into(), bytes.clone()], ANSWER).await {
            Ok((status, answer)) if status.success() => parsed(answer).unwrap_or(Err(broken)),
            // It ran against one of its limits, or something in it broke: no file that people send does that.
            Ok((status, _)) => {
                tracing::warn!(%status, "a file broke its reader");
                Err(broken)
            }
            Err(Silence::Late) => {
                tracing::warn!("a file kept its reader too long");
                Err(broken)
            }
            Err(Silence::Io(error)) => {
                tracing::error!(%error, "the reader of files could not be started");
                Err(Fault::Unread)
            }
        }
    }
}

/// An answer, its first line and the bytes after it.
fn parsed(answer: Vec<u8>) -> Option<Result<Clean, Fault>> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    match serde_json::from_slice(&answer[..end]).ok()? {
        Answer::Refused(fault) => Some(Err(fault)),
        Answer::Clean { kind, pages, name } => {
            let mut bytes = answer;
            bytes.drain(..=end);
            (Kind::of(&bytes) == Some(kind)).then_some(Ok(Clean {
                kind,
                bytes,
                pages,
                name,
            }))
        }
    }
}

/// The reader's own work: one file from `from`, what to do with it as JSON on the first line; the answer to `to`.
pub fn read_one(mut from: impl Read, mut to: impl Write) -> io::Result<()> {
    let mut sent = Vec::new();
    from.read_to_end(&mut sent)?;
    let end = sent.iter().position(|byte| *byte == b'\n');
    let end = end.ok_or(io::ErrorKind::InvalidData)?;
    let task: Task = serde_json::from_slice(&sent[..end])?;
    let (answer, bytes) = match task.perform(&sent[end + 1..]) {
        Ok(clean) => {
            let (kind, pages, name) = (clean.kind, clean.pages, clean.name);
            (Answer::Clean { kind, pages, name }, clean.bytes)
        }
        Err(fault) => (Answer::Refused(fault), Vec::new()),
    };
    serde_json::to_writer(&mut to, &answer)?;
    to.write_all(b"\n")?;
    to.write_all(&bytes)?;
    to.flush()
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
    match reader.read(&Bytes::from_static(b"GIF89a"), &task).await {
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
    use super::super::clean;
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
            let read = shell(script, 1).read(&file, &task("a.pdf")).await;
            assert_eq!(read, Err(Fault::Broken(Kind::Pdf)), "{script}");
        }
        let said = r#"cat >/dev/null; echo '{"Refused":"Encrypted"}'"#;
        assert_eq!(
            shell(said, 5).read(&file, &task("a.pdf")).await,
            Err(Fault::Encrypted)
        );
    }

    #[test]
    fn the_reader_answers_as_this_process_would() {
        let mut answer = Vec::new();
        read_one(&b"{\"name\":\"a.gif\"}\nGIF89a"[..], &mut answer).unwrap();
        assert_eq!(parsed(answer), Some(clean(b"GIF89a", "a.gif")));
        let mut answer = Vec::new();
        read_one(&b"{\"name\":\"a.pdf\",\"side\":9}\n%PDF-1.7"[..], &mut answer).unwrap();
        assert_eq!(parsed(answer), Some(Err(Fault::NotAPicture)));
        assert!(read_one(&b"no line"[..], Vec::new()).is_err());
    }
}
