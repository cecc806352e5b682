//! 批量下载: what is asked for, how far it is, what is there to be saved.

use super::frame::Frame;
use super::icon::{Icon, icon};
use super::layout::{self, Page};
use super::nav::Spot;
use super::part::{crumbs, empty, note};
use super::{links, time, upload};
use crate::i18n::tk;
use crate::tr;
use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

/// A list that can be asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What it is called.
    pub title: String,
    /// How many agreements are in it.
    pub count: u64,
    /// Where the form posts, with the filter.
    pub action: String,
}

/// A bundle.
#[derive(Debug, Clone)]
pub struct BundleLine {
    /// Which.
    pub id: Uuid,
    /// What it is called.
    pub title: String,
    /// `zip` or `pdf`.
    pub form: String,
    /// `waiting`, `running`, `done` or `failed`.
    pub status: String,
    /// Whether a try failed and another will come.
    pub is_tried_again: bool,
    /// Agreements in the list.
    pub total: u64,
    /// How many were looked at.
    pub done: u64,
    /// How many of them have no document.
    pub skipped: u64,
    /// The first of those: student, number, code of the reason.
    pub missing: Vec<(String, Option<String>, String)>,
    /// Bytes.
    pub size: u64,
    /// When it was asked for.
    pub asked: Timestamp,
    /// When it is thrown away.
    pub until: Timestamp,
}

impl BundleLine {
    fn is_open(&self) -> bool {
        self.status == "waiting" || self.status == "running"
    }
}

/// The page.
#[derive(Debug, Clone)]
pub struct Bundles {
    /// What can be asked for.
    pub ask: Option<Ask>,
    /// Whether too many are being made already.
    pub too_many: bool,
    /// What was asked for, the latest first.
    pub lines: Vec<BundleLine>,
}

fn ask(frame: &Frame, ask: &Ask) -> Markup {
    let lang = frame.lang;
    let most = u64::try_from(store::bundles::MOST).unwrap_or(0);
    html! {
        section.card {
            header { h2 { (tr!(lang, "bundles.new")) } }
            div.body.stack {
                p { b { (ask.title) } " · " (tr!(lang, "bundles.count", n = ask.count)) }
                @if ask.count > most { (note("warn", &html! { (tr!(lang, "bundles.cut", n = most)) })) }
                form.stack method="post" action=(ask.action) {
                    (frame.token())
                    fieldset.fld {
                        legend { (tr!(lang, "bundles.form")) }
                        div.opts {
                            label { input type="radio" name="form" value="zip" checked; span { b { (tr!(lang, "bundles.zip")) } " " span.sm.t3 { (tr!(lang, "bundles.zip_hint")) } } }
                            label { input type="radio" name="form" value="pdf"; span { b { (tr!(lang, "bundles.pdf")) } " " span.sm.t3 { (tr!(lang, "bundles.pdf_hint")) } } }
                        }
                    }
                    p.sm.t3 { (tr!(lang, "bundles.only_documents")) }
                    div.formend {
                        button.btn.pri type="submit" disabled[ask.count == 0] { (icon(Icon::Download)) (tr!(lang, "bundles.begin")) }
                        @if ask.count == 0 { p.why { (tr!(lang, "bundles.nothing")) } }
                    }
                }
            }
        }
    }
}

fn missing(frame: &Frame, line: &BundleLine) -> Markup {
    let lang = frame.lang;
    html! {
        @if !line.missing.is_empty() {
            details.more-d {
                summary { (tr!(lang, "bundles.missing", n = line.skipped)) }
                ul { @for (student, number, why) in &line.missing {
                    li.sm { (student) @if let Some(number) = number { " " span.t3 { (number) } } (tr!(lang, "common.colon")) (tk(lang, "bundle_why", why)) }
                } }
            }
        }
    }
}

fn line(frame: &Frame, line: &BundleLine) -> Markup {
    let lang = frame.lang;
    let base = format!("{}/bundles/{}", links::base(frame), line.id);
    let name = format!("{} {}", line.title, line.form.to_uppercase());
    html! {
        li {
            div.grow {
                b { (name) }
                div.sm.t3 { (tr!(lang, "bundles.asked", at = time::short(line.asked, frame.now))) }
                @if line.is_open() {
                    progress max=(line.total.max(1)) value=(line.done) aria-label=(name) {}
                    div.sm.t2 role="status" {
                        @if line.is_tried_again { (tr!(lang, "bundles.again")) }
                        @else if line.status == "waiting" { (tr!(lang, "bundles.waiting")) }
                        @else { (tr!(lang, "bundles.progress", done = line.done, total = line.total)) }
                    }
                } @else if line.status == "done" {
                    div.sm.t2 { (tr!(lang, "bundles.done", n = line.done - line.skipped, size = upload::size(line.size), until = time::short(line.until, frame.now))) }
                    (missing(frame, line))
                } @else { div.sm.err { (tr!(lang, "bundles.failed")) } }
            }
            @if line.status == "done" { a.btn.sm href={ (base) "/file" } download { (icon(Icon::Download)) (tr!(lang, "bundles.save")) span.vh { " " (name) } } }
            form method="post" action={ (base) "/removal" } {
                (frame.token())
                button.btn.sm type="submit" { (icon(Icon::X)) (tr!(lang, "bundles.remove")) span.vh { " " (name) } }
            }
        }
    }
}

/// The page; it asks again by itself while something is being made.
pub fn page(frame: &Frame, view: &Bundles) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "bundles.title");
    let mut page = Page::new(&title, Spot::Agreements);
    let open = view.lines.iter().any(BundleLine::is_open) && view.ask.is_none();
    page.refresh = open.then_some(2);
    let list = format!("{}/agreements", links::base(frame));
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[(list, tr!(lang, "list.title").into_owned())], &title))
        div.head { div { h1 { (title) } p { (tr!(lang, "bundles.lead", n = store::bundles::KEEP_DAYS)) } } }
        div.stack data-reload=[open.then_some("2")] {
            @if view.too_many { (note("bad", &html! { (tr!(lang, "bundles.too_many")) })) }
            @if let Some(wanted) = &view.ask { (ask(frame, wanted)) }
            section.card {
                header { h2 { (tr!(lang, "bundles.mine")) } }
                @if view.lines.is_empty() { (empty(&tr!(lang, "bundles.none"), &tr!(lang, "bundles.none_why"), None)) }
                @else { ul.rows { @for one in &view.lines { (line(frame, one)) } } }
            }
        }
    };
    layout::staff(frame, &page, &content)
}
