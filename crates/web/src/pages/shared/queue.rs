//! The agreements of a college or a school by tab: what waits for review, the longest waiting first, and the rest.

use super::batch::{all_checks, params_of, words};
use super::bundles::Wanted;
use super::cursor::{self, Key, Trail};
use super::filter::{self, kept};
use super::rows::{self, agreement_row, state_of, waiting_row};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::export;
use crate::i18n::tk;
use crate::reply;
use crate::views::form::{Choice, codes};
use crate::views::list::{AgreementRow, Filter as Shown};
use crate::views::review::queue::{self, Queue, QueueTab};
use axum::response::IntoResponse;
use domain::agreement::StateKind;
use domain::agreement::form::Input;
use domain::codes::DEGREE;
use domain::ids::{CollegeId, SchoolId};
use domain::params::SchoolParams;
use domain::policy::Actor;
use maud::Markup;
use std::collections::BTreeMap;
use store::bundles::Owner as Owned;
use store::lists::{self, Filter, Item, Owner, Page};
use store::people::{self, College};
use store::reviewing::{self, Ground};
use store::{Conn, Error as Failed, schools};

/// What the address asks for.
#[derive(Clone)]
struct Asked {
    school: SchoolId,
    /// Of a reviewer; everybody else reads the whole school.
    colleges: Option<Vec<CollegeId>>,
    tab: QueueTab,
    shown: Shown,
    after: Option<Key>,
}

impl Asked {
    fn owner(&self) -> Owner<'_> {
        self.colleges.as_deref().map_or(Owner::School, Owner::Colleges)
    }

    /// The states of a tab at this level.
    fn states(&self, tab: QueueTab) -> &'static [StateKind] {
        use StateKind as S;
        match (tab, &self.colleges) {
            (QueueTab::Waiting, Some(_)) => &[S::CollegeReview],
            (QueueTab::Waiting, None) => &[S::SchoolReview],
            (QueueTab::Offered, _) => &[S::Offered],
            (QueueTab::Reviewing, _) => &[S::CollegeReview, S::SchoolReview],
            (QueueTab::Effective, _) => &[S::Effective],
            (QueueTab::Unsigned, _) => &[S::Declined, S::Returned, S::Withdrawn, S::Expired, S::Superseded],
            (QueueTab::Ended, _) => &[S::Terminating, S::Terminated, S::Voided],
        }
    }

    /// The one state that was asked for, or all of the tab.
    fn chosen(&self) -> Vec<StateKind> {
        let all = self.states(self.tab);
        state_of(&self.shown.state, all).map_or_else(|| all.to_vec(), |state| vec![state])
    }

    fn filter(&self) -> Filter {
        filter::filter(&self.shown, self.chosen())
    }
}

struct Data {
    colleges: Vec<College>,
    all: Vec<(StateKind, i64)>,
    found: Vec<(StateKind, i64)>,
    page: Page<Item, Key>,
    majors: Vec<String>,
    /// Of what waits for this reviewer.
    grounds: Vec<Ground>,
    /// Of the years on the page.
    params: BTreeMap<i32, SchoolParams>,
}

async fn read(c: &mut Conn<'_>, asked: &Asked) -> Result<Data, Failed> {
    let filter = asked.filter();
    let colleges = people::colleges(c, asked.school).await?;
    let all = lists::counts(c, asked.school, asked.owner(), &Filter::default()).await?;
    let found = if asked.shown.is_set() {
        lists::counts(c, asked.school, asked.owner(), &filter).await?
    } else {
        all.clone()
    };
    let page = lists::agreements(c, asked.school, asked.owner(), &filter, asked.after).await?;
    let ids: Vec<_> = page.items.iter().map(|item| item.id).collect();
    let waiting = if asked.tab == QueueTab::Waiting {
        ids.as_slice()
    } else {
        &[]
    };
    let latest = schools::years(c, asked.school)
        .await?
        .first()
        .copied()
        .unwrap_or(0);
    Ok(Data {
        colleges,
        all,
        found,
        majors: lists::majors(c, asked.school, latest).await?,
        grounds: reviewing::grounds(c, asked.school, waiting).await?,
        params: params_of(c, asked.school, page.items.iter().map(|item| item.year)).await?,
        page,
    })
}

fn asked(ctx: &Ctx, query: &Input, trail: &Trail) -> Result<Asked> {
    Ok(Asked {
        school: ctx.school()?.id,
        colleges: matches!(ctx.actor, Actor::College { .. }).then(|| ctx.colleges().to_vec()),
        tab: QueueTab::from_code(query.raw("state")),
        // In these addresses `state` is the tab, and `only` one state of it.
        shown: Shown {
            state: query.text("only").unwrap_or("").to_owned(),
            ..filter::read(query)
        },
        after: trail.key(),
    })
}

/// What the address asks for, for a file made of it.
pub fn wanted(ctx: &Ctx, query: &Input) -> Result<Wanted> {
    let asked = asked(ctx, query, &Trail::default())?;
    let title = tk(ctx.lang(), "queue_tab", asked.tab.code()).into_owned();
    Ok(Wanted {
        title: filter::named(ctx.lang(), title, &asked.shown),
        filter: asked.filter(),
        owner: asked.colleges.map_or(Owned::School, Owned::Colleges),
    })
}

