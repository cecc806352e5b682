//! Lists of agreements: keyset pages, in two steps. First the ids of a page from an index, then the rows
//! of that page by key.

use domain::agreement::StateKind;
use domain::codes::{Sought, name_key};
use domain::ids::{AgreementId, CollegeId, EmployerId, SchoolId, StudentId};
use jiff::Timestamp;
use sea_query::{
    Alias, Asterisk, Cond, Expr, ExprTrait, LikeExpr, Order, PostgresQueryBuilder, Query, SelectStatement,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Conn, Error, from_sea_query};
use crate::{fetch_all, fetch_all_dyn, row};

/// Rows on a page.
pub const PAGE: u64 = 20;

row! {
    /// A row of a list of agreements.
    #[derive(Debug, Clone)]
    pub struct Item {
        /// Which.
        pub id: AgreementId,
        /// Graduation year.
        pub year: i32,
        /// The student.
        pub student_id: StudentId,
        /// The student's name.
        pub student_name: String,
        /// The student's number.
        pub student_no: String,
        /// Degree code.
        pub degree: String,
        /// Major.
        pub major: String,
        /// College.
        pub college_name: String,
        /// The employer's name.
        pub employer_name: String,
        /// Position.
        pub position: String,
        /// Place of work.
        pub place: String,
        /// Monthly pay after probation, in fen.
        pub pay: i64,
        /// Code of the state.
        pub state: String,
        /// The state with its facts, as JSON.
        pub facts: String,
        /// Version.
        pub version: i64,
        /// Number, once issued.
        pub number: Option<String>,
        /// Deadline of an open offer.
        pub deadline_at: Option<Timestamp>,
        /// Since when it is in this state.
        pub state_since: Timestamp,
        /// Last change.
        pub updated_at: Timestamp,
    }
}

/// A page: its rows, and where the next one begins.
#[derive(Debug, Clone)]
pub struct Page<T, K> {
    /// The rows.
    pub items: Vec<T>,
    /// Key of the last row, when more follow.
    pub next: Option<K>,
}

/// Key of a row in a list by time.
pub type Key = (Timestamp, Uuid);

/// Optional filters of a list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Filter {
    /// Only these states; all of the list's when empty.
    pub states: Vec<StateKind>,
    /// Only this college.
    pub college: Option<CollegeId>,
    /// Only this degree code.
    pub degree: Option<String>,
    /// Only this major, by its whole name.
    pub major: Option<String>,
    /// A student's name, number or both, or the agreement's number; for colleges and schools also part of the
    /// employer's name.
    pub text: Option<Sought>,
    /// Only this year (lists of colleges and schools).
    pub year: Option<i32>,
    /// Not before this moment, by the time that the list is sorted by.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub before: Option<Timestamp>,
    /// The other way round than the list is by itself.
    pub reversed: bool,
}

/// Whose list.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'a> {
    /// An employer's in one graduation year, the latest change first.
    Employer(EmployerId, i32),
    /// Colleges', the longest waiting first.
    Colleges(&'a [CollegeId]),
    /// The school's, the longest waiting first.
    School,
}

impl Owner<'_> {
    /// The time that the list is sorted by: of the last change, or since when it waits.
    fn time(self) -> &'static str {
        match self {
            Self::Employer(..) => "updated_at",
            Self::Colleges(_) | Self::School => "state_since",
        }
    }
}

fn col(table: &'static str, name: &'static str) -> (Alias, Alias) {
    (Alias::new(table), Alias::new(name))
}

fn uuid(id: Uuid) -> Expr {
    Expr::val(id)
}

/// The statement for the ids of a page; also used by the test that reads its plan.
pub fn ids(school: SchoolId, owner: Owner<'_>, filter: &Filter, after: Option<Key>) -> SelectStatement {
    let newest_first = matches!(owner, Owner::Employer(..)) != filter.reversed;
    let time = owner.time();
    let mut query = Query::select();
    query
        .column(col("a", "id"))
        .expr_as(Expr::col(col("a", time)), Alias::new("at"))
        .from_as(Alias::new("agreement"), Alias::new("a"))
        .and_where(Expr::col(col("a", "school_id")).eq(school.0));
    narrow(&mut query, school, owner, filter);
    if let Some((at, id)) = after {
        let (at, id) = (Expr::val(at.as_microsecond()), uuid(id));
        let key = Expr::tuple([Expr::col(col("a", time)), Expr::col(col("a", "id"))]);
        let last = Expr::tuple([at, id]);
        query.and_where(if newest_first { key.lt(last) } else { key.gt(last) });
    }
    let order = if newest_first { Order::Desc } else { Order::Asc };
    query
        .order_by(col("a", time), order.clone())
        .order_by(col("a", "id"), order)
        .limit(PAGE + 1);
    query
}

