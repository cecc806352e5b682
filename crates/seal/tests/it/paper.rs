//! A small PDF, one page for each text, of its own size. The documents of the press are sealed and judged in the tests of
//! the command line.

use lopdf::{Document, Object, Stream, dictionary};

pub fn paper(pages: &[(&str, f32, f32)]) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
    });
    let pages: Vec<Object> = pages
        .iter()
        .map(|(text, width, height)| {
            let content = format!("BT /F1 12 Tf 10 50 Td ({text}) Tj ET");
            let content = document.add_object(Stream::new(dictionary! {}, content.into_bytes()));
            let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
            let page = document.add_object(dictionary! {
                "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources,
                "MediaBox" => vec![0.into(), 0.into(), Object::Real(*width), Object::Real(*height)],
            });
            page.into()
        })
        .collect();
    let count = i64::try_from(pages.len()).unwrap();
    document.set_object(
        tree,
        dictionary! { "Type" => "Pages", "Kids" => pages, "Count" => count },
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}
