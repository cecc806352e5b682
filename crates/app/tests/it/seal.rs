//! A school that seals with a certificate of another authority.

use crate::support::{Run, command, good};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::tempdir;

/// A PKCS#12 file as a commercial authority hands it out.
fn seal_from_elsewhere(folder: &Path) {
    let openssl = |words: &str| {
        let ran = Command::new("openssl")
            .current_dir(folder)
            .args(words.split(' '))
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    };
    openssl("req -x509 -nodes -newkey rsa:2048 -days 90 -subj /CN=Commercial-CA -keyout ca.key -out ca.pem");
    openssl("req -nodes -newkey rsa:2048 -subj /CN=School-Seal -keyout key.pem -out csr.pem");
    // 1.3.6.1.5.5.7.3.36: for signing documents (RFC 9336).
    let purpose = "keyUsage=critical,digitalSignature\nextendedKeyUsage=1.3.6.1.5.5.7.3.36\n";
    std::fs::write(folder.join("ext.cnf"), purpose).unwrap();
    openssl(
        "x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -set_serial 7 -days 60 -extfile ext.cnf -out seal.pem",
    );
    openssl(
        "pkcs12 -export -inkey key.pem -in seal.pem -certfile ca.pem -out seal.p12 -passout pass:mima-2027",
    );
}

fn asked(data: &Path, args: &[&str], password: &str) -> Run {
    let mut child = command(data, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_school_seals_with_a_certificate_from_elsewhere() {
    let dir = tempdir().unwrap();
    let data = dir.path().join("data");
    seal_from_elsewhere(dir.path());
    let school = [
        "admin",
        "school",
        "create",
        "--code",
        "10001",
        "--name",
        "示例大学",
    ];
    good(&data, &school);
    // It had a seal of its own first: older documents bear it.
    good(&data, &["admin", "seal", "renew-school", "--school", "10001"]);
    let file = dir.path().join("seal.p12");
    let import = [
        "admin",
        "seal",
        "import",
        "--school",
        "10001",
        file.to_str().unwrap(),
    ];
    let wrong = asked(&data, &import, "not-it");
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(!good(&data, &["admin", "seal", "show"]).contains("imported"));
    let taken = asked(&data, &import, "mima-2027");
    assert_eq!(taken.code, 0, "{}", taken.err);
    assert!(
        taken.out.contains("school 10001 (imported)"),
        "{}{}",
        taken.out,
        taken.err
    );
    assert!(!taken.out.contains("mima") && !taken.err.contains("mima"));
    // Its key is nobody's to renew here, and its certificate nobody's to revoke.
    let renewal = ["admin", "seal", "renew-school", "--school", "10001"];
    let renewal = asked(&data, &renewal, "");
    assert_eq!(renewal.code, 2);
    assert!(renewal.err.contains("another authority"), "{}", renewal.err);
    let revocation = [
        "admin",
        "seal",
        "revoke",
        "--school",
        "10001",
        "--reason",
        "superseded",
    ];
    let revocation = asked(&data, &revocation, "");
    assert_eq!(revocation.code, 2, "{}", revocation.out);
    assert!(
        revocation.err.contains("have it revoked there"),
        "{}",
        revocation.err
    );
    let shown = good(&data, &["admin", "seal", "show"]);
    assert!(
        !shown.contains("revoked"),
        "the seal that it had before still counts: {shown}"
    );
}
