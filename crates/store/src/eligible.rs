//! Students to whom an offer can be made (可签约), and why somebody is not among them.

use domain::codes::Sought;
use domain::eligibility::Block;
use domain::ids::{CollegeId, EmployerId, SchoolId, StudentId};
use domain::params::Discovery;
use sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, Order, PostgresQueryBuilder, Query, SelectStatement,
};
use uuid::Uuid;

use crate::db::{Conn, Error, from_sea_query};
use crate::lists::{PAGE, Page, names_student};
use crate::{fetch_all_dyn, fetch_opt, row};

row! {
    /// A student in the list.
    #[derive(Debug, Clone)]
    pub struct Candidate {
        /// Which.
        pub id: StudentId,
        /// Name.
        pub name: String,
        /// Number.
        pub student_no: String,
        /// Degree code.
        pub degree: String,
        /// Major.
        pub major: String,
        /// College.
        pub college_name: String,
        /// The position that the student last applied for with the employer.
        pub applied_for: Option<String>,
        /// State of the employer's latest agreement with the student, if any.
        pub state: Option<String>,
        /// That agreement.
        pub agreement_id: Option<Uuid>,
    }
}

/// What is searched for.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// A name, a number, or both.
    pub text: Option<Sought>,
    /// Only this college.
    pub college: Option<CollegeId>,
    /// Only this degree code.
    pub degree: Option<String>,
    /// Only this major, by its whole name.
    pub major: Option<String>,
    /// From the end of the names to their beginning.
    pub reversed: bool,
}

/// Whose view: which school and year, by which employer, found how.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// The school.
    pub school: SchoolId,
    /// Graduation year.
    pub year: i32,
    /// Who looks.
    pub employer: EmployerId,
    /// How employers may find students.
    pub discovery: Discovery,
}

/// Where a page begins: after this search key and student.
pub type Key = (String, Uuid);

fn col(table: &'static str, name: &'static str) -> (Alias, Alias) {
    (Alias::new(table), Alias::new(name))
}

/// What keeps a student from another agreement; in the words of the index `agreement_one_live`.
const LIVE: &str = "a.state IN ('college_review', 'school_review', 'effective', 'terminating')";

fn base(view: View, search: &Search) -> SelectStatement {
    let mut query = Query::select();
    query
        .from_as(Alias::new("student"), Alias::new("s"))
        .and_where(Expr::col(col("s", "school_id")).eq(view.school.0))
        .and_where(Expr::col(col("s", "year")).eq(i64::from(view.year)))
        .and_where(Expr::col(col("s", "source_status")).eq("approved"))
        .and_where(Expr::col(col("s", "training_mode")).is_not_in(["2", "4"]));
    let mut live = Query::select();
    live.column(col("a", "id"))
        .from_as(Alias::new("agreement"), Alias::new("a"))
        .and_where(Expr::col(col("a", "school_id")).eq(view.school.0))
        .and_where(Expr::col(col("a", "student_id")).equals(col("s", "id")))
        .and_where(Expr::cust(LIVE));
    query.and_where(Expr::exists(live).not());
    if let Some(college) = search.college {
        query.and_where(Expr::col(col("s", "college_id")).eq(college.0));
    }
    if let Some(degree) = &search.degree {
        query.and_where(Expr::col(col("s", "degree")).eq(degree.as_str()));
    }
    if let Some(major) = &search.major {
        query.and_where(Expr::col(col("s", "major")).eq(major.as_str()));
    }
    discover(&mut query, view, search.text.as_ref());
    query
}

fn discover(query: &mut SelectStatement, view: View, text: Option<&Sought>) {
    match view.discovery {
        Discovery::Browse => {}
        Discovery::Applied => {
            let mut applied = Query::select();
            applied
                .column(col("p", "id"))
                .from_as(Alias::new("application"), Alias::new("p"))
                .and_where(Expr::col(col("p", "school_id")).eq(view.school.0))
                .and_where(Expr::col(col("p", "student_id")).equals(col("s", "id")))
                .and_where(Expr::col(col("p", "employer_id")).eq(view.employer.0));
            query.and_where(Expr::exists(applied));
        }
        Discovery::Exact => {
            // Only who knows name and number finds somebody.
            let Some(both @ Sought::Both(..)) = text else {
                query.and_where(Expr::cust("1 = 0"));
                return;
            };
            query.cond_where(names_student(Some("s"), both));
            return;
        }
    }
    if let Some(text) = text {
        query.cond_where(names_student(Some("s"), text));
    }
}

