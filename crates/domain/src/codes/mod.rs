//! Code tables and identifiers: dictionaries as data, checksums of the codes that China gives to
//! organisations and people, and how names are compared.
//!
//! What a dictionary contains is data and may grow; agreements therefore store code and label.

pub mod email;
pub mod identity;
pub mod names;
pub mod organisation;
pub mod phone;
pub mod sought;
pub mod tables;

pub use identity::{IdError, IdNumber};
pub use names::{NAME_MAX, NameError, PersonName, initials, name_key};
pub use organisation::{Uscc, UsccError, UsccWarning, organisation_check};
pub use phone::{Phone, PhoneError};
pub use sought::Sought;
pub use tables::*;

/// One entry of a dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code, always text: leading zeros count.
    pub code: &'static str,
    /// The official name.
    pub name: &'static str,
    /// The English name; empty where the interface never shows one.
    pub name_en: &'static str,
    /// Whether it may be chosen today; an obsolete code is still read and shown.
    pub valid: bool,
}

impl Code {
    /// The English name, or the official one where there is none.
    pub fn english(&self) -> &'static str {
        if self.name_en.is_empty() {
            self.name
        } else {
            self.name_en
        }
    }
}

/// A dictionary.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name in message keys and forms.
    pub id: &'static str,
    /// What it is called.
    pub title: &'static str,
    rows: &'static [Code],
}

impl Table {
    /// The entries that may be chosen, in official order.
    pub fn all(&self) -> impl Iterator<Item = &'static Code> + use<> {
        self.rows.iter().filter(|row| row.valid)
    }

    /// The entry of a code, obsolete ones included.
    pub fn find(&self, code: &str) -> Option<&'static Code> {
        self.rows.iter().find(|row| row.code == code)
    }

    /// The official name of a code, obsolete ones included.
    pub fn name(&self, code: &str) -> Option<&'static str> {
        self.find(code).map(|row| row.name)
    }

    /// The English name of a code, obsolete ones included.
    pub fn english(&self, code: &str) -> Option<&'static str> {
        self.find(code).map(Code::english)
    }

    /// Whether the code may be chosen today.
    pub fn accepts(&self, code: &str) -> bool {
        self.find(code).is_some_and(|row| row.valid)
    }

    /// The entry with this name (or this code), as people write it in a spreadsheet: surrounding
    /// and inner blanks do not count.
    pub fn find_by_name(&self, name: &str) -> Option<&'static Code> {
        let wanted: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        let same = |text: &str| text.chars().filter(|c| !c.is_whitespace()).eq(wanted.chars());
        self.rows.iter().find(|row| same(row.name) || row.code == wanted)
    }
}

/// The dictionary with this name.
pub fn table(id: &str) -> Option<&'static Table> {
    TABLES.iter().copied().find(|table| table.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_names_are_unique_within_a_table() {
        for table in TABLES {
            let codes: BTreeSet<_> = table.rows.iter().map(|row| row.code).collect();
            let names: BTreeSet<_> = table.rows.iter().map(|row| row.name).collect();
            assert_eq!(codes.len(), table.rows.len(), "{}", table.id);
            assert_eq!(names.len(), table.rows.len(), "{}", table.id);
            assert!(table.rows.iter().all(|row| !row.name.is_empty()), "{}", table.id);
        }
    }

    #[test]
    fn tables_are_found_by_name_and_have_the_official_number_of_entries() {
        let count = |id| table(id).map(|t| t.all().count());
        assert_eq!(count("employer_nature"), Some(13));
        assert_eq!(count("industry"), Some(21));
        assert_eq!(count("position_category"), Some(18));
        assert_eq!(count("ethnicity"), Some(58));
        assert_eq!(count("political_status"), Some(13));
        assert_eq!(count("province"), Some(34));
        assert_eq!(count("nothing"), None);
    }

    #[test]
    fn an_obsolete_code_is_shown_but_cannot_be_chosen() {
        assert_eq!(EMPLOYER_NATURE.name("15"), Some("县及以下党政机关"));
        assert!(!EMPLOYER_NATURE.accepts("15"));
        assert!(EMPLOYER_NATURE.accepts("39"));
        assert!(!EMPLOYER_NATURE.accepts("390"));
    }

    #[test]
    fn a_name_from_a_spreadsheet_finds_its_entry() {
        let code = |text| DEGREE.find_by_name(text).map(|row| row.code);
        assert_eq!(code(" 本科生 毕业 "), Some("31"));
        assert_eq!(code("31"), Some("31"));
        assert_eq!(code("小学"), None);
        assert_eq!(degree_from_text("本科").map(|row| row.code), Some("31"));
        assert_eq!(degree_from_text("硕士研究生").map(|row| row.code), Some("11"));
        assert_eq!(degree_from_text("博士").map(|row| row.code), Some("01"));
        assert_eq!(degree_from_text("341").map(|row| row.code), Some("31"));
        assert_eq!(degree_from_text("高职").map(|row| row.code), Some("41"));
    }

    #[test]
    fn a_degree_knows_its_level() {
        assert_eq!(degree_level("01"), Some(1));
        assert_eq!(degree_level("13"), Some(2));
        assert_eq!(degree_level("31"), Some(3));
        assert_eq!(degree_level("25"), Some(3));
        assert_eq!(degree_level("41"), Some(4));
        assert_eq!(degree_level("99"), None);
    }

    #[test]
    fn whoever_is_trained_for_an_employer_cannot_sign() {
        assert!(bound_by_training("2") && bound_by_training("4"));
        assert!(!bound_by_training("1") && !bound_by_training("3") && !bound_by_training(""));
    }
}
