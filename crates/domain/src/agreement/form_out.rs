//! The offer form as it stands for given terms: what the edit page shows. Reading it again gives
//! the same terms.

use super::form::Input;
use super::terms::{ContractTerm, Money, Terms};

/// The fields of the form, filled with `terms`.
pub fn to_input(terms: &Terms) -> Input {
    let mut input = Input::default();
    input.set("position", &*terms.position);
    input.set("position_category", &*terms.position_category);
    input.set("work_province", &*terms.work_province);
    input.set("work_place", &*terms.work_place);
    let yes_no = terms.major_match.map(|yes| if yes { "yes" } else { "no" });
    optional(&mut input, "major_match", yes_no);
    optional(&mut input, "actual_employer", terms.actual_employer.as_deref());
    contract(&mut input, terms);
    input.set("probation_pay", plain(terms.probation_pay));
    input.set("regular_pay", plain(terms.regular_pay));
    optional(&mut input, "benefits", terms.benefits.as_deref());
    input.set("report_from", terms.report_from.to_string());
    input.set("report_to", terms.report_to.to_string());
    input.set("report_place", &*terms.report_place);
    archive(&mut input, terms);
    input.set("household_kind", terms.household.kind.code());
    optional(
        &mut input,
        "household_address",
        terms.household.address.as_deref(),
    );
    optional(&mut input, "party_relation", terms.party_relation.as_deref());
    input.set("penalty_employer", plain(terms.penalty_employer));
    input.set("penalty_student", plain(terms.penalty_student));
    for exemption in &terms.exemptions {
        input.push("exemptions", exemption.code());
    }
    for clause in &terms.supplementary {
        input.push("supplementary", &**clause);
    }
    input
}

fn optional(input: &mut Input, field: &str, value: Option<&str>) {
    if let Some(value) = value {
        input.set(field, value);
    }
}

fn contract(input: &mut Input, terms: &Terms) {
    let kind = match terms.contract {
        ContractTerm::Fixed { months } => {
            input.set("contract_months", months.to_string());
            "fixed"
        }
        ContractTerm::OpenEnded => "open_ended",
        ContractTerm::Task => "task",
    };
    input.set("contract", kind);
    input.set("probation_months", terms.probation_months.to_string());
    if let Some(months) = terms.service_months {
        input.set("service_months", months.to_string());
    }
}

fn archive(input: &mut Input, terms: &Terms) {
    let archive = &terms.archive;
    input.set("archive_kind", archive.kind.code());
    optional(input, "archive_receiver", archive.receiver.as_deref());
    optional(input, "archive_address", archive.address.as_deref());
    optional(input, "archive_postcode", archive.postcode.as_deref());
    optional(input, "archive_contact", archive.contact.as_deref());
    optional(input, "archive_phone", archive.phone.as_deref());
}

/// Without separators, as a number field of a browser takes it: `12500` or `12500.50`.
fn plain(amount: Money) -> String {
    let (yuan, fen) = (amount.0 / 100, amount.0 % 100);
    if fen == 0 {
        yuan.to_string()
    } else {
        format!("{yuan}.{fen:02}")
    }
}
