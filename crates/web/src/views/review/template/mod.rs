//! 协议模板: the clauses with their fields, what is wrong with them and where, the versions.

mod clauses;
mod problems;

pub use problems::fault_text;

use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::form::Choice;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::{Ask, confirm, note};
use crate::views::time;
use domain::agreement::clause::Party;
use domain::agreement::template::fields::FIELDS;
use domain::agreement::template::{BODY_LENGTH, CLAUSES, Problem, Source, sample_terms};
use jiff::Timestamp;
use maud::{Markup, html};

/// Where the editor is.
pub const PATH: &str = "/school/template";
/// The template that counts now.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    /// Its year (0 for all) and number; nothing for the standard one.
    pub version: Option<(i32, i32)>,
    /// Who put it in force, and when.
    pub set: Option<(String, Timestamp)>,
}

/// A version in the list.
#[derive(Debug, Clone)]
pub struct VersionLine {
    /// Its number.
    pub version: i32,
    /// Who put it in force.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How many clauses.
    pub clauses: usize,
}

/// Why the last act was refused, besides what is wrong with the text.
#[derive(Debug, Clone)]
pub enum Refused {
    /// Somebody else saved a draft.
    Stale(String),
    /// This clause cannot be removed.
    Must(usize, String),
    /// There are as many clauses as there may be.
    Full,
    /// It is longer than what is kept as a draft.
    TooLong,
    /// It cannot be put in force as it is.
    Broken,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Editor {
    /// The year in view; 0 for all.
    pub year: i32,
    /// The school's years, the latest first.
    pub years: Vec<i32>,
    /// What counts now.
    pub in_force: InForce,
    /// The clauses as they are written.
    pub clauses: Vec<Source>,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
    /// The draft's version; 0 without one.
    pub version: i64,
    /// Who saved the draft, and when.
    pub saved: Option<(String, Timestamp)>,
    /// Why the last act was refused.
    pub refused: Option<Refused>,
    /// The versions of this scope, the latest first.
    pub history: Vec<VersionLine>,
    /// Clauses of the standard template that are not there: key and heading.
    pub standard: Vec<Choice>,
}

/// An address of the template with its year.
pub fn address(path: &str, year: i32) -> String {
    if year == 0 {
        path.to_owned()
    } else {
        format!("{path}?year={year}")
    }
}

/// Who confirms, as the form posts it.
pub fn confirm_code(parties: &[Party]) -> &'static str {
    match (
        parties.contains(&Party::Employer),
        parties.contains(&Party::Student),
    ) {
        (true, true) => "both",
        (true, false) => "employer",
        (false, true) => "student",
        (false, false) => "",
    }
}

/// The scope in words.
pub fn scope(lang: Lang, year: i32) -> String {
    if year == 0 {
        tr!(lang, "template.school_scope").into_owned()
    } else {
        tr!(lang, "template.year_scope", year = year).into_owned()
    }
}

/// A version in words.
pub fn version_name(lang: Lang, version: Option<(i32, i32)>) -> String {
    match version {
        None => tr!(lang, "template.standard").into_owned(),
        Some((year, n)) => tr!(lang, "template.version_of", scope = scope(lang, year), n = n).into_owned(),
    }
}

fn refused(lang: Lang, view: &Editor) -> Markup {
    let latest = address(PATH, view.year);
    html! {
        @match &view.refused {
            Some(Refused::Stale(name)) => (note("bad", &html! {
                (tr!(lang, "template.stale", name = name)) " " a href=(latest) target="_blank" rel="noopener" { (tr!(lang, "template.latest")) }
            })),
            Some(Refused::Must(n, key)) => (note("bad", &html! { (tr!(lang, "template.refused_must", n = n, why = tk(lang, "template_must", key))) })),
            Some(Refused::TooLong) => (note("bad", &html! { (tr!(lang, "template.too_long", max = BODY_LENGTH)) })),
            Some(Refused::Full) => (note("bad", &html! { (tr!(lang, "template.full", max = CLAUSES)) })),
            Some(Refused::Broken) | None => {},
        }
    }
}

