//! Help: how an agreement comes about, and the questions people ask.

use crate::i18n::tk;
use crate::tr;
use crate::views::frame::{Area, Frame};
use crate::views::layout::{self, Mast, Page};
use crate::views::nav::Spot;
use maud::{Markup, html};

const QUESTIONS: [&str; 8] = [
    "find", "change", "deadline", "one", "review", "print", "end", "login",
];

/// The page.
pub fn page(frame: &Frame) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "help.title");
    let roles = ["employer", "student", "college", "school"];
    let body = html! {
        section.card { header { h2 { (tr!(lang, "help.steps")) } } div.body.prose {
            ol { @for role in roles { li { b { (tk(lang, "role", role)) } (tr!(lang, "common.colon")) (tk(lang, "help_role", role)) } } }
        } }
        section.card { header { h2 { (tr!(lang, "help.questions")) } } div.body.prose {
            @for question in QUESTIONS { div { h3 { (tk(lang, "help_q", question)) } p { (tk(lang, "help_a", question)) } } }
        } }
    };
    let page = Page::new(&title, Spot::Help);
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
        Some(_) => layout::staff(
            frame,
            &page,
            &html! { div.head { h1 { (title) } } div.stack { (body) } },
        ),
        None => layout::public(
            frame,
            &page,
            None,
            &html! { div.lone.read.stack { h1 { (title) } (body) } },
        ),
    }
}
