//! Forms: what was typed is kept, what is wrong stands beside its field, every control has a label.

mod field;

pub use field::Field;

use crate::i18n::{Lang, tk_with};
use crate::tr;
use domain::agreement::form::{FieldProblem, Input, Problem};
use domain::agreement::terms::Money;
use maud::{Markup, html};

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
        Self {
            field: field.into(),
            code: code.into(),
            params: Vec::new(),
        }
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
            Problem::DoubtfulClause { number, word } => {
                vec![("number", number.to_string()), ("word", word.clone())]
            }
            _ => Vec::new(),
        };
        Self {
            field: found.field.into(),
            code: found.problem.code().into(),
            params,
        }
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
        Self {
            input,
            ..Self::default()
        }
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
    let params: Vec<(&str, &str)> = error
        .params
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
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
    if field == "tick" {
        "clauses".into()
    } else {
        format!("f-{field}")
    }
}

/// The error with the name of its field, where the field is a term of the agreement.
fn summary_text(lang: Lang, wrong: &FieldError) -> String {
    let text = error_text(lang, wrong);
    if crate::i18n::has(lang, &format!("term.{}", wrong.field)) {
        format!(
            "{}{}{text}",
            crate::i18n::tk(lang, "term", &wrong.field),
            tr!(lang, "common.colon")
        )
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
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// The entries of a code table in the language.
pub fn codes(lang: Lang, table: &domain::codes::Table) -> Vec<Choice> {
    let label = |code: &domain::codes::Code| match lang {
        Lang::Zh => code.name,
        Lang::En => code.english(),
    };
    table
        .all()
        .map(|code| Choice::new(code.code, label(code)))
        .collect()
}

/// A group of radio buttons.
pub fn radios(lang: Lang, form: &Form, name: &str, label: &str, choices: &[Choice]) -> Markup {
    options(lang, form, (name, label), choices, "radio")
}

/// A group of checkboxes under one name.
pub fn checks(lang: Lang, form: &Form, name: &str, label: &str, choices: &[Choice]) -> Markup {
    options(lang, form, (name, label), choices, "checkbox")
}

fn options(lang: Lang, form: &Form, (name, label): (&str, &str), choices: &[Choice], kind: &str) -> Markup {
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
