//! Writes what is there before the first offer: schools, employers, students, accounts.

use super::numbers;
use super::people::{Review, Student};
use super::plan::{Person, Plan, SchoolPlan};
use super::play;
use super::random::Seeded;
use super::world::{EMPLOYERS, Entry};
use domain::ids::{AccountId, ApplicationId, CollegeId, EmployerId, SchoolId, StudentId};
use domain::params::china;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::accounts::{self, NewAccount, PasswordHash, Role};
use store::people::{self, EntryStatus, NewApplication, NewEmployer, Resume, SourceDecision};
use store::schools::{self, NewSchool, ParamChange};
use store::{Conn, Error, Store};

/// What all accounts share.
pub struct Keyring<'a> {
    /// For sealing.
    pub store: &'a Store,
    /// The hash of the one password.
    pub hash: &'a PasswordHash,
    /// Now.
    pub now: Timestamp,
}

/// The platform: its administrator, the employers and their people.
pub async fn platform(c: &mut Conn<'_>, plan: &Plan, keys: &Keyring<'_>) -> Result<(), Error> {
    account(
        c,
        keys,
        SchoolId::NONE,
        Owner::plain(Role::Platform),
        &plan.platform,
    )
    .await?;
    for (n, id) in plan.employers.iter().enumerate() {
        let rng = Seeded::new(EMPLOYERS[n].login);
        people::employer_insert(c, &employer(*id, n, &rng), plan.now).await?;
        people::certification_set(c, *id, EntryStatus::Approved).await?;
        account(c, keys, SchoolId::NONE, Owner::employer(*id), &plan.owners[n]).await?;
    }
    account(
        c,
        keys,
        SchoolId::NONE,
        Owner::employer(plan.employers[0]),
        &plan.member,
    )
    .await
}

fn employer(id: EmployerId, n: usize, rng: &Seeded) -> NewEmployer {
    let employer = &EMPLOYERS[n];
    let public = matches!(employer.codes[0], "22");
    NewEmployer {
        id,
        uscc: numbers::uscc(if public { "12" } else { "91" }, employer.place.0, n + 1),
        name: employer.name.to_owned(),
        nature: employer.codes[0].to_owned(),
        industry: employer.codes[1].to_owned(),
        scale: employer.codes[2].to_owned(),
        region: employer.place.0.to_owned(),
        address: employer.place.1.to_owned(),
        postcode: "430000".to_owned(),
        legal_person: super::names::ordinary(rng, "1"),
        contact: employer.contact.to_owned(),
        phone: numbers::landline("027", rng),
        // A name that never resolves (RFC 2606).
        email: format!("hr@{}.example", employer.login),
        has_personnel_authority: employer.files,
    }
}

/// A school with its years, parameters, colleges, staff, students, and the employers' entry to it.
pub async fn school(
    c: &mut Conn<'_>,
    plan: &Plan,
    (n, school): (usize, &SchoolPlan),
    keys: &Keyring<'_>,
) -> Result<(), Error> {
    let id = schools::create(c, &new_school(school), plan.now).await?;
    if id != school.id {
        // Somebody made a school in the meantime; nothing is kept.
        return Err(Error::Stale);
    }
    for year in school.years {
        schools::add_year(c, id, year).await?;
    }
    for (college, name) in school.colleges.iter().zip(school.school.colleges) {
        people::college_create_or_get(c, id, *college, name.name).await?;
    }
    parameters(c, school, plan.now).await?;
    entries(c, plan, (n, school)).await?;
    for person in &school.staff {
        account(c, keys, id, Owner::plain(Role::School), person).await?;
    }
    for (n, person) in school.reviewers.iter().enumerate() {
        account(c, keys, id, Owner::plain(Role::College), person).await?;
        for college in play::colleges(school, n) {
            accounts::add_college(c, id, person.id, college).await?;
        }
    }
    for student in &school.students {
        enrol(c, keys, school, student).await?;
    }
    review(c, school, plan.now).await?;
    applications(c, plan, (n, school)).await
}

fn new_school(plan: &SchoolPlan) -> NewSchool {
    let school = plan.school;
    NewSchool {
        code: school.code.to_owned(),
        name: school.name.to_owned(),
        short_name: school.short_name.to_owned(),
        contact: "学生就业指导中心".to_owned(),
        phone: numbers::landline("027", &Seeded::new(school.prefix)),
        address: school.address.to_owned(),
        postcode: "430000".to_owned(),
    }
}

/// The year before has closed its window, the coming one opened its own two months ago.
async fn parameters(c: &mut Conn<'_>, school: &SchoolPlan, now: Timestamp) -> Result<(), Error> {
    let day = |days: i64| {
        (now + SignedDuration::from_hours(24 * days))
            .to_zoned(china())
            .date()
    };
    let text = |date: jiff::civil::Date| Value::String(date.to_string());
    let [before, coming] = school.years;
    let until = i16::try_from(coming).map_or(day(400), |year| jiff::civil::date(year, 12, 31).max(day(30)));
    let mut changes = vec![
        (before, "window_from", text(day(-330))),
        (before, "window_to", text(day(-120))),
        (coming, "window_from", text(day(-60))),
        (coming, "window_to", text(until)),
    ];
    for (key, value) in school.school.params {
        changes.push((
            0,
            key,
            serde_json::from_str(value).map_err(|_| Error::Corrupt((*key).to_owned()))?,
        ));
    }
    for (year, key, value) in changes {
        let change = ParamChange {
            year,
            key: key.to_owned(),
            value,
            by: Some(school.staff[0].id),
        };
        schools::set_param(c, school.id, &change, now).await?;
    }
    Ok(())
}