fn narrow(query: &mut SelectStatement, school: SchoolId, owner: Owner<'_>, filter: &Filter) {
    match owner {
        Owner::Employer(employer, year) => {
            query
                .and_where(Expr::col(col("a", "employer_id")).eq(employer.0))
                .and_where(Expr::col(col("a", "year")).eq(i64::from(year)));
        }
        Owner::Colleges(colleges) => {
            query.and_where(Expr::col(col("a", "college_id")).is_in(colleges.iter().map(|id| id.0)));
        }
        Owner::School => {}
    }
    if !filter.states.is_empty() {
        query.and_where(Expr::col(col("a", "state")).is_in(filter.states.iter().map(|state| state.code())));
    }
    if let Some(college) = filter.college {
        query.and_where(Expr::col(col("a", "college_id")).eq(college.0));
    }
    if let Some(year) = filter.year {
        query.and_where(Expr::col(col("a", "year")).eq(i64::from(year)));
    }
    let time = || Expr::col(col("a", owner.time()));
    if let Some(from) = filter.from {
        query.and_where(time().gte(from.as_microsecond()));
    }
    if let Some(before) = filter.before {
        query.and_where(time().lt(before.as_microsecond()));
    }
    if filter.degree.is_some() || filter.major.is_some() {
        query.and_where(Expr::exists(student(school, filter)));
    }
    if let Some(text) = &filter.text {
        query.cond_where(says(school, owner, text));
    }
}

/// The student of the agreement, if degree and major are those asked for.
fn student(school: SchoolId, filter: &Filter) -> SelectStatement {
    let mut student = of_agreement("student", "s", "student_id");
    student.and_where(Expr::col(col("s", "school_id")).eq(school.0));
    if let Some(degree) = &filter.degree {
        student.and_where(Expr::col(col("s", "degree")).eq(degree.as_str()));
    }
    if let Some(major) = &filter.major {
        student.and_where(Expr::col(col("s", "major")).eq(major.as_str()));
    }
    student
}

fn of_agreement(table: &'static str, name: &'static str, key: &'static str) -> SelectStatement {
    let mut query = Query::select();
    query
        .column(col(name, "id"))
        .from_as(Alias::new(table), Alias::new(name))
        .and_where(Expr::col(col(name, "id")).equals(col("a", key)));
    query
}

/// The agreement's number, its student's number, or part of a name.
fn says(school: SchoolId, owner: Owner<'_>, text: &Sought) -> Cond {
    let mut student = of_agreement("student", "s", "student_id");
    student
        .and_where(Expr::col(col("s", "school_id")).eq(school.0))
        .cond_where(names_student(Some("s"), text));
    let mut any = Cond::any().add(Expr::exists(student));
    // Unlike people, employers may have digits in their names, or nothing else.
    let employer = match text {
        Sought::Name(key) => Some(key.clone()),
        Sought::Number(numbers) => numbers.first().map(|number| name_key(number)),
        Sought::Both(..) => None,
    };
    if let Sought::Number(numbers) = text {
        let numbers = numbers.iter().map(String::as_str);
        any = any.add(Expr::col(col("a", "number")).is_in(numbers));
    }
    let named = employer.filter(|key| !key.is_empty() && !matches!(owner, Owner::Employer(..)));
    if let Some(key) = named {
        let mut employer = of_agreement("employer", "e", "employer_id");
        employer.and_where(contains(Expr::col(col("e", "name_key")), &key));
        any = any.add(Expr::exists(employer));
    }
    any
}

/// The students whom a text means; `table` is the name of the students' table in the statement, if it has one.
pub(crate) fn names_student(table: Option<&'static str>, text: &Sought) -> Cond {
    let column = |name: &'static str| match table {
        Some(table) => Expr::col(col(table, name)),
        None => Expr::col(Alias::new(name)),
    };
    let number = |numbers: &[String]| column("student_no").is_in(numbers.iter().map(String::as_str));
    match text {
        Sought::Name(key) => Cond::any()
            .add(contains(column("name_key"), key))
            .add(column("name_initials").like(LikeExpr::new(format!("{}%", escape(key))).escape(ESCAPE))),
        Sought::Number(numbers) => Cond::all().add(number(numbers)),
        Sought::Both(key, numbers) => Cond::all()
            .add(number(numbers))
            .add(column("name_key").eq(key.as_str())),
    }
}

