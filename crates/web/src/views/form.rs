//! Forms: what was typed is kept, what is wrong stands beside its field, every control has a label.

use crate::i18n::{Lang, tk_with};
use crate::tr;
use domain::agreement::form::{FieldProblem, Input, Problem};
use domain::agreement::terms::Money;
use maud::{Markup, html};
use std::borrow::Cow;

/// What is wrong with a field: a code of `error.*` (or of `doubt.*` for warnings) with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: String,
    /// The code.
    pub code: String,
    /// Values of the text.
    pub params: Vec<(&'static str, String)>,
}

impl FieldError {
    /// An error without values.
    pub fn new(field: &str, code: &str) -> Self {
        Self { field: field.into(), code: code.into(), params: Vec::new() }
    }
}

impl From<&FieldProblem> for FieldError {
    fn from(found: &FieldProblem) -> Self {
        let params = match &found.problem {
            Problem::TooLong { max } | Problem::TooMany { max } => vec![("max", max.to_string())],
            Problem::TooLarge { max } => vec![("max", max.to_string())],
            Problem::ProbationTooLong { max } => vec![("max", max.to_string())],
            Problem::ProbationPayLow { least } => vec![("least", Money(*least).to_string())],
            Problem::PenaltyAboveCap { cap } => vec![("cap", Money(*cap).to_string())],
            Problem::DoubtfulClause { number, word } => vec![("number", number.to_string()), ("word", word.clone())],
            _ => Vec::new(),
        };
        Self { field: found.field.into(), code: found.problem.code().into(), params }
    }
}

/// A form as it is shown: empty, filled, or sent back with errors.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// What was typed or stored.
    pub input: Input,
    /// What has to be mended.
    pub errors: Vec<FieldError>,
    /// What is doubtful but may stay.
    pub doubts: Vec<FieldError>,
}

impl Form {
    /// A form filled with `input`, nothing wrong.
    pub fn filled(input: Input) -> Self {
        Self { input, ..Self::default() }
    }

    /// The same form with the problems that its reading found.
    #[must_use]
    pub fn with_problems(mut self, problems: &[FieldProblem]) -> Self {
        self.errors = problems.iter().map(FieldError::from).collect();
        self
    }

    /// The same form with the doubts that its reading found.
    #[must_use]
    pub fn with_doubts(mut self, problems: &[FieldProblem]) -> Self {
        self.doubts = problems.iter().map(FieldError::from).collect();
        self
    }

    /// The same form with one more error.
    #[must_use]
    pub fn with_error(mut self, field: &str, code: &str) -> Self {
        self.errors.push(FieldError::new(field, code));
        self
    }

    fn first<'a>(list: &'a [FieldError], field: &str) -> Option<&'a FieldError> {
        list.iter().find(|error| error.field == field)
    }

    /// Whether a field is wrong.
    pub fn is_bad(&self, field: &str) -> bool {
        Self::first(&self.errors, field).is_some()
    }

    /// Whether a choice is made.
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.input.all(field).iter().any(|chosen| chosen == value)
    }
}

fn text_of(lang: Lang, prefix: &str, error: &FieldError) -> String {
    let params: Vec<(&str, &str)> = error.params.iter().map(|(name, value)| (*name, value.as_str())).collect();
    tk_with(lang, prefix, &error.code, &params)
}

/// The text of an error, as its field shows it.
pub fn error_text(lang: Lang, error: &FieldError) -> String {
    text_of(lang, "error", error)
}

/// The error of a field, to stand under it; nothing when it is right.
pub fn error(lang: Lang, form: &Form, field: &str) -> Markup {
    html! {
        @if let Some(wrong) = Form::first(&form.errors, field) {
            span.err id={ (field) "-e" } { (error_text(lang, wrong)) }
        } @else if let Some(doubt) = Form::first(&form.doubts, field) {
            span.doubt id={ (field) "-e" } { (doubt_text(lang, doubt)) }
        }
    }
}

/// What the link of the summary leads to.
fn anchor(field: &str) -> String {
    if field == "tick" { "clauses".into() } else { format!("f-{field}") }
}

