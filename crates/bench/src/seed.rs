//! The world that is measured: one school of 30,000 students in the year, forty employers, twenty thousand
//! agreements in all stages, made through the functions that the pages call.

use crate::names::{
    COLLEGES, EMPLOYERS, SCHOOL, SCHOOL_CODE, YEAR, agreement, college, employer, member, reviewer, staff,
    student, student_account,
};
use crate::people::{self as who, Cast};
use crate::session;
use anyhow::Context;
use domain::agreement::Content;
use domain::ids::{AccountId, SchoolId};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use store::accounts::{self, NewAccount, PasswordHash, Role};
use store::agreements::{self, NewDraft};
use store::people::{self, EntryStatus, SourceDecision};
use store::schools::{self, NewSchool, ParamChange};
use store::{Conn, Error, Store, StoreConfig};

/// Students written in one transaction.
const CHUNK: u64 = 500;

/// How many there are, and which agreement is how far: numbers of students, whose agreement has the same.
#[derive(Debug, Clone)]
pub struct Size {
    /// All students.
    pub students: u64,
    /// Offers to be accepted.
    pub offered: Range<u64>,
    /// Drafts to be sent.
    pub drafts: Range<u64>,
    /// In the colleges' queues.
    pub college: Range<u64>,
    /// In the school's queue.
    pub school: Range<u64>,
    /// In force.
    pub effective: Range<u64>,
    /// Students without an agreement. The rest still waits for a college to approve the source information.
    pub free: Range<u64>,
}

impl Size {
    /// The whole world, or a tenth of it.
    pub fn new(quick: bool) -> Self {
        let unit = if quick { 200 } else { 2000 };
        Self {
            students: 15 * unit,
            offered: 0..4 * unit,
            drafts: 4 * unit..7 * unit,
            college: 7 * unit..8 * unit,
            school: 8 * unit..9 * unit,
            effective: 9 * unit..10 * unit,
            free: 10 * unit..14 * unit,
        }
    }
}

/// Makes the world in `data`, on SQLite.
pub async fn seed(data: &Path, size: &Size) -> anyhow::Result<()> {
    let config = StoreConfig {
        data: data.to_owned(),
        database: None,
    };
    let store = Store::open(&config, crate::env::real()).await?;
    store.migrate().await?;
    let hasher = web::auth::password::Hasher::new(web::auth::password::Cost::default(), store.env().clone());
    let hash = hasher.hash(who::PASSWORD.to_owned()).await;
    let hash = PasswordHash(hash.map_err(|_| anyhow::anyhow!("the password could not be hashed"))?);
    let cast = Arc::new(Cast {
        store: store.clone(),
        hash,
        content: Content::standard(who::terms()),
        now: store.env().now(),
    });
    let chief = Arc::clone(&cast);
    store
        .write(move |c| {
            let cast = Arc::clone(&chief);
            Box::pin(async move { setting(c, &cast).await })
        })
        .await
        .context("the setting")?;
    for start in (0..size.students).step_by(usize::try_from(CHUNK)?) {
        let (cast, size) = (Arc::clone(&cast), size.clone());
        store
            .write(move |c| {
                let (cast, size) = (Arc::clone(&cast), size.clone());
                Box::pin(async move {
                    for n in start..(start + CHUNK).min(size.students) {
                        enrol(c, &cast, &size, n).await?;
                        play(c, &cast, &size, n).await?;
                    }
                    Ok(())
                })
            })
            .await
            .with_context(|| format!("students from {start}"))?;
    }
    drop((cast, store));
    settle(data)
}

