//! 批量邀约: a template, a sheet of students, a check of every row, and then all of them sent by the worker.

use std::collections::BTreeSet;

use super::resume::see;
use crate::ctx::{At, Ctx};
use crate::error::{Error, Result};
use crate::export::{self, Cell, Sheet};
use crate::form::Form as Posted;
use crate::i18n::{Lang, tk};
use crate::pages::shared::act;
use crate::pages::shared::rows::agreement_row;
use crate::params::{Id, PathId, Query};
use crate::reply;
use crate::sheet::{self, Value};
use crate::tr;
use crate::upload::{Files, Sent};
use crate::views::employer::batches::{self as views, BatchLine, BatchPage, Batches, Sending};
use crate::views::form::{Choice, FieldError, Form};
use crate::views::links;
use crate::views::part::{ClauseItem, Confirmation};
use axum::response::IntoResponse;
use domain::agreement::clause::Party;
use domain::agreement::form::{self, Input, Limits};
use domain::agreement::terms::Terms;
use domain::agreement::{Content, Refusal};
use domain::codes::{POSITION_CATEGORY, PROVINCE, name_key};
use domain::ids::AgreementId;
use domain::params::{SchoolParams, china};
use jiff::civil::Date;
use std::str::FromStr;
use store::batches::{self, Evidence, MOST, Mistake, NewLine, PAGE, Whose};
use store::lists::{self, Owner};
use store::{Conn, agreements, people};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// A batch in an address.
#[derive(Debug, Clone, Copy)]
pub struct BatchId(pub Uuid);

impl FromStr for BatchId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> std::result::Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl PathId for BatchId {
    const NAME: &'static str = "batch";
}

/// A row: its number, and its cells with the names of their columns.
type Cells = (i64, Vec<(&'static str, String)>);

/// The columns of a sheet: who it is, then the terms that differ from the template.
pub const COLUMNS: [&str; 12] = [
    "student_no",
    "name",
    "position",
    "work_place",
    "contract_months",
    "probation_months",
    "probation_pay",
    "regular_pay",
    "benefits",
    "report_from",
    "report_to",
    "report_place",
];

fn heading(lang: Lang, column: &str) -> String {
    match column {
        "student_no" | "name" => tk(lang, "label", column).into_owned(),
        _ => tk(lang, "term", column).into_owned(),
    }
}

fn whose(at: &At) -> Whose {
    Whose {
        school: at.school.id,
        year: at.year,
        employer: at.employer,
    }
}

/// Batches, templates, and the form for a new sheet.
pub async fn list(ctx: Ctx, at: At) -> Result {
    Ok(page(&ctx, &at, Form::default()).await?.into_response())
}

async fn page(ctx: &Ctx, at: &At, form: Form) -> Result<maud::Markup> {
    let (whose, lang) = (whose(at), ctx.lang());
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            let owner = Owner::Employer(whose.employer, whose.year);
            let recent = lists::agreements(c, whose.school, owner, &lists::Filter::default(), None).await?;
            Ok((
                batches::templates(c, whose).await?,
                batches::latest(c, whose).await?,
                recent.items,
            ))
        })
    });
    let (templates, latest, recent) = read.await?;
    let recent: Result<Vec<_>> = recent.into_iter().map(|item| agreement_row(lang, item)).collect();
    let view = Batches {
        templates: templates
            .into_iter()
            .map(|template| (template.id, template.name, template.updated_at))
            .collect(),
        recent: recent?
            .into_iter()
            .map(|row| {
                Choice::new(
                    row.id.to_string(),
                    format!("{} · {} · {}", row.position, row.place, row.student),
                )
            })
            .collect(),
        batches: latest.into_iter().map(views::head).collect(),
        columns: COLUMNS.map(|column| heading(lang, column)).to_vec(),
        most: MOST,
        form,
    };
    Ok(views::list(&ctx.frame().await?, &view))
}

/// An empty sheet with the heads of the columns.
pub async fn empty(ctx: Ctx) -> Result {
    let lang = ctx.lang();
    let sheet = Sheet {
        name: tr!(lang, "batches.sheet").into_owned(),
        head: COLUMNS.map(|column| heading(lang, column)).to_vec(),
        rows: vec![COLUMNS.map(|_| Cell::from("")).to_vec()],
        note: None,
    };
    export::answer(sheet, "offers.xlsx").await
}

