//! What a reviewer has to know of many agreements at once: the facts of their parties and their terms, for
//! one page of a queue or one batch, in one statement.

use domain::agreement::checks::Certificate;
use domain::agreement::terms::Terms;
use domain::eligibility::{self, Admission, Facts, SourceStatus};
use domain::ids::{AgreementId, SchoolId};
use jiff::civil::Date;
use sea_query::{Alias, Expr, ExprTrait, JoinType, PostgresQueryBuilder, Query, SelectStatement};

use uuid::Uuid;

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
        uscc: String,
        licence_id: Option<Uuid>,
        licence_number: Option<String>,
        valid_from: Option<String>,
        valid_to: Option<String>,
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
    /// The employer's 统一社会信用代码.
    pub code: String,
    /// The employer's latest certificate.
    pub licence: Option<(Uuid, Certificate)>,
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
    with_licence(&mut query);
    let (sql, values) = query.build(PostgresQueryBuilder);
    let rows = fetch_all_dyn!(c, Row, &sql, &from_sea_query(values)?)?;
    rows.iter().map(ground).collect()
}

/// The employer's code and its latest certificate, besides.
fn with_licence(query: &mut SelectStatement) {
    let of_nobody = |table| Expr::col(col(table, "school_id")).eq(SchoolId::NONE.0);
    query
        .column(col("e", "uscc"))
        .expr_as(Expr::col(col("l", "id")), Alias::new("licence_id"))
        .expr_as(Expr::col(col("l", "number")), Alias::new("licence_number"))
        .column(col("l", "valid_from"))
        .column(col("l", "valid_to"))
        .join_as(
            JoinType::LeftJoin,
            Alias::new("employer_licence"),
            Alias::new("l"),
            of_nobody("l").and(Expr::col(col("l", "employer_id")).equals(col("a", "employer_id"))),
        )
        // One that is later; the latest has none.
        .join_as(
            JoinType::LeftJoin,
            Alias::new("employer_licence"),
            Alias::new("w"),
            of_nobody("w")
                .and(Expr::col(col("w", "employer_id")).equals(col("a", "employer_id")))
                .and(Expr::col(col("w", "id")).gt(Expr::col(col("l", "id")))),
        )
        .and_where(Expr::col(col("w", "id")).is_null());
}

fn ground(row: &Row) -> Result<Ground, Error> {
    let unknown = || Error::Corrupt(format!("agreement {}: an unknown status", row.id));
    let entry = row
        .entry
        .as_deref()
        .map(|code| Admission::from_code(code).ok_or_else(unknown));
    let day = |text: &str| text.parse::<Date>().map_err(|_| unknown());
    let licence = match (row.licence_id, &row.licence_number, &row.valid_from) {
        (Some(id), Some(number), Some(from)) => {
            let certificate = Certificate {
                number: number.clone(),
                valid_from: day(from)?,
                valid_to: row.valid_to.as_deref().map(day).transpose()?,
            };
            Some((id, certificate))
        }
        _ => None,
    };
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
        code: row.uscc.clone(),
        licence,
        terms: serde_json::from_str(&row.terms)
            .map_err(|_| Error::Corrupt(format!("agreement {}: terms", row.id)))?,
    })
}
