//! The clauses of the standard template before there are terms to fill them: for the empty form.

use super::clause::Clause;
use super::template;

/// The clauses in order; those that the terms fill have no body yet.
pub fn outline() -> Vec<Clause> {
    template::standard().outline()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_form_names_every_clause_that_has_to_be_ticked() {
        let outline = outline();
        let filled = template::standard().clauses(&template::sample_terms(2027));
        let own = filled
            .iter()
            .filter(|clause| !clause.key.starts_with("supplementary-"));
        assert_eq!(outline.len(), own.count());
        assert!(outline.iter().any(|clause| clause.body.is_empty()));
    }
}
