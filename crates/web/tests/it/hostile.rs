//! Files that mean harm, or are only broken: each is refused for its reason, or what is kept of it is harmless.

use flate2::{Compression, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use std::io::{Cursor, Write as _};
use web::upload::{Fault, Kind, clean};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A file and what becomes of it.
pub struct Case {
    /// What is wrong with it.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Why it is refused; `None` where it is neutralised.
    pub fault: Option<Fault>,
}

fn case(what: &'static str, name: &str, bytes: impl Into<Vec<u8>>, fault: impl Into<Option<Fault>>) -> Case {
    Case {
        what,
        name: name.into(),
        bytes: bytes.into(),
        fault: fault.into(),
    }
}

fn photo() -> DynamicImage {
    RgbImage::from_fn(64, 48, |x, y| {
        Rgb([u8::try_from(x * 3).unwrap(), u8::try_from(y * 5).unwrap(), 90])
    })
    .into()
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    photo().write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// A small JPEG.
pub fn jpeg() -> Vec<u8> {
    encoded(ImageFormat::Jpeg)
}

/// A small PNG.
pub fn png() -> Vec<u8> {
    encoded(ImageFormat::Png)
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A chunk of a PNG; the checksum is right.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap();
    [
        &length.to_be_bytes(),
        kind.as_slice(),
        data,
        &crc.sum().to_be_bytes(),
    ]
    .concat()
}

fn png_of(width: u32, height: u32, extra: &[Vec<u8>], data: &[u8]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        extra.concat(),
        chunk(b"IDAT", &packed(data)),
        chunk(b"IEND", b""),
    ]
    .concat()
}

/// A segment right after the beginning of a JPEG.
fn with_segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let jpeg = jpeg();
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, data, &jpeg[2..]].concat()
}

/// EXIF that says: turn by 90°, taken at a place.
fn exif() -> Vec<u8> {
    let mut data = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
    data.extend_from_slice(&[1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    data.extend_from_slice(&[1, 0x0F, 0, 2, 0, 0, 0, 18, 0, 0, 0, 38]);
    data.extend_from_slice(b"\0\0\0\0GPS 36.06N 103.83E\0");
    data
}

/// A PDF with `pages` pages, changed before it is written.
pub fn pdf(pages: usize, change: impl FnOnce(&mut Document)) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = document
        .add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let mut kids = Vec::new();
    for page in 0..pages {
        let text = format!("BT /F1 12 Tf 72 720 Td (Letter, page {page}) Tj ET");
        let content = document.add_object(Stream::new(Dictionary::new(), text.into_bytes()));
        let page = dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content };
        kids.push(Object::Reference(document.add_object(page)));
    }
    let count = i64::try_from(pages).unwrap();
    let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
    let node = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources,
    "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()] };
    document.set_object(tree, node);
    let root = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", root);
    change(&mut document);
    let mut out = Vec::new();
    document.save_to(&mut out).unwrap();
    out
}

/// A harmless PDF of one page.
pub fn letter() -> Vec<u8> {
    pdf(1, |_| {})
}

/// With an entry in the catalogue.
fn root(key: &'static str, value: impl Into<Object>) -> Vec<u8> {
    let value = value.into();
    pdf(1, |document| {
        let root = document.catalog_mut().unwrap();
        root.set(key, value);
    })
}

/// With an entry on its page.
fn page(key: &'static str, value: impl Into<Object>) -> Vec<u8> {
    let value = value.into();
    pdf(1, |document| {
        let id = document.page_iter().next().unwrap();
        document.get_dictionary_mut(id).unwrap().set(key, value);
    })
}

fn script() -> Dictionary {
    dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") }
}

/// One that has a stream with this dictionary, not reachable from anywhere.
fn with_stream(dict: Dictionary, content: Vec<u8>) -> Vec<u8> {
    pdf(1, |document| {
        document.add_object(Stream::new(dict, content));
    })
}

