//! 网签三方协议: the four tabs.

use super::found::proof;
use crate::app::App;
use crate::ctx::{At, Ctx};
use crate::error::Result;
use crate::export::{self, Cell, Sheet};
use crate::i18n::{Lang, tk};
use crate::pages::shared::bundles::Wanted;
use crate::pages::shared::cursor::{self, Trail};
use crate::pages::shared::filter::{self, kept};
use crate::pages::shared::rows::{self, agreement_row, student_line};
use crate::pages::shared::who::named;
use crate::params::Query;
use crate::views::employer::list::{AgreementList, Rows, StudentRow, page};
use crate::views::form::Choice;
use crate::views::links;
use crate::views::list::{EmployerTab, Filter};
use axum::response::IntoResponse;
use domain::agreement::StateKind;
use domain::agreement::form::Input;
use domain::codes::{DEGREE, Sought};
use domain::eligibility::Block;
use domain::ids::AgreementId;
use domain::params::{Discovery, SchoolParams};
use jiff::Timestamp;
use store::bundles::Owner as Owned;
use store::eligible::{self, Absence, Candidate, Search, View};
use store::lists::{self, Item, Key, Owner, Page};
use store::people::College;
use store::{Conn, agreements, people};

/// What was asked for, in the store's words.
#[derive(Clone)]
struct Asked {
    tab: EmployerTab,
    filter: Filter,
    trail: Trail,
    at: At,
}

enum Found {
    Agreements(Page<Item, Key>),
    Students(Page<Candidate, eligible::Key>, Option<Absence>),
}

struct Data {
    params: SchoolParams,
    colleges: Vec<College>,
    majors: Vec<String>,
    states: Vec<(StateKind, i64)>,
    eligible: i64,
    total: i64,
    found: Found,
}

/// The list.
pub async fn list(ctx: Ctx, at: At, Query(query): Query) -> Result {
    let asked = asked(&query, at);
    let frame = ctx.frame().await?;
    let wanted = asked.clone();
    let (app, now) = (ctx.here.app.clone(), ctx.now());
    let data = ctx.store().read(move |c| {
        let (asked, app) = (wanted.clone(), app.clone());
        Box::pin(async move { read(c, &asked, (&app, now)).await })
    });
    let base = format!("{}/agreements", links::base(&frame));
    let view = view(&ctx, &base, &asked, data.await?)?;
    Ok(page(&frame, &view).into_response())
}

fn asked(query: &Input, at: At) -> Asked {
    Asked {
        tab: EmployerTab::from_code(query.raw("tab")),
        filter: filter::read(query),
        trail: Trail::of(query),
        at,
    }
}

impl Asked {
    /// What is searched among the students to whom an offer can be made.
    fn search(&self) -> Search {
        Search {
            text: Sought::of(&self.filter.q),
            college: self.filter.college.parse().ok(),
            degree: filter::plain(&self.filter.degree),
            major: filter::plain(&self.filter.major),
            reversed: self.filter.sort == filter::REVERSED,
        }
    }

    fn states(&self) -> Vec<StateKind> {
        let all = self.tab.states();
        rows::state_of(&self.filter.state, all)
            .map_or_else(|| self.tab.default_states().collect(), |state| vec![state])
    }
}

/// What the address asks for, for a file made of it; nothing for students.
pub fn wanted(lang: Lang, query: &Input, at: At) -> Option<Wanted> {
    let asked = asked(query, at);
    if asked.tab == EmployerTab::Eligible {
        return None;
    }
    let title = tk(lang, "tab_long", asked.tab.code()).into_owned();
    Some(Wanted {
        title: filter::named(lang, title, &asked.filter),
        filter: filter::filter(&asked.filter, asked.states()),
        owner: Owned::Employer(asked.at.employer, asked.at.year),
    })
}

fn view_of(asked: &Asked, params: &SchoolParams) -> View {
    View {
        school: asked.at.school.id,
        year: asked.at.year,
        employer: asked.at.employer,
        discovery: params.discovery,
    }
}

