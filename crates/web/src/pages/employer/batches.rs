//! 批量邀约: a template, a sheet of students, a check of every row, and then all of them sent by the worker.

use super::batch_check::{check, limits};
use super::batch_sheet::{COLUMNS, cells, heading, pasted, unpacked};
use super::batch_texts::{Texts, texts};
use crate::ctx::{At, Ctx};
use crate::error::Result;
use crate::export::{self, Cell, Sheet};
use crate::form::Form as Posted;
use crate::i18n::Lang;
use crate::pages::shared::act;
use crate::pages::shared::rows::agreement_row;
use crate::params::{Id, PathId, Query};
use crate::reply;
use crate::tr;
use crate::upload::Files;
use crate::views::employer::batch_texts::Worded;
use crate::views::employer::batches::{self as views, BatchLine, BatchPage, Batches, Sending};
use crate::views::form::{Choice, FieldError, Form};
use crate::views::links;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::agreement::clause::Hash;
use domain::agreement::form::Input;
use domain::ids::AgreementId;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use store::agreements;
use store::batches::{self, Evidence, MOST, Mistake, PAGE, Whose};
use store::eligible::View;
use store::lists::{self, Owner};
use store::templates;
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

/// The dry run: every row is checked, nothing is sent.
pub async fn create(ctx: Ctx, at: At, files: Files, Posted(input): Posted) -> Result {
    let form = Form::filled(input.clone());
    let template: Option<Uuid> = input.raw("template").parse().ok();
    let (mut name, mut read) = (tr!(ctx.lang(), "batches.pasted").into_owned(), None);
    if let Some(sent) = files.of("file") {
        name = sent.name.chars().filter(|c| !c.is_control()).take(80).collect();
        let grid = unpacked(&ctx.here.app.config().readers, sent).await;
        read = Some(grid.and_then(|grid| cells(grid, "file")));
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
            let view = View {
                school: whose.school,
                year: whose.year,
                employer: whose.employer,
                discovery: params.discovery,
            };
            check(c, view, (&terms, &limits, &params), (&rows, now)).await
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
            let to_send = batch.status == "checked" && batch.bad == 0;
            let contents = if to_send {
                batches::contents(c, whose.school, id).await?
            } else {
                Vec::new()
            };
            let params = agreements::params(c, whose.school, whose.year).await?;
            let template = templates::in_force(c, whose.school, whose.year).await?;
            Ok((batch, counts, lines, (contents, template), params))
        })
    });
    let (batch, counts, mut lines, (contents, template), params) = read.await?;
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = lines.len() > size;
    lines.truncate(size);
    let next = lines.last().filter(|_| more).map(|last| last.line);
    let is_asked = !contents.is_empty();
    let texts = texts(&template, contents);
    let (confirmed, _) = ticked(&texts, &form.input);
    let sending = is_asked.then(|| Sending {
        clauses: texts.iter().map(|texts| worded(texts, &confirmed)).collect(),
        reply_days: (params.reply_days, params.reply_days_min, params.reply_days_max),
    });
    let left = if form.is_bad("tick") {
        left_out(&texts, &confirmed)
    } else {
        BTreeMap::new()
    };
    let view = BatchPage {
        head: views::head(batch),
        counts: counts
            .into_iter()
            .map(|(status, n)| (status, u64::try_from(n).unwrap_or(0)))
            .collect(),
        status: status.unwrap_or_default().to_owned(),
        lines: lines
            .into_iter()
            .map(|line| shown(ctx.lang(), line, &left))
            .collect(),
        next,
        sending,
        form,
    };
    Ok(views::batch(&ctx.frame().await?, &view))
}

fn worded(texts: &Texts, confirmed: &BTreeSet<Hash>) -> Worded {
    Worded {
        clause: texts.clause.clone(),
        wordings: texts.wordings(confirmed),
    }
}

/// Which of these texts were ticked, and whether anything else was.
fn ticked(texts: &[Texts], input: &Input) -> (BTreeSet<Hash>, bool) {
    let posted: BTreeSet<&str> = input.all("tick").iter().map(String::as_str).collect();
    let known = texts.iter().flat_map(Texts::hashes);
    let confirmed: BTreeSet<Hash> = known
        .filter(|hash| posted.contains(hash.to_string().as_str()))
        .collect();
    let strange = confirmed.len() < posted.len();
    (confirmed, strange)
}

/// By row the clauses whose text there was not confirmed.
fn left_out(texts: &[Texts], confirmed: &BTreeSet<Hash>) -> BTreeMap<i64, Vec<String>> {
    let mut left: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for one in texts {
        for line in one.left_out(confirmed) {
            left.entry(line).or_default().push(one.clause.title.clone());
        }
    }
    left
}

fn shown(lang: Lang, line: batches::Line, left: &BTreeMap<i64, Vec<String>>) -> BatchLine {
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
        unconfirmed: left.get(&line.line).cloned().unwrap_or_default(),
        line: line.line,
        student_no: line.student_no,
        name: line.student_name,
        agreement: (line.status == "sent").then_some(line.agreement_id),
        status: line.status,
        mistakes: mistakes.iter().map(words).collect(),
        refusal: line.refusal.map(|code| views::reason(lang, &code, &[])),
    }
}

/// The batch as it is now, for whoever wanted to send it as it was: nothing was sent by this.
async fn stale(ctx: &Ctx, at: &At, id: Uuid) -> Result {
    let form = Form::default().with_error("batch", "batch_stale");
    let page = batch_page(ctx, at, (id, &Input::default()), form).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// Confirms the clauses and lets the worker send every offer.
pub async fn send(ctx: Ctx, at: At, Id(BatchId(id)): Id<BatchId>, Posted(input): Posted) -> Result {
    let whose = whose(&at);
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            let Some(batch) = batches::get(c, whose, id).await? else {
                return Err(store::Error::NotFound);
            };
            let contents = batches::contents(c, whose.school, id).await?;
            let params = agreements::params(c, whose.school, whose.year).await?;
            let template = templates::in_force(c, whose.school, whose.year).await?;
            Ok((batch, contents, template, params))
        })
    });
    let (batch, contents, template, params) = read.await?;
    // Begun by a double click or by a colleague.
    if batch.status != "checked" {
        return stale(&ctx, &at, id).await;
    }
    let mut form = Form::filled(input.clone());
    let texts = texts(&template, contents);
    let (confirmed, strange) = ticked(&texts, &input);
    let left = left_out(&texts, &confirmed);
    if strange {
        // What was confirmed is not what stands there now: the school has changed its template since.
        form = form.with_error("tick", "texts_changed");
    } else if texts.is_empty() || !left.is_empty() {
        let rows = vec![("n", left.len().to_string())];
        form.errors.push(FieldError {
            params: rows,
            ..FieldError::new("tick", "tick_texts")
        });
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
        confirmed,
        template: template.name().to_owned(),
    };
    let env = ctx.env().clone();
    let begun = ctx.store().write(move |c| {
        let (evidence, env) = (evidence.clone(), env.clone());
        Box::pin(async move { batches::start(c, whose, (id, days, &evidence), &env).await })
    });
    match begun.await {
        Ok(()) => {}
        Err(store::Error::Stale) => return stale(&ctx, &at, id).await,
        Err(error) => return Err(error.into()),
    }
    ctx.store().bell().notify_one();
    Ok(ctx.done(&format!("{}/{id}", base(&ctx).await?), "batch_begun", &[]))
}
