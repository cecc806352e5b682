//! The three layouts: staff (header, sidebar, main), student (phone first), public.

use super::frame::{Area, Flash, Frame};
use super::icon::{Icon, icon, mark};
use super::nav::{self, Spot};
use super::{assets, links};
use crate::i18n::{Lang, tk_with};
use crate::tr;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What a page says about itself.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    /// Title of the browser's tab, without the system's name.
    pub title: &'a str,
    /// Where it stands in the navigation.
    pub spot: Spot,
    /// Reload after so many seconds (a document that is being made).
    pub refresh: Option<u8>,
    /// Whether parts of it are exchanged in place (lists): only then htmx is loaded.
    pub live: bool,
}

impl<'a> Page<'a> {
    /// A page.
    pub fn new(title: &'a str, spot: Spot) -> Self {
        Self {
            title,
            spot,
            refresh: None,
            live: false,
        }
    }

    /// A page with a list that is exchanged in place.
    pub fn live(title: &'a str, spot: Spot) -> Self {
        Self {
            live: true,
            ..Self::new(title, spot)
        }
    }
}

const HTMX: &str = r#"{"includeIndicatorCSS":false,"defaultTimeout":20000}"#;

fn head(frame: &Frame, page: &Page<'_>, sheet: &str) -> Markup {
    let lang = frame.lang;
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover";
            meta name="color-scheme" content="light dark";
            meta name="theme-color" content="#12305c";
            meta name="format-detection" content="telephone=no";
            @if let Some(seconds) = page.refresh { noscript { meta http-equiv="refresh" content=(seconds); } }
            title { (page.title) " - " (tr!(lang, "common.system")) }
            meta name="description" content=(tr!(lang, "common.description"));
            link rel="icon" type="image/svg+xml" href=(assets::url("mark.svg"));
            link rel="stylesheet" href=(assets::url(sheet));
            script src=(assets::url("theme.js")) {}
            @if page.live {
                meta name="htmx-config" content=(HTMX);
                script src=(assets::url("htmx.js")) defer {}
            }
            script src=(assets::url("app.js")) defer {}
        }
    }
}

fn document(lang: Lang, head: &Markup, body: &Markup) -> Markup {
    html! { (DOCTYPE) html lang=(lang.code()) { (head) (PreEscaped(&body.0)) } }
}

/// The text of a flash.
fn flash_text(lang: Lang, flash: &Flash) -> String {
    let params: Vec<(&str, &str)> = flash
        .params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    tk_with(lang, "flash", &flash.code, &params)
}

/// The toast after a redirect; an empty live region otherwise, so that screen readers know it.
fn toasts(frame: &Frame) -> Markup {
    html! {
        div role="status" aria-live="polite" class=(if frame.flash.is_some() { "toasts" } else { "vh" }) {
            @if let Some(flash) = &frame.flash {
                div.toast {
                    (icon(Icon::CircleCheck)) span { (flash_text(frame.lang, flash)) }
                    button type="button" data-dismiss hidden data-needs-js aria-label=(tr!(frame.lang, "common.close")) { (icon(Icon::X)) }
                }
            }
        }
    }
}

/// The switch to the other language.
pub fn language(frame: &Frame, class: &str) -> Markup {
    let other = frame.lang.other();
    html! {
        form method="post" action="/language" {
            (frame.token())
            input type="hidden" name="back" value=(frame.path);
            button class=(class) type="submit" name="lang" value=(other.code()) lang=(other.code()) { (icon(Icon::Languages)) span { (other.own_name()) } }
        }
    }
}

fn theme(frame: &Frame) -> Markup {
    html! {
        button.flat type="button" data-theme-switch data-needs-js hidden aria-label=(tr!(frame.lang, "common.theme")) { (icon(Icon::Moon)) }
    }
}

fn home(frame: &Frame) -> String {
    match frame.area() {
        None => frame
            .school
            .as_ref()
            .map_or_else(|| "/".into(), |school| format!("/s/{}", school.code)),
        Some(_) => links::base(frame),
    }
}

fn account_menu(frame: &Frame) -> Markup {
    let lang = frame.lang;
    html! {
        @if let Some(user) = &frame.user {
            details.menu {
                summary.who {
                    span.vh { (tr!(lang, "nav.account_of")) " " }
                    span.av aria-hidden="true" { (user.name.chars().next().unwrap_or(' ')) }
                    span.nm { (user.name) @if !user.unit.is_empty() { " · " (user.unit) } }
                    (icon(Icon::ChevronDown))
                }
                div {
                    a href="/account" { (icon(Icon::User)) (tr!(lang, "nav.account")) }
                    a href="/password" { (icon(Icon::KeyRound)) (tr!(lang, "nav.password")) }
                    a href="/help" { (icon(Icon::CircleQuestionMark)) (tr!(lang, "nav.help")) }
                    form method="post" action="/logout" { (frame.token()) button type="submit" { (icon(Icon::LogOut)) (tr!(lang, "nav.logout")) } }
                }
            }
        }
    }
}

fn bell(frame: &Frame) -> Markup {
    let unread = frame.user.as_ref().map_or(0, |user| user.unread);
    // What is read out and what is seen are the same number.
    let count = if unread > 99 {
        "99+".to_owned()
    } else {
        unread.to_string()
    };
    html! {
        a.flat.bell href=(links::messages(frame)) aria-label=(tr!(frame.lang, "nav.bell", n = count)) {
            (icon(Icon::Bell)) @if unread > 0 { span.n aria-hidden="true" { (count) } }
        }
    }
}

