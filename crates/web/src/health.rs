//! `/healthz`: the process lives. `/readyz`: the database answers and the worker has been seen.

use crate::app::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

/// A worker silent for longer is taken for dead, in seconds.
const SILENT: i64 = 60;

/// The process answers.
pub async fn live() -> &'static str {
    "ok"
}

/// Whether it can do its work; says which part cannot.
pub async fn ready(State(app): State<App>) -> Response {
    let database = app
        .store()
        .read(|c| Box::pin(store::surroundings::answers(c)))
        .await
        .is_ok();
    let now = app.env().now();
    let lives = |last: Timestamp| now.as_second() - last.as_second() <= SILENT;
    let worker = match app.worker() {
        None => "none",
        Some(worker) if worker.last().is_some_and(lives) => "ok",
        Some(_) => "silent",
    };
    let good = database && worker != "silent";
    let status = if good {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let database = if database { "ok" } else { "failed" };
    (status, format!("database {database}\nworker {worker}\n")).into_response()
}
