//! Keys beside the master key.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use domain::ports::Env;
use store::keys::Keys;
use store::testing::{TestClock, TestRandom};
use store::vault::Vault;

fn env() -> Env {
    Env {
        clock: std::sync::Arc::new(TestClock::default()),
        random: std::sync::Arc::new(TestRandom::default()),
    }
}

fn open(data: &Path) -> Vault {
    Vault::open(data, &Keys::open(data, &env()).unwrap(), env()).unwrap()
}

#[test]
fn a_key_is_sealed_and_belongs_to_its_owner() {
    let data = tempfile::tempdir().unwrap();
    let vault = open(data.path());
    assert!(vault.read("root/key").unwrap().is_none());
    assert!(vault.create("root/key", b"a secret of the root").unwrap());
    assert!(!vault.create("root/key", b"another").unwrap());
    assert_eq!(
        &**vault.read("root/key").unwrap().unwrap(),
        b"a secret of the root"
    );
    let path = data.path().join("keys/root/key.sealed");
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"secret"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let folder = fs::metadata(path.parent().unwrap()).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    vault.replace("root/key", b"a new one").unwrap();
    assert_eq!(
        &**open(data.path()).read("root/key").unwrap().unwrap(),
        b"a new one"
    );
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "drafts are left: {left:?}");
}

#[test]
fn a_key_does_not_open_elsewhere_or_for_others() {
    let data = tempfile::tempdir().unwrap();
    let vault = open(data.path());
    vault.create("schools/1", b"one").unwrap();
    let folder = data.path().join("keys/schools");
    fs::copy(folder.join("1.sealed"), folder.join("2.sealed")).unwrap();
    assert!(
        vault
            .read("schools/2")
            .unwrap_err()
            .to_string()
            .contains("does not open")
    );
    fs::set_permissions(folder.join("1.sealed"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(
        vault
            .read("schools/1")
            .unwrap_err()
            .to_string()
            .contains("others may touch it")
    );
    for name in ["../master", "", "a//b", "/etc/x", ".hidden"] {
        assert!(vault.read(name).is_err(), "{name}");
    }
}

#[test]
fn a_certificate_is_public() {
    let data = tempfile::tempdir().unwrap();
    let vault = open(data.path());
    assert_eq!(vault.published("root/root.pem").unwrap(), None);
    vault.publish("root/root.pem", "-----BEGIN").unwrap();
    assert_eq!(
        vault.published("root/root.pem").unwrap().as_deref(),
        Some("-----BEGIN")
    );
    assert_eq!(
        fs::read_to_string(data.path().join("keys/root/root.pem")).unwrap(),
        "-----BEGIN"
    );
}
