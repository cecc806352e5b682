//! The weight of a page, packed, with everything it loads: staff ≤ 30 KB, students ≤ 15 KB.

use crate::samples;
use flate2::{Compression, write::GzEncoder};
use std::io::Write as _;
use web::i18n::Lang;
use web::views::assets;

fn packed(bytes: &[u8]) -> usize {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap().len()
}

#[test]
fn pages_are_light() {
    for (name, page) in samples::all(Lang::Zh) {
        let html = page.into_string();
        let loaded: usize = assets::all()
            .filter(|(_, file, _)| html.contains(*file))
            .map(|(_, _, asset)| asset.gzip.len())
            .sum();
        let weight = loaded + packed(html.as_bytes());
        let limit = if name.starts_with("s-") { 15_000 } else { 30_000 };
        assert!(weight <= limit, "{name}: {weight} bytes, {limit} allowed");
    }
}

#[test]
fn an_asset_is_found_by_the_name_that_pages_use() {
    for name in [
        "staff.css",
        "student.css",
        "app.js",
        "theme.js",
        "htmx.js",
        "mark.svg",
    ] {
        let address = assets::url(name);
        let file = address.strip_prefix("/assets/").unwrap_or_default();
        let asset = assets::lookup(file).unwrap_or_else(|| panic!("{name}"));
        assert!(
            !asset.bytes.is_empty() && asset.gzip.len() < asset.bytes.len(),
            "{name}"
        );
    }
    assert!(assets::lookup("../Cargo.toml").is_none());
}

#[test]
fn styles_work_in_old_browsers() {
    for (name, _, asset) in assets::all().filter(|(_, _, asset)| asset.content_type.starts_with("text/css")) {
        let sheet = String::from_utf8_lossy(asset.bytes);
        for word in ["oklch", "color-mix", "light-dark", "@layer", ":has(", "@dark"] {
            assert!(!sheet.contains(word), "{name} uses {word}");
        }
        assert!(!sheet.contains("&:") && !sheet.contains("& "), "{name} nests");
    }
}
