//! An employer's certificate 营业执照: number, validity, the file; for the employer and for reviewers.

use super::icon::{Icon, icon};
use super::{time, upload};
use crate::i18n::Lang;
use crate::tr;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use uuid::Uuid;

/// A certificate as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Whether that is the employer's 统一社会信用代码.
    pub same: bool,
    /// Good from this day.
    pub valid_from: Date,
    /// To this day; for ever when absent.
    pub valid_to: Option<Date>,
    /// Whether it is good today.
    pub good: bool,
    /// The file's name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its pages; 1 of a picture.
    pub pages: u32,
    /// Who sent it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// From when to when it is good.
pub fn validity(lang: Lang, line: &Line) -> String {
    match line.valid_to {
        Some(to) => tr!(lang, "licence.from_to", from = line.valid_from, to = to).into_owned(),
        None => tr!(lang, "licence.for_ever", from = line.valid_from).into_owned(),
    }
}

/// Number, validity and the way to the file.
pub fn facts(lang: Lang, line: &Line, href: &str) -> Markup {
    html! {
        p.sm.t2 { (tr!(lang, "licence.own")) }
        dl.kv.one {
            div { dt { (tr!(lang, "licence.number")) } dd { (line.number) " "
                @if line.same { span.ok-t { "✓ " (tr!(lang, "licence.same")) } } @else { b.warn-t { (tr!(lang, "licence.differs")) } } } }
            div { dt { (tr!(lang, "licence.validity")) } dd { (validity(lang, line)) " "
                @if line.good { span.ok-t { "✓ " (tr!(lang, "licence.good")) } } @else { b.warn-t { (tr!(lang, "licence.over")) } } } }
            div { dt { (tr!(lang, "licence.sent")) } dd { (line.by) " · " (time::stamp(line.at)) } }
        }
        ul.files { li {
            (icon(Icon::FileText))
            span.grow { a href=(href) { (line.name) } span.sub { (upload::size(line.size)) } }
            (icon(Icon::Download))
        } }
    }
}

/// Its pages as pictures; `shown` names where they are.
pub fn pages(lang: Lang, line: &Line, shown: &str) -> Markup {
    let what = tr!(lang, "licence.picture", number = line.number);
    upload::sheets(lang, &what, line.pages, |page| format!("{shown}&page={page}"))
}
