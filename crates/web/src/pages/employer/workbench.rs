//! 首页: numbers, to-dos, latest résumés, messages.

use crate::app::App;
use crate::ctx::{At, Ctx};
use crate::error::{Error, Result};
use crate::pages::shared::inbox::message_row;
use crate::pages::shared::who::{named, row};
use crate::views::employer::workbench::{Application, Numbers, Todo, Workbench, page};
use crate::views::list::EmployerTab;
use axum::response::IntoResponse;
use domain::agreement::StateKind;
use domain::codes::{DEGREE, EMPLOYER_NATURE, INDUSTRY, PROVINCE};
use domain::eligibility::Admission;
use domain::notice::Audience;
use domain::params::SchoolParams;
use jiff::{Timestamp, ToSpan};
use store::eligible::View;
use store::lists::{self, Filter, Item, Owner};
use store::people::{self, Employer};
use store::{Conn, agreements, inbox};

struct Data {
    employer: Employer,
    params: SchoolParams,
    states: Vec<(StateKind, i64)>,
    eligible: i64,
    /// Open offers that end within 48 hours, and the first of them.
    due: (i64, Vec<Item>),
    drafts: Vec<Item>,
    came_back: Vec<Item>,
    applications: Vec<people::Application>,
    messages: Vec<inbox::Message>,
}

/// The workbench.
pub async fn show(ctx: Ctx, at: At) -> Result {
    let frame = ctx.frame().await?;
    let reader = (ctx.account(), ctx.now());
    let app = ctx.here.app.clone();
    let data = ctx.store().read(move |c| {
        let (at, app) = (at.clone(), app.clone());
        Box::pin(async move { read(c, &at, &app, reader).await })
    });
    let view = view(&ctx, data.await?)?;
    Ok(page(&frame, &view).into_response())
}

async fn read(
    c: &mut Conn<'_>,
    at: &At,
    app: &App,
    (account, now): (domain::ids::AccountId, Timestamp),
) -> Result<Data, store::Error> {
    let soon = now.saturating_add(48.hours()).unwrap_or(now);
    let (school, year, employer) = (at.school.id, at.year, at.employer);
    let owner = Owner::Employer(employer, year);
    let params = agreements::params(c, school, year).await?;
    let view = View {
        school,
        year,
        employer,
        discovery: params.discovery,
    };
    let some = |states: &[StateKind]| Filter {
        states: states.to_vec(),
        ..Filter::default()
    };
    let returned = [StateKind::Declined, StateKind::Expired, StateKind::Returned];
    let seen = inbox::seen(c, school, account).await?;
    Ok(Data {
        employer: people::employer_by_id(c, employer)
            .await?
            .ok_or(store::Error::NotFound)?,
        states: lists::counts(c, school, owner, &Filter::default()).await?,
        eligible: app.tally().eligible(c, view, now).await?,
        due: lists::due_before(c, school, (employer, year), soon).await?,
        drafts: lists::agreements(c, school, owner, &some(&[StateKind::Draft]), None)
            .await?
            .items,
        came_back: lists::agreements(c, school, owner, &some(&returned), None)
            .await?
            .items,
        applications: people::applications_latest(c, school, employer, 6).await?,
        messages: inbox::latest(c, school, Audience::Employer(employer), (seen, None, 5)).await?,
        params,
    })
}

fn view(ctx: &Ctx, data: Data) -> Result<Workbench> {
    let lang = ctx.lang();
    let todos = todos(&data);
    let due_soon = todos.iter().find_map(|todo| match todo {
        Todo::DueSoon { n, .. } => Some(*n),
        _ => None,
    });
    let applications = data.applications.into_iter().map(|sent| Application {
        student: sent.student_id,
        name: sent.name,
        degree: named(lang, &DEGREE, &sent.degree),
        college: sent.college_name,
        major: sent.major,
        position: sent.position,
        at: sent.at,
    });
    let certification = Admission::from_code(data.employer.certification.code()).ok_or(Error::NotFound)?;
    Ok(Workbench {
        employer: data.employer.name.clone(),
        certification,
        window: (data.params.window_from, data.params.window_to),
        numbers: numbers(&data.states, data.eligible, due_soon.unwrap_or(0)),
        todos,
        applications: applications.collect(),
        messages: data.messages.into_iter().filter_map(message_row).collect(),
        company: company(ctx, &data.employer),
    })
}

fn numbers(states: &[(StateKind, i64)], eligible: i64, due_soon: u64) -> Numbers {
    let of = |wanted: StateKind| {
        let found = states.iter().find(|(state, _)| *state == wanted);
        found.map_or(0, |(_, n)| u64::try_from(*n).unwrap_or(0))
    };
    Numbers {
        pending: EmployerTab::Pending.default_states().map(of).sum(),
        due_soon,
        eligible: u64::try_from(eligible).unwrap_or(0),
        college_review: of(StateKind::CollegeReview),
        school_review: of(StateKind::SchoolReview),
        effective: of(StateKind::Effective),
        terminating: of(StateKind::Terminating),
        terminated: of(StateKind::Terminated),
    }
}

fn names<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<String> {
    items.take(3).map(|item| item.student_name.clone()).collect()
}

fn todos(data: &Data) -> Vec<Todo> {
    let (n, due) = &data.due;
    let mut todos = Vec::new();
    if let Some(first) = due.first().and_then(|offer| offer.deadline_at) {
        todos.push(Todo::DueSoon {
            n: u64::try_from(*n).unwrap_or(0),
            names: names(due.iter()),
            first,
        });
    }
    let count = |states: &[StateKind]| -> u64 {
        let all = data
            .states
            .iter()
            .filter(|(state, _)| states.contains(state))
            .map(|(_, n)| *n);
        u64::try_from(all.sum::<i64>()).unwrap_or(0)
    };
    let drafts = count(&[StateKind::Draft]);
    if drafts > 0 {
        todos.push(Todo::Drafts {
            n: drafts,
            names: names(data.drafts.iter()),
        });
    }
    let came_back = count(&[StateKind::Declined, StateKind::Expired, StateKind::Returned]);
    if came_back > 0 {
        todos.push(Todo::CameBack {
            n: came_back,
            names: names(data.came_back.iter()),
        });
    }
    todos
}

fn company(ctx: &Ctx, employer: &Employer) -> Vec<(String, String)> {
    let lang = ctx.lang();
    let rows = [
        row(lang, "uscc", &employer.uscc),
        row(lang, "nature", named(lang, &EMPLOYER_NATURE, &employer.nature)),
        row(lang, "industry", named(lang, &INDUSTRY, &employer.industry)),
        row(lang, "region", named(lang, &PROVINCE, &employer.region)),
        row(lang, "contact", &employer.contact),
        row(lang, "phone", &employer.phone),
    ];
    rows.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}
