//! Forms come from our own pages: a token (per session; before login per browser) and what the browser
//! says about where the request started. Both must fit.

use crate::app::App;
use crate::seal;
use axum::http::{HeaderMap, header};
use domain::ports::Env;
use subtle::ConstantTimeEq;

/// The secret behind a session's or a browser's form tokens.
pub type Secret = [u8; 32];

/// A token for one page: the secret under a fresh mask, so that no two pages hold the same bytes and
/// compression gives nothing away (BREACH).
pub fn token(env: &Env, secret: &Secret) -> String {
    let mask: Secret = env.bytes();
    let mut bytes = [0u8; 64];
    for (i, byte) in mask.iter().enumerate() {
        bytes[i] = *byte;
        bytes[i + 32] = byte ^ secret[i];
    }
    seal::encode(&bytes)
}

/// Whether a token was made from this secret.
pub fn fits(secret: &Secret, token: &str) -> bool {
    let Some(bytes) = seal::decode(token).filter(|bytes| bytes.len() == 64) else {
        return false;
    };
    let bare: Vec<u8> = bytes[..32].iter().zip(&bytes[32..]).map(|(a, b)| a ^ b).collect();
    bool::from(bare.ct_eq(secret.as_slice()))
}

/// The secret of a browser that has no session: made from its `form` cookie.
pub fn before_login(app: &App, cookie: &str) -> Secret {
    app.seal().tag("form", cookie.as_bytes())
}

/// Whether the browser says that the request started on a page of ours. Browsers that say nothing are
/// believed: the token still has to fit.
pub fn same_site(app: &App, headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or("?"))
    };
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN) else {
        return true;
    };
    let authority = origin.split_once("://").map_or("", |(_, rest)| rest);
    origin == app.config().public_url.trim_end_matches('/')
        || (!authority.is_empty() && text(header::HOST) == Some(authority))
}
