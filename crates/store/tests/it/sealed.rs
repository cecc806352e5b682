//! Sealed numbers, keys, and what of them can be seen from outside.

use std::os::unix::fs::PermissionsExt;

use domain::ids::SchoolId;
use proptest::prelude::*;
use store::sealed::{PersonalNumber, Place, Sealed, blind_index, open, seal};
use store::testing::World;
use store::{Error, Keys};
use uuid::Uuid;

use crate::fixtures;

const PLACE: Place = Place {
    table: "student",
    column: "id_no_sealed",
    row: Uuid::from_u128(1),
};

fn keys() -> (tempfile::TempDir, Keys, domain::ports::Env) {
    let folder = tempfile::tempdir().unwrap();
    let env = domain::ports::Env {
        clock: std::sync::Arc::new(store::testing::TestClock::default()),
        random: std::sync::Arc::new(store::testing::TestRandom::default()),
    };
    let keys = Keys::open(folder.path(), &env).unwrap();
    (folder, keys, env)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_sealed_opens_in_its_place(text in "\\PC{0,60}") {
        let (_folder, keys, env) = keys();
        let number = PersonalNumber::new(&text);
        let sealed = seal(&keys, &env, PLACE, &number).unwrap();
        let opened = open(&keys, PLACE, &sealed).unwrap();
        prop_assert_eq!(opened.reveal(), text.trim());
        let again = seal(&keys, &env, PLACE, &number).unwrap();
        prop_assert_ne!(sealed.0, again.0);
    }
}

#[test]
fn a_sealed_number_opens_nowhere_else_and_not_when_a_bit_is_changed() {
    let (_folder, keys, env) = keys();
    let (_other_folder, other_keys) = {
        let folder = tempfile::tempdir().unwrap();
        env.bytes::<32>();
        let keys = Keys::open(folder.path(), &env).unwrap();
        (folder, keys)
    };
    let sealed = seal(&keys, &env, PLACE, &PersonalNumber::new("110101200401010010")).unwrap();
    let fails =
        |keys: &Keys, place, sealed: &Sealed| matches!(open(keys, place, sealed), Err(Error::Corrupt(_)));
    assert!(fails(
        &keys,
        Place {
            row: Uuid::from_u128(2),
            ..PLACE
        },
        &sealed
    ));
    assert!(fails(
        &keys,
        Place {
            column: "phone_sealed",
            ..PLACE
        },
        &sealed
    ));
    assert!(fails(
        &keys,
        Place {
            table: "account",
            ..PLACE
        },
        &sealed
    ));
    assert!(fails(&other_keys, PLACE, &sealed));
    for at in 0..sealed.0.len() {
        for bit in 0..8 {
            let mut broken = sealed.clone();
            broken.0[at] ^= 1 << bit;
            assert!(fails(&keys, PLACE, &broken), "byte {at} bit {bit}");
        }
        assert!(fails(&keys, PLACE, &Sealed(sealed.0[..at].to_vec())));
    }
}

#[test]
fn a_number_prints_as_stars_everywhere() {
    let number = PersonalNumber::new("110101200401010010");
    let (_folder, keys, env) = keys();
    let sealed = seal(&keys, &env, PLACE, &number).unwrap();
    let json = serde_json::to_string(&number).unwrap();
    assert_eq!(
        format!("{number} {number:?} {sealed:?} {json}"),
        "*** *** *** \"***\""
    );
    assert_eq!(format!("{keys:?}"), "Keys(***)");
}

#[test]
fn equal_numbers_have_equal_blind_indexes_only_in_the_same_school_and_column() {
    let (_folder, keys, _env) = keys();
    let index = |school, column, text| {
        blind_index(&keys, SchoolId(school), column, &PersonalNumber::new(text)).unwrap()
    };
    let first = index(1, "student.id_no", "11010120040101001x");
    assert_eq!(first.len(), 32);
    assert_eq!(first, index(1, "student.id_no", " 110101 20040101 001X "));
    for other in [
        index(2, "student.id_no", "11010120040101001X"),
        index(1, "student.phone", "11010120040101001X"),
        index(1, "student.id_no", "110101200401010010"),
    ] {
        assert_ne!(first, other);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_the_data_folder_holds_a_number_in_plain_text() {
    let world = World::sqlite().await;
    let school = fixtures::school(&world, "10001").await;
    let college = fixtures::college(&world, school, "计算机学院").await;
    let student = fixtures::student(&world, college, "001", "张三");
    fixtures::stored_student(&world, school, &student).await;
    store::files::put(&world.store, school, b"scan of 11010120040101001", "image/png")
        .await
        .unwrap();
    let mut read = 0;
    let mut folders = vec![world.config.data.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap();
            read += bytes.len();
            let holds = |needle: &str| {
                bytes
                    .windows(needle.len())
                    .any(|window| window == needle.as_bytes())
            };
            assert!(
                !holds("11010120040101001"),
                "{} holds an identity number",
                entry.path().display()
            );
            assert!(
                !holds("13800138000"),
                "{} holds a phone number",
                entry.path().display()
            );
        }
    }
    assert!(read > 10_000);
}

#[test]
fn the_key_file_is_private_stays_the_same_and_is_refused_when_others_may_touch_it() {
    let (folder, keys, env) = keys();
    let file = folder.path().join("keys/master.key");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    let text = std::fs::read_to_string(&file).unwrap();
    let again = Keys::open(folder.path(), &env).unwrap();
    assert_eq!(keys.derive("x").unwrap(), again.derive("x").unwrap());
    assert_ne!(keys.derive("x").unwrap(), keys.derive("y").unwrap());
    assert_eq!(text, std::fs::read_to_string(&file).unwrap());
    assert_eq!(
        std::fs::read_dir(folder.path().join("keys")).unwrap().count(),
        1,
        "no draft stays behind"
    );

    for wide in [0o640, 0o604, 0o620, 0o666] {
        std::fs::set_permissions(&file, PermissionsExt::from_mode(wide)).unwrap();
        let error = Keys::open(folder.path(), &env).unwrap_err().to_string();
        assert!(error.contains("others may touch it"), "{error}");
        assert!(!error.contains(&text), "the key is in the message");
    }
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(&file, &text[..62]).unwrap();
    assert!(matches!(Keys::open(folder.path(), &env), Err(Error::Keys(_))));
}
