//! The portals: the platform's `/` and a school's `/s/{school}`.

use crate::tr;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::note;
use maud::{Markup, html};

/// A school of the list.
#[derive(Debug, Clone)]
pub struct SchoolLink {
    /// The code in addresses.
    pub code: String,
    /// The name.
    pub name: String,
}

/// What a school's portal says besides its doors.
#[derive(Debug, Clone, Default)]
pub struct SchoolPortal {
    /// The signing window as a sentence, in the language; empty when nobody has set one.
    pub window: String,
    /// Address of the career centre.
    pub address: String,
}

fn doors(frame: &Frame, school: &str) -> Markup {
    let lang = frame.lang;
    let query = if school.is_empty() {
        String::new()
    } else {
        format!("?school={school}")
    };
    html! {
        div.doors.lift {
            section.card.door {
                span.ico { (icon(Icon::Building2)) }
                h2 { (tr!(lang, "portal.employer")) }
                p { (tr!(lang, "portal.employer_text")) }
                div.acts { a.btn.pri href={ "/login/employer" (query) } { (tr!(lang, "portal.employer_login")) } }
            }
            section.card.door {
                span.ico { (icon(Icon::GraduationCap)) }
                h2 { (tr!(lang, "portal.student")) }
                p { (tr!(lang, "portal.student_text")) }
                div.acts { a.btn href={ "/login/student" (query) } { (tr!(lang, "portal.student_login")) } }
            }
            section.card.door {
                span.ico { (icon(Icon::Landmark)) }
                h2 { (tr!(lang, "portal.staff")) }
                p { (tr!(lang, "portal.staff_text")) }
                div.acts { a.btn href={ "/login/staff" (query) } { (tr!(lang, "portal.staff_login")) } }
            }
        }
    }
}

fn steps(frame: &Frame) -> Markup {
    let lang = frame.lang;
    let steps = [
        tr!(lang, "step.offer"),
        tr!(lang, "step.accept"),
        tr!(lang, "step.college"),
        tr!(lang, "step.school"),
        tr!(lang, "step.effective"),
    ];
    html! {
        section.card {
            header { h2 { (tr!(lang, "portal.how")) } span.more { a href="/v" { (tr!(lang, "verify.title")) } " · " a href="/help" { (tr!(lang, "nav.help")) } } }
            ol.flow { @for (i, step) in steps.iter().enumerate() { li data-n=(i + 1) { b { (step) } } } }
        }
    }
}

/// `/`: the schools and the three doors.
pub fn home(frame: &Frame, schools: &[SchoolLink]) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "portal.title");
    let hero = html! { h1 { (tr!(lang, "common.system")) } p { (tr!(lang, "portal.lead")) } };
    let content = html! {
        div.lone.stack {
            (doors(frame, ""))
            section.card {
                header { h2 { (tr!(lang, "portal.schools")) } span.more.t3 { (tr!(lang, "portal.schools_n", n = schools.len())) } }
                ul.rows { @for school in schools { li {
                    span.ico { (icon(Icon::School)) }
                    div.grow { a href={ "/s/" (school.code) } { b { (school.name) } } }
                    a.btn.sm href={ "/s/" (school.code) } { (tr!(lang, "portal.enter")) span.vh { " " (school.name) } }
                } } }
            }
            (steps(frame))
        }
    };
    layout::public(frame, &Page::new(&title, Spot::Nowhere), Some(&hero), &content)
}

/// `/s/{school}`: one school's doors.
pub fn school(frame: &Frame, view: &SchoolPortal) -> Markup {
    let lang = frame.lang;
    let (code, name) = frame
        .school
        .as_ref()
        .map_or(("", ""), |school| (school.code.as_str(), school.name.as_str()));
    let hero = html! { h1 { (tr!(lang, "portal.of_school", school = name)) } p { (tr!(lang, "portal.lead_school", school = name)) } };
    let content = html! {
        div.lone.stack {
            (doors(frame, code))
            @if !view.window.is_empty() { (note("", &html! { (view.window) })) }
            (steps(frame))
            @if let Some(school) = &frame.school {
                section.card { header { h2 { (tr!(lang, "portal.contact")) } } div.body.prose { p { (tr!(lang, "foot.centre", school = school.name)) } p { (school.contact) } p { (view.address) } } }
            }
        }
    };
    layout::public(frame, &Page::new(name, Spot::Nowhere), Some(&hero), &content)
}
