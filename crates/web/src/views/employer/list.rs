//! 网签三方协议: the four tabs, the search, and why a student cannot be found.

use super::switcher::switcher;
use crate::i18n::tk;
use crate::tr;
use crate::views::form::Choice;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::list::{
    AgreementRow, EmployerTab, Filter, FilterSelect, Readers, agreement_table, filter_bar_with, more_filters,
    no_result, order_and_export, state_chips,
};
use crate::views::nav::Spot;
use crate::views::part::{Pager, Tab, empty, pager, tabs};
use crate::views::{badge, links};
use domain::agreement::StateKind;
use domain::eligibility::Block;
use domain::ids::{AgreementId, StudentId};
use domain::params::Discovery;
use maud::{Markup, html};

/// A student to whom an agreement can be offered.
#[derive(Debug, Clone)]
pub struct StudentRow {
    /// Which.
    pub id: StudentId,
    /// What an address of the student ends with: the proof that the student was found.
    pub proof: String,
    /// The name.
    pub name: String,
    /// Student number and degree, as one line.
    pub line: String,
    /// College.
    pub college: String,
    /// Major.
    pub major: String,
    /// The position the student applied for with this employer.
    pub applied_for: Option<String>,
    /// A draft or an offer of this employer that already exists.
    pub existing: Option<(AgreementId, StateKind)>,
}

/// The rows of the tab.
#[derive(Debug, Clone)]
pub enum Rows {
    /// Agreements.
    Agreements(Vec<AgreementRow>),
    /// Students.
    Students(Vec<StudentRow>),
}

/// The list.
#[derive(Debug, Clone)]
pub struct AgreementList {
    /// The tab in view.
    pub tab: EmployerTab,
    /// How many each tab holds, in the order of [`EmployerTab::ALL`].
    pub counts: [u64; 4],
    /// How many agreements there are in each state of the tab.
    pub states: Vec<(StateKind, u64)>,
    /// What narrows it.
    pub filter: Filter,
    /// The school's colleges: identifier and name.
    pub colleges: Vec<Choice>,
    /// The degrees: code and name.
    pub degrees: Vec<Choice>,
    /// The majors of the year.
    pub majors: Vec<Choice>,
    /// Where the list is as a file.
    pub export: String,
    /// What is found.
    pub rows: Rows,
    /// Total and neighbours.
    pub pager: Pager,
    /// How this school lets employers find students.
    pub discovery: Discovery,
    /// When somebody was looked for and nobody was found: what may be the cause, in general words.
    pub nobody: Vec<Block>,
}

fn address(frame: &Frame, tab: EmployerTab) -> String {
    format!("{}/agreements?tab={}", links::base(frame), tab.code())
}

fn tab_row(frame: &Frame, view: &AgreementList) -> Markup {
    let lang = frame.lang;
    let entries: Vec<Tab> = EmployerTab::ALL
        .into_iter()
        .zip(view.counts)
        .map(|(tab, count)| Tab {
            href: address(frame, tab),
            label: tk(lang, "tab_long", tab.code()).into_owned(),
            count: Some(count),
            here: tab == view.tab,
        })
        .collect();
    tabs(&tr!(lang, "list.tabs"), &entries)
}

fn filter(frame: &Frame, view: &AgreementList) -> Markup {
    let lang = frame.lang;
    let placeholder = match (view.tab, view.discovery) {
        (EmployerTab::Eligible, Discovery::Exact) => tr!(lang, "filter.exact"),
        (EmployerTab::Eligible, _) => tr!(lang, "filter.student"),
        _ => tr!(lang, "filter.agreement"),
    };
    let selects = [
        FilterSelect {
            name: "college",
            label: tr!(lang, "filter.all_colleges").into_owned(),
            choices: view.colleges.clone(),
            value: &view.filter.college,
        },
        FilterSelect {
            name: "degree",
            label: tr!(lang, "filter.all_degrees").into_owned(),
            choices: view.degrees.clone(),
            value: &view.filter.degree,
        },
        FilterSelect {
            name: "major",
            label: tr!(lang, "filter.all_majors").into_owned(),
            choices: view.majors.clone(),
            value: &view.filter.major,
        },
    ];
    let more = if view.tab == EmployerTab::Eligible {
        order_and_export(lang, &view.filter, &view.export)
    } else {
        more_filters(lang, &view.filter, &tr!(lang, "filter.changed"), &view.export)
    };
    let action = format!("{}/agreements", links::base(frame));
    filter_bar_with(
        lang,
        &action,
        &[("tab", view.tab.code()), ("state", &view.filter.state)],
        (&view.filter.q, &placeholder, &more),
        &selects,
    )
}

