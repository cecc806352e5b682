//! A labelled field: line, lines, password, day, amount, choice.

use super::{Choice, Form, error};
use crate::i18n::Lang;
use crate::tr;
use maud::{Markup, html};
use std::borrow::Cow;

/// What sort of control a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Password,
    Date,
    Area,
    Select,
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
    choices: &'a [Choice],
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
            choices: &[],
        }
    }

    /// A choice among entries, with an empty first one.
    pub fn select(name: &'a str, label: impl Into<Cow<'a, str>>, choices: &'a [Choice]) -> Self {
        Self {
            kind: Kind::Select,
            choices,
            ..Self::text(name, label)
        }
    }

    /// Several lines of text, over the whole width.
    pub fn area(name: &'a str, label: impl Into<Cow<'a, str>>, rows: u8) -> Self {
        Self {
            kind: Kind::Area,
            rows,
            full: true,
            ..Self::text(name, label)
        }
    }

    /// A password; never filled by us. `complete` is the autocomplete purpose.
    pub fn password(name: &'a str, label: impl Into<Cow<'a, str>>, complete: &'a str) -> Self {
        Self {
            kind: Kind::Password,
            complete: Some(complete),
            ..Self::text(name, label)
        }
    }

    /// A day.
    pub fn date(name: &'a str, label: impl Into<Cow<'a, str>>) -> Self {
        Self {
            kind: Kind::Date,
            ..Self::text(name, label)
        }
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

    fn entries(&self, lang: Lang, chosen: &str) -> Markup {
        html! {
            option value="" { (tr!(lang, "form.choose")) }
            @for choice in self.choices { option value=(choice.value) selected[choice.value == chosen] { (choice.label) } }
        }
    }

    fn control(&self, lang: Lang, form: &Form) -> Markup {
        let id = format!("f-{}", self.name);
        let described = self.described(form);
        let bad = form.is_bad(self.name).then_some("true");
        let value = form.input.raw(self.name);
        let kind = match self.kind {
            Kind::Password => "password",
            Kind::Date => "date",
            Kind::Text | Kind::Area | Kind::Select => "text",
        };
        let shown = (self.kind != Kind::Password).then_some(value);
        html! {
            @if self.kind == Kind::Select {
                select.sel id=(id) name=(self.name) required[self.required] aria-invalid=[bad] aria-describedby=[described] { (self.entries(lang, value)) }
            } @else if self.kind == Kind::Area {
                textarea.in id=(id) name=(self.name) rows=(self.rows) required[self.required] aria-invalid=[bad] aria-describedby=[described]
                    data-max=[self.max] { (value) }
            } @else {
                input.in id=(id) name=(self.name) type=(kind) value=[shown] required[self.required] aria-invalid=[bad] aria-describedby=[described]
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
                    span.unit { (self.control(lang, form)) span { (unit) } }
                } @else { (self.control(lang, form)) }
                (error(lang, form, self.name))
                @if let Some(hint) = &self.hint { span.hint id={ (self.name) "-h" } { (hint) } }
            }
        }
    }
}
