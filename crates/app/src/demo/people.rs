//! The students of a school: names, numbers, majors, and how far the review of their data has come.

use super::random::Seeded;
use super::world::{College, School};
use super::{names, numbers, resume};
use domain::ids::{AccountId, CollegeId, StudentId};
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::Value;
use store::people::NewStudent;
use store::sealed::PersonalNumber;

/// A student with what surrounds them.
pub struct Student {
    /// The row.
    pub new: NewStudent,
    /// The account; its login is the 学号.
    pub account: AccountId,
    /// The college, by its place in the school's list.
    pub college: usize,
    /// What the college decided.
    pub review: Review,
    /// The résumé and whether employers may see it.
    pub resume: Option<(Value, bool)>,
}

/// What a college decided about a student's data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// Nothing yet.
    Waiting,
    /// Good.
    Approved,
    /// Sent back, for this reason.
    Returned(&'static str),
}

impl Student {
    /// Whether an agreement can be offered.
    pub fn can_sign(&self) -> bool {
        self.review == Review::Approved && self.new.training_mode == "1"
    }
}

/// One graduation year of a school.
pub struct Cohort<'a> {
    /// The school.
    pub school: &'a School,
    /// Its colleges.
    pub colleges: &'a [CollegeId],
    /// The graduation year.
    pub year: i32,
    /// Whether it is the coming one; the one before is reviewed to the end.
    pub coming: bool,
    /// How many students.
    pub count: usize,
    /// Names that come first.
    pub rare: &'a [(&'static str, &'static str)],
    /// Now.
    pub now: Timestamp,
}

const PROVINCES: [&str; 10] = [
    "420000", "410000", "430000", "360000", "340000", "320000", "510000", "370000", "440000", "610000",
];

const RETURNED: [&str; 3] = [
    "身份证号码与学籍不一致，请核对",
    "班级填写有误，应为转专业后的班级",
    "姓名用字与身份证不一致，请上传证件核对",
];

impl Cohort<'_> {
    /// The students, always the same ones.
    pub fn students(&self) -> Vec<Student> {
        (0..self.count).map(|n| self.student(n)).collect()
    }

    fn student(&self, n: usize) -> Student {
        let rng = Seeded::new(&format!("student {} {} {n}", self.school.code, self.coming));
        let (name, gender) = self.name(n, &rng);
        let degree = *rng.pick(&["31", "31", "31", "31", "31", "31", "31", "11", "11", "01"]);
        let degree = if degree == "01" && !n.is_multiple_of(3) {
            "31"
        } else {
            degree
        };
        let college = n % self.school.colleges.len();
        let (major, class) = *rng.pick(self.school.colleges[college].majors);
        let (years, mark, age) = match degree {
            "01" => (4, "D", 28),
            "11" => (3, "M", 25),
            _ => (4, "", 22),
        };
        let entered = self.year - years;
        let class_no = rng.between(1, 3);
        let student = Who {
            name: &name,
            gender,
            degree,
            major,
        };
        let resume = self.resume(n, &rng, &student);
        let new = NewStudent {
            id: StudentId::new(self.now, &rng),
            year: self.year,
            college_id: self.colleges[college],
            student_no: format!("{mark}{entered}{:02}{:04}", college + 1, n + 1),
            exam_no: format!("{:02}42{:02}{:08}", entered % 100, college + 1, 10_000_000 + n),
            id_no: Some(PersonalNumber::new(&self.identity(&rng, &student, age))),
            phone: Some(PersonalNumber::new(&numbers::mobile(&rng))),
            gender: gender.to_owned(),
            degree: degree.to_owned(),
            major: major.to_owned(),
            class_name: format!(
                "{class}{}{:02}{class_no:02}",
                if mark.is_empty() { "" } else { "研" },
                entered % 100
            ),
            training_mode: self.training(n).to_owned(),
            name,
        };
        let account = AccountId::new(self.now, &rng);
        Student {
            new,
            account,
            college,
            review: self.review(n, &rng),
            resume,
        }
    }

    fn name(&self, n: usize, rng: &Seeded) -> (String, &'static str) {
        if let Some((name, gender)) = self.rare.get(n) {
            return ((*name).to_owned(), *gender);
        }
        let gender = if rng.chance(48) { "1" } else { "2" };
        (names::ordinary(rng, gender), gender)
    }

    /// A few are bound by their training: 定向 and 委培.
    fn training(&self, n: usize) -> &'static str {
        match n {
            _ if n < self.rare.len() => "1",
            _ if n % 53 == 52 => "2",
            _ if n % 97 == 96 => "4",
            _ => "1",
        }
    }

    fn identity(&self, rng: &Seeded, who: &Who<'_>, age: i32) -> String {
        if who.name.contains(' ') {
            return numbers::passport(rng);
        }
        let province = if who.name.contains('·') {
            "650000"
        } else {
            *rng.pick(&PROVINCES)
        };
        let year = i16::try_from(self.year - age).unwrap_or(2000) - i16::from(rng.chance(30));
        let day = i8::try_from(rng.between(1, 28)).unwrap_or(1);
        let month = i8::try_from(rng.between(1, 12)).unwrap_or(1);
        numbers::identity(rng, province, date(year, month, day), who.gender)
    }

    fn review(&self, n: usize, rng: &Seeded) -> Review {
        match rng.below(100) {
            _ if !self.coming || n < self.rare.len() => Review::Approved,
            0..4 => Review::Returned(RETURNED[rng.below(RETURNED.len())]),
            4..13 => Review::Waiting,
            _ => Review::Approved,
        }
    }

    fn resume(&self, n: usize, rng: &Seeded, who: &Who<'_>) -> Option<(Value, bool)> {
        let has = n < 40 || rng.chance(50);
        let college: &College = &self.school.colleges[n % self.school.colleges.len()];
        let about = resume::About {
            school: self.school.name,
            college: college.name,
            major: who.major,
            degree: who.degree,
            year: self.year,
        };
        has.then(|| (resume::body(rng, &about), n < 40 || rng.chance(90)))
    }
}

struct Who<'a> {
    name: &'a str,
    gender: &'a str,
    degree: &'a str,
    major: &'a str,
}
