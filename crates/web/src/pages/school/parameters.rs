//! 学校参数: one page for the whole school and one for each graduation year.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::i18n::{Lang, tk};
use crate::pages::shared::cursor::{self, Trail};
use crate::params::Query;
use crate::reply;
use crate::tr;
use crate::views::form::{FieldError, Form};
use crate::views::review::parameters::{self as views, ChangeLine, Line, Parameters, words};
use axum::response::IntoResponse;
use domain::agreement::form::Input;
use domain::ids::SchoolId;
use domain::params::SchoolParams;
use domain::params::spec::{ParamProblem, SPECS, Spec};
use maud::Markup;
use serde_json::Value;
use std::collections::BTreeMap;
use store::parameters::{self, Change, Save, Setting};
use store::{Conn, schools};

/// Where the page is.
const PATH: &str = "/school/parameters";
/// Changes on a page.
const PAGE: usize = 20;

struct Data {
    years: Vec<i32>,
    settings: Vec<Setting>,
    version: i64,
    changes: Vec<Change>,
}

async fn read(
    c: &mut Conn<'_>,
    school: SchoolId,
    after: Option<cursor::Key>,
) -> std::result::Result<Data, store::Error> {
    Ok(Data {
        years: schools::years(c, school).await?,
        settings: parameters::settings(c, school).await?,
        version: parameters::version(c, school).await?,
        changes: parameters::changes(c, school, after, i64::try_from(PAGE + 1).unwrap_or(i64::MAX)).await?,
    })
}

/// The year that the address names, which has to be one of the school's; 0 for all.
fn year(query: &Input, data: &Data) -> Result<i32> {
    match query.text("year") {
        None => Ok(0),
        Some(text) => {
            let year = text.parse().map_err(|_| Error::NotFound)?;
            data.years.contains(&year).then_some(year).ok_or(Error::NotFound)
        }
    }
}

impl Data {
    fn layer(&self, year: i32) -> BTreeMap<String, Value> {
        let own = self.settings.iter().filter(|setting| setting.year == year);
        own.map(|setting| (setting.key.clone(), setting.value.clone()))
            .collect()
    }
}

async fn load(ctx: &Ctx, trail: &Trail) -> Result<Data> {
    let (school, after) = (ctx.school()?.id, trail.key());
    let data = ctx
        .store()
        .read(move |c| Box::pin(async move { read(c, school, after).await }));
    Ok(data.await?)
}

/// The page as it is stored, or with what was typed.
pub async fn show(ctx: Ctx, Query(query): Query) -> Result {
    let trail = Trail::of(&query);
    let data = load(&ctx, &trail).await?;
    let year = year(&query, &data)?;
    let mut input = Input::default();
    for (key, value) in data.layer(year) {
        if let Some(spec) = SPECS.iter().find(|spec| spec.key == key) {
            input.set(&key, spec.text(&value));
        }
    }
    let page = page(&ctx, data, (year, &trail), Form::filled(input)).await?;
    Ok(page.into_response())
}

async fn page(ctx: &Ctx, mut data: Data, (year, trail): (i32, &Trail), form: Form) -> Result<Markup> {
    let lang = ctx.lang();
    let below = if year == 0 {
        SchoolParams::default()
    } else {
        SchoolParams::from_values(&data.layer(0))
    };
    let lines = SPECS.iter().filter(|spec| spec.scope.covers(year)).map(|spec| {
        let own = data
            .settings
            .iter()
            .find(|setting| setting.year == year && setting.key == spec.key);
        Line {
            spec: *spec,
            fallback: words(lang, spec, &below.value(spec.key)),
            set: own.map(|setting| (person(lang, setting.by.clone()), setting.updated_at)),
        }
    });
    let lines = lines.collect();
    let more = data.changes.len() > PAGE;
    data.changes.truncate(PAGE);
    let next = data
        .changes
        .last()
        .filter(|_| more)
        .map(|last| cursor::text((last.at, last.id)));
    let asked = if year == 0 {
        String::new()
    } else {
        year.to_string()
    };
    let total = u64::try_from(data.version).unwrap_or(0);
    let view = Parameters {
        year,
        years: data.years,
        lines,
        form,
        version: data.version,
        changes: data
            .changes
            .into_iter()
            .map(|change| line(lang, change))
            .collect(),
        pager: trail.pager(PATH, &[("year", &asked)], next, total),
    };
    Ok(views::page(&ctx.frame().await?, &view))
}

fn person(lang: Lang, name: Option<String>) -> String {
    name.unwrap_or_else(|| tr!(lang, "parameters.set_up").into_owned())
}

