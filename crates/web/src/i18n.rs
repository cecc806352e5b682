//! The one message layer: every text of the interface comes from `locales/`, in every language.
//!
//! Fixed texts: `tr!(lang, "area.name", param = value)`. Texts named by a code of the domain
//! (states, reasons, problems): [`tk`] and [`tk_with`]. `tests/texts.rs` keeps the languages complete.

use std::borrow::Cow;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Lang {
    /// Chinese, the first.
    #[default]
    Zh,
    /// English, complete beside it.
    En,
}

impl Lang {
    /// All of them.
    pub const ALL: [Lang; 2] = [Lang::Zh, Lang::En];

    /// The code, as in `lang="…"`, cookies and accounts.
    pub const fn code(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// From a code; `None` when it is not one of ours.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|lang| lang.code().eq_ignore_ascii_case(code))
    }

    /// The name of the language in itself, for the switch.
    pub fn own_name(self) -> Cow<'static, str> {
        rust_i18n::t!("common.language", locale = self.code())
    }

    /// The other one, for the switch.
    pub const fn other(self) -> Self {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }

    /// From a browser's `Accept-Language` (RFC 9110 §12.5.4): the first of ours by weight, Chinese when none is.
    pub fn from_accept(header: &str) -> Self {
        let mut best = (0u16, Lang::default());
        for range in header.split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(1000, thousandths);
            let lang = match tag.trim().get(..2).map(str::to_ascii_lowercase).as_deref() {
                Some("zh") => Lang::Zh,
                Some("en") => Lang::En,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, lang);
            }
        }
        best.1
    }
}

/// A weight such as `0.8` in thousandths; 0 when it is none.
fn thousandths(weight: &str) -> u16 {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = format!(
        "{whole}{:0<3}",
        decimals.get(..decimals.len().min(3)).unwrap_or("")
    );
    digits.parse().unwrap_or(0)
}

/// A fixed text: `tr!(lang, "key")` or `tr!(lang, "key", name = value)`.
#[macro_export]
macro_rules! tr {
    ($lang:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        rust_i18n::t!($key, locale = $lang.code() $(, $name = $value)*)
    };
}

/// The text of a code: `tk(lang, "state", "offered")` is the text `state.offered`. A code without
/// a text shows itself, and the test of the texts fails.
pub fn tk(lang: Lang, prefix: &str, code: &str) -> Cow<'static, str> {
    let key = format!("{prefix}.{code}");
    crate::_rust_i18n_try_translate(lang.code(), &key)
        .map_or(Cow::Owned(key.clone()), |text| Cow::Owned(text.into_owned()))
}

/// The text of a code with values for its `%{name}` places.
pub fn tk_with(lang: Lang, prefix: &str, code: &str, params: &[(&str, &str)]) -> String {
    let mut text = tk(lang, prefix, code).into_owned();
    for (name, value) in params {
        text = text.replace(&format!("%{{{name}}}"), value);
    }
    text
}

/// Whether a text of this key exists in the language.
pub fn has(lang: Lang, key: &str) -> bool {
    crate::_rust_i18n_try_translate(lang.code(), key).is_some()
}

/// Every key of a language with its text, for tests.
pub fn all(lang: Lang) -> Vec<(String, String)> {
    let texts = crate::_RUST_I18N_BACKEND
        .messages_for_locale(lang.code())
        .unwrap_or_default();
    texts
        .into_iter()
        .map(|(key, text)| (key.into_owned(), text.into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_chooses_by_weight() {
        assert_eq!(Lang::from_accept("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(Lang::from_accept("fr, en-GB;q=0.7, zh;q=0.3"), Lang::En);
        assert_eq!(Lang::from_accept(""), Lang::Zh);
        assert_eq!(Lang::from_accept("de"), Lang::Zh);
    }
}
