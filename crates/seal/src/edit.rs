//! Appends revisions to a PDF (ISO 32000-2, 7.5.6): what is there stays byte for byte.

use crate::error::Error;
use lopdf::xref::XrefType;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Range;

/// What an object of a new revision is.
pub enum Body {
    /// An object.
    Object(Object),
    /// An object written out already, because somebody must know where its parts stand.
    Written(Vec<u8>),
}

/// A PDF to which revisions are appended.
pub struct Editor {
    bytes: Vec<u8>,
    /// Where the present revision begins.
    revision: usize,
    /// The hash of the bytes that were there before any new revision, and how many they are.
    before: (Sha256, usize),
    next: u32,
    last_xref: usize,
    kind: XrefType,
    root: ObjectId,
    info: Option<Object>,
    first_id: Vec<u8>,
}

impl Editor {
    /// Reads a PDF; the parsed document shows its state before any new revision.
    pub fn open(pdf: Vec<u8>) -> Result<(Self, Document), Error> {
        let document = Document::load_mem(&pdf)?;
        if document.is_encrypted() {
            return Err(Error::document("it is encrypted"));
        }
        let size = document
            .trailer
            .get(b"Size")
            .and_then(Object::as_i64)
            .ok()
            .and_then(|size| u32::try_from(size).ok());
        let first_id = document
            .trailer
            .get(b"ID")
            .and_then(Object::as_array)
            .ok()
            .and_then(|ids| ids.first()?.as_str().ok().map(<[u8]>::to_vec));
        let editor = Self {
            next: size.unwrap_or(0).max(document.max_id + 1),
            last_xref: document.xref_start,
            kind: document.reference_table.cross_reference_type,
            root: document.trailer.get(b"Root")?.as_reference()?,
            info: document.trailer.get(b"Info").ok().cloned(),
            first_id: first_id.unwrap_or_else(|| Sha256::digest(&pdf)[..16].to_vec()),
            revision: pdf.len(),
            before: (Sha256::new_with_prefix(&pdf), pdf.len()),
            bytes: pdf,
        };
        Ok((editor, document))
    }

    /// The identifier of the catalog.
    pub fn root(&self) -> ObjectId {
        self.root
    }

    /// The SHA-256 of the file without the bytes of `gap`, which is not in the first revision: that one is hashed
    /// once for all.
    pub fn hash_around(&self, gap: &Range<usize>) -> Result<Vec<u8>, Error> {
        let (hash, length) = &self.before;
        let out_of_place = || Error::document("a signature is out of place");
        let mut hash = hash.clone();
        hash.update(self.bytes.get(*length..gap.start).ok_or_else(out_of_place)?);
        hash.update(self.bytes.get(gap.end..).ok_or_else(out_of_place)?);
        Ok(hash.finalize().to_vec())
    }

    /// The file as it is now, to fill in what was left open in the last revision.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// The finished file.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// A number for a new object.
    pub fn reserve(&mut self) -> ObjectId {
        let id = (self.next, 0);
        self.next += 1;
        id
    }

    /// Appends one revision; returns where the body of each object begins.
    pub fn append(&mut self, objects: BTreeMap<ObjectId, Body>) -> Result<BTreeMap<ObjectId, usize>, Error> {
        self.revision = self.bytes.len();
        if self.bytes.last() != Some(&b'\n') {
            self.bytes.push(b'\n');
        }
        let mut entries = BTreeMap::new();
        let mut bodies = BTreeMap::new();
        for (id, body) in objects {
            entries.insert(id.0, (self.bytes.len(), id.1));
            let _ = writeln!(self.bytes, "{} {} obj", id.0, id.1);
            bodies.insert(id, self.bytes.len());
            match body {
                Body::Object(object) => write_object(&mut self.bytes, &object),
                Body::Written(bytes) => self.bytes.extend(bytes),
            }
            self.bytes.extend(b"\nendobj\n");
        }
        let start = match self.kind {
            XrefType::CrossReferenceTable => self.write_table(&entries),
            XrefType::CrossReferenceStream => self.write_stream(entries)?,
        };
        let _ = write!(self.bytes, "startxref\n{start}\n%%EOF\n");
        self.last_xref = start;
        Ok(bodies)
    }

    fn trailer(&self) -> Result<Dictionary, Error> {
        let mut trailer = Dictionary::new();
        trailer.set("Size", i64::from(self.next));
        trailer.set("Root", self.root);
        if let Some(info) = &self.info {
            trailer.set("Info", info.clone());
        }
        let mut now = Sha256::new();
        now.update(&self.first_id);
        now.update(self.bytes.get(self.revision..).unwrap_or_default());
        let now = now.finalize()[..16].to_vec();
        trailer.set("ID", vec![hex_string(self.first_id.clone()), hex_string(now)]);
        let previous = i64::try_from(self.last_xref).map_err(|_| Error::document("too large"))?;
        trailer.set("Prev", previous);
        Ok(trailer)
    }