async fn read(c: &mut Conn<'_>, asked: &Asked, (app, now): (&App, Timestamp)) -> Result<Data, store::Error> {
    let (school, year) = (asked.at.school.id, asked.at.year);
    let params = agreements::params(c, school, year).await?;
    let colleges = people::colleges(c, school).await?;
    let majors = lists::majors(c, school, year).await?;
    let owner = Owner::Employer(asked.at.employer, year);
    let states = lists::counts(c, school, owner, &lists::Filter::default()).await?;
    let view = view_of(asked, &params);
    let eligible = app.tally().eligible(c, view, now).await?;
    if asked.tab == EmployerTab::Eligible {
        let search = asked.search();
        let after = asked.trail.last().and_then(read_student_cursor);
        let page = eligible::page(c, view, &search, after.as_ref()).await?;
        let narrowed = asked.filter.is_set();
        let total = if narrowed {
            eligible::count(c, view, &search).await?
        } else {
            eligible
        };
        let absent = match search.text.as_ref().filter(|_| total == 0) {
            Some(text) => Some(eligible::explain(c, view, text).await?),
            None => None,
        };
        return Ok(Data {
            params,
            colleges,
            majors,
            states,
            eligible,
            total,
            found: Found::Students(page, absent),
        });
    }
    let filter = filter::filter(&asked.filter, asked.states());
    let page = lists::agreements(c, school, owner, &filter, asked.trail.key()).await?;
    let total = if asked.filter.is_set() {
        let counts = lists::counts(c, school, owner, &filter).await?;
        counts.iter().map(|(_, n)| n).sum()
    } else {
        sum(&states, &filter.states)
    };
    Ok(Data {
        params,
        colleges,
        majors,
        states,
        eligible,
        total,
        found: Found::Agreements(page),
    })
}

fn sum(counts: &[(StateKind, i64)], states: &[StateKind]) -> i64 {
    counts
        .iter()
        .filter(|(state, _)| states.contains(state))
        .map(|(_, n)| n)
        .sum()
}

/// The states of a tab that is about agreements, with how many there are of each.
fn states_of(tab: EmployerTab, counts: &[(StateKind, i64)]) -> Vec<(StateKind, u64)> {
    if tab == EmployerTab::Eligible {
        return Vec::new();
    }
    let of = |state: &StateKind| (*state, natural(sum(counts, &[*state])));
    tab.states().iter().map(of).collect()
}

