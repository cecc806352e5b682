//! What the confined process does with a file: the first line that it reads says it, as JSON; the file follows.
//! Its answer is one line of JSON as well, before the bytes, if there are any.

use super::draw::{self, Undrawn};
use super::{Clean, Fault, Kind, clean, clean_picture};
use crate::sheet;
use domain::sealing::Judgement;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// What is to be done with a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Work {
    /// To be made anew, so that it may be kept.
    Keep(Task),
    /// A sealed document, to be judged by a [`domain::sealing::Judge::brief`].
    Judge(String),
    /// The same, with everything that is found.
    Report(String),
    /// A sheet, to be read: so many columns and rows.
    Sheet {
        /// Columns that are looked at.
        columns: usize,
        /// The most rows.
        rows: usize,
    },
    /// A page of a PDF, counted from 1, to be drawn.
    Draw(u32),
}

/// A file to be made anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Task {
    /// What the browser calls it.
    pub name: String,
    /// To be drawn anew as a picture with sides of at most so many pixels.
    pub side: Option<u32>,
}

impl Task {
    pub fn perform(&self, bytes: &[u8]) -> Result<Clean, Fault> {
        match self.side {
            Some(side) => clean_picture(bytes, &self.name, side),
            None => clean(bytes, &self.name),
        }
    }
}

/// What is answered to [`Work::Keep`], on one line, before the bytes.
#[derive(Debug, Serialize, Deserialize)]
enum Kept {
    Clean { kind: Kind, pages: usize, name: String },
    Refused(Fault),
}

/// Reads the answer to [`Work::Keep`].
pub(super) fn kept(answer: Vec<u8>) -> Option<Result<Clean, Fault>> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    match serde_json::from_slice(&answer[..end]).ok()? {
        Kept::Refused(fault) => Some(Err(fault)),
        Kept::Clean { kind, pages, name } => {
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

/// Reads the answer to [`Work::Draw`].
pub(super) fn drawn(answer: Vec<u8>) -> Option<Result<Vec<u8>, Undrawn>> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let said: Result<(), Undrawn> = serde_json::from_slice(&answer[..end]).ok()?;
    if let Err(why) = said {
        return Some(Err(why));
    }
    let mut picture = answer;
    picture.drain(..=end);
    (Kind::of(&picture) == Some(Kind::Jpeg)).then_some(Ok(picture))
}

/// What the confined process can do that the door itself cannot.
pub trait Expert {
    /// What it is worth.
    fn judge(&self, brief: &str, file: &[u8]) -> io::Result<Judgement>;
    /// Everything that was found, as JSON.
    fn report(&self, brief: &str, file: &[u8]) -> io::Result<String>;
    /// Called before a page is drawn: the font for Chinese that a file does not bring.
    fn letters(&self) -> io::Result<&'static [u8]>;
}

/// The process's own work: one file from `from`, the answer to `to`.
pub fn read_one(mut from: impl Read, mut to: impl Write, expert: &impl Expert) -> io::Result<()> {
    let mut sent = Vec::new();
    from.read_to_end(&mut sent)?;
    let end = sent.iter().position(|byte| *byte == b'\n');
    let end = end.ok_or(io::ErrorKind::InvalidData)?;
    let (work, file) = (serde_json::from_slice(&sent[..end])?, &sent[end + 1..]);
    let mut bytes = Vec::new();
    match work {
        Work::Keep(task) => {
            let answer = match task.perform(file) {
                Ok(clean) => {
                    bytes = clean.bytes;
                    let (kind, pages, name) = (clean.kind, clean.pages, clean.name);
                    Kept::Clean { kind, pages, name }
                }
                Err(fault) => Kept::Refused(fault),
            };
            serde_json::to_writer(&mut to, &answer)?;
        }
        Work::Sheet { columns, rows } => {
            serde_json::to_writer(&mut to, &sheet::read(file, columns, rows))?;
        }
        Work::Draw(page) => {
            let answer = draw::draw(file, page, expert.letters()?).map(|picture| bytes = picture);
            serde_json::to_writer(&mut to, &answer)?;
        }
        Work::Judge(brief) => serde_json::to_writer(&mut to, &expert.judge(&brief, file)?)?,
        Work::Report(brief) => to.write_all(expert.report(&brief, file)?.as_bytes())?,
    }
    to.write_all(b"\n")?;
    to.write_all(&bytes)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Strict;

    impl Expert for Strict {
        fn judge(&self, brief: &str, file: &[u8]) -> io::Result<Judgement> {
            assert_eq!((brief, file), ("by this", &b"%PDF-"[..]));
            Ok(Judgement {
                sha256: "00".into(),
                is_ours: false,
                fault: Some("damaged".into()),
                signatures: Vec::new(),
            })
        }

        fn report(&self, brief: &str, file: &[u8]) -> io::Result<String> {
            assert_eq!((brief, file), ("by that", &b"%PDF-"[..]));
            Ok("{\"found\":[]}".into())
        }

        fn letters(&self) -> io::Result<&'static [u8]> {
            Ok(&[])
        }
    }

    fn asked(sent: &[u8]) -> io::Result<Vec<u8>> {
        let mut answer = Vec::new();
        read_one(sent, &mut answer, &Strict).map(|()| answer)
    }

    #[test]
    fn the_reader_answers_as_this_process_would() {
        let answer = asked(b"{\"keep\":{\"name\":\"a.gif\"}}\nGIF89a").unwrap();
        assert_eq!(kept(answer), Some(clean(b"GIF89a", "a.gif")));
        let answer = asked(b"{\"keep\":{\"name\":\"a.pdf\",\"side\":9}}\n%PDF-1.7").unwrap();
        assert_eq!(kept(answer), Some(Err(Fault::NotAPicture)));
        let answer = asked(b"{\"judge\":\"by this\"}\n%PDF-").unwrap();
        let judged: Judgement = serde_json::from_slice(&answer).unwrap();
        assert_eq!(judged.fault.as_deref(), Some("damaged"));
        let answer = asked(b"{\"report\":\"by that\"}\n%PDF-").unwrap();
        assert_eq!(answer, b"{\"found\":[]}\n");
        let answer = asked(b"{\"draw\":1}\n%PDF-1.7 and nothing").unwrap();
        assert_eq!(drawn(answer), Some(Err(Undrawn::Broken)));
        assert!(asked(b"no line").is_err());
        assert!(asked(b"{\"other\":1}\nx").is_err());
    }
}
