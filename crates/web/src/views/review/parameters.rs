//! 学校参数: what a school decides for itself, with the reason for each parameter, its default, and who
//! changed what when.

use crate::i18n::{Lang, tk, tk_with};
use crate::tr;
use crate::views::form::{Choice, FieldError, Form, error};
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::{Pager, empty, note, pager};
use crate::views::time;
use domain::params::spec::{Group, Kind, Spec};
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;

/// One parameter on the page.
#[derive(Debug, Clone)]
pub struct Line {
    /// Which.
    pub spec: Spec,
    /// What holds where no value of its own is set here, in words.
    pub fallback: String,
    /// Who set the value of its own, and when.
    pub set: Option<(String, Timestamp)>,
}

/// One change.
#[derive(Debug, Clone)]
pub struct ChangeLine {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// For which year; 0 for all.
    pub year: i32,
    /// The parameter's name, in the language.
    pub name: String,
    /// The value before, in words.
    pub old: String,
    /// The value since, in words.
    pub new: String,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// The year in view; 0 for all.
    pub year: i32,
    /// The school's years, the latest first.
    pub years: Vec<i32>,
    /// The parameters that can be set here.
    pub lines: Vec<Line>,
    /// Values as typed, and what is wrong with them.
    pub form: Form,
    /// The version that the form posts.
    pub version: i64,
    /// The latest changes.
    pub changes: Vec<ChangeLine>,
    /// Their neighbours.
    pub pager: Pager,
}

/// The choices of a parameter, without the empty one.
pub fn choices(lang: Lang, spec: &Spec) -> Vec<Choice> {
    match spec.kind {
        Kind::Switch => ["on", "off"]
            .map(|code| Choice::new(code, tk(lang, "param_switch", code)))
            .to_vec(),
        Kind::Choice(codes) => codes
            .iter()
            .map(|code| Choice::new(*code, tk(lang, prefix(spec), code)))
            .collect(),
        Kind::Number { .. } | Kind::Day => Vec::new(),
    }
}

/// The prefix under which the choices of a parameter have their texts.
pub fn prefix(spec: &Spec) -> &'static str {
    match spec.key {
        "discovery" => "param_discovery",
        "second_factor" => "param_second_factor",
        "number_rule" => "param_number_rule",
        _ => "param_channels",
    }
}

/// A value in words.
pub fn words(lang: Lang, spec: &Spec, value: &Value) -> String {
    if value.is_null() {
        return tr!(lang, "parameters.none").into_owned();
    }
    let text = spec.text(value);
    if let Kind::Number { unit, .. } = spec.kind {
        return tk_with(lang, "param_unit", unit.code(), &[("n", &text)]);
    }
    let named = choices(lang, spec)
        .into_iter()
        .find(|choice| choice.value == text);
    named.map_or(text, |choice| choice.label)
}

/// The prefixes under which the choices have their texts.
pub const CHOICES: [&str; 4] = [
    "param_discovery",
    "param_second_factor",
    "param_number_rule",
    "param_channels",
];

fn fallback(lang: Lang, view: &Parameters, line: &Line) -> String {
    if view.year == 0 {
        tr!(lang, "parameters.default", value = line.fallback).into_owned()
    } else {
        tr!(lang, "parameters.as_school", value = line.fallback).into_owned()
    }
}

fn control(lang: Lang, view: &Parameters, line: &Line) -> Markup {
    let (key, form) = (line.spec.key, &view.form);
    let value = form.input.raw(key);
    let bad = form.is_bad(key).then_some("true");
    let told = if bad.is_some() {
        format!("{key}-e {key}-h")
    } else {
        format!("{key}-h")
    };
    let other = fallback(lang, view, line);
    match line.spec.kind {
        Kind::Switch | Kind::Choice(_) => html! {
            select.sel id={ "f-" (key) } name=(key) aria-invalid=[bad] aria-describedby=(told) {
                option value="" { (other) }
                @for choice in choices(lang, &line.spec) { option value=(choice.value) selected[choice.value == value] { (choice.label) } }
            }
        },
        Kind::Number { unit, .. } => html! {
            span.unit {
                input.in id={ "f-" (key) } name=(key) value=(value) inputmode="numeric" placeholder=(line.fallback) aria-invalid=[bad] aria-describedby=(told);
                span { (tk_with(lang, "param_unit", unit.code(), &[("n", "")])) }
            }
        },
        Kind::Day => html! {
            input.in type="date" id={ "f-" (key) } name=(key) value=(value) aria-invalid=[bad] aria-describedby=(told);
        },
    }
}

