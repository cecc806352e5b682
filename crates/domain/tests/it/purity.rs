//! The rules stay pure: no crate that could do IO, and no way to the world in their sources.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What the domain may rest on: values, hashes and text. A name is added here only for a crate
/// that does no IO.
const ALLOWED: [&str; 9] = [
    "hex",
    "jiff",
    "pinyin",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "unicode-normalization",
    "uuid",
];

/// Ways out of the domain, as they are written in sources.
const FORBIDDEN: [&str; 14] = [
    "std::fs",
    "std::net",
    "std::io",
    "std::env",
    "std::process",
    "std::thread",
    "std::time",
    "tokio",
    "async fn",
    "Timestamp::now",
    "Zoned::now",
    "new_v4",
    "now_v7",
    "unsafe",
];

/// The names under `[dependencies]` (and under target and build dependencies, which count too).
fn dependencies(manifest: &str) -> Vec<String> {
    let mut section = "";
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            if let Some((_, name)) = section.split_once("dependencies.") {
                names.push(name.to_owned());
            }
        } else if section.ends_with("dependencies")
            && section != "dev-dependencies"
            && let Some((name, _)) = line.split_once('=').filter(|_| !line.starts_with('#'))
        {
            names.push(name.trim().split('.').next().unwrap_or_default().to_owned());
        }
    }
    names
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .collect();
    found.sort();
    found
}

#[test]
fn the_domain_rests_on_no_crate_that_could_do_io() {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    let names = dependencies(&manifest);
    assert!(names.len() >= 5, "the manifest was not understood: {names:?}");
    let foreign: Vec<_> = names
        .iter()
        .filter(|name| !ALLOWED.contains(&name.as_str()))
        .collect();
    assert_eq!(foreign, Vec::<&String>::new(), "not on the list of pure crates");
}

#[test]
fn the_reading_of_a_manifest_misses_no_dependency() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\nserde.workspace = true\ntokio = { version = \"1\" }\n\
        [target.'cfg(unix)'.dependencies]\nlibc = \"1\"\n[dependencies.axum]\nversion = \"1\"\n\
        [dev-dependencies]\ninsta = \"1\"\n";
    assert_eq!(dependencies(manifest), ["serde", "tokio", "libc", "axum"]);
}

#[test]
fn the_sources_of_the_domain_know_no_way_to_the_world() {
    let files = sources(&Path::new(ROOT).join("src"));
    assert!(files.len() > 15, "the sources were not found");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for word in FORBIDDEN {
            let found = text
                .lines()
                .position(|line| !line.trim_start().starts_with("//") && line.contains(word));
            assert_eq!(found.map(|n| n + 1), None, "{word} in {}", file.display());
        }
    }
}
