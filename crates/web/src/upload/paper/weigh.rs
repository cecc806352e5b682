//! How much a PDF is before it is parsed: a few bytes can stand for a great deal of memory.

use super::super::{Fault, PIXELS};
use super::BROKEN;
use flate2::read::ZlibDecoder;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Read;

/// The most bytes that one stream of objects may unpack to.
pub const STRUCTURE: usize = 4 << 20;
/// The most signs of objects in a file; each costs the parser some 150 bytes.
const SIGNS: usize = 1_500_000;
/// How many objects may be listed more than once.
const TWICE: usize = 16;
/// The most bytes that the content of one stream may unpack to: a page at 600 dpi in colour.
const STREAM: u64 = 128 << 20;
/// The most bytes that all of them together may unpack to.
const ALL: u64 = 384 << 20;

/// Refuses what would take too much memory to parse.
pub fn structure(bytes: &[u8]) -> Result<(), Fault> {
    if count(bytes) > SIGNS {
        return Err(Fault::Bomb);
    }
    LEFT.set(Left {
        signs: SIGNS,
        twice: TWICE,
    });
    SEEN.with_borrow_mut(HashSet::clear);
    Ok(())
}

/// What the parser may still do with the file in hand. It parses on the thread that called it.
#[derive(Clone, Copy)]
struct Left {
    signs: usize,
    twice: usize,
}

thread_local! {
    static LEFT: Cell<Left> = const { Cell::new(Left { signs: 0, twice: 0 }) };
    static SEEN: RefCell<HashSet<ObjectId>> = RefCell::new(HashSet::new());
}

/// Asked by the parser for every object. A file may point to one object from many places, and to the middle
/// of another one: either makes a small file a long work. Giving up ends the parsing; the caller catches it.
pub fn tame(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let mut left = LEFT.get();
    if !SEEN.with_borrow_mut(|seen| seen.insert(id)) {
        left.twice = left.twice.checked_sub(1).unwrap_or_else(|| give_up());
    }
    if let Object::Stream(stream) = object
        && stream.dict.has_type(b"ObjStm")
    {
        let content = stream
            .get_plain_content_with_limit(STRUCTURE)
            .unwrap_or_else(|_| give_up());
        left.signs = left
            .signs
            .checked_sub(count(&content))
            .unwrap_or_else(|| give_up());
        *stream = apart(stream, &content).unwrap_or_else(|| give_up());
    }
    LEFT.set(left);
    // What is handed back counts only for members of a stream of objects, which are never streams.
    let member = !matches!(object, Object::Stream(_));
    Some((id, if member { object.clone() } else { Object::Null }))
}

fn give_up() -> ! {
    std::panic::resume_unwind(Box::new(Fault::Bomb))
}

/// The same stream of objects with a wall behind each, so that none reaches into the next.
fn apart(stream: &Stream, content: &[u8]) -> Option<Stream> {
    const WALL: &[u8] = b"\n))))))))))>endobj\n";
    let number = |key: &[u8]| usize::try_from(stream.dict.get(key).ok()?.as_i64().ok()?).ok();
    let first = number(b"First")?;
    let index = std::str::from_utf8(content.get(..first)?).ok()?;
    let numbers: Option<Vec<usize>> = index.split_whitespace().map(|n| n.parse().ok()).collect();
    let mut places: Vec<(usize, usize)> = numbers?.chunks_exact(2).map(|pair| (pair[1], pair[0])).collect();
    places.sort_unstable();
    places.dedup_by_key(|(at, _)| *at);
    let (mut heads, mut bodies) = (String::new(), Vec::new());
    for (n, (at, id)) in places.iter().enumerate() {
        let end = places.get(n + 1).map_or(content.len() - first, |(next, _)| *next);
        let body = content.get(first + at..first + end)?;
        // Writing to a String cannot fail.
        let _ = write!(heads, "{id} {} ", bodies.len());
        bodies.extend_from_slice(body);
        bodies.extend_from_slice(WALL);
    }
    let mut dict = Dictionary::new();
    dict.set("Type", Object::Name(b"ObjStm".to_vec()));
    dict.set("N", i64::try_from(places.len()).ok()?);
    dict.set("First", i64::try_from(heads.len()).ok()?);
    Some(Stream::new(dict, [heads.as_bytes(), &bodies].concat()))
}

