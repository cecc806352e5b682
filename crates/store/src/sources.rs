//! Source information 生源信息 of a reviewer's students, as a searched list in keyset pages.

use domain::codes::Sought;
use domain::ids::{CollegeId, SchoolId, StudentId};
use sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, Order, PostgresQueryBuilder, Query, SelectStatement,
};

use crate::db::{Conn, Error, Value, from_sea_query};
use crate::lists::names_student;
use crate::people::SourceStatus;
use crate::sealed::Sealed;
use crate::{fetch_all_dyn, row};

/// Rows on a page.
pub const PAGE: usize = 20;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Search {
    /// The school.
    pub school: SchoolId,
    /// Graduation year 届.
    pub year: i32,
    /// The reviewer's colleges.
    pub colleges: Vec<CollegeId>,
    /// How far the review has come.
    pub status: SourceStatus,
    /// Only this degree code.
    pub degree: Option<String>,
    /// A name, 学号, or both.
    pub text: Option<Sought>,
    /// The last row of the page before.
    pub after: Option<(String, StudentId)>,
}

row! {
    /// A student of the list.
    #[derive(Debug, Clone)]
    pub struct SourceLine {
        /// Which.
        pub id: StudentId,
        /// 学号.
        pub student_no: String,
        /// The name.
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
        /// 证件号码, sealed; to be shown masked.
        pub id_no_sealed: Option<Sealed>,
        /// The review.
        pub source_status: SourceStatus,
        /// Why it was sent back.
        pub source_reason: Option<String>,
    }
}

fn col(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

fn narrowed(search: &Search) -> SelectStatement {
    let mut query = Query::select();
    query
        .from(Alias::new("student"))
        .and_where(col("school_id").eq(search.school.0))
        .and_where(col("year").eq(i64::from(search.year)))
        .and_where(col("college_id").is_in(search.colleges.iter().map(|id| id.0)))
        .and_where(col("source_status").eq(search.status.code()));
    if let Some(degree) = &search.degree {
        query.and_where(col("degree").eq(degree.as_str()));
    }
    if let Some(text) = &search.text {
        query.cond_where(names_student(None, text));
    }
    query
}

type Statement = (String, Vec<Value<'static>>);

fn built(query: &SelectStatement) -> Result<Statement, Error> {
    let (sql, values) = query.build(PostgresQueryBuilder);
    Ok((sql, from_sea_query(values)?))
}

fn page_statement(search: &Search) -> Result<Statement, Error> {
    let mut query = narrowed(search);
    for name in [
        "id",
        "student_no",
        "name",
        "gender",
        "degree",
        "major",
        "class_name",
        "training_mode",
        "id_no_sealed",
        "source_status",
        "source_reason",
    ] {
        query.column(Alias::new(name));
    }
    if let Some((no, id)) = &search.after {
        let key = Expr::tuple([col("student_no"), col("id")]);
        query.and_where(key.gt(Expr::tuple([Expr::val(no.as_str()), Expr::val(id.0)])));
    }
    query
        .order_by(Alias::new("student_no"), Order::Asc)
        .order_by(Alias::new("id"), Order::Asc)
        .limit(PAGE as u64 + 1);
    built(&query)
}

fn count_statement(search: &Search) -> Result<Statement, Error> {
    let mut query = narrowed(search);
    query.expr(Func::count(Expr::col(Asterisk)));
    built(&query)
}

/// A page, by 学号: one row more than [`PAGE`] when another page follows.
pub async fn page(c: &mut Conn<'_>, search: &Search) -> Result<Vec<SourceLine>, Error> {
    let (sql, values) = page_statement(search)?;
    fetch_all_dyn!(c, SourceLine, &sql, &values)
}

/// How many there are on all pages.
pub async fn count(c: &mut Conn<'_>, search: &Search) -> Result<i64, Error> {
    let (sql, values) = count_statement(search)?;
    let rows = fetch_all_dyn!(c, (i64,), &sql, &values)?;
    Ok(rows.first().map_or(0, |(n,)| *n))
}