/// The error with the name of its field, where the field is a term of the agreement.
fn summary_text(lang: Lang, wrong: &FieldError) -> String {
    let text = error_text(lang, wrong);
    if crate::i18n::has(lang, &format!("term.{}", wrong.field)) {
        format!("{}{}{text}", crate::i18n::tk(lang, "term", &wrong.field), tr!(lang, "common.colon"))
    } else {
        text
    }
}

/// All errors at the head of a long form, when there are more than three.
pub fn summary(lang: Lang, form: &Form) -> Markup {
    html! {
        @if form.errors.len() > 3 {
            div.note.bad.summary role="alert" tabindex="-1" data-focus {
                (super::icon::icon(super::icon::Icon::TriangleAlert))
                div.grow {
                    h2 { (tr!(lang, "form.summary", n = form.errors.len())) }
                    ul { @for wrong in &form.errors {
                        li { a href={ "#" (anchor(&wrong.field)) } { (summary_text(lang, wrong)) } }
                    } }
                }
            }
        }
    }
}

/// What sort of control a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Password,
    Date,
    Area,
}

/// A labelled field. Build it, then [`Field::view`].
#[derive(Debug, Clone)]
pub struct Field<'a> {
    name: &'a str,
    label: Cow<'a, str>,
    kind: Kind,
    required: bool,
    full: bool,
    hint: Option<Cow<'a, str>>,
    unit: Option<Cow<'a, str>>,
    numeric: bool,
    max: Option<usize>,
    complete: Option<&'a str>,
    rows: u8,
    when: Option<&'a str>,
}

impl<'a> Field<'a> {
    /// A line of text.
    pub fn text(name: &'a str, label: impl Into<Cow<'a, str>>) -> Self {
        Self {
            name,
            label: label.into(),
            kind: Kind::Text,
            required: false,
            full: false,
            hint: None,
            unit: None,
            numeric: false,
            max: None,
            complete: None,
            rows: 3,
            when: None,
        }
    }

    /// Several lines of text, over the whole width.
    pub fn area(name: &'a str, label: impl Into<Cow<'a, str>>, rows: u8) -> Self {
        Self { kind: Kind::Area, rows, full: true, ..Self::text(name, label) }
    }

    /// A password; never filled by us. `complete` is the autocomplete purpose.
    pub fn password(name: &'a str, label: impl Into<Cow<'a, str>>, complete: &'a str) -> Self {
        Self { kind: Kind::Password, complete: Some(complete), ..Self::text(name, label) }
    }

    /// A day.
    pub fn date(name: &'a str, label: impl Into<Cow<'a, str>>) -> Self {
        Self { kind: Kind::Date, ..Self::text(name, label) }
    }

    /// An amount of yuan.
    pub fn money(name: &'a str, label: impl Into<Cow<'a, str>>, lang: Lang) -> Self {
        Self::text(name, label).numeric().unit(tr!(lang, "unit.yuan"))
    }

    /// Has to be filled.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Over the whole width of the form.
    #[must_use]
    pub fn full(mut self) -> Self {
        self.full = true;
        self
    }

    /// Words under the field.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'a, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A unit behind the field.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<Cow<'a, str>>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// Digits: phones show their number keys.
    #[must_use]
    pub fn numeric(mut self) -> Self {
        self.numeric = true;
        self
    }

