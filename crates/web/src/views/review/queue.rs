//! The agreements of a college or a school: what waits for review first, everything else by tab.

use crate::i18n::tk;
use crate::tr;
use crate::views::form::Choice;
use crate::views::frame::{Area, Frame};
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::links;
use crate::views::list::{
    AgreementRow, Filter, FilterSelect, Readers, agreement_table, filter_bar_with, more_filters, no_result,
    queue_table, state_chips,
};
use crate::views::nav::Spot;
use crate::views::part::{Pager, Tab, empty, pager, tabs};
use domain::agreement::StateKind;
use maud::{Markup, html};

/// The tabs of the page, by the value of `state` in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueTab {
    /// What this level has to review, the oldest first.
    #[default]
    Waiting,
    /// Offered, not yet answered.
    Offered,
    /// Under review at any level.
    Reviewing,
    /// In force.
    Effective,
    /// Came to nothing: declined, returned, withdrawn, expired, superseded.
    Unsigned,
    /// Being terminated, terminated, void.
    Ended,
}

impl QueueTab {
    /// All of them.
    pub const ALL: [QueueTab; 6] = [
        Self::Waiting,
        Self::Offered,
        Self::Reviewing,
        Self::Effective,
        Self::Unsigned,
        Self::Ended,
    ];

    /// The value in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Reviewing => "reviewing",
            Self::Effective => "effective",
            Self::Unsigned => "unsigned",
            Self::Ended => "ended",
        }
    }

    /// From the value; the queue when it is unknown.
    pub fn from_code(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|tab| tab.code() == code)
            .unwrap_or_default()
    }
}

/// The page.
#[derive(Debug, Clone)]
pub struct Queue {
    /// The tab in view.
    pub tab: QueueTab,
    /// How many each tab holds, in the order of [`QueueTab::ALL`].
    pub counts: [u64; 6],
    /// How many there are in each state of the tab.
    pub states: Vec<(StateKind, u64)>,
    /// What narrows it (`q`, `college`, `state`).
    pub filter: Filter,
    /// The colleges to choose from (for the school).
    pub colleges: Vec<Choice>,
    /// The degrees.
    pub degrees: Vec<Choice>,
    /// The majors of the latest year.
    pub majors: Vec<Choice>,
    /// Where the list is as a file.
    pub export: String,
    /// Set when a batch was sent without any tick.
    pub nothing_chosen: bool,
    /// The rows.
    pub rows: Vec<AgreementRow>,
    /// Total and neighbours.
    pub pager: Pager,
}

fn address(frame: &Frame, tab: QueueTab) -> String {
    format!("{}/agreements?state={}", links::base(frame), tab.code())
}

/// What waits, with a way to approve many at once.
fn batch(frame: &Frame, view: &Queue) -> Markup {
    let lang = frame.lang;
    html! {
        form method="post" action={ (links::base(frame)) "/approvals" } data-batch {
            (frame.token())
            div.batch {
                span { (tr!(lang, "batch.chosen")) " " b data-n { "0" } }
                button.btn.pri.sm type="submit" { (icon(Icon::CircleCheck)) (tr!(lang, "batch.approve")) }
                span.sm.t3 { (tr!(lang, "batch.hint")) }
            }
            @if view.nothing_chosen { div.body { p.err role="alert" { (tr!(lang, "batch.nothing_chosen")) } } }
            (queue_table(frame, &view.rows))
        }
    }
}

/// The list with its tabs: what htmx exchanges.
pub fn fragment(frame: &Frame, view: &Queue) -> Markup {
    let lang = frame.lang;
    let entries: Vec<Tab> = QueueTab::ALL
        .into_iter()
        .zip(view.counts)
        .map(|(tab, count)| Tab {
            href: address(frame, tab),
            label: tk(lang, "queue_tab", tab.code()).into_owned(),
            count: Some(count),
            here: tab == view.tab,
        })
        .collect();
    let select = |name, label, choices: &[Choice], value| FilterSelect {
        name,
        label,
        choices: choices.to_vec(),
        value,
    };
    let filter = &view.filter;
    let selects = [
        select(
            "college",
            tr!(lang, "filter.all_colleges").into_owned(),
            &view.colleges,
            &filter.college,
        ),
        select(
            "degree",
            tr!(lang, "filter.all_degrees").into_owned(),
            &view.degrees,
            &filter.degree,
        ),
        select(
            "major",
            tr!(lang, "filter.all_majors").into_owned(),
            &view.majors,
            &filter.major,
        ),
    ];
    let more = more_filters(lang, filter, &tr!(lang, "filter.since"), &view.export);
    let action = format!("{}/agreements", links::base(frame));
    html! {
        section.card #list aria-label=(tr!(lang, "list.title")) {
            (tabs(&tr!(lang, "list.tabs"), &entries))
            (state_chips(lang, &address(frame, view.tab), "only", &view.filter.state, &view.states))
            @if !view.rows.is_empty() || view.filter.is_set() {
                (filter_bar_with(lang, &action, &[("state", view.tab.code()), ("only", &view.filter.state)], (&view.filter.q, &tr!(lang, "filter.review"), &more), &selects))
            }
            @if !view.rows.is_empty() {
                @if view.tab == QueueTab::Waiting { (batch(frame, view)) } @else { (agreement_table(frame, &view.rows, Readers::Reviewers)) }
                (pager(lang, &tr!(lang, "pager.copies", n = view.pager.total), &view.pager))
            }
            @else if view.filter.is_set() { (no_result(lang, &address(frame, view.tab))) }
            @else { (empty(&tk(lang, "queue_empty", view.tab.code()), &tk(lang, "queue_empty_why", view.tab.code()), None)) }
        }
    }
}

/// The page. `home` marks it as the first page of the area (colleges).
pub fn page(frame: &Frame, view: &Queue, home: bool) -> Markup {
    let lang = frame.lang;
    let title = if home {
        tr!(lang, "queue.title")
    } else {
        tr!(lang, "queue.all")
    };
    let lead = if frame.is(Area::College) {
        tr!(lang, "queue.lead_college")
    } else {
        tr!(lang, "queue.lead_school")
    };
    let content = html! { div.head { div { h1 { (title) } p { (lead) } }
    @if frame.is(Area::School) { div.acts { a.btn href={ (links::base(frame)) "/paper" } { (icon(Icon::FileText)) (tr!(lang, "paper.title")) } } } } (fragment(frame, view)) };
    layout::staff(
        frame,
        &Page::live(&title, if home { Spot::Home } else { Spot::Agreements }),
        &content,
    )
}