/// The statement for a page of ids; also used by the test that reads its plan.
pub fn ids(view: View, search: &Search, after: Option<&Key>) -> SelectStatement {
    let mut query = base(view, search);
    query.column(col("s", "id")).column(col("s", "name_key"));
    if let Some((name, id)) = after {
        let key = Expr::tuple([Expr::col(col("s", "name_key")), Expr::col(col("s", "id"))]);
        let last = Expr::tuple([Expr::val(name.as_str()), Expr::val(*id)]);
        query.and_where(if search.reversed {
            key.lt(last)
        } else {
            key.gt(last)
        });
    }
    let order = if search.reversed { Order::Desc } else { Order::Asc };
    query
        .order_by(col("s", "name_key"), order.clone())
        .order_by(col("s", "id"), order)
        .limit(PAGE + 1);
    query
}

row! {
    struct Id {
        id: Uuid,
        name_key: String,
    }
}

/// One page of students to whom an offer can be made.
pub async fn page(
    c: &mut Conn<'_>,
    view: View,
    search: &Search,
    after: Option<&Key>,
) -> Result<Page<Candidate, Key>, Error> {
    sized(c, view, (search, after, PAGE)).await
}

/// The same with another number of rows, for exports.
pub async fn sized(
    c: &mut Conn<'_>,
    view: View,
    (search, after, size): (&Search, Option<&Key>, u64),
) -> Result<Page<Candidate, Key>, Error> {
    let mut query = ids(view, search, after);
    query.limit(size + 1);
    let (sql, values) = query.build(PostgresQueryBuilder);
    let mut found = fetch_all_dyn!(c, Id, &sql, &from_sea_query(values)?)?;
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = found.len() > size;
    found.truncate(size);
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    let next = found.pop().filter(|_| more).map(|last| (last.name_key, last.id));
    let items = candidates(c, view, &ids).await?;
    Ok(Page { items, next })
}

async fn candidates(c: &mut Conn<'_>, view: View, ids: &[Uuid]) -> Result<Vec<Candidate>, Error> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let latest = |column: &'static str| {
        let mut own = Query::select();
        own.column(col("a", column))
            .from_as(Alias::new("agreement"), Alias::new("a"))
            .and_where(Expr::col(col("a", "school_id")).eq(view.school.0))
            .and_where(Expr::col(col("a", "student_id")).equals(col("s", "id")))
            .and_where(Expr::col(col("a", "employer_id")).eq(view.employer.0))
            .order_by(col("a", "updated_at"), Order::Desc)
            .limit(1);
        own
    };
    let mut applied = Query::select();
    applied
        .column(col("p", "position"))
        .from_as(Alias::new("application"), Alias::new("p"))
        .and_where(Expr::col(col("p", "school_id")).eq(view.school.0))
        .and_where(Expr::col(col("p", "student_id")).equals(col("s", "id")))
        .and_where(Expr::col(col("p", "employer_id")).eq(view.employer.0))
        .order_by(col("p", "at"), Order::Desc)
        .limit(1);
    let mut query = Query::select();
    for name in ["id", "name", "student_no", "degree", "major"] {
        query.column(col("s", name));
    }
    query
        .expr_as(Expr::col(col("g", "name")), Alias::new("college_name"))
        .expr_as(
            Expr::SubQuery(None, Box::new(applied.into())),
            Alias::new("applied_for"),
        )
        .expr_as(
            Expr::SubQuery(None, Box::new(latest("state").into())),
            Alias::new("state"),
        )
        .expr_as(
            Expr::SubQuery(None, Box::new(latest("id").into())),
            Alias::new("agreement_id"),
        )
        .from_as(Alias::new("student"), Alias::new("s"))
        .join_as(
            sea_query::JoinType::InnerJoin,
            Alias::new("college"),
            Alias::new("g"),
            Expr::col(col("g", "school_id"))
                .eq(view.school.0)
                .and(Expr::col(col("g", "id")).equals(col("s", "college_id"))),
        )
        .and_where(Expr::col(col("s", "school_id")).eq(view.school.0))
        .and_where(Expr::col(col("s", "id")).is_in(ids.iter().copied()));
    let (sql, values) = query.build(PostgresQueryBuilder);
    let mut items = fetch_all_dyn!(c, Candidate, &sql, &from_sea_query(values)?)?;
    items.sort_by_key(|item| ids.iter().position(|id| *id == item.id.0));
    Ok(items)
}

