//! Everything that the demo database will hold, worked out before the first statement.

use super::names;
use super::people::{Cohort, Student};
use super::random::Seeded;
use super::script::Deed;
use super::stories::{self, COUNTS, Kind, Rules};
use super::terms::{self, Setting};
use super::world::{EMPLOYERS, Entry, Position, SCHOOLS, School};
use domain::agreement::terms::Terms;
use domain::ids::{AccountId, AgreementId, CollegeId, EmployerId, FileId, SchoolId};
use domain::params::china;
use jiff::{SignedDuration, Timestamp};

/// A person of the staff or of an employer.
pub struct Person {
    /// The account.
    pub id: AccountId,
    /// The login name.
    pub login: String,
    /// The name.
    pub name: String,
}

/// The plan.
pub struct Plan {
    /// The moment everything is relative to.
    pub now: Timestamp,
    /// The identifiers of the employers, in the order of [`EMPLOYERS`].
    pub employers: Vec<EmployerId>,
    /// Their main accounts, in the same order.
    pub owners: Vec<Person>,
    /// A second member of the first employer.
    pub member: Person,
    /// The platform's administrator.
    pub platform: Person,
    /// The schools.
    pub schools: Vec<SchoolPlan>,
}

/// A school.
pub struct SchoolPlan {
    /// The number that it will get.
    pub id: SchoolId,
    /// What it is.
    pub school: &'static School,
    /// The graduation year before and the coming one.
    pub years: [i32; 2],
    /// Its colleges.
    pub colleges: Vec<CollegeId>,
    /// Its staff.
    pub staff: Vec<Person>,
    /// Its reviewers, in the order of the school's list.
    pub reviewers: Vec<Person>,
    /// Its students.
    pub students: Vec<Student>,
    /// The letter that requests for termination come with.
    pub letter: FileId,
    /// Its agreements.
    pub stories: Vec<Story>,
    /// What happens to them: moment, story, deed; in order of time.
    pub deeds: Vec<(Timestamp, usize, Deed)>,
}

/// An agreement.
pub struct Story {
    /// Which.
    pub id: AgreementId,
    /// Its label, from which everything random of it derives.
    pub label: String,
    /// The employer.
    pub employer: usize,
    /// The student.
    pub student: usize,
    /// The terms that are offered first.
    pub terms: Terms,
}

impl Plan {
    /// The plan as of `now`; the first school gets the number `first`.
    pub fn new(now: Timestamp, first: i64) -> Self {
        // The database keeps microseconds, a real clock tells nanoseconds: a moment must not be two.
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let rng = Seeded::new("people");
        let person = |login: &str, name: &str| Person {
            id: AccountId::new(now, &rng),
            login: login.to_owned(),
            name: name.to_owned(),
        };
        Self {
            now,
            employers: EMPLOYERS.iter().map(|_| EmployerId::new(now, &rng)).collect(),
            owners: EMPLOYERS
                .iter()
                .map(|employer| person(employer.login, employer.contact))
                .collect(),
            member: person("yuntu-hr", "董雨欣"),
            platform: person("platform", "平台管理员"),
            schools: (0..SCHOOLS.len())
                .zip(first..)
                .map(|(n, id)| SchoolPlan::new(n, id, now))
                .collect(),
        }
    }
}

/// The graduation year that is recruited for: from August on the next one.
fn coming_year(now: Timestamp) -> i32 {
    let today = now.to_zoned(china()).date();
    i32::from(today.year()) + i32::from(today.month() >= 8)
}

impl SchoolPlan {
    fn new(n: usize, id: i64, now: Timestamp) -> Self {
        let school = &SCHOOLS[n];
        let rng = Seeded::new(school.code);
        let coming = coming_year(now);
        let colleges: Vec<_> = school
            .colleges
            .iter()
            .map(|_| CollegeId::new(now, &rng))
            .collect();
        let person = |login: &str, name: &str| Person {
            id: AccountId::new(now, &rng),
            login: login.to_owned(),
            name: name.to_owned(),
        };
        let half = names::RARE.len() * 3 / 5;
        let rare = [&names::RARE[..half], &names::RARE[half..]][n.min(1)];
        let cohort = |coming_one: bool| Cohort {
            school,
            colleges: &colleges,
            year: if coming_one { coming } else { coming - 1 },
            coming: coming_one,
            count: school.students[usize::from(!coming_one)],
            rare: if coming_one { rare } else { &[] },
            now,
        };
        let mut students = cohort(true).students();
        students.extend(cohort(false).students());
        let mut plan = Self {
            id: SchoolId(id),
            school,
            years: [coming - 1, coming],
            staff: school
                .staff
                .iter()
                .map(|(login, name)| person(login, name))
                .collect(),
            reviewers: school
                .reviewers
                .iter()
                .map(|(login, name, _)| person(login, name))
                .collect(),
            letter: FileId::new(now, &rng),
            colleges,
            students,
            stories: Vec::new(),
            deeds: Vec::new(),
        };
        plan.tell(n, coming, 0, now);
        // The year before is over: its stories look back from a day long ago.
        plan.tell(n, coming - 1, 1, now - SignedDuration::from_hours(24 * 200));
        plan.deeds.sort_by_key(|(at, story, _)| (*at, *story));
        plan
    }

