//! Who there is in the tests: three schools, three employers, students and staff, and an agreement for each pair.

use domain::agreement::clause::Ticks;
use domain::agreement::terms::{Archive, ArchiveKind, ContractTerm, Household, HouseholdKind, Money, Terms};
use domain::agreement::{Command, Content, Party};
use domain::ids::{AccountId, AgreementId, CollegeId, EmployerId, SchoolId, StudentId, uuid_v7};
use domain::policy::Actor;
use std::collections::BTreeSet;
use std::time::Duration;
use store::accounts::{self, NewAccount, PasswordHash, Role};
use store::agreements::{self, Act, NewDraft, Origin};
use store::people::{self, EntryStatus, NewEmployer, NewStudent, SourceDecision};
use store::schools::{self, NewSchool};
use store::testing::World;
use tokio::sync::OnceCell;
use uuid::Uuid;
use web::auth::password::{Cost, Hasher};

/// Everybody's password.
pub const PASSWORD: &str = "Fjord-84-vexing";
/// The graduation year.
pub const YEAR: i32 = 2027;

/// Somebody who can log in.
#[derive(Debug, Clone)]
pub struct Login {
    /// The page.
    pub door: &'static str,
    /// The school's code.
    pub school: Option<String>,
    /// The login name.
    pub login: String,
    /// The account's school.
    pub home: SchoolId,
    /// The account.
    pub account: AccountId,
}

/// One school with its people.
#[derive(Debug, Clone)]
pub struct Campus {
    /// Which.
    pub id: SchoolId,
    /// Its code.
    pub code: String,
    /// Two colleges.
    pub colleges: [CollegeId; 2],
    /// A student of each.
    pub students: [StudentId; 2],
    /// Their logins.
    pub student_logins: [Login; 2],
    /// A reviewer of the first college.
    pub reviewer: Login,
    /// A member of staff.
    pub staff: Login,
    /// A second one.
    pub second_staff: Login,
}

/// One employer.
#[derive(Debug, Clone)]
pub struct Firm {
    /// Which.
    pub id: EmployerId,
    /// Its 统一社会信用代码.
    pub uscc: String,
    /// A member.
    pub login: Login,
}

/// Everybody.
#[derive(Debug, Clone)]
pub struct Cast {
    /// Two schools with people, and one that no employer has entered.
    pub schools: [Campus; 2],
    /// A school without anybody.
    pub empty_school: String,
    /// Two employers, both at the first school, the first one at both.
    pub firms: [Firm; 2],
    /// The platform's administrator.
    pub platform: Login,
}

static HASH: OnceCell<String> = OnceCell::const_new();

async fn hash(world: &World) -> PasswordHash {
    let hasher = Hasher::new(Cost::FLOOR, world.env.clone());
    let made = HASH.get_or_init(|| async move { hasher.hash(PASSWORD.into()).await.unwrap() });
    PasswordHash(made.await.clone())
}

fn uuid(world: &World) -> Uuid {
    world.clock.advance(Duration::from_micros(1));
    uuid_v7(world.env.now(), world.env.random.as_ref())
}

/// Everybody comes.
pub async fn invite(world: &World) -> Cast {
    let (first, second) = (campus(world, "10001").await, campus(world, "10002").await);
    school(world, "10003").await;
    let both = firm(world, 1, &[first.id, second.id]).await;
    let one = firm(world, 2, &[first.id]).await;
    let platform = account(
        world,
        Role::Platform,
        (SchoolId::NONE, None),
        "root",
        (None, None),
    )
    .await;
    Cast {
        schools: [first, second],
        empty_school: "10003".into(),
        firms: [both, one],
        platform,
    }
}

async fn school(world: &World, code: &str) -> SchoolId {
    let new = NewSchool {
        code: code.into(),
        name: format!("第{code}大学"),
        short_name: code.into(),
        ..NewSchool::default()
    };
    let now = world.env.now();
    let make = world.store.write(move |c| {
        let new = new.clone();
        Box::pin(async move {
            let id = schools::create(c, &new, now).await?;
            schools::add_year(c, id, YEAR).await?;
            Ok(id)
        })
    });
    make.await.unwrap()
}

