//! 首页: the workbench, with numbers, to-dos, latest résumés and messages.

use super::switcher::switcher;
use crate::tr;
use crate::views::badge;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::list::EmployerTab;
use crate::views::messages::{MessageRow, short_list};
use crate::views::nav::Spot;
use crate::views::part::{note, pairs};
use crate::views::{links, time};
use domain::eligibility::Admission;
use domain::ids::StudentId;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

/// How many agreements and students there are, by tab and within.
#[derive(Debug, Clone, Copy, Default)]
pub struct Numbers {
    /// 待确认: offers without an answer.
    pub pending: u64,
    /// Of these, how many end within 48 hours.
    pub due_soon: u64,
    /// 可签约: students.
    pub eligible: u64,
    /// Under review by colleges.
    pub college_review: u64,
    /// Under review by the school.
    pub school_review: u64,
    /// 已签约: in force.
    pub effective: u64,
    /// 解约审核中.
    pub terminating: u64,
    /// 已解约.
    pub terminated: u64,
}

/// Something that waits for the employer.
#[derive(Debug, Clone)]
pub enum Todo {
    /// Offers that end soon.
    DueSoon {
        /// How many.
        n: u64,
        /// Some names.
        names: Vec<String>,
        /// The first deadline.
        first: Timestamp,
    },
    /// Drafts that were never sent.
    Drafts {
        /// How many.
        n: u64,
        /// Some names.
        names: Vec<String>,
    },
    /// Agreements that came back: declined, expired, returned.
    CameBack {
        /// How many.
        n: u64,
        /// Some names.
        names: Vec<String>,
    },
}

/// A résumé that was sent to this employer.
#[derive(Debug, Clone)]
pub struct Application {
    /// The student.
    pub student: StudentId,
    /// The name.
    pub name: String,
    /// Degree, in words.
    pub degree: String,
    /// College.
    pub college: String,
    /// Major.
    pub major: String,
    /// The position applied for.
    pub position: String,
    /// When.
    pub at: Timestamp,
}

/// The workbench.
#[derive(Debug, Clone)]
pub struct Workbench {
    /// Name of the employer.
    pub employer: String,
    /// Its certification.
    pub certification: Admission,
    /// The signing window of the year.
    pub window: (Option<Date>, Option<Date>),
    /// The numbers.
    pub numbers: Numbers,
    /// What waits.
    pub todos: Vec<Todo>,
    /// The latest résumés.
    pub applications: Vec<Application>,
    /// The latest messages.
    pub messages: Vec<MessageRow>,
    /// Basic data of the employer: labels in the language and values.
    pub company: Vec<(String, String)>,
}

fn window(frame: &Frame, view: &Workbench) -> Markup {
    let lang = frame.lang;
    let day = |date: Option<Date>| date.map(|date| time::day(lang, date));
    let year = frame.place.as_ref().map_or(0, |place| place.year);
    let text = match (day(view.window.0), day(view.window.1)) {
        (Some(from), Some(to)) => tr!(lang, "workbench.window", year = year, from = from, to = to),
        (None, Some(to)) => tr!(lang, "workbench.window_to", year = year, to = to),
        (Some(from), None) => tr!(lang, "workbench.window_from", year = year, from = from),
        (None, None) => tr!(lang, "workbench.window_open", year = year),
    };
    note("", &html! { (text) " " (tr!(lang, "workbench.one_only")) })
}

fn numbers(frame: &Frame, n: Numbers) -> Markup {
    let lang = frame.lang;
    let list = |tab: EmployerTab| format!("{}/agreements?tab={}", links::base(frame), tab.code());
    let (copies, people) = (tr!(lang, "unit.copies"), tr!(lang, "unit.people"));
    let cells = [
        (
            list(EmployerTab::Pending),
            "wait",
            tr!(lang, "tab.pending"),
            n.pending,
            &copies,
            tr!(lang, "workbench.due_soon", n = n.due_soon),
        ),
        (
            list(EmployerTab::Eligible),
            "ready",
            tr!(lang, "tab.eligible"),
            n.eligible,
            &people,
            tr!(lang, "workbench.can_offer"),
        ),
        (
            list(EmployerTab::Signed),
            "review",
            tr!(lang, "workbench.reviewing"),
            n.college_review + n.school_review,
            &copies,
            tr!(
                lang,
                "workbench.levels",
                college = n.college_review,
                school = n.school_review
            ),
        ),
        (
            list(EmployerTab::Signed),
            "done",
            tr!(lang, "tab.signed"),
            n.effective,
            &copies,
            tr!(lang, "workbench.in_force"),
        ),
        (
            list(EmployerTab::Terminated),
            "end",
            tr!(lang, "tab.terminated"),
            n.terminated,
            &copies,
            tr!(lang, "workbench.terminating", n = n.terminating),
        ),
    ];
    html! {
        section.kpis aria-label=(tr!(lang, "workbench.numbers")) { @for (href, class, label, value, unit, below) in cells {
            a.kpi href=(href) {
                span.k { i.(class) {} (label) }
                div.v { (value) small { (unit) } }
                div.d { (below) }
            }
        } }
    }
}