/// The page at `path`; `home` marks it as the first page of a college.
pub async fn list(ctx: &Ctx, path: &str, query: &Input, home: bool) -> Result {
    Ok(page(ctx, path, query, (home, false)).await?.into_response())
}

/// The page after a batch without any tick.
pub async fn nothing_chosen(ctx: &Ctx, path: &str) -> Result {
    let page = page(ctx, path, &Input::default(), (false, true)).await?;
    Ok(reply::unprocessable(page))
}

/// 导出 Excel: the tab with its filters.
pub async fn export(ctx: &Ctx, query: &Input) -> Result {
    let asked = asked(ctx, query, &Trail::default())?;
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let wanted = asked.clone();
        let read = ctx.store().read(move |c| {
            let asked = wanted.clone();
            Box::pin(async move {
                let filter = (&asked.filter(), after, export::CHUNK);
                lists::sized(c, asked.school, asked.owner(), filter).await
            })
        });
        let page = read.await?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() || items.len() >= export::MOST {
            break;
        }
    }
    let sheet = rows::sheet(ctx.lang(), items, after.is_some(), true)?;
    let name = format!("{}-{}.xlsx", asked.tab.code(), ctx.school()?.code);
    export::answer(sheet, &name).await
}

async fn page(ctx: &Ctx, path: &str, query: &Input, (home, nothing_chosen): (bool, bool)) -> Result<Markup> {
    let trail = Trail::of(query);
    let asked = asked(ctx, query, &trail)?;
    let reading = asked.clone();
    let data = ctx.store().read(move |c| {
        let asked = reading.clone();
        Box::pin(async move { read(c, &asked).await })
    });
    let mut view = view(ctx, asked, (path, &trail), data.await?)?;
    view.nothing_chosen = nothing_chosen;
    Ok(queue::page(&ctx.frame().await?, &view, home))
}

fn view(ctx: &Ctx, asked: Asked, (path, trail): (&str, &Trail), data: Data) -> Result<Queue> {
    let lang = ctx.lang();
    let natural = |n: i64| u64::try_from(n).unwrap_or(0);
    let sum = |counts: &[(StateKind, i64)], tab| {
        let states = asked.states(tab);
        let n: i64 = counts
            .iter()
            .filter(|(state, _)| states.contains(state))
            .map(|(_, n)| n)
            .sum();
        natural(n)
    };
    let states = asked.states(asked.tab).iter().map(|state| {
        let known = data.all.iter().find(|(known, _)| known == state);
        (*state, known.map_or(0, |(_, n)| natural(*n)))
    });
    let states = states.collect();
    let mut all = vec![("state", asked.tab.code()), ("only", asked.shown.state.as_str())];
    all.extend(kept(&asked.shown));
    let next = data.page.next.map(cursor::text);
    let pager = trail.pager(path, &all, next, sum(&data.found, asked.tab));
    let list = if asked.colleges.is_some() {
        "/college"
    } else {
        "/school"
    };
    let export = cursor::address(&format!("{list}/agreements.xlsx"), &all, &[]);
    let rows = table(ctx, asked.tab, (&data.grounds, &data.params), data.page.items)?;
    let counts = QueueTab::ALL.map(|tab| sum(&data.all, tab));
    let colleges = choices(asked.colleges.as_deref(), data.colleges);
    Ok(Queue {
        degrees: codes(lang, &DEGREE),
        majors: filter::majors(data.majors),
        export,
        nothing_chosen: false,
        tab: asked.tab,
        counts,
        states,
        filter: asked.shown,
        colleges,
        rows,
        pager,
    })
}

/// The rows of a tab. In one's own queue it is clear who has to act, and a column says since when.
fn table(
    ctx: &Ctx,
    tab: QueueTab,
    (grounds, params): (&[Ground], &BTreeMap<i32, SchoolParams>),
    items: Vec<Item>,
) -> Result<Vec<AgreementRow>> {
    let lang = ctx.lang();
    let checks = all_checks(ctx, grounds, params);
    let waiting = tab == QueueTab::Waiting;
    let mut rows = Vec::new();
    for item in items {
        let year = item.year;
        let mut row = if waiting {
            waiting_row(lang, item)?
        } else {
            agreement_row(lang, item)?
        };
        row.checks = checks
            .get(&row.id)
            .map(|found| found.iter().map(|check| words(lang, *check)).collect());
        mark_overdue(ctx, &mut row, params.get(&year));
        row.waits = row.waits.filter(|waits| waits.overdue || !waiting);
        rows.push(row);
    }
    Ok(rows)
}

/// A review that has waited longer than the school allows.
fn mark_overdue(ctx: &Ctx, row: &mut AgreementRow, params: Option<&SchoolParams>) {
    let reviewed = matches!(row.state, StateKind::CollegeReview | StateKind::SchoolReview);
    if let (Some(waits), Some(params), true) = (&mut row.waits, params, reviewed) {
        waits.overdue = params.review_due(waits.since) <= ctx.now();
    }
}

/// The colleges to choose from: the reviewer's own; nothing to choose where there is one.
fn choices(own: Option<&[CollegeId]>, colleges: Vec<College>) -> Vec<Choice> {
    let mine = |college: &College| own.is_none_or(|own| own.contains(&college.id));
    let found: Vec<Choice> = colleges
        .into_iter()
        .filter(mine)
        .map(|college| Choice::new(college.id.to_string(), college.name))
        .collect();
    if found.len() > 1 { found } else { Vec::new() }
}
