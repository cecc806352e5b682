//! What pyHanko, poppler and qpdf say of our documents and of tampered ones; what we say of pyHanko's.

use crate::support::*;
use domain::sealing::{RevocationReason, Sealer};
use jiff::SignedDuration;
use seal::verify::{Options, Reason, Verdict, check};
use seal::{Certificate, Revoked, read_certificates, to_pem};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Deserialize, Debug)]
pub struct Judged {
    pub error: Option<String>,
    #[serde(default)]
    pub signatures: Vec<Found>,
}

#[derive(Deserialize, Debug)]
pub struct Found {
    pub field: String,
    pub valid: bool,
    #[serde(default)]
    pub intact: bool,
    #[serde(default)]
    pub trusted: bool,
    pub coverage: Option<String>,
    pub docmdp: Option<bool>,
    #[serde(default)]
    pub timestamp: bool,
    pub error: Option<String>,
}

fn python() -> PathBuf {
    let python = cache().join("judges/bin/python");
    assert!(
        python.exists(),
        "{} is missing: run bin/setup test",
        python.display()
    );
    python
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/judges")
        .join(name)
}

/// pyHanko's opinion of files, with these roots to trust.
pub fn pyhanko(roots: &[&Path], files: &[PathBuf]) -> Vec<Judged> {
    let judged = Command::new(python())
        .arg(script("judge.py"))
        .args(roots)
        .arg("--")
        .args(files)
        .output()
        .unwrap();
    assert!(
        judged.status.success(),
        "{}",
        String::from_utf8_lossy(&judged.stderr)
    );
    let lines = String::from_utf8(judged.stdout).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn run(program: &str, arguments: &[&Path]) -> (bool, String) {
    let ran = Command::new(program).args(arguments).output();
    let ran = ran.unwrap_or_else(|error| panic!("{program}: {error}; run bin/setup test"));
    let said = [ran.stdout, ran.stderr].concat();
    (ran.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// A folder with the sealed document and its root.
fn laid_out() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (pdf, root) = (folder.path().join("sealed.pdf"), folder.path().join("root.pem"));
    std::fs::write(&pdf, &sealed().0.pdf).unwrap();
    std::fs::write(&root, to_pem(&sealed().1).unwrap()).unwrap();
    (folder, pdf, root)
}

#[test]
fn pyhanko_finds_three_valid_signatures() {
    let (_folder, pdf, root) = laid_out();
    let judged = pyhanko(&[&root], &[pdf]);
    let fields: Vec<_> = judged[0]
        .signatures
        .iter()
        .map(|found| found.field.as_str())
        .collect();
    assert_eq!(fields, ["employer", "student", "school"], "{judged:#?}");
    for found in &judged[0].signatures {
        assert!(
            found.valid && found.intact && found.trusted && found.error.is_none(),
            "{found:#?}"
        );
        assert_eq!(found.docmdp, Some(true), "{found:#?}");
    }
    let coverage: Vec<_> = judged[0]
        .signatures
        .iter()
        .map(|found| found.coverage.as_deref().unwrap())
        .collect();
    assert_eq!(coverage, ["ENTIRE_REVISION", "ENTIRE_REVISION", "ENTIRE_FILE"]);
}

#[test]
fn pyhanko_and_we_agree_about_what_is_revoked() {
    let authority = authority();
    let sealed = sealer(&authority, None, env_from(21))
        .seal(prepared(), &order())
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [pdf, root, crl] = ["sealed.pdf", "root.pem", "crl.pem"].map(|name| folder.path().join(name));
    std::fs::write(&pdf, &sealed.pdf).unwrap();
    std::fs::write(&root, to_pem(authority.root()).unwrap()).unwrap();
    for (serial, is_good) in [
        (vec![0x42; 16], true),
        (sealed.signatures[2].serial.clone(), false),
    ] {
        let gone = Revoked {
            serial,
            at: env().now() - SignedDuration::from_mins(1),
            reason: RevocationReason::KeyCompromise,
        };
        let lists = authority.revocations(&[gone]).unwrap();
        std::fs::write(&crl, seal::lists_to_pem(&lists).unwrap()).unwrap();
        let theirs = pyhanko(&[Path::new("--crl"), &crl, &root], &[pdf.clone()]);
        let theirs: Vec<bool> = theirs[0].signatures.iter().map(|found| found.valid).collect();
        assert_eq!(theirs, [true, true, is_good], "the third one is the school's");
        let options = Options {
            roots: vec![authority.root().clone()],
            revoked: seal::read_revocations(&std::fs::read(&crl).unwrap()).unwrap(),
            now: env().now(),
            ..Options::default()
        };
        let report = check(&sealed.pdf, &options);
        assert_eq!(report.ours, is_good);
        assert_eq!(report.reason, (!is_good).then_some(Reason::Revoked));
    }
}

#[test]
fn pdfsig_finds_three_valid_signatures() {
    let (_folder, pdf, _) = laid_out();
    let (_, said) = run("pdfsig", &[&pdf]);
    assert_eq!(
        said.matches("Signature Validation: Signature is Valid.").count(),
        3,
        "{said}"
    );
    assert_eq!(said.matches("Total document signed").count(), 1, "{said}");
    assert_eq!(said.matches("ETSI.CAdES.detached").count(), 3, "{said}");
}

#[test]
fn qpdf_finds_nothing_to_complain_about() {
    let (_folder, pdf, _) = laid_out();
    let (good, said) = run("qpdf", &[Path::new("--check"), &pdf]);
    assert!(
        good && said.contains("No syntax or stream encoding errors found"),
        "{said}"
    );
    let prepared_only = pdf.with_file_name("prepared.pdf");
    std::fs::write(&prepared_only, prepared()).unwrap();
    let (good, said) = run("qpdf", &[Path::new("--check"), &prepared_only]);
    assert!(good, "{said}");
}

#[test]
fn no_attack_with_other_writers_goes_unnoticed() {
    let (folder, pdf, root) = laid_out();
    let out = folder.path().join("attacks");
    std::fs::create_dir(&out).unwrap();
    let attack = Command::new(python())
        .args([&script("attack.py"), &pdf, &pdf, &out])
        .output()
        .unwrap();
    assert!(
        attack.status.success(),
        "{}",
        String::from_utf8_lossy(&attack.stderr)
    );
    let files: Vec<PathBuf> = String::from_utf8(attack.stdout)
        .unwrap()
        .lines()
        .map(PathBuf::from)
        .collect();
    assert!(files.len() >= 48, "{}", files.len());
    let mut disagreements = Vec::new();
    for (file, theirs) in files.iter().zip(pyhanko(&[&root], &files)) {
        let ours = judge(&std::fs::read(file).unwrap(), &sealed().1);
        assert!(!ours.ours && ours.verdict != Verdict::Valid, "{}", file.display());
        let all_valid = theirs.error.is_none() && theirs.signatures.iter().all(|found| found.valid);
        // pyHanko lets the title of a file change; we let nothing change.
        let only_title = file.to_string_lossy().contains("change_title");
        if all_valid && !only_title {
            disagreements.push((file.file_name().unwrap().to_owned(), theirs.signatures.len()));
        }
    }
    // pyHanko looks at signatures one by one, and may not know that parties are missing.
    assert!(
        disagreements.iter().all(|(_, signatures)| *signatures < 3),
        "{disagreements:?}"
    );
}

#[test]
fn pyhanko_notices_changed_bytes_as_we_do() {
    let (folder, pdf, root) = laid_out();
    let sealed_bytes = std::fs::read(pdf).unwrap();
    let step = sealed_bytes.len() / 60;
    let files: Vec<PathBuf> = (0..60)
        .map(|at| {
            let mut bytes = sealed_bytes.clone();
            bytes[at * step + 11] ^= 0x04;
            let path = folder.path().join(format!("flip{at}.pdf"));
            std::fs::write(&path, bytes).unwrap();
            path
        })
        .collect();
    for (at, (file, theirs)) in files.iter().zip(pyhanko(&[&root], &files)).enumerate() {
        let ours = judge(&std::fs::read(file).unwrap(), &sealed().1);
        assert!(!ours.ours, "{}", file.display());
        // What fills up the room of a signature means nothing to pyHanko, and is wrong to us.
        if sealed_bytes[..at * step + 11].ends_with(&[b'0'; 64]) {
            continue;
        }
        let valid = theirs.signatures.iter().filter(|found| found.valid).count();
        assert!(
            theirs.error.is_some() || valid < 3,
            "{}: {theirs:#?}",
            file.display()
        );
    }
}

/// pyHanko's own test documents: hostile, odd and good ones. Whatever we call valid, pyHanko does too, and
/// nothing makes us stumble. The reverse is not asked: our verifier takes the form of our own signatures
/// only, so that it calls hardly any file of somebody else valid. What pyHanko finds intact there and we do
/// not is counted by our reasons, so that a change of them is seen; and our own documents are judged in the
/// same run, by both, or a verifier that refuses everything would pass.
#[test]
fn we_call_nothing_valid_that_pyhanko_does_not() {
    let source = cache().join("pyhanko-0.38.0");
    let theirs = found(&source, "pdf");
    assert!(
        theirs.len() > 100,
        "{} has {} PDF files: run bin/setup test",
        source.display(),
        theirs.len()
    );
    let (_ours, own, own_root) = laid_out();
    let files = [theirs, vec![own.clone()]].concat();
    // Their authorities as anchors, or nothing would be valid for want of trust.
    let folder = tempfile::tempdir().unwrap();
    let (mut trusted, mut anchors) = anchors(&files, folder.path());
    assert!(!trusted.is_empty());
    trusted.push(sealed().1.clone());
    anchors.push(own_root);
    let anchors: Vec<&Path> = anchors.iter().map(PathBuf::as_path).collect();
    let options = Options {
        roots: trusted.clone(),
        stamp_roots: trusted,
        now: env().now(),
        ..Options::default()
    };
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut signed, mut valid) = (0, 0);
    for (file, theirs) in files.iter().zip(pyhanko(&anchors, &files)) {
        let report = check(&std::fs::read(file).unwrap(), &options);
        assert_eq!(report.ours, *file == own, "{}", file.display());
        signed += usize::from(!report.signatures.is_empty());
        for ours in &report.signatures {
            let same = theirs.signatures.iter().find(|found| found.field == ours.field);
            match ours.reason {
                None => {
                    valid += 1;
                    assert!(
                        same.is_some_and(|found| found.valid),
                        "{}: {ours:#?} {theirs:#?}",
                        file.display()
                    );
                }
                Some(reason) if same.is_some_and(|found| found.intact) => {
                    *reasons.entry(reason.code()).or_default() += 1;
                }
                Some(_) => {}
            }
        }
    }
    assert!(signed > 20, "signatures were found in {signed} files only");
    assert!(valid >= 3, "not even ours were compared");
    insta::assert_debug_snapshot!(reasons);
}

/// The certificates of authorities inside the files, also written out one by one.
fn anchors(files: &[PathBuf], folder: &Path) -> (Vec<Certificate>, Vec<PathBuf>) {
    let inside = Command::new(python())
        .args([script("judge.py"), "--authorities".into()])
        .args(files)
        .output()
        .unwrap();
    let trusted = read_certificates(&String::from_utf8(inside.stdout).unwrap()).unwrap();
    let written = trusted.iter().enumerate().map(|(at, certificate)| {
        let path = folder.join(format!("{at}.pem"));
        std::fs::write(&path, to_pem(certificate).unwrap()).unwrap();
        path
    });
    let written = written.collect();
    (trusted, written)
}

fn found(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut waiting = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
