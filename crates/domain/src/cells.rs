//! Texts in the cells of files for spreadsheet programs.

use std::borrow::Cow;

/// Whether a spreadsheet program could take a text for a formula, by its beginning (`security.md` 8): signs and
/// their full-width twins, and the characters that it skips before one.
pub fn like_formula(text: &str) -> bool {
    text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ])
}

/// The text as a cell of a csv file, which cannot say that a cell is a text: an apostrophe stands before
/// whatever could be taken for a formula.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if like_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_could_be_a_formula_gets_an_apostrophe() {
        for sign in ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"] {
            let text = format!("{sign}1+1");
            assert_eq!(guarded(&text), format!("'{text}"));
        }
        for plain in ["", "张三", "1-1", "'=1", " =1"] {
            assert_eq!(guarded(plain), plain);
        }
    }
}
