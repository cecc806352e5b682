//! Acts that need a second look: a section that opens in place, or in a dialog where scripts run.
//! Acts that are not possible: a disabled button that says why.

use crate::i18n::{Lang, tk, tk_with};
use crate::tr;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::time;
use domain::agreement::Refusal;
use maud::{Markup, PreEscaped, html};

/// What a confirm section asks.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// Makes its ids unique on the page.
    pub id: &'a str,
    /// Where it posts.
    pub action: &'a str,
    /// The version the person saw; refused when another change came first.
    pub version: i64,
    /// The button that opens it; the verb.
    pub button: &'a str,
    /// Its icon.
    pub icon: Icon,
    /// Names the object.
    pub title: &'a str,
    /// Names the consequence.
    pub text: &'a str,
    /// Whether it is dangerous.
    pub danger: bool,
}

/// The section with its fields.
pub fn confirm(frame: &Frame, ask: &Ask<'_>, fields: &Markup) -> Markup {
    let title = format!("{}-t", ask.id);
    // What has to be mended is seen without scripts too.
    let wrong = fields.0.contains("class=\"err\"");
    html! {
        details.confirm open[wrong] {
            summary.btn.dgr[ask.danger] { (icon(ask.icon)) (ask.button) }
            div.ask {
                h3 id=(title) { (ask.title) }
                @if !ask.text.is_empty() { p.t2 { (ask.text) } }
                form.fields.one method="post" action=(ask.action) novalidate {
                    (frame.token())
                    input type="hidden" name="version" value=(ask.version);
                    (PreEscaped(&fields.0))
                    div.end {
                        button.btn type="button" data-close hidden data-needs-js { (tr!(frame.lang, "common.cancel")) }
                        button.btn.pri[!ask.danger].dgr[ask.danger].solid[ask.danger] type="submit" { (ask.button) }
                    }
                }
            }
        }
    }
}

/// The words of a refusal.
pub fn denied_text(lang: Lang, refusal: &Refusal) -> String {
    match refusal {
        Refusal::WrongState(state) => {
            let state = tk(lang, "state", state.code());
            tr!(lang, "refusal.wrong_state", state = state).into_owned()
        }
        Refusal::NotEligible(block) => tk(lang, "block", block.code()).into_owned(),
        Refusal::NotTicked(keys) => tr!(lang, "refusal.not_ticked", n = keys.len()).into_owned(),
        Refusal::DeadlineOutOfRange { min, max } => {
            tr!(lang, "refusal.deadline_out_of_range", min = min, max = max).into_owned()
        }
        Refusal::DeadlinePassed(at) => {
            tr!(lang, "refusal.deadline_passed", at = time::stamp(*at)).into_owned()
        }
        Refusal::TooManyBreaches(n) => tr!(lang, "refusal.too_many_breaches", n = n).into_owned(),
        Refusal::TooEarly(at) => tr!(lang, "refusal.too_early", at = time::stamp(*at)).into_owned(),
        other => tk_with(lang, "refusal", other.code(), &[]),
    }
}

/// A button that cannot be pressed now, with the reason under it.
pub fn denied(id: &str, drawing: Icon, label: &str, why: &str) -> Markup {
    html! {
        div {
            button.btn type="button" aria-disabled="true" aria-describedby={ "why-" (id) } { (icon(drawing)) (label) }
            p.why id={ "why-" (id) } { (why) }
        }
    }
}
