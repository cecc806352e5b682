//! The dry run of a batch, row by row: who it is, whether an offer can be made, and the terms.

use super::batch_sheet::{Cells, as_day};
use super::resume::see;
use crate::ctx::{At, Ctx};
use crate::views::form::FieldError;
use domain::agreement::Refusal;
use domain::agreement::form::{self, Limits};
use domain::agreement::terms::Terms;
use domain::codes::{POSITION_CATEGORY, PROVINCE, name_key};
use domain::params::{SchoolParams, china};
use std::collections::BTreeSet;
use store::batches::{Mistake, NewLine};
use store::{Conn, people};
use unicode_normalization::UnicodeNormalization;

/// The terms of a row: the template's, and over them what the row says.
fn terms(template: &Terms, row: &[(&'static str, String)], limits: &Limits) -> (Option<Terms>, Vec<Mistake>) {
    let mut input = form::to_input(template);
    for (column, value) in row {
        if matches!(*column, "student_no" | "name") || value.is_empty() {
            continue;
        }
        let value = if column.starts_with("report_") && *column != "report_place" {
            as_day(value)
        } else {
            value.clone()
        };
        input.set(column, value);
        if *column == "contract_months" {
            input.set("contract", "fixed");
        }
    }
    match form::parse(&input, limits) {
        Ok((terms, _)) => (Some(terms), Vec::new()),
        Err(problems) => (
            None,
            problems
                .iter()
                .map(|problem| mistake(&FieldError::from(problem)))
                .collect(),
        ),
    }
}

fn mistake(error: &FieldError) -> Mistake {
    let params = error.params.iter();
    Mistake {
        field: error.field.clone(),
        code: error.code.clone(),
        params: params
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    }
}

fn plain(field: &str, code: &str) -> Mistake {
    mistake(&FieldError::new(field, code))
}

/// Checks one row: who it is, whether an offer can be made, and the terms.
pub async fn check(
    c: &mut Conn<'_>,
    (at, template, limits, now): (&At, &Terms, &Limits, jiff::Timestamp),
    (line, row): &Cells,
    seen: &mut BTreeSet<String>,
) -> std::result::Result<NewLine, store::Error> {
    let cell = |name: &str| {
        let found = row.iter().find(|(column, _)| *column == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (student_no, name) = (cell("student_no"), cell("name"));
    let (terms, mut mistakes) = terms(template, row, limits);
    let found =
        people::student_by_no(c, at.school.id, at.year, &student_no.nfkc().collect::<String>()).await?;
    // A number with another name is answered like a number that does not exist.
    let found = found.filter(|student| name_key(&student.name) == name_key(&name));
    let mut student = None;
    match found {
        None => mistakes.push(plain("student_no", "not_to_be_offered")),
        Some(found) => match see(c, at, found.id, now).await {
            Err(store::Error::NotFound) => mistakes.push(plain("student_no", "not_to_be_offered")),
            Err(error) => return Err(error),
            Ok(seen) => {
                match seen.offer {
                    Ok(()) => {}
                    Err(Refusal::NotEligible(block)) => mistakes.push(plain("student_no", block.code())),
                    Err(other) => mistakes.push(plain("student_no", other.code())),
                }
                student = Some(found.id);
            }
        },
    }
    if !seen.insert(student_no.clone()) {
        mistakes.push(plain("student_no", "row_twice"));
    }
    let short = |text: String| text.chars().take(80).collect();
    Ok(NewLine {
        line: *line,
        student_no: short(student_no),
        student_name: short(name),
        student,
        terms,
        mistakes,
    })
}

/// What the form of the terms allows at this school today.
pub fn limits(ctx: &Ctx, at: &At, params: &SchoolParams) -> Limits {
    Limits {
        today: ctx.now().to_zoned(china()).date(),
        year: at.year,
        penalty_cap: params.penalty_cap,
        is_position_category: |code| POSITION_CATEGORY.accepts(code),
        is_province: |code| PROVINCE.accepts(code),
    }
}
