//! Seals from elsewhere in PKCS#12 files, as openssl makes them.

use crate::support::*;
use domain::sealing::{Judge, Sealer};
use seal::{Authority, Given, OwnSigners, Pades, Signer};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const PASSWORD: &str = "秘密 pass";
const EC: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
const RSA: &[&str] = &["-newkey", "rsa:2048"];
/// What old programs write: RC2 for certificates, 3DES for the key.
const LEGACY: &[&str] = &[
    "-legacy",
    "-certpbe",
    "PBE-SHA1-RC2-40",
    "-keypbe",
    "PBE-SHA1-3DES",
    "-macalg",
    "sha1",
];
/// What openssl writes today: PBES2 with AES.
const MODERN: &[&str] = &[];

fn openssl(folder: &Path, words: &[&str]) {
    let ran = Command::new("openssl")
        .current_dir(folder)
        .args(words)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

/// A PKCS#12 file of a school's seal, issued by an authority that is not ours.
fn file(key: &[&str], form: &[&str], purpose: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let run = |words: &[&str], more: &[&str]| openssl(at, &[words, more].concat());
    let authority = [
        "req",
        "-x509",
        "-nodes",
        "-subj",
        "/CN=Commercial CA",
        "-days",
        "30",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    ];
    run(&authority, key);
    run(
        &[
            "req",
            "-nodes",
            "-subj",
            "/CN=School Seal",
            "-keyout",
            "key.pem",
            "-out",
            "csr.pem",
        ],
        key,
    );
    std::fs::write(
        at.join("ext.cnf"),
        format!("keyUsage=critical,digitalSignature\nextendedKeyUsage={purpose}\n"),
    )
    .unwrap();
    let sign = [
        "x509",
        "-req",
        "-in",
        "csr.pem",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "20",
        "-extfile",
        "ext.cnf",
        "-out",
        "seal.pem",
    ];
    run(&sign, &[]);
    let pass = format!("pass:{PASSWORD}");
    let export = [
        "pkcs12",
        "-export",
        "-inkey",
        "key.pem",
        "-in",
        "seal.pem",
        "-certfile",
        "ca.pem",
        "-out",
        "seal.p12",
        "-passout",
        &pass,
    ];
    run(&export, form);
    std::fs::read(at.join("seal.p12")).unwrap()
}

const DOCUMENTS: &str = "1.3.6.1.5.5.7.3.36";

#[test]
fn old_and_new_files_of_both_kinds_of_keys_seal() {
    for (key, form) in [(EC, LEGACY), (EC, MODERN), (RSA, LEGACY), (RSA, MODERN)] {
        let given = Given::from_pkcs12(&file(key, form, DOCUMENTS), PASSWORD).unwrap();
        let vault = Memory::default();
        let authority = Arc::new(Authority::open(Box::new(vault.clone()), env()).unwrap());
        authority.import_school(order().school, &given).unwrap();
        let signers = OwnSigners::new(authority.clone(), BTreeMap::new());
        let pades = Pades::new(Box::new(signers), None, env());
        let sealed = pades.seal(prepared(), &order()).unwrap();
        let judgement = pades.judge(&sealed.pdf);
        assert!(judgement.is_ours, "{judgement:?}");
        assert_eq!(judgement.signatures[2].name.as_deref(), Some("School Seal"));
        // Another school has its own, and a second start knows both.
        assert!(authority.imported(order().school + 1).unwrap().is_none());
        let again = Authority::open(Box::new(vault.clone()), env()).unwrap();
        let kept = again.imported(order().school).unwrap().unwrap();
        assert_eq!(Some(kept.certificate()), given.certificate());
        let texts: Vec<String> = vault.texts.lock().unwrap().values().cloned().collect();
        assert!(
            texts.iter().all(|text| !text.contains("PRIVATE")),
            "a key is no public text"
        );
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let fault = |file: &[u8], password: &str| match Given::from_pkcs12(file, password) {
        Ok(_) => panic!("taken"),
        Err(error) => error.to_string(),
    };
    for form in [LEGACY, MODERN] {
        let good = file(EC, form, DOCUMENTS);
        assert!(fault(&good, "another").contains("password is wrong"));
        assert!(fault(&good, "").contains("password is wrong"));
        let half = &good[..good.len() / 2];
        assert!(fault(half, PASSWORD).contains("not a PKCS#12 file"));
    }
    assert!(fault(b"-----BEGIN CERTIFICATE-----", PASSWORD).contains("not a PKCS#12 file"));
    let web = Given::from_pkcs12(&file(EC, MODERN, "serverAuth"), PASSWORD).unwrap();
    let refused = authority().import_school(1, &web).unwrap_err().to_string();
    assert!(refused.contains("not for signing documents"), "{refused}");
}
