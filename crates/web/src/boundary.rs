//! The outermost ring: a number for every request, a time limit, panics caught, problems made into
//! pages, one line in the log. The log names the route, never the address that was asked for.

use crate::app::App;
use crate::error::{Error, Problem};
use crate::guard::{self, ProblemFrame};
use crate::views::frame::Frame;
use crate::{headers, problem, reply, upload};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// A request that takes longer gets an answer without its result; a change that has begun still ends.
const LIMIT: Duration = if cfg!(test) {
    Duration::from_millis(300)
} else {
    Duration::from_secs(30)
};

/// A form with files takes as long as a slow line needs for them.
const LIMIT_FILES: Duration = Duration::from_mins(4);

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
    let limit = if upload::boundary(request.headers()).is_some() {
        LIMIT_FILES
    } else {
        LIMIT
    };
    let run = tokio::time::timeout(limit, AssertUnwindSafe(next.run(request)).catch_unwind());
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
            tracing::info!(%id, %method, %route, %status, ms, problem = error.code(), "request");
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
        if matches!(error, Error::Busy { .. }) {
            response.headers_mut().insert(header::RETRY_AFTER, reply::LATER);
        }
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

/// An error with all its causes. Of each only the first line: PostgreSQL quotes the values of a row
/// that it refuses in the lines after it.
fn chain(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let first_line = |text: String| text.lines().next().unwrap_or("").to_owned();
    let mut text = first_line(error.to_string());
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {}", first_line(next.to_string()));
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Config;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::get;
    use axum::{Router, middleware::from_fn_with_state};
    use store::testing::World;
    use tower::ServiceExt;

    async fn ask(handler: axum::routing::MethodRouter<App>) -> Response {
        let world = World::sqlite().await;
        let app = App::new(
            world.store.clone(),
            Config::loopback("127.0.0.1"),
            crate::Neighbours::default(),
        )
        .unwrap();
        let ring = from_fn_with_state(app.clone(), boundary);
        let site = Router::new().route("/", handler).layer(ring).with_state(app);
        let request = Request::builder().uri("/").body(Body::empty()).unwrap();
        site.oneshot(request).await.unwrap()
    }

    async fn panics() -> &'static str {
        panic!("on purpose")
    }

    #[tokio::test]
    async fn a_handler_that_panics_answers_with_the_page_of_a_fault() {
        let response = ask(get(panics)).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers().contains_key("content-security-policy"));
        assert_eq!(response.headers()["cache-control"], "no-store");
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("系统出错") && !text.contains("on purpose"));
    }

    #[tokio::test]
    async fn a_handler_that_never_ends_is_answered_for() {
        let response = ask(get(std::future::pending::<&'static str>)).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[test]
    fn the_log_of_a_fault_does_not_quote_rows() {
        let cause =
            std::io::Error::other("ERROR: new row violates a check\nDETAIL: Failing row contains (张三)");
        let text = chain(&store::Error::Db(Box::new(cause)));
        assert_eq!(text, "database: ERROR: new row violates a check");
    }
}
