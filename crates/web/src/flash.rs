//! A message for the next page (“已撤回，学生将收到通知”): a code and its values in a signed cookie
//! that lives for one page, and only for the page that it was sent to: another tab of the same
//! browser shares the cookie, and must not say “已应约” over its own refusal.

use crate::app::App;
use crate::cookies::Cookie;
use crate::views::frame::Flash;
use axum::http::{HeaderMap, HeaderValue};

const PURPOSE: &str = "flash";

/// Reads the flash for the page at a path, if there is one.
pub fn read(app: &App, headers: &HeaderMap, path: &str) -> Option<Flash> {
    let signed = Cookie::Flash.read(app.config(), headers)?;
    let payload = app.seal().open(PURPOSE, signed)?;
    let (place, code, params): (String, _, _) = serde_json::from_slice(&payload).ok()?;
    (place == path).then_some(Flash { code, params })
}

/// The header that hands a flash to the page at an address of ours; its query and fragment do not
/// count.
pub fn set(app: &App, address: &str, code: &str, params: &[(&str, &str)]) -> Option<HeaderValue> {
    let place = address.split(['?', '#']).next().unwrap_or(address);
    let payload = serde_json::to_vec(&(place, code, params)).ok()?;
    Cookie::Flash.set(app.config(), &app.seal().sign(PURPOSE, &payload), Some(60))
}