/// Openings of arrays, dictionaries, strings and names, and beginnings of words and numbers.
fn count(bytes: &[u8]) -> usize {
    let mut signs = 0;
    let mut within = false;
    for byte in bytes {
        let apart = byte.is_ascii_whitespace() || *byte == 0 || b"()<>[]{}/%".contains(byte);
        if b"[</(".contains(byte) || (!apart && !within) {
            signs += 1;
        }
        within = !apart;
    }
    signs
}

/// How much of [`ALL`] is left while the streams of a document are measured one by one.
pub struct Scales(u64);

impl Scales {
    /// Nothing measured yet.
    pub fn new() -> Self {
        Self(ALL)
    }

    /// Measures what a stream unpacks to, and a picture by its sides.
    pub fn weigh(&mut self, document: &Document, stream: &Stream) -> Result<(), Fault> {
        picture(document, &stream.dict)?;
        let filters = stream.filters().unwrap_or_default();
        let size = match filters.as_slice() {
            [] => stream.content.len() as u64,
            [b"FlateDecode" | b"Fl"] => {
                let mut unpacked = ZlibDecoder::new(stream.content.as_slice()).take(STREAM + 1);
                // Writers cut the last bytes of a packed stream; viewers show what is there.
                let mut size = 0;
                let mut buffer = [0; 1 << 13];
                while let Ok(n @ 1..) = unpacked.read(&mut buffer) {
                    size += n as u64;
                }
                size
            }
            // Pictures, whose sides are measured.
            [b"DCTDecode" | b"JPXDecode" | b"CCITTFaxDecode" | b"JBIG2Decode" | b"DCT" | b"CCF"] => {
                stream.content.len() as u64
            }
            [_] | [_, _] => {
                let unpacked = unpacked(stream, &filters)?;
                unpacked as u64
            }
            _ => return Err(Fault::Bomb),
        };
        self.0 = self.0.checked_sub(size).ok_or(Fault::Bomb)?;
        if size > STREAM { Err(Fault::Bomb) } else { Ok(()) }
    }
}

/// Chains of two, as old scanners write them: all but a picture at the end is unpacked.
fn unpacked(stream: &Stream, filters: &[&[u8]]) -> Result<usize, Fault> {
    const KNOWN: [&[u8]; 8] = [
        b"FlateDecode",
        b"LZWDecode",
        b"ASCII85Decode",
        b"ASCIIHexDecode",
        b"RunLengthDecode",
        b"DCTDecode",
        b"CCITTFaxDecode",
        b"JPXDecode",
    ];
    if filters.iter().any(|filter| !KNOWN.contains(filter)) {
        return Err(BROKEN);
    }
    let pictures: [&[u8]; 3] = [b"DCTDecode", b"CCITTFaxDecode", b"JPXDecode"];
    let mut plain = stream.clone();
    if filters.last().is_some_and(|last| pictures.contains(last)) {
        let first = filters.first().map(|name| Object::Name(name.to_vec()));
        plain.dict.set("Filter", first.unwrap_or(Object::Null));
        plain.dict.remove(b"DecodeParms");
    }
    let limit = usize::try_from(STREAM / 2).unwrap_or(usize::MAX);
    plain
        .decompressed_content_with_limit(limit)
        .map(|bytes| bytes.len())
        .map_err(|_| Fault::Bomb)
}

fn picture(document: &Document, dict: &Dictionary) -> Result<(), Fault> {
    let side = |key: &[u8]| {
        let value = dict.get_deref(key, document).ok()?;
        value.as_i64().ok().and_then(|n| u64::try_from(n).ok())
    };
    match (side(b"Width"), side(b"Height")) {
        (Some(width), Some(height)) if width.saturating_mul(height) > PIXELS => Err(Fault::TooManyPixels),
        _ => Ok(()),
    }
}