/// Keeps the terms of an agreement as a template.
pub async fn keep(ctx: Ctx, at: At, Posted(input): Posted) -> Result {
    let name = input.raw("template_name").trim().to_owned();
    let length = name.chars().count();
    let source: Option<AgreementId> = input.raw("agreement").parse().ok();
    let mut form = Form::filled(input.clone());
    if length == 0 || name.chars().any(char::is_control) {
        form = form.with_error("template_name", "required");
    } else if length > 40 {
        let too_long = FieldError {
            params: vec![("max", "40".into())],
            ..FieldError::new("template_name", "too_long")
        };
        form.errors.push(too_long);
    }
    let Some(source) = source else {
        form = form.with_error("agreement", "required");
        return Ok(reply::unprocessable(page(&ctx, &at, form).await?));
    };
    if !form.errors.is_empty() {
        return Ok(reply::unprocessable(page(&ctx, &at, form).await?));
    }
    let (whose, by, env) = (whose(&at), ctx.account(), ctx.env().clone());
    let kept = ctx.store().write(move |c| {
        let (name, env) = (name.clone(), env.clone());
        Box::pin(async move {
            let loaded = agreements::load(c, whose.school, source).await?;
            let own = loaded.filter(|loaded| loaded.agreement.employer == whose.employer);
            let terms = own.ok_or(store::Error::NotFound)?.agreement.content.terms;
            batches::keep_template(c, whose, (&name, &terms, by), &env).await
        })
    });
    if kept.await? {
        return Ok(ctx.done(&base(&ctx).await?, "template_kept", &[]));
    }
    let full = form.with_error("template_name", "too_many_templates");
    Ok(reply::unprocessable(page(&ctx, &at, full).await?))
}

/// Removes a template.
pub async fn remove(ctx: Ctx, at: At, Posted(input): Posted) -> Result {
    let Ok(id) = input.raw("template").parse::<Uuid>() else {
        let form = Form::default().with_error("template", "required");
        return Ok(reply::unprocessable(page(&ctx, &at, form).await?));
    };
    let whose = whose(&at);
    let gone = ctx
        .store()
        .write(move |c| Box::pin(async move { batches::drop_template(c, whose, id).await }));
    gone.await?;
    Ok(ctx.done(&base(&ctx).await?, "template_removed", &[]))
}

async fn base(ctx: &Ctx) -> Result<String> {
    Ok(format!("{}/batches", links::base(&ctx.frame().await?)))
}

/// A sheet as texts: the number of each row, and its cells by column.
type Grid = Vec<(i64, Vec<String>)>;

