//! A reason from a form: a code of a list, and words, which “其他” needs.

use crate::views::form::FieldError;
use domain::agreement::Reason;
use domain::agreement::form::Input;

/// The longest words, in characters; the rules say the same.
const MOST: usize = 500;

/// The names of the two fields.
pub type Names = (&'static str, &'static str);

/// Their names where a page has one reason.
pub const NAMES: Names = ("reason", "text");

/// Reads `reason` and `text`.
pub fn read(input: &Input, list: &[&str]) -> Result<Reason, Vec<FieldError>> {
    read_named(input, list, NAMES)
}

/// Reads the two fields under other names.
pub fn read_named(input: &Input, list: &[&str], (reason, words): Names) -> Result<Reason, Vec<FieldError>> {
    let (code, text) = (input.raw(reason), input.raw(words).trim());
    let mut wrong = Vec::new();
    if code.is_empty() {
        wrong.push(FieldError::new(reason, "required"));
    } else if !list.contains(&code) {
        wrong.push(FieldError::new(reason, "not_a_choice"));
    }
    if code == "other" && text.is_empty() {
        wrong.push(FieldError::new(words, "required"));
    }
    if text.chars().count() > MOST {
        let params = vec![("max", MOST.to_string())];
        wrong.push(FieldError {
            params,
            ..FieldError::new(words, "too_long")
        });
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        wrong.push(FieldError::new(words, "bad_character"));
    }
    if wrong.is_empty() {
        Ok(Reason {
            code: code.to_owned(),
            text: text.replace("\r\n", "\n"),
        })
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let input: Input = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let errors = read(&input, &["pay", "other"]).err().unwrap_or_default();
        errors
            .into_iter()
            .map(|error| (error.field, error.code))
            .collect()
    }

    fn pair(field: &str, code: &str) -> (String, String) {
        (field.to_owned(), code.to_owned())
    }

    #[test]
    fn a_reason_is_a_code_of_the_list_and_some_words() {
        assert_eq!(wrong(&[("reason", "pay")]), []);
        assert_eq!(wrong(&[]), [pair("reason", "required")]);
        assert_eq!(wrong(&[("reason", "made_up")]), [pair("reason", "not_a_choice")]);
        assert_eq!(
            wrong(&[("reason", "other"), ("text", "  ")]),
            [pair("text", "required")]
        );
        assert_eq!(
            wrong(&[("reason", "pay"), ("text", "a\u{0}b")]),
            [pair("text", "bad_character")]
        );
        assert_eq!(wrong(&[("reason", "pay"), ("text", &"字".repeat(500))]), []);
        assert_eq!(
            wrong(&[("reason", "pay"), ("text", &"字".repeat(501))]),
            [pair("text", "too_long")]
        );
    }
}
