//! The outermost ring: a number for every request, a time limit, panics caught, problems made into
//! pages, one line in the log. The log names the route, never the address that was asked for.

use crate::app::App;
use crate::error::{Error, Problem};
use crate::guard::{self, ProblemFrame};
use crate::views::frame::Frame;
use crate::{headers, problem};
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// A request that takes longer gets an answer without its result; a change that has begun still ends.
const LIMIT: Duration = Duration::from_secs(30);

/// The ring.
pub async fn boundary(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = hex::encode(app.env().bytes::<6>());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str)
        .to_owned();
    let lang = guard::language(request.headers());
    let begun = app.env().now();
    let run = tokio::time::timeout(LIMIT, AssertUnwindSafe(next.run(request)).catch_unwind());
    let mut response = match run.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Error::internal("a handler panicked").into_response(),
        Err(_) => Error::Timeout.into_response(),
    };
    let status = response.status();
    let ms = app.env().now().as_millisecond() - begun.as_millisecond();
    let found = response.extensions_mut().remove::<Problem>();
    match &found {
        Some(Problem(Error::Internal(source))) => {
            tracing::error!(%id, %method, %route, %status, ms, error = chain(source.as_ref()), "request failed");
        }
        Some(Problem(error)) => {
            tracing::info!(%id, %method, %route, %status, ms, problem = error.code(), "request")
        }
        None => tracing::info!(%id, %method, %route, %status, ms, "request"),
    }
    if let Some(Problem(error)) = found {
        let frame = response
            .extensions_mut()
            .remove::<ProblemFrame>()
            .map(|frame| frame.0);
        let frame = frame.unwrap_or_else(|| bare(&app, lang));
        let page = (status, problem::page(&frame, &error, &id)).into_response();
        response = with_cookies(page, &response);
    }
    headers::put(&app, &mut response);
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// The page takes over what the guard has set on the answer.
fn with_cookies(mut page: Response, from: &Response) -> Response {
    for cookie in from.headers().get_all(axum::http::header::SET_COOKIE) {
        page.headers_mut()
            .append(axum::http::header::SET_COOKIE, cookie.clone());
    }
    *page.extensions_mut() = from.extensions().clone();
    page
}

fn bare(app: &App, lang: crate::i18n::Lang) -> Frame {
    Frame {
        lang,
        now: app.env().now(),
        path: "/".into(),
        csrf: String::new(),
        flash: None,
        user: None,
        school: None,
        place: None,
        places: Vec::new(),
    }
}

/// An error with all its causes. Errors of the database may quote values: only their kind is told.
fn chain(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
