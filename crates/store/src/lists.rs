//! Lists of agreements: keyset pages, in two steps. First the ids of a page from an index, then the rows
//! of that page by key.

use domain::agreement::StateKind;
use domain::ids::{AgreementId, CollegeId, EmployerId, SchoolId, StudentId};
use jiff::Timestamp;
use sea_query::{
    Alias, Asterisk, Cond, Expr, ExprTrait, Order, PostgresQueryBuilder, Query, SelectStatement,
};
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
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these states; all of the list's when empty.
    pub states: Vec<StateKind>,
    /// Only this college.
    pub college: Option<CollegeId>,
    /// Only this degree code.
    pub degree: Option<String>,
    /// Part of the name (as a search key), or the whole student number or agreement number.
    pub text: Option<String>,
    /// Only this year (lists of colleges and schools).
    pub year: Option<i32>,
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

fn col(table: &'static str, name: &'static str) -> (Alias, Alias) {
    (Alias::new(table), Alias::new(name))
}

fn uuid(id: Uuid) -> Expr {
    Expr::val(id)
}

/// The statement for the ids of a page; also used by the test that reads its plan.
pub fn ids(school: SchoolId, owner: Owner<'_>, filter: &Filter, after: Option<Key>) -> SelectStatement {
    let newest_first = matches!(owner, Owner::Employer(..));
    let time = if newest_first { "updated_at" } else { "state_since" };
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
    if filter.degree.is_none() && filter.text.is_none() {
        return;
    }
    let mut student = Query::select();
    student
        .column(col("s", "id"))
        .from_as(Alias::new("student"), Alias::new("s"))
        .and_where(Expr::col(col("s", "school_id")).eq(school.0))
        .and_where(Expr::col(col("s", "id")).equals(col("a", "student_id")));
    if let Some(degree) = &filter.degree {
        student.and_where(Expr::col(col("s", "degree")).eq(degree.as_str()));
    }
    if let Some(text) = &filter.text {
        let pattern = format!("%{}%", escape(text));
        student.cond_where(
            Cond::any()
                .add(Expr::col(col("s", "name_key")).like(sea_query::LikeExpr::new(pattern).escape(ESCAPE)))
                .add(Expr::col(col("s", "student_no")).eq(text.as_str()))
                .add(Expr::col(col("a", "number")).eq(text.as_str())),
        );
    }
    query.and_where(Expr::exists(student));
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
    let (sql, values) = ids(school, owner, filter, after).build(PostgresQueryBuilder);
    let mut page = fetch_all_dyn!(c, Id, &sql, &from_sea_query(values)?)?;
    let more = page.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    page.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = page.last().filter(|_| more).map(|last| (last.at, last.id));
    let ids: Vec<Uuid> = page.iter().map(|row| row.id).collect();
    let items = rows(c, school, &ids).await?;
    Ok(Page { items, next })
}

async fn rows(c: &mut Conn<'_>, school: SchoolId, ids: &[Uuid]) -> Result<Vec<Item>, Error> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let mut query = Query::select();
    let agreement = [
        "id",
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

/// How many agreements an owner has in each state (of those that the filter lets through).
pub async fn counts(
    c: &mut Conn<'_>,
    school: SchoolId,
    owner: Owner<'_>,
    filter: &Filter,
) -> Result<Vec<(StateKind, i64)>, Error> {
    let mut query = Query::select();
    query
        .column(col("a", "state"))
        .expr_as(sea_query::Func::count(Expr::col(Asterisk)), Alias::new("n"))
        .from_as(Alias::new("agreement"), Alias::new("a"))
        .and_where(Expr::col(col("a", "school_id")).eq(school.0))
        .group_by_col(col("a", "state"));
    narrow(&mut query, school, owner, filter);
    let (sql, values) = query.build(PostgresQueryBuilder);
    let rows = fetch_all_dyn!(c, (String, i64), &sql, &from_sea_query(values)?)?;
    rows.into_iter()
        .map(|(code, n)| {
            let state = StateKind::from_code(&code).ok_or_else(|| Error::Corrupt(format!("state {code}")))?;
            Ok((state, n))
        })
        .collect()
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