fn todo(frame: &Frame, todo: &Todo) -> Markup {
    let lang = frame.lang;
    let list = format!("{}/agreements", links::base(frame));
    let joined = |names: &[String]| names.join(&tr!(lang, "common.comma"));
    let (class, drawing, title, detail, href, button) = match todo {
        Todo::DueSoon { n, names, first } => (
            "warn",
            Icon::CalendarClock,
            tr!(lang, "todo.due_soon", n = n),
            tr!(
                lang,
                "todo.due_soon_d",
                names = joined(names),
                at = time::moment(lang, *first)
            ),
            format!("{list}?tab=pending&state=offered"),
            tr!(lang, "todo.look"),
        ),
        Todo::Drafts { n, names } => (
            "",
            Icon::Pencil,
            tr!(lang, "todo.drafts", n = n),
            tr!(lang, "todo.drafts_d", names = joined(names)),
            format!("{list}?tab=eligible&state=draft"),
            tr!(lang, "todo.go_on"),
        ),
        Todo::CameBack { n, names } => (
            "bad",
            Icon::Undo2,
            tr!(lang, "todo.came_back", n = n),
            tr!(lang, "todo.came_back_d", names = joined(names)),
            format!("{list}?tab=pending"),
            tr!(lang, "todo.handle"),
        ),
    };
    html! {
        li {
            span.ico.(class) { (icon(drawing)) }
            div.grow { b { (title) } div.sm.t3 { (detail) } }
            a.btn.sm href=(href) { (button) }
        }
    }
}

fn todos(frame: &Frame, view: &Workbench) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "workbench.todos")) } @if !view.todos.is_empty() { span.cnt.hot { (view.todos.len()) } } }
            @if view.todos.is_empty() {
                div.empty.mini { b { (tr!(lang, "workbench.nothing")) } span.sm { (tr!(lang, "workbench.nothing_why")) } }
            } @else { ul.rows { @for item in &view.todos { (todo(frame, item)) } } }
        }
    }
}

fn applications(frame: &Frame, view: &Workbench) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "workbench.resumes")) } }
            @if view.applications.is_empty() {
                div.empty.mini { b { (tr!(lang, "workbench.no_resumes")) } span.sm { (tr!(lang, "workbench.no_resumes_why")) } }
            } @else {
                div.wrap { table.tb.fold {
                    thead { tr {
                        th scope="col" { (tr!(lang, "col.student")) } th scope="col" { (tr!(lang, "col.college_major")) }
                        th scope="col" { (tr!(lang, "col.applied_for")) } th scope="col" { (tr!(lang, "col.applied_at")) }
                        th scope="col" { (tr!(lang, "col.actions")) }
                    } }
                    tbody { @for a in &view.applications { tr {
                        td { b { (a.name) } span.sub { (a.degree) } }
                        td.full { (a.college) span.sub { (a.major) } }
                        td { (a.position) }
                        td.nw.t3.e { (time::at(a.at, frame.now)) }
                        td.ops {
                            a href=(links::student(frame, a.student, "resume")) { (tr!(lang, "act.resume")) }
                            a href=(links::student(frame, a.student, "offer")) { (tr!(lang, "act.offer_short")) }
                        }
                    } } }
                } }
            }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &Workbench) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "workbench.title");
    let person = frame.user.as_ref().map_or("", |user| user.name.as_str());
    let content = html! {
        div.head {
            div {
                h1 { (title) }
                p { (tr!(lang, "workbench.hello", name = person)) " · " (view.employer) " " (badge::admission(lang, "certification", view.certification.code())) }
            }
            div.acts {
                (switcher(frame, ""))
                a.btn.pri href={ (links::base(frame)) "/agreements?tab=eligible" } { (icon(Icon::Send)) (tr!(lang, "act.find_students")) }
            }
        }
        div.grid {
            (window(frame, view))
            (numbers(frame, view.numbers))
            div.grid.g-main {
                div.stack { (todos(frame, view)) (applications(frame, view)) }
                aside.stack {
                    (short_list(frame, &view.messages))
                    section.card { header { h2 { (tr!(lang, "workbench.company")) } } div.body { (pairs("one", &view.company)) } }
                }
            }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Home), &content)
}
