//! From rows of the store to rows of the lists.

use super::progress::{self, reason_of};
use super::who::named;
use crate::error::{Error, Result};
use crate::i18n::Lang;
use crate::tr;
use crate::views::list::AgreementRow;
use crate::views::student::list::OfferRow;
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
    Ok(AgreementRow {
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
        reason: reason_of(&state).map(|found| progress::reason(lang, &found.code, &found.text)),
        updated: item.updated_at,
    })
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
