//! A school with two students and everybody who acts on their agreements; every identifier is known before.

use crate::fixtures;
use domain::agreement::terms::{Archive, ArchiveKind, ContractTerm, Household, HouseholdKind, Money, Terms};
use domain::agreement::{Agreement, Command, Content, Parties};
use domain::ids::{AccountId, AgreementId, CollegeId, EmployerId, SchoolId, StudentId};
use domain::policy::Actor;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use store::accounts::{self, NewAccount, Role};
use store::agreements::{self, Act, Loaded, NewDraft, Origin};
use store::people::{self, EntryStatus, NewEmployer, SourceDecision};
use store::schools::{self, ParamChange};
use store::testing::World;
use store::uploads::{self, NewUpload, Purpose};
use store::{Conn, Error, audit};
use uuid::Uuid;

const COLLEGE: CollegeId = CollegeId(Uuid::from_u128(0xC0));

/// One of two students.
pub fn student(n: usize) -> StudentId {
    StudentId(Uuid::from_u128(0x50 + n as u128))
}

/// One of two employers.
pub fn employer(n: usize) -> EmployerId {
    EmployerId(Uuid::from_u128(0xE0 + n as u128))
}

/// Everybody who could try something, as seen from one agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Employer,
    OtherEmployer,
    Student,
    OtherStudent,
    College,
    Staff,
    SecondStaff,
    System,
}

impl Who {
    pub const ALL: [Who; 8] = [
        Self::Employer,
        Self::OtherEmployer,
        Self::Student,
        Self::OtherStudent,
        Self::College,
        Self::Staff,
        Self::SecondStaff,
        Self::System,
    ];
    pub const CONCERNED: [Who; 6] = [
        Self::Employer,
        Self::Student,
        Self::College,
        Self::Staff,
        Self::SecondStaff,
        Self::System,
    ];
}

/// The actor, for an agreement of this employer and this student.
pub fn actor(school: SchoolId, who: Who, employer_n: usize, student_n: usize) -> Actor {
    let hr = |n: usize| Actor::Employer {
        account: account(n),
        employer: employer(n),
    };
    let graduate = |n: usize| Actor::Student {
        account: account(2 + n),
        school,
        student: student(n),
    };
    match who {
        Who::Employer => hr(employer_n),
        Who::OtherEmployer => hr(1 - employer_n),
        Who::Student => graduate(student_n),
        Who::OtherStudent => graduate(1 - student_n),
        Who::College => Actor::College {
            account: account(4),
            school,
            colleges: vec![COLLEGE],
        },
        Who::Staff => Actor::School {
            account: account(5),
            school,
        },
        Who::SecondStaff => Actor::School {
            account: account(6),
            school,
        },
        Who::System => Actor::System,
    }
}

/// Whose an agreement is.
pub fn parties(school: SchoolId, employer_n: usize, student_n: usize) -> Parties {
    Parties {
        school,
        year: 2027,
        student: student(student_n),
        college: COLLEGE,
        employer: employer(employer_n),
    }
}

