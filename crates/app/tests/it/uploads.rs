//! Files are read by a process that has next to nothing, and scanned where a scanner is configured.

use crate::support::run;
use domain::agreement::Party;
use domain::document::{Letter, Renderer};
use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::tempdir;

fn reader() -> Child {
    Command::new(env!("CARGO_BIN_EXE_sanfang"))
        .arg("read-upload")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the reader answers when a file is to be kept.
fn read(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    ask(&serde_json::json!({ "keep": { "name": name } }), bytes)
}

/// What the reader answers: its first line, and the bytes after it.
fn ask(work: &serde_json::Value, bytes: &[u8]) -> (String, Vec<u8>) {
    let mut child = reader();
    let mut to = child.stdin.take().unwrap();
    writeln!(to, "{work}").unwrap();
    to.write_all(bytes).unwrap();
    drop(to);
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {err}", output.status);
    let end = output.stdout.iter().position(|byte| *byte == b'\n').unwrap();
    let line = String::from_utf8(output.stdout[..end].to_vec()).unwrap();
    (line, output.stdout[end + 1..].to_vec())
}

/// A PDF of the press.
pub fn letter() -> Vec<u8> {
    let at = "2026-11-25T02:15:00Z".parse().unwrap();
    let letter = Letter {
        number: "20261035930001234K".into(),
        employer: "示例科技有限公司".into(),
        uscc: "9131000063159284XQ".into(),
        student: "张𬭎".into(),
        student_no: "2022110123".into(),
        college: "计算机学院".into(),
        school: "示例大学".into(),
        position: "工程师".into(),
        since: at,
        party: Party::Student,
        reason: "继续深造".into(),
        text: String::new(),
        dated: at,
    };
    pdf::Press::new().letter(&letter).unwrap().pdf
}

#[test]
fn within_its_limits_the_reader_makes_good_files_anew_and_refuses_others() {
    let (line, bytes) = read("解约函.pdf", &letter());
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(said["Clean"]["kind"], "Pdf", "{line}");
    assert_eq!(said["Clean"]["pages"], 1);
    assert_eq!(said["Clean"]["name"], "解约函.pdf");
    assert!(bytes.starts_with(b"%PDF-"));

    // The largest picture that is taken: 40 million pixels.
    let mut picture = std::io::Cursor::new(Vec::new());
    let large = image::RgbImage::from_fn(8_000, 5_000, |x, y| {
        image::Rgb([(x / 40) as u8, (y / 40) as u8, 7])
    });
    large.write_to(&mut picture, image::ImageFormat::Png).unwrap();
    let (line, bytes) = read("scan.png", picture.get_ref());
    assert!(line.contains("Clean"), "{line}");
    assert!(bytes.starts_with(b"\x89PNG"));

    assert_eq!(read("a.gif", b"GIF89a").0, r#"{"Refused":"UnknownKind"}"#);
    assert_eq!(
        read("a.pdf", b"%PDF-1.7 and nothing").0,
        r#"{"Refused":{"Broken":"Pdf"}}"#
    );
}

/// How many dark pixels a drawn page has; nothing when it is not drawn.
fn drawn(bytes: &[u8]) -> Result<usize, String> {
    let (line, picture) = ask(&serde_json::json!({ "draw": 1 }), bytes);
    if line != r#"{"Ok":null}"# {
        return Err(line);
    }
    let picture = image::load_from_memory_with_format(&picture, image::ImageFormat::Jpeg).unwrap();
    assert_eq!(picture.width().max(picture.height()), 1_400);
    let dark = picture
        .to_luma8()
        .pixels()
        .filter(|pixel| pixel.0[0] < 128)
        .count();
    Ok(dark)
}

/// A page with this content, and more objects from the sixth on.
fn page(content: &str, more: &[String]) -> Vec<u8> {
    let mut objects: Vec<String> = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 5 0 R >>",
    ]
    .map(String::from)
    .to_vec();
    objects.push(format!(
        "<< /Length {} >>\nstream\n{content}\nendstream",
        content.len()
    ));
    objects.push("<< /Font << /F 6 0 R >> /XObject << /X 6 0 R >> >>".into());
    objects.extend_from_slice(more);
    let mut out = String::from("%PDF-1.7\n");
    let mut table = String::new();
    for (i, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out += &format!("{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    let (start, size) = (out.len(), objects.len() + 1);
    out += &format!(
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.into_bytes()
}

#[test]
fn within_its_limits_the_reader_draws_pages_whole_or_not_at_all() {
    assert!(drawn(&letter()).unwrap() > 5_000, "with its own fonts");

    // What programs in China write when they do not put fonts into the file.
    let song = |encoding: &str, ordering: &str| {
        let below = format!(
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 \
             /CIDSystemInfo << /Registry (Adobe) /Ordering ({ordering}) /Supplement 4 >> >>"
        );
        let font = format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /{encoding} /DescendantFonts [7 0 R] >>"
        );
        // 营业执照, in UTF-16.
        page("BT /F 60 Tf 72 600 Td <84254E1A62677167> Tj ET", &[font, below])
    };
    let dark = drawn(&song("UniGB-UCS2-H", "GB1")).unwrap();
    assert!(dark > 5_000, "{dark}");
    // Which characters these numbers mean nobody knows.
    assert_eq!(
        drawn(&song("Identity-H", "Identity")),
        Err(r#"{"Err":"Partly"}"#.into())
    );
    assert_eq!(drawn(b"%PDF-1.7"), Err(r#"{"Err":"Broken"}"#.into()));
}

#[test]
fn a_page_that_would_be_drawn_for_ever_ends_its_reader_and_nothing_else() {
    // Each form draws the next one ten times, the last one a line: ten thousand million lines.
    let form = |next: usize, content: &str| {
        format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X {next} 0 R >> >> /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        )
    };
    let mut forms: Vec<String> = (7..16).map(|next| form(next, &"/X Do ".repeat(10))).collect();
    forms.push(form(6, "0 0 m 500 800 l S"));
    let mut child = reader();
    let mut to = child.stdin.take().unwrap();
    writeln!(to, "{}", serde_json::json!({ "draw": 1 })).unwrap();
    to.write_all(&page("/X Do", &forms)).unwrap();
    drop(to);
    let begun = std::time::Instant::now();
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(begun.elapsed() < Duration::from_secs(29), "{:?}", begun.elapsed());
}

/// A workbook of these parts.
fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn within_its_limits_the_reader_reads_sheets_and_refuses_what_is_too_much() {
    let sheet = |bytes: &[u8]| {
        let (line, rest) = ask(
            &serde_json::json!({ "sheet": { "columns": 16, "rows": 501 } }),
            bytes,
        );
        assert!(rest.is_empty());
        serde_json::from_str::<serde_json::Value>(&line).unwrap()
    };
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    // More rows than are taken, each as long as a cell may be: it fits into the limits all the same.
    for row in 0..600 {
        page.write_string(row, 0, "学".repeat(2_000)).unwrap();
    }
    page.write_string(3, 16_383, "far away").unwrap();
    let read = sheet(&book.save_to_buffer().unwrap());
    assert_eq!(read["Ok"]["rows"].as_array().unwrap().len(), 502);
    assert_eq!(read["Ok"]["beyond"], serde_json::json!([3, 16_383]));

    let names: Vec<String> = (0..201).map(|i| format!("a{i}")).collect();
    let parts: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let dtd = "<?xml version='1.0'?><!doctype a [<!ENTITY b 'c'>]><a/>";
    for (bytes, fault) in [
        (package(&[("xl/workbook.xml", &" ".repeat(80 << 20))]), "TooLarge"),
        (package(&parts), "TooManyParts"),
        (package(&[("xl/workbook.xml", dtd)]), "Dtd"),
        (b"PK\x03\x04rubbish".to_vec(), "Broken"),
    ] {
        assert_eq!(sheet(&bytes), serde_json::json!({ "Err": fault }));
    }
}

#[test]
fn the_reader_can_open_nothing_and_has_little_memory_and_time() {
    let mut child = reader();
    let file = format!("/proc/{}/limits", child.id());
    let mut found = String::new();
    for _ in 0..100 {
        found = fs::read_to_string(&file).unwrap();
        if found.contains("Max core file size        0") && found.contains("Max open files            3") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let limit = |name: &str| {
        let line = found.lines().find(|line| line.starts_with(name)).unwrap();
        let values: Vec<&str> = line[name.len()..].split_whitespace().take(2).collect();
        assert_eq!(values[0], values[1], "it cannot be raised: {line}");
        values[0].to_owned()
    };
    assert_eq!(limit("Max open files"), "3");
    assert_eq!(limit("Max file size"), "0");
    assert_eq!(limit("Max processes"), "0");
    assert_eq!(limit("Max cpu time"), "15");
    assert_eq!(limit("Max data size"), (512 << 20).to_string());
    drop(child.stdin.take());
    let mut answer = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut answer).unwrap();
    assert!(
        answer.is_empty() && !child.wait().unwrap().success(),
        "nothing was sent"
    );
}

#[test]
fn doctor_tells_whether_the_scanner_works() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("sanfang.toml");
    let told = |scanner: &str| {
        let text = format!("[uploads]\nscanner = {scanner}\nscanner_seconds = 5\n");
        fs::write(&file, text).unwrap();
        let run = run(
            &dir.path().join("data"),
            &["doctor", "--json", "--config", file.to_str().unwrap()],
        );
        let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let checks = report["checks"].as_array().unwrap().clone();
        let check = checks
            .iter()
            .find(|check| check["name"] == "scanner")
            .unwrap()
            .clone();
        let reader = checks.iter().find(|check| check["name"] == "uploads").unwrap();
        assert_eq!(reader["status"], "good", "{reader}");
        (run.code, check["status"].as_str().unwrap().to_owned())
    };
    run(&dir.path().join("data"), &["migrate"]);
    assert_eq!(told("[]"), (0, "good".into()));
    let good = r#"["sh", "-c", "if grep -q EICAR-STANDARD-ANTIVIRUS; then exit 1; fi"]"#;
    assert_eq!(told(good), (0, "good".into()));
    for bad in [r#"["/nonexistent/scanner"]"#, r#"["true"]"#, r#"["false"]"#] {
        assert_eq!(told(bad), (1, "bad".into()), "{bad}");
    }
}
