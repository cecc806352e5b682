//! The stepper: 单位发起邀约 → 学生确认 → 院系审核 → 学校审核 → 已签约.

use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::time;
use domain::agreement::StateKind;
use jiff::Timestamp;
use maud::{Markup, html};
use std::borrow::Cow;

/// When each step was taken, as far as it was.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    /// The offer was sent.
    pub sent: Option<Timestamp>,
    /// The student accepted.
    pub accepted: Option<Timestamp>,
    /// The college approved.
    pub college: Option<Timestamp>,
    /// The school approved.
    pub school: Option<Timestamp>,
    /// It took effect.
    pub effective: Option<Timestamp>,
    /// Until when the student may answer.
    pub deadline: Option<Timestamp>,
    /// Whether the school's colleges review.
    pub college_review: bool,
    /// Whether the school reviews.
    pub school_review: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Done,
    Now,
    Stop,
    Todo,
}

struct Step {
    label: Cow<'static, str>,
    mark: Mark,
    below: String,
}

/// Which step the state stands at (0-based), and whether the way ended there.
fn position(state: StateKind, steps: &Steps) -> (usize, bool) {
    match state {
        StateKind::Draft => (0, false),
        StateKind::Withdrawn => (0, true),
        StateKind::Offered => (1, false),
        StateKind::Declined | StateKind::Expired | StateKind::Superseded => (1, true),
        StateKind::CollegeReview => (2, false),
        StateKind::SchoolReview => (3, false),
        StateKind::Voided if steps.effective.is_some() => (5, false),
        StateKind::Returned | StateKind::Voided => (if steps.college.is_some() { 3 } else { 2 }, true),
        StateKind::Effective | StateKind::Terminating | StateKind::Terminated => (5, false),
    }
}

fn list(lang: Lang, now: Timestamp, state: StateKind, steps: &Steps) -> Vec<Step> {
    let (here, stopped) = position(state, steps);
    let labels = [
        (tr!(lang, "step.offer"), steps.sent, true),
        (tr!(lang, "step.accept"), steps.accepted, true),
        (tr!(lang, "step.college"), steps.college, steps.college_review),
        (tr!(lang, "step.school"), steps.school, steps.school_review),
        (tr!(lang, "step.effective"), steps.effective, true),
    ];
    let mut found = Vec::new();
    for (i, (label, at, shown)) in labels.into_iter().enumerate() {
        if !shown {
            continue;
        }
        let mark = match i.cmp(&here) {
            std::cmp::Ordering::Less => Mark::Done,
            std::cmp::Ordering::Equal if stopped => Mark::Stop,
            std::cmp::Ordering::Equal => Mark::Now,
            std::cmp::Ordering::Greater => Mark::Todo,
        };
        let below = match (mark, at) {
            (Mark::Done, Some(at)) => time::short(at, now),
            (Mark::Now, _) if state == StateKind::Offered => steps.deadline.map_or_else(String::new, |d| {
                tr!(lang, "step.until", at = time::short(d, now)).into_owned()
            }),
            (Mark::Now, _) => tr!(lang, "step.now").into_owned(),
            (Mark::Stop, _) => tk(lang, "state", state.code()).into_owned(),
            _ => String::new(),
        };
        found.push(Step { label, mark, below });
    }
    found
}

/// The stepper of an agreement.
pub fn stepper(lang: Lang, now: Timestamp, state: StateKind, steps: &Steps) -> Markup {
    html! {
        ol.flow { @for (i, step) in list(lang, now, state, steps).iter().enumerate() {
            li class=(match step.mark { Mark::Done => "ok", Mark::Now => "now", Mark::Stop => "stop", Mark::Todo => "todo" })
                data-n=(i + 1) aria-current=[(step.mark == Mark::Now).then_some("step")] {
                b { span.long { (step.label) } @if i == 0 { span.brief aria-hidden="true" { (tr!(lang, "step.offer_brief")) } } }
                @if !step.below.is_empty() { span.d { (step.below) } }
            }
        } }
    }
}