fn line(lang: Lang, change: Change) -> ChangeLine {
    let spec = SPECS.iter().find(|spec| spec.key == change.key);
    let say = |value: Option<Value>| match (value, spec) {
        (None, _) => tr!(lang, "parameters.not_set").into_owned(),
        (Some(value), Some(spec)) => words(lang, spec, &value),
        (Some(value), None) => value.to_string(),
    };
    ChangeLine {
        at: change.at,
        by: person(lang, change.by),
        year: change.year,
        name: tk(lang, "param", &change.key).into_owned(),
        old: say(change.old_value),
        new: say(change.new_value),
    }
}

fn wrong(spec: &Spec, problem: ParamProblem) -> FieldError {
    let params = match problem {
        ParamProblem::OutOfRange { min, max } => vec![("min", min.to_string()), ("max", max.to_string())],
        _ => Vec::new(),
    };
    FieldError {
        params,
        ..FieldError::new(spec.key, problem.code())
    }
}

type Values = Vec<(&'static str, Option<Value>)>;

/// The values of the form; or what is wrong with each field.
fn typed(input: &Input, year: i32) -> Result<Values, Vec<FieldError>> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for spec in SPECS.iter().filter(|spec| spec.scope.covers(year)) {
        match spec.read(input.raw(spec.key)) {
            Ok(value) => values.push((spec.key, value)),
            Err(problem) => errors.push(wrong(spec, problem)),
        }
    }
    if errors.is_empty() {
        Ok(values)
    } else {
        Err(errors)
    }
}

/// Values that contradict each other, here or in a year that has values of its own.
fn conflicts(data: &Data, year: i32, values: &Values) -> Vec<FieldError> {
    let saved: BTreeMap<String, Value> = values
        .iter()
        .filter_map(|(key, value)| Some(((*key).to_owned(), value.clone()?)))
        .collect();
    let layer = |of: i32| if of == year { saved.clone() } else { data.layer(of) };
    let affected = if year == 0 {
        std::iter::once(0).chain(data.years.iter().copied()).collect()
    } else {
        vec![year]
    };
    let mut errors: Vec<FieldError> = Vec::new();
    for of in affected {
        let mut merged = layer(0);
        merged.extend(layer(of));
        for (key, problem) in SchoolParams::from_values_unchecked(&merged).conflicts() {
            if errors.iter().any(|error| error.field == key) {
                continue;
            }
            let known = SPECS
                .iter()
                .find(|spec| spec.key == key && spec.scope.covers(year));
            let Some(spec) = known else { continue };
            errors.push(if of == year {
                wrong(spec, problem)
            } else {
                FieldError {
                    params: vec![("year", of.to_string())],
                    ..FieldError::new(key, "conflict_of_year")
                }
            });
        }
    }
    errors
}

/// Saves what was changed.
pub async fn update(ctx: Ctx, Query(query): Query, Posted(input): Posted) -> Result {
    let trail = Trail::default();
    let data = load(&ctx, &trail).await?;
    let year = year(&query, &data)?;
    let read = typed(&input, year).and_then(|values| {
        let errors = conflicts(&data, year, &values);
        if errors.is_empty() {
            Ok(values)
        } else {
            Err(errors)
        }
    });
    let values = match read {
        Ok(values) => values,
        Err(errors) => return again(&ctx, data, year, input, errors).await,
    };
    let save = Save {
        year,
        values,
        by: ctx.account(),
        version: input.raw("version").parse().map_err(|_| Error::BadRequest)?,
    };
    let (school, env) = (ctx.school()?.id, ctx.env().clone());
    let saved = ctx.store().write(move |c| {
        let (save, env) = (save.clone(), env.clone());
        Box::pin(async move { parameters::save(c, school, &save, &env).await })
    });
    match saved.await {
        Ok(n) => {
            let path = if year == 0 {
                PATH.to_owned()
            } else {
                format!("{PATH}?year={year}")
            };
            Ok(ctx.done(&path, "parameters_saved", &[("n", &n.to_string())]))
        }
        Err(store::Error::Stale) => {
            let errors = vec![FieldError::new("version", "stale")];
            again(&ctx, data, year, input, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(ctx: &Ctx, data: Data, year: i32, input: Input, errors: Vec<FieldError>) -> Result {
    let form = Form {
        input,
        errors,
        ..Form::default()
    };
    let page = page(ctx, data, (year, &Trail::default()), form).await?;
    Ok(reply::unprocessable(page))
}
