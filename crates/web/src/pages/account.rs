//! `/account`: 我的账号. Who somebody is here, and the mail address for notices and codes.

use crate::auth::{Confirmed, confirm_password, factor, mailbox};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::form::Form as Posted;
use crate::reply;
use crate::views::account::{self, Account};
use crate::views::form::Form;
use axum::response::IntoResponse;
use domain::codes::email::Email;
use maud::Markup;
use store::accounts::Role;

/// Where the page is.
const PATH: &str = "/account";

async fn page(ctx: &Ctx, form: Form) -> Result<Markup> {
    let view = Account {
        name: ctx.person.name.clone(),
        login: ctx.person.login.clone(),
        role: ctx.person.role.code(),
        is_party: is_party(ctx),
        mail: ctx.here.app.config().mail,
        address: factor::address(ctx)
            .await?
            .map(|address| address.reveal().to_owned()),
        awaited: mailbox::awaited(ctx)
            .await?
            .map(|address| address.reveal().to_owned()),
        form,
    };
    Ok(account::page(&ctx.frame().await?, &view))
}

/// Whether an address is of any use to this person: parties are told and sign, staff is not told by mail.
fn is_party(ctx: &Ctx) -> bool {
    matches!(ctx.person.role, Role::Student | Role::Employer)
}

/// The page.
pub async fn show(ctx: Ctx) -> Result {
    Ok(page(&ctx, Form::default()).await?.into_response())
}

/// Sends a code to a new address. Whoever sits at somebody else's screen cannot: the password is asked for.
pub async fn send(ctx: Ctx, Posted(input): Posted) -> Result {
    if !is_party(&ctx) {
        return Ok(reply::see_other(PATH));
    }
    let mut form = Form::filled(input);
    let address = Email::parse(form.input.raw("email"));
    if !ctx.here.app.config().mail {
        form = form.with_error("email", "no_mail");
    } else if form.input.raw("email").trim().is_empty() {
        form = form.with_error("email", "required");
    } else if address.is_err() {
        form = form.with_error("email", "email_bad");
    }
    let password = form.input.raw("password").to_owned();
    if password.is_empty() {
        form = form.with_error("password", "required");
    }
    if let (Ok(address), true) = (address, form.errors.is_empty()) {
        match confirm_password(&ctx, &password).await? {
            Confirmed::Yes => match mailbox::send(&ctx, &address).await? {
                Ok(()) => return Ok(ctx.done(PATH, "code_sent", &[])),
                Err(wrong) => form.errors.push(wrong),
            },
            Confirmed::Wrong => form = form.with_error("password", "wrong_password"),
            Confirmed::Locked(_) => form = form.with_error("password", "locked"),
        }
    }
    Ok(reply::unprocessable(page(&ctx, form).await?))
}

/// The codes came back: the address counts.
pub async fn confirm(ctx: Ctx, Posted(input): Posted) -> Result {
    let errors = mailbox::confirm(&ctx, mailbox::FIELDS.map(|field| input.raw(field))).await?;
    if errors.is_empty() {
        return Ok(ctx.done(PATH, "address_kept", &[]));
    }
    let form = Form {
        errors,
        ..Form::filled(input)
    };
    Ok(reply::unprocessable(page(&ctx, form).await?))
}