    fn write_table(&mut self, entries: &BTreeMap<u32, (usize, u16)>) -> usize {
        let trailer = self.trailer().unwrap_or_default();
        let start = self.bytes.len();
        self.bytes.extend(b"xref\n");
        for (first, run) in runs(entries) {
            let _ = writeln!(self.bytes, "{first} {}", run.len());
            for (offset, generation) in run {
                let _ = writeln!(self.bytes, "{offset:010} {generation:05} n ");
            }
        }
        self.bytes.extend(b"trailer\n");
        write_object(&mut self.bytes, &Object::Dictionary(trailer));
        self.bytes.push(b'\n');
        start
    }

    fn write_stream(&mut self, mut entries: BTreeMap<u32, (usize, u16)>) -> Result<usize, Error> {
        let own = self.reserve();
        let start = self.bytes.len();
        entries.insert(own.0, (start, 0));
        let mut dictionary = self.trailer()?;
        let mut index = Vec::new();
        let mut rows = Vec::new();
        for (first, run) in runs(&entries) {
            let count = i64::try_from(run.len()).map_err(|_| Error::document("too large"))?;
            index.extend([Object::Integer(first.into()), Object::Integer(count)]);
            for (offset, generation) in run {
                let offset = u32::try_from(offset).map_err(|_| Error::document("too large"))?;
                rows.push(1);
                rows.extend(offset.to_be_bytes());
                rows.extend(generation.to_be_bytes());
            }
        }
        dictionary.set("Type", "XRef");
        dictionary.set("W", vec![1.into(), 4.into(), 2.into()]);
        dictionary.set("Index", index);
        let _ = writeln!(self.bytes, "{} 0 obj", own.0);
        write_object(&mut self.bytes, &Object::Stream(Stream::new(dictionary, rows)));
        self.bytes.extend(b"\nendobj\n");
        Ok(start)
    }
}

/// Entries with consecutive numbers together.
fn runs(entries: &BTreeMap<u32, (usize, u16)>) -> Vec<(u32, Vec<(usize, u16)>)> {
    let mut runs: Vec<(u32, Vec<(usize, u16)>)> = Vec::new();
    let mut expected = None;
    for (&id, &entry) in entries {
        match runs.last_mut() {
            Some((_, run)) if expected == Some(id) => run.push(entry),
            _ => runs.push((id, vec![entry])),
        }
        expected = id.checked_add(1);
    }
    runs
}

/// A string written in hexadecimal digits.
pub fn hex_string(bytes: Vec<u8>) -> Object {
    Object::String(bytes, lopdf::StringFormat::Hexadecimal)
}

/// A text string in UTF-16 with its mark.
pub fn text(text: &str) -> Object {
    let mut bytes = vec![0xFE, 0xFF];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    hex_string(bytes)
}

/// Writes an object out.
pub fn write_object(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Null => out.extend(b"null"),
        Object::Boolean(value) => out.extend(value.to_string().bytes()),
        Object::Integer(value) => out.extend(value.to_string().bytes()),
        Object::Real(value) => {
            let digits = value.to_string();
            out.extend(digits.bytes());
            // A whole number without its point would be read back as an integer: another object.
            if !digits.contains('.') {
                out.extend(b".0");
            }
        }
        Object::Name(name) => write_name(out, name),
        Object::String(bytes, _) => {
            out.push(b'<');
            out.extend(hex::encode(bytes).bytes());
            out.push(b'>');
        }
        Object::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b' ');
                }
                write_object(out, item);
            }
            out.push(b']');
        }
        Object::Dictionary(dictionary) => write_dictionary(out, dictionary),
        Object::Stream(stream) => {
            let mut dictionary = stream.dict.clone();
            dictionary.set("Length", i64::try_from(stream.content.len()).unwrap_or(i64::MAX));
            write_dictionary(out, &dictionary);
            out.extend(b"\nstream\n");
            out.extend(&stream.content);
            out.extend(b"\nendstream");
        }
        Object::Reference((id, generation)) => {
            let _ = write!(out, "{id} {generation} R");
        }
    }
}

fn write_dictionary(out: &mut Vec<u8>, dictionary: &Dictionary) {
    out.extend(b"<<");
    for (key, value) in dictionary {
        out.push(b'\n');
        write_name(out, key);
        out.push(b' ');
        write_object(out, value);
    }
    out.extend(b"\n>>");
}

fn write_name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !b"#()<>[]{}/%".contains(&byte) {
            out.push(byte);
        } else {
            let _ = write!(out, "#{byte:02X}");
        }
    }
}
