//! An employer that is known only from an agreement on paper, and registers later under the same code.

use crate::support::{Place, Server, good, run};
use crate::town::{self, Person};
use crate::uploads::letter;
use store::testing::Database;
use tempfile::tempdir;

const USCC: &str = "91350100M000100Y43";

/// What the paper says; whoever registers it has mistyped the employer's name.
const PAPER: [(&str, &str); 18] = [
    ("employer", "兰州某某机戒有限公司"),
    ("uscc", USCC),
    ("position", "机械工程师"),
    ("position_category", "13"),
    ("work_province", "620000"),
    ("work_place", "兰州市城关区"),
    ("contract", "fixed"),
    ("contract_months", "36"),
    ("probation_months", "3"),
    ("probation_pay", "8000"),
    ("regular_pay", "10000"),
    ("report_from", "2027-07-01"),
    ("report_to", "2027-07-10"),
    ("report_place", "兰州市城关区"),
    ("archive_kind", "school"),
    ("household_kind", "stay"),
    ("penalty_employer", "0"),
    ("penalty_student", "0"),
];

/// Registers the paper and leads it through the reviews; where the student finds it.
async fn on_paper(student: &Person, college: &Person, staff: &Person) -> String {
    let page = student.browser.get("/student/paper").await;
    let (path, mut fields) = page.form("/student/paper", &[]);
    fields.retain(|(name, _)| PAPER.iter().all(|(other, _)| name != other) && name != "scan");
    fields.extend(PAPER.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let done = student
        .browser
        .post_file(&path, &fields, ("scan", "协议.pdf", letter()))
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    let id = done.to.rsplit('/').next().unwrap();
    for (who, area, version) in [(college, "college", "1"), (staff, "school", "2")] {
        let approve = town::form(
            format!("/{area}/agreements/{id}/approval"),
            &[("version", version)],
        );
        who.does(&approve).await;
    }
    done.to
}

async fn told(place: Place<'_>) {
    let links = town::found(place, 2);
    let server = Server::start(place, &["serve"]);
    let college = Person::enter(&server.url, &links.college).await;
    town::approve_sources(&college).await;
    let staff = Person::enter(&server.url, &links.school).await;
    let student = Person::enter(&server.url, &links.students[0]).await;
    let there = on_paper(&student, &college, &staff).await;
    let page = student.browser.get(&there).await.text();
    assert!(
        page.contains("兰州某某机戒有限公司") && page.contains("已签约"),
        "{page}"
    );

    // It registers: the record is its own from now on, certified, under its true name.
    let create = |uscc: &str, name: &str, login: &str| {
        let line = format!(
            "admin employer create --uscc {uscc} --name {name} --nature 39 --school 10001 --login {login} --person 周正"
        );
        run(place, &line.split(' ').collect::<Vec<_>>())
    };
    let made = create(USCC, "兰州某某机械有限公司", "hr3");
    assert_eq!(made.code, 0, "{}", made.err);
    let hr = Person::enter(&server.url, made.out.trim()).await;
    let list = hr.browser.get("/employer/10001/2027/agreements?tab=signed").await;
    let own = list.link("/agreements/");
    let page = hr.browser.get(&own).await.text();
    assert!(page.contains("机械工程师") && page.contains("张三"), "{page}");
    let scan = hr.browser.get(&hr.browser.get(&own).await.link("/files/")).await;
    assert!(
        scan.bytes.starts_with(b"%PDF-"),
        "the scan is the employer's to read"
    );
    // What was registered stays as it was registered.
    assert!(
        student
            .browser
            .get(&there)
            .await
            .text()
            .contains("兰州某某机戒有限公司")
    );
    // And it can offer like every other employer.
    let deal = town::Deal::draft(&hr, &town::offer(&hr, 1).await).await;
    hr.does(&deal.send(1, 5)).await;

    // From now on the code is taken: the name is no longer anybody's to correct.
    let other = create(USCC, "别的公司", "hr4");
    assert_eq!(other.code, 1, "{}", other.out);
    assert!(other.err.contains("兰州某某机械有限公司"), "{}", other.err);
    // Nor can anybody take over an employer that registered by itself.
    let taken = create("9131000063159284XQ", "别的公司", "hr5");
    assert!(
        taken.code == 1 && taken.err.contains("示例科技有限公司"),
        "{}",
        taken.err
    );
    assert_eq!(server.stop(), Some(0));
    good(place, &["verify", "--all"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_employer_known_from_a_paper_takes_over_its_record_when_it_registers() {
    let folder = tempdir().unwrap();
    told(Place::from(&folder.path().join("data"))).await;
    let (folder, database) = (tempdir().unwrap(), Database::create().await);
    let data = folder.path().join("data");
    told(Place {
        data: &data,
        database: Some(database.url()),
    })
    .await;
    database.discard().await;
}
