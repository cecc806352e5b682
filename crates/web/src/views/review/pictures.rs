//! 校徽和印章: what is there, how to replace it, who changed it.

use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::form::{Form, error};
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::{Ask, confirm, crumbs};
use crate::views::{time, upload};
use jiff::Timestamp;
use maud::{Markup, html};

/// One change.
#[derive(Debug, Clone)]
pub struct Line {
    /// The name of the picture that was put in place; nothing when it was taken away.
    pub name: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A picture with its history.
#[derive(Debug, Clone)]
pub struct Picture {
    /// `logo` or `seal`.
    pub code: &'static str,
    /// The changes, the latest first: it says what is there.
    pub changes: Vec<Line>,
    /// What was wrong with the file that was sent, under the field of the code.
    pub form: Form,
}

impl Picture {
    fn current(&self) -> Option<&Line> {
        self.changes.first().filter(|line| line.name.is_some())
    }
}

fn now(frame: &Frame, view: &Picture) -> Markup {
    let (lang, what) = (frame.lang, tk(frame.lang, "picture_kind", view.code));
    html! {
        @if let Some(line) = view.current() {
            // A new picture has a new address, so that no old one is shown from memory.
            img.mark-pic src={ "/school/pictures/" (view.code) "?" (line.at.as_microsecond()) } alt=(tr!(lang, "picture.alt", what = what));
            p.sm.t3 { (tr!(lang, "picture.current", name = line.name.as_deref().unwrap_or_default(), size = upload::size(line.size), by = line.by, at = time::short(line.at, frame.now))) }
        } @else { p.t3 { (tk(lang, "picture_none", view.code)) } }
    }
}

fn history(lang: Lang, frame: &Frame, view: &Picture) -> Markup {
    html! {
        @if !view.changes.is_empty() {
            h3 { (tr!(lang, "picture.history")) }
            ul { @for line in &view.changes { li.sm.t3 {
                (time::short(line.at, frame.now)) " · " (line.by) " · "
                @match &line.name { Some(name) => (tr!(lang, "picture.was_put", name = name)), None => (tr!(lang, "picture.was_removed")) }
            } } }
        }
    }
}

fn section(frame: &Frame, view: &Picture) -> Markup {
    let (lang, code) = (frame.lang, view.code);
    let what = tk(lang, "picture_kind", code);
    let bad = view.form.is_bad(code);
    let button = if view.current().is_some() {
        tr!(lang, "picture.replace")
    } else {
        tr!(lang, "picture.put")
    };
    let removal = format!("/school/pictures/{code}/removal");
    html! {
        section.card aria-labelledby={ "h-" (code) } {
            header { h2 id={ "h-" (code) } { (what) } }
            div.body.stack {
                (now(frame, view))
                form.stack method="post" action={ "/school/pictures/" (code) } enctype="multipart/form-data" novalidate {
                    (frame.token())
                    div.fld.bad[bad] {
                        label.req for={ "f-" (code) } { (tr!(lang, "picture.choose")) }
                        input.in.file type="file" id={ "f-" (code) } name=(code) accept="image/png,image/jpeg,.png,.jpg,.jpeg"
                            aria-invalid=[bad.then_some("true")] aria-describedby={ @if bad { (code) "-e " } (code) "-k" } data-file;
                        (error(lang, &view.form, code))
                        span.hint id={ (code) "-k" } { (tk(lang, "picture_hint", code)) }
                    }
                    div.formend { button.btn type="submit" { (icon(Icon::Upload)) (button) span.vh { " " (what) } } }
                }
                @if view.current().is_some() {
                    (confirm(frame, &Ask {
                        id: code, action: &removal, version: 0, button: &tr!(lang, "picture.remove"), icon: Icon::X,
                        title: &tr!(lang, "picture.remove_title", what = what), text: &tr!(lang, "picture.remove_text"), danger: true,
                    }, &html! {}))
                }
                (history(lang, frame, view))
            }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, pictures: &[Picture]) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "picture.title");
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[("/school/template".into(), tr!(lang, "template.title").into_owned())], &title))
        div.head { div { h1 { (title) } p { (tr!(lang, "picture.lead")) } } }
        div.two-up { @for picture in pictures { (section(frame, picture)) } }
    };
    layout::staff(frame, &Page::new(&title, Spot::Template), &content)
}
