//! The clauses of the standard template before there are terms to fill them: for the empty form.

use super::clause::{Clause, ClauseKind};
use super::template;
use super::terms::{Archive, ArchiveKind, ContractTerm, Household, HouseholdKind, Money, Terms};
use jiff::civil::Date;

/// The clauses in order; those that the terms fill have no body yet.
pub fn outline() -> Vec<Clause> {
    let mut clauses = template::clauses(&blank());
    for clause in &mut clauses {
        if clause.kind == ClauseKind::Negotiable {
            clause.body.clear();
        }
    }
    clauses
}

fn blank() -> Terms {
    Terms {
        position: String::new(),
        position_category: String::new(),
        work_province: String::new(),
        work_place: String::new(),
        major_match: None,
        actual_employer: None,
        contract: ContractTerm::OpenEnded,
        service_months: None,
        probation_months: 0,
        probation_pay: Money(0),
        regular_pay: Money(0),
        benefits: None,
        report_from: Date::MIN,
        report_to: Date::MIN,
        report_place: String::new(),
        archive: Archive {
            kind: ArchiveKind::Origin,
            receiver: None,
            address: None,
            postcode: None,
            contact: None,
            phone: None,
        },
        household: Household {
            kind: HouseholdKind::Stay,
            address: None,
        },
        party_relation: None,
        penalty_employer: Money(0),
        penalty_student: Money(0),
        exemptions: Vec::new(),
        supplementary: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_form_names_every_clause_that_has_to_be_ticked() {
        let outline = outline();
        let filled = template::clauses(&blank());
        assert_eq!(outline.len(), filled.len());
        assert!(outline.iter().any(|clause| clause.body.is_empty()));
    }
}