/// What was pasted.
fn pasted(text: &str) -> Grid {
    let lines = (1i64..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .take(MOST + 2)
        .map(|(n, line)| (n, line.split('\t').map(|cell| cell.trim().to_owned()).collect()))
        .collect()
}

/// What was sent as a file.
fn unpacked(sent: &Sent) -> std::result::Result<Grid, FieldError> {
    if sent.too_large {
        return Err(FieldError::new("file", "sheet_too_large"));
    }
    if !sent.bytes.starts_with(b"PK\x03\x04") {
        return Err(FieldError::new("file", "sheet_not_xlsx"));
    }
    let rows = sheet::rows(&sent.bytes, COLUMNS.len() + 4, MOST + 1);
    let rows = rows.map_err(|fault| FieldError::new("file", fault.code()))?;
    let text = |value: &Value| match value {
        Value::Text(text) => text.trim().chars().take(2000).collect(),
        // Its last digits are gone: no number and no amount can be read from it.
        Value::Rounded => "?".to_owned(),
        Value::Day(_, day) => day.map_or_else(|| "?".to_owned(), |day| day.to_string()),
    };
    let line = |(n, cells): (u32, sheet::Row)| {
        let width = cells.keys().last().map_or(0, |last| last + 1);
        let cell = |column| cells.get(&column).map(text).unwrap_or_default();
        (i64::from(n) + 1, (0..width).map(cell).collect())
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The cells of a sheet by the names of its columns; or what is wrong with the sheet as a whole.
fn cells(grid: Grid, field: &str) -> std::result::Result<Vec<Cells>, FieldError> {
    let mut lines = grid
        .into_iter()
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let Some((_, head)) = lines.next() else {
        return Err(FieldError::new(field, "required"));
    };
    let tidy = |text: &str| text.trim().nfkc().collect::<String>();
    let known = |name: &str| {
        let is = |column: &&str| {
            Lang::ALL
                .into_iter()
                .any(|lang| tidy(&heading(lang, column)) == name)
        };
        COLUMNS.into_iter().find(|column| is(column))
    };
    let mut columns = Vec::new();
    for name in head.iter().map(|name| tidy(name)) {
        let Some(column) = known(&name) else {
            let params = vec![("name", name.chars().take(20).collect())];
            return Err(FieldError {
                params,
                ..FieldError::new(field, "unknown_column")
            });
        };
        if columns.contains(&column) {
            return Err(FieldError::new(field, "column_twice"));
        }
        columns.push(column);
    }
    if !columns.contains(&"student_no") || !columns.contains(&"name") {
        return Err(FieldError::new(field, "columns_missing"));
    }
    let read = |(line, values): (i64, Vec<String>)| (line, columns.iter().copied().zip(values).collect());
    let rows: Vec<_> = lines.map(read).collect();
    if rows.is_empty() {
        return Err(FieldError::new(field, "required"));
    }
    if rows.len() > MOST {
        let params = vec![("max", MOST.to_string())];
        return Err(FieldError {
            params,
            ..FieldError::new(field, "too_many_rows")
        });
    }
    Ok(rows)
}

/// `2027/7/1`, as spreadsheets show days, as the form takes it; anything else as it is.
fn as_day(text: &str) -> String {
    let plain: String = text.nfkc().collect();
    let parts: Vec<i16> = plain
        .split(['/', '-', '.'])
        .filter_map(|part| part.trim().parse().ok())
        .collect();
    let day = match parts.as_slice() {
        [year, month, day] => {
            let small = |n: i16| i8::try_from(n).ok();
            small(*month)
                .zip(small(*day))
                .and_then(|(month, day)| Date::new(*year, month, day).ok())
        }
        _ => None,
    };
    day.map_or(plain, |day| day.to_string())
}

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
async fn check(
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

fn limits(ctx: &Ctx, at: &At, params: &SchoolParams) -> Limits {
    Limits {
        today: ctx.now().to_zoned(china()).date(),
        year: at.year,
        penalty_cap: params.penalty_cap,
        is_position_category: |code| POSITION_CATEGORY.accepts(code),
        is_province: |code| PROVINCE.accepts(code),
    }
}

/// The dry run: every row is checked, nothing is sent.
pub async fn create(ctx: Ctx, at: At, files: Files, Posted(input): Posted) -> Result {
    let form = Form::filled(input.clone());
    let template: Option<Uuid> = input.raw("template").parse().ok();
    let (mut name, mut read) = (tr!(ctx.lang(), "batches.pasted").into_owned(), None);
    if let Some(sent) = files.of("file") {
        name = sent.name.chars().filter(|c| !c.is_control()).take(80).collect();
        let sent = sent.clone();
        let grid = tokio::task::spawn_blocking(move || unpacked(&sent)).await;
        read = Some(
            grid.map_err(Error::internal)?
                .and_then(|grid| cells(grid, "file")),
        );
    }
    let read = read.unwrap_or_else(|| cells(pasted(input.raw("rows")), "rows"));
    let (Some(template), Ok(rows)) = (template, &read) else {
        let mut form = form;
        if template.is_none() {
            form = form.with_error("template", "required");
        }
        form.errors.extend(read.err());
        return Ok(reply::unprocessable(page(&ctx, &at, form).await?));
    };
    let (place, rows, now, context) = (at.clone(), rows.clone(), ctx.now(), ctx.clone());
    let whose = whose(&at);
    let checked = ctx.store().read(move |c| {
        let (at, rows, ctx) = (place.clone(), rows.clone(), context.clone());
        Box::pin(async move {
            let templates = batches::templates(c, whose).await?;
            let chosen = templates.iter().find(|known| known.id == template);
            let terms = chosen.ok_or(store::Error::NotFound)?.terms()?;
            let params = agreements::params(c, whose.school, whose.year).await?;
            let limits = limits(&ctx, &at, &params);
            let (mut lines, mut seen) = (Vec::new(), BTreeSet::new());
            for row in &rows {
                lines.push(check(c, (&at, &terms, &limits, now), row, &mut seen).await?);
            }
            Ok(lines)
        })
    });
    let lines = checked.await?;
    let (by, env) = (ctx.account(), ctx.env().clone());
    let made = ctx.store().write(move |c| {
        let (lines, env, name) = (lines.clone(), env.clone(), name.clone());
        Box::pin(async move { batches::create(c, whose, (&name, &lines, by), &env).await })
    });
    let id = made.await?;
    Ok(reply::see_other(&format!("{}/{id}", base(&ctx).await?)))
}

/// A batch: what was found, what was sent.
pub async fn show(ctx: Ctx, at: At, Id(BatchId(id)): Id<BatchId>, Query(query): Query) -> Result {
    Ok(batch_page(&ctx, &at, (id, &query), Form::default())
        .await?
        .into_response())
}

async fn batch_page(ctx: &Ctx, at: &At, (id, query): (Uuid, &Input), form: Form) -> Result<maud::Markup> {
    let whose = whose(at);
    let status = ["bad", "ready", "sent", "refused"]
        .into_iter()
        .find(|known| query.raw("status") == *known);
    let after: i64 = query.raw("after").parse().unwrap_or(0);
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            let Some(batch) = batches::get(c, whose, id).await? else {
                return Err(store::Error::NotFound);
            };
            let counts = batches::counts(c, whose.school, id).await?;
            let lines = batches::lines(c, whose.school, id, (status, after)).await?;
            let first = batches::lines(c, whose.school, id, (Some("ready"), 0)).await?;
            let params = agreements::params(c, whose.school, whose.year).await?;
            Ok((batch, counts, lines, first.into_iter().next(), params))
        })
    });
    let (batch, counts, mut lines, first, params) = read.await?;
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = lines.len() > size;
    lines.truncate(size);
    let next = lines.last().filter(|_| more).map(|last| last.line);
    let sample = first
        .and_then(|line| line.terms)
        .and_then(|terms| serde_json::from_str::<Terms>(&terms).ok());
    let sending = (batch.status == "checked" && batch.bad == 0)
        .then_some(sample)
        .flatten()
        .map(|terms| Sending {
            clauses: clauses(&Content::standard(terms), &form),
            reply_days: (params.reply_days, params.reply_days_min, params.reply_days_max),
        });
    let view = BatchPage {
        head: views::head(batch),
        counts: counts
            .into_iter()
            .map(|(status, n)| (status, u64::try_from(n).unwrap_or(0)))
            .collect(),
        status: status.unwrap_or_default().to_owned(),
        lines: lines.into_iter().map(|line| shown(ctx.lang(), line)).collect(),
        next,
        sending,
        form,
    };
    Ok(views::batch(&ctx.frame().await?, &view))
}

