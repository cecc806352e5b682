//! What a reviewer has to know of many agreements at once: the facts of their parties and their terms, for
//! one page of a queue or one batch, in one statement.

use domain::agreement::terms::Terms;
use domain::eligibility::{self, Admission, Facts, SourceStatus};
use domain::ids::{AgreementId, SchoolId};
use sea_query::{Alias, Expr, ExprTrait, JoinType, PostgresQueryBuilder, Query};

use crate::db::{Conn, Error, from_sea_query};
use crate::{fetch_all_dyn, row};

row! {
    struct Row {
        id: AgreementId,
        year: i32,
        certification: String,
        entry: Option<String>,
        source_status: String,
        training_mode: String,
        terms: String,
    }
}

/// An agreement's part of it.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Which.
    pub id: AgreementId,
    /// Its graduation year.
    pub year: i32,
    /// The facts.
    pub facts: Facts,
    /// The terms.
    pub terms: Terms,
}

fn col(table: &'static str, name: &'static str) -> (Alias, Alias) {
    (Alias::new(table), Alias::new(name))
}

/// The grounds of these agreements, in no order; one that does not exist is left out.
pub async fn grounds(c: &mut Conn<'_>, school: SchoolId, ids: &[AgreementId]) -> Result<Vec<Ground>, Error> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let mut query = Query::select();
    query
        .column(col("a", "id"))
        .column(col("a", "year"))
        .column(col("e", "certification"))
        .expr_as(Expr::col(col("n", "status")), Alias::new("entry"))
        .column(col("s", "source_status"))
        .column(col("s", "training_mode"))
        .column(col("v", "terms"))
        .from_as(Alias::new("agreement"), Alias::new("a"));
    let of_school = |table| Expr::col(col(table, "school_id")).eq(school.0);
    query
        .join_as(
            JoinType::InnerJoin,
            Alias::new("content_version"),
            Alias::new("v"),
            of_school("v")
                .and(Expr::col(col("v", "agreement_id")).equals(col("a", "id")))
                .and(Expr::col(col("v", "content_version")).equals(col("a", "content_version"))),
        )
        .join_as(
            JoinType::InnerJoin,
            Alias::new("student"),
            Alias::new("s"),
            of_school("s").and(Expr::col(col("s", "id")).equals(col("a", "student_id"))),
        )
        .join_as(
            JoinType::InnerJoin,
            Alias::new("employer"),
            Alias::new("e"),
            Expr::col(col("e", "id")).equals(col("a", "employer_id")),
        )
        .join_as(
            JoinType::LeftJoin,
            Alias::new("employer_entry"),
            Alias::new("n"),
            of_school("n").and(Expr::col(col("n", "employer_id")).equals(col("a", "employer_id"))),
        )
        .and_where(of_school("a"))
        .and_where(Expr::col(col("a", "id")).is_in(ids.iter().map(|id| id.0)));
    let (sql, values) = query.build(PostgresQueryBuilder);
    let rows = fetch_all_dyn!(c, Row, &sql, &from_sea_query(values)?)?;
    rows.iter().map(ground).collect()
}

fn ground(row: &Row) -> Result<Ground, Error> {
    let unknown = || Error::Corrupt(format!("agreement {}: an unknown status", row.id));
    let entry = row
        .entry
        .as_deref()
        .map(|code| Admission::from_code(code).ok_or_else(unknown));
    let facts = Facts {
        certification: Admission::from_code(&row.certification).ok_or_else(unknown)?,
        entry: entry.transpose()?,
        source: SourceStatus::from_code(&row.source_status).ok_or_else(unknown)?,
        bound: eligibility::binds(&row.training_mode),
        live: false,
    };
    Ok(Ground {
        id: row.id,
        year: row.year,
        facts,
        terms: serde_json::from_str(&row.terms)
            .map_err(|_| Error::Corrupt(format!("agreement {}: terms", row.id)))?,
    })
}
