//! `/captcha/{id}.png`.

use crate::app::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use uuid::Uuid;

/// The picture of a captcha of ours.
pub async fn picture(State(app): State<App>, Path(file): Path<String>) -> Result {
    let id: Option<Uuid> = file.strip_suffix(".png").and_then(|id| id.parse().ok());
    let png = app
        .captchas()
        .picture(id.ok_or(Error::NotFound)?)
        .await?
        .ok_or(Error::NotFound)?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    Ok(([kind], png).into_response())
}
