//! Writes the pages anew: only what they show, copied object by object.

use super::super::Fault;
use super::BROKEN;
use super::weigh::Scales;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::collections::HashMap;

/// The most objects that pages may be made of.
const OBJECTS: usize = 100_000;
/// The deepest nesting; the parser allows no more.
const DEPTH: usize = 110;
/// How far up the tree of pages what a page inherits is looked for.
const ANCESTORS: usize = 50;
/// What makes up a page.
const PAGE: [&[u8]; 4] = [b"Contents", b"Group", b"UserUnit", b"Rotate"];
/// What a page may have from the nodes above it.
const INHERITED: [&[u8]; 3] = [b"Resources", b"MediaBox", b"CropBox"];
/// What leads away from what is shown: acts, links, other pages, files outside, notes about the file.
const LEFT_OUT: [&[u8]; 22] = [
    b"A",
    b"AA",
    b"OpenAction",
    b"Parent",
    b"P",
    b"Popup",
    b"Dest",
    b"Next",
    b"URI",
    b"Metadata",
    b"PieceInfo",
    b"StructParent",
    b"StructParents",
    b"StructTreeRoot",
    b"Names",
    b"Thumb",
    b"B",
    b"JS",
    b"FFilter",
    b"FDecodeParms",
    b"OPI",
    b"LastModified",
];

/// A document of these pages.
pub fn pages(from: &Document, pages: &[ObjectId]) -> Result<Document, Fault> {
    let mut to = Document::with_version("1.7");
    let tree = to.new_object_id();
    let mut copy = Copy {
        from,
        known: HashMap::new(),
        waiting: Vec::new(),
        scales: Scales::new(),
        to,
    };
    let mut kids = Vec::new();
    for page in pages {
        let made = copy.page(*page, tree)?;
        kids.push(Object::Reference(copy.to.add_object(made)));
    }
    copy.rest()?;
    let mut to = copy.to;
    let count = i64::try_from(kids.len()).map_err(|_| BROKEN)?;
    let node = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    to.set_object(tree, node);
    let root = to.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    to.trailer.set("Root", root);
    Ok(to)
}

struct Copy<'a> {
    from: &'a Document,
    to: Document,
    known: HashMap<ObjectId, ObjectId>,
    waiting: Vec<(ObjectId, ObjectId)>,
    scales: Scales,
}

impl Copy<'_> {
    fn page(&mut self, id: ObjectId, tree: ObjectId) -> Result<Dictionary, Fault> {
        let page = self.from.get_dictionary(id).map_err(|_| BROKEN)?;
        let mut made = dictionary! { "Type" => "Page", "Parent" => tree };
        for key in PAGE {
            if let Ok(value) = page.get(key) {
                made.set(key, self.object(value, DEPTH)?);
            }
        }
        for key in INHERITED {
            if let Some(value) = inherited(self.from, page, key) {
                made.set(key, self.object(value, DEPTH)?);
            }
        }
        if !made.has(b"Rotate")
            && let Some(value) = inherited(self.from, page, b"Rotate")
        {
            made.set("Rotate", self.object(value, DEPTH)?);
        }
        if !made.has(b"MediaBox") {
            made.set("MediaBox", vec![0.into(), 0.into(), 595.into(), 842.into()]);
        }
        let marks = self.marks(page)?;
        if !marks.is_empty() {
            made.set("Annots", marks);
        }
        Ok(made)
    }

    /// Stamps, signatures, handwriting: what stands on the page beside its content, as a picture only.
    fn marks(&mut self, page: &Dictionary) -> Result<Vec<Object>, Fault> {
        let Ok(Object::Array(all)) = page.get_deref(b"Annots", self.from) else {
            return Ok(Vec::new());
        };
        let mut made = Vec::new();
        for mark in all.iter().take(1_000) {
            let Ok((_, Object::Dictionary(mark))) = self.from.dereference(mark) else {
                continue;
            };
            let (Ok(rect), Ok(look)) = (mark.get(b"Rect"), mark.get(b"AP")) else {
                continue;
            };
            let mut plain = dictionary! { "Type" => "Annot", "Subtype" => "Stamp" };
            plain.set("Rect", self.object(rect, DEPTH)?);
            plain.set("AP", self.object(look, DEPTH)?);
            for key in [b"AS".as_slice(), b"F"] {
                if let Ok(value @ (Object::Name(_) | Object::Integer(_))) = mark.get(key) {
                    plain.set(key, value.clone());
                }
            }
            made.push(Object::Reference(self.to.add_object(plain)));
        }
        Ok(made)
    }

    /// The objects that were referred to, and those that they refer to.
    fn rest(&mut self) -> Result<(), Fault> {
        while let Some((old, new)) = self.waiting.pop() {
            let made = match self.from.get_object(old) {
                Ok(Object::Stream(stream)) => Object::Stream(self.stream(stream)?),
                Ok(object) => self.object(object, DEPTH)?,
                // A reference to nothing is null (ISO 32000-1, 7.3.10).
                Err(_) => Object::Null,
            };
            self.to.set_object(new, made);
        }
        Ok(())
    }

    fn stream(&mut self, stream: &Stream) -> Result<Stream, Fault> {
        self.scales.weigh(self.from, stream)?;
        let mut dict = self.dictionary(&stream.dict, DEPTH)?;
        // The content of such a stream would be in another file.
        dict.remove(b"F");
        Ok(Stream::new(dict, stream.content.clone()).with_compression(false))
    }

    fn object(&mut self, object: &Object, depth: usize) -> Result<Object, Fault> {
        let deeper = depth.checked_sub(1).ok_or(Fault::Bomb)?;
        Ok(match object {
            Object::Reference(id) => Object::Reference(self.reference(*id)?),
            Object::Array(all) => {
                let all: Result<_, _> = all.iter().map(|object| self.object(object, deeper)).collect();
                Object::Array(all?)
            }
            Object::Dictionary(dict) if leads_away(dict) => Object::Null,
            Object::Dictionary(dict) => Object::Dictionary(self.dictionary(dict, deeper)?),
            // A stream is always an object of its own.
            Object::Stream(_) => return Err(BROKEN),
            other => other.clone(),
        })
    }

    fn dictionary(&mut self, dict: &Dictionary, depth: usize) -> Result<Dictionary, Fault> {
        let mut made = Dictionary::new();
        for (key, value) in dict {
            if !LEFT_OUT.contains(&key.as_slice()) {
                made.set(key.clone(), self.object(value, depth)?);
            }
        }
        Ok(made)
    }

    fn reference(&mut self, old: ObjectId) -> Result<ObjectId, Fault> {
        if let Some(new) = self.known.get(&old) {
            return Ok(*new);
        }
        if self.known.len() == OBJECTS {
            return Err(Fault::Bomb);
        }
        let new = self.to.new_object_id();
        self.known.insert(old, new);
        self.waiting.push((old, new));
        Ok(new)
    }
}

/// Other pages and acts, by whatever way they are reached.
fn leads_away(dict: &Dictionary) -> bool {
    let kind = dict.get(b"Type").and_then(Object::as_name).unwrap_or_default();
    let types: [&[u8]; 6] = [b"Page", b"Pages", b"Catalog", b"Action", b"Annot", b"Filespec"];
    types.contains(&kind)
}

fn inherited<'a>(from: &'a Document, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..ANCESTORS {
        if let Ok(found) = node.get(key) {
            return Some(found);
        }
        node = node.get_deref(b"Parent", from).ok()?.as_dict().ok()?;
    }
    None
}
