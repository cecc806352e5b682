//! The résumé: written by the student, shown to employers when the student says so.

use crate::tr;
use crate::views::form::{Field, Form};
use crate::views::frame::Frame;
use crate::views::layout::{self, Mast, Page};
use crate::views::nav::Spot;
use crate::views::part::pairs;
use crate::views::time;
use jiff::Timestamp;
use maud::{Markup, html};

/// The résumé form. Fields: `objective`, `education`, `experience`, `skills`, `awards`, `about`, `visible`.
#[derive(Debug, Clone)]
pub struct Resume {
    /// What comes from the record: labels in the language and values.
    pub basics: Vec<(String, String)>,
    /// The fields.
    pub form: Form,
    /// When it was last saved.
    pub saved: Option<Timestamp>,
}

/// The fields of a résumé in order, with their rows on the page.
pub const FIELDS: [(&str, u8); 6] = [
    ("objective", 2),
    ("education", 3),
    ("experience", 5),
    ("skills", 3),
    ("awards", 3),
    ("about", 3),
];

/// The page.
pub fn page(frame: &Frame, view: &Resume) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "s_resume.title");
    let saved = view.saved.map_or_else(
        || tr!(lang, "s_resume.never"),
        |at| tr!(lang, "s_resume.saved", at = time::stamp(at)),
    );
    let top = Mast {
        heading: title.to_string(),
        line: Some(saved.into_owned()),
        ..Mast::default()
    };
    let content = html! {
        section.card { header { h2 { (tr!(lang, "resume.basics")) } small { (tr!(lang, "s_resume.from_record")) } } div.body { (pairs("", &view.basics)) } }
        section.card { header { h2 { (tr!(lang, "s_resume.own")) } } div.body {
            form.fields method="post" action="/student/resume" data-guard {
                (frame.token())
                @for (name, rows) in FIELDS { (Field::area(name, crate::i18n::tk(lang, "resume_field", name), rows).max(2000).view(lang, &view.form)) }
                label.agree { input type="checkbox" name="visible" value="yes" checked[view.form.has("visible", "yes")]; span { (tr!(lang, "s_resume.visible")) } }
                button.btn.pri type="submit" { (tr!(lang, "s_resume.save")) }
            }
        } }
    };
    layout::student(frame, &Page::new(&title, Spot::Resume), &top, &content, false)
}
