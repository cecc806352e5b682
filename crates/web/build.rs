//! Makes the assets: bundles the style sheets and scripts, takes htmx and the icons from npm,
//! names every file by its content and writes the table that `views::assets` and `views::icon` include.

use flate2::{Compression, write::GzEncoder};
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// name of the bundle → its parts, in order.
const BUNDLES: &[(&str, &[&str])] = &[
    (
        "staff.css",
        &[
            "tokens",
            "base",
            "frame",
            "parts",
            "forms",
            "tables",
            "agreement",
            "print",
        ],
    ),
    ("student.css", &["tokens", "base", "student", "print"]),
    ("app.js", &["menus", "forms", "ticks", "countdown"]),
    ("theme.js", &["theme"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let npm = here.join("../../node_modules");
    for watched in ["assets", "locales", "build.rs"] {
        println!("cargo:rerun-if-changed={}", here.join(watched).display());
    }
    println!(
        "cargo:rerun-if-changed={}",
        npm.join("htmx.org/package.json").display()
    );
    println!(
        "cargo:rerun-if-changed={}",
        npm.join("lucide-static/package.json").display()
    );

    let mut files = Vec::new();
    for (bundle, parts) in BUNDLES {
        files.push(((*bundle).to_owned(), bundled(&here, bundle, parts)?));
    }
    files.push((
        "htmx.js".to_owned(),
        read(&npm.join("htmx.org/dist/htmx.min.js"))?,
    ));
    files.push(("mark.svg".to_owned(), read(&here.join("assets/mark.svg"))?));

    fs::write(out.join("assets.rs"), table(&out, &files)?)?;
    fs::write(out.join("icons.rs"), icons(&here, &npm)?)?;
    Ok(())
}

/// Reads a text, or says what to do when an npm package is not there.
fn read(path: &Path) -> Result<String, Box<dyn Error>> {
    fs::read_to_string(path).map_err(|error| {
        format!(
            "{}: {error} (run `npm ci` at the project root first)",
            path.display()
        )
        .into()
    })
}

fn bundled(here: &Path, bundle: &str, parts: &[&str]) -> Result<String, Box<dyn Error>> {
    let (_, kind) = bundle.rsplit_once('.').ok_or("a bundle without an ending")?;
    let mut text = String::new();
    for part in parts {
        text += &read(&here.join(format!("assets/{kind}/{part}.{kind}")))?;
        text.push('\n');
    }
    if kind == "js" {
        return Ok(without_line_comments(&text));
    }
    // The dark tokens are written once and used twice: by the system's wish and by the switch.
    let dark = read(&here.join("assets/css/dark.txt"))?;
    Ok(tight(&text.replace("@dark;", &dark)))
}

/// Drops whole-line comments and indentation; never touches a string.
fn without_line_comments(js: &str) -> String {
    let lines = js
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"));
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

/// Drops comments, line ends and spaces that mean nothing. Our own sheets only: no strings with braces.
fn tight(css: &str) -> String {
    let mut plain = String::new();
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        plain += &rest[..start];
        rest = rest[start..].split_once("*/").map_or("", |(_, after)| after);
    }
    plain += rest;
    let mut text = String::new();
    for word in plain.split_whitespace() {
        let glued =
            text.ends_with(['{', '}', ';', ',', '>']) || word.starts_with(['{', '}']) || text.is_empty();
        // `a{b: c}` → `a{b:c}`: a colon at the end of a word belongs to a declaration.
        let in_declaration = text.ends_with(':') && text.rfind('{') > text.rfind('}');
        if !glued && !in_declaration {
            text.push(' ');
        }
        text += word;
    }
    text.replace(";}", "}")
}

/// `pub static FILES: &[File]`, one entry per file, named by its content.
fn table(out: &Path, files: &[(String, String)]) -> Result<String, Box<dyn Error>> {
    let mut code = String::from("static FILES: &[File] = &[\n");
    for (name, text) in files {
        let (stem, ending) = name.rsplit_once('.').ok_or("a file without an ending")?;
        let file = format!("{stem}.{:016x}.{ending}", fnv1a(text.as_bytes()));
        let kind = match ending {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        };
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(text.as_bytes())?;
        fs::write(out.join(&file), text)?;
        fs::write(out.join(format!("{file}.gz")), packer.finish()?)?;
        writeln!(
            code,
            "File {{ plain: {name:?}, url: \"/assets/{file}\", hashed: {file:?}, content_type: {kind:?}, \
             bytes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\")), \
             gzip: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}.gz\")) }},"
        )?;
    }
    code += "];\n";
    Ok(code)
}

/// FNV-1a, 64 bits: names a content, protects nothing.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// `enum Icon` and the drawing of each, from the names in `assets/icons.txt`.
fn icons(here: &Path, npm: &Path) -> Result<String, Box<dyn Error>> {
    let list = read(&here.join("assets/icons.txt"))?;
    let (mut variants, mut arms) = (String::new(), String::new());
    for name in list.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let svg = read(&npm.join(format!("lucide-static/icons/{name}.svg")))?;
        let inside = svg
            .split_once("<svg")
            .and_then(|(_, rest)| rest.split_once('>'))
            .ok_or("not an svg")?
            .1;
        let inside = inside.split_once("</svg>").ok_or("not an svg")?.0;
        let drawing: String = inside
            .lines()
            .map(str::trim)
            .collect::<String>()
            .replace(" />", "/>");
        let variant: String = name.split('-').map(capital).collect();
        writeln!(variants, "/// `{name}` of Lucide.\n{variant},")?;
        writeln!(arms, "Icon::{variant} => {drawing:?},")?;
    }
    Ok(format!(
        "/// The icons in use (Lucide, ISC licence).\n#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum Icon {{\n{variants}}}\n\n\
         const fn drawing(icon: Icon) -> &'static str {{\nmatch icon {{\n{arms}}}\n}}\n"
    ))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