    /// The most characters. The browser is told more than the rule allows (the rule answers with
    /// words, the browser would silently cut what is pasted).
    #[must_use]
    pub fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }

    /// The autocomplete purpose.
    #[must_use]
    pub fn complete(mut self, purpose: &'a str) -> Self {
        self.complete = Some(purpose);
        self
    }

    /// Shown only while another field has one of some values: `"archive_kind=employer|agency"`.
    #[must_use]
    pub fn when(mut self, condition: &'a str) -> Self {
        self.when = Some(condition);
        self
    }

    fn described(&self, form: &Form) -> Option<String> {
        let told = Form::first(&form.errors, self.name).or_else(|| Form::first(&form.doubts, self.name));
        let error = told.map(|_| format!("{}-e", self.name));
        let hint = self.hint.as_ref().map(|_| format!("{}-h", self.name));
        match (error, hint) {
            (Some(error), Some(hint)) => Some(format!("{error} {hint}")),
            (error, hint) => error.or(hint),
        }
    }

    fn control(&self, form: &Form) -> Markup {
        let id = format!("f-{}", self.name);
        let described = self.described(form);
        let bad = form.is_bad(self.name).then_some("true");
        let value = form.input.raw(self.name);
        let kind = match self.kind {
            Kind::Password => "password",
            Kind::Date => "date",
            Kind::Text | Kind::Area => "text",
        };
        let shown = if self.kind == Kind::Password { "" } else { value };
        html! {
            @if self.kind == Kind::Area {
                textarea.in id=(id) name=(self.name) rows=(self.rows) required[self.required] aria-invalid=[bad] aria-describedby=[described]
                    data-max=[self.max] { (value) }
            } @else {
                input.in id=(id) name=(self.name) type=(kind) value=(shown) required[self.required] aria-invalid=[bad] aria-describedby=[described]
                    inputmode=[self.numeric.then_some("decimal")] autocomplete=[self.complete] data-max=[self.max];
            }
        }
    }

    /// The field with its label, control, hint and error.
    pub fn view(&self, lang: Lang, form: &Form) -> Markup {
        html! {
            div.fld.bad[form.is_bad(self.name)].full[self.full] data-when=[self.when] {
                label.req[self.required] for={ "f-" (self.name) } { (self.label) }
                @if let Some(unit) = &self.unit {
                    span.unit { (self.control(form)) span { (unit) } }
                } @else { (self.control(form)) }
                (error(lang, form, self.name))
                @if let Some(hint) = &self.hint { span.hint id={ (self.name) "-h" } { (hint) } }
            }
        }
    }
}

/// One entry of a select or of a group of radio buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is posted.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// The entries of a code table in the language.
pub fn codes(lang: Lang, table: &domain::codes::Table) -> Vec<Choice> {
    let label = |code: &domain::codes::Code| match lang {
        Lang::Zh => code.name,
        Lang::En => code.english(),
    };
    table.all().map(|code| Choice::new(code.code, label(code))).collect()
}

/// A labelled select with an empty first entry.
pub fn select(lang: Lang, form: &Form, name: &str, label: &str, choices: &[Choice], required: bool) -> Markup {
    let chosen = form.input.raw(name);
    html! {
        div.fld.bad[form.is_bad(name)] {
            label.req[required] for={ "f-" (name) } { (label) }
            select.sel id={ "f-" (name) } name=(name) required[required] aria-invalid=[form.is_bad(name).then_some("true")]
                aria-describedby=[form.is_bad(name).then(|| format!("{name}-e"))] {
                option value="" { (tr!(lang, "form.choose")) }
                @for choice in choices { option value=(choice.value) selected[choice.value == chosen] { (choice.label) } }
            }
            (error(lang, form, name))
        }
    }
}

/// A group of radio buttons.
pub fn radios(lang: Lang, form: &Form, name: &str, label: &str, choices: &[Choice]) -> Markup {
    options(lang, form, name, label, choices, "radio")
}

/// A group of checkboxes under one name.
pub fn checks(lang: Lang, form: &Form, name: &str, label: &str, choices: &[Choice]) -> Markup {
    options(lang, form, name, label, choices, "checkbox")
}

fn options(lang: Lang, form: &Form, name: &str, label: &str, choices: &[Choice], kind: &str) -> Markup {
    html! {
        fieldset.fld.full.bad[form.is_bad(name)] id={ "f-" (name) } aria-describedby=[form.is_bad(name).then(|| format!("{name}-e"))] {
            legend { (label) }
            div.opts { @for choice in choices {
                label { input type=(kind) name=(name) value=(choice.value) checked[form.has(name, &choice.value)]; (choice.label) }
            } }
            (error(lang, form, name))
        }
    }
}

/// The text of a doubt.
pub fn doubt_text(lang: Lang, doubt: &FieldError) -> String {
    text_of(lang, "doubt", doubt)
}
