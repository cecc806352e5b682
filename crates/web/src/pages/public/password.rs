//! `/password`: 修改密码. Every other session of the account ends.

use super::activation::rules;
use crate::access::RolePaths;
use crate::auth::newpass::{self, NewPassword};
use crate::auth::{Confirmed, confirm_password, policy, session};
use crate::cookies::Cookie;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::reply;
use crate::views::form::Form as FormView;
use crate::views::public::account::{self, ChangePassword};
use axum::http::header;
use axum::response::IntoResponse;
use maud::Markup;
use store::accounts::{self, Account};

async fn page(ctx: &Ctx, account: &Account, form: FormView) -> Result<Markup> {
    let overdue = policy::is_due(account.role, account.password_set_at, ctx.now());
    let view = ChangePassword {
        policy: rules(account.role),
        form,
        overdue,
    };
    Ok(account::password(&ctx.frame().await?, &view))
}

async fn own(ctx: &Ctx) -> Result<Account> {
    let (school, id) = (ctx.person.home, ctx.person.account);
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { accounts::by_id(c, school, id).await }));
    read.await?.ok_or(Error::NotFound)
}

/// The form.
pub async fn show(ctx: Ctx) -> Result {
    let account = own(&ctx).await?;
    Ok(page(&ctx, &account, FormView::default()).await?.into_response())
}

/// Changes it.
pub async fn update(ctx: Ctx, Form(input): Form) -> Result {
    let account = own(&ctx).await?;
    let wrong = match confirm_password(&ctx, input.raw("password")).await? {
        Confirmed::Yes => match newpass::read(&ctx.here.app, &account, &input).await? {
            Ok(new) => return set(&ctx, new).await,
            Err(wrong) => wrong,
        },
        Confirmed::Wrong => FormView::default().with_error("password", "wrong_password"),
        Confirmed::Locked(_) => FormView::default().with_error("password", "locked"),
    };
    Ok(reply::unprocessable(page(&ctx, &account, wrong).await?))
}

async fn set(ctx: &Ctx, new: NewPassword) -> Result {
    let app = &ctx.here.app;
    let (key, now) = ((ctx.person.home, ctx.person.account), ctx.now());
    let (begin, cookie) = session::prepare(app, key.0, key.1, now)?;
    let change = ctx.store().write(move |c| {
        let (hash, history, begin) = (new.hash.clone(), new.history.clone(), begin.clone());
        Box::pin(async move {
            accounts::set_password(c, key, &hash, &history, now).await?;
            session::begin(c, &begin, None).await
        })
    });
    change.await?;
    let mut response = ctx.done(ctx.person.role.home(), "password_changed", &[]);
    if let Some(cookie) = Cookie::Session.set(app.config(), &cookie, None) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
