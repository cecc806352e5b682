//! Students 毕业生 and their source information 生源信息. Identity and phone numbers are sealed.

use domain::codes::names::{initials, name_key};
use domain::ids::{CollegeId, SchoolId, StudentId};
use jiff::Timestamp;

use crate::db::{Conn, Error, Store};
use crate::sealed::{self, PersonalNumber, Place, Sealed};
use crate::{codes, exec, fetch_opt, row};

codes! {
    /// How far the review of a student's source information has come.
    pub enum SourceStatus {
        /// Imported, not yet reviewed.
        Imported = "imported",
        /// Approved by the college.
        Approved = "approved",
        /// Sent back by the college.
        Returned = "returned",
    }
}

row! {
    /// A student.
    #[derive(Debug, Clone)]
    pub struct Student {
        /// Which.
        pub id: StudentId,
        /// Graduation year 届.
        pub year: i32,
        /// The college.
        pub college_id: CollegeId,
        /// 学号.
        pub student_no: String,
        /// 考生号.
        pub exam_no: String,
        /// The name, exactly as written.
        pub name: String,
        /// 性别, a code.
        pub gender: String,
        /// 学历, a code.
        pub degree: String,
        /// 专业.
        pub major: String,
        /// 班级.
        pub class_name: String,
        /// 培养方式, a code.
        pub training_mode: String,
        /// 证件号码, sealed; see [`student_id_no`].
        pub id_no_sealed: Option<Sealed>,
        /// 手机, sealed; see [`student_phone`].
        pub phone_sealed: Option<Sealed>,
        /// The review of all this.
        pub source_status: SourceStatus,
        /// When it was decided.
        pub source_decided_at: Option<Timestamp>,
        /// Why it was sent back.
        pub source_reason: Option<String>,
    }
}

/// A student to be made or brought up to date.
#[derive(Debug, Clone)]
pub struct NewStudent {
    /// The identifier to take for a new one.
    pub id: StudentId,
    /// Graduation year 届.
    pub year: i32,
    /// The college.
    pub college_id: CollegeId,
    /// 学号, unique in school and year.
    pub student_no: String,
    /// 考生号.
    pub exam_no: String,
    /// The name, exactly as written.
    pub name: String,
    /// 性别, a code.
    pub gender: String,
    /// 学历, a code.
    pub degree: String,
    /// 专业.
    pub major: String,
    /// 班级.
    pub class_name: String,
    /// 培养方式, a code.
    pub training_mode: String,
    /// 证件号码, unique in school and year.
    pub id_no: Option<PersonalNumber>,
    /// 手机.
    pub phone: Option<PersonalNumber>,
}

/// What became of a student of a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// New.
    Inserted(StudentId),
    /// Something changed: the college has to review it again.
    Updated(StudentId),
    /// Nothing changed.
    Unchanged(StudentId),
}

impl Upserted {
    /// Which student.
    pub fn id(self) -> StudentId {
        match self {
            Self::Inserted(id) | Self::Updated(id) | Self::Unchanged(id) => id,
        }
    }
}

/// The student with this identifier.
pub async fn student_by_id(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: StudentId,
) -> Result<Option<Student>, Error> {
    fetch_opt!(
        c,
        Student,
        "SELECT id, year, college_id, student_no, exam_no, name, gender, degree, major, class_name, training_mode, \
         id_no_sealed, phone_sealed, source_status, source_decided_at, source_reason \
         FROM student WHERE school_id = $1 AND id = $2",
        school,
        id
    )
}

/// The student of a graduation year with this 学号.
pub async fn student_by_no(
    c: &mut Conn<'_>,
    school: SchoolId,
    year: i32,
    student_no: &str,
) -> Result<Option<Student>, Error> {
    fetch_opt!(
        c,
        Student,
        "SELECT id, year, college_id, student_no, exam_no, name, gender, degree, major, class_name, training_mode, \
         id_no_sealed, phone_sealed, source_status, source_decided_at, source_reason \
         FROM student WHERE school_id = $1 AND year = $2 AND student_no = $3",
        school,
        year,
        student_no
    )
}

/// A student's 证件号码 in the open. Showing it is an act that must be audited.
pub fn student_id_no(store: &Store, student: &Student) -> Result<Option<PersonalNumber>, Error> {
    let sealed = student.id_no_sealed.as_ref();
    sealed
        .map(|sealed| sealed::open(store.keys(), place("id_no_sealed", student.id), sealed))
        .transpose()
}