    /// The stories of one year, the kinds in turn so that every employer sees something of each.
    fn tell(&mut self, n: usize, year: i32, column: usize, now: Timestamp) {
        let fits = |(_, student): &(usize, &Student)| student.new.year == year && student.can_sign();
        let free: Vec<usize> = self
            .students
            .iter()
            .enumerate()
            .filter(fits)
            .map(|(at, _)| at)
            .collect();
        let mut free = free.into_iter();
        let rounds = COUNTS
            .iter()
            .map(|(_, counts)| counts[n][column])
            .max()
            .unwrap_or(0);
        let rules = Rules {
            college_ends: n == 0,
            employer_asks: n == 1,
        };
        for round in 0..rounds {
            for (kind, _) in COUNTS.iter().filter(|(_, counts)| round < counts[n][column]) {
                let Some(student) = free.next() else { return };
                let label = format!("{} {year} {kind:?} {round}", self.school.code);
                let deeds = stories::deeds(*kind, round, now, &label, rules);
                let second = stories::rival(*kind, &deeds, now);
                let employer = self.employer(n, round, student, 0);
                self.story(*kind, label.clone(), (employer, student), deeds);
                if let Some(deeds) = second {
                    let employer = self.employer(n, round, student, 1);
                    self.story(*kind, format!("{label} rival"), (employer, student), deeds);
                }
            }
        }
    }

    /// The first of each kind goes to the first employer, the next to those that suit the student's college.
    fn employer(&self, n: usize, round: usize, student: usize, shift: usize) -> usize {
        let open: Vec<usize> = (0..EMPLOYERS.len())
            .filter(|at| EMPLOYERS[*at].entry[n] == Entry::Yes)
            .collect();
        let step = if round == 0 {
            0
        } else {
            round + self.students[student].college
        };
        open[(step + shift) % open.len()]
    }

    fn story(
        &mut self,
        kind: Kind,
        label: String,
        (employer, student): (usize, usize),
        deeds: Vec<(Timestamp, Deed)>,
    ) {
        let Some((created, _)) = deeds.first() else { return };
        let rng = Seeded::new(&label);
        let who = &self.students[student];
        let position: &Position = rng.pick(EMPLOYERS[employer].positions);
        let setting = Setting {
            year: who.new.year,
            today: created.to_zoned(china()).date(),
            major_match: [Some(true), Some(true), Some(true), Some(false), None][rng.below(5)],
        };
        let terms = terms::ordinary(&rng, &EMPLOYERS[employer], position, &setting);
        let terms = if kind == Kind::Long {
            terms::longest(&terms)
        } else {
            terms
        };
        let at = self.stories.len();
        self.stories.push(Story {
            id: AgreementId::new(*created, &rng),
            label,
            employer,
            student,
            terms,
        });
        self.deeds
            .extend(deeds.into_iter().map(|(moment, deed)| (moment, at, deed)));
    }

    /// The reviewer of a college.
    pub fn reviewer(&self, college: usize) -> usize {
        let of = |reviewer: &(&str, &str, &'static [usize])| reviewer.2.contains(&college);
        self.school.reviewers.iter().position(of).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_is_one_that_the_database_can_keep() {
        let now = Timestamp::new(1_795_395_600, 123_456_789).unwrap();
        for school in &Plan::new(now, 1).schools {
            for (at, _, deed) in &school.deeds {
                let until = match deed {
                    Deed::Send(deadline) | Deed::Extend(deadline) => *deadline,
                    _ => *at,
                };
                assert_eq!(
                    (at.subsec_nanosecond(), until.subsec_nanosecond()),
                    (0, 0),
                    "{deed:?}"
                );
            }
        }
    }
}
