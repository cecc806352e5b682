//! Pages of errors: what happened and what to do.

use crate::i18n::tk;
use crate::tr;
use crate::views::frame::{Area, Frame};
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Mast, Page};
use crate::views::links;
use crate::views::nav::Spot;
use maud::{Markup, html};

/// The kinds of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// 400: the request cannot be read.
    BadRequest,
    /// 403: signed in, but not for this.
    Forbidden,
    /// 404: absent, or foreign.
    NotFound,
    /// 409: somebody else was faster.
    Conflict,
    /// 409: the rules or the school refuse it as things stand.
    Denied,
    /// 413: too much was sent.
    TooLarge,
    /// 422: the rules refuse it.
    Refused,
    /// 422: a page of a file cannot be shown as a picture.
    Undrawn,
    /// 429: too often.
    TooMany,
    /// 500: our fault.
    Internal,
    /// 503: out of order or too slow.
    Unavailable,
    /// 503: too much is being done already; nothing was begun.
    Busy,
    /// 503: the same, and the file that was sent has to be chosen again.
    BusyFile,
}

impl ErrorKind {
    /// All of them.
    pub const ALL: [ErrorKind; 13] = [
        Self::BadRequest,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::Denied,
        Self::TooLarge,
        Self::Refused,
        Self::Undrawn,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
        Self::Busy,
        Self::BusyFile,
    ];

    /// The HTTP status.
    pub const fn status(self) -> &'static str {
        match self {
            Self::BadRequest => "400",
            Self::Forbidden => "403",
            Self::NotFound => "404",
            Self::Conflict | Self::Denied => "409",
            Self::TooLarge => "413",
            Self::Refused | Self::Undrawn => "422",
            Self::TooMany => "429",
            Self::Internal => "500",
            Self::Unavailable | Self::Busy | Self::BusyFile => "503",
        }
    }

    /// The code of its texts.
    pub const fn texts(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Undrawn => "undrawn",
            Self::Busy => "busy",
            Self::BusyFile => "busy_file",
            other => other.status(),
        }
    }
}

/// An error page.
#[derive(Debug, Clone)]
pub struct ErrorPage {
    /// Which.
    pub kind: ErrorKind,
    /// More words, in the language: the refusal, what the present state is.
    pub detail: String,
    /// Where to go on; the first page of the area otherwise.
    pub back: Option<String>,
    /// The number of the request, for whoever asks for help.
    pub request: String,
}

/// The page, in the layout of the person's side.
pub fn page(frame: &Frame, view: &ErrorPage) -> Markup {
    let lang = frame.lang;
    let (code, texts) = (view.kind.status(), view.kind.texts());
    let title = tk(lang, "http_title", texts);
    let home = match frame.area() {
        None => "/".to_owned(),
        Some(_) => links::base(frame),
    };
    let body = html! {
        section.card { div.empty {
            span.bigcode aria-hidden="true" { (code) }
            @if frame.is(Area::Student) { b { (tk(lang, "http_text", texts)) } } @else { p { (tk(lang, "http_text", texts)) } }
            @if !view.detail.is_empty() { p { b { (view.detail) } } }
            a.btn.pri href=(view.back.as_deref().unwrap_or(&home)) { (icon(Icon::Undo2)) (tr!(lang, "error_page.back")) }
            @if !view.request.is_empty() { p.xs { (tr!(lang, "error_page.request", id = view.request)) } }
        } }
    };
    let page = Page::new(&title, Spot::Nowhere);
    match frame.area() {
        Some(Area::Student) => layout::student(
            frame,
            &page,
            &Mast {
                heading: title.to_string(),
                ..Mast::default()
            },
            &body,
            false,
        ),
        Some(_) => layout::staff(frame, &page, &html! { div.head { h1 { (title) } } (body) }),
        None => layout::public(
            frame,
            &page,
            None,
            &html! { div.lone.read.stack { h1 { (title) } (body) } },
        ),
    }
}
