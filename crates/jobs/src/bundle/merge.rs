//! All pages in one PDF, written as they come. Of what was written only the places of the objects stay in
//! memory. Signatures do not live through this, so what shows them stays as a picture on its page; whoever wants
//! to check a document takes it as it is.

use std::collections::{HashMap, VecDeque};
use std::io::Write;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, Writer, dictionary};

use super::pack::PackError;

/// The deepest nesting of an object.
const DEPTH: usize = 60;
/// How far up the tree of pages what a page inherits is looked for.
const ANCESTORS: usize = 20;
/// What makes up a page. The structure of the text is left behind: it belongs to the whole document.
const PAGE: [&[u8]; 3] = [b"Contents", b"Group", b"UserUnit"];
/// What a page may have from the nodes above it.
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// The catalogue and the root of the tree of pages.
const CATALOG: u32 = 1;
const TREE: u32 = 2;

/// One document of the outline.
struct Mark {
    title: String,
    page: u32,
}

/// Writes documents one behind the other.
pub(super) struct Merger<W: Write> {
    out: W,
    at: u64,
    /// Where each object begins, from number 1; nothing yet for those that are only named.
    places: Vec<Option<u64>>,
    nodes: Vec<(u32, i64)>,
    marks: Vec<Mark>,
}

impl<W: Write> Merger<W> {
    pub(super) fn new(out: W) -> Result<Self, PackError> {
        let mut merger = Self {
            out,
            at: 0,
            places: vec![None, None],
            nodes: Vec::new(),
            marks: Vec::new(),
        };
        // Four bytes that are no text, so that nobody takes the file for one.
        merger.write(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")?;
        Ok(merger)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), PackError> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn name(&mut self) -> u32 {
        self.places.push(None);
        u32::try_from(self.places.len()).unwrap_or(u32::MAX)
    }

    fn object(&mut self, number: u32, object: &Object) -> Result<(), PackError> {
        let mut bytes = format!("{number} 0 obj\n").into_bytes();
        Writer::write_object(&mut bytes, object)?;
        bytes.extend_from_slice(b"\nendobj\n");
        let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
        if let Some(place) = self.places.get_mut(place) {
            *place = Some(self.at);
        }
        self.write(&bytes)
    }

    /// Adds all pages of a document.
    pub(super) fn add(&mut self, bytes: &[u8], title: &str) -> Result<(), PackError> {
        let from = Document::load_mem(bytes)?;
        let node = self.name();
        let mut copy = Copy {
            from: &from,
            known: HashMap::new(),
            waiting: VecDeque::new(),
        };
        let mut kids = Vec::new();
        for (_, id) in from.get_pages() {
            let number = self.name();
            let page = copy.page(self, id, node)?;
            self.object(number, &Object::Dictionary(page))?;
            kids.push(number);
        }
        while let Some((old, new)) = copy.waiting.pop_front() {
            let made = copy.made(self, old)?;
            self.object(new, &made)?;
        }
        let Some(first) = kids.first() else {
            return Err(PackError::Shape);
        };
        self.marks.push(Mark {
            title: title.to_owned(),
            page: *first,
        });
        let count = i64::try_from(kids.len()).unwrap_or(0);
        let kids: Vec<Object> = kids.into_iter().map(reference).collect();
        let pages =
            dictionary! { "Type" => "Pages", "Parent" => reference(TREE), "Kids" => kids, "Count" => count };
        self.object(node, &Object::Dictionary(pages))?;
        self.nodes.push((node, count));
        Ok(())
    }

    /// Writes the tree, the outline and the table of places.
    pub(super) fn finish(mut self) -> Result<W, PackError> {
        let outline = self.outline()?;
        let count: i64 = self.nodes.iter().map(|(_, count)| count).sum();
        let kids: Vec<Object> = self.nodes.iter().map(|(node, _)| reference(*node)).collect();
        let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
        self.object(TREE, &Object::Dictionary(tree))?;
        let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => reference(TREE) };
        if let Some(outline) = outline {
            catalog.set("Outlines", reference(outline));
            catalog.set("PageMode", "UseOutlines");
        }
        self.object(CATALOG, &Object::Dictionary(catalog))?;
        let (start, size) = (self.at, self.places.len() + 1);
        let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n").into_bytes();
        for place in std::mem::take(&mut self.places) {
            let line = match place {
                Some(at) => format!("{at:010} 00000 n \n"),
                None => "0000000000 65535 f \n".to_owned(),
            };
            table.extend_from_slice(line.as_bytes());
        }
        table.extend_from_slice(
            format!("trailer\n<</Size {size}/Root {CATALOG} 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
        );
        self.write(&table)?;
        Ok(self.out)
    }

    /// An entry for every document, so that one finds it among thousands of pages.
    fn outline(&mut self) -> Result<Option<u32>, PackError> {
        let marks = std::mem::take(&mut self.marks);
        if marks.is_empty() {
            return Ok(None);
        }
        let root = self.name();
        let numbers: Vec<u32> = marks.iter().map(|_| self.name()).collect();
        for (i, mark) in marks.iter().enumerate() {
            let fit = vec![reference(mark.page), "Fit".into()];
            let mut entry = dictionary! {
                "Title" => text(&mark.title), "Parent" => reference(root), "Dest" => fit,
            };
            if let Some(before) = i.checked_sub(1).and_then(|i| numbers.get(i)) {
                entry.set("Prev", reference(*before));
            }
            if let Some(after) = numbers.get(i + 1) {
                entry.set("Next", reference(*after));
            }
            self.object(numbers[i], &Object::Dictionary(entry))?;
        }
        let ends = numbers.first().zip(numbers.last());
        let mut whole =
            dictionary! { "Type" => "Outlines", "Count" => i64::try_from(marks.len()).unwrap_or(0) };
        if let Some((first, last)) = ends {
            whole.set("First", reference(*first));
            whole.set("Last", reference(*last));
        }
        self.object(root, &Object::Dictionary(whole))?;
        Ok(Some(root))
    }
}

fn reference(number: u32) -> Object {
    Object::Reference((number, 0))
}

/// A text as PDF has it: UTF-16 with its mark.
fn text(text: &str) -> Object {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    let bytes = units.flat_map(u16::to_be_bytes).collect();
    Object::String(bytes, StringFormat::Hexadecimal)
}

/// Copies what the pages of one document are made of.
struct Copy<'a> {
    from: &'a Document,
    known: HashMap<ObjectId, u32>,
    waiting: VecDeque<(ObjectId, u32)>,
}

