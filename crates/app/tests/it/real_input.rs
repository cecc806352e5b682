//! A school without demo data, set up by the command line alone, signs its first agreement.

use crate::support::{Browser, Page, Place, Server, good, run};
use domain::agreement::number;
use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;
use store::testing::Database;
use tempfile::tempdir;

const PASSWORD: &str = "Muyu-Longzhou-2027";

/// Opens an activation link, chooses a password, and is signed in.
async fn activate(server: &Server, link: &str) -> Browser {
    let path = &link[link.find("/activate/").unwrap()..];
    let browser = server.browser();
    let page = browser.get(path).await;
    let typed = [("new_password", PASSWORD), ("repeat", PASSWORD)];
    let done = browser.submit(&page, "/activate/", &[], &typed).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(browser.get(path).await.status, 404, "a link works once");
    browser
}

/// Sets everything up; the links of employer, student, college reviewer and school staff.
fn set_up(data: Place<'_>) -> [String; 4] {
    let roster = data.data.with_file_name("roster.csv");
    let links = data.data.with_file_name("links.csv");
    fs::write(
        &roster,
        "学号,考生号,姓名,性别,证件号码,学历,专业,院系,班级,手机\n\
         2023001,23320106150001,阿卜杜拉•麦麦提,女,320106200401010029,本科,软件工程,计算机学院,软工 2301,13912345678\n",
    )
    .unwrap();
    good(
        data,
        &[
            "admin",
            "school",
            "create",
            "--code",
            "10001",
            "--name",
            "示例大学",
            "--year",
            "2027",
        ],
    );
    let staff = |role: &[&str]| {
        good(
            data,
            &[&["admin", "staff", "create", "--school", "10001", "--role"], role].concat(),
        )
    };
    let school = staff(&["school", "--login", "zhaosheng", "--name", "赵生"]);
    let college = staff(&[
        "college",
        "--college",
        "计算机学院",
        "--login",
        "qianxue",
        "--name",
        "钱学",
    ]);
    let out = links.to_str().unwrap();
    let import = [
        "roster",
        "import",
        roster.to_str().unwrap(),
        "--school",
        "10001",
        "--year",
        "2027",
    ];
    good(data, &[&import[..], &["--activation-out", out]].concat());
    let student = fs::read_to_string(links)
        .unwrap()
        .lines()
        .nth(1)
        .unwrap()
        .to_owned();
    let employer = [
        "admin",
        "employer",
        "create",
        "--uscc",
        "9131000063159284XQ",
        "--name",
        "示例科技有限公司",
    ];
    let rest = ["--school", "10001", "--login", "hr-sunli", "--person", "孙力"];
    [
        good(data, &[&employer[..], &rest].concat()),
        student,
        college,
        school,
    ]
}

/// Writes an offer and sends it; the agreement's page.
async fn offer(hr: &Browser) -> String {
    let list = hr.get("/employer/10001/2027/agreements?tab=eligible").await;
    let page = hr.get(&list.link("/offer")).await;
    let typed = [
        ("position", "软件工程师"),
        ("position_category", "13"),
        ("work_province", "320000"),
        ("work_place", "南京市雨花台区软件大道 1 号"),
        ("contract", "fixed"),
        ("contract_months", "36"),
        ("probation_months", "3"),
        ("probation_pay", "9600"),
        ("regular_pay", "12000"),
        ("report_from", "2027-07-01"),
        ("report_to", "2027-07-10"),
        ("report_place", "公司前台"),
        ("archive_kind", "origin"),
        ("household_kind", "stay"),
        ("penalty_employer", "0"),
        ("penalty_student", "0"),
    ];
    let saved = hr.submit(&page, "/offer", &["tick"], &typed).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let draft = hr.get(&saved.to).await;
    let sent = hr.submit(&draft, "/sending", &[], &[("reply_days", "5")]).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    sent.to
}

async fn approve(reviewer: &Browser, path: &str) {
    let page = reviewer.get(path).await;
    let done = reviewer.submit(&page, "/approval", &[], &[]).await;
    assert_eq!(done.status, 303, "{}", done.text());
}

