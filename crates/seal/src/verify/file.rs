//! Finds the signatures of a PDF and what was changed between them. The file may be hostile: everything
//! it says about itself is compared with its bytes.

use super::report::Reason;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

/// The most that one compressed object of a file may unpack to, in bytes.
const UNPACKED: usize = 32 * 1024 * 1024;
/// The most fields looked at.
const FIELDS: usize = 32;

/// Where a signature stands in the file.
pub struct Place {
    /// Name of its field.
    pub field: String,
    /// The field's object.
    pub widget: ObjectId,
    /// The signature's object.
    pub value: ObjectId,
    /// Where its value begins and ends in the file, angle brackets included.
    pub hole: (usize, usize),
    /// Where what it covers ends.
    pub end: usize,
}

/// A signature, read.
pub struct Found {
    /// Its value in DER.
    pub der: Vec<u8>,
    /// The time that it claims.
    pub time: Option<Timestamp>,
    /// Whether it certifies the document, leaving only signatures allowed (DocMDP with P 2).
    pub certifies: bool,
}

/// Reads a PDF as it is, repairing nothing.
pub fn load(pdf: &[u8]) -> Result<Document, Reason> {
    let options = LoadOptions {
        strict: true,
        max_decompressed_size: Some(UNPACKED),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(pdf, options).map_err(|_| Reason::Damaged)?;
    if document.is_encrypted() {
        return Err(Reason::Encrypted);
    }
    Ok(document)
}

/// The fields with a value, in the order of the form, and each with its place or why there is none.
pub fn signatures(pdf: &[u8], document: &Document) -> Vec<(String, Result<Place, Reason>)> {
    fields(document)
        .into_iter()
        .map(|(field, widget, value)| {
            let dictionary = document.get_dictionary(value).map_err(|_| Reason::Damaged);
            let place = dictionary.and_then(|signature| {
                let (hole, end) = range(signature, pdf.len()).ok_or(Reason::BadRange)?;
                Ok(Place {
                    field: field.clone(),
                    widget,
                    value,
                    hole,
                    end,
                })
            });
            (field, place)
        })
        .collect()
}

/// Signature fields that have a value: name, field, value.
fn fields(document: &Document) -> Vec<(String, ObjectId, ObjectId)> {
    let top = || -> Option<Vec<Object>> {
        let form = document
            .catalog()
            .ok()?
            .get_deref(b"AcroForm", document)
            .ok()?
            .as_dict()
            .ok()?;
        let fields = form.get_deref(b"Fields", document).ok()?.as_array().ok()?;
        // One more than is looked at: that there are more is noticed.
        Some(fields.iter().take(FIELDS + 1).cloned().collect())
    };
    let mut waiting = top().unwrap_or_default();
    waiting.reverse();
    let mut found = Vec::new();
    let mut looked = 0;
    while let Some(next) = waiting.pop() {
        looked += 1;
        if looked > FIELDS {
            break;
        }
        let Some((id, field)) = next
            .as_reference()
            .ok()
            .and_then(|id| Some((id, document.get_dictionary(id).ok()?)))
        else {
            continue;
        };
        if let Ok(Object::Array(kids)) = field.get_deref(b"Kids", document) {
            waiting.extend(kids.iter().take(FIELDS).rev().cloned());
        }
        let is_signature =
            matches!(field.get_deref(b"FT", document), Ok(Object::Name(kind)) if kind == b"Sig");
        if let (true, Ok(Object::Reference(value))) = (is_signature, field.get(b"V")) {
            let name = field
                .get_deref(b"T", document)
                .and_then(Object::as_str)
                .unwrap_or_default();
            found.push((readable(name), id, *value));
        }
    }
    found
}

fn readable(text: &[u8]) -> String {
    match text.strip_prefix(&[0xFE, 0xFF]) {
        Some(wide) => {
            let units = wide
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units)
                .map(|ch| ch.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        None => String::from_utf8_lossy(text).into_owned(),
    }
}

/// Reads the signature at a place.
pub fn read(pdf: &[u8], document: &Document, place: &Place) -> Result<Found, Reason> {
    let signature = document
        .get_dictionary(place.value)
        .map_err(|_| Reason::Damaged)?;
    let digits = pdf
        .get(place.hole.0..place.hole.1)
        .and_then(|hole| hole.strip_prefix(b"<")?.strip_suffix(b">"))
        .ok_or(Reason::BadRange)?;
    // Only the digits of this very value may be left out of what is signed.
    let lower = digits
        .iter()
        .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let bytes = hex::decode(digits).map_err(|_| Reason::BadRange)?;
    let contents = signature
        .get(b"Contents")
        .and_then(Object::as_str)
        .map_err(|_| Reason::BadRange)?;
    if contents != bytes {
        return Err(Reason::BadRange);
    }
    let length = der_length(&bytes).ok_or(Reason::BadEncoding)?;
    if !lower || bytes[length..].iter().any(|byte| *byte != 0) {
        return Err(Reason::BadEncoding);
    }
    Ok(Found {
        der: bytes[..length].to_vec(),
        time: signature.get(b"M").and_then(Object::as_str).ok().and_then(date),
        certifies: certifies(document, signature, place.value),
    })
}

/// The hole and the end of a byte range that begins at 0 and leaves out one hole.
fn range(signature: &Dictionary, length: usize) -> Option<((usize, usize), usize)> {
    let numbers = signature.get(b"ByteRange").ok()?.as_array().ok()?;
    let numbers: Option<Vec<usize>> = numbers
        .iter()
        .map(|number| usize::try_from(number.as_i64().ok()?).ok())
        .collect();
    let [0, open, close, rest] = numbers?[..] else {
        return None;
    };
    let end = close.checked_add(rest)?;
    (open < close && close < end && end <= length).then_some(((open, close), end))
}

/// The length of a DER value with its head.
fn der_length(bytes: &[u8]) -> Option<usize> {
    let (&first, rest) = bytes.get(1..)?.split_first()?;
    if first < 0x80 {
        return Some(2 + usize::from(first)).filter(|length| *length <= bytes.len());
    }
    let count = usize::from(first & 0x7F);
    let digits = rest
        .get(..count)
        .filter(|digits| (1..=3).contains(&digits.len()))?;
    let length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
    Some(2 + count + length).filter(|length| *length <= bytes.len())
}

fn certifies(document: &Document, signature: &Dictionary, value: ObjectId) -> bool {
    let named = || -> Option<ObjectId> {
        let permissions = document
            .catalog()
            .ok()?
            .get_deref(b"Perms", document)
            .ok()?
            .as_dict()
            .ok()?;
        permissions.get(b"DocMDP").ok()?.as_reference().ok()
    };
    let level = || -> Option<i64> {
        let references = signature
            .get_deref(b"Reference", document)
            .ok()?
            .as_array()
            .ok()?;
        references.iter().find_map(|reference| {
            let (_, reference) = document.dereference(reference).ok()?;
            let reference = reference.as_dict().ok()?;
            let method = reference.get(b"TransformMethod").ok()?.as_name().ok()?;
            let limits = reference
                .get_deref(b"TransformParams", document)
                .ok()?
                .as_dict()
                .ok()?;
            (method == b"DocMDP").then(|| limits.get(b"P").ok()?.as_i64().ok())?
        })
    };
    named() == Some(value) && level() == Some(2)
}

/// `D:20261125101600+08'00'` (ISO 32000-2, 7.9.4).
fn date(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_prefix("D:")?;
    let civil = DateTime::strptime("%Y%m%d%H%M%S", text.get(..14)?).ok()?;
    let zone = text.get(14..)?;
    let offset = match zone.chars().next() {
        None | Some('Z') => Offset::UTC,
        Some(sign @ ('+' | '-')) => {
            let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
            let hours: i32 = digits.get(..2)?.parse().ok()?;
            let minutes: i32 = digits.get(2..4).unwrap_or("00").parse().ok()?;
            let seconds = (hours * 60 + minutes) * 60;
            Offset::from_seconds(if sign == '-' { -seconds } else { seconds }).ok()?
        }
        Some(_) => return None,
    };
    Some(civil.to_zoned(TimeZone::fixed(offset)).ok()?.timestamp())
}

/// Whether the revision of `later`, which begins where `earlier` ends, adds that signature to its field
/// and nothing else.
pub fn only_signs(pdf: &[u8], earlier: &Place, later: &Place) -> Result<(), Reason> {
    let (before, after) = (load(&pdf[..earlier.end])?, load(&pdf[..later.end])?);
    let changed = Err(Reason::ChangedAfterwards);
    if !same_trailer(&before, &after) {
        return changed;
    }
    if before.objects.keys().any(|id| !after.objects.contains_key(id)) {
        return changed;
    }
    for (id, now) in &after.objects {
        let allowed = match before.objects.get(id) {
            Some(then) if then == now => true,
            Some(then) => *id == later.widget && is_only_signed(then, now, later.value),
            None => *id == later.value || is_xref(now),
        };
        if !allowed {
            return changed;
        }
    }
    Ok(())
}

fn same_trailer(before: &Document, after: &Document) -> bool {
    [&b"Root"[..], b"Info", b"Encrypt"]
        .into_iter()
        .all(|key| before.trailer.get(key).ok() == after.trailer.get(key).ok())
}

fn is_xref(object: &Object) -> bool {
    matches!(object, Object::Stream(stream) if stream.dict.has_type(b"XRef"))
}

/// Whether a field only got its value.
fn is_only_signed(then: &Object, now: &Object, value: ObjectId) -> bool {
    let (Object::Dictionary(then), Object::Dictionary(now)) = (then, now) else {
        return false;
    };
    let mut rest = now.clone();
    let added = rest.remove(b"V");
    !then.has(b"V") && added == Some(Object::Reference(value)) && rest == *then
}
