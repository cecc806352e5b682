//! What the documents at the root say is still true.

use crate::support::good;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::tempdir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The words between back-quotes outside blocks of code.
fn quoted(markdown: &str) -> Vec<String> {
    let mut within = false;
    let prose = markdown.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        within ^= fence;
        !within && !fence
    });
    let words = prose.flat_map(|line| line.split('`').skip(1).step_by(2));
    words.map(str::to_owned).collect()
}

/// Whether a quoted word is meant as a path of this repository: it begins with a folder or file of the root.
fn is_path(word: &str, tops: &BTreeSet<String>) -> bool {
    let top = word.split('/').next().unwrap_or_default();
    !word.contains(char::is_whitespace) && (word.contains('/') || word.contains('.')) && tops.contains(top)
}

/// `{a,b}.rs` stands for two files.
fn spelled_out(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let (inner, after) = rest.split_once('}').unwrap();
    inner
        .split(',')
        .flat_map(|one| spelled_out(&format!("{before}{one}{after}")))
        .collect()
}

fn paths(markdown: &str) -> Vec<String> {
    let tops = fs::read_dir(root()).unwrap();
    let tops = tops
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let words = quoted(markdown).into_iter().filter(|word| is_path(word, &tops));
    words.flat_map(|word| spelled_out(&word)).collect()
}

#[test]
fn every_path_that_the_architecture_names_exists() {
    let text = text("docs/architecture.md");
    assert!(text.lines().count() <= 130, "a map, not a book");
    let named = paths(&text);
    assert!(named.len() >= 60, "only {} paths were understood", named.len());
    let absent: Vec<_> = named.iter().filter(|path| !root().join(path).exists()).collect();
    assert_eq!(absent, Vec::<&String>::new());
}

#[test]
fn the_reading_of_paths_misses_none() {
    let markdown = "see `crates/web/src/{ctx,nope}.rs` and `a word` and `Makefile`\n```sh\n`bin/x`\n```\n`bin/ci`, `store.write`";
    assert_eq!(
        paths(markdown),
        ["crates/web/src/ctx.rs", "crates/web/src/nope.rs", "bin/ci"]
    );
}

/// Every crate of the workspace is on the map, and so are its dependencies among themselves.
#[test]
fn the_map_names_every_crate() {
    let text = text("docs/architecture.md");
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(text.contains(&format!("`crates/{name}")), "{name}");
    }
}

#[test]
fn the_program_prints_the_licences_of_all_that_is_built_in() {
    let printed = good(tempdir().unwrap().path(), &["licences"]);
    assert_eq!(printed, text("NOTICE").trim());
    let packages: serde_json::Value = serde_json::from_str(&text("package.json")).unwrap();
    let npm = packages["dependencies"].as_object().unwrap().keys();
    for package in npm {
        assert!(printed.contains(&format!("npm {package}")), "{package}");
    }
    let fonts = text("crates/pdf/build.rs");
    let debian = fonts.split("Debian package ").skip(1);
    let debian: Vec<_> = debian.map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(debian.len() >= 2, "the list of fonts was not understood");
    for package in debian {
        assert!(printed.contains(&format!("Debian {package}")), "{package}");
    }
    for licence in ["SIL OPEN FONT LICENSE", "ARPHIC PUBLIC LICENSE", "ISC License"] {
        assert!(printed.contains(licence), "the text of {licence}");
    }
}