/// The document is made by the worker, soon.
async fn document(browser: &Browser, path: &str) -> Page {
    for _ in 0..300 {
        let page = browser.get(path).await;
        if page.status == 200 && page.bytes.starts_with(b"%PDF") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("no document at {path}");
}

/// The words of a document, without white space.
fn words(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-raw", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(pdf).unwrap();
    let text = String::from_utf8(reader.wait_with_output().unwrap().stdout).unwrap();
    text.split_whitespace().collect()
}

/// The college approves the source information; before that nobody can make an offer.
async fn confirm_source(hr: &Browser, student: &Browser, college: &Browser) {
    let eligible = "/employer/10001/2027/agreements?tab=eligible";
    assert_eq!(hr.get(eligible).await.find_link("/offer"), None);
    let seen = student.get("/student/source").await.text();
    assert!(
        seen.contains("软件工程") && !seen.contains("320106200401010029"),
        "{seen}"
    );
    let queue = college.get("/college/students").await;
    let approved = college
        .submit(&queue, "/college/students/approval", &["student"], &[])
        .await;
    assert_eq!(approved.status, 303, "{}", approved.text());
    let seen = student.get("/student/source").await.text();
    assert!(seen.contains("已审核"), "{seen}");
}

async fn first_agreement(data: Place<'_>) {
    let [employer, student, college, school] = set_up(data);
    let server = Server::start(data, &["serve"]);
    let hr = activate(&server, &employer).await;
    let student = activate(&server, &student).await;
    let college = activate(&server, &college).await;
    let school = activate(&server, &school).await;
    confirm_source(&hr, &student, &college).await;

    let agreement = offer(&hr).await;
    let id = agreement.rsplit('/').next().unwrap();
    let page = student.get(&format!("/student/agreements/{id}")).await;
    let typed = [("signing", "yes"), ("password", PASSWORD)];
    let accepted = student.submit(&page, "/acceptance", &["tick"], &typed).await;
    assert_eq!(accepted.status, 303, "{}", accepted.text());
    approve(&college, &format!("/college/agreements/{id}")).await;
    approve(&school, &format!("/school/agreements/{id}")).await;

    let number = number::build(2027, "10001", number::level("31"), 1);
    let pages = [
        (&hr, agreement.clone()),
        (&student, format!("/student/agreements/{id}")),
        (&college, format!("/college/agreements/{id}")),
        (&school, format!("/school/agreements/{id}")),
    ];
    let pdf = document(&hr, &format!("{}/document.pdf", pages[0].1)).await.bytes;
    for (browser, path) in &pages {
        let signed = browser.get(path).await.text();
        assert!(signed.contains("已签约") && signed.contains(&number), "{signed}");
        assert!(
            document(browser, &format!("{path}/document.pdf")).await.bytes == pdf,
            "{path}"
        );
    }
    let printed = words(&pdf);
    for word in [
        &number,
        "阿卜杜拉",
        "麦麦提",
        "示例科技有限公司",
        "示例大学",
        "软件工程师",
    ] {
        assert!(printed.contains(word), "{word} is missing in {printed}");
    }
    assert_eq!(server.stop(), Some(0));
    let checked = good(data, &["verify", "--all"]);
    assert!(
        checked.contains("1 agreements") && checked.contains("1 sealed documents judged, 0 of them"),
        "{checked}"
    );
    evidence(data, &number).await;
    revocation(data, &pdf);
}

/// The evidence of an agreement is packed, and holds when it is checked without us.
async fn evidence(data: Place<'_>, number: &str) {
    let folder = tempdir().unwrap();
    let zip = folder.path().join("evidence.zip");
    let pack = || {
        let to = zip.to_str().unwrap();
        run(data, &["document", "evidence", number, "--out", to])
    };
    // The worker makes a checkpoint when it starts, and every ten minutes; the first start was before anything happened.
    let server = Server::start(data, &["serve"]);
    for _ in 0..100 {
        if pack().code == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(server.stop(), Some(0));
    let packed = pack();
    assert_eq!(packed.code, 0, "{}", packed.err);
    let unpacked = folder.path().join("evidence");
    zip::ZipArchive::new(File::open(&zip).unwrap())
        .unwrap()
        .extract(&unpacked)
        .unwrap();
    let check = || {
        let ran = Command::new("python3")
            .arg(unpacked.join("check.py"))
            .output()
            .unwrap();
        (
            ran.status.code(),
            String::from_utf8_lossy(&ran.stdout).into_owned(),
        )
    };
    let (code, said) = check();
    assert_eq!(code, Some(0), "{said}");
    let event = unpacked.join("audit/events.json");
    let text = fs::read_to_string(&event).unwrap();
    fs::write(&event, text.replacen("\"kind\"", "\"kinD\"", 1)).unwrap();
    let (code, said) = check();
    assert_eq!(code, Some(1), "{said}");
    let unknown = run(
        data,
        &["document", "evidence", "2027-10001-1-000009-0", "--out", "x.zip"],
    );
    assert_eq!(unknown.code, 2, "{}", unknown.err);
}

/// A seal that is revoked counts no more, and a new one is there for the next document.
fn revocation(data: Place<'_>, pdf: &[u8]) {
    let folder = tempdir().unwrap();
    let file = folder.path().join("sealed.pdf");
    fs::write(&file, pdf).unwrap();
    let judge = || run(data, &["verify", file.to_str().unwrap(), "--json"]);
    assert_eq!(judge().code, 0);
    let revoke = [
        "admin",
        "seal",
        "revoke",
        "--school",
        "10001",
        "--reason",
        "key-compromise",
    ];
    let said = good(data, &revoke);
    assert!(
        said.contains("revoked") && said.contains("revocation list"),
        "{said}"
    );
    let judged = judge();
    assert_eq!(judged.code, 1, "{}", judged.out);
    assert!(judged.out.contains("revoked"), "{}", judged.out);
    let checked = good(data, &["verify", "--all"]);
    assert!(
        checked.contains("1 sealed documents judged, 1 of them"),
        "{checked}"
    );
}

#[tokio::test]
async fn a_school_set_up_by_the_command_line_alone_signs_its_first_agreement() {
    let dir = tempdir().unwrap();
    first_agreement(Place::from(&dir.path().join("data"))).await;
}

#[tokio::test]
async fn the_same_on_postgres() {
    let dir = tempdir().unwrap();
    let database = Database::create().await;
    first_agreement(Place {
        data: &dir.path().join("data"),
        database: Some(database.url()),
    })
    .await;
    database.discard().await;
}