/// The content of its page is this.
fn content(dict: Dictionary, content: Vec<u8>) -> Vec<u8> {
    pdf(1, |document| {
        let id = document.page_iter().next().unwrap();
        let stream = document.add_object(Stream::new(dict, content));
        document.get_dictionary_mut(id).unwrap().set("Contents", stream);
    })
}

/// A PDF written by hand: objects, and a table that is right.
fn by_hand(objects: &[&str], trailer: &str) -> Vec<u8> {
    let objects: Vec<_> = objects.iter().map(|object| object.as_bytes().to_vec()).collect();
    by_hand_of(&objects, trailer)
}

fn by_hand_of(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", n + 1).as_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in places {
        table.push_str(&format!("{place:010} 00000 n \n"));
    }
    table.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    ));
    out.extend_from_slice(table.as_bytes());
    out
}

const CATALOG: &str = "<< /Type /Catalog /Pages 2 0 R >>";
const PAGES: &str = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
const PAGE: &str = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>";

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
const BOOK: &[u8] = b"<workbook/>";

fn others() -> Vec<Case> {
    let kind = Fault::UnknownKind;
    let wrong = Fault::WrongName;
    vec![
        case("nothing in it", "a.pdf", [], Fault::Empty),
        case("plain text under the name of a PDF", "a.pdf", "Hello", kind),
        case(
            "a page of HTML",
            "a.pdf",
            "<!doctype html><script>alert(1)</script>",
            kind,
        ),
        case("SVG with a script", "a.png", SVG, kind),
        case(
            "SVG behind a byte order mark",
            "a.png",
            format!("\u{FEFF}{SVG}"),
            kind,
        ),
        case(
            "XML with entities",
            "a.pdf",
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
            kind,
        ),
        case(
            "a program for Windows",
            "letter.pdf.exe",
            b"MZ\x90\0\x03\0\0\0".to_vec(),
            kind,
        ),
        case(
            "a program for Linux",
            "a.jpg",
            b"\x7FELF\x02\x01\x01".to_vec(),
            kind,
        ),
        case("a script", "a.pdf", "#!/bin/sh\nrm -rf /\n", kind),
        case("a GIF", "a.png", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), kind),
        case("a WebP", "a.jpg", b"RIFF\x24\0\0\0WEBPVP8 ".to_vec(), kind),
        case("a BMP", "a.png", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0".to_vec(), kind),
        case("a TIFF", "a.jpg", b"II*\0\x08\0\0\0".to_vec(), kind),
        case(
            "a photo of an iPhone",
            "a.heic",
            b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(),
            Fault::Heic,
        ),
        case(
            "a document with macros",
            "a.docm",
            archive(&[("word/vbaProject.bin", b"x")]),
            kind,
        ),
        case(
            "an old document of Word",
            "a.doc",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(),
            kind,
        ),
        case(
            "a sheet with macros",
            "a.pdf",
            archive(&[("xl/vbaProject.bin", b"x"), ("xl/workbook.xml", BOOK)]),
            kind,
        ),
        case(
            "a bomb of zip",
            "a.pdf",
            archive(&[("a", &vec![0; 8 << 20])]),
            kind,
        ),
        case(
            "a zip whose entry climbs out",
            "a.jpg",
            archive(&[("../../a", b"x")]),
            kind,
        ),
        case("a gzip", "a.pdf", b"\x1F\x8B\x08\0\0\0\0\0".to_vec(), kind),
        case(
            "a PDF behind other bytes",
            "a.pdf",
            [b"\0\0\0\0".to_vec(), letter()].concat(),
            kind,
        ),
        case(
            "a PDF behind a GIF",
            "a.pdf",
            [b"GIF89a/*".to_vec(), letter()].concat(),
            kind,
        ),
        case("a PDF named as a picture", "a.jpg", letter(), wrong(Kind::Pdf)),
        case("a picture named as a PDF", "a.pdf", png(), wrong(Kind::Png)),
        case("a JPEG named as a PNG", "a.png", jpeg(), wrong(Kind::Jpeg)),
        case(
            "a picture named as a program",
            "a.png.exe",
            png(),
            wrong(Kind::Png),
        ),
        case("a picture named as a page", "a.html", jpeg(), wrong(Kind::Jpeg)),
    ]
}

