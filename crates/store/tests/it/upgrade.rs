//! A database of an earlier release is brought up to date and loses nothing.

use domain::ids::SchoolId;
use store::db::{migrate_client_until, migrate_lite_until};
use store::testing::{Database, World};
use store::{Store, StoreConfig};

/// The last version whose tables other rules held for.
const BEFORE: i32 = 7;

/// What a school had then. `u'07'` stands for an id that ends so, `b'07'` for bytes.
const ROWS: &str = "
INSERT INTO school (id, code, name, short_name, contact, phone, address, postcode, created_at)
  VALUES (1, '10001', '一', '一', '', '', '', '', 1);
INSERT INTO college (school_id, id, name) VALUES (1, u'01', '院');
INSERT INTO employer (id, uscc, name, name_key, nature, industry, scale, region, address, postcode, legal_person,
    contact, phone, email, has_personnel_authority, certification, created_at)
  VALUES (u'02', '9131', '司', '司', '', '', '', '', '', '', '', '', '', '', 0, 'approved', 1);
INSERT INTO student (school_id, id, year, college_id, student_no, exam_no, name, name_key, name_initials, gender,
    degree, major, class_name, training_mode, source_status, created_at)
  VALUES (1, u'03', 2027, u'01', '1', '1', '生', '生', 's', '', '', '', '', '', 'approved', 1);
INSERT INTO agreement (school_id, id, year, student_id, employer_id, college_id, state, version, content_version, facts,
    content_hash, number, position, place, pay, audit_seq, audit_hash, created_at, updated_at, state_since)
  VALUES (1, u'04', 2027, u'03', u'02', u'01', 'effective', 9, 1, '{}', b'04', '2027', '', '', 1, 9, b'04', 1, 1, 1);
INSERT INTO file (school_id, id, sha256, size, media_type, created_at) VALUES
  (1, u'05', b'05', 50, 'application/pdf', 1), (1, u'06', b'06', 60, 'application/pdf', 1),
  (1, u'07', b'07', 70, 'application/pdf', 1);
INSERT INTO seal (school_id, agreement_id, prepared_file_id, ordered, evidence, file_id, sha256, signatures, failures,
    created_at, sealed_at)
  VALUES (1, u'04', u'05', '{}', '[]', u'06', b'06', '[]', 2, 3, 4);
INSERT INTO upload (school_id, id, agreement_id, purpose, origin, file_id, name, size, pages, account_id, created_at,
    attached_at)
  VALUES (1, u'08', u'04', 'scan', 'sent', u'07', '扫描.pdf', 70, 2, u'09', 5, 6);
INSERT INTO file_read (school_id, id, upload_id, account_id, address, at)
  VALUES (1, u'10', u'08', u'09', '127.0.0.1', 7);
INSERT INTO outbox (school_id, id, topic, payload, available_at, attempts, created_at)
  VALUES (1, u'11', 'document.final', '{}', 1, 0, 1);
";

/// The rows in an engine's own words for ids and bytes.
fn spelled(id: (&str, &str), bytes: (&str, &str)) -> String {
    let mut text = ROWS.to_owned();
    for n in 0..20 {
        text = text
            .replace(&format!("u'{n:02}'"), &format!("{}{n:02}{}", id.0, id.1))
            .replace(&format!("b'{n:02}'"), &format!("{}{n:02}{}", bytes.0, bytes.1));
    }
    text
}

async fn nothing_is_lost(store: &Store) {
    let done = store.migrate().await.unwrap();
    assert!(done.len() >= 2, "{done:?}");
    let read = store.read(|c| {
        Box::pin(async move {
            let school = SchoolId(1);
            let seals = store::fetch_all!(
                c,
                (Option<Vec<u8>>, Vec<u8>, i64, i64, i64),
                "SELECT sha256, prepared_sha256, prepared_size, failures, created_at FROM seal WHERE school_id = $1",
                school,
            )?;
            let uploads = store::fetch_all!(
                c,
                (String, String, i64, i64, String),
                "SELECT u.purpose, u.name, u.size, u.pages, r.address FROM upload u \
                 JOIN file_read r ON r.school_id = u.school_id AND r.upload_id = u.id WHERE u.school_id = $1",
                school,
            )?;
            let waiting = store::fetch_all!(
                c,
                (String,),
                "SELECT topic FROM outbox WHERE school_id = $1",
                school,
            )?;
            Ok((seals, uploads, waiting))
        })
    });
    let (seals, uploads, waiting) = read.await.unwrap();
    assert_eq!(seals, [(Some(vec![6]), vec![5], 50, 2, 3)]);
    assert_eq!(
        uploads,
        [("scan".into(), "扫描.pdf".into(), 70, 2, "127.0.0.1".into())]
    );
    assert_eq!(waiting, [("document.final".into(),)]);
}

#[tokio::test]
async fn on_sqlite() {
    let world = World::sqlite().await;
    let data = world.folder().join("before");
    std::fs::create_dir(&data).unwrap();
    let path = data.join("sanfang.db");
    migrate_lite_until(&path, BEFORE).unwrap();
    let lite = rusqlite::Connection::open(&path).unwrap();
    lite.pragma_update(None, "foreign_keys", true).unwrap();
    let rows = spelled(("x'000000000000000000000000000000", "'"), ("x'", "'"));
    lite.execute_batch(&rows).unwrap();
    drop(lite);
    let config = StoreConfig { data, database: None };
    let store = Store::open(&config, world.env.clone()).await.unwrap();
    nothing_is_lost(&store).await;
    let lite = rusqlite::Connection::open(&path).unwrap();
    let mut broken = lite.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!broken.exists([]).unwrap());
    let schema = |connection: &rusqlite::Connection| {
        let sql = "SELECT name FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 1";
        let mut statement = connection.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        names.map(Result::unwrap).collect::<Vec<_>>()
    };
    let fresh = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
    assert_eq!(schema(&lite), schema(&fresh));
}

#[tokio::test]
async fn on_postgres() {
    let world = World::sqlite().await;
    let database = Database::empty().await;
    let mut client = database.connect().await;
    migrate_client_until(&mut client, BEFORE).await.unwrap();
    let rows = spelled(("'00000000-0000-0000-0000-0000000000", "'"), ("'\\x", "'"));
    client.batch_execute(&rows).await.unwrap();
    drop(client);
    let config = StoreConfig {
        data: world.folder().join("before"),
        database: Some(database.url().to_owned()),
    };
    let store = Store::open(&config, world.env.clone()).await.unwrap();
    nothing_is_lost(&store).await;
    drop(store);
    database.discard().await;
}
