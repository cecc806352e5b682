//! The inbox: messages from the notice matrix, in words for the reader's side.

use super::frame::{Area, Frame};
use super::icon::{Icon, icon};
use super::layout::{self, Mast, Page};
use super::nav::Spot;
use super::part::{Pager, empty, pager};
use super::{links, time};
use crate::i18n::{Lang, tk, tk_with};
use crate::tr;
use domain::ids::AgreementId;
use domain::notice::Told;
use jiff::Timestamp;
use maud::{Markup, html};

/// One message.
#[derive(Debug, Clone)]
pub struct MessageRow {
    /// What happened.
    pub event: Told,
    /// The agreement it is about.
    pub agreement: Option<AgreementId>,
    /// Values of the text: `student`, `employer`, `position`, `number`, `reason`, `deadline`.
    pub params: Vec<(String, String)>,
    /// When.
    pub at: Timestamp,
    /// Whether it is new to this account.
    pub unread: bool,
}

/// The inbox page.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    /// The messages, newest first.
    pub rows: Vec<MessageRow>,
    /// How many are new.
    pub unread: u64,
    /// Neighbouring pages and the total.
    pub pager: Pager,
}

/// Which side reads: the middle part of `message.{side}.{event}`.
const fn side(area: Option<Area>) -> &'static str {
    match area {
        Some(Area::Student) => "message.student",
        Some(Area::College) => "message.college",
        Some(Area::School) => "message.school",
        Some(Area::Employer | Area::Platform) | None => "message.employer",
    }
}

/// The words of a message for the side that reads it.
pub fn words(lang: Lang, area: Option<Area>, row: &MessageRow) -> String {
    let reason = |name: &str, value: &str| {
        if name == "reason" {
            tk(lang, "reason", value).into_owned()
        } else {
            value.to_owned()
        }
    };
    let params: Vec<(String, String)> = row
        .params
        .iter()
        .map(|(name, value)| (name.clone(), reason(name, value)))
        .collect();
    let params: Vec<(&str, &str)> = params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    tk_with(lang, side(area), row.event.code(), &params)
}

fn line(frame: &Frame, row: &MessageRow) -> Markup {
    let lang = frame.lang;
    let text = words(lang, frame.area(), row);
    html! {
        li {
            span.dot.off[!row.unread] {}
            div.grow {
                @if let Some(id) = row.agreement { a href=(links::agreement(frame, id)) { (text) } } @else { (text) }
                div.xs.t3 { (time::at(row.at, frame.now)) @if row.unread { span.vh { (tr!(lang, "messages.unread_one")) } } }
            }
        }
    }
}

/// The latest messages as a card of another page.
pub fn short_list(frame: &Frame, rows: &[MessageRow]) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "messages.latest")) } a.more href=(links::messages(frame)) { (tr!(lang, "messages.all")) } }
            @if rows.is_empty() { div.empty.mini { b { (tr!(lang, "messages.none")) } span.sm { (tr!(lang, "messages.none_why")) } } }
            @else { ul.rows { @for row in rows { (line(frame, row)) } } }
        }
    }
}

fn body(frame: &Frame, view: &Messages) -> Markup {
    let lang = frame.lang;
    html! {
        section.card #list aria-label=(tr!(lang, "messages.title")) {
            header {
                h2 { (tr!(lang, "messages.title")) }
                @if view.unread > 0 {
                    form.more method="post" action={ (links::messages(frame)) "/seen" } {
                        (frame.token()) button.btn.sm type="submit" { (icon(Icon::CircleCheck)) (tr!(lang, "messages.seen")) }
                    }
                }
            }
            @if view.rows.is_empty() { (empty(&tr!(lang, "messages.none"), &tr!(lang, "messages.none_why"), None)) }
            @else {
                ul.rows { @for row in &view.rows { (line(frame, row)) } }
                (pager(lang, &tr!(lang, "messages.total", n = view.pager.total), &view.pager))
            }
        }
    }
}

/// The page, in the layout of the reader's side.
pub fn page(frame: &Frame, view: &Messages) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "messages.title");
    let line = tr!(lang, "messages.unread", n = view.unread);
    if frame.is(Area::Student) {
        let page = Page::new(&title, Spot::Messages);
        let top = Mast {
            heading: title.to_string(),
            line: Some(line.into_owned()),
            ..Mast::default()
        };
        return layout::student(frame, &page, &top, &body(frame, view), false);
    }
    let content = html! { div.head { div { h1 { (title) } p { (line) } } } (body(frame, view)) };
    layout::staff(frame, &Page::live(&title, Spot::Messages), &content)
}