fn contains(column: Expr, part: &str) -> Expr {
    column.like(LikeExpr::new(format!("%{}%", escape(part))).escape(ESCAPE))
}

/// What makes a sign of LIKE stand for itself. Not a backslash: the statements' builder writes that in a
/// form that only PostgreSQL reads.
pub const ESCAPE: char = '!';

/// Makes the signs of LIKE stand for themselves.
pub fn escape(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

row! {
    struct Id {
        id: Uuid,
        at: Timestamp,
    }
}

/// One page of agreements.
pub async fn agreements(
    c: &mut Conn<'_>,
    school: SchoolId,
    owner: Owner<'_>,
    filter: &Filter,
    after: Option<Key>,
) -> Result<Page<Item, Key>, Error> {
    sized(c, school, owner, (filter, after, PAGE)).await
}

/// The same with another number of rows, for exports.
pub async fn sized(
    c: &mut Conn<'_>,
    school: SchoolId,
    owner: Owner<'_>,
    (filter, after, size): (&Filter, Option<Key>, u64),
) -> Result<Page<Item, Key>, Error> {
    let mut query = ids(school, owner, filter, after);
    query.limit(size + 1);
    let (sql, values) = query.build(PostgresQueryBuilder);
    let mut page = fetch_all_dyn!(c, Id, &sql, &from_sea_query(values)?)?;
    let most = usize::try_from(size).unwrap_or(usize::MAX);
    let more = page.len() > most;
    page.truncate(most);
    let next = page.last().filter(|_| more).map(|last| (last.at, last.id));
    let ids: Vec<Uuid> = page.iter().map(|row| row.id).collect();
    let items = rows(c, school, &ids).await?;
    Ok(Page { items, next })
}

/// Which agreements a list has, in its order, at most `most`: for work that goes through a whole list while it
/// changes.
pub async fn all_ids(
    c: &mut Conn<'_>,
    school: SchoolId,
    owner: Owner<'_>,
    filter: &Filter,
    most: u64,
) -> Result<Vec<AgreementId>, Error> {
    let mut query = ids(school, owner, filter, None);
    query.limit(most);
    let (sql, values) = query.build(PostgresQueryBuilder);
    let all = fetch_all_dyn!(c, Id, &sql, &from_sea_query(values)?)?;
    Ok(all.into_iter().map(|row| AgreementId(row.id)).collect())
}

/// The rows of these agreements, in this order; one that does not exist is left out.
pub async fn by_ids(c: &mut Conn<'_>, school: SchoolId, ids: &[AgreementId]) -> Result<Vec<Item>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    rows(c, school, &ids).await
}

async fn rows(c: &mut Conn<'_>, school: SchoolId, ids: &[Uuid]) -> Result<Vec<Item>, Error> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let mut query = Query::select();
    let agreement = [
        "id",
        "year",
        "student_id",
        "position",
        "place",
        "pay",
        "state",
        "facts",
        "version",
        "number",
    ];
    for name in agreement
        .into_iter()
        .chain(["deadline_at", "state_since", "updated_at"])
    {
        query.column(col("a", name));
    }
    for name in ["student_no", "degree", "major"] {
        query.column(col("s", name));
    }
    query
        .expr_as(Expr::col(col("s", "name")), Alias::new("student_name"))
        .expr_as(Expr::col(col("g", "name")), Alias::new("college_name"))
        .expr_as(Expr::col(col("e", "name")), Alias::new("employer_name"))
        .from_as(Alias::new("agreement"), Alias::new("a"))
        .join_as(
            sea_query::JoinType::InnerJoin,
            Alias::new("student"),
            Alias::new("s"),
            Expr::col(col("s", "school_id"))
                .eq(school.0)
                .and(Expr::col(col("s", "id")).equals(col("a", "student_id"))),
        )
        .join_as(
            sea_query::JoinType::InnerJoin,
            Alias::new("college"),
            Alias::new("g"),
            Expr::col(col("g", "school_id"))
                .eq(school.0)
                .and(Expr::col(col("g", "id")).equals(col("a", "college_id"))),
        )
        .join_as(
            sea_query::JoinType::InnerJoin,
            Alias::new("employer"),
            Alias::new("e"),
            Expr::col(col("e", "id")).equals(col("a", "employer_id")),
        )
        .and_where(Expr::col(col("a", "school_id")).eq(school.0))
        .and_where(Expr::col(col("a", "id")).is_in(ids.iter().copied()));
    let (sql, values) = query.build(PostgresQueryBuilder);
    let mut items = fetch_all_dyn!(c, Item, &sql, &from_sea_query(values)?)?;
    items.sort_by_key(|item| ids.iter().position(|id| *id == item.id.0));
    Ok(items)
}

/// The statement that counts; also used by the test that reads its plan.
pub fn counting(school: SchoolId, owner: Owner<'_>, filter: &Filter) -> SelectStatement {
    let mut query = Query::select();
    query
        .column(col("a", "state"))
        .expr_as(sea_query::Func::count(Expr::col(Asterisk)), Alias::new("n"))
        .from_as(Alias::new("agreement"), Alias::new("a"))
        .and_where(Expr::col(col("a", "school_id")).eq(school.0))
        .group_by_col(col("a", "state"));
    narrow(&mut query, school, owner, filter);
    query
}

/// How many agreements an owner has in each state (of those that the filter lets through).
pub async fn counts(
    c: &mut Conn<'_>,
    school: SchoolId,
    owner: Owner<'_>,
    filter: &Filter,
) -> Result<Vec<(StateKind, i64)>, Error> {
    let (sql, values) = counting(school, owner, filter).build(PostgresQueryBuilder);
    let rows = fetch_all_dyn!(c, (String, i64), &sql, &from_sea_query(values)?)?;
    rows.into_iter()
        .map(|(code, n)| {
            let state = StateKind::from_code(&code).ok_or_else(|| Error::Corrupt(format!("state {code}")))?;
            Ok((state, n))
        })
        .collect()
}

/// The majors of a year's students, for filters, at most 500.
pub async fn majors(c: &mut Conn<'_>, school: SchoolId, year: i32) -> Result<Vec<String>, Error> {
    let rows = fetch_all!(
        c,
        (String,),
        // From one major to the next in the index, instead of through all students.
        "WITH RECURSIVE found (major) AS ( \
           SELECT min(major) FROM student WHERE school_id = $1 AND year = $2 \
           UNION ALL \
           SELECT (SELECT min(s.major) FROM student s WHERE s.school_id = $1 AND s.year = $2 AND s.major > found.major) \
           FROM found WHERE found.major IS NOT NULL \
         ) SELECT major FROM found WHERE major IS NOT NULL LIMIT 500",
        school,
        year
    )?;
    Ok(rows.into_iter().map(|(major,)| major).collect())
}

row! {
    struct OfStudent {
        id: Uuid,
    }
}

/// A student's agreements that were sent at least once and are not being edited, the latest change first,
/// at most 100.
pub async fn of_student(c: &mut Conn<'_>, school: SchoolId, student: StudentId) -> Result<Vec<Item>, Error> {
    let page = fetch_all!(
        c,
        OfStudent,
        "SELECT id FROM agreement WHERE school_id = $1 AND student_id = $2 AND state <> 'draft' \
         ORDER BY updated_at DESC LIMIT 100",
        school,
        student
    )?;
    let ids: Vec<Uuid> = page.into_iter().map(|row| row.id).collect();
    rows(c, school, &ids).await
}

/// An employer's open offers of a year that end before a moment: how many, and the first three to end.
pub async fn due_before(
    c: &mut Conn<'_>,
    school: SchoolId,
    (employer, year): (EmployerId, i32),
    before: Timestamp,
) -> Result<(i64, Vec<Item>), Error> {
    let all = fetch_all!(
        c,
        (i64,),
        "SELECT COUNT(*) FROM agreement WHERE school_id = $1 AND employer_id = $2 AND year = $3 \
         AND state = 'offered' AND deadline_at < $4",
        school,
        employer,
        year,
        before
    )?;
    let first = fetch_all!(
        c,
        OfStudent,
        "SELECT id FROM agreement WHERE school_id = $1 AND employer_id = $2 AND year = $3 \
         AND state = 'offered' AND deadline_at < $4 ORDER BY deadline_at, id LIMIT 3",
        school,
        employer,
        year,
        before
    )?;
    let ids: Vec<Uuid> = first.into_iter().map(|row| row.id).collect();
    Ok((all.first().map_or(0, |(n,)| *n), rows(c, school, &ids).await?))
}

/// An employer's agreements with a student that are not over, the latest first.
pub async fn between(
    c: &mut Conn<'_>,
    school: SchoolId,
    employer: EmployerId,
    student: StudentId,
) -> Result<Vec<Item>, Error> {
    let page = fetch_all!(
        c,
        OfStudent,
        "SELECT id FROM agreement WHERE school_id = $1 AND student_id = $2 AND employer_id = $3 \
         ORDER BY updated_at DESC LIMIT 20",
        school,
        student,
        employer
    )?;
    let ids: Vec<Uuid> = page.into_iter().map(|row| row.id).collect();
    rows(c, school, &ids).await
}