async fn campus(world: &World, code: &str) -> Campus {
    let id = school(world, code).await;
    let mut colleges = Vec::new();
    let mut students = Vec::new();
    let mut logins = Vec::new();
    for (n, name) in ["计算机学院", "法学院"].into_iter().enumerate() {
        let college = CollegeId(uuid(world));
        let student = student(world, id, college, n).await;
        let login = format!("{YEAR}{n:04}");
        logins.push(
            account(
                world,
                Role::Student,
                (id, Some(code)),
                &login,
                (None, Some(student)),
            )
            .await,
        );
        colleges.push(college);
        students.push(student);
        let _ = name;
    }
    let reviewer = account(world, Role::College, (id, Some(code)), "reviewer", (None, None)).await;
    let (account_id, college) = (reviewer.account, colleges[0]);
    let duty = world
        .store
        .write(move |c| Box::pin(accounts::add_college(c, id, account_id, college)));
    duty.await.unwrap();
    let staff = account(world, Role::School, (id, Some(code)), "staff", (None, None)).await;
    let second_staff = account(world, Role::School, (id, Some(code)), "staff2", (None, None)).await;
    Campus {
        id,
        code: code.into(),
        colleges: colleges.try_into().unwrap(),
        students: students.try_into().unwrap(),
        student_logins: logins.try_into().unwrap(),
        reviewer,
        staff,
        second_staff,
    }
}

async fn student(world: &World, school: SchoolId, college: CollegeId, n: usize) -> StudentId {
    let id = StudentId(uuid(world));
    let (store, now) = (world.store.clone(), world.env.now());
    let make = world.store.write(move |c| {
        let store = store.clone();
        Box::pin(async move {
            people::college_create_or_get(c, school, college, &format!("学院{n}")).await?;
            let new = NewStudent {
                id,
                year: YEAR,
                college_id: college,
                student_no: format!("{}{YEAR}{n:04}", ["", "M"][n]),
                exam_no: String::new(),
                name: ["张𬭎", "古丽·买买提"][n].into(),
                gender: "1".into(),
                degree: "31".into(),
                major: "软件工程".into(),
                class_name: "一班".into(),
                training_mode: "1".into(),
                id_no: None,
                phone: None,
            };
            people::student_insert(c, &store, school, &new).await?;
            people::source_decide(c, (school, &[college]), &[id], &SourceDecision::Approve, now).await?;
            Ok(())
        })
    });
    make.await.unwrap();
    id
}

async fn account(
    world: &World,
    role: Role,
    (home, code): (SchoolId, Option<&str>),
    login: &str,
    (employer_id, student_id): (Option<EmployerId>, Option<StudentId>),
) -> Login {
    let (id, hash, now) = (AccountId(uuid(world)), hash(world).await, world.env.now());
    let new = NewAccount {
        school_id: home,
        id,
        role,
        login: login.into(),
        name: format!("{login} 的人"),
        employer_id,
        student_id,
        created_at: now,
    };
    let make = world.store.write(move |c| {
        let (new, hash) = (new.clone(), hash.clone());
        Box::pin(async move {
            accounts::create(c, &new).await?;
            accounts::set_password(c, (home, id), &hash, &[], now).await
        })
    });
    make.await.unwrap();
    let door = match role {
        Role::Employer => "/login/employer",
        Role::Student => "/login/student",
        Role::College | Role::School | Role::Platform => "/login/staff",
    };
    Login {
        door,
        school: code.map(str::to_owned),
        login: login.into(),
        home,
        account: id,
    }
}

async fn firm(world: &World, n: usize, entered: &[SchoolId]) -> Firm {
    let id = EmployerId(uuid(world));
    let (entered, now) = (entered.to_vec(), world.env.now());
    let make = world.store.write(move |c| {
        let entered = entered.clone();
        Box::pin(async move {
            people::employer_insert(c, &employer(id, n), now).await?;
            people::certification_set(c, id, EntryStatus::Approved).await?;
            for school in entered {
                people::entry_set(c, (school, id), EntryStatus::Approved, None, Some(now)).await?;
            }
            Ok(())
        })
    });
    make.await.unwrap();
    let login = account(
        world,
        Role::Employer,
        (SchoolId::NONE, None),
        &format!("hr{n}"),
        (Some(id), None),
    )
    .await;
    let uscc = uscc(n);
    Firm { id, uscc, login }
}

fn uscc(n: usize) -> String {
    format!("91620000MA0000000{n}")
}

