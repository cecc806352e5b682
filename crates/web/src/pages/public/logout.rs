//! `POST /logout`.

use crate::cookies::Cookie;
use crate::ctx::Visitor;
use crate::error::Result;
use crate::reply;
use axum::http::header;
use store::sessions;

/// Ends the session.
pub async fn create(visitor: Visitor) -> Result {
    let Some(ctx) = visitor.ctx else {
        return Ok(reply::see_other("/"));
    };
    let (school, session) = (ctx.person.home, ctx.person.session);
    let end = ctx
        .store()
        .write(move |c| Box::pin(async move { sessions::delete(c, school, &session).await }));
    end.await?;
    let mut response = ctx.done("/", "logged_out", &[]);
    if let Some(cookie) = Cookie::Session.clear(visitor.here.app.config()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
