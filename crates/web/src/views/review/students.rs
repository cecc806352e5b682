//! 生源信息 at a college: check, approve many at once.

use crate::i18n::tk;
use crate::tr;
use crate::views::badge;
use crate::views::form::Choice;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::list::{Filter, FilterSelect, filter_bar, no_result};
use crate::views::nav::Spot;
use crate::views::part::{Pager, Tab, empty, note, pager, tabs};
use domain::eligibility::SourceStatus;
use domain::ids::StudentId;
use maud::{Markup, html};

/// One student's record in the list.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// Which.
    pub id: StudentId,
    /// The name.
    pub name: String,
    /// Student number and gender, as one line.
    pub line: String,
    /// Identity number, masked.
    pub id_no: String,
    /// Degree.
    pub degree: String,
    /// Major.
    pub major: String,
    /// Class.
    pub class: String,
    /// Training mode, in words.
    pub training: String,
    /// The state.
    pub status: SourceStatus,
    /// Why it was returned.
    pub reason: Option<String>,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Students {
    /// The tab: imported, approved, returned.
    pub tab: SourceStatus,
    /// How many of each.
    pub counts: [u64; 3],
    /// What narrows it (`q`, `state` unused, `degree`).
    pub filter: Filter,
    /// The degrees.
    pub degrees: Vec<Choice>,
    /// The rows.
    pub rows: Vec<SourceRow>,
    /// Total and neighbours.
    pub pager: Pager,
    /// Set when a batch was sent without any tick.
    pub nothing_chosen: bool,
}

const TABS: [SourceStatus; 3] = [
    SourceStatus::Imported,
    SourceStatus::Approved,
    SourceStatus::Returned,
];

fn address(tab: SourceStatus) -> String {
    format!("/college/students?status={}", tab.code())
}

fn row(frame: &Frame, row: &SourceRow, pick: bool) -> Markup {
    let lang = frame.lang;
    html! {
        tr.pick[pick] {
            @if pick { td { input type="checkbox" name="student" value=(row.id) data-row aria-label=(tr!(lang, "students.pick", name = row.name)); } }
            td.name { b { (row.name) } span.sub { (row.line) } }
            td.st-c { (badge::admission(lang, "source_status", row.status.code())) @if let Some(reason) = &row.reason { span.sub { (reason) } } }
            td { (row.degree) span.sub { (row.training) } }
            td.full { (row.major) span.sub { (row.class) } }
            td.full data-l=(tr!(lang, "col.id_no")) { (row.id_no) }
            td.ops { a href={ "/college/students/" (row.id) } { (tr!(lang, "act.open")) span.vh { " " (row.name) } } }
        }
    }
}

fn table(frame: &Frame, view: &Students, pick: bool) -> Markup {
    let lang = frame.lang;
    html! {
        div.wrap { table.tb.fold {
            thead { tr {
                @if pick { th scope="col" { span.vh { (tr!(lang, "col.pick")) } input type="checkbox" data-all data-needs-js hidden aria-label=(tr!(lang, "students.all")); } }
                th scope="col" { (tr!(lang, "col.student")) } th scope="col" { (tr!(lang, "col.state")) } th scope="col" { (tr!(lang, "col.degree")) }
                th scope="col" { (tr!(lang, "col.major_class")) } th scope="col" { (tr!(lang, "col.id_no")) } th scope="col" { (tr!(lang, "col.actions")) }
            } }
            tbody { @for one in &view.rows { (row(frame, one, pick)) } }
        } }
    }
}

fn batch(frame: &Frame, view: &Students) -> Markup {
    let lang = frame.lang;
    html! {
        form method="post" action="/college/students/approval" data-batch {
            (frame.token())
            div.batch {
                span { (tr!(lang, "students.chosen")) " " b data-n { "0" } }
                button.btn.pri.sm type="submit" { (icon(Icon::CircleCheck)) (tr!(lang, "students.approve")) }
                span.sm.t3 { (tr!(lang, "students.approve_hint")) }
            }
            @if view.nothing_chosen { div.body { p.err role="alert" { (tr!(lang, "students.nothing_chosen")) } } }
            (table(frame, view, true))
        }
    }
}

/// The list with its tabs: what htmx exchanges.
pub fn fragment(frame: &Frame, view: &Students) -> Markup {
    let lang = frame.lang;
    let entries: Vec<Tab> = TABS
        .into_iter()
        .zip(view.counts)
        .map(|(tab, count)| Tab {
            href: address(tab),
            label: tk(lang, "source_tab", tab.code()).into_owned(),
            count: Some(count),
            here: tab == view.tab,
        })
        .collect();
    let selects = [FilterSelect {
        name: "degree",
        label: tr!(lang, "filter.all_degrees").into_owned(),
        choices: view.degrees.clone(),
        value: &view.filter.degree,
    }];
    html! {
        section.card #list aria-label=(tr!(lang, "nav.source")) {
            (tabs(&tr!(lang, "list.tabs"), &entries))
            @if !view.rows.is_empty() || view.filter.is_set() {
                (filter_bar(lang, "/college/students", &[("status", view.tab.code())], (&view.filter.q, &tr!(lang, "filter.student")), &selects))
            }
            @if view.rows.is_empty() {
                @if view.filter.is_set() { (no_result(lang, &address(view.tab))) }
                @else { (empty(&tk(lang, "source_empty", view.tab.code()), &tk(lang, "source_empty_why", view.tab.code()), None)) }
            } @else {
                @if view.tab == SourceStatus::Imported { (batch(frame, view)) } @else { (table(frame, view, false)) }
                (pager(lang, &tr!(lang, "pager.people", n = view.pager.total), &view.pager))
            }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &Students) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "nav.source");
    let content = html! {
        div.head { div { h1 { (title) } p { (tr!(lang, "students.lead")) } } }
        div.stack { (note("", &html! { (tr!(lang, "students.note")) })) (fragment(frame, view)) }
    };
    layout::staff(frame, &Page::live(&title, Spot::Source), &content)
}
