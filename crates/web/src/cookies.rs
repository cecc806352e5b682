//! Cookies: names, reading, writing. Over TLS every name has the prefix `__Host-`, so that no
//! neighbouring host can plant one (RFC 6265bis §4.1.3.2).

use crate::app::Config;
use axum::http::{HeaderMap, HeaderValue, header};
use std::borrow::Cow;

/// The cookies of the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The session.
    Session,
    /// Before login: what the forms' token is made of.
    Form,
    /// A message for the next page.
    Flash,
    /// The chosen language.
    Language,
}

impl Cookie {
    const fn base(self) -> &'static str {
        match self {
            Self::Session => "sid",
            Self::Form => "form",
            Self::Flash => "flash",
            Self::Language => "lang",
        }
    }

    fn name(self, config: &Config) -> Cow<'static, str> {
        if config.plain_http {
            Cow::Borrowed(self.base())
        } else {
            Cow::Owned(format!("__Host-{}", self.base()))
        }
    }

    /// The value that the browser sent.
    pub fn read<'h>(self, config: &Config, headers: &'h HeaderMap) -> Option<&'h str> {
        let name = self.name(config);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The header that sets it, for `seconds` or for as long as the browser runs.
    /// `value` must be made of base64url characters and dots.
    pub fn set(self, config: &Config, value: &str, seconds: Option<u32>) -> Option<HeaderValue> {
        let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        let secure = if config.plain_http { "" } else { "; Secure" };
        let name = self.name(config);
        HeaderValue::try_from(format!(
            "{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}"
        ))
        .ok()
    }

    /// The header that removes it.
    pub fn clear(self, config: &Config) -> Option<HeaderValue> {
        self.set(config, "", Some(0))
    }
}