fn pictures() -> Vec<Case> {
    let (broken_jpeg, broken_png) = (Fault::Broken(Kind::Jpeg), Fault::Broken(Kind::Png));
    let (jpeg, png) = (jpeg(), png());
    let text = [b"Comment\0\0".to_vec(), packed(&vec![b'a'; 64 << 20])].concat();
    let profile = [b"icc\0\0".to_vec(), packed(&vec![b'a'; 64 << 20])].concat();
    let row = |n: usize| vec![0; n];
    vec![
        case("only the beginning of a JPEG", "a.jpg", &jpeg[..20], broken_jpeg),
        case(
            "a JPEG without its end",
            "a.jpg",
            &jpeg[..jpeg.len() / 8],
            broken_jpeg,
        ),
        case("only the beginning of a PNG", "a.png", &png[..30], broken_png),
        case(
            "a PNG without its end",
            "a.png",
            &png[..png.len() / 2],
            broken_png,
        ),
        case(
            "a PNG with a wrong checksum",
            "a.png",
            flipped(&png, 40),
            broken_png,
        ),
        case(
            "a JPEG of rubbish",
            "a.jpg",
            [&[0xFF, 0xD8, 0xFF, 0xE0], [0x41; 500].as_slice()].concat(),
            broken_jpeg,
        ),
        case(
            "a PNG that says it is huge",
            "a.png",
            png_of(60_000, 60_000, &[], &[0]),
            Fault::TooManyPixels,
        ),
        case(
            "a PNG of 41 million pixels",
            "a.png",
            png_of(8_200, 5_000, &[], &row(100)),
            Fault::TooManyPixels,
        ),
        case(
            "a PNG without a single pixel",
            "a.png",
            png_of(0, 10, &[], &[0]),
            broken_png,
        ),
        case(
            "a PNG much longer than wide",
            "a.png",
            png_of(1, 30_000, &[], &row(4 * 30_000)),
            Fault::TooManyPixels,
        ),
        case(
            "a JPEG that says it is huge",
            "a.jpg",
            huge(&jpeg),
            Fault::TooManyPixels,
        ),
        case(
            "more than 8 MiB",
            "a.jpg",
            [jpeg.clone(), vec![0; 9 << 20]].concat(),
            Fault::TooLarge(8),
        ),
        case("EXIF with a place", "a.jpg", with_segment(0xE1, &exif()), None),
        case(
            "a comment with HTML",
            "a.jpg",
            with_segment(0xFE, b"<script>alert(1)</script>"),
            None,
        ),
        case(
            "XMP",
            "a.jpg",
            with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>GPS"),
            None,
        ),
        case(
            "a page of HTML behind a JPEG",
            "a.jpg",
            [jpeg.clone(), b"<script>alert(1)</script>".to_vec()].concat(),
            None,
        ),
        case(
            "a zip behind a PNG",
            "a.png",
            [png.clone(), archive(&[("script.js", b"x")])].concat(),
            None,
        ),
        case(
            "a PDF behind a JPEG",
            "a.jpg",
            [jpeg.clone(), letter()].concat(),
            None,
        ),
        case(
            "PHP in a PNG",
            "a.png",
            png_of(1, 1, &[chunk(b"tEXt", b"Comment\0<?php system(1); ?>")], &row(4)),
            None,
        ),
        case(
            "a bomb in the text of a PNG",
            "a.png",
            png_of(1, 1, &[chunk(b"zTXt", &text)], &row(4)),
            None,
        ),
        case(
            "a bomb in the profile of a PNG",
            "a.png",
            png_of(1, 1, &[chunk(b"iCCP", &profile)], &row(4)),
            None,
        ),
        case(
            "a path as the name",
            "../../../etc/cron.d/a.jpg",
            jpeg.clone(),
            None,
        ),
        case(
            "a path of Windows with a zero",
            "..\\..\\a.asp\0.jpg",
            jpeg.clone(),
            None,
        ),
        case(
            "a name that reads backwards",
            "gpj.\u{202E}exe.jpg",
            jpeg.clone(),
            None,
        ),
        case("a name with two endings", "a.php.jpg", jpeg.clone(), None),
        case(
            "a name with a header in it",
            "a\r\nSet-Cookie: a=b\r\n.jpg",
            jpeg.clone(),
            None,
        ),
        case(
            "a name with a script",
            "<script>alert(1)</script>.jpg",
            jpeg,
            None,
        ),
    ]
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 0xFF;
    bytes
}