/// A student's 手机 in the open. Showing it is an act that must be audited.
pub fn student_phone(store: &Store, student: &Student) -> Result<Option<PersonalNumber>, Error> {
    let sealed = student.phone_sealed.as_ref();
    sealed
        .map(|sealed| sealed::open(store.keys(), place("phone_sealed", student.id), sealed))
        .transpose()
}

/// Makes a student; the source information waits for the college.
/// `Error::Unique("student_no")` or `("student_id_no")` when the number is taken in the year.
pub async fn student_insert(
    c: &mut Conn<'_>,
    store: &Store,
    school: SchoolId,
    new: &NewStudent,
) -> Result<(), Error> {
    let numbers = Numbers::of(store, school, new.id, new)?;
    exec!(
        c,
        "INSERT INTO student (school_id, id, year, college_id, student_no, exam_no, name, name_key, name_initials, \
         gender, degree, major, class_name, training_mode, id_no_sealed, id_no_index, phone_sealed, source_status, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
         'imported', $18)",
        school,
        new.id,
        new.year,
        new.college_id,
        new.student_no,
        new.exam_no,
        new.name,
        name_key(&new.name),
        initials(&new.name),
        new.gender,
        new.degree,
        new.major,
        new.class_name,
        new.training_mode,
        numbers.id_no,
        numbers.id_no_index,
        numbers.phone,
        store.env().now()
    )?;
    Ok(())
}

/// Makes a student, or brings the one with the same year and 学号 up to date.
pub async fn student_upsert(
    c: &mut Conn<'_>,
    store: &Store,
    school: SchoolId,
    new: &NewStudent,
) -> Result<Upserted, Error> {
    let Some(old) = student_by_no(c, school, new.year, &new.student_no).await? else {
        student_insert(c, store, school, new).await?;
        return Ok(Upserted::Inserted(new.id));
    };
    if is_same(store, &old, new)? {
        return Ok(Upserted::Unchanged(old.id));
    }
    let numbers = Numbers::of(store, school, old.id, new)?;
    exec!(
        c,
        "UPDATE student SET college_id = $3, exam_no = $4, name = $5, name_key = $6, name_initials = $7, gender = $8, \
         degree = $9, major = $10, class_name = $11, training_mode = $12, id_no_sealed = $13, id_no_index = $14, \
         phone_sealed = $15, source_status = 'imported', source_decided_at = NULL, source_reason = NULL \
         WHERE school_id = $1 AND id = $2",
        school,
        old.id,
        new.college_id,
        new.exam_no,
        new.name,
        name_key(&new.name),
        initials(&new.name),
        new.gender,
        new.degree,
        new.major,
        new.class_name,
        new.training_mode,
        numbers.id_no,
        numbers.id_no_index,
        numbers.phone
    )?;
    Ok(Upserted::Updated(old.id))
}

struct Numbers {
    id_no: Option<Sealed>,
    id_no_index: Option<Vec<u8>>,
    phone: Option<Sealed>,
}

impl Numbers {
    fn of(store: &Store, school: SchoolId, id: StudentId, new: &NewStudent) -> Result<Self, Error> {
        let (keys, env) = (store.keys(), store.env());
        let seal = |column, number: &PersonalNumber| sealed::seal(keys, env, place(column, id), number);
        let index = |number: &PersonalNumber| sealed::blind_index(keys, school, "student.id_no", number);
        Ok(Self {
            id_no: new
                .id_no
                .as_ref()
                .map(|number| seal("id_no_sealed", number))
                .transpose()?,
            id_no_index: new.id_no.as_ref().map(index).transpose()?,
            phone: new
                .phone
                .as_ref()
                .map(|number| seal("phone_sealed", number))
                .transpose()?,
        })
    }
}

fn place(column: &'static str, id: StudentId) -> Place {
    Place {
        table: "student",
        column,
        row: id.0,
    }
}

fn is_same(store: &Store, old: &Student, new: &NewStudent) -> Result<bool, Error> {
    let texts = |s: &Student| {
        [
            &s.exam_no,
            &s.name,
            &s.gender,
            &s.degree,
            &s.major,
            &s.class_name,
            &s.training_mode,
        ]
        .map(Clone::clone)
    };
    let wanted = [
        &new.exam_no,
        &new.name,
        &new.gender,
        &new.degree,
        &new.major,
        &new.class_name,
        &new.training_mode,
    ];
    Ok(old.college_id == new.college_id
        && texts(old).iter().eq(wanted)
        && student_id_no(store, old)? == new.id_no
        && student_phone(store, old)? == new.phone)
}
