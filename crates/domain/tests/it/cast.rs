//! Who appears in the tests: two of everybody, and one of each from another school.

use domain::agreement::Parties;
use domain::ids::{AccountId, AgreementId, CollegeId, EmployerId, FileId, SchoolId, StudentId};
use domain::policy::Actor;
use uuid::Uuid;

pub const SCHOOL: SchoolId = SchoolId(1);
pub const OTHER_SCHOOL: SchoolId = SchoolId(2);
pub const EMPLOYER: EmployerId = EmployerId(Uuid::from_u128(0xE1));
pub const OTHER_EMPLOYER: EmployerId = EmployerId(Uuid::from_u128(0xE2));
pub const STUDENT: StudentId = StudentId(Uuid::from_u128(0x51));
pub const OTHER_STUDENT: StudentId = StudentId(Uuid::from_u128(0x52));
pub const COLLEGE: CollegeId = CollegeId(Uuid::from_u128(0xC1));
pub const OTHER_COLLEGE: CollegeId = CollegeId(Uuid::from_u128(0xC2));
pub const LETTER: FileId = FileId(Uuid::from_u128(0xF1));

/// The agreement's number in order of creation.
pub fn agreement_id(n: u128) -> AgreementId {
    AgreementId(Uuid::from_u128(0xA0 + n))
}

/// Whose the agreement of most tests is.
pub const PARTIES: Parties = Parties {
    school: SCHOOL,
    year: 2027,
    student: STUDENT,
    college: COLLEGE,
    employer: EMPLOYER,
};

/// Everybody who could try something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    Employer,
    OtherEmployer,
    Student,
    OtherStudent,
    /// The same student identifier, but signed in to another school.
    StudentElsewhere,
    College,
    OtherCollege,
    Staff,
    SecondStaff,
    StaffElsewhere,
    Platform,
    System,
}

impl Who {
    pub const ALL: [Who; 12] = [
        Self::Employer,
        Self::OtherEmployer,
        Self::Student,
        Self::OtherStudent,
        Self::StudentElsewhere,
        Self::College,
        Self::OtherCollege,
        Self::Staff,
        Self::SecondStaff,
        Self::StaffElsewhere,
        Self::Platform,
        Self::System,
    ];

    /// Heading of the column; `'` is another of the same school, `@B` one of another school.
    pub fn label(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::OtherEmployer => "employer'",
            Self::Student => "student",
            Self::OtherStudent => "student'",
            Self::StudentElsewhere => "student@B",
            Self::College => "college",
            Self::OtherCollege => "college'",
            Self::Staff => "staff 1",
            Self::SecondStaff => "staff 2",
            Self::StaffElsewhere => "staff@B",
            Self::Platform => "platform",
            Self::System => "system",
        }
    }

    /// Whether the agreement is this actor's, or theirs to handle.
    pub fn concerned(self) -> bool {
        matches!(
            self,
            Self::Employer | Self::Student | Self::College | Self::Staff | Self::SecondStaff | Self::System
        )
    }

    pub fn account(self) -> AccountId {
        AccountId(Uuid::from_u128(0xACC0 + self as u128))
    }

    pub fn actor(self) -> Actor {
        let account = self.account();
        let student = |school, student| Actor::Student {
            account,
            school,
            student,
        };
        let college = |college| Actor::College {
            account,
            school: SCHOOL,
            colleges: vec![college],
        };
        match self {
            Self::Employer => Actor::Employer {
                account,
                employer: EMPLOYER,
            },
            Self::OtherEmployer => Actor::Employer {
                account,
                employer: OTHER_EMPLOYER,
            },
            Self::Student => student(SCHOOL, STUDENT),
            Self::OtherStudent => student(SCHOOL, OTHER_STUDENT),
            Self::StudentElsewhere => student(OTHER_SCHOOL, STUDENT),
            Self::College => college(COLLEGE),
            Self::OtherCollege => college(OTHER_COLLEGE),
            Self::Staff | Self::SecondStaff => Actor::School {
                account,
                school: SCHOOL,
            },
            Self::StaffElsewhere => Actor::School {
                account,
                school: OTHER_SCHOOL,
            },
            Self::Platform => Actor::Platform { account },
            Self::System => Actor::System,
        }
    }
}
