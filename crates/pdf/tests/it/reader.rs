//! Reads PDFs with poppler's tools. They belong to the machine the tests run on: where they are
//! missing, the tests fail.

use std::fs;
use std::path::Path;
use std::process::Command;

/// All text, in the order of the file.
pub fn text_of(pdf: &[u8]) -> String {
    run("pdftotext", &["-raw"], pdf, &["-"])
}

/// All text, line by line as it stands on the page.
pub fn lines_of(pdf: &[u8]) -> String {
    run("pdftotext", &["-layout"], pdf, &["-"])
}

/// The text of one page, from 1.
pub fn text_of_page(pdf: &[u8], page: usize) -> String {
    let page = page.to_string();
    run("pdftotext", &["-raw", "-f", &page, "-l", &page], pdf, &["-"])
}

/// Title, dates and the like.
pub fn info(pdf: &[u8]) -> String {
    run("pdfinfo", &["-isodates"], pdf, &[])
}

/// The right edge of the rightmost word, in points.
pub fn rightmost(pdf: &[u8]) -> f64 {
    // Rare characters of the title come in halves: only the figures are wanted.
    let page = bytes("pdftotext", &["-bbox"], pdf, &["-"]);
    let page = String::from_utf8_lossy(&page);
    let edges = page
        .split("xMax=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next()?.parse::<f64>().ok());
    edges.fold(0.0, f64::max)
}

/// How dark the place of the QR code is on each page, from 0 to 1.
pub fn shapes(pdf: &[u8]) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.pdf");
    fs::write(&file, pdf).unwrap();
    // 72 dpi: one point a pixel. The code is 17 mm wide at the right margin, above the rule.
    let area = [
        "-r", "72", "-gray", "-x", "492", "-y", "34", "-W", "44", "-H", "44",
    ];
    call(
        "pdftoppm",
        &area,
        &file,
        &[folder.path().join("page").to_str().unwrap()],
    );
    let mut images: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    images.retain(|path| path.extension().is_some_and(|kind| kind == "pgm"));
    images.sort();
    images
        .iter()
        .map(|image| darkness(&fs::read(image).unwrap()))
        .collect()
}

fn darkness(pgm: &[u8]) -> f64 {
    let pixels = &pgm[pgm.len() - 44 * 44..];
    let light: f64 = pixels.iter().map(|pixel| f64::from(*pixel)).sum();
    1.0 - light / (255.0 * 44.0 * 44.0)
}

fn run(tool: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> String {
    String::from_utf8(bytes(tool, before, pdf, after)).unwrap()
}

fn bytes(tool: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.pdf");
    fs::write(&file, pdf).unwrap();
    call(tool, before, &file, after)
}

fn call(tool: &str, before: &[&str], file: &Path, after: &[&str]) -> Vec<u8> {
    let output = Command::new(tool).args(before).arg(file).args(after).output();
    let output = output.unwrap_or_else(|error| panic!("{tool} (Debian package poppler-utils): {error}"));
    assert!(
        output.status.success(),
        "{tool}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// How many pictures are in the file, masks included.
pub fn pictures_of(pdf: &[u8]) -> usize {
    run("pdfimages", &["-list"], pdf, &[]).lines().skip(2).count()
}
