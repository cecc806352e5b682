//! The agreements of a college or a school by tab: what waits for review, the longest waiting first, and the rest.

use super::cursor::{self, Key, Trail};
use super::rows::{agreement_row, state_of, waiting_row};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::views::form::Choice;
use crate::views::list::Filter as Shown;
use crate::views::review::queue::{self, Queue, QueueTab};
use axum::response::IntoResponse;
use domain::agreement::StateKind;
use domain::agreement::form::Input;
use domain::codes::name_key;
use domain::ids::{CollegeId, SchoolId};
use domain::policy::Actor;
use store::lists::{self, Filter, Item, Owner, Page};
use store::people::{self, College};
use store::{Conn, Error as Failed};

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
        Filter {
            states: self.chosen(),
            college: self.shown.college.parse().ok(),
            text: Some(name_key(&self.shown.q)).filter(|text| !text.is_empty()),
            ..Filter::default()
        }
    }
}

struct Data {
    colleges: Vec<College>,
    all: Vec<(StateKind, i64)>,
    found: Vec<(StateKind, i64)>,
    page: Page<Item, Key>,
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
    Ok(Data {
        colleges,
        all,
        found,
        page,
    })
}

/// The page at `path`; `home` marks it as the first page of a college.
pub async fn list(ctx: &Ctx, path: &str, query: &Input, home: bool) -> Result {
    let trail = Trail::of(query);
    let text = |name: &str| query.text(name).unwrap_or("").to_owned();
    let asked = Asked {
        school: ctx.school()?.id,
        colleges: matches!(ctx.actor, Actor::College { .. }).then(|| ctx.colleges().to_vec()),
        tab: QueueTab::from_code(query.raw("state")),
        shown: Shown {
            q: text("q"),
            college: text("college"),
            state: text("only"),
            ..Shown::default()
        },
        after: trail.key(),
    };
    let reading = asked.clone();
    let data = ctx.store().read(move |c| {
        let asked = reading.clone();
        Box::pin(async move { read(c, &asked).await })
    });
    let view = view(ctx, asked, (path, &trail), data.await?)?;
    Ok(queue::page(&ctx.frame().await?, &view, home).into_response())
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
    let kept = [
        ("state", asked.tab.code()),
        ("only", &asked.shown.state),
        ("q", &asked.shown.q),
        ("college", &asked.shown.college),
    ];
    let next = data.page.next.map(cursor::text);
    let pager = trail.pager(path, &kept, next, sum(&data.found, asked.tab));
    let row = if asked.tab == QueueTab::Waiting {
        waiting_row
    } else {
        agreement_row
    };
    let rows: Result<Vec<_>> = data.page.items.into_iter().map(|item| row(lang, item)).collect();
    let counts = QueueTab::ALL.map(|tab| sum(&data.all, tab));
    let colleges = choices(asked.colleges.as_deref(), data.colleges);
    Ok(Queue {
        tab: asked.tab,
        counts,
        states,
        filter: asked.shown,
        colleges,
        rows: rows?,
        pager,
    })
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
