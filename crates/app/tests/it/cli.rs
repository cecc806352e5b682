//! Exit codes and words of the command line, on which scripts rely.

use crate::support::{Server, good, run};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tempfile::tempdir;

const HEADER: &str = "学号,考生号,姓名,性别,证件号码,学历,专业,院系,班级,手机";

#[test]
fn usage_and_configuration_errors_have_code_2() {
    let data = tempdir().unwrap();
    let data = data.path();
    for args in [
        &["nothing"][..],
        &["verify"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--listen", "0.0.0.0:0"],
        &["demo", "--listen", "0.0.0.0:0"],
        &["migrate", "--config", "/no/such/file.toml"],
        &[
            "roster",
            "import",
            "/no/such/file.csv",
            "--school",
            "10001",
            "--year",
            "2027",
        ],
        &["admin", "school", "create", "--code", "1", "--name", "大学"],
        &[
            "admin", "staff", "create", "--role", "school", "--login", "abc", "--name", "某人",
        ],
    ] {
        assert_eq!(run(data, args).code, 2, "{args:?}");
    }
}

#[test]
fn a_typing_mistake_in_the_settings_is_noticed() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("sanfang.toml");
    fs::write(&file, "[server]\nlisten_on = \"127.0.0.1:1\"\n").unwrap();
    let run = run(dir.path(), &["migrate", "--config", file.to_str().unwrap()]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("listen_on"), "{}", run.err);
}

#[test]
fn a_new_database_is_sound_and_an_old_one_is_up_to_date() {
    let data = tempdir().unwrap();
    assert!(good(data.path(), &["migrate"]).contains("applied"));
    assert_eq!(good(data.path(), &["migrate"]), "up to date");
    let report: serde_json::Value =
        serde_json::from_str(&good(data.path(), &["verify", "--all", "--json"])).unwrap();
    assert_eq!(report["breaches"], serde_json::json!([]));
    let doctor: serde_json::Value = serde_json::from_str(&good(data.path(), &["doctor", "--json"])).unwrap();
    assert_eq!(doctor["good"], true);
}

/// The files under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let inside = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    found.flat_map(inside).collect()
}

#[test]
fn the_authority_of_the_seal_is_shown_renewed_and_watched() {
    let dir = tempdir().unwrap();
    let data = dir.path();
    good(data, &["migrate"]);
    let shown = good(data, &["admin", "seal", "show"]);
    assert!(shown.contains("no authority yet"), "{shown}");
    let revoked = run(
        data,
        &["admin", "seal", "revoke", "AB12", "--reason", "superseded"],
    );
    assert_eq!(revoked.code, 2, "{}", revoked.out);
    assert!(
        !data.join("keys/root").exists(),
        "whoever only looks makes no keys"
    );
    let renewed = good(data, &["admin", "seal", "renew"]);
    assert_eq!(
        renewed.matches("issuing").count(),
        2,
        "the one before is kept: {renewed}"
    );
    assert_eq!(good(data, &["admin", "seal", "show"]), renewed);
    let unknown = run(data, &["admin", "seal", "renew-school", "--school", "10001"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("10001"), "{}", unknown.err);
    for serial in ["AB12", "AB1", "没有"] {
        let unknown = run(
            data,
            &["admin", "seal", "revoke", serial, "--reason", "superseded"],
        );
        assert_eq!(unknown.code, 2, "{serial}");
    }

    let check = |name: &str| {
        let doctor: serde_json::Value = serde_json::from_str(&run(data, &["doctor", "--json"]).out).unwrap();
        let checks = doctor["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["name"] == name).unwrap()
    };
    assert_eq!(check("seal")["status"], "good");
    assert_eq!(check("sealing")["status"], "good");
    let keys = files(&data.join("keys")).into_iter();
    for key in keys.filter(|key| key.extension().is_none_or(|kind| kind != "pem")) {
        assert_eq!(fs::metadata(&key).unwrap().mode() & 0o077, 0, "{}", key.display());
        // The master key is watched by whoever opens the database.
        if !key.ends_with("master.key") {
            fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        }
    }
    let seal = check("seal");
    assert_eq!(seal["status"], "bad", "{seal}");
    assert!(seal["detail"].as_str().unwrap().contains("chmod 600"), "{seal}");
}

#[test]
fn a_roster_with_one_mistake_stores_nothing_and_a_good_one_can_come_again() {
    let dir = tempdir().unwrap();
    let (data, file, links) = (
        dir.path().join("data"),
        dir.path().join("roster.csv"),
        dir.path().join("links.csv"),
    );
    good(
        &data,
        &[
            "admin",
            "school",
            "create",
            "--code",
            "10001",
            "--name",
            "示例大学",
        ],
    );
    let one = "2023001,,张𬭎,女,320106200401010029,本科,软件工程,计算机学院,软工 2301,13912345678";
    let import = |content: String, more: &[&str]| {
        fs::write(&file, content).unwrap();
        let args = [
            "roster",
            "import",
            file.to_str().unwrap(),
            "--school",
            "10001",
            "--year",
            "2027",
        ];
        run(&data, &[&args[..], more].concat())
    };
    let bad = import(
        format!("{HEADER}\n{one}\n2023002,,李四,男,320106200401010027,本科,软工,计算机学院,,\n"),
        &[],
    );
    assert_eq!(bad.code, 1);
    assert!(bad.err.contains("第 3 行「证件号码」：校验码不对"), "{}", bad.err);
    let first = import(format!("{HEADER}\n{one}\n"), &[]);
    assert!(first.out.contains("新增 1，更新 0"), "{}{}", first.out, first.err);
    let out = links.to_str().unwrap();
    let again = import(format!("{HEADER}\n{one}\n"), &["--activation-out", out]);
    assert!(
        again.out.contains("新增 0，更新 0（需重新审核生源信息），未变 1"),
        "{}",
        again.out
    );
    assert_eq!(fs::metadata(&links).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(
        fs::read_to_string(&links)
            .unwrap()
            .contains("2023001,张𬭎,http://127.0.0.1:8080/activate/1.")
    );
    let other = one.replace("2023001", "2023009");
    let taken = import(format!("{HEADER}\n{other}\n"), &[]);
    assert_eq!(taken.code, 1);
    assert!(
        taken
            .err
            .contains("第 2 行「证件号码」：已属于学号 2023001 的毕业生"),
        "{}",
        taken.err
    );
}

#[tokio::test]
async fn the_server_says_where_it_is_is_ready_and_stops_when_asked() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path(), &["serve"]);
    let browser = server.browser();
    assert_eq!(browser.get("/healthz").await.status, 200);
    assert_eq!(browser.get("/readyz").await.status, 200);
    assert_eq!(server.stop(), Some(0));
}