fn natural(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn view(ctx: &Ctx, base: &str, asked: &Asked, data: Data) -> Result<AgreementList> {
    let lang = ctx.lang();
    let counts = EmployerTab::ALL.map(|tab| match tab {
        EmployerTab::Eligible => natural(data.eligible),
        _ => natural(sum(&data.states, &tab.default_states().collect::<Vec<_>>())),
    });
    let nobody = nobody(&data, ctx);
    let (rows, next) = match data.found {
        Found::Agreements(page) => {
            let items = page.items.into_iter().map(|item| agreement_row(lang, item));
            (
                Rows::Agreements(items.collect::<Result<_>>()?),
                page.next.map(cursor::text),
            )
        }
        Found::Students(page, _) => {
            let students = page
                .items
                .into_iter()
                .map(|item| student_row(ctx, (&asked.at, data.params.discovery), item))
                .collect();
            (
                Rows::Students(students),
                page.next.map(|(name, id)| format!("{name}.{id}")),
            )
        }
    };
    let mut all = vec![("tab", asked.tab.code()), ("state", asked.filter.state.as_str())];
    all.extend(kept(&asked.filter));
    let pager = asked.trail.pager(base, &all, next, natural(data.total));
    let export = cursor::address(&format!("{base}.xlsx"), &all, &[]);
    Ok(AgreementList {
        tab: asked.tab,
        counts,
        colleges: data
            .colleges
            .iter()
            .map(|college| Choice::new(college.id.to_string(), &college.name))
            .collect(),
        degrees: crate::views::form::codes(lang, &DEGREE),
        states: states_of(asked.tab, &data.states),
        majors: filter::majors(data.majors),
        export,
        filter: asked.filter.clone(),
        rows,
        pager,
        discovery: data.params.discovery,
        nobody,
    })
}

/// What may be the cause when nobody was found; only a whole number is explained more closely.
fn nobody(data: &Data, ctx: &Ctx) -> Vec<Block> {
    if !data.params.window_open(ctx.now()) {
        return vec![Block::WindowClosed];
    }
    match &data.found {
        Found::Students(_, Some(Absence::NotReady)) => vec![Block::SourceNotApproved],
        Found::Students(_, Some(Absence::Blocked(block))) => vec![*block],
        _ => vec![Block::SourceNotApproved, Block::AlreadySigned],
    }
}

fn student_row(ctx: &Ctx, (at, discovery): (&At, Discovery), item: Candidate) -> StudentRow {
    let state = item.state.as_deref().and_then(StateKind::from_code);
    // An agreement that is over does not stand in the way of a new one.
    let open = state.filter(|state| state.is_editable() || *state == StateKind::Offered);
    StudentRow {
        proof: proof(&ctx.here.app, at, discovery, item.id),
        id: item.id,
        line: student_line(ctx.lang(), &item.student_no, &item.degree),
        name: item.name,
        college: item.college_name,
        major: item.major,
        applied_for: item.applied_for,
        existing: item.agreement_id.map(AgreementId).zip(open),
    }
}

fn read_student_cursor(text: &str) -> Option<eligible::Key> {
    let (name, id) = text.rsplit_once('.')?;
    Some((name.to_owned(), id.parse().ok()?))
}

/// 导出 Excel: the tab with its filters, as the employer sees it.
pub async fn export(ctx: Ctx, at: At, Query(query): Query) -> Result {
    let asked = asked(&query, at);
    let sheet = if asked.tab == EmployerTab::Eligible {
        students_sheet(&ctx, &asked).await?
    } else {
        agreements_sheet(&ctx, &asked).await?
    };
    let name = format!(
        "{}-{}-{}.xlsx",
        asked.tab.code(),
        asked.at.school.code,
        asked.at.year
    );
    export::answer(sheet, &name).await
}

async fn agreements_sheet(ctx: &Ctx, asked: &Asked) -> Result<Sheet> {
    let (employer, year, school) = (asked.at.employer, asked.at.year, asked.at.school.id);
    let filter = filter::filter(&asked.filter, asked.states());
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let wanted = filter.clone();
        let read = ctx.store().read(move |c| {
            let wanted = wanted.clone();
            Box::pin(async move {
                let owner = Owner::Employer(employer, year);
                lists::sized(c, school, owner, (&wanted, after, export::CHUNK)).await
            })
        });
        let page = read.await?;
        rows.extend(page.items);
        after = page.next;
        if after.is_none() || rows.len() >= export::MOST {
            break;
        }
    }
    rows::sheet(ctx.lang(), rows, after.is_some(), false)
}

async fn students_sheet(ctx: &Ctx, asked: &Asked) -> Result<Sheet> {
    let (lang, search) = (ctx.lang(), asked.search());
    let (mut found, mut after): (Vec<Candidate>, Option<eligible::Key>) = (Vec::new(), None);
    loop {
        let wanted = (asked.clone(), search.clone(), after.clone());
        let read = ctx.store().read(move |c| {
            let (asked, search, after) = wanted.clone();
            Box::pin(async move {
                let params = agreements::params(c, asked.at.school.id, asked.at.year).await?;
                let view = view_of(&asked, &params);
                eligible::sized(c, view, (&search, after.as_ref(), export::CHUNK)).await
            })
        });
        let page = read.await?;
        found.extend(page.items);
        after = page.next;
        if after.is_none() || found.len() >= export::MOST {
            break;
        }
    }
    let label = |name: &str| tk(lang, "label", name).into_owned();
    let line = |item: Candidate| -> Vec<Cell> {
        vec![
            item.student_no.into(),
            item.name.into(),
            named(lang, &DEGREE, &item.degree).into(),
            item.college_name.into(),
            item.major.into(),
            item.applied_for.unwrap_or_default().into(),
        ]
    };
    found.truncate(export::MOST);
    Ok(Sheet {
        name: tk(lang, "tab_long", asked.tab.code()).into_owned(),
        head: ["student_no", "name", "degree", "college", "major", "applied_for"]
            .map(label)
            .to_vec(),
        rows: found.into_iter().map(line).collect(),
        note: filter::cut(lang, after.is_some()),
    })
}