/// The documents of what is in force already are left for next year: nobody measures them. And a file
/// without a log.
fn settle(data: &Path) -> anyhow::Result<()> {
    let connection = rusqlite::Connection::open(data.join("sanfang.db"))?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.execute(
        "UPDATE outbox SET available_at = available_at + 31536000000000",
        [],
    )?;
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

async fn setting(c: &mut Conn<'_>, cast: &Cast) -> Result<(), Error> {
    let new = NewSchool {
        code: SCHOOL_CODE.into(),
        name: "江城理工大学".into(),
        short_name: "江城理工".into(),
        contact: "就业指导中心".into(),
        phone: "027-87654321".into(),
        address: "江城市高新区明德路 1 号".into(),
        postcode: "430000".into(),
    };
    let school = schools::create(c, &new, cast.now).await?;
    if school != SCHOOL {
        return Err(Error::Corrupt("the first school has another number".into()));
    }
    schools::add_year(c, school, YEAR).await?;
    let second_factor = ParamChange {
        year: 0,
        key: "second_factor".into(),
        value: "none".into(),
        by: None,
    };
    schools::set_param(c, school, &second_factor, cast.now).await?;
    for n in 0..COLLEGES {
        people::college_create_or_get(c, school, college(n), &format!("第{n}学院")).await?;
        account(
            c,
            cast,
            reviewer(n),
            Owner::Staff(Role::College, format!("xy{n}")),
        )
        .await?;
        accounts::add_college(c, school, reviewer(n), college(n)).await?;
        session::begin(c, school, reviewer(n), cast.now).await?;
    }
    account(c, cast, staff(), Owner::Staff(Role::School, "zx".into())).await?;
    session::begin(c, school, staff(), cast.now).await?;
    for n in 0..EMPLOYERS {
        people::employer_insert(c, &who::employer(n), cast.now).await?;
        people::certification_set(c, employer(n), EntryStatus::Approved).await?;
        people::entry_set(
            c,
            (school, employer(n)),
            EntryStatus::Approved,
            None,
            Some(cast.now),
        )
        .await?;
        account(c, cast, member(n), Owner::Employer(n)).await?;
        session::begin(c, SchoolId::NONE, member(n), cast.now).await?;
    }
    Ok(())
}

/// Whose an account is.
enum Owner {
    Staff(Role, String),
    Employer(u64),
    Student(u64),
}

async fn account(c: &mut Conn<'_>, cast: &Cast, id: AccountId, owner: Owner) -> Result<(), Error> {
    let (school_id, role, login) = match &owner {
        Owner::Staff(role, login) => (SCHOOL, *role, login.clone()),
        Owner::Employer(n) => (SchoolId::NONE, Role::Employer, format!("hr{n}")),
        Owner::Student(n) => (SCHOOL, Role::Student, who::student_no(*n)),
    };
    let new = NewAccount {
        school_id,
        id,
        role,
        name: format!("{login} 的人"),
        login,
        employer_id: if let Owner::Employer(n) = owner {
            Some(employer(n))
        } else {
            None
        },
        student_id: if let Owner::Student(n) = owner {
            Some(student(n))
        } else {
            None
        },
        created_at: cast.now,
    };
    accounts::create(c, &new).await?;
    accounts::set_password(c, (school_id, id), &cast.hash, &[], cast.now).await
}

async fn enrol(c: &mut Conn<'_>, cast: &Cast, size: &Size, n: u64) -> Result<(), Error> {
    people::student_insert(c, &cast.store, SCHOOL, &who::student(n)).await?;
    if n < size.free.end {
        people::source_decide(
            c,
            (SCHOOL, &[college(n)]),
            &[student(n)],
            &SourceDecision::Approve,
            cast.now,
        )
        .await?;
    }
    account(c, cast, student_account(n), Owner::Student(n)).await?;
    session::begin(c, SCHOOL, student_account(n), cast.now).await
}

/// Lets the agreement of a student come as far as it is to be.
async fn play(c: &mut Conn<'_>, cast: &Cast, size: &Size, n: u64) -> Result<(), Error> {
    let reached = [
        &size.drafts,
        &size.offered,
        &size.college,
        &size.school,
        &size.effective,
    ]
    .iter()
    .position(|range| range.contains(&n));
    let Some(reached) = reached else { return Ok(()) };
    let draft = NewDraft {
        id: agreement(n),
        school: SCHOOL,
        student: student(n),
        content: cast.content.clone(),
        ticked: who::all_keys(&cast.content),
        actor: who::employer_actor(n),
        origin: who::origin(),
    };
    let env = cast.store.env();
    agreements::create(c, &draft, env).await?;
    for act in who::acts(&cast.content, cast.now, n).into_iter().take(reached) {
        agreements::act(c, &act, env).await?;
    }
    Ok(())
}

/// The database of a data folder, for a look from outside.
pub fn file(data: &Path) -> std::path::PathBuf {
    data.join("sanfang.db")
}
