//! The places of the signatures: fields with everything that will be seen in them, made before the first
//! signature. Later revisions add signatures and change nothing that is seen.

use crate::edit::{hex_string, text};
use crate::error::Error;
use lopdf::{Document, Object, ObjectId, SaveOptions, dictionary};

/// Where a signature is seen.
pub struct Place {
    /// The field's name, ASCII.
    pub name: &'static str,
    /// What the field is called when a pointer rests on it.
    pub label: &'static str,
    /// Page, from 1.
    pub page: u32,
    /// Left, bottom, right, top, in points.
    pub rect: [f32; 4],
}

/// Print the field, and let nobody move it (ISO 32000-2, table 167).
const PRINT_LOCKED: i64 = 4 | 128;
/// Signatures exist, and the file may only be appended to (table 225).
const SIGNATURES_APPEND_ONLY: i64 = 3;

/// Adds a form with one field for each place; the last pages of the document, as many, become what is seen in them.
/// Written as one file, packed: what is signed has no revisions yet.
pub fn prepare(pdf: &[u8], places: &[Place]) -> Result<Vec<u8>, Error> {
    let mut document = Document::load_mem(pdf)?;
    if document.is_encrypted() {
        return Err(Error::document("it is encrypted"));
    }
    let root = document.trailer.get(b"Root")?.as_reference()?;
    if document.get_dictionary(root)?.has(b"AcroForm") {
        return Err(Error::document("it has a form already"));
    }
    let mut pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    let own = pages.len().checked_sub(places.len()).filter(|own| *own > 0);
    let pictures = pages.split_off(own.ok_or_else(|| Error::document("each place needs a page behind it"))?);
    for picture in &pictures {
        take_out(&mut document, *picture)?;
    }
    let mut fields: Vec<Object> = Vec::new();
    for (place, picture) in places.iter().zip(pictures) {
        let page = usize::try_from(place.page)
            .ok()
            .and_then(|page| pages.get(page.checked_sub(1)?));
        let page = *page.ok_or_else(|| Error::document("a page is missing"))?;
        let appearance = appearance(&mut document, picture)?;
        let field = document.add_object(widget(place, page, appearance));
        let mut annotations = existing_annotations(&document, page)?;
        annotations.push(field.into());
        document.get_dictionary_mut(page)?.set("Annots", annotations);
        fields.push(field.into());
    }
    let form = dictionary! { "Fields" => fields, "SigFlags" => SIGNATURES_APPEND_ONLY };
    let form = document.add_object(form);
    document.get_dictionary_mut(root)?.set("AcroForm", form);
    packed(&mut document)
}

/// The prepared document without the form, its fields and what is seen in them.
pub fn plain(prepared: &[u8]) -> Result<Vec<u8>, Error> {
    let mut document = Document::load_mem(prepared)?;
    let root = document.trailer.get(b"Root")?.as_reference()?;
    let form = document.get_dictionary_mut(root)?.remove(b"AcroForm");
    let form = form
        .ok_or_else(|| Error::document("it has no form"))?
        .as_reference()?;
    let fields = document.get_dictionary(form)?.get(b"Fields")?.as_array()?.clone();
    for page in document.get_pages().into_values() {
        let mut annotations = existing_annotations(&document, page)?;
        annotations.retain(|annotation| !fields.contains(annotation));
        let page = document.get_dictionary_mut(page)?;
        if annotations.is_empty() {
            page.remove(b"Annots");
        } else {
            page.set("Annots", annotations);
        }
    }
    document.prune_objects();
    packed(&mut document)
}

/// Takes a page out of the tree of pages; the page itself stays.
fn take_out(document: &mut Document, page: ObjectId) -> Result<(), Error> {
    let parent = |document: &Document, id| -> Result<Option<ObjectId>, Error> {
        match document.get_dictionary(id)?.get(b"Parent") {
            Ok(parent) => Ok(Some(parent.as_reference()?)),
            Err(_) => Ok(None),
        }
    };
    let mut above = parent(document, page)?;
    if let Some(first) = above {
        let kids = document
            .get_dictionary_mut(first)?
            .get_mut(b"Kids")?
            .as_array_mut()?;
        kids.retain(|kid| kid.as_reference().ok() != Some(page));
    }
    while let Some(id) = above {
        let tree = document.get_dictionary_mut(id)?;
        let count = tree.get(b"Count")?.as_i64()?;
        tree.set("Count", count - 1);
        above = parent(document, id)?;
    }
    Ok(())
}

/// Makes a picture of a page that was taken out: what it draws stays as it is.
fn appearance(document: &mut Document, page: ObjectId) -> Result<ObjectId, Error> {
    let broken = || Error::document("a picture is not a page");
    let Some(Object::Dictionary(page)) = document.objects.remove(&page) else {
        return Err(broken());
    };
    let content = page.get(b"Contents")?.as_reference()?;
    let Some(Object::Stream(form)) = document.objects.get_mut(&content) else {
        return Err(broken());
    };
    form.dict.set("Type", "XObject");
    form.dict.set("Subtype", "Form");
    form.dict.set("BBox", page.get(b"MediaBox")?.clone());
    for key in [&b"Resources"[..], b"Group"] {
        if let Ok(value) = page.get(key) {
            form.dict.set(key, value.clone());
        }
    }
    Ok(content)
}

/// The file, with everything that may be in object streams.
fn packed(document: &mut Document) -> Result<Vec<u8>, Error> {
    let options = SaveOptions::builder()
        .use_object_streams(true)
        .use_xref_streams(true)
        .max_objects_per_stream(usize::MAX)
        .compression_level(6)
        .build();
    let mut bytes = Vec::new();
    let written = document.save_with_options(&mut bytes, options);
    written.map_err(|_| Error::document("it cannot be written"))?;
    Ok(bytes)
}

fn widget(place: &Place, page: ObjectId, appearance: ObjectId) -> Object {
    let rect: Vec<Object> = place.rect.into_iter().map(Object::Real).collect();
    dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig",
        "T" => hex_string(place.name.into()), "TU" => text(place.label),
        "F" => PRINT_LOCKED, "Rect" => rect, "P" => page,
        "AP" => dictionary! { "N" => appearance },
    }
    .into()
}

fn existing_annotations(document: &Document, page: ObjectId) -> Result<Vec<Object>, Error> {
    match document.get_dictionary(page)?.get(b"Annots") {
        Ok(Object::Reference(id)) => Ok(document.get_object(*id)?.as_array()?.clone()),
        Ok(Object::Array(all)) => Ok(all.clone()),
        _ => Ok(Vec::new()),
    }
}