fn header(frame: &Frame) -> Markup {
    let lang = frame.lang;
    html! {
        header.top {
            a.logo href=(home(frame)) {
                (mark()) span { (tr!(lang, "common.system")) }
                @if let Some(school) = &frame.school { small { (school.name) } }
            }
            div.right {
                (theme(frame))
                (language(frame, "flat"))
                @if frame.user.is_some() {
                    @if !frame.is(Area::Platform) && (frame.place.is_some() || !frame.is(Area::Employer)) { (bell(frame)) }
                    (account_menu(frame))
                } @else {
                    a.flat.wide href="/help" { (icon(Icon::CircleQuestionMark)) (tr!(lang, "nav.help")) }
                }
            }
        }
    }
}

fn foot(frame: &Frame) -> Markup {
    html! {
        footer.foot {
            @if let Some(school) = &frame.school {
                span { (tr!(frame.lang, "foot.centre", school = school.name)) }
                @if !school.contact.is_empty() { span { (school.contact) } }
            } @else { span { (tr!(frame.lang, "common.system")) } }
            a href="/help" { (tr!(frame.lang, "nav.help")) }
        }
    }
}

fn skip(lang: Lang) -> Markup {
    html! { a.skip href="#main" { (tr!(lang, "common.skip")) } }
}

/// A page for employers, colleges, schools and the platform.
pub fn staff(frame: &Frame, page: &Page<'_>, content: &Markup) -> Markup {
    let body = html! {
        body {
            (skip(frame.lang))
            div.bar.htmx-indicator #bar {}
            (header(frame))
            div.app {
                (nav::side(frame, page.spot))
                main.main #main tabindex="-1" { (toasts(frame)) (PreEscaped(&content.0)) (foot(frame)) }
            }
        }
    };
    document(frame.lang, &head(frame, page, "staff.css"), &body)
}

/// A page before any login: `hero` stands on the navy ground, `content` below it.
pub fn public(frame: &Frame, page: &Page<'_>, hero: Option<&Markup>, content: &Markup) -> Markup {
    let body = html! {
        body {
            (skip(frame.lang))
            (header(frame))
            main #main tabindex="-1" {
                @if let Some(hero) = hero { div.hero { div { (PreEscaped(&hero.0)) } } }
                (toasts(frame)) (PreEscaped(&content.0))
            }
        }
    };
    document(frame.lang, &head(frame, page, "staff.css"), &body)
}

/// The head of a student's page.
#[derive(Debug, Clone, Default)]
pub struct Mast {
    /// Where "back" leads, with its words; the system's name stands there otherwise.
    pub back: Option<(String, String)>,
    /// The heading.
    pub heading: String,
    /// A line under it.
    pub line: Option<String>,
    /// More on the navy ground: the deadline.
    pub more: Option<Markup>,
}

fn mast(frame: &Frame, mast: &Mast) -> Markup {
    let lang = frame.lang;
    html! {
        header.mast.tall[mast.more.is_some()] { div {
            nav aria-label=(tr!(lang, "nav.top")) {
                @if let Some((href, words)) = &mast.back { a href=(href) { (icon(Icon::ChevronLeft)) (words) } }
                @else { a.b href="/student" { (super::icon::mark()) (tr!(lang, "common.system_short")) } }
                details.menu {
                    summary { (icon(Icon::User)) (tr!(lang, "nav.mine")) }
                    div {
                        a href="/student/source" { (icon(Icon::IdCard)) (tr!(lang, "nav.my_source")) }
                        a href="/account" { (icon(Icon::User)) (tr!(lang, "nav.account")) }
                        a href="/password" { (icon(Icon::KeyRound)) (tr!(lang, "nav.password")) }
                        a href="/help" { (icon(Icon::CircleQuestionMark)) (tr!(lang, "nav.help")) }
                        (language(frame, "lang"))
                        form method="post" action="/logout" { (frame.token()) button type="submit" { (icon(Icon::LogOut)) (tr!(lang, "nav.logout")) } }
                    }
                }
            }
            h1 { (mast.heading) }
            @if let Some(line) = &mast.line { p { (line) } }
            @if let Some(more) = &mast.more { (PreEscaped(&more.0)) }
        } }
    }
}

/// A student's page. `acts` is the sticky bar with the next step; without it the navigation stands there.
pub fn student(frame: &Frame, page: &Page<'_>, top: &Mast, content: &Markup, acting: bool) -> Markup {
    let body = html! {
        body.acting[acting] {
            (skip(frame.lang))
            (mast(frame, top))
            main.over[top.more.is_some()] #main tabindex="-1" {
                (toasts(frame)) (PreEscaped(&content.0))
                footer.foot {
                    @if let Some(school) = &frame.school {
                        span { (tr!(frame.lang, "foot.centre", school = school.name)) }
                        @if !school.contact.is_empty() { span { (school.contact) } }
                    }
                }
            }
            @if !acting { (nav::student(frame, page.spot)) }
        }
    };
    document(frame.lang, &head(frame, page, "student.css"), &body)
}