fn clauses(content: &Content, form: &Form) -> Vec<ClauseItem> {
    let item = |clause: &domain::agreement::Clause| ClauseItem {
        clause: clause.clone(),
        employer: if form.has("tick", &clause.key) {
            Confirmation::Given(jiff::Timestamp::UNIX_EPOCH)
        } else {
            Confirmation::Missing
        },
        student: Confirmation::NotAsked,
        before: None,
    };
    content.clauses.iter().map(item).collect()
}

fn shown(lang: Lang, line: batches::Line) -> BatchLine {
    let mistakes: Vec<Mistake> = serde_json::from_str(&line.problems).unwrap_or_default();
    let words = |mistake: &Mistake| {
        let params: Vec<(&str, &str)> = mistake
            .params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        (
            heading(lang, &mistake.field),
            views::reason(lang, &mistake.code, &params),
        )
    };
    BatchLine {
        line: line.line,
        student_no: line.student_no,
        name: line.student_name,
        agreement: (line.status == "sent").then_some(line.agreement_id),
        status: line.status,
        mistakes: mistakes.iter().map(words).collect(),
        refusal: line.refusal.map(|code| views::reason(lang, &code, &[])),
    }
}

/// Confirms the clauses and lets the worker send every offer.
pub async fn send(ctx: Ctx, at: At, Id(BatchId(id)): Id<BatchId>, Posted(input): Posted) -> Result {
    let whose = whose(&at);
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            let Some(_) = batches::get(c, whose, id).await? else {
                return Err(store::Error::NotFound);
            };
            let first = batches::lines(c, whose.school, id, (Some("ready"), 0)).await?;
            let params = agreements::params(c, whose.school, whose.year).await?;
            Ok((first.into_iter().next(), params))
        })
    });
    let (first, params) = read.await?;
    let mut form = Form::filled(input.clone());
    let terms = first.and_then(|line| serde_json::from_str::<Terms>(&line.terms?).ok());
    let wanted = terms
        .map(|terms| Content::standard(terms).clauses)
        .unwrap_or_default();
    let missing = wanted
        .iter()
        .filter(|clause| clause.confirmed_by.contains(&Party::Employer))
        .filter(|clause| !input.all("tick").contains(&clause.key))
        .count();
    if missing > 0 || wanted.is_empty() {
        form = form.with_error("tick", "tick_all");
    }
    let days: i64 = input.raw("reply_days").trim().parse().unwrap_or(0);
    if !(i64::from(params.reply_days_min)..=i64::from(params.reply_days_max)).contains(&days) {
        form = form.with_error("reply_days", "not_a_choice");
    }
    if !form.errors.is_empty() {
        let page = batch_page(&ctx, &at, (id, &Input::default()), form).await?;
        return Ok(reply::unprocessable(page));
    }
    let origin = act::origin(&ctx);
    let evidence = Evidence {
        actor: ctx.actor.clone(),
        address: origin.address,
        client: origin.client,
        deadline: act::deadline(&ctx, input.raw("reply_days")),
    };
    let env = ctx.env().clone();
    let begun = ctx.store().write(move |c| {
        let (evidence, env) = (evidence.clone(), env.clone());
        Box::pin(async move { batches::start(c, whose, (id, days, &evidence), &env).await })
    });
    match begun.await {
        Ok(()) => {}
        // Sent twice by a double click: it has begun.
        Err(store::Error::Stale) => return Err(Error::Stale),
        Err(error) => return Err(error.into()),
    }
    ctx.store().bell().notify_one();
    Ok(ctx.done(&format!("{}/{id}", base(&ctx).await?), "batch_begun", &[]))
}
