//! A message for the next page (“已撤回，学生将收到通知”): a code and its values in a signed cookie
//! that lives for one page.

use crate::app::App;
use crate::cookies::Cookie;
use crate::views::frame::Flash;
use axum::http::{HeaderMap, HeaderValue};

const PURPOSE: &str = "flash";

/// Reads the flash of a request.
pub fn read(app: &App, headers: &HeaderMap) -> Option<Flash> {
    let signed = Cookie::Flash.read(app.config(), headers)?;
    let payload = app.seal().open(PURPOSE, signed)?;
    let (code, params) = serde_json::from_slice(&payload).ok()?;
    Some(Flash { code, params })
}

/// The header that hands a flash to the next page.
pub fn set(app: &App, code: &str, params: &[(&str, &str)]) -> Option<HeaderValue> {
    let payload = serde_json::to_vec(&(code, params)).ok()?;
    Cookie::Flash.set(app.config(), &app.seal().sign(PURPOSE, &payload), Some(60))
}