fn line(frame: &Frame, view: &Parameters, line: &Line) -> Markup {
    let (lang, key) = (frame.lang, line.spec.key);
    html! {
        div.param.fld.bad[view.form.is_bad(key)] {
            div {
                label for={ "f-" (key) } { (tk(lang, "param", key)) }
                p.sm.t2 id={ (key) "-h" } { (tk(lang, "param_why", key)) }
            }
            div {
                (control(lang, view, line))
                (error(lang, &view.form, key))
                @if line.set.is_some() || !matches!(line.spec.kind, Kind::Switch | Kind::Choice(_)) { p.xs.t3 {
                    @if !matches!(line.spec.kind, Kind::Switch | Kind::Choice(_)) { (fallback(lang, view, line)) }
                    @if let Some((by, at)) = &line.set { @if !matches!(line.spec.kind, Kind::Switch | Kind::Choice(_)) { " · " } (tr!(lang, "parameters.set_by", name = by, at = time::short(*at, frame.now))) }
                } }
            }
        }
    }
}

fn scopes(frame: &Frame, view: &Parameters) -> Markup {
    let lang = frame.lang;
    html! {
        nav.tabs aria-label=(tr!(lang, "parameters.scope")) {
            a href="/school/parameters" aria-current=[(view.year == 0).then_some("page")] { (tr!(lang, "parameters.all_years")) }
            @for year in &view.years {
                a href={ "/school/parameters?year=" (year) } aria-current=[(view.year == *year).then_some("page")] { (tr!(lang, "common.year", year = year)) }
            }
        }
    }
}

fn stale(lang: Lang, errors: &[FieldError]) -> Markup {
    html! {
        @if errors.iter().any(|wrong| wrong.field == "version") {
            (note("bad", &html! { (tr!(lang, "error.stale")) }))
        } @else if !errors.is_empty() {
            div.note.bad role="alert" tabindex="-1" data-focus { (icon(Icon::TriangleAlert)) div.grow { (tr!(lang, "form.summary", n = errors.len())) } }
        }
    }
}

fn form(frame: &Frame, view: &Parameters) -> Markup {
    let lang = frame.lang;
    html! {
        form.stack method="post" action={ "/school/parameters" @if view.year != 0 { "?year=" (view.year) } } {
            (frame.token())
            input type="hidden" name="version" value=(view.version);
            @for group in Group::ALL { @if view.lines.iter().any(|line| line.spec.group == group) {
                section.card {
                    header { h2 { (tk(lang, "param_group", group.code())) } }
                    @for one in view.lines.iter().filter(|line| line.spec.group == group) { (line(frame, view, one)) }
                }
            } }
            div.save { button.btn.pri type="submit" { (tr!(lang, "parameters.save")) } }
        }
    }
}

fn history(frame: &Frame, view: &Parameters) -> Markup {
    let lang = frame.lang;
    html! {
        section.card #list aria-label=(tr!(lang, "parameters.history")) {
            header { h2 { (tr!(lang, "parameters.history")) } }
            @if view.changes.is_empty() { (empty(&tr!(lang, "parameters.never"), "", None)) }
            @else {
                div.wrap { table.tb.fold {
                    thead { tr {
                        th scope="col" { (tr!(lang, "col.parameter")) } th scope="col" { (tr!(lang, "col.scope")) }
                        th scope="col" { (tr!(lang, "col.before")) } th scope="col" { (tr!(lang, "col.after")) }
                        th scope="col" { (tr!(lang, "col.by")) } th scope="col" { (tr!(lang, "col.time")) }
                    } }
                    tbody { @for change in &view.changes { tr {
                        td.name { b { (change.name) } }
                        td { @if change.year == 0 { (tr!(lang, "parameters.all_years")) } @else { (tr!(lang, "common.year", year = change.year)) } }
                        td.t3 data-l=(tr!(lang, "col.before")) { (change.old) }
                        td data-l=(tr!(lang, "col.after")) { (change.new) }
                        td { (change.by) }
                        td.nw.t3 { (time::at(change.at, frame.now)) }
                    } } }
                } }
                (pager(lang, &tr!(lang, "parameters.changes", n = view.pager.total), &view.pager))
            }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &Parameters) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "nav.parameters");
    let content = html! {
        div.head {
            div { h1 { (title) } p { (tr!(lang, "parameters.lead")) } }
            div.acts { a.btn href="/school/template" { (tr!(lang, "template.open")) } }
        }
        div.stack {
            (stale(lang, &view.form.errors))
            section.card { (scopes(frame, view)) p.body.sm.t2 {
                @if view.year == 0 { (tr!(lang, "parameters.school_lead")) } @else { (tr!(lang, "parameters.year_lead", year = view.year)) }
            } }
            (form(frame, view))
            (history(frame, view))
        }
    };
    // The changes are looked through rarely: they are no reason to load what exchanges lists in place.
    layout::staff(frame, &Page::new(&title, Spot::Parameters), &content)
}
