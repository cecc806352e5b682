//! From rows of the store to rows of the lists.

use super::progress::{self, reason_of};
use super::who::named;
use crate::error::{Error, Result};
use crate::export::{Cell, Sheet};
use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::list::{AgreementRow, Waits};
use crate::views::student::list::OfferRow;
use crate::views::time;
use domain::agreement::state::TerminationStage;
use domain::agreement::terms::Money;
use domain::agreement::{State, StateKind};
use domain::codes::DEGREE;
use store::lists::Item;

/// Student number and degree as one line.
pub fn student_line(lang: Lang, student_no: &str, degree: &str) -> String {
    format!("{student_no} · {}", named(lang, &DEGREE, degree))
}

/// A row of a list of agreements.
pub fn agreement_row(lang: Lang, item: Item) -> Result<AgreementRow> {
    let state: State = serde_json::from_str(&item.facts).map_err(Error::internal)?;
    let since = match &state {
        // Within a termination every act hands it on.
        State::Terminating { .. } => item.updated_at,
        _ => item.state_since,
    };
    let waits = progress::holder_of(&state).map(|role| Waits {
        role: role.into(),
        since,
        overdue: false,
    });
    Ok(AgreementRow {
        waits,
        checks: None,
        version: item.version,
        id: item.id,
        number: item.number,
        student: item.student_name,
        student_line: student_line(lang, &item.student_no, &item.degree),
        college: item.college_name,
        major: item.major,
        employer: item.employer_name,
        position: item.position,
        place: item.place,
        pay: Money(item.pay).to_string(),
        state: state.kind(),
        deadline: item.deadline_at,
        reason: under_state(lang, &state),
        updated: item.updated_at,
    })
}

/// What stands under a state: where a termination is, or why it came to this.
fn under_state(lang: Lang, state: &State) -> Option<(String, String)> {
    if let State::Terminating { stage, .. } = state {
        let code = match stage {
            TerminationStage::Counterparty => "counterparty",
            TerminationStage::College => "college",
            TerminationStage::School => "school",
        };
        return Some((String::new(), tk(lang, "t_stage", code).into_owned()));
    }
    reason_of(state).map(|found| progress::reason(lang, &found.code, &found.text))
}

/// The state of a filter; none when it is not one of the list's.
pub fn state_of(code: &str, states: &[StateKind]) -> Option<StateKind> {
    StateKind::from_code(code).filter(|state| states.contains(state))
}

/// A row of a queue: its time is since when it waits.
pub fn waiting_row(lang: Lang, item: Item) -> Result<AgreementRow> {
    let since = item.state_since;
    Ok(AgreementRow {
        updated: since,
        ..agreement_row(lang, item)?
    })
}

/// A card of the student.
pub fn offer_row(lang: Lang, item: Item) -> Result<OfferRow> {
    let state =
        StateKind::from_code(&item.state).ok_or_else(|| Error::internal("a state that nobody knows"))?;
    Ok(OfferRow {
        id: item.id,
        state,
        position: [item.position.as_str(), &item.place].join(" · "),
        employer: item.employer_name,
        pay: tr!(lang, "unit.money", amount = Money(item.pay)).into_owned(),
        deadline: item.deadline_at,
        updated: item.updated_at,
    })
}

/// Agreements as a sheet; `employer_column` for reviewers.
pub fn sheet(lang: Lang, mut items: Vec<Item>, more: bool, employer_column: bool) -> Result<Sheet> {
    items.truncate(crate::export::MOST);
    let label = |name: &str| tk(lang, "label", name).into_owned();
    let mut head = vec!["student_no", "name", "degree", "college", "major"];
    if employer_column {
        head.push("employer_name");
    }
    head.extend([
        "position", "place", "pay", "state", "reason", "number", "deadline", "since", "changed",
    ]);
    let mut rows = Vec::new();
    for item in items {
        rows.push(sheet_row(lang, item, employer_column)?);
    }
    Ok(Sheet {
        name: tr!(lang, "list.title").into_owned(),
        head: head.into_iter().map(label).collect(),
        rows,
        note: super::filter::cut(lang, more),
    })
}

fn sheet_row(lang: Lang, item: Item, employer_column: bool) -> Result<Vec<Cell>> {
    let state: State = serde_json::from_str(&item.facts).map_err(Error::internal)?;
    let reason = reason_of(&state).map(|found| {
        let (code, text) = progress::reason(lang, &found.code, &found.text);
        let code = if code.is_empty() {
            code
        } else {
            tk(lang, "reason", &code).into_owned()
        };
        super::who::spaced(&[&code, &text])
    });
    // Whole fen below 2^53 are exact.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the form takes no amount near 2^53 fen"
    )]
    let pay = item.pay as f64 / 100.0;
    let mut row: Vec<Cell> = vec![
        item.student_no.into(),
        item.student_name.into(),
        named(lang, &DEGREE, &item.degree).into(),
        item.college_name.into(),
        item.major.into(),
    ];
    if employer_column {
        row.push(item.employer_name.into());
    }
    row.extend([
        item.position.into(),
        item.place.into(),
        Cell::Number(pay),
        tk(lang, "state", state.kind().code()).into_owned().into(),
        reason.unwrap_or_default().into(),
        item.number.unwrap_or_default().into(),
        item.deadline_at.map(time::stamp).unwrap_or_default().into(),
        time::stamp(item.state_since).into(),
        time::stamp(item.updated_at).into(),
    ]);
    Ok(row)
}