/// The sides in the head of the frame become 60,000.
fn huge(jpeg: &[u8]) -> Vec<u8> {
    let mut bytes = jpeg.to_vec();
    let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    bytes
}

fn papers() -> Vec<Case> {
    let broken = Fault::Broken(Kind::Pdf);
    let letter = letter();
    let launch = dictionary! { "S" => "Launch", "F" => Object::string_literal("cmd.exe") };
    let link = |act: Dictionary| {
        vec![Object::Dictionary(
            dictionary! { "Type" => "Annot", "Subtype" => "Link",
            "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()], "A" => act },
        )]
    };
    let uri = dictionary! { "S" => "URI", "URI" => Object::string_literal("https://example.com/") };
    let submit = dictionary! { "S" => "SubmitForm", "F" => Object::string_literal("https://example.com/") };
    let names = dictionary! { "JavaScript" => dictionary! { "Names" => vec![Object::string_literal("a"), script().into()] } };
    let files = dictionary! { "EmbeddedFiles" => dictionary! { "Names" => Vec::<Object>::new() } };
    let attached = vec![Object::Dictionary(
        dictionary! { "Type" => "Annot", "Subtype" => "FileAttachment" },
    )];
    let flate = || dictionary! { "Filter" => "FlateDecode" };
    let large = dictionary! { "Type" => "XObject", "Subtype" => "Image", "Width" => 60_000, "Height" => 60_000,
    "BitsPerComponent" => 1, "ColorSpace" => "DeviceGray" };
    vec![
        case("only the beginning of a PDF", "a.pdf", &letter[..40], broken),
        case(
            "a PDF without its end",
            "a.pdf",
            &letter[..letter.len() - 60],
            broken,
        ),
        case(
            "a PDF of rubbish",
            "a.pdf",
            [b"%PDF-1.7\n".as_slice(), &[0xAB; 5_000]].concat(),
            broken,
        ),
        case("a PDF without pages", "a.pdf", pdf(0, |_| {}), broken),
        case("51 pages", "a.pdf", pdf(51, |_| {}), Fault::TooManyPages),
        case(
            "more than 10 MiB",
            "a.pdf",
            [letter.clone(), vec![b'\n'; 11 << 20]].concat(),
            Fault::TooLarge(10),
        ),
        case(
            "a script on opening",
            "a.pdf",
            root("OpenAction", script()),
            Fault::Script,
        ),
        case("a script by name", "a.pdf", root("Names", names), Fault::Script),
        case(
            "a script on a page",
            "a.pdf",
            page("AA", dictionary! { "O" => script() }),
            Fault::Script,
        ),
        case(
            "a script behind a link",
            "a.pdf",
            page("Annots", link(script())),
            Fault::Script,
        ),
        case(
            "a script written with other signs",
            "a.pdf",
            by_hand(
                &[
                    "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >> >>",
                    PAGES,
                    PAGE,
                ],
                "",
            ),
            Fault::Script,
        ),
        case(
            "a script that nothing leads to",
            "a.pdf",
            by_hand(&[CATALOG, PAGES, PAGE, "<< /S /JavaScript /JS (1) >>"], ""),
            Fault::Script,
        ),
        case(
            "a form of XFA",
            "a.pdf",
            root("AcroForm", dictionary! { "XFA" => Object::string_literal("x") }),
            Fault::Script,
        ),
        case(
            "a program on opening",
            "a.pdf",
            root("OpenAction", launch.clone()),
            Fault::Launch,
        ),
        case(
            "a program behind a link",
            "a.pdf",
            page("Annots", link(launch)),
            Fault::Launch,
        ),
        case("a list of files", "a.pdf", root("Names", files), Fault::Embedded),
        case(
            "a file within",
            "a.pdf",
            with_stream(dictionary! { "Type" => "EmbeddedFile" }, vec![1]),
            Fault::Embedded,
        ),
        case(
            "a file on a page",
            "a.pdf",
            page("Annots", attached),
            Fault::Embedded,
        ),
        case(
            "rich media",
            "a.pdf",
            page(
                "Annots",
                vec![Object::Dictionary(
                    dictionary! { "Type" => "Annot", "Subtype" => "RichMedia" },
                )],
            ),
            Fault::Embedded,
        ),
        case(
            "a password",
            "a.pdf",
            by_hand(
                &[
                    CATALOG,
                    PAGES,
                    PAGE,
                    "<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <0000000000000000000000000000000000000000000000000000000000000000> /U <0000000000000000000000000000000000000000000000000000000000000000> >>",
                ],
                "/Encrypt 4 0 R /ID [<00> <00>]",
            ),
            Fault::Encrypted,
        ),
        case(
            "a bomb on a page",
            "a.pdf",
            content(flate(), packed(&vec![b' '; 200 << 20])),
            Fault::Bomb,
        ),
        case("a bomb of objects", "a.pdf", bomb_of_objects(), Fault::Bomb),
        case(
            "a million numbers",
            "a.pdf",
            by_hand(
                &[CATALOG, PAGES, PAGE, &format!("[{}]", "1 ".repeat(2_000_000))],
                "",
            ),
            Fault::Bomb,
        ),
        case(
            "brackets without end",
            "a.pdf",
            by_hand(&[CATALOG, PAGES, PAGE, &"[".repeat(1_000_000)], ""),
            broken,
        ),
        case(
            "pages that go round in a circle",
            "a.pdf",
            by_hand(&[CATALOG, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"], ""),
            broken,
        ),
        case(
            "a picture that says it is huge",
            "a.pdf",
            with_picture(large),
            Fault::TooManyPixels,
        ),
        case(
            "a chain of filters",
            "a.pdf",
            content(
                dictionary! { "Filter" => vec![Object::Name(b"FlateDecode".to_vec()); 9] },
                vec![0],
            ),
            Fault::Bomb,
        ),
        case(
            "a filter that nobody knows",
            "a.pdf",
            content(
                dictionary! { "Filter" => vec![Object::Name(b"Crypt".to_vec()), Object::Name(b"FlateDecode".to_vec())] },
                vec![0],
            ),
            broken,
        ),
        case("a link to a site", "a.pdf", page("Annots", link(uri)), None),
        case(
            "a form that is sent somewhere",
            "a.pdf",
            root("OpenAction", submit),
            None,
        ),
        case("metadata with a name", "a.pdf", with_metadata(), None),
        case("an older version within", "a.pdf", revised(), None),
        case(
            "a zip behind a PDF",
            "a.pdf",
            [letter.clone(), archive(&[("a.js", b"alert(1)")])].concat(),
            None,
        ),
        case(
            "HTML behind a PDF",
            "a.pdf",
            [letter, b"<script>alert(1)</script>".to_vec()].concat(),
            None,
        ),
    ]
}

fn with_picture(dict: Dictionary) -> Vec<u8> {
    pdf(1, |document| {
        let picture = document.add_object(Stream::new(dict, vec![0]));
        let id = document.page_iter().next().unwrap();
        let resources = dictionary! { "XObject" => dictionary! { "I" => picture } };
        document
            .get_dictionary_mut(id)
            .unwrap()
            .set("Resources", resources);
    })
}

fn bomb_of_objects() -> Vec<u8> {
    let content = packed(&[b"9 0 ".to_vec(), vec![b' '; 64 << 20]].concat());
    let head = format!(
        "<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {} >>\nstream\n",
        content.len()
    );
    let stream = [head.into_bytes(), content, b"\nendstream".to_vec()].concat();
    let plain = [CATALOG, PAGES, PAGE].map(|object| object.as_bytes().to_vec());
    by_hand_of(&[plain.to_vec(), vec![stream]].concat(), "")
}

fn with_metadata() -> Vec<u8> {
    pdf(1, |document| {
        let info =
            document.add_object(dictionary! { "Author" => Object::string_literal("GPS of Zhang San") });
        document.trailer.set("Info", info);
        let xmp = document.add_object(Stream::new(
            dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
            b"<x>GPS</x>".to_vec(),
        ));
        document.catalog_mut().unwrap().set("Metadata", xmp);
    })
}

/// A second revision on top of a first one that showed something else.
fn revised() -> Vec<u8> {
    let old = by_hand(&[CATALOG, PAGES, PAGE, "(GPS, once written here)"], "");
    let start = String::from_utf8_lossy(&old).rfind("xref\n0").unwrap();
    let place = old.len();
    let new = format!(
        "4 0 obj\n(nothing)\nendobj\nxref\n4 1\n{place:010} 00000 n \ntrailer\n<< /Size 5 /Root 1 0 R /Prev {start} >>\nstartxref\n{}\n%%EOF\n",
        place + "4 0 obj\n(nothing)\nendobj\n".len()
    );
    [old, new.into_bytes()].concat()
}

/// All of them.
pub fn corpus() -> Vec<Case> {
    [others(), pictures(), papers()].into_iter().flatten().collect()
}

/// What nothing that is kept may hold.
const HARM: [&[u8]; 10] = [
    b"script",
    b"alert",
    b"GPS",
    b"<?php",
    b"JavaScript",
    b"PK\x03\x04",
    b"SubmitForm",
    b"example.com",
    b"xmp",
    b"Exif",
];

#[test]
fn every_hostile_file_is_refused_for_its_reason_or_made_harmless() {
    let corpus = corpus();
    assert!(corpus.len() >= 80, "{}", corpus.len());
    let mut wrong = Vec::new();
    for case in &corpus {
        let found = clean(&case.bytes, &case.name);
        if found.as_ref().err().copied() != case.fault {
            wrong.push(format!(
                "{}: {:?}, not {:?}",
                case.what,
                found.map(|clean| clean.kind),
                case.fault
            ));
            continue;
        }
        let Ok(clean) = found else {
            continue;
        };
        for harm in HARM {
            if clean.bytes.windows(harm.len()).any(|part| part == harm) {
                wrong.push(format!(
                    "{}: holds {:?}",
                    case.what,
                    String::from_utf8_lossy(harm)
                ));
            }
        }
        let bad = |c: char| c.is_control() || "/\\<>:%\u{202E}".contains(c);
        if clean.name.contains(bad) || clean.name.matches('.').count() != 1 {
            wrong.push(format!("{}: is called {:?}", case.what, clean.name));
        }
        // What came out goes in again, and comes out as it is.
        if let Err(fault) = web::upload::clean(&clean.bytes, &clean.name) {
            wrong.push(format!("{}: kept, but then {fault:?}", case.what));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_right_comes_through() {
    let jpeg = clean(&jpeg(), "照片.jpg").unwrap();
    assert_eq!(
        (jpeg.kind, jpeg.pages, jpeg.name.as_str()),
        (Kind::Jpeg, 1, "照片.jpg")
    );
    let png = clean(&png(), "").unwrap();
    assert_eq!(
        image::load_from_memory(&png.bytes).unwrap().to_rgb8(),
        photo().to_rgb8()
    );
    let pdf = clean(&pdf(50, |_| {}), "解约函.PDF").unwrap();
    assert_eq!((pdf.pages, pdf.name.as_str()), (50, "解约函.pdf"));
    let text = Document::load_mem(&pdf.bytes)
        .unwrap()
        .extract_text(&[50])
        .unwrap();
    assert!(text.contains("Letter, page 49"), "{text}");
}

#[test]
fn a_picture_is_turned_as_it_was_held() {
    let turned = clean(&with_segment(0xE1, &exif()), "a.jpg").unwrap();
    let turned = image::load_from_memory(&turned.bytes).unwrap();
    assert_eq!((turned.width(), turned.height()), (48, 64));
}

#[test]
fn a_stamp_stays_and_its_link_goes() {
    let stamped = pdf(1, |document| {
        let look = document.add_object(Stream::new(
            dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 9.into(), 9.into()] },
            b"1 0 0 rg 0 0 9 9 re f".to_vec(),
        ));
        let stamp = dictionary! { "Type" => "Annot", "Subtype" => "Widget", "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()],
        "AP" => dictionary! { "N" => look }, "A" => dictionary! { "S" => "URI", "URI" => Object::string_literal("https://example.com/") } };
        let id = document.page_iter().next().unwrap();
        document
            .get_dictionary_mut(id)
            .unwrap()
            .set("Annots", vec![Object::Dictionary(stamp)]);
    });
    let clean = clean(&stamped, "a.pdf").unwrap();
    let kept = Document::load_mem(&clean.bytes).unwrap();
    let page = kept.page_iter().next().unwrap();
    let marks = kept.get_page_annotations(page).unwrap();
    assert!(marks[0].has(b"AP") && !marks[0].has(b"A"));
}

#[test]
fn a_list_that_names_one_object_a_thousand_times_is_given_up() {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let places: Vec<usize> = [CATALOG, PAGES, PAGE]
        .iter()
        .enumerate()
        .map(|(n, object)| {
            let place = bytes.len();
            bytes.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", n + 1).as_bytes());
            place
        })
        .collect();
    let start = bytes.len();
    let mut table = format!(
        "xref\n0 1004\n0000000000 65535 f \n{:010} 00000 n \n{:010} 00000 n \n",
        places[0], places[1]
    );
    for _ in 0..1001 {
        table.push_str(&format!("{:010} 00000 n \n", places[2]));
    }
    table.push_str(&format!(
        "trailer\n<< /Size 1004 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    bytes.extend_from_slice(table.as_bytes());
    assert!(clean(&bytes, "a.pdf").is_err());
}

#[test]
fn no_cut_and_no_changed_byte_brings_it_down() {
    for (good, name) in [(jpeg(), "a.jpg"), (png(), "a.png"), (pdf(2, |_| {}), "a.pdf")] {
        for at in (0..good.len()).step_by(11) {
            let _ = clean(&good[..at], name);
            let _ = clean(&flipped(&good, at), name);
        }
    }
}

#[test]
fn what_common_programs_write_is_taken() {
    // Cross-reference and object streams, as office programs write them.
    let mut document = Document::load_mem(&pdf(3, |_| {})).unwrap();
    let mut modern = Vec::new();
    document.save_modern(&mut modern).unwrap();
    assert!(modern.windows(6).any(|part| part == b"ObjStm"));
    let clean = clean(&modern, "a.pdf").unwrap();
    assert_eq!(clean.pages, 3);
    let text = Document::load_mem(&clean.bytes)
        .unwrap()
        .extract_text(&[3])
        .unwrap();
    assert!(text.contains("Letter, page 2"), "{text}");
}
