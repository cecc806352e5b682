//! What a PDF would do when it is opened. Everything in the file is looked at, reachable or not: a file that
//! holds a script is refused even where no viewer would find it.

use super::super::Fault;
use lopdf::{Dictionary, Document, Object};

/// The deepest nesting that is looked into; the parser allows no more.
const DEPTH: usize = 110;

/// Refuses scripts, programs and files within.
pub fn acts(document: &Document) -> Result<(), Fault> {
    dictionary(&document.trailer, DEPTH)?;
    document
        .objects
        .values()
        .try_for_each(|object| look(object, DEPTH))
}

fn look(object: &Object, depth: usize) -> Result<(), Fault> {
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(Fault::Bomb);
    };
    match object {
        Object::Array(all) => all.iter().try_for_each(|object| look(object, deeper)),
        Object::Dictionary(dict) => dictionary(dict, deeper),
        Object::Stream(stream) => dictionary(&stream.dict, deeper),
        _ => Ok(()),
    }
}

fn dictionary(dict: &Dictionary, depth: usize) -> Result<(), Fault> {
    for (key, value) in dict {
        match key.as_slice() {
            b"JS" | b"JavaScript" | b"XFA" => return Err(Fault::Script),
            b"EF" | b"EmbeddedFiles" | b"RichMediaContent" | b"AF" => return Err(Fault::Embedded),
            b"S" | b"Type" | b"Subtype" => named(value)?,
            _ => {}
        }
        look(value, depth)?;
    }
    Ok(())
}

fn named(value: &Object) -> Result<(), Fault> {
    match value.as_name() {
        Ok(b"JavaScript" | b"Rendition") => Err(Fault::Script),
        Ok(b"Launch") => Err(Fault::Launch),
        Ok(b"EmbeddedFile" | b"FileAttachment" | b"RichMedia" | b"3D") => Err(Fault::Embedded),
        _ => Ok(()),
    }
}
