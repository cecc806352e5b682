//! The places of the signatures: fields with everything that will be seen in them, made in one revision
//! before the first signature. Later revisions add signatures and change nothing that is seen.

use crate::edit::{Body, Editor, text};
use crate::error::Error;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::collections::BTreeMap;

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

/// Adds a form with one field for each place, showing page by page what `pictures`, a PDF with as many
/// pages, shows.
pub fn prepare(pdf: Vec<u8>, places: &[Place], pictures: &[u8]) -> Result<Vec<u8>, Error> {
    let (mut editor, document) = Editor::open(pdf)?;
    let mut catalog = document.get_dictionary(editor.root())?.clone();
    if catalog.has(b"AcroForm") {
        return Err(Error::document("it has a form already"));
    }
    let pages = document.get_pages();
    let mut changed = BTreeMap::new();
    let pictures = Document::load_mem(pictures)?;
    let mut importer = Importer::new(&pictures);
    let sources: Vec<ObjectId> = pictures.get_pages().into_values().collect();
    if sources.len() != places.len() {
        return Err(Error::document("as many pictures as places are needed"));
    }
    let mut annotations: BTreeMap<ObjectId, Vec<Object>> = BTreeMap::new();
    let mut fields: Vec<Object> = Vec::new();
    for (place, picture) in places.iter().zip(sources) {
        let page = *pages
            .get(&place.page)
            .ok_or_else(|| Error::document("a page is missing"))?;
        let appearance = importer.form(&mut editor, picture)?;
        let field = editor.reserve();
        changed.insert(field, Body::Object(widget(place, page, appearance)));
        annotations.entry(page).or_default().push(field.into());
        fields.push(field.into());
    }
    changed.extend(importer.finish(&mut editor)?);
    for (page, mut added) in annotations {
        let mut dictionary = document.get_dictionary(page)?.clone();
        let mut all = existing_annotations(&document, &dictionary)?;
        all.append(&mut added);
        dictionary.set("Annots", all);
        changed.insert(page, Body::Object(dictionary.into()));
    }
    let form = editor.reserve();
    let dictionary = dictionary! { "Fields" => fields, "SigFlags" => SIGNATURES_APPEND_ONLY };
    changed.insert(form, Body::Object(dictionary.into()));
    catalog.set("AcroForm", form);
    changed.insert(editor.root(), Body::Object(catalog.into()));
    editor.append(changed)?;
    Ok(editor.finish())
}

fn widget(place: &Place, page: ObjectId, appearance: ObjectId) -> Object {
    let rect: Vec<Object> = place.rect.into_iter().map(Object::Real).collect();
    dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig",
        "T" => Object::string_literal(place.name), "TU" => text(place.label),
        "F" => PRINT_LOCKED, "Rect" => rect, "P" => page,
        "AP" => dictionary! { "N" => appearance },
    }
    .into()
}

fn existing_annotations(document: &Document, page: &Dictionary) -> Result<Vec<Object>, Error> {
    match page.get(b"Annots") {
        Ok(Object::Reference(id)) => Ok(document.get_object(*id)?.as_array()?.clone()),
        Ok(Object::Array(all)) => Ok(all.clone()),
        _ => Ok(Vec::new()),
    }
}

/// Copies pages of another PDF as pictures, with what they reach and nothing else.
struct Importer<'a> {
    source: &'a Document,
    renamed: BTreeMap<ObjectId, ObjectId>,
    waiting: Vec<ObjectId>,
    done: BTreeMap<ObjectId, Body>,
}

impl<'a> Importer<'a> {
    fn new(source: &'a Document) -> Self {
        Self {
            source,
            renamed: BTreeMap::new(),
            waiting: Vec::new(),
            done: BTreeMap::new(),
        }
    }

    fn form(&mut self, editor: &mut Editor, page: ObjectId) -> Result<ObjectId, Error> {
        let dictionary = self.source.get_dictionary(page)?;
        let mut form = dictionary! { "Type" => "XObject", "Subtype" => "Form" };
        form.set("BBox", dictionary.get(b"MediaBox")?.clone());
        form.set(
            "Resources",
            match dictionary.get(b"Resources") {
                Ok(resources) => self.renumber(editor, resources),
                Err(_) => Dictionary::new().into(),
            },
        );
        if let Ok(group) = dictionary.get(b"Group") {
            form.set("Group", self.renumber(editor, group));
        }
        let content = self.source.get_page_content(page);
        let mut stream = Stream::new(form, content);
        stream.compress()?;
        let id = editor.reserve();
        self.done.insert(id, Body::Object(stream.into()));
        Ok(id)
    }

    /// The objects copied, with all that they refer to.
    fn finish(mut self, editor: &mut Editor) -> Result<BTreeMap<ObjectId, Body>, Error> {
        while let Some(id) = self.waiting.pop() {
            let copy = self.renumber(editor, self.source.get_object(id)?);
            if let Some(renamed) = self.renamed.get(&id) {
                self.done.insert(*renamed, Body::Object(copy));
            }
        }
        Ok(self.done)
    }

    fn renumber(&mut self, editor: &mut Editor, object: &Object) -> Object {
        match object {
            Object::Reference(id) => {
                let waiting = &mut self.waiting;
                let renamed = self.renamed.entry(*id).or_insert_with(|| {
                    waiting.push(*id);
                    editor.reserve()
                });
                Object::Reference(*renamed)
            }
            Object::Array(items) => items
                .iter()
                .map(|item| self.renumber(editor, item))
                .collect::<Vec<_>>()
                .into(),
            Object::Dictionary(dictionary) => self.renumber_all(editor, dictionary).into(),
            Object::Stream(stream) => {
                let mut copy = stream.clone();
                copy.dict = self.renumber_all(editor, &stream.dict);
                Object::Stream(copy)
            }
            other => other.clone(),
        }
    }

    fn renumber_all(&mut self, editor: &mut Editor, dictionary: &Dictionary) -> Dictionary {
        let mut copy = Dictionary::new();
        for (key, value) in dictionary {
            copy.set(key.clone(), self.renumber(editor, value));
        }
        copy
    }
}