impl Copy<'_> {
    fn page<W: Write>(
        &mut self,
        to: &mut Merger<W>,
        id: ObjectId,
        node: u32,
    ) -> Result<Dictionary, PackError> {
        let page = self.from.get_dictionary(id)?;
        let mut made = dictionary! { "Type" => "Page", "Parent" => reference(node) };
        for key in PAGE {
            if let Ok(value) = page.get(key) {
                made.set(key, self.object(to, value, DEPTH)?);
            }
        }
        for key in INHERITED {
            if let Some(value) = inherited(self.from, page, key) {
                made.set(key, self.object(to, value, DEPTH)?);
            }
        }
        let marks = self.marks(to, page)?;
        if !marks.is_empty() {
            made.set("Annots", marks);
        }
        Ok(made)
    }

    /// Seals and what else is shown on the page beside its content, as pictures.
    fn marks<W: Write>(&mut self, to: &mut Merger<W>, page: &Dictionary) -> Result<Vec<Object>, PackError> {
        let Ok(Object::Array(all)) = page.get_deref(b"Annots", self.from) else {
            return Ok(Vec::new());
        };
        let mut made = Vec::new();
        for mark in all {
            let Ok((_, Object::Dictionary(mark))) = self.from.dereference(mark) else {
                continue;
            };
            let (Ok(rect), Ok(look)) = (mark.get(b"Rect"), mark.get(b"AP")) else {
                continue;
            };
            let mut plain = dictionary! { "Type" => "Annot", "Subtype" => "Stamp", "F" => 4 };
            plain.set("Rect", self.object(to, rect, DEPTH)?);
            plain.set("AP", self.object(to, look, DEPTH)?);
            made.push(Object::Dictionary(plain));
        }
        Ok(made)
    }

    fn made<W: Write>(&mut self, to: &mut Merger<W>, old: ObjectId) -> Result<Object, PackError> {
        match self.from.get_object(old) {
            Ok(Object::Stream(stream)) => {
                let dict = self.dictionary(to, &stream.dict, DEPTH)?;
                // Its length is written anew; where it came from it may be an object of its own.
                Ok(Object::Stream(
                    Stream::new(dict, stream.content.clone()).with_compression(false),
                ))
            }
            Ok(object) => self.object(to, object, DEPTH),
            // A reference to nothing is null (ISO 32000-1, 7.3.10).
            Err(_) => Ok(Object::Null),
        }
    }

    fn object<W: Write>(
        &mut self,
        to: &mut Merger<W>,
        object: &Object,
        depth: usize,
    ) -> Result<Object, PackError> {
        let deeper = depth.checked_sub(1).ok_or(PackError::Shape)?;
        Ok(match object {
            Object::Reference(id) => {
                let waiting = &mut self.waiting;
                let number = *self.known.entry(*id).or_insert_with(|| {
                    let number = to.name();
                    waiting.push_back((*id, number));
                    number
                });
                reference(number)
            }
            Object::Array(all) => {
                let all: Result<_, _> = all.iter().map(|one| self.object(to, one, deeper)).collect();
                Object::Array(all?)
            }
            Object::Dictionary(dict) if is_page(dict) => Object::Null,
            Object::Dictionary(dict) => Object::Dictionary(self.dictionary(to, dict, deeper)?),
            other => other.clone(),
        })
    }

    fn dictionary<W: Write>(
        &mut self,
        to: &mut Merger<W>,
        dict: &Dictionary,
        depth: usize,
    ) -> Result<Dictionary, PackError> {
        let mut made = Dictionary::new();
        for (key, value) in dict {
            if !matches!(
                key.as_slice(),
                b"Parent" | b"P" | b"StructParent" | b"StructParents"
            ) {
                made.set(key.clone(), self.object(to, value, depth)?);
            }
        }
        Ok(made)
    }
}

/// Pages are only copied as pages, whatever refers to them.
fn is_page(dict: &Dictionary) -> bool {
    let kind = dict.get(b"Type").and_then(Object::as_name).unwrap_or_default();
    matches!(kind, b"Page" | b"Pages" | b"Catalog")
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
