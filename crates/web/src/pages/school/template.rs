//! 协议模板: the editor. Every button saves what was typed; what is wrong with it is said and does not stop
//! the saving, only the putting in force.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::form::Form as Posted;
use crate::params::Query;
use crate::reply;
use crate::views::form::Choice;
use crate::views::review::template::{self as views, Editor, InForce, PATH, Refused, VersionLine, address};
use axum::response::IntoResponse;
use domain::agreement::clause::{ClauseKind, Party};
use domain::agreement::form::Input;
use domain::agreement::template::{
    self, CLAUSES, DRAFT_BYTES, Source, check::is_key, is_must, problems, standard_sources,
};
use domain::ids::SchoolId;
use store::files::Passing;
use store::templates::{self, Draft, Save, Version};
use store::{Conn, schools};

/// What the pages of the template stand on.
pub(super) struct Data {
    pub(super) year: i32,
    years: Vec<i32>,
    /// The latest version of this scope, or else of the whole school.
    current: Option<Version>,
    history: Vec<Version>,
    pub(super) draft: Option<Draft>,
}

async fn read(c: &mut Conn<'_>, school: SchoolId, year: i32) -> Result<Data, store::Error> {
    let history = templates::versions(c, school, year).await?;
    let current = match history.first() {
        None if year != 0 => templates::versions(c, school, 0).await?.into_iter().next(),
        first => first.cloned(),
    };
    Ok(Data {
        year,
        years: schools::years(c, school).await?,
        current,
        history,
        draft: templates::draft(c, school, year).await?,
    })
}

impl Data {
    /// The clauses to begin with: the draft, or what counts now.
    pub(super) fn sources(&self) -> Result<Vec<Source>> {
        Ok(match (&self.draft, &self.current) {
            (Some(draft), _) => draft.sources()?,
            (None, Some(version)) => version.sources()?,
            (None, None) => standard_sources(),
        })
    }
}

/// The year that the address names, which has to be one of the school's; 0 for all.
pub(super) async fn load(ctx: &Ctx, query: &Input) -> Result<Data> {
    let year = query
        .text("year")
        .map_or(Ok(0), str::parse)
        .map_err(|_| Error::NotFound)?;
    let school = ctx.school()?.id;
    let data = ctx
        .store()
        .read(move |c| Box::pin(async move { read(c, school, year).await }));
    let data = data.await?;
    if year == 0 || data.years.contains(&year) {
        Ok(data)
    } else {
        Err(Error::NotFound)
    }
}

/// What the page shows: stored, or as it was posted.
struct Shown {
    sources: Vec<Source>,
    version: i64,
    refused: Option<Refused>,
}

fn view(data: &Data, shown: Shown) -> Editor {
    let name = |by: &Option<String>| by.clone().unwrap_or_default();
    let has = |key: &str| shown.sources.iter().any(|source| source.key == key);
    let standard = standard_sources();
    let absent = standard.iter().filter(|source| !has(&source.key));
    let line = |version: &Version| VersionLine {
        version: version.version,
        by: name(&version.by),
        at: version.at,
        clauses: version.sources().map_or(0, |sources| sources.len()),
    };
    let current = data.current.as_ref();
    Editor {
        year: data.year,
        years: data.years.clone(),
        in_force: InForce {
            version: current.map(|version| (version.year, version.version)),
            set: current.map(|version| (name(&version.by), version.at)),
        },
        problems: problems(&shown.sources),
        standard: absent
            .map(|source| Choice::new(&source.key, &source.title))
            .collect(),
        clauses: shown.sources,
        version: shown.version,
        saved: data
            .draft
            .as_ref()
            .map(|draft| (name(&draft.by), draft.updated_at)),
        refused: shown.refused,
        history: data.history.iter().map(line).collect(),
    }
}

