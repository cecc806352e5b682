//! Sealed samples and `sanfang verify`, from outside; other programs judge the same files.

use crate::support::{good, run};
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn sample(folder: &Path, state: &str) -> (PathBuf, PathBuf) {
    let out = folder.join(format!("{state}.pdf"));
    good(
        folder,
        &[
            "document",
            "sample",
            "--state",
            state,
            "--out",
            out.to_str().unwrap(),
        ],
    );
    let root = folder.join(format!("{state}.pdf.root.pem"));
    assert!(root.exists());
    (out, root)
}

fn verify(file: &Path, root: &Path) -> (i32, serde_json::Value) {
    let (file, root) = (file.to_str().unwrap(), root.to_str().unwrap());
    let elsewhere = tempfile::tempdir().unwrap();
    let run = run(elsewhere.path(), &["verify", file, "--root", root, "--json"]);
    (run.code, serde_json::from_str(&run.out).unwrap_or_default())
}

fn said(program: &str, arguments: &[&Path]) -> String {
    let ran = Command::new(program).args(arguments).output();
    let ran = ran.unwrap_or_else(|error| panic!("{program}: {error}; run bin/setup test"));
    String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned()
}

#[test]
fn a_sealed_sample_is_ours_and_others_agree() {
    let folder = tempfile::tempdir().unwrap();
    for state in ["effective", "terminated"] {
        let (pdf, root) = sample(folder.path(), state);
        let (code, report) = verify(&pdf, &root);
        assert_eq!(
            (code, &report["ours"], &report["verdict"]),
            (0, &true.into(), &"valid".into()),
            "{report:#}"
        );
        let signatures = report["signatures"].as_array().unwrap();
        let roles: Vec<_> = signatures.iter().map(|it| it["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["employer", "student", "school"]);
        assert!(
            signatures[0]["consent"]
                .as_str()
                .is_some_and(|hash| hash.len() == 64)
        );
        let poppler = said("pdfsig", &[&pdf]);
        assert_eq!(poppler.matches("Signature is Valid.").count(), 3, "{poppler}");
        let qpdf = said("qpdf", &[Path::new("--check"), &pdf]);
        assert!(
            qpdf.contains("No syntax or stream encoding errors found"),
            "{qpdf}"
        );
        judged_by_pyhanko(&pdf, &root);
    }
}

fn judged_by_pyhanko(pdf: &Path, root: &Path) {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = base.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    let python = cache.join("sanfang/judges/bin/python");
    assert!(
        python.exists(),
        "{} is missing: run bin/setup test",
        python.display()
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seal/tests/judges/judge.py");
    let said = said(python.to_str().unwrap(), &[&script, root, Path::new("--"), pdf]);
    let judged: serde_json::Value =
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    let signatures = judged["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 3, "{judged:#}");
    for signature in signatures {
        assert_eq!(
            (&signature["valid"], &signature["docmdp"]),
            (&true.into(), &true.into()),
            "{judged:#}"
        );
    }
}

#[test]
fn the_exit_code_tells_ours_from_not_ours_from_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let (pdf, root) = sample(folder.path(), "effective");
    let mut bytes = std::fs::read(&pdf).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = folder.path().join("changed.pdf");
    std::fs::write(&changed, &bytes).unwrap();
    assert_eq!(verify(&changed, &root).0, 1);
    let (draft, _) = sample(folder.path(), "draft");
    let (code, report) = verify(&draft, &root);
    assert_eq!((code, &report["reason"]), (1, &"no_signature".into()));
    let (code, report) = verify(&pdf, &folder.path().join("draft.pdf.root.pem"));
    assert_eq!((code, &report["reason"]), (1, &"untrusted".into()));
    let text = folder.path().join("text.txt");
    std::fs::write(&text, "not a PDF").unwrap();
    assert_eq!(verify(&text, &root).0, 2);
    assert_eq!(verify(&folder.path().join("absent.pdf"), &root).0, 2);
}
