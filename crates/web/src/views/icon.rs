//! Icons: Lucide drawings taken from npm at build time, inline, decorative (texts say the rest).

use maud::{Markup, PreEscaped, html};

include!(concat!(env!("OUT_DIR"), "/icons.rs"));

/// An icon beside a text; hidden from screen readers.
pub fn icon(icon: Icon) -> Markup {
    html! { svg.i viewBox="0 0 24 24" aria-hidden="true" { (PreEscaped(drawing(icon))) } }
}

/// The mark of the system, for headers.
pub fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 28 28" aria-hidden="true" {
            rect width="28" height="28" rx="6" fill="#fff" fill-opacity=".12" {}
            path d="M14 5 4.5 9.6 14 14.2l9.5-4.6z" fill="#fff" {}
            path d="M8 12.6v5c0 1.7 2.7 3.2 6 3.2s6-1.5 6-3.2v-5l-6 2.9z" fill="#fff" fill-opacity=".72" {}
            path d="M9.5 24.2c3-1.4 5.6.6 9-.9" stroke="#f0b9b3" stroke-width="1.4" fill="none" stroke-linecap="round" {}
        }
    }
}

/// The drawing of an empty list.
pub fn empty_art() -> Markup {
    html! {
        svg.art viewBox="0 0 96 72" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" {
            path d="M8 62h80" opacity=".35" {}
            rect x="26" y="12" width="44" height="50" rx="4" opacity=".55" {}
            path d="M35 25h26M35 34h26M35 43h14" opacity=".35" {}
            circle cx="64" cy="50" r="10" opacity=".7" {}
            path d="m60 50 3 3 6-6" opacity=".7" {}
        }
    }
}