/// The statement that counts; also used by the test that reads its plan.
pub fn counting(view: View, search: &Search) -> SelectStatement {
    let mut query = base(view, search);
    query.expr_as(Func::count(Expr::col(Asterisk)), Alias::new("n"));
    query
}

/// How many there are.
pub async fn count(c: &mut Conn<'_>, view: View, search: &Search) -> Result<i64, Error> {
    let query = counting(view, search);
    let (sql, values) = query.build(PostgresQueryBuilder);
    let rows = fetch_all_dyn!(c, (i64,), &sql, &from_sea_query(values)?)?;
    Ok(rows.first().map_or(0, |(n,)| *n))
}

/// Whether the student has turned to this employer, or the employer to the student, before.
pub async fn knows(c: &mut Conn<'_>, view: View, student: StudentId) -> Result<bool, Error> {
    let known = fetch_opt!(
        c,
        (i64,),
        "SELECT 1 AS one FROM agreement WHERE school_id = $1 AND student_id = $2 AND employer_id = $3 LIMIT 1",
        view.school,
        student,
        view.employer
    )?;
    Ok(known.is_some() || applied_for(c, view, student).await?.is_some())
}

/// The position that the student last applied for with this employer.
pub async fn applied_for(c: &mut Conn<'_>, view: View, student: StudentId) -> Result<Option<String>, Error> {
    let sent = fetch_opt!(
        c,
        (String,),
        "SELECT position FROM application WHERE school_id = $1 AND student_id = $2 AND employer_id = $3 \
         ORDER BY at DESC LIMIT 1",
        view.school,
        student,
        view.employer
    )?;
    Ok(sent.map(|(position,)| position))
}

/// Why a search found nobody, in a way that tells nothing about anybody that the searcher did not know:
/// only a whole student number is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Not imported, or not yet approved by the college: for the school to do.
    NotReady,
    /// The student is there and something stands in the way.
    Blocked(Block),
    /// The search was not by number.
    Unknown,
}

row! {
    struct Known {
        source_status: String,
        training_mode: String,
        live: i64,
    }
}

/// Explains an empty result for `text`.
pub async fn explain(c: &mut Conn<'_>, view: View, text: &Sought) -> Result<Absence, Error> {
    let Some(numbers) = text.numbers() else {
        return Ok(Absence::Unknown);
    };
    // What a school lets nobody find by number alone is not explained to whoever has a number.
    let named = matches!(text, Sought::Both(..));
    match view.discovery {
        Discovery::Browse => {}
        Discovery::Exact if named => {}
        Discovery::Exact | Discovery::Applied => return Ok(Absence::Unknown),
    }
    let mut live = Query::select();
    live.expr(Func::count(Expr::col(Asterisk)))
        .from_as(Alias::new("agreement"), Alias::new("a"))
        .and_where(Expr::col(col("a", "school_id")).eq(view.school.0))
        .and_where(Expr::col(col("a", "student_id")).equals(col("s", "id")))
        .and_where(Expr::cust(LIVE));
    let mut query = Query::select();
    query
        .column(col("s", "source_status"))
        .column(col("s", "training_mode"))
        .expr_as(Expr::SubQuery(None, Box::new(live.into())), Alias::new("live"))
        .from_as(Alias::new("student"), Alias::new("s"))
        .and_where(Expr::col(col("s", "school_id")).eq(view.school.0))
        .and_where(Expr::col(col("s", "year")).eq(i64::from(view.year)))
        .and_where(Expr::col(col("s", "student_no")).is_in(numbers.iter().map(String::as_str)))
        .limit(1);
    if view.discovery == Discovery::Exact {
        query.cond_where(names_student(Some("s"), text));
    }
    let (sql, values) = query.build(PostgresQueryBuilder);
    let known = fetch_all_dyn!(c, Known, &sql, &from_sea_query(values)?)?.pop();
    Ok(match known {
        None => Absence::NotReady,
        Some(known) if known.source_status != "approved" => Absence::NotReady,
        Some(known) if domain::eligibility::binds(&known.training_mode) => {
            Absence::Blocked(Block::BoundByTraining)
        }
        Some(known) if known.live > 0 => Absence::Blocked(Block::AlreadySigned),
        Some(_) => Absence::Unknown,
    })
}
