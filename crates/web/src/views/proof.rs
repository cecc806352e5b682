//! What proves who acts, just before a signature: the password again, or a code that was sent by mail.

use super::form::{Field, Form, error};
use super::frame::Frame;
use crate::i18n::Lang;
use crate::tr;
use maud::{Markup, html};
use std::borrow::Cow;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Nothing more.
    None,
    /// The password again.
    Password,
    /// The password, in place of a code that nobody sends here.
    NoMail,
    /// The password, in place of a code: the person has no confirmed address.
    NoAddress,
    /// A code.
    Code {
        /// The address it goes to, masked.
        to: String,
        /// Whether one is on its way and can still be used.
        sent: bool,
    },
}

impl Proof {
    /// What the signing method says of it: `s_offer.*`.
    pub fn method(&self, lang: Lang) -> Cow<'static, str> {
        match self {
            Self::None => tr!(lang, "s_offer.method_plain"),
            Self::Code { .. } => tr!(lang, "s_offer.method_code"),
            Self::Password | Self::NoMail | Self::NoAddress => tr!(lang, "s_offer.method"),
        }
    }

    /// Whether a code has just been sent: the sheet that asks for it stays open.
    pub fn is_sent(&self) -> bool {
        matches!(self, Self::Code { sent: true, .. })
    }
}

/// The field. `send` is where its form asks for a code; `label` what the password is called there.
pub fn field(frame: &Frame, proof: &Proof, form: &Form, (label, send): (&str, &str)) -> Markup {
    let lang = frame.lang;
    let password = |hint: Cow<'static, str>| {
        Field::password("password", label.to_owned(), "current-password")
            .required()
            .hint(hint)
            .view(lang, form)
    };
    match proof {
        Proof::None => html! {},
        Proof::Password => password(tr!(lang, "s_offer.password_hint")),
        Proof::NoMail => password(tr!(lang, "proof.no_mail")),
        Proof::NoAddress => html! {
            (password(tr!(lang, "proof.no_address")))
            p.why { a href="/account" { (tr!(lang, "proof.add_address")) } }
        },
        Proof::Code { to, sent } => code(lang, form, (to, *sent), send),
    }
}

fn code(lang: Lang, form: &Form, (to, sent): (&str, bool), action: &str) -> Markup {
    let bad = form.is_bad("code");
    html! {
        div.fld.bad[bad] data-reopen[sent] {
            label.req for="f-code" { (tr!(lang, "proof.code")) }
            div.with-btn {
                input.in id="f-code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus[sent]
                    aria-invalid=[bad.then_some("true")] aria-describedby=(if bad { "code-e code-h" } else { "code-h" });
                button.btn type="submit" formaction=(action) formnovalidate {
                    @if sent { (tr!(lang, "proof.again")) } @else { (tr!(lang, "proof.send")) }
                }
            }
            (error(lang, form, "code"))
            span.hint #code-h role=[sent.then_some("status")] {
                @if sent { (tr!(lang, "proof.sent", to = to)) } @else { (tr!(lang, "proof.goes_to", to = to)) }
            }
        }
    }
}