fn employer(id: EmployerId, n: usize) -> NewEmployer {
    NewEmployer {
        id,
        uscc: uscc(n),
        name: format!("第{n}科技有限公司"),
        nature: "31".into(),
        industry: "I".into(),
        scale: "1".into(),
        region: "620100".into(),
        address: "城关区".into(),
        postcode: "730000".into(),
        legal_person: "李四".into(),
        contact: "王五".into(),
        phone: "0931-1234567".into(),
        email: "hr@example.com".into(),
        has_personnel_authority: false,
    }
}

/// Terms that the rules accept.
pub fn terms() -> Terms {
    Terms {
        position: "后端工程师".into(),
        position_category: "13".into(),
        work_province: "620000".into(),
        work_place: "兰州市城关区".into(),
        major_match: Some(true),
        actual_employer: None,
        contract: ContractTerm::Fixed { months: 36 },
        service_months: None,
        probation_months: 3,
        probation_pay: Money::yuan(8000),
        regular_pay: Money::yuan(10_000),
        benefits: None,
        report_from: jiff::civil::date(2027, 7, 1),
        report_to: jiff::civil::date(2027, 7, 10),
        report_place: "兰州市城关区".into(),
        archive: Archive {
            kind: ArchiveKind::School,
            receiver: None,
            address: None,
            postcode: None,
            contact: None,
            phone: None,
        },
        household: Household {
            kind: HouseholdKind::Stay,
            address: None,
        },
        party_relation: None,
        penalty_employer: Money(0),
        penalty_student: Money(0),
        exemptions: Vec::new(),
        supplementary: Vec::new(),
    }
}

/// How far an agreement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Drafted.
    Draft,
    /// Offered to the student.
    Offered,
    /// Accepted: in the college's queue.
    CollegeReview,
    /// In the school's queue.
    SchoolReview,
    /// In force.
    Effective,
}

impl Firm {
    fn actor(&self) -> Actor {
        Actor::Employer {
            account: self.login.account,
            employer: self.id,
        }
    }

    /// Makes an agreement with a student.
    pub async fn agreement(&self, world: &World, campus: &Campus, n: usize, stage: Stage) -> AgreementId {
        let id = AgreementId(uuid(world));
        let content = Content::standard(terms());
        let all: BTreeSet<String> = content.clauses.iter().map(|clause| clause.key.clone()).collect();
        let draft = NewDraft {
            id,
            school: campus.id,
            student: campus.students[n],
            content: content.clone(),
            ticked: keys(&content, Party::Employer),
            actor: self.actor(),
            origin: origin(),
        };
        let env = world.env.clone();
        let make = world.store.write(move |c| {
            let (draft, env) = (draft.clone(), env.clone());
            Box::pin(async move { agreements::create(c, &draft, &env).await })
        });
        make.await.unwrap();
        let deadline = world
            .env
            .now()
            .checked_add(jiff::SignedDuration::from_hours(5 * 24))
            .unwrap();
        let student = Actor::Student {
            account: campus.student_logins[n].account,
            school: campus.id,
            student: campus.students[n],
        };
        let reviewer = Actor::College {
            account: campus.reviewer.account,
            school: campus.id,
            colleges: campus.colleges.to_vec(),
        };
        let staff = Actor::School {
            account: campus.staff.account,
            school: campus.id,
        };
        let accept = Command::Accept {
            ticks: Ticks::new(),
            method_agreed: true,
            second_factor: Some(domain::params::Factor::Password),
        };
        let steps = [
            (
                Stage::Offered,
                self.actor(),
                Command::Send {
                    deadline,
                    ticks: Ticks::new(),
                },
            ),
            (Stage::CollegeReview, student, accept),
            (Stage::SchoolReview, reviewer, Command::CollegeApprove),
            (Stage::Effective, staff, Command::SchoolApprove),
        ];
        for (reached, actor, command) in steps {
            if reached <= stage {
                let act = Act {
                    school: campus.id,
                    id,
                    version: None,
                    command,
                    ticked: all.clone(),
                    actor,
                    origin: origin(),
                };
                agreements::perform(&world.store, act).await.unwrap();
            }
        }
        id
    }
}

fn keys(content: &Content, party: Party) -> BTreeSet<String> {
    let mine = content
        .clauses
        .iter()
        .filter(|clause| clause.confirmed_by.contains(&party));
    mine.map(|clause| clause.key.clone()).collect()
}

fn origin() -> Origin {
    Origin {
        address: "127.0.0.1".into(),
        client: "test".into(),
    }
}
