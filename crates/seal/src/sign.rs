//! Signs a prepared document: one revision for each signature, each adding its value to a field and
//! changing nothing that is seen.

use crate::cms;
use crate::edit::{Body, Editor, text, write_object};
use crate::error::Error;
use crate::signer::Signer;
use crate::tsp::Stamper;
use domain::document::Signer as Role;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};
use std::collections::BTreeMap;

/// A document that is being signed.
pub struct Signing {
    editor: Editor,
    catalog: Dictionary,
    fields: BTreeMap<String, (ObjectId, Dictionary)>,
    is_certified: bool,
}

/// One signature to be made.
pub struct Wanted<'a> {
    /// The party, whose key names the field.
    pub role: Role,
    /// Who signs, in full.
    pub name: &'a str,
    /// What the signature says.
    pub reason: &'a str,
    /// The time to claim in the dictionary.
    pub at: Timestamp,
}

impl Signing {
    /// Reads a prepared document.
    pub fn open(prepared: Vec<u8>) -> Result<Self, Error> {
        let (editor, document) = Editor::open(prepared)?;
        let catalog = document.get_dictionary(editor.root())?.clone();
        let fields = fields(&document, &catalog)?;
        Ok(Self {
            is_certified: catalog.has(b"Perms"),
            editor,
            catalog,
            fields,
        })
    }

    /// The finished file.
    pub fn finish(self) -> Vec<u8> {
        self.editor.finish()
    }

    /// Makes one signature; the first one certifies the document: from then on only signatures may be
    /// added (DocMDP, P=2). The time that an authority attests, where one was asked.
    pub fn sign(
        &mut self,
        wanted: &Wanted<'_>,
        signer: &dyn Signer,
        stamper: Option<&Stamper>,
    ) -> Result<Option<Timestamp>, Error> {
        let room = cms::room(signer, stamper)?;
        let name = wanted.role.key();
        let (field, mut widget) = self
            .fields
            .remove(name)
            .ok_or_else(|| Error::Document(format!("no open field {name}")))?;
        let value = self.editor.reserve();
        widget.set("V", value);
        let draft = Draft::new(wanted, !self.is_certified, room);
        let mut objects = BTreeMap::from([
            (field, Body::Object(widget.into())),
            (value, Body::Written(draft.bytes.clone())),
        ]);
        if !self.is_certified {
            self.catalog.set("Perms", dictionary! { "DocMDP" => value });
            objects.insert(self.editor.root(), Body::Object(self.catalog.clone().into()));
            self.is_certified = true;
        }
        let bodies = self.editor.append(objects)?;
        let start = bodies.get(&value).copied().unwrap_or(0);
        self.fill(&draft, start, room, (signer, stamper))
    }

    /// Fills in range and value, which a draft leaves open.
    fn fill(
        &mut self,
        draft: &Draft,
        start: usize,
        room: usize,
        (signer, stamper): (&dyn Signer, Option<&Stamper>),
    ) -> Result<Option<Timestamp>, Error> {
        let bytes = self.editor.bytes_mut();
        let (open, close) = (start + draft.contents, start + draft.contents + 2 * room + 2);
        let range = format!("0 {open} {close} {}]", bytes.len() - close);
        let slot = bytes
            .get_mut(start + draft.range..start + draft.range + RANGE)
            .ok_or_else(|| Error::document("a signature is out of place"))?;
        slot.fill(b' ');
        slot.get_mut(..range.len())
            .ok_or_else(|| Error::document("too large"))?
            .copy_from_slice(range.as_bytes());
        let hash = self.editor.hash_around(&(open..close))?;
        let made = cms::sign(&hash, signer, stamper)?;
        let digits = hex::encode(&made.der);
        self.editor
            .bytes_mut()
            .get_mut(open + 1..close - 1)
            .and_then(|slot| slot.get_mut(..digits.len()))
            .ok_or_else(|| Error::signing("the signature needs more room"))?
            .copy_from_slice(digits.as_bytes());
        Ok(made.stamped_at)
    }
}

/// Width of the byte range, its closing bracket included.
const RANGE: usize = 40;

/// A signature's dictionary, written out with range and value left open.
struct Draft {
    bytes: Vec<u8>,
    /// Where the numbers of the range begin.
    range: usize,
    /// Where the value begins, at its `<`.
    contents: usize,
}

impl Draft {
    fn new(wanted: &Wanted<'_>, certify: bool, room: usize) -> Self {
        let mut fixed = dictionary! {
            "Type" => "Sig", "Filter" => "Adobe.PPKLite", "SubFilter" => "ETSI.CAdES.detached",
            "M" => Object::string_literal(date(wanted.at)),
            "Name" => text(wanted.name), "Reason" => text(wanted.reason),
        };
        if certify {
            let only_signatures = dictionary! { "Type" => "TransformParams", "P" => 2, "V" => "1.2" };
            let reference = dictionary! {
                "Type" => "SigRef", "TransformMethod" => "DocMDP", "TransformParams" => only_signatures,
            };
            fixed.set("Reference", vec![reference.into()]);
        }
        let mut bytes = Vec::new();
        write_object(&mut bytes, &fixed.into());
        bytes.truncate(bytes.len() - 2);
        bytes.extend(b"/ByteRange [");
        let range = bytes.len();
        bytes.extend([b' '; RANGE]);
        bytes.extend(b"\n/Contents ");
        let contents = bytes.len();
        bytes.push(b'<');
        bytes.resize(bytes.len() + 2 * room, b'0');
        bytes.extend(b">\n>>");
        Self {
            bytes,
            range,
            contents,
        }
    }
}

/// The open signature fields of a document by name.
fn fields(
    document: &Document,
    catalog: &Dictionary,
) -> Result<BTreeMap<String, (ObjectId, Dictionary)>, Error> {
    let form = catalog.get_deref(b"AcroForm", document)?.as_dict()?;
    let mut found = BTreeMap::new();
    for field in form.get_deref(b"Fields", document)?.as_array()? {
        let id = field.as_reference()?;
        let widget = document.get_dictionary(id)?;
        if !widget.has(b"V") {
            let name = String::from_utf8_lossy(widget.get(b"T")?.as_str()?).into_owned();
            found.insert(name, (id, widget.clone()));
        }
    }
    Ok(found)
}

/// A date as PDF has it (ISO 32000-2, 7.9.4), in China's time.
fn date(at: Timestamp) -> String {
    let local = at.to_zoned(TimeZone::fixed(Offset::constant(8)));
    format!("D:{}+08'00'", local.strftime("%Y%m%d%H%M%S"))
}
