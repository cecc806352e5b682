//! 协议模板: the clauses with their fields, what is wrong with them and where, the versions.

use crate::i18n::{Lang, tk, tk_with};
use crate::tr;
use crate::views::form::Choice;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::{Ask, confirm, note};
use crate::views::time;
use domain::agreement::clause::{ClauseKind, Party};
use domain::agreement::template::fields::FIELDS;
use domain::agreement::template::{CLAUSES, Fault, Part, Problem, Source, is_must, sample_terms};
use jiff::Timestamp;
use maud::{Markup, html};

/// Where the editor is.
pub const PATH: &str = "/school/template";
/// Problems that are listed at the head.
const LISTED: usize = 12;

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

fn kind_code(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Standard => "standard",
        ClauseKind::Negotiable | ClauseKind::Supplementary => "negotiable",
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

/// What is wrong, in words.
pub fn fault_text(lang: Lang, fault: &Fault) -> String {
    let params: Vec<(&str, String)> = match fault {
        Fault::TooLong { max, count } => vec![("max", max.to_string()), ("count", count.to_string())],
        Fault::BadCharacter { code } => vec![("code", format!("U+{code:04X}"))],
        Fault::UnknownField { name, meant } => vec![
            ("name", name.clone()),
            ("meant", meant.unwrap_or_default().to_owned()),
        ],
        Fault::FieldInFixed { name } => vec![("name", (*name).to_owned())],
        Fault::SameTitle { other } | Fault::SameKey { other } => vec![("other", other.to_string())],
        Fault::TooMany { max } => vec![("max", max.to_string())],
        Fault::MissingClause { key, title } => vec![
            ("title", (*title).to_owned()),
            ("why", tk(lang, "template_must", key).into_owned()),
        ],
        Fault::MissingTerm { term, field } => vec![
            ("term", tk(lang, "term", term.code()).into_owned()),
            ("field", (*field).to_owned()),
        ],
        _ => Vec::new(),
    };
    let params: Vec<(&str, &str)> = params
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    tk_with(lang, "template_fault", fault.code(), &params)
}

/// The place within the text, in words; nothing where the whole part is meant.
fn spot_text(lang: Lang, problem: &Problem) -> String {
    problem.spot.map_or_else(String::new, |spot| {
        let place = tr!(lang, "template.spot", line = spot.line, column = spot.column);
        format!("{place}{}", tr!(lang, "common.colon"))
    })
}

/// The problem with its whole place, for the list at the head.
fn whole_text(lang: Lang, problem: &Problem) -> String {
    let text = fault_text(lang, &problem.fault);
    let Some(n) = problem.clause else { return text };
    let part = tk(lang, "template_part", problem.part.code());
    let place = if problem.part == Part::Whole {
        tr!(lang, "template.where_clause", n = n)
    } else {
        tr!(lang, "template.where_part", n = n, part = part)
    };
    let (spot, colon) = (spot_text(lang, problem), tr!(lang, "common.colon"));
    if spot.is_empty() {
        format!("{place}{colon}{text}")
    } else {
        format!("{place} {spot}{text}")
    }
}

fn anchor(problem: &Problem) -> String {
    match (problem.clause, problem.part) {
        (None, _) => "#add".into(),
        (Some(n), Part::Title) => format!("#title-{n}"),
        (Some(n), Part::Confirm) => format!("#confirm-{n}"),
        (Some(n), _) => format!("#body-{n}"),
    }
}

fn problems(lang: Lang, view: &Editor) -> Markup {
    html! {
        @if !view.problems.is_empty() {
            div.note.bad.summary role="alert" tabindex="-1" data-focus[view.refused.is_some()] #problems {
                (icon(Icon::TriangleAlert))
                div.grow {
                    h2 { (tr!(lang, "template.problems", n = view.problems.len())) }
                    ul {
                        @for problem in view.problems.iter().take(LISTED) { li { a href=(anchor(problem)) { (whole_text(lang, problem)) } } }
                        @if view.problems.len() > LISTED { li { (tr!(lang, "template.more_problems", n = view.problems.len() - LISTED)) } }
                    }
                }
            }
        }
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
            Some(Refused::Full) => (note("bad", &html! { (tr!(lang, "template.full", max = CLAUSES)) })),
            Some(Refused::Broken) | None => {},
        }
    }
}

fn errors(lang: Lang, view: &Editor, (n, part): (usize, Part)) -> Markup {
    let found = view
        .problems
        .iter()
        .filter(|p| p.clause == Some(n) && p.part == part);
    let id = format!("{}-{n}-e", part.code());
    html! {
        @if view.problems.iter().any(|p| p.clause == Some(n) && p.part == part) {
            ul id=(id) { @for problem in found { li.err { (spot_text(lang, problem)) (fault_text(lang, &problem.fault)) } } }
        }
    }
}

fn is_bad(view: &Editor, n: usize, part: Part) -> bool {
    view.problems
        .iter()
        .any(|p| p.clause == Some(n) && p.part == part)
}

