//! What lists share: the tabs of 网签三方协议, the filter, the rows of agreements.

use super::frame::Frame;
use super::icon::{Icon, icon};
use super::{badge, links, time};
use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::form::Choice;
use domain::agreement::StateKind;
use domain::ids::AgreementId;
use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

/// The four tabs of the employer's page (`product.md` §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmployerTab {
    /// 待确认, the default.
    #[default]
    Pending,
    /// 可签约学生.
    Eligible,
    /// 已签约学生.
    Signed,
    /// 已解约学生.
    Terminated,
}

impl EmployerTab {
    /// All of them, in order.
    pub const ALL: [EmployerTab; 4] = [Self::Pending, Self::Eligible, Self::Signed, Self::Terminated];

    /// The value of `tab` in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Eligible => "eligible",
            Self::Signed => "signed",
            Self::Terminated => "terminated",
        }
    }

    /// From the value; the default when it is unknown.
    pub fn from_code(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|tab| tab.code() == code)
            .unwrap_or_default()
    }

    /// The states that the tab holds; those after the first by filter.
    pub const fn states(self) -> &'static [StateKind] {
        use StateKind as S;
        match self {
            Self::Pending => &[
                S::Offered,
                S::Withdrawn,
                S::Declined,
                S::Expired,
                S::Returned,
                S::Superseded,
            ],
            Self::Eligible => &[S::Draft],
            Self::Signed => &[S::CollegeReview, S::SchoolReview, S::Effective],
            Self::Terminated => &[S::Terminating, S::Terminated, S::Voided],
        }
    }

    /// The states that the tab shows and counts without a filter. Offers that lapsed for another employer's
    /// agreement are nobody's business any more, and what was struck out was no agreement: both by filter only
    /// (product.md §2). 已签约 holds those under review too, as the seed's manual has it.
    pub fn default_states(self) -> impl Iterator<Item = StateKind> {
        let all = self.states().iter().copied();
        all.filter(|state| !matches!(state, StateKind::Superseded | StateKind::Voided))
    }
}

/// What a list is narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// What is searched.
    pub q: String,
    /// Code of a state.
    pub state: String,
    /// Identifier of a college.
    pub college: String,
    /// Code of a degree.
    pub degree: String,
    /// A major, by its whole name.
    pub major: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// The order; empty for the list's own.
    pub sort: String,
}

impl Filter {
    /// Whether anything narrows the list.
    pub fn is_set(&self) -> bool {
        let texts = [
            &self.q,
            &self.state,
            &self.college,
            &self.degree,
            &self.major,
            &self.from,
            &self.to,
        ];
        texts.iter().any(|text| !text.is_empty())
    }
}

/// A select of the filter.
#[derive(Debug, Clone, Default)]
pub struct FilterSelect<'a> {
    /// Its name in the address.
    pub name: &'a str,
    /// What it is called, and its first entry.
    pub label: String,
    /// Its entries.
    pub choices: Vec<Choice>,
    /// The chosen entry.
    pub value: &'a str,
}

