//! Stores a checked roster: one transaction, all of it or nothing. The same file again changes nothing.

use super::Problem;
use super::columns::Column;
use super::rows::Row;
use crate::activation::{self, Activation};
use domain::ids::{AccountId, CollegeId, SchoolId, StudentId};
use domain::ports::Env;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::accounts::{self, NewAccount, Role, Status};
use store::people::{self, NewStudent, Upserted};
use store::sealed::PersonalNumber;
use store::{Conn, Error, Store, schools};

/// A roster to be stored.
#[derive(Clone)]
pub struct Task {
    /// Whose.
    pub school: SchoolId,
    /// Graduation year 届.
    pub year: i32,
    /// The students.
    pub rows: Vec<Row>,
    /// Whether everybody who has not yet chosen a password gets a new activation link.
    pub links: bool,
}

/// What became of it.
#[derive(Default)]
pub struct Outcome {
    /// Students that are new.
    pub inserted: usize,
    /// Students that were changed, and have to be reviewed again.
    pub updated: usize,
    /// Students that were the same.
    pub unchanged: usize,
    /// The links to hand over.
    pub links: Vec<Link>,
}

/// An activation link and whose it is.
pub struct Link {
    /// 学号.
    pub student_no: String,
    /// 姓名.
    pub name: String,
    /// The link.
    pub activation: Activation,
}

impl Task {
    /// What contradicts the database: identity numbers and login names that somebody else has.
    pub async fn conflicts(&self, store: &Store) -> Result<Vec<Problem>, Error> {
        let (task, memory) = (Arc::new(self.clone()), store.clone());
        store
            .read(move |c| {
                let (task, memory) = (task.clone(), memory.clone());
                Box::pin(async move {
                    let mut problems = Vec::new();
                    for row in &task.rows {
                        problems.extend(taken_identity(c, &memory, &task, row).await?);
                        problems.extend(taken_login(c, &task, row).await?);
                    }
                    Ok(problems)
                })
            })
            .await
    }
}

async fn taken_identity(
    c: &mut Conn<'_>,
    store: &Store,
    task: &Task,
    row: &Row,
) -> Result<Option<Problem>, Error> {
    let number = PersonalNumber::new(row.id_no.expose());
    let owner = people::student_no_by_id_no(c, store, task.school, task.year, &number).await?;
    Ok(owner
        .filter(|owner| *owner != row.student_no)
        .map(|owner| Problem {
            row: row.line,
            column: Column::IdNo.title(),
            message: format!("已属于学号 {owner} 的毕业生"),
        }))
}

async fn taken_login(c: &mut Conn<'_>, task: &Task, row: &Row) -> Result<Option<Problem>, Error> {
    let Some(account) = accounts::by_login(c, task.school, &row.student_no, Role::ALL).await? else {
        return Ok(None);
    };
    let student = match account.student_id {
        Some(id) => people::student_by_id(c, task.school, id).await?,
        None => None,
    };
    let message = match student {
        Some(student) if student.year == task.year => return Ok(None),
        Some(student) => format!("已是 {} 届毕业生的账号", student.year),
        None => "已是其他人的账号".to_owned(),
    };
    Ok(Some(Problem {
        row: row.line,
        column: Column::StudentNo.title(),
        message,
    }))
}

/// A row with everything drawn in advance that a transaction may need, because it may run twice.
struct Prepared {
    student: NewStudent,
    college: String,
    account: AccountId,
    activation: Option<Activation>,
}

struct Plan {
    school: SchoolId,
    year: i32,
    now: Timestamp,
    colleges: BTreeMap<String, CollegeId>,
    rows: Vec<Prepared>,
}

impl Plan {
    fn of(task: Task, env: &Env) -> Self {
        let now = env.now();
        let mut colleges = BTreeMap::new();
        let mut rows = Vec::with_capacity(task.rows.len());
        for row in task.rows {
            let random = env.random.as_ref();
            let college = *colleges
                .entry(row.college.clone())
                .or_insert_with(|| CollegeId::new(now, random));
            let links = task
                .links
                .then(|| Activation::new(env, task.school, activation::STUDENT));
            rows.push(Prepared {
                college: row.college.clone(),
                account: AccountId::new(now, random),
                activation: links,
                student: student(row, task.year, college, StudentId::new(now, random)),
            });
        }
        Self {
            school: task.school,
            year: task.year,
            now,
            colleges,
            rows,
        }
    }
}

fn student(row: Row, year: i32, college_id: CollegeId, id: StudentId) -> NewStudent {
    NewStudent {
        id,
        year,
        college_id,
        student_no: row.student_no,
        exam_no: row.exam_no,
        name: row.name.as_str().to_owned(),
        gender: row.gender.to_owned(),
        degree: row.degree.to_owned(),
        major: row.major,
        class_name: row.class_name,
        training_mode: row.training_mode.to_owned(),
        id_no: Some(PersonalNumber::new(row.id_no.expose())),
        phone: row.phone.map(|phone| PersonalNumber::new(phone.expose())),
    }
}

/// Stores a roster that has no conflicts.
pub async fn import(store: &Store, task: Task) -> Result<Outcome, Error> {
    let plan = Arc::new(Plan::of(task, store.env()));
    let memory = store.clone();
    store
        .write(move |c| {
            let (plan, memory) = (plan.clone(), memory.clone());
            Box::pin(async move { write(c, &memory, &plan).await })
        })
        .await
}

async fn write(c: &mut Conn<'_>, store: &Store, plan: &Plan) -> Result<Outcome, Error> {
    schools::add_year(c, plan.school, plan.year).await?;
    let mut colleges = BTreeMap::new();
    for (name, &id) in &plan.colleges {
        colleges.insert(
            name,
            people::college_create_or_get(c, plan.school, id, name).await?,
        );
    }
    let mut outcome = Outcome::default();
    for row in &plan.rows {
        let college_id = colleges
            .get(&row.college)
            .copied()
            .unwrap_or(row.student.college_id);
        let student = NewStudent {
            college_id,
            ..row.student.clone()
        };
        let upserted = people::student_upsert(c, store, plan.school, &student).await?;
        match upserted {
            Upserted::Inserted(_) => outcome.inserted += 1,
            Upserted::Updated(_) => outcome.updated += 1,
            Upserted::Unchanged(_) => outcome.unchanged += 1,
        }
        outcome.links.extend(account(c, plan, row, upserted.id()).await?);
    }
    Ok(outcome)
}

/// Makes the student's account if there is none; a link where one is wanted and the account has no password yet.
async fn account(
    c: &mut Conn<'_>,
    plan: &Plan,
    row: &Prepared,
    student: StudentId,
) -> Result<Option<Link>, Error> {
    let login = &row.student.student_no;
    let found = accounts::by_login(c, plan.school, login, &[Role::Student]).await?;
    let (id, status) = if let Some(account) = found {
        (account.id, account.status)
    } else {
        let new = NewAccount {
            school_id: plan.school,
            id: row.account,
            role: Role::Student,
            login: login.clone(),
            name: row.student.name.clone(),
            employer_id: None,
            student_id: Some(student),
            created_at: plan.now,
        };
        accounts::create(c, &new).await?;
        (row.account, Status::Invited)
    };
    let Some(activation) = row.activation.clone().filter(|_| status == Status::Invited) else {
        return Ok(None);
    };
    accounts::set_activation(c, plan.school, id, &activation.hash, activation.expires_at).await?;
    Ok(Some(Link {
        student_no: login.clone(),
        name: row.student.name.clone(),
        activation,
    }))
}
