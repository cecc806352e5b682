//! Passwords: the activation of an account and the change of a password.

use crate::tr;
use crate::views::form::{Field, Form, error_text};
use crate::views::frame::{Area, Frame};
use crate::views::layout::{self, Mast, Page};
use crate::views::nav::Spot;
use crate::views::part::note;
use maud::{Markup, html};

/// Which rules the password follows: `asvs` for students, `mlps3` for staff and employers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// At least 12 characters.
    Asvs,
    /// At least 12 characters of 3 classes, 90 days, not one of the last 5.
    Mlps3,
}

fn rules(frame: &Frame, policy: Policy) -> String {
    match policy {
        Policy::Asvs => tr!(frame.lang, "password.rules_asvs").into_owned(),
        Policy::Mlps3 => tr!(frame.lang, "password.rules_mlps3").into_owned(),
    }
}

fn new_password(frame: &Frame, form: &Form, policy: Policy) -> Markup {
    let lang = frame.lang;
    html! {
        (Field::password("new_password", tr!(lang, "password.new"), "new-password").required().hint(rules(frame, policy)).view(lang, form))
        (Field::password("repeat", tr!(lang, "password.repeat"), "new-password").required().view(lang, form))
    }
}

fn alert(frame: &Frame, form: &Form) -> Markup {
    html! { @if let Some(wrong) = form.errors.iter().find(|wrong| wrong.field == "form") {
        div role="alert" { (note("bad", &html! { (error_text(frame.lang, wrong)) })) }
    } }
}

/// `/activate/{token}`: the first password of an account.
#[derive(Debug, Clone)]
pub struct Activate {
    /// The token of the link.
    pub token: String,
    /// Who it is for.
    pub name: String,
    /// The login that goes with it.
    pub login: String,
    /// The rules.
    pub policy: Policy,
    /// The fields `new_password`, `repeat`.
    pub form: Form,
}

/// The activation page.
pub fn activate(frame: &Frame, view: &Activate) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "activate.title");
    let content = html! {
        div.lone.small { section.card.login {
            h1 { (title) }
            p.lead { (tr!(lang, "activate.lead", name = view.name)) }
            form.fields.one method="post" action={ "/activate/" (view.token) } {
                (frame.token())
                (alert(frame, &view.form))
                div.fld { label for="f-login" { (tr!(lang, "activate.login")) } input.in id="f-login" name="login" value=(view.login) readonly autocomplete="username"; }
                (new_password(frame, &view.form, view.policy))
                button.btn.pri.lg.wide type="submit" { (tr!(lang, "activate.submit")) }
            }
        } }
    };
    layout::public(frame, &Page::new(&title, Spot::Nowhere), None, &content)
}

/// `/password`: the change of a password.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    /// The rules.
    pub policy: Policy,
    /// The fields `password`, `new_password`, `repeat`.
    pub form: Form,
    /// Whether the password is too old and has to be changed now.
    pub overdue: bool,
}

/// The page, in the layout of the person's side.
pub fn password(frame: &Frame, view: &ChangePassword) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "password.title");
    let form = html! {
        @if view.overdue { (note("warn", &html! { (tr!(lang, "password.overdue")) })) }
        section.card { div.body {
            form.fields.one method="post" action="/password" {
                (frame.token())
                (alert(frame, &view.form))
                (Field::password("password", tr!(lang, "password.old"), "current-password").required().view(lang, &view.form))
                (new_password(frame, &view.form, view.policy))
                p.why { (tr!(lang, "password.others")) }
                div.formend { button.btn.pri type="submit" { (tr!(lang, "password.submit")) } }
            }
        } }
    };
    let page = Page::new(&title, Spot::Password);
    if frame.is(Area::Student) {
        let top = Mast {
            heading: title.to_string(),
            ..Mast::default()
        };
        return layout::student(frame, &page, &top, &form, false);
    }
    let content = html! { div.head { h1 { (title) } } div.grid.g-two { div.stack { (form) } } };
    layout::staff(frame, &page, &content)
}
