//! `/activate/{token}`: the first password, by a link that works once.

use crate::access::{Role, RolePaths};
use crate::auth::newpass;
use crate::auth::session::{self, Token};
use crate::cookies::Cookie;
use crate::ctx::Visitor;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::params::PathText;
use crate::reply;
use crate::views::form::Form as FormView;
use crate::views::public::account::{self, Activate, Policy};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use maud::Markup;
use store::accounts::{self, Account, Status};

/// The rules as the page tells them.
pub(super) const fn rules(role: Role) -> Policy {
    match role {
        Role::Student => Policy::Asvs,
        Role::Employer | Role::College | Role::School | Role::Platform => Policy::Mlps3,
    }
}

/// The account of a link; a link that is unknown, used or too old is absent.
async fn account_of(visitor: &Visitor, link: &str) -> Result<Account> {
    let token = Token::parse(link).ok_or(Error::NotFound)?;
    let read =
        visitor.here.app.store().read(move |c| {
            Box::pin(async move { accounts::by_activation(c, token.school, &token.hash).await })
        });
    let now = visitor.here.now;
    let good = |account: &Account| {
        account.status != Status::Disabled && account.activation_expires_at.is_some_and(|until| until > now)
    };
    read.await?.filter(good).ok_or(Error::NotFound)
}

async fn page(visitor: &Visitor, token: String, account: Account, form: FormView) -> Result<Markup> {
    let view = Activate {
        token,
        policy: rules(account.role),
        name: account.name,
        login: account.login,
        form,
    };
    Ok(account::activate(&visitor.frame().await?, &view))
}

/// The form.
pub async fn show(visitor: Visitor, PathText(link): PathText) -> Result {
    let account = account_of(&visitor, &link).await?;
    Ok(page(&visitor, link, account, FormView::default())
        .await?
        .into_response())
}

/// Sets the password, uses the link up and signs in.
pub async fn create(
    visitor: Visitor,
    PathText(link): PathText,
    headers: HeaderMap,
    Form(input): Form,
) -> Result {
    let app = &visitor.here.app;
    let account = account_of(&visitor, &link).await?;
    let new = match newpass::read(app, &account, &input).await? {
        Ok(new) => new,
        Err(wrong) => return Ok(reply::unprocessable(page(&visitor, link, account, wrong).await?)),
    };
    let (begin, cookie) = session::prepare(app, account.school_id, account.id, visitor.here.now)?;
    let old = Cookie::Session
        .read(app.config(), &headers)
        .and_then(Token::parse);
    let token = Token::parse(&link).ok_or(Error::NotFound)?;
    let (role, now) = (account.role, visitor.here.now);
    let set = app.store().write(move |c| {
        let (hash, history, begin) = (new.hash.clone(), new.history.clone(), begin.clone());
        Box::pin(async move {
            // Of two who use the link at once, one sets the password.
            let found = accounts::by_activation(c, token.school, &token.hash).await?;
            let account = found.ok_or(store::Error::NotFound)?;
            accounts::set_password(c, (account.school_id, account.id), &hash, &history, now).await?;
            session::begin(c, &begin, old).await
        })
    });
    set.await?;
    let mut response = reply::see_other(role.home());
    if let Some(cookie) = Cookie::Session.set(app.config(), &cookie, None) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