/// Why nobody was found: what may be the cause, in words that say nothing about a person.
fn nobody(frame: &Frame, view: &AgreementList) -> Markup {
    let lang = frame.lang;
    html! {
        div.empty {
            (crate::views::icon::empty_art())
            b { (tr!(lang, "nobody.title")) }
            @if view.discovery == Discovery::Exact { p.sm { (tr!(lang, "nobody.exact")) } }
            @if view.discovery == Discovery::Applied { p.sm { (tr!(lang, "nobody.applied")) } }
            p.sm { (tr!(lang, "nobody.causes")) }
            ul.why-list { @for cause in &view.nobody { li { (tk(lang, "nobody_why", cause.code())) } } }
            @if let Some(school) = &frame.school { p.sm { (tr!(lang, "nobody.contact", school = school.name)) " " (school.contact) } }
            a.btn href=(address(frame, view.tab)) { (tr!(lang, "filter.clear")) }
        }
    }
}

fn student_row(frame: &Frame, row: &StudentRow) -> Markup {
    let lang = frame.lang;
    html! {
        tr {
            td.name { b { (row.name) } span.sub { (row.line) } }
            td.full.col-c { (row.college) span.sub { (row.major) } }
            td { @if let Some(position) = &row.applied_for { (tr!(lang, "list.applied_for", position = position)) } @else { span.t3 { "—" } } }
            td.st-c {
                @match row.existing { Some((_, state)) => (badge::badge(lang, state)), None => span.st.ready { (tr!(lang, "list.eligible")) } }
            }
            td.ops {
                a href={ (links::student(frame, row.id, "resume")) (row.proof) } { (tr!(lang, "act.resume")) span.vh { " " (row.name) } }
                @match row.existing {
                    Some((id, StateKind::Draft)) => a href=(links::under(frame, id, "edit")) { (tr!(lang, "act.continue_draft")) span.vh { " " (row.name) } },
                    Some((id, _)) => a href=(links::agreement(frame, id)) { (tr!(lang, "act.open")) span.vh { " " (row.name) } },
                    None => a href={ (links::student(frame, row.id, "offer")) (row.proof) } { (tr!(lang, "act.offer")) span.vh { " " (row.name) } },
                }
            }
        }
    }
}

fn students(frame: &Frame, rows: &[StudentRow]) -> Markup {
    let lang = frame.lang;
    html! {
        div.wrap { table.tb.fold {
            thead { tr {
                th scope="col" { (tr!(lang, "col.student")) } th scope="col" { (tr!(lang, "col.college_major")) }
                th scope="col" { (tr!(lang, "col.application")) } th scope="col" { (tr!(lang, "col.state")) } th scope="col" { (tr!(lang, "col.actions")) }
            } }
            tbody { @for row in rows { (student_row(frame, row)) } }
        } }
    }
}

/// The list with its tabs: what htmx exchanges.
pub fn fragment(frame: &Frame, view: &AgreementList) -> Markup {
    let lang = frame.lang;
    let bare = match &view.rows {
        Rows::Agreements(rows) => rows.is_empty(),
        Rows::Students(rows) => rows.is_empty(),
    };
    let total = if view.tab == EmployerTab::Eligible {
        tr!(lang, "pager.people", n = view.pager.total)
    } else {
        tr!(lang, "pager.copies", n = view.pager.total)
    };
    html! {
        section.card #list aria-label=(tr!(lang, "list.title")) {
            (tab_row(frame, view))
            (state_chips(lang, &address(frame, view.tab), "state", &view.filter.state, &view.states))
            @if !bare || view.filter.is_set() || view.tab == EmployerTab::Eligible { (filter(frame, view)) }
            @match &view.rows {
                Rows::Students(rows) if !rows.is_empty() => { (students(frame, rows)) (pager(lang, &total, &view.pager)) },
                Rows::Students(_) => (nobody(frame, view)),
                Rows::Agreements(rows) if !rows.is_empty() => { (agreement_table(frame, rows, Readers::Employer)) (pager(lang, &total, &view.pager)) },
                Rows::Agreements(_) if view.filter.is_set() => (no_result(lang, &address(frame, view.tab))),
                Rows::Agreements(_) => (empty(&tk(lang, "list_empty", view.tab.code()), &tk(lang, "list_empty_why", view.tab.code()), None)),
            }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &AgreementList) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "list.title");
    let school = frame.school.as_ref().map_or("", |school| school.name.as_str());
    let year = frame.place.as_ref().map_or(0, |place| place.year);
    let content = html! {
        div.head {
            div { h1 { (title) } p { (tr!(lang, "list.lead", school = school, year = year)) } }
            div.acts {
                (switcher(frame, "/agreements"))
                a.btn href={ (links::base(frame)) "/batches" } { (icon(Icon::ListChecks)) (tr!(lang, "batches.title")) }
                @if view.tab != EmployerTab::Eligible {
                    a.btn.pri href=(address(frame, EmployerTab::Eligible)) { (icon(Icon::Send)) (tr!(lang, "act.find_students")) }
                }
            }
        }
        (fragment(frame, view))
    };
    layout::staff(frame, &Page::live(&title, Spot::Agreements), &content)
}