/// The editor.
pub async fn show(ctx: Ctx, Query(query): Query) -> Result {
    let data = load(&ctx, &query).await?;
    let shown = Shown {
        sources: data.sources()?,
        version: data.draft.as_ref().map_or(0, |draft| draft.version),
        refused: None,
    };
    Ok(views::page(&ctx.frame().await?, &view(&data, shown)).into_response())
}

async fn again(ctx: &Ctx, data: &Data, sources: Vec<Source>, version: i64, refused: Refused) -> Result {
    let shown = Shown {
        sources,
        version,
        refused: Some(refused),
    };
    Ok(reply::unprocessable(views::page(
        &ctx.frame().await?,
        &view(data, shown),
    )))
}

/// The clauses as they were posted: one value of each field for each clause.
fn posted(input: &Input) -> Result<Vec<Source>> {
    let [keys, titles, bodies] = ["key", "title", "body"].map(|name| input.all(name));
    let [kinds, confirms] = ["kind", "confirm"].map(|name| input.all(name));
    let n = keys.len();
    let whole = [titles.len(), bodies.len(), kinds.len(), confirms.len()];
    if n > CLAUSES || whole.iter().any(|len| *len != n) || keys.iter().any(|key| !is_key(key)) {
        return Err(Error::BadRequest);
    }
    let source = |i: usize| Source {
        key: keys[i].clone(),
        title: titles[i].trim().to_owned(),
        body: bodies[i]
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .trim()
            .to_owned(),
        kind: if kinds[i] == "standard" {
            ClauseKind::Standard
        } else {
            ClauseKind::Negotiable
        },
        confirmed_by: match confirms[i].as_str() {
            "both" => vec![Party::Employer, Party::Student],
            "employer" => vec![Party::Employer],
            "student" => vec![Party::Student],
            _ => Vec::new(),
        },
    };
    Ok((0..n).map(source).collect())
}