async fn entries(c: &mut Conn<'_>, plan: &Plan, (n, school): (usize, &SchoolPlan)) -> Result<(), Error> {
    let long_ago = plan.now - SignedDuration::from_hours(24 * 400);
    for (employer, id) in EMPLOYERS.iter().zip(&plan.employers) {
        let key = (school.id, *id);
        match employer.entry[n] {
            Entry::No => {}
            Entry::Yes => people::entry_set(c, key, EntryStatus::Approved, None, Some(long_ago)).await?,
            Entry::Waiting => people::entry_set(c, key, EntryStatus::Pending, None, None).await?,
            Entry::Back => {
                let reason = Some("营业执照扫描件不清晰，请重新上传");
                people::entry_set(c, key, EntryStatus::Returned, reason, Some(plan.now)).await?;
            }
        }
    }
    Ok(())
}

async fn enrol(
    c: &mut Conn<'_>,
    keys: &Keyring<'_>,
    school: &SchoolPlan,
    student: &Student,
) -> Result<(), Error> {
    people::student_insert(c, keys.store, school.id, &student.new).await?;
    let person = Person {
        id: student.account,
        login: student.new.student_no.clone(),
        name: student.new.name.clone(),
    };
    account(c, keys, school.id, Owner::student(student.new.id), &person).await?;
    if let Some((body, visible)) = &student.resume {
        let rng = Seeded::new(&student.new.student_no);
        let resume = Resume {
            student_id: student.new.id,
            body: body.clone(),
            visible: *visible,
            updated_at: keys.now - SignedDuration::from_mins(rng.between(600, 80_000)),
        };
        people::resume_put(c, school.id, &resume).await?;
    }
    Ok(())
}

async fn review(c: &mut Conn<'_>, school: &SchoolPlan, now: Timestamp) -> Result<(), Error> {
    let before = now - SignedDuration::from_hours(24 * 50);
    let (mut good, mut bad): (Vec<StudentId>, Vec<_>) = (Vec::new(), Vec::new());
    for student in &school.students {
        match student.review {
            Review::Waiting => {}
            Review::Approved => good.push(student.new.id),
            Review::Returned(reason) => bad.push((student.new.id, reason)),
        }
    }
    let of: (SchoolId, &[CollegeId]) = (school.id, &school.colleges);
    people::source_decide(c, of, &good, &SourceDecision::Approve, before).await?;
    for (student, reason) in bad {
        let decision = SourceDecision::Return(reason.to_owned());
        people::source_decide(c, of, &[student], &decision, before).await?;
    }
    Ok(())
}

/// Résumés that were sent: by those who got an offer before it came, and by others lately.
async fn applications(c: &mut Conn<'_>, plan: &Plan, (n, school): (usize, &SchoolPlan)) -> Result<(), Error> {
    let rng = Seeded::new(&format!("applications {}", school.school.code));
    let offered = school.stories.iter().map(|story| {
        let created = school
            .deeds
            .iter()
            .find(|(_, at, _)| school.stories[*at].id == story.id);
        let before = SignedDuration::from_mins(rng.between(600, 9000));
        (
            story.student,
            story.employer,
            created.map_or(plan.now, |(at, _, _)| *at) - before,
            story.terms.position.clone(),
        )
    });
    let offered: Vec<_> = offered.filter(|_| n == 1 || rng.chance(60)).collect();
    let open: Vec<usize> = (0..EMPLOYERS.len())
        .filter(|at| EMPLOYERS[*at].entry[n] == Entry::Yes)
        .collect();
    let lately = (0..50).map(|k| {
        let student = rng.below(school.school.students[0]);
        let employer = if k % 4 == 0 { open[0] } else { *rng.pick(&open) };
        let at = plan.now - SignedDuration::from_mins(rng.between(20, 20_000));
        (
            student,
            employer,
            at,
            rng.pick(EMPLOYERS[employer].positions).0.to_owned(),
        )
    });
    let lately: Vec<_> = lately
        .filter(|(student, ..)| school.students[*student].resume.is_some())
        .collect();
    for (student, employer, at, position) in offered.into_iter().chain(lately) {
        let new = NewApplication {
            id: ApplicationId::new(at, &rng),
            student_id: school.students[student].new.id,
            employer_id: plan.employers[employer],
            position,
            at,
        };
        people::application_insert(c, school.id, &new).await?;
    }
    Ok(())
}

/// What an account belongs to.
struct Owner {
    role: Role,
    employer: Option<EmployerId>,
    student: Option<StudentId>,
}

impl Owner {
    fn plain(role: Role) -> Self {
        Self {
            role,
            employer: None,
            student: None,
        }
    }

    fn employer(id: EmployerId) -> Self {
        Self {
            employer: Some(id),
            ..Self::plain(Role::Employer)
        }
    }

    fn student(id: StudentId) -> Self {
        Self {
            student: Some(id),
            ..Self::plain(Role::Student)
        }
    }
}

async fn account(
    c: &mut Conn<'_>,
    keys: &Keyring<'_>,
    school_id: SchoolId,
    owner: Owner,
    person: &Person,
) -> Result<(), Error> {
    let id: AccountId = person.id;
    let new = NewAccount {
        school_id,
        id,
        role: owner.role,
        login: person.login.clone(),
        name: person.name.clone(),
        employer_id: owner.employer,
        student_id: owner.student,
        created_at: keys.now,
    };
    accounts::create(c, &new).await?;
    accounts::set_password(c, (school_id, id), keys.hash, &[], keys.now).await
}
