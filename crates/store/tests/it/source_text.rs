//! Reads the sources of this crate just well enough to find the statements in them.

use std::path::{Path, PathBuf};

/// What a source file is made of, as far as statements go.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A name or a number.
    Word(String),
    /// The value of a string literal.
    Text(String),
    /// Any other character that is not blank.
    Mark(char),
}

/// Every source file of the crate with its tokens.
pub fn sources() -> Vec<(PathBuf, Vec<Token>)> {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files.sort();
    files
        .into_iter()
        .map(|path| (path.clone(), tokens(&std::fs::read_to_string(path).unwrap())))
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("testing") {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Splits a source into tokens; comments and characters are left out.
pub fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut at, mut out) = (0, Vec::new());
    while at < chars.len() {
        let rest = &chars[at..];
        match rest {
            ['/', '/', ..] => at += rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            ['r', '"', ..] | ['r', '#', '"', ..] => {
                let hashes = usize::from(rest[1] == '#');
                let start = 2 + hashes;
                let ends = |i: &usize| rest[*i] == '"' && (hashes == 0 || rest.get(i + 1) == Some(&'#'));
                let end = (start..rest.len()).find(ends).unwrap();
                out.push(Token::Text(rest[start..end].iter().collect()));
                at += end + 1 + hashes;
            }
            ['"', ..] => {
                let (text, length) = literal(rest);
                out.push(Token::Text(text));
                at += length;
            }
            ['\'', '\\', _, '\'', ..] => at += 4,
            ['\'', _, '\'', ..] => at += 3,
            [c, ..] if c.is_alphanumeric() || *c == '_' => {
                let length = rest
                    .iter()
                    .position(|c| !(c.is_alphanumeric() || *c == '_'))
                    .unwrap_or(rest.len());
                out.push(Token::Word(rest[..length].iter().collect()));
                at += length;
            }
            [c, ..] => {
                if !c.is_whitespace() {
                    out.push(Token::Mark(*c));
                }
                at += 1;
            }
            [] => unreachable!(),
        }
    }
    out
}

/// The value of the literal at the beginning of `chars`, and its length in the source.
fn literal(chars: &[char]) -> (String, usize) {
    let (mut text, mut at) = (String::new(), 1);
    while chars[at] != '"' {
        if chars[at] == '\\' {
            at += 1;
            match chars[at] {
                '\n' => {
                    at += chars[at..].iter().position(|c| !c.is_whitespace()).unwrap();
                    continue;
                }
                'n' => text.push('\n'),
                other => text.push(other),
            }
        } else {
            text.push(chars[at]);
        }
        at += 1;
    }
    (text, at + 1)
}

#[test]
fn literals_are_read_as_the_compiler_reads_them() {
    let plain = "a(\"x \\\n    y \\\"z\\\" é\", ";
    let raw = "r#\"raw \"quoted\"\"#, ";
    let rest = "'q', '\"', \"b\") // \"no\"";
    let source = [plain, raw, rest].concat();
    let texts: Vec<_> = tokens(&source)
        .into_iter()
        .filter_map(|t| if let Token::Text(t) = t { Some(t) } else { None })
        .collect();
    assert_eq!(texts, ["x y \"z\" é", "raw \"quoted\"", "b"]);
}
