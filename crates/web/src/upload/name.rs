//! The name of a file as a person may see it again. It is never a path of ours.

use super::{Fault, Kind};

/// The longest name that is kept, in characters without the ending.
const MOST: usize = 80;

/// The name without path, control and direction characters, with the one ending that is true. A name whose
/// own ending says something else is refused: the person should know what they send.
pub fn shown(name: &str, kind: Kind) -> Result<String, Fault> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or("");
    let base: String = base.chars().filter(|c| !is_unseen(*c)).collect();
    let base = base.trim().trim_end_matches(['.', ' ']);
    let (stem, ending) = base.rsplit_once('.').unwrap_or((base, ""));
    let fits = match kind {
        Kind::Jpeg => ["jpg", "jpeg", "jpe", "jfif"].as_slice(),
        Kind::Png => &["png"],
        Kind::Pdf => &["pdf"],
    };
    // Phones hand over pictures under names without an ending.
    if !ending.is_empty() && !fits.iter().any(|fit| ending.eq_ignore_ascii_case(fit)) {
        return Err(Fault::WrongName(kind));
    }
    let stem: String = stem
        .chars()
        .map(|c| if ".:*?\"<>|%".contains(c) { '_' } else { c })
        .take(MOST)
        .collect();
    let stem = stem.trim();
    let stem = if stem.is_empty() { "file" } else { stem };
    Ok(format!("{stem}.{}", kind.extension()))
}

/// Control characters, and those that turn the direction of writing or hide.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_words_and_nothing_else() {
        let pdf = |name| shown(name, Kind::Pdf);
        assert_eq!(pdf("解约函 张𬭎.pdf").unwrap(), "解约函 张𬭎.pdf");
        assert_eq!(pdf("../../etc/passwd.PDF").unwrap(), "passwd.pdf");
        assert_eq!(pdf("C:\\fakepath\\a.pdf").unwrap(), "a.pdf");
        assert_eq!(pdf("letter.exe.pdf").unwrap(), "letter_exe.pdf");
        assert_eq!(pdf("a\u{202E}fdp.exe\u{0}.pdf").unwrap(), "afdp_exe.pdf");
        assert_eq!(pdf("..pdf").unwrap(), "_.pdf");
        assert_eq!(pdf(".pdf").unwrap(), "file.pdf");
        assert_eq!(pdf("").unwrap(), "file.pdf");
        assert_eq!(
            pdf(&format!("{}.pdf", "长".repeat(500))).unwrap().chars().count(),
            84
        );
    }

    #[test]
    fn a_name_that_says_something_else_is_refused() {
        for name in ["letter.pdf.exe", "a.jpg", "a.html", "a.docx", "a.svg"] {
            assert_eq!(shown(name, Kind::Pdf), Err(Fault::WrongName(Kind::Pdf)), "{name}");
        }
        assert_eq!(shown("IMG_1.JPEG", Kind::Jpeg).unwrap(), "IMG_1.jpg");
        assert_eq!(shown("a.png", Kind::Jpeg), Err(Fault::WrongName(Kind::Jpeg)));
    }
}
