//! 我的账号: name, login, and the mail address with its confirmation.

use super::form::{Field, Form, error};
use super::frame::{Area, Frame};
use super::icon::{Icon, icon};
use super::layout::{self, Mast, Page};
use super::nav::Spot;
use super::part::{note, pairs};
use crate::i18n::{Lang, tk};
use crate::tr;
use maud::{Markup, html};

/// The page.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person's name.
    pub name: String,
    /// The login name.
    pub login: String,
    /// `role.*`.
    pub role: &'static str,
    /// Whether this is a student or an employer: nobody else is told anything by mail, or asked for a code.
    pub is_party: bool,
    /// Whether mail is sent here at all.
    pub mail: bool,
    /// The confirmed address.
    pub address: Option<String>,
    /// An address that a code was sent to.
    pub awaited: Option<String>,
    /// `email`, `password`, `code`: what was typed and what is wrong.
    pub form: Form,
}

/// The page, in the layout of the person's side.
pub fn page(frame: &Frame, view: &Account) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "account.title");
    let rows = vec![
        (tr!(lang, "account.name").into_owned(), view.name.clone()),
        (tr!(lang, "account.login").into_owned(), view.login.clone()),
        (
            tr!(lang, "account.role").into_owned(),
            tk(lang, "role", view.role).into_owned(),
        ),
    ];
    let content = html! {
        section.card {
            header { h2 { (tr!(lang, "account.who")) } }
            div.body.stack { (pairs("one", &rows)) p { a href="/password" { (tr!(lang, "nav.password")) } } }
        }
        @if view.is_party { section.card #mail {
            header { h2 { (tr!(lang, "account.email")) } }
            div.body.stack { (mail(frame, view)) }
        } }
    };
    let page = Page::new(&title, Spot::Account);
    if frame.is(Area::Student) {
        let top = Mast {
            heading: title.to_string(),
            ..Mast::default()
        };
        return layout::student(frame, &page, &top, &content, false);
    }
    let body = html! { div.head { h1 { (title) } } div.grid.g-two { (content) } };
    layout::staff(frame, &page, &body)
}

fn mail(frame: &Frame, view: &Account) -> Markup {
    let lang = frame.lang;
    html! {
        @match &view.address {
            Some(address) => p { b { (address) } " " span.ok-t { "✓ " (tr!(lang, "account.confirmed")) } },
            None => p.t2 { (tr!(lang, "account.no_address")) },
        }
        p.sm.t3 { (tr!(lang, "account.what_for")) }
        @if !view.mail { (note("", &html! { (tr!(lang, "account.no_mail")) })) }
        @else {
            @if let Some(address) = &view.awaited {
                (confirm(frame, view, address))
                details.more-f open[view.form.is_bad("email") || view.form.is_bad("password")] {
                    summary { (tr!(lang, "account.other")) }
                    (change(frame, view))
                }
            } @else { (change(frame, view)) }
        }
    }
}

fn confirm(frame: &Frame, view: &Account, address: &str) -> Markup {
    let lang = frame.lang;
    html! {
        @if let Some(before) = &view.address { (note("good", &html! { (tr!(lang, "account.sent_both", address = address, before = before)) })) }
        @else { (note("good", &html! { (tr!(lang, "account.sent", address = address)) })) }
        form.fields.one method="post" action="/account/email/confirmation" novalidate {
            (frame.token())
            @if view.address.is_some() {
                (code(lang, view, ("old_code", &tr!(lang, "account.code_before")), true))
                (code(lang, view, ("code", &tr!(lang, "account.code_new")), false))
            } @else { (code(lang, view, ("code", &tr!(lang, "proof.code")), false)) }
            div.formend { button.btn.pri type="submit" { (icon(Icon::CircleCheck)) (tr!(lang, "account.confirm")) } }
        }
    }
}

/// A field for a code. `is_before`: the one of the address before, with what to do without its mailbox.
fn code(lang: Lang, view: &Account, (name, label): (&str, &str), is_before: bool) -> Markup {
    let bad = view.form.is_bad(name);
    let hints = [
        bad.then(|| format!("{name}-e")),
        is_before.then(|| format!("{name}-h")),
    ];
    let hints: Vec<String> = hints.into_iter().flatten().collect();
    html! {
        div.fld.bad[bad] {
            label.req for={ "f-" (name) } { (label) }
            input.in id={ "f-" (name) } name=(name) inputmode="numeric" autocomplete="one-time-code" required
                aria-invalid=[bad.then_some("true")] aria-describedby=[(!hints.is_empty()).then(|| hints.join(" "))];
            (error(lang, &view.form, name))
            @if is_before { span.hint id={ (name) "-h" } { (tr!(lang, "account.lost")) } }
        }
    }
}

fn change(frame: &Frame, view: &Account) -> Markup {
    let lang = frame.lang;
    let (label, hint) = if view.address.is_some() {
        (tr!(lang, "account.new_address"), tr!(lang, "account.new_hint"))
    } else {
        (tr!(lang, "account.address"), tr!(lang, "account.address_hint"))
    };
    html! {
        form.fields.one method="post" action="/account/email" novalidate {
            (frame.token())
            (Field::text("email", label).required().max(254).complete("email").hint(hint).view(lang, &view.form))
            (Field::password("password", tr!(lang, "account.password"), "current-password").required().hint(tr!(lang, "account.password_hint")).view(lang, &view.form))
            div.formend { button.btn.pri[view.awaited.is_none()] type="submit" { (icon(Icon::Mail)) (tr!(lang, "proof.send")) } }
        }
    }
}