fn select(lang: Lang, (id, name, prefix): (&str, &str, &str), codes: &[&str], chosen: &str) -> Markup {
    html! {
        select.sel id=(id) name=(name) {
            @for code in codes { option value=(code) selected[*code == chosen] { (tk(lang, prefix, code)) } }
        }
    }
}

fn moves(lang: Lang, view: &Editor, n: usize) -> Markup {
    let last = view.clauses.len();
    let must = view.clauses.get(n - 1).is_some_and(|clause| is_must(&clause.key));
    html! {
        div.more.moves {
            button.btn.sm type="submit" name="act" value={ "up-" (n) } disabled[n == 1] aria-label=(tr!(lang, "template.up_of", n = n)) { (tr!(lang, "template.up")) }
            button.btn.sm type="submit" name="act" value={ "down-" (n) } disabled[n == last] aria-label=(tr!(lang, "template.down_of", n = n)) { (tr!(lang, "template.down")) }
            @if must { button.btn.sm type="button" disabled title=(tr!(lang, "template.must")) { (tr!(lang, "template.must")) } }
            @else { button.btn.sm.dgr type="submit" name="act" value={ "remove-" (n) } aria-label=(tr!(lang, "template.remove_of", n = n)) { (tr!(lang, "template.remove")) } }
        }
    }
}

fn clause(lang: Lang, view: &Editor, n: usize, source: &Source) -> Markup {
    let (title, body) = (is_bad(view, n, Part::Title), is_bad(view, n, Part::Body));
    let rows = source.body.chars().count().div_ceil(46).clamp(3, 16) + source.body.lines().count();
    let described = |bad: bool, part: Part| bad.then(|| format!("{}-{n}-e", part.code()));
    html! {
        section.card aria-labelledby={ "clause-" (n) } {
            header { h2 id={ "clause-" (n) } { (tr!(lang, "template.clause", n = n)) } (moves(lang, view, n)) }
            div.body.fields {
                input type="hidden" name="key" value=(source.key);
                div.fld.full.bad[title] {
                    label.req for={ "title-" (n) } { (tr!(lang, "template.f_title")) }
                    input.in id={ "title-" (n) } name="title" value=(source.title) aria-invalid=[title.then_some("true")] aria-describedby=[described(title, Part::Title)];
                    (errors(lang, view, (n, Part::Title)))
                }
                div.fld.full.bad[body] {
                    label.req for={ "body-" (n) } { (tr!(lang, "template.f_body")) }
                    textarea.in id={ "body-" (n) } name="body" rows=(rows) aria-invalid=[body.then_some("true")] aria-describedby=[described(body, Part::Body)] { "\n" (source.body) }
                    (errors(lang, view, (n, Part::Body)))
                    (errors(lang, view, (n, Part::Whole)))
                }
                div.fld {
                    label for={ "kind-" (n) } { (tr!(lang, "template.f_kind")) }
                    (select(lang, (&format!("kind-{n}"), "kind", "template_kind"), &["standard", "negotiable"], kind_code(source.kind)))
                }
                div.fld {
                    label for={ "confirm-" (n) } { (tr!(lang, "template.f_confirm")) }
                    (select(lang, (&format!("confirm-{n}"), "confirm", "template_confirm"), &["both", "employer", "student"], confirm_code(&source.confirmed_by)))
                    (errors(lang, view, (n, Part::Confirm)))
                }
                @if is_must(&source.key) { p.sm.t3.full { b { (tr!(lang, "template.must")) } (tr!(lang, "common.colon")) (tk(lang, "template_must", &source.key)) } }
            }
        }
    }
}

fn form(frame: &Frame, view: &Editor) -> Markup {
    let lang = frame.lang;
    html! {
        form.stack method="post" action=(address(PATH, view.year)) enctype="multipart/form-data" data-guard=[view.refused.is_some().then_some("unsaved").or(Some(""))] novalidate {
            // The first button is what the enter key presses.
            button type="submit" name="act" value="save" hidden {}
            (frame.token())
            input type="hidden" name="version" value=(view.version);
            @for (i, source) in view.clauses.iter().enumerate() { (clause(lang, view, i + 1, source)) }
            section.card #add {
                div.body.formend {
                    label for="added" { (tr!(lang, "template.add_what")) }
                    select.sel.auto #added name="added" {
                        option value="" { (tr!(lang, "template.add_blank")) }
                        @for choice in &view.standard { option value=(choice.value) { (tr!(lang, "template.add_standard", title = choice.label)) } }
                    }
                    button.btn type="submit" name="act" value="add" { (icon(Icon::Plus)) (tr!(lang, "template.add")) }
                }
            }
            div.save {
                button.btn.pri type="submit" name="act" value="save" { (tr!(lang, "template.save")) }
                button.btn type="submit" name="act" value="preview" { (icon(Icon::Eye)) (tr!(lang, "template.preview")) }
                span.sm.t3 { (tr!(lang, "template.saved_only")) }
            }
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
                div.stack { (refused(lang, view)) (problems(lang, view)) (form(frame, view)) }
                aside.stack.rail { (in_force(frame, view)) (publish(frame, view)) (history(frame, view)) (fields(lang)) }
            }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Template), &content)
}
