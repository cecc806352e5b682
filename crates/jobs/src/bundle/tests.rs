//! The writer of bundles by itself: what it writes, and how much memory it takes for it.

use std::io::{Cursor, Read};

use domain::ids::{AgreementId, StudentId};
use lopdf::{Document, Object, Stream, dictionary};
use store::bundles::Form;
use store::lists::Item;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::parts::Part;
use super::{Entry, pack};

fn item(n: usize) -> Item {
    Item {
        id: AgreementId(Uuid::nil()),
        year: 2027,
        student_id: StudentId(Uuid::nil()),
        student_name: format!("张{n}"),
        student_no: n.to_string(),
        degree: String::new(),
        major: String::new(),
        college_name: "=院系".into(),
        employer_name: String::new(),
        position: String::new(),
        place: String::new(),
        pay: 0,
        state: "effective".into(),
        facts: String::new(),
        version: 1,
        number: Some(format!("2027{n:07}K")),
        deadline_at: None,
        state_since: jiff::Timestamp::UNIX_EPOCH,
        updated_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// A document of two pages with as many bytes that cannot be packed, a seal on its second page, and sizes that
/// its pages inherit.
fn document(n: usize, bytes: usize) -> Vec<u8> {
    let mut state = n as u64 + 1;
    let noise = (0..bytes).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    });
    let mut pdf = Document::with_version("1.7");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(Stream::new(dictionary! {}, noise.collect()).with_compression(false));
    let look = pdf.add_object(Stream::new(dictionary! { "Type" => "XObject" }, b"seal".to_vec()));
    let text = format!("BT ({n}) Tj ET").into_bytes();
    let content = pdf.add_object(Stream::new(dictionary! {}, text));
    let first = pdf.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content });
    let seal = dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig", "P" => first,
        "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()], "AP" => dictionary! { "N" => look },
    };
    let second = dictionary! {
        "Type" => "Page", "Parent" => tree, "Contents" => content, "Annots" => vec![Object::Dictionary(seal)],
    };
    let second = pdf.add_object(second);
    let resources = dictionary! { "Font" => dictionary! { "F" => font } };
    pdf.set_object(
        tree,
        dictionary! {
            "Type" => "Pages", "Count" => 2, "Kids" => vec![first.into(), second.into()],
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()], "Resources" => resources,
        },
    );
    let root = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", root);
    let mut out = Vec::new();
    pdf.save_to(&mut out).unwrap();
    out
}

/// Packs `count` documents, every tenth of them missing, and does with each part what `taken` says.
fn packed(form: Form, count: usize, bytes: usize, mut taken: impl FnMut(Part)) {
    let (entries, coming) = mpsc::channel(4);
    let (finished, mut parts) = mpsc::channel(1);
    let feeder = std::thread::spawn(move || {
        for n in 0..count {
            let content = if n % 10 == 9 {
                Err("not_made")
            } else {
                Ok(document(n, bytes))
            };
            let entry = Entry {
                item: item(n),
                content,
            };
            entries.blocking_send(entry).map_err(|_| ()).unwrap();
        }
    });
    let maker = std::thread::spawn(move || pack::pack(form, coming, finished));
    while let Some(part) = parts.blocking_recv() {
        taken(part);
    }
    maker.join().unwrap().unwrap();
    feeder.join().unwrap();
}

fn whole(form: Form, count: usize, bytes: usize) -> Vec<u8> {
    let (mut all, mut lasts) = (Vec::new(), Vec::new());
    packed(form, count, bytes, |part| {
        all.extend_from_slice(&part.bytes);
        lasts.push(part.is_last);
    });
    assert_eq!(lasts.pop(), Some(true), "the last part says so");
    assert!(!lasts.contains(&true), "and no other");
    all
}

#[test]
fn a_zip_of_several_parts_opens_and_lists_what_is_missing() {
    let bytes = whole(Form::Zip, 60, 200_000);
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    assert_eq!(zip.len(), 54 + 1);
    let mut found = Vec::new();
    let name = "20270000007K_张7.pdf";
    zip.by_name(name).unwrap().read_to_end(&mut found).unwrap();
    assert_eq!(found, document(7, 200_000));
    let mut index = String::new();
    zip.by_name("清单.csv")
        .unwrap()
        .read_to_string(&mut index)
        .unwrap();
    assert_eq!(index.lines().count(), 61);
    assert!(
        index.contains("20270000009K,9,张9,'=院系,,,,文件还没有生成"),
        "{index}"
    );
}

#[test]
fn a_merged_pdf_has_all_pages_in_order_with_their_seals_and_an_outline() {
    let bytes = whole(Form::Pdf, 12, 100);
    let pdf = Document::load_mem(&bytes).unwrap();
    let pages = pdf.get_pages();
    assert_eq!(pages.len(), 2 * 11);
    for (place, id) in pages.values().enumerate() {
        let wanted = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11][place / 2];
        let text = String::from_utf8(pdf.get_page_content(*id)).unwrap();
        assert_eq!(text.trim(), format!("BT ({wanted}) Tj ET"));
        let page = pdf.get_dictionary(*id).unwrap();
        assert!(
            page.has(b"MediaBox") && page.has(b"Resources"),
            "what they inherited"
        );
        let marks = page
            .get(b"Annots")
            .map_or(0, |marks| marks.as_array().unwrap().len());
        assert_eq!(marks, place % 2, "the seal stays on its page");
    }
    assert!(
        !bytes.windows(7).any(|part| part == b"/Widget"),
        "no field is left without its signature"
    );
    let catalog = pdf.catalog().unwrap();
    let outline = pdf.get_dictionary(catalog.get(b"Outlines").unwrap().as_reference().unwrap());
    assert_eq!(outline.unwrap().get(b"Count").unwrap().as_i64().unwrap(), 11);
    // An empty list makes an empty document, not a broken one.
    let empty = whole(Form::Pdf, 0, 0);
    assert_eq!(Document::load_mem(&empty).unwrap().get_pages().len(), 0);
}

/// The most memory that this process has had, in kB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn two_thousand_documents_take_no_more_memory_than_some() {
    for form in [Form::Zip, Form::Pdf] {
        packed(form, 100, 130_000, drop);
        let before = peak();
        let mut size = 0;
        packed(form, 2_000, 130_000, |part| size += part.bytes.len());
        let after = peak();
        assert!(size > 230_000_000, "{size} bytes");
        println!(
            "{form:?}: {} MB, peak {before} kB after 100, {after} kB after 2000",
            size / 1_000_000
        );
        assert!(after < before + 16 * 1024, "{before} kB became {after} kB");
    }
}
