//! A school with many students and two employers, set up by the command line, everybody signed in through
//! an activation link; and the acts that they do, as the forms send them.

use crate::support::{Browser, Page, Place, good};
use domain::ids::{AgreementId, SchoolId};
use domain::params::SecondFactor;
use serde_json::json;
use std::fmt::Write;
use std::fs;
use store::Store;
use store::schools::{self, ParamChange};

const PASSWORD: &str = "Muyu-Longzhou-2027";
const YEAR: &str = "2027";

/// Activation links.
pub struct Links {
    pub employers: [String; 2],
    pub students: Vec<String>,
    pub college: String,
    pub school: String,
}

/// An identity number of somebody born on 2004-01-01, with its check character.
fn id_number(n: usize) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("3201062004010{}{:03}", 1 + n / 1000, n % 1000);
    let sum: u32 = body
        .chars()
        .zip(WEIGHTS)
        .map(|(c, w)| c.to_digit(10).unwrap() * w)
        .sum();
    let check = b"10X98765432"[sum as usize % 11] as char;
    format!("{body}{check}")
}

fn roster(students: usize) -> String {
    let mut text = String::from("学号,考生号,姓名,性别,证件号码,学历,专业,院系,班级,手机\n");
    for n in 0..students {
        let id = id_number(n);
        let gender = if n % 2 == 1 { "男" } else { "女" };
        let no = student_no(n);
        writeln!(
            text,
            "{no},,张三,{gender},{id},本科,软件工程,计算机学院,一班,13912345678"
        )
        .unwrap();
    }
    text
}

/// Sets up a school 10001 with the command line. `params` are set beside the defaults.
pub fn found(place: Place<'_>, students: usize) -> Links {
    let file = place.data.with_file_name("roster.csv");
    let out = place.data.with_file_name("links.csv");
    fs::write(&file, roster(students)).unwrap();
    let run = |line: &str| good(place, &line.split(' ').collect::<Vec<_>>());
    run("admin school create --code 10001 --name 示例大学 --year 2027");
    let school = run("admin staff create --school 10001 --role school --login zhaosheng --name 赵生");
    let college = run(
        "admin staff create --school 10001 --role college --college 计算机学院 --login qianxue --name 钱学",
    );
    let (file, out_text) = (file.display().to_string(), out.display().to_string());
    run(&format!(
        "roster import {file} --school 10001 --year 2027 --activation-out {out_text}"
    ));
    let employer = "--name 示例科技有限公司 --school 10001 --login hr1 --person 孙力";
    let first = run(&format!(
        "admin employer create --uscc 9131000063159284XQ {employer}"
    ));
    let employer = "--name 样本制造有限公司 --school 10001 --login hr2 --person 李想";
    let second = run(&format!(
        "admin employer create --uscc 91310000MA1DEMA00K {employer}"
    ));
    let links = fs::read_to_string(out).unwrap();
    Links {
        employers: [first, second],
        students: links.lines().skip(1).map(str::to_owned).collect(),
        college,
        school,
    }
}

/// Somebody signed in, with a token for forms.
#[derive(Clone)]
pub struct Person {
    pub browser: Browser,
    pub token: String,
}

impl Person {
    /// Opens an activation link and chooses a password.
    pub async fn enter(url: &str, link: &str) -> Self {
        let browser = Browser::new(url);
        let page = browser.get(&link[link.find("/activate/").unwrap()..]).await;
        let typed = [("new_password", PASSWORD), ("repeat", PASSWORD)];
        let done = browser.submit(&page, "/activate/", &[], &typed).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let token = browser.token().await;
        Self { browser, token }
    }

    /// The same person when the site has another port.
    pub fn moved(&self, url: &str) -> Self {
        Self {
            browser: self.browser.moved(url),
            token: self.token.clone(),
        }
    }

    /// Sends an act.
    pub async fn send(&self, act: &Form) -> Result<Page, reqwest::Error> {
        let mut fields = act.fields.clone();
        fields.push(("csrf".into(), self.token.clone()));
        self.browser.post(&act.path, &fields).await
    }

    /// Sends an act that has to succeed; where it leads.
    pub async fn does(&self, act: &Form) -> String {
        let page = self.send(act).await.unwrap();
        assert_eq!(page.status, 303, "{}: {}", act.path, page.text());
        page.to
    }
}

/// A filled-in form, without its token.
#[derive(Debug, Clone)]
pub struct Form {
    pub path: String,
    pub fields: Vec<(String, String)>,
}

/// A form of these fields.
pub fn form(path: String, fields: &[(&str, &str)]) -> Form {
    let fields = fields
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()));
    Form {
        path,
        fields: fields.collect(),
    }
}

/// An agreement as the clients know it.
#[derive(Debug, Clone)]
pub struct Deal {
    pub id: AgreementId,
    /// The edit form as it was sent first.
    edit: Vec<(String, String)>,
    /// The student's ticks.
    ticks: Vec<(String, String)>,
}