fn publish(frame: &Frame, view: &Editor) -> Markup {
    let lang = frame.lang;
    let action = address(&format!("{PATH}/publication"), view.year);
    let removal = address(&format!("{PATH}/removal"), view.year);
    let title = tr!(lang, "template.publish_title", scope = scope(lang, view.year));
    let why = if view.version == 0 {
        Some(tr!(lang, "template.publish_none"))
    } else {
        (!view.problems.is_empty()).then(|| tr!(lang, "template.publish_why"))
    };
    html! {
        section.card {
            header { h2 { (tr!(lang, "template.draft")) } }
            div.body.stack {
                p.sm.t2 {
                    @if let Some((name, at)) = &view.saved { (tr!(lang, "template.draft_saved", name = name, at = time::short(*at, frame.now))) }
                    @else { (tr!(lang, "template.no_draft")) }
                }
                @if let Some(why) = why {
                    button.btn type="button" disabled { (icon(Icon::CircleCheck)) (tr!(lang, "template.publish")) }
                    p.why { (why) }
                } @else {
                    (confirm(frame, &Ask {
                        id: "publish", action: &action, version: view.version, button: &tr!(lang, "template.publish"),
                        icon: Icon::CircleCheck, title: &title, text: &tr!(lang, "template.publish_text"), danger: false,
                    }, &html! {}))
                }
                @if view.version > 0 {
                    (confirm(frame, &Ask {
                        id: "discard", action: &removal, version: view.version, button: &tr!(lang, "template.discard"),
                        icon: Icon::Undo2, title: &tr!(lang, "template.discard_title"), text: &tr!(lang, "template.discard_text"), danger: true,
                    }, &html! {}))
                }
            }
        }
    }
}

fn in_force(frame: &Frame, view: &Editor) -> Markup {
    let lang = frame.lang;
    let own = view.in_force.version.is_some_and(|(year, _)| year == view.year);
    html! {
        section.card {
            header { h2 { (tr!(lang, "template.in_force")) } }
            div.body {
                b { (version_name(lang, view.in_force.version)) }
                @if let Some((name, at)) = &view.in_force.set { p.sm.t3 { (tr!(lang, "template.since", name = name, at = time::short(*at, frame.now))) } }
                @if view.year != 0 && !own { p.sm.t3 { (tr!(lang, "template.as_school", year = view.year)) } }
            }
        }
    }
}

fn fields(lang: Lang) -> Markup {
    let terms = sample_terms(2027);
    html! {
        section.card {
            header { h2 { (tr!(lang, "template.fields")) } }
            div.body.stack {
                p.sm.t2 { (tr!(lang, "template.fields_lead")) }
                p.sm.t2 { (tr!(lang, "template.fields_sentence")) }
                details.more-d { summary { (tr!(lang, "template.fields_all", n = FIELDS.len())) } dl.tfields { @for field in &FIELDS {
                    @let text = (field.say)(&terms);
                    dt { code { "{" (field.name) "}" } @if field.is_sentence { " " span.cnt { (tr!(lang, "template.sentence_mark")) } } }
                    dd.sm.t3 lang="zh-CN" { @if text.is_empty() { (tr!(lang, "template.nothing")) } @else { (text) } }
                } } }
            }
        }
    }
}

fn history(frame: &Frame, view: &Editor) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "template.history")) } }
            @if view.history.is_empty() { p.body.sm.t3 { (tr!(lang, "template.never")) } }
            @else { ul.rows { @for line in &view.history { li {
                div.grow { b { (tr!(lang, "template.version", n = line.version)) } div.sm.t3 { (line.by) " · " (time::short(line.at, frame.now)) " · " (tr!(lang, "template.clauses", n = line.clauses)) } }
                a href=(address(&format!("{PATH}/versions/{}", line.version), view.year)) { (tr!(lang, "template.view")) span.vh { " " (tr!(lang, "template.version", n = line.version)) } }
            } } } }
        }
    }
}

/// The tabs of the scopes.
fn scopes(lang: Lang, view: &Editor) -> Markup {
    html! {
        nav.tabs aria-label=(tr!(lang, "parameters.scope")) {
            a href=(PATH) aria-current=[(view.year == 0).then_some("page")] { (tr!(lang, "parameters.all_years")) }
            @for year in &view.years {
                a href=(address(PATH, *year)) aria-current=[(view.year == *year).then_some("page")] { (tr!(lang, "common.year", year = year)) }
            }
        }
    }
}

/// The editor.
pub fn page(frame: &Frame, view: &Editor) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "template.title");
    let content = html! {
        div.head {
            div { h1 { (title) } p { (tr!(lang, "template.lead")) } }
            div.acts { a.btn href="/school/pictures" { (icon(Icon::Landmark)) (tr!(lang, "picture.title")) } }
        }
        div.stack {
            section.card { (scopes(lang, view)) }
            div.grid.g-main {
                div.stack { (refused(lang, view)) (problems::list(lang, view)) (clauses::form(frame, view)) }
                aside.stack.rail { (in_force(frame, view)) (publish(frame, view)) (history(frame, view)) (fields(lang)) }
            }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Template), &content)
}
