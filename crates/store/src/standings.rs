//! Who the students of a sheet are, and whether an employer may offer to each of them: as many statements for
//! five hundred numbers as for one.

use std::collections::{BTreeMap, BTreeSet};

use domain::agreement::{Refusal, StateKind};
use domain::codes::name_key;
use domain::eligibility::{self, Admission, Encounter, Facts, SourceStatus, may_know};
use domain::ids::{EmployerId, SchoolId, StudentId};
use domain::params::SchoolParams;
use jiff::Timestamp;
use sea_query::{Alias, Expr, ExprTrait, PostgresQueryBuilder, Query, SelectStatement};
use uuid::Uuid;

use crate::db::{Conn, Error, from_sea_query};
use crate::eligible::View;
use crate::{fetch_all_dyn, fetch_opt, row};

/// A student of whom the employer may know.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Which.
    pub id: StudentId,
    /// Name.
    pub name: String,
    /// Why no offer can be made, if so.
    pub offer: Result<(), Refusal>,
}

row! {
    struct Row {
        id: StudentId,
        student_no: String,
        name: String,
        source_status: String,
        training_mode: String,
    }
}

row! {
    struct Deal {
        student_id: StudentId,
        employer_id: EmployerId,
        state: String,
    }
}

row! {
    struct Firm {
        certification: String,
        entry: Option<String>,
    }
}

fn name(name: &'static str) -> Alias {
    Alias::new(name)
}

fn of_school(table: &'static str, school: SchoolId) -> SelectStatement {
    let mut query = Query::select();
    query
        .from(name(table))
        .and_where(Expr::col(name("school_id")).eq(school.0));
    query
}

/// As many values as there can be in a list of a few lengths only: the last one stands there again. So the
/// servers compile a handful of texts and not five hundred.
fn padded<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

/// The statement that finds the students; also used by the test that reads its plan. A join and no list:
/// without statistics SQLite would rather read all students of the school than look up many numbers.
pub fn by_number(view: View, numbers: &BTreeSet<String>) -> SelectStatement {
    let of_student = |column| (name("s"), name(column));
    let wanted = padded(numbers.iter().map(String::as_str));
    let mut query = Query::select();
    query
        .columns(["id", "student_no", "name", "source_status", "training_mode"].map(of_student))
        .from_values(wanted, name("w"))
        .from_as(name("student"), name("s"))
        .and_where(Expr::col(of_student("school_id")).eq(view.school.0))
        .and_where(Expr::col(of_student("year")).eq(i64::from(view.year)))
        .and_where(Expr::col(of_student("student_no")).equals((name("w"), name("column1"))));
    query
}

/// The statement that finds their agreements; also used by the test that reads its plan.
pub fn deals(view: View, students: &[Uuid]) -> SelectStatement {
    let mut query = of_school("agreement", view.school);
    query
        .columns(["student_id", "employer_id", "state"].map(name))
        .and_where(Expr::col(name("student_id")).is_in(padded(students.iter().copied())));
    query
}

/// The statement that finds who of them sent a résumé; also used by the test that reads its plan.
pub fn applicants(view: View, students: &[Uuid]) -> SelectStatement {
    let mut query = of_school("application", view.school);
    query
        .column(name("student_id"))
        .and_where(Expr::col(name("student_id")).is_in(padded(students.iter().copied())))
        .and_where(Expr::col(name("employer_id")).eq(view.employer.0));
    query
}

/// The students with these numbers 学号, each with the [`name_key`] of the name that was given with it; by number.
/// One of whom the employer may not know is left out, as one that does not exist.
pub async fn of_numbers(
    c: &mut Conn<'_>,
    view: View,
    sought: &BTreeSet<(String, String)>,
    (params, now): (&SchoolParams, Timestamp),
) -> Result<BTreeMap<String, Standing>, Error> {
    if sought.is_empty() {
        return Ok(BTreeMap::new());
    }
    let numbers = sought.iter().map(|(number, _)| number.clone()).collect();
    let firm = firm(c, view).await?;
    let (sql, values) = by_number(view, &numbers).build(PostgresQueryBuilder);
    let students = fetch_all_dyn!(c, Row, &sql, &from_sea_query(values)?)?;
    let ids: BTreeSet<Uuid> = students.iter().map(|student| student.id.0).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (sql, values) = deals(view, &ids).build(PostgresQueryBuilder);
    let mut known: BTreeMap<StudentId, Known> = BTreeMap::new();
    for deal in fetch_all_dyn!(c, Deal, &sql, &from_sea_query(values)?)? {
        let known = known.entry(deal.student_id).or_default();
        let own = deal.employer_id == view.employer;
        known.met |= own;
        known.open |= own && deal.state == StateKind::Offered.code();
        known.live |= StateKind::from_code(&deal.state).is_some_and(StateKind::is_live);
    }
    let (sql, values) = applicants(view, &ids).build(PostgresQueryBuilder);
    for (student,) in fetch_all_dyn!(c, (StudentId,), &sql, &from_sea_query(values)?)? {
        known.entry(student).or_default().met = true;
    }
    let mut found = BTreeMap::new();
    for student in students {
        let known = known.get(&student.id).copied().unwrap_or_default();
        let facts = facts(&firm, &student, known.live)?;
        let encounter = Encounter {
            met: known.met,
            named: sought.contains(&(student.student_no.clone(), name_key(&student.name))),
        };
        if may_know(view.discovery, facts.source, encounter) {
            let offer = match eligibility::check(&facts, params, now) {
                Err(block) => Err(Refusal::NotEligible(block)),
                Ok(()) if known.open => Err(Refusal::OfferOpen),
                Ok(()) => Ok(()),
            };
            let standing = Standing {
                id: student.id,
                name: student.name,
                offer,
            };
            found.insert(student.student_no, standing);
        }
    }
    Ok(found)
}

/// What is between a student and the employers.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    live: bool,
    open: bool,
    met: bool,
}

async fn firm(c: &mut Conn<'_>, view: View) -> Result<Firm, Error> {
    let firm = fetch_opt!(
        c,
        Firm,
        "SELECT e.certification, n.status AS entry FROM employer e \
         LEFT JOIN employer_entry n ON n.employer_id = e.id AND n.school_id = $1 WHERE e.id = $2",
        view.school,
        view.employer
    )?;
    firm.ok_or(Error::NotFound)
}

fn facts(firm: &Firm, student: &Row, live: bool) -> Result<Facts, Error> {
    let unknown = || Error::Corrupt("an unknown status of a student or employer".into());
    let admission = |code: &str| Admission::from_code(code).ok_or_else(unknown);
    Ok(Facts {
        certification: admission(&firm.certification)?,
        entry: firm.entry.as_deref().map(admission).transpose()?,
        source: SourceStatus::from_code(&student.source_status).ok_or_else(unknown)?,
        bound: eligibility::binds(&student.training_mode),
        live,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_one_of_a_few_lengths() {
        assert_eq!(padded([1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(padded(0..500).len(), 512);
        assert!(padded(Vec::<i64>::new()).is_empty());
    }
}