/// What an employer types.
const TERMS: [(&str, &str); 16] = [
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

fn without(mut fields: Vec<(String, String)>, names: &[&str]) -> Vec<(String, String)> {
    fields.retain(|(name, _)| !names.contains(&name.as_str()));
    fields
}

/// The number 学号 of the nth student of the roster.
pub fn student_no(n: usize) -> String {
    format!("2023{n:05}")
}

/// The filled-in form of an offer to the nth student.
pub async fn offer(employer: &Person, n: usize) -> Form {
    let list = format!("/employer/10001/2027/agreements?tab=eligible&q={}", student_no(n));
    let path = employer.browser.get(&list).await.link("/offer");
    let page = employer.browser.get(&path).await;
    let (path, fields) = page.form("/offer", &["tick"]);
    let typed: Vec<&str> = TERMS.iter().map(|(name, _)| *name).collect();
    let mut fields = without(fields, &[&typed[..], &["csrf"]].concat());
    fields.extend(form(String::new(), &TERMS).fields);
    Form { path, fields }
}

impl Deal {
    /// Saves a first draft.
    pub async fn draft(employer: &Person, offer: &Form) -> Self {
        let to = employer.does(offer).await;
        let id = to.rsplit('/').nth(1).unwrap().parse().unwrap();
        let (_, fields) = employer.browser.get(&to).await.form("/edit", &["tick"]);
        let typed: Vec<&str> = TERMS.iter().map(|(name, _)| *name).collect();
        let mut edit = without(fields, &[&typed[..], &["csrf"]].concat());
        edit.extend(form(String::new(), &TERMS).fields);
        Self {
            id,
            edit,
            ticks: Vec::new(),
        }
    }

    /// Reads the student's page once, for the names of the clauses to be ticked.
    pub async fn read(&mut self, student: &Person) {
        let page = student
            .browser
            .get(&format!("/student/agreements/{}", self.id))
            .await;
        let (_, fields) = page.form("/acceptance", &["tick"]);
        self.ticks = fields.into_iter().filter(|(name, _)| name == "tick").collect();
        assert!(!self.ticks.is_empty(), "{}", page.text());
    }

    fn by_employer(&self, noun: &str, version: i64, more: &[(&str, &str)]) -> Form {
        let path = format!("/employer/10001/{YEAR}/agreements/{}/{noun}", self.id);
        versioned(form(path, more), version)
    }

    pub fn edit(&self, version: i64) -> Form {
        let mut form = self.by_employer("edit", version, &[]);
        let version = form.fields.pop();
        form.fields = without(self.edit.clone(), &["version"]);
        form.fields.extend(version);
        form
    }

    pub fn send(&self, version: i64, days: i64) -> Form {
        self.by_employer("sending", version, &[("reply_days", &days.to_string())])
    }

    pub fn withdraw(&self, version: i64) -> Form {
        self.by_employer("withdrawal", version, &[])
    }

    /// The school asks for no second factor here.
    pub fn accept(&self, version: i64) -> Form {
        let path = format!("/student/agreements/{}/acceptance", self.id);
        let mut form = versioned(form(path, &[("signing", "yes")]), version);
        form.fields.extend(self.ticks.clone());
        form
    }

    /// The student asks for termination, with the letter that the system writes.
    pub async fn ask_for_termination(&self, student: &Person, version: i64, worker: &jobs::Worker) {
        let why = [("reason", "further_study"), ("text", "已协商一致")];
        let page = format!("/student/agreements/{}/termination", self.id);
        let order = versioned(form(format!("{page}/letter"), &why), version);
        let ordered = student.does(&order).await;
        worker.drain().await;
        let written = student.browser.get(&ordered).await;
        let (to, mut fields) = written.form(&page, &[]);
        fields.retain(|(name, _)| name == "kept" || name == "version");
        let mut asked = form(to, &why);
        asked.fields.extend(fields);
        student.does(&asked).await;
    }

    /// What a party does with a termination: `consent`, `refusal`, `cancellation`.
    pub fn termination(&self, party: &str, noun: &str, version: i64) -> Form {
        if party == "employer" {
            return self.by_employer(&format!("termination/{noun}"), version, &[("read", "yes")]);
        }
        let path = format!("/student/agreements/{}/termination/{noun}", self.id);
        versioned(form(path, &[("read", "yes")]), version)
    }

    /// A review, by `college` or `school`.
    pub fn review(&self, level: &str, noun: &str, version: i64) -> Form {
        let path = format!("/{level}/agreements/{}/{noun}", self.id);
        versioned(
            form(path, &[("reason", "terms_incomplete"), ("text", "请补充")]),
            version,
        )
    }
}

fn versioned(mut form: Form, version: i64) -> Form {
    form.fields.push(("version".into(), version.to_string()));
    form
}

/// Sets parameters of the school, by no one's hand, as the command line would.
pub async fn set_params(store: &Store, params: &[(&str, serde_json::Value)]) -> SchoolId {
    let params: Vec<_> = params
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    let now = store.env().now();
    let write = store.write(move |c| {
        let params = params.clone();
        Box::pin(async move {
            let school = schools::by_code(c, "10001")
                .await?
                .ok_or(store::Error::NotFound)?
                .id;
            for (key, value) in params {
                let change = ParamChange {
                    year: 0,
                    key,
                    value,
                    by: None,
                };
                schools::set_param(c, school, &change, now).await?;
            }
            Ok(school)
        })
    });
    write.await.unwrap()
}

/// No password at acceptance: the load is about acts, not about hashing.
pub fn no_second_factor() -> (&'static str, serde_json::Value) {
    ("second_factor", json!(SecondFactor::None))
}

/// The college approves the source information of everybody.
pub async fn approve_sources(college: &Person) {
    let form = "/college/students/approval";
    loop {
        let queue = college.browser.get("/college/students").await;
        if !queue.text().contains(form) {
            return;
        }
        let approved = college.browser.submit(&queue, form, &["student"], &[]).await;
        assert_eq!(approved.status, 303, "{}", approved.text());
    }
}
