//! `POST /language`: the switch of language, kept in a cookie and, for whoever is signed in, in the account.

use crate::cookies::Cookie;
use crate::ctx::Visitor;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::i18n::Lang;
use crate::reply;
use axum::http::header;
use store::accounts;

/// A year, in seconds.
const YEAR: u32 = 31_536_000;

/// Changes the language and goes back.
pub async fn choose(visitor: Visitor, Form(input): Form) -> Result {
    let lang = Lang::from_code(input.raw("lang")).ok_or(Error::BadRequest)?;
    let app = &visitor.here.app;
    if let Some(ctx) = &visitor.ctx {
        let (school, id) = (ctx.person.home, ctx.person.account);
        let keep = app
            .store()
            .write(move |c| Box::pin(async move { accounts::set_locale(c, school, id, lang.code()).await }));
        keep.await?;
    }
    let mut response = reply::see_other(reply::local_or(input.raw("back"), "/"));
    if let Some(cookie) = Cookie::Language.set(app.config(), lang.code(), Some(YEAR)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