/// The filter bar: a search and some selects, sent by button, by choice, or while typing (never while composing).
pub fn filter_bar(
    lang: Lang,
    action: &str,
    hidden: &[(&str, &str)],
    search: (&str, &str),
    selects: &[FilterSelect<'_>],
) -> Markup {
    filter_bar_with(lang, action, hidden, (search.0, search.1, &html! {}), selects)
}

/// The second row of a filter of agreements: the days between, the order, and the way to the file.
pub fn more_filters(lang: Lang, filter: &Filter, time: &str, export: &str) -> Markup {
    html! {
        span.days {
            span.sm.t3 { (time) }
            input.in type="date" name="from" value=(filter.from) aria-label=(tr!(lang, "filter.from")) data-live;
            span.t3 aria-hidden="true" { "–" }
            input.in type="date" name="to" value=(filter.to) aria-label=(tr!(lang, "filter.to")) data-live;
        }
        (order_and_export(lang, filter, export))
        (bundles(lang, export))
    }
}

/// The way from a list to all its documents as one file: the filter is that of the Excel file.
fn bundles(lang: Lang, export: &str) -> Markup {
    let href = export.replacen("/agreements.xlsx", "/bundles", 1);
    html! { a.btn href=(href) { (icon(Icon::Printer)) (tr!(lang, "bundles.title")) } }
}

/// The order of a list and the way to its file.
pub fn order_and_export(lang: Lang, filter: &Filter, export: &str) -> Markup {
    html! {
        select.sel name="sort" aria-label=(tr!(lang, "filter.sort")) data-live {
            option value="" selected[filter.sort.is_empty()] { (tr!(lang, "sort.own")) }
            option value="reversed" selected[!filter.sort.is_empty()] { (tr!(lang, "sort.reversed")) }
        }
        a.btn.push href=(export) { (icon(Icon::Download)) (tr!(lang, "export.excel")) }
    }
}

/// The filter bar with more controls behind the search button.
pub fn filter_bar_with(
    lang: Lang,
    action: &str,
    hidden: &[(&str, &str)],
    (q, placeholder, more): (&str, &str, &Markup),
    selects: &[FilterSelect<'_>],
) -> Markup {
    html! {
        form.filter role="search" method="get" action=(action) hx-get=(action) hx-target="#list" hx-select="#list" hx-swap="outerMorph" hx-push-url="true" hx-indicator="#bar" {
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            div.srch {
                (icon(Icon::Search))
                input.in #q type="search" name="q" value=(q) placeholder=(placeholder) aria-label=(placeholder) data-hotkey="/" data-live autocomplete="off";
            }
            @for select in selects { @if !select.choices.is_empty() {
                select.sel id={ "filter-" (select.name) } name=(select.name) aria-label=(select.label) data-live {
                    option value="" { (select.label) }
                    @for choice in &select.choices { option value=(choice.value) selected[choice.value == select.value] { (choice.label) } }
                }
            } }
            button.btn type="submit" { (tr!(lang, "filter.search")) }
            (PreEscaped(&more.0))
        }
    }
}

/// The states that a tab holds beside each other, with how many there are of each: a second row of links,
/// the first of which shows them all. Nothing where there is nothing to choose between.
pub fn state_chips(lang: Lang, all: &str, name: &str, chosen: &str, states: &[(StateKind, u64)]) -> Markup {
    let held = |state: &&(StateKind, u64)| state.1 > 0 || state.0.code() == chosen;
    html! {
        @if states.len() > 1 && states.iter().filter(held).count() > 0 {
            nav.chips aria-label=(tr!(lang, "filter.states")) {
                a href=(all) aria-current=[chosen.is_empty().then_some("true")] { (tr!(lang, "filter.all_states")) }
                @for (state, count) in states.iter().filter(held) {
                    a href={ (all) "&" (name) "=" (state.code()) } aria-current=[(state.code() == chosen).then_some("true")] {
                        (tk(lang, "state", state.code())) " " span { (count) }
                    }
                }
            }
        }
    }
}

/// A list that the filter has emptied.
pub fn no_result(lang: Lang, clear: &str) -> Markup {
    super::part::empty(
        &tr!(lang, "filter.nothing"),
        &tr!(lang, "filter.nothing_why"),
        Some(&html! { a.btn href=(clear) { (tr!(lang, "filter.clear")) } }),
    )
}

/// One agreement in a list.
#[derive(Debug, Clone)]
pub struct AgreementRow {
    /// Which.
    pub id: AgreementId,
    /// The number, once issued.
    pub number: Option<String>,
    /// Name of the student.
    pub student: String,
    /// Student number and degree, as one line.
    pub student_line: String,
    /// College.
    pub college: String,
    /// Major.
    pub major: String,
    /// Name of the employer (for reviewers and students).
    pub employer: String,
    /// Position.
    pub position: String,
    /// Place of work.
    pub place: String,
    /// Monthly pay after probation, with separators; empty when unknown.
    pub pay: String,
    /// The state.
    pub state: StateKind,
    /// Until when the student may answer.
    pub deadline: Option<Timestamp>,
    /// Why it came back: the code of the list and the text.
    pub reason: Option<(String, String)>,
    /// When it last changed.
    pub updated: Timestamp,
    /// Who has to act, and since when.
    pub waits: Option<Waits>,
    /// In a queue: what is to be looked at, so that it is not approved in a batch; `None` elsewhere.
    pub checks: Option<Vec<String>>,
    /// Its version, posted with a batch.
    pub version: i64,
}

/// Who holds an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// `role.*` code.
    pub role: String,
    /// Since when.
    pub since: Timestamp,
    /// Whether longer than the school allows for a review.
    pub overdue: bool,
}

/// The state with the remaining time or the reason under it.
pub fn state_cell(frame: &Frame, row: &AgreementRow) -> Markup {
    let lang = frame.lang;
    html! {
        (badge::badge(lang, row.state))
        @if let Some(waits) = &row.waits {
            span.sub.warn-t[waits.overdue] {
                @if waits.overdue { b { (tr!(lang, "list.overdue")) } " · " }
                (tr!(lang, "list.waits", role = tk(lang, "role", &waits.role), since = time::short(waits.since, frame.now)))
            }
        }
        @if let Some(until) = row.deadline {
            span.sub.warn-t[time::soon(frame.now, until)] { (tr!(lang, "time.left_prefix")) " " (time::countdown(lang, frame.now, until)) }
        } @else if let Some((code, text)) = &row.reason {
            // “Other” says nothing without the words that came with it.
            @let words = code.is_empty() || (code == "other" && !text.is_empty());
            span.sub.clip title=[words.then_some(text)] { @if words { (text) } @else { (tk(lang, "reason", code)) } }
        }
    }
}

/// Whose table of agreements it is: what columns it has, and what its time says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// The employer: when a row last changed.
    Employer,
    /// Reviewers, with the employer's name: when a row last changed.
    Reviewers,
    /// Reviewers who have to act: since when a row waits for them.
    Queue,
}