/// What a button does to the clauses: where the page goes on, and what it says. Or why not.
enum Done {
    At(String, &'static str, String),
    Refused(Refused),
}

fn done(n: usize, flash: &'static str) -> Done {
    Done::At(format!("#clause-{n}"), flash, String::new())
}

fn act(sources: &mut Vec<Source>, act: &str, added: &str) -> Done {
    let (what, number) = act.split_once('-').unwrap_or((act, ""));
    let at = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    match (what, at.filter(|at| *at < sources.len())) {
        ("up", Some(at)) if at > 0 => {
            sources.swap(at, at - 1);
            done(at, "template_moved")
        }
        ("down", Some(at)) if at + 1 < sources.len() => {
            sources.swap(at, at + 1);
            done(at + 2, "template_moved")
        }
        ("remove", Some(at)) if is_must(&sources[at].key) => {
            Done::Refused(Refused::Must(at + 1, sources[at].key.clone()))
        }
        ("remove", Some(at)) => {
            let title = sources.remove(at).title;
            Done::At(String::new(), "template_removed", title)
        }
        ("add", _) if sources.len() >= CLAUSES => Done::Refused(Refused::Full),
        ("add", _) => {
            sources.push(new_clause(sources, added));
            done(sources.len(), "template_added")
        }
        _ => Done::At(String::new(), "template_saved", String::new()),
    }
}

/// A clause to be added: one of the standard template's that is not there, or an empty one.
fn new_clause(sources: &[Source], key: &str) -> Source {
    let free = |key: &str| sources.iter().all(|source| source.key != key);
    let standard = standard_sources();
    if let Some(source) = standard.into_iter().find(|source| source.key == key && free(key)) {
        return source;
    }
    let key = (1..=CLAUSES + 1)
        .map(|n| format!("own-{n}"))
        .find(|key| free(key));
    Source {
        key: key.unwrap_or_default(),
        title: String::new(),
        body: String::new(),
        kind: ClauseKind::Standard,
        confirmed_by: vec![Party::Employer, Party::Student],
    }
}

fn save(ctx: &Ctx, year: i32, sources: Vec<Source>, input: &Input) -> Result<Save> {
    Ok(Save {
        year,
        sources,
        by: ctx.account(),
        version: input.raw("version").parse().map_err(|_| Error::BadRequest)?,
    })
}

/// Saves, and does what the button says.
pub async fn update(ctx: Ctx, Query(query): Query, Posted(input): Posted) -> Result {
    let data = load(&ctx, &query).await?;
    let mut sources = posted(&input)?;
    let version = save(&ctx, data.year, Vec::new(), &input)?.version;
    let (anchor, flash, title) = match act(&mut sources, input.raw("act"), input.raw("added")) {
        Done::At(anchor, flash, title) => (anchor, flash, title),
        Done::Refused(why) => return again(&ctx, &data, sources, version, why).await,
    };
    if template::size(&sources) > DRAFT_BYTES {
        return again(&ctx, &data, sources, version, Refused::TooLong).await;
    }
    let (school, env) = (ctx.school()?.id, ctx.env().clone());
    let wanted = save(&ctx, data.year, sources.clone(), &input)?;
    let saved = ctx.store().write(move |c| {
        let (wanted, now) = (wanted.clone(), env.now());
        Box::pin(async move { templates::save(c, school, &wanted, now).await })
    });
    match saved.await {
        Ok(_) if input.raw("act") == "preview" => {
            Ok(reply::see_other(&address(&format!("{PATH}/preview"), data.year)))
        }
        Ok(_) => {
            let path = format!("{}{anchor}", address(PATH, data.year));
            Ok(ctx.done(&path, flash, &[("title", &title)]))
        }
        Err(store::Error::Stale) => {
            let data = load(&ctx, &query).await?;
            let by = data.draft.as_ref().and_then(|draft| draft.by.clone());
            let refused = Refused::Stale(by.unwrap_or_default());
            again(&ctx, &data, sources, version, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts the draft in force.
pub async fn publish(ctx: Ctx, Query(query): Query, Posted(input): Posted) -> Result {
    let data = load(&ctx, &query).await?;
    let seen = save(&ctx, data.year, Vec::new(), &input)?;
    let Some(draft) = data.draft.as_ref().filter(|draft| draft.version == seen.version) else {
        return Err(store::Error::Stale.into());
    };
    let sources = draft.sources()?;
    if !template::problems(&sources).is_empty() {
        return again(&ctx, &data, sources, seen.version, Refused::Broken).await;
    }
    let (school, env) = (ctx.school()?.id, ctx.env().clone());
    let wanted = Save { sources, ..seen };
    let published = ctx.store().write(move |c| {
        let (wanted, now) = (wanted.clone(), env.now());
        Box::pin(async move { templates::publish(c, school, &wanted, now).await })
    });
    let version = published.await?;
    forget_preview(&ctx, school, &data).await?;
    let path = address(PATH, data.year);
    Ok(ctx.done(&path, "template_published", &[("n", &version.to_string())]))
}

/// Gives the draft up.
pub async fn discard(ctx: Ctx, Query(query): Query, Posted(input): Posted) -> Result {
    let data = load(&ctx, &query).await?;
    let seen = save(&ctx, data.year, Vec::new(), &input)?;
    let school = ctx.school()?.id;
    let discarded = ctx.store().write(move |c| {
        Box::pin(async move { templates::discard(c, school, seen.year, seen.version).await })
    });
    discarded.await?;
    forget_preview(&ctx, school, &data).await?;
    Ok(ctx.done(&address(PATH, data.year), "template_discarded", &[]))
}

/// The bytes of a preview that nobody can ask for any more.
async fn forget_preview(ctx: &Ctx, school: SchoolId, data: &Data) -> Result<()> {
    if let Some(id) = data.draft.as_ref().and_then(|draft| draft.preview_id) {
        Passing { school, id }.remove(ctx.store()).await?;
    }
    Ok(())
}
