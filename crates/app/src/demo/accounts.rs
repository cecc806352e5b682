//! Which accounts are worth trying: read from the database, so that they show what they say also after
//! people have played with it.

use super::{Account, PASSWORD};
use domain::agreement::StateKind;
use domain::ids::SchoolId;
use store::accounts::{self, Role};
use store::lists::{self, Filter, Item, Owner};
use store::people::{self, SourcePage, SourceStatus};
use store::schools::{self, School};
use store::{Conn, Error, Store};

/// The main accounts of these employers are listed, in this order.
const EMPLOYERS: [(&str, &str); 7] = [
    (
        "yuntu",
        "已入驻两所学校，各种状态的协议 · in both schools, agreements in every state",
    ),
    ("yuntu-hr", "同一单位的另一位 HR · a colleague"),
    ("guangdian", "已入驻两所学校 · in both schools"),
    ("guidao", "已入驻江城理工 · in the first school"),
    ("dhzx", "已入驻东湖师大 · in the second school"),
    ("dingxin", "入驻待审核 · entry waits for the school"),
    ("chenguang", "入驻被退回 · entry was sent back"),
];

/// Of students in these states, one each is listed.
const STATES: [(StateKind, &str); 8] = [
    (StateKind::Offered, "有待确认的邀约 · has an open offer"),
    (StateKind::Effective, "已签约 · has signed"),
    (StateKind::CollegeReview, "院系审核中 · the college reviews"),
    (StateKind::SchoolReview, "学校审核中 · the school reviews"),
    (
        StateKind::Returned,
        "协议被审核退回 · was sent back by a reviewer",
    ),
    (StateKind::Terminating, "解约审核中 · a termination is under way"),
    (StateKind::Terminated, "已解约 · has ended an agreement"),
    (StateKind::Expired, "邀约已过期 · let an offer expire"),
];

/// How many students without any agreement are listed, in the first school and in the others.
const FREE: [usize; 2] = [3, 1];

/// The accounts, always in the same order.
pub async fn list(store: &Store) -> Result<Vec<Account>, Error> {
    store.read(|c| Box::pin(all(c))).await
}

async fn all(c: &mut Conn<'_>) -> Result<Vec<Account>, Error> {
    let mut found = Vec::new();
    for (login, note) in EMPLOYERS {
        let account = accounts::by_login(c, SchoolId::NONE, login, &[Role::Employer]).await?;
        found.extend(account.map(|account| entry(Role::Employer, None, &account.name, (login, note))));
    }
    let schools = schools::all(c).await?;
    for (n, school) in schools.iter().enumerate() {
        found.extend(students(c, school, FREE[n.min(1)]).await?);
    }
    for school in &schools {
        for (role, note) in [
            (Role::College, "院系审核 · reviews for a college"),
            (Role::School, "学校就业中心 · reviews for the school"),
        ] {
            let people = accounts::by_role(c, school.id, role).await?;
            found.extend(
                people
                    .iter()
                    .map(|one| entry(role, Some(&school.code), &one.name, (&one.login, note))),
            );
        }
    }
    let platform = accounts::by_role(c, SchoolId::NONE, Role::Platform).await?;
    let note = "平台管理 · the platform";
    found.extend(
        platform
            .iter()
            .map(|one| entry(Role::Platform, None, &one.name, (&one.login, note))),
    );
    Ok(found)
}

async fn students(c: &mut Conn<'_>, school: &School, free: usize) -> Result<Vec<Account>, Error> {
    let year = schools::years(c, school.id).await?.first().copied().unwrap_or(0);
    let mut found = without(c, school, year, free).await?;
    for (state, note) in STATES {
        let filter = Filter {
            states: vec![state],
            year: Some(year),
            ..Filter::default()
        };
        let page = lists::agreements(c, school.id, Owner::School, &filter, None).await?;
        let login = |item: &Item| item.student_no.clone();
        let listed = |item: &&Item| found.iter().any(|account: &Account| account.login == login(item));
        // The offer with the most time left; of anything else the oldest.
        let best = page
            .items
            .iter()
            .filter(|item| !listed(item))
            .rev()
            .max_by_key(|item| item.deadline_at);
        found.extend(best.map(|item| student(school, &item.student_name, &item.student_no, note)));
    }
    Ok(found)
}

/// Students to whom an offer can be made and who have had none.
async fn without(c: &mut Conn<'_>, school: &School, year: i32, count: usize) -> Result<Vec<Account>, Error> {
    let colleges = people::colleges(c, school.id).await?;
    let page = SourcePage {
        school: school.id,
        year,
        colleges: colleges.iter().map(|college| college.id).collect(),
        status: SourceStatus::Approved,
        after: None,
        limit: 1000,
    };
    let mut found = Vec::new();
    // Those with agreements have the first numbers of a college.
    for row in people::source_queue(c, &page).await?.iter().rev() {
        if found.len() == count {
            break;
        }
        if row.training_mode == "1" && lists::of_student(c, school.id, row.id).await?.is_empty() {
            found.push(student(
                school,
                &row.name,
                &row.student_no,
                "可签约 · can be made an offer",
            ));
        }
    }
    Ok(found)
}

fn student(school: &School, name: &str, login: &str, note: &'static str) -> Account {
    entry(Role::Student, Some(&school.code), name, (login, note))
}

fn entry(role: Role, school: Option<&String>, name: &str, (login, note): (&str, &'static str)) -> Account {
    Account {
        role,
        school: school.cloned(),
        name: name.to_owned(),
        login: login.to_owned(),
        password: PASSWORD.to_owned(),
        note,
    }
}