/// Table of agreements.
pub fn agreement_table(frame: &Frame, rows: &[AgreementRow], readers: Readers) -> Markup {
    let lang = frame.lang;
    let employer_column = readers != Readers::Employer;
    let time = if readers == Readers::Queue {
        tr!(lang, "col.waiting_since")
    } else {
        tr!(lang, "col.updated")
    };
    html! {
        div.wrap { table.tb.fold {
            thead { tr {
                th scope="col" { (tr!(lang, "col.student")) }
                th scope="col" { (tr!(lang, "col.college_major")) }
                @if employer_column { th scope="col" { (tr!(lang, "col.employer")) } }
                th scope="col" { (tr!(lang, "col.position_place")) }
                th.r scope="col" { (tr!(lang, "col.pay")) }
                th scope="col" { (tr!(lang, "col.state")) }
                th scope="col" { (time) }
                th scope="col" { (tr!(lang, "col.actions")) }
            } }
            tbody { @for row in rows { (agreement_row(frame, row, employer_column)) } }
        } }
    }
}

fn agreement_row(frame: &Frame, row: &AgreementRow, employer_column: bool) -> Markup {
    html! { tr { (agreement_cells(frame, row, employer_column)) } }
}

/// Table of a queue from which many can be approved at once. What is to be looked at has no checkbox.
pub fn queue_table(frame: &Frame, rows: &[AgreementRow]) -> Markup {
    let lang = frame.lang;
    let free = |row: &AgreementRow| row.checks.as_ref().is_none_or(Vec::is_empty);
    html! {
        div.wrap { table.tb.fold {
            thead { tr {
                th scope="col" { span.vh { (tr!(lang, "col.pick")) } input type="checkbox" data-all data-needs-js hidden aria-label=(tr!(lang, "batch.all")); }
                th scope="col" { (tr!(lang, "col.student")) }
                th scope="col" { (tr!(lang, "col.college_major")) }
                th scope="col" { (tr!(lang, "col.employer")) }
                th scope="col" { (tr!(lang, "col.position_place")) }
                th.r scope="col" { (tr!(lang, "col.pay")) }
                th scope="col" { (tr!(lang, "col.state")) }
                th scope="col" { (tr!(lang, "col.waiting_since")) }
                th scope="col" { (tr!(lang, "col.actions")) }
            } }
            tbody { @for row in rows { tr.pick {
                td {
                    @if free(row) {
                        input type="checkbox" name="agreement" value={ (row.id) ":" (row.version) } data-row aria-label=(tr!(lang, "batch.pick", name = row.student));
                    } @else { span.warn-t title=(row.checks.iter().flatten().cloned().collect::<Vec<_>>().join("; ")) { (icon(Icon::TriangleAlert)) span.vh { (tr!(lang, "batch.to_look_at")) } } }
                }
                (agreement_cells(frame, row, true))
            } } }
        } }
    }
}

fn agreement_cells(frame: &Frame, row: &AgreementRow, employer_column: bool) -> Markup {
    let lang = frame.lang;
    html! {
            td.name { b { (row.student) } span.sub { (row.student_line) } }
            td.gone.col-c { (row.college) span.sub { (row.major) } }
            @if employer_column { td.full.unit-c { (row.employer) } }
            td.pos-c { span.clip title=(row.position) { (row.position) } span.sub.clip title=(row.place) { (row.place) } }
            td.r data-l=(tr!(lang, "col.pay")) { (row.pay) }
            td.st-c { (state_cell(frame, row)) }
            td.nw.t3.gone { (time::at(row.updated, frame.now)) @if let Some(number) = &row.number { span.sub { (number) } } }
            td.ops {
                a href=(links::agreement(frame, row.id)) { (tr!(lang, "act.open")) span.vh { " " (row.student) } }
                @if row.state == StateKind::Effective { a href=(links::under(frame, row.id, "document.pdf")) { (tr!(lang, "act.print")) span.vh { " " (row.student) } } }
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tab_shows_the_states_of_the_product_and_the_others_by_filter() {
        use StateKind as S;
        let shown = |tab: EmployerTab| tab.default_states().collect::<Vec<_>>();
        assert_eq!(
            shown(EmployerTab::Pending),
            [S::Offered, S::Withdrawn, S::Declined, S::Expired, S::Returned]
        );
        assert_eq!(
            shown(EmployerTab::Signed),
            [S::CollegeReview, S::SchoolReview, S::Effective]
        );
        assert_eq!(shown(EmployerTab::Terminated), [S::Terminating, S::Terminated]);
        assert!(EmployerTab::Pending.states().contains(&S::Superseded));
        assert!(EmployerTab::Terminated.states().contains(&S::Voided));
    }
}
