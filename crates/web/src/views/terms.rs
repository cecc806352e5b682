//! The typed terms as labels and values, in groups, for reading.

use super::part::pairs;
use super::time;
use crate::i18n::{Lang, tk};
use crate::tr;
use domain::agreement::terms::{ContractTerm, Money, Terms};
use domain::codes::{POSITION_CATEGORY, PROVINCE, Table};
use maud::{Markup, html};

/// A group of terms.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its heading.
    pub title: String,
    /// Labels and values; an empty value means "none".
    pub rows: Vec<(String, String)>,
}

fn name(lang: Lang, table: &Table, code: &str) -> String {
    let found = match lang {
        Lang::Zh => table.name(code),
        Lang::En => table.english(code),
    };
    found.unwrap_or(code).to_owned()
}

fn money(lang: Lang, amount: Money) -> String {
    tr!(lang, "unit.money", amount = amount).into_owned()
}

fn months(lang: Lang, n: u16) -> String {
    tr!(lang, "unit.months", n = n).into_owned()
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

type Row = (String, String);

fn row(lang: Lang, field: &str, value: String) -> Row {
    (tk(lang, "term", field).into_owned(), value)
}

fn position(lang: Lang, terms: &Terms) -> Vec<Row> {
    let matching = match terms.major_match {
        Some(true) => tr!(lang, "common.yes").into_owned(),
        Some(false) => tr!(lang, "common.no").into_owned(),
        None => String::new(),
    };
    vec![
        row(lang, "position", terms.position.clone()),
        row(
            lang,
            "position_category",
            name(lang, &POSITION_CATEGORY, &terms.position_category),
        ),
        row(lang, "work_province", name(lang, &PROVINCE, &terms.work_province)),
        row(lang, "work_place", terms.work_place.clone()),
        row(lang, "major_match", matching),
        row(lang, "actual_employer", text(terms.actual_employer.as_ref())),
    ]
}

fn contract(lang: Lang, terms: &Terms) -> Vec<Row> {
    let kind = match terms.contract {
        ContractTerm::Fixed { months: n } => {
            format!("{} · {}", tk(lang, "contract", "fixed"), months(lang, n))
        }
        ContractTerm::OpenEnded => tk(lang, "contract", "open_ended").into_owned(),
        ContractTerm::Task => tk(lang, "contract", "task").into_owned(),
    };
    let service = terms
        .service_months
        .filter(|n| *n > 0)
        .map_or_else(String::new, |n| months(lang, n));
    vec![
        row(lang, "contract", kind),
        row(lang, "probation_months", months(lang, terms.probation_months)),
        row(lang, "service_months", service),
        row(lang, "probation_pay", money(lang, terms.probation_pay)),
        row(lang, "regular_pay", money(lang, terms.regular_pay)),
        row(lang, "benefits", text(terms.benefits.as_ref())),
    ]
}

fn archive(lang: Lang, terms: &Terms) -> Vec<Row> {
    let archive = &terms.archive;
    let contact = [&archive.contact, &archive.phone]
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let address = [&archive.address, &archive.postcode]
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    vec![
        row(
            lang,
            "archive_kind",
            tk(lang, "archive", archive.kind.code()).into_owned(),
        ),
        row(lang, "archive_receiver", text(archive.receiver.as_ref())),
        row(lang, "archive_address", address),
        row(lang, "archive_contact", contact),
        row(
            lang,
            "household_kind",
            tk(lang, "household", terms.household.kind.code()).into_owned(),
        ),
        row(lang, "household_address", text(terms.household.address.as_ref())),
        row(lang, "party_relation", text(terms.party_relation.as_ref())),
    ]
}

fn breach(lang: Lang, terms: &Terms) -> Vec<Row> {
    let exemptions: Vec<_> = terms
        .exemptions
        .iter()
        .map(|exemption| tk(lang, "exemption", exemption.code()))
        .collect();
    vec![
        row(lang, "penalty_employer", money(lang, terms.penalty_employer)),
        row(lang, "penalty_student", money(lang, terms.penalty_student)),
        row(lang, "exemptions", exemptions.join(&tr!(lang, "common.comma"))),
    ]
}

/// The terms in groups.
pub fn groups(lang: Lang, terms: &Terms) -> Vec<Group> {
    let report = vec![
        row(lang, "report_from", time::day(lang, terms.report_from)),
        row(lang, "report_to", time::day(lang, terms.report_to)),
        row(lang, "report_place", terms.report_place.clone()),
    ];
    let group = |title: std::borrow::Cow<'_, str>, rows| Group {
        title: title.into_owned(),
        rows,
    };
    vec![
        group(tr!(lang, "offer.position"), position(lang, terms)),
        group(tr!(lang, "offer.contract_pay"), contract(lang, terms)),
        group(tr!(lang, "offer.report"), report),
        group(tr!(lang, "offer.archive"), archive(lang, terms)),
        group(tr!(lang, "offer.breach"), breach(lang, terms)),
    ]
}

/// The terms for reading; what was left open is not shown.
pub fn view(lang: Lang, terms: &Terms) -> Markup {
    html! {
        div.terms { @for group in groups(lang, terms) {
            @let rows: Vec<Row> = group.rows.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            section { h3 { (group.title) } (pairs("", &rows)) }
        } }
    }
}
