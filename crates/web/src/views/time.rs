//! Times as people read them: Beijing time, a date with its remaining time for deadlines.

use crate::i18n::Lang;
use crate::tr;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use maud::{Markup, html};

/// China has had one zone and no summer time since 1991.
fn local(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::fixed(Offset::constant(8)))
}

/// `2026-11-20 18:02`.
pub fn stamp(at: Timestamp) -> String {
    local(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `11-20 18:02`, or with the year when it is not the present one.
pub fn short(at: Timestamp, now: Timestamp) -> String {
    let (zoned, present) = (local(at), local(now));
    let form = if zoned.year() == present.year() {
        "%m-%d %H:%M"
    } else {
        "%Y-%m-%d %H:%M"
    };
    zoned.strftime(form).to_string()
}

/// A day in the words of the language.
pub fn day(lang: Lang, date: Date) -> String {
    match lang {
        Lang::Zh => tr!(
            lang,
            "time.day",
            y = date.year(),
            m = date.month(),
            d = date.day()
        )
        .into_owned(),
        Lang::En => date.strftime("%-d %b %Y").to_string(),
    }
}

/// Day and time in the words of the language, for deadlines.
pub fn moment(lang: Lang, at: Timestamp) -> String {
    let zoned = local(at);
    let clock = zoned.strftime("%H:%M").to_string();
    match lang {
        Lang::Zh => tr!(lang, "time.moment", m = zoned.month(), d = zoned.day(), t = clock).into_owned(),
        Lang::En => zoned.strftime("%-d %b, %H:%M").to_string(),
    }
}

/// What is left until `until`, in the words of the language.
pub fn left(lang: Lang, now: Timestamp, until: Timestamp) -> String {
    let minutes = (until.as_second() - now.as_second()).div_euclid(60);
    let (d, h, m) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    match minutes {
        ..0 => tr!(lang, "time.over").into_owned(),
        0..60 => tr!(lang, "time.m", m = m).into_owned(),
        60..1440 => tr!(lang, "time.hm", h = h, m = m).into_owned(),
        _ => tr!(lang, "time.dh", d = d, h = h).into_owned(),
    }
}

/// Whether less than two days are left.
pub fn soon(now: Timestamp, until: Timestamp) -> bool {
    until.as_second() - now.as_second() < 48 * 3600
}

/// The remaining time, kept true by `countdown.js` where scripts run.
pub fn countdown(lang: Lang, now: Timestamp, until: Timestamp) -> Markup {
    html! {
        span data-until=(until) data-dh=(tr!(lang, "time.dh", d = "{d}", h = "{h}")) data-hm=(tr!(lang, "time.hm", h = "{h}", m = "{m}"))
            data-m=(tr!(lang, "time.m", m = "{m}")) data-over=(tr!(lang, "time.over")) { (left(lang, now, until)) }
    }
}

/// `<time>` with the full moment for machines.
pub fn at(at: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(at) { (short(at, now)) } }
}
