//! The switch of school and graduation year, always in view on the employer's pages.

use crate::tr;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::links;
use maud::{Markup, html};

/// The switcher; `page` is what follows the place in the address (`/agreements`).
pub fn switcher(frame: &Frame, page: &str) -> Markup {
    let lang = frame.lang;
    let Some(here) = &frame.place else { return html! {} };
    let name = frame
        .school
        .as_ref()
        .map_or(here.school.as_str(), |school| school.name.as_str());
    html! {
        details.menu.left {
            summary.btn {
                span.vh { (tr!(lang, "switch.label")) " " } (icon(Icon::GraduationCap)) (name) " · " (tr!(lang, "common.year", year = here.year)) (icon(Icon::ChevronDown))
            }
            div { @for (i, choice) in frame.places.iter().enumerate() {
                @if i == 0 || frame.places.get(i - 1).is_some_and(|before| before.place.school != choice.place.school) { h2 { (choice.school_name) } }
                a href={ (links::place(&choice.place)) (page) } aria-current=[(choice.place == *here).then_some("true")] {
                    (tr!(lang, "common.year", year = choice.place.year))
                    @if choice.pending > 0 { span.cnt { (tr!(lang, "switch.pending", n = choice.pending)) } }
                }
            } }
        }
    }
}