/// Terms that the rules accept.
pub fn terms_with_pay(yuan: i64) -> Terms {
    Terms {
        position: "软件工程师".into(),
        position_category: "13".into(),
        work_province: "320000".into(),
        work_place: "南京市雨花台区".into(),
        major_match: Some(true),
        actual_employer: None,
        contract: ContractTerm::Fixed { months: 36 },
        service_months: None,
        probation_months: 3,
        probation_pay: Money::yuan(7_500),
        regular_pay: Money::yuan(yuan),
        benefits: None,
        report_from: jiff::civil::date(2027, 7, 1),
        report_to: jiff::civil::date(2027, 7, 10),
        report_place: "公司前台".into(),
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

/// Of the employers' members, the students, the college's reviewer, the school's staff.
fn account(n: usize) -> AccountId {
    AccountId(Uuid::from_u128(0xACC0 + n as u128))
}

/// An account, of an employer or a student where there is one.
async fn account_insert(
    c: &mut Conn<'_>,
    (school_id, n, role): (SchoolId, usize, Role),
    (employer_id, student_id): (Option<EmployerId>, Option<StudentId>),
    created_at: Timestamp,
) -> Result<(), Error> {
    let new = NewAccount {
        school_id,
        id: account(n),
        role,
        login: format!("login-{n}"),
        name: "李四".into(),
        employer_id,
        student_id,
        created_at,
    };
    accounts::create(c, &new).await
}

/// Both employers, certified, with an account each; once for a store.
pub async fn employers(world: &World) {
    for n in 0..2 {
        let new = NewEmployer {
            id: employer(n),
            uscc: format!("91620000MA0000000{n}"),
            name: format!("第{n}科技有限公司"),
            nature: "39".into(),
            industry: "34".into(),
            scale: "2".into(),
            region: "320000".into(),
            address: String::new(),
            postcode: String::new(),
            legal_person: String::new(),
            contact: String::new(),
            phone: String::new(),
            email: String::new(),
            has_personnel_authority: false,
        };
        let now = world.env.now();
        let write = world.write(move |c| {
            let new = new.clone();
            Box::pin(async move {
                people::employer_insert(c, &new, now).await?;
                people::certification_set(c, new.id, EntryStatus::Approved).await?;
                account_insert(c, (SchoolId(0), n, Role::Employer), (Some(new.id), None), now).await
            })
        });
        write.await.unwrap();
    }
}

static SCHOOLS: AtomicU32 = AtomicU32::new(10_000);

/// A school in which something plays.
pub struct Stage {
    pub school: SchoolId,
    /// How many agreements there are.
    pub agreements: usize,
}

impl Stage {
    /// A new school with two students, accounts for everybody, both employers admitted and allowed to ask for terminations, of which
    /// a student may ask for one.
    pub async fn set(world: &World) -> Self {
        let code = SCHOOLS.fetch_add(1, Ordering::Relaxed).to_string();
        let school = fixtures::school(world, &code).await;
        let made =
            world.write(move |c| Box::pin(people::college_create_or_get(c, school, COLLEGE, "计算机学院")));
        assert_eq!(made.await.unwrap(), COLLEGE);
        for n in 0..2 {
            let mut new = fixtures::student(world, COLLEGE, &format!("00{n}"), "张三");
            new.id = student(n);
            fixtures::stored_student(world, school, &new).await;
        }
        let now = world.env.now();
        let open = world.write(move |c| {
            Box::pin(async move {
                let both = [student(0), student(1)];
                people::source_decide(c, (school, &[COLLEGE]), &both, &SourceDecision::Approve, now).await?;
                for n in 0..2 {
                    people::entry_set(c, (school, employer(n)), EntryStatus::Approved, None, Some(now))
                        .await?;
                    account_insert(c, (school, 2 + n, Role::Student), (None, Some(student(n))), now).await?;
                }
                for (n, role) in [(4, Role::College), (5, Role::School), (6, Role::School)] {
                    account_insert(c, (school, n, role), (None, None), now).await?;
                }
                for (key, value) in [
                    ("employer_may_terminate", true.into()),
                    ("max_breaches", 1.into()),
                ] {
                    let change = ParamChange {
                        year: 0,
                        key: key.into(),
                        value,
                        by: None,
                    };
                    schools::set_param(c, school, &change, now).await?;
                }
                Ok(())
            })
        });
        open.await.unwrap();
        Self {
            school,
            agreements: 0,
        }
    }

    /// A first draft, every clause ticked.
    pub async fn draft(
        &self,
        world: &World,
        id: AgreementId,
        employer_n: usize,
        student_n: usize,
        pay: i64,
    ) -> Result<Agreement, Error> {
        let content = Content::standard(terms_with_pay(pay));
        let draft = NewDraft {
            id,
            school: self.school,
            student: student(student_n),
            ticked: keys(&content),
            content,
            actor: actor(self.school, Who::Employer, employer_n, student_n),
            origin: Origin::default(),
        };
        let env = world.env.clone();
        let write = world.write(move |c| {
            let (draft, env) = (draft.clone(), env.clone());
            Box::pin(async move { agreements::create(c, &draft, &env).await })
        });
        write.await
    }

    /// An act as the page would send it.
    pub fn asked(&self, agreement: &Agreement, actor: Actor, stale: bool, command: Command) -> Act {
        let content = match &command {
            Command::Edit { content } => content,
            _ => &agreement.content,
        };
        Act {
            school: self.school,
            id: agreement.id,
            version: Some(agreement.version - i64::from(stale)),
            ticked: keys(content),
            command,
            actor,
            origin: Origin::default(),
        }
    }

    /// A termination is asked for with a letter that was sent before.
    pub async fn with_letter(
        &self,
        world: &World,
        id: AgreementId,
        actor: &Actor,
        mut command: Command,
    ) -> Command {
        if let (Command::RequestTermination { letter, .. }, Some(account)) = (&mut command, actor.account()) {
            let new = NewUpload {
                school: self.school,
                agreement: Some(id),
                purpose: Purpose::Letter,
                account,
                name: "letter.pdf".into(),
                pages: 1,
                bytes: b"%PDF-1.7 a letter".to_vec(),
                media_type: "application/pdf",
            };
            let upload = uploads::put(&world.store, new).await.unwrap();
            let school = self.school;
            let read = world.read(move |c| Box::pin(uploads::get(c, school, upload)));
            *letter = read.await.unwrap().unwrap().file_id;
        }
        command
    }

    /// Does what is asked.
    pub async fn act(
        &self,
        world: &World,
        id: AgreementId,
        actor: Actor,
        stale: bool,
        command: impl FnOnce(&Agreement) -> Command,
    ) -> Result<Agreement, Error> {
        let agreement = self.look(world, id).await.0.agreement;
        let command = self.with_letter(world, id, &actor, command(&agreement)).await;
        agreements::perform(&world.store, self.asked(&agreement, actor, stale, command)).await
    }

    /// An agreement and its events.
    pub async fn look(&self, world: &World, id: AgreementId) -> (Loaded, Vec<audit::Entry>) {
        let school = self.school;
        let read = world.read(move |c| {
            Box::pin(async move {
                let loaded = agreements::load(c, school, id).await?.ok_or(Error::NotFound)?;
                Ok((loaded, audit::entries(c, school, id).await?))
            })
        });
        read.await.unwrap()
    }
}

fn keys(content: &Content) -> BTreeSet<String> {
    content.clauses.iter().map(|clause| clause.key.clone()).collect()
}
