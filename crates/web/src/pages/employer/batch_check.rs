//! The dry run of a batch, row by row: who it is, whether an offer can be made, and the terms.

use super::batch_sheet::{Cells, as_day};
use crate::ctx::{At, Ctx};
use crate::views::form::FieldError;
use domain::agreement::Refusal;
use domain::agreement::form::{self, Limits};
use domain::agreement::terms::Terms;
use domain::codes::{POSITION_CATEGORY, PROVINCE, name_key};
use domain::params::{SchoolParams, china};
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::Conn;
use store::batches::{Mistake, NewLine};
use store::eligible::View;
use store::standings::{self, Standing};
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

fn cell<'r>(row: &'r Cells, name: &str) -> &'r str {
    let found = row.1.iter().find(|(column, _)| *column == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// The number of a row as the roster writes it.
fn number(row: &Cells) -> String {
    cell(row, "student_no").nfkc().collect()
}

/// Checks a sheet: of every row who it is, whether an offer can be made, and the terms. The rows change
/// nothing about how often the database is asked.
pub async fn check(
    c: &mut Conn<'_>,
    view: View,
    (template, limits, params): (&Terms, &Limits, &SchoolParams),
    (rows, now): (&[Cells], Timestamp),
) -> Result<Vec<NewLine>, store::Error> {
    let sought = rows.iter().map(|row| (number(row), name_key(cell(row, "name"))));
    let known = standings::of_numbers(c, view, &sought.collect(), (params, now)).await?;
    let mut seen = BTreeSet::new();
    let line = |row: &Cells| {
        let twice = !seen.insert(number(row));
        one(row, known.get(&number(row)), (template, limits), twice)
    };
    Ok(rows.iter().map(line).collect())
}

fn one(
    row: &Cells,
    standing: Option<&Standing>,
    (template, limits): (&Terms, &Limits),
    twice: bool,
) -> NewLine {
    let (terms, mut mistakes) = terms(template, &row.1, limits);
    let name = cell(row, "name");
    // A number with another name is answered like a number that does not exist.
    let standing = standing.filter(|standing| name_key(&standing.name) == name_key(name));
    match standing.map(|standing| &standing.offer) {
        None => mistakes.push(plain("student_no", "not_to_be_offered")),
        Some(Ok(())) => {}
        Some(Err(Refusal::NotEligible(block))) => mistakes.push(plain("student_no", block.code())),
        Some(Err(other)) => mistakes.push(plain("student_no", other.code())),
    }
    if twice {
        mistakes.push(plain("student_no", "row_twice"));
    }
    let short = |text: &str| text.chars().take(80).collect();
    NewLine {
        line: row.0,
        student_no: short(cell(row, "student_no")),
        student_name: short(name),
        student: standing.map(|standing| standing.id),
        terms,
        mistakes,
    }
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
