//! Telephone numbers. Personal data: hidden in `Debug` and `Display`.

use std::fmt;

/// A telephone number in one written form: `13912345678`, `+85291234567`, `025-83301234`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// Why a text is not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Neither a mobile number of the mainland nor an international one.
    #[error("not a mobile number")]
    Mobile,
    /// No telephone number at all.
    #[error("not a telephone number")]
    Any,
}

impl Phone {
    /// A mobile number: 11 digits of the mainland (with or without +86), or an international number
    /// with a leading + (7 to 15 digits, ITU-T E.164).
    pub fn mobile(text: &str) -> Result<Self, PhoneError> {
        let number = compact(text);
        let national = ["+86", "0086"]
            .iter()
            .find_map(|p| number.strip_prefix(p))
            .unwrap_or(&number);
        if is_mainland_mobile(national) {
            return Ok(Self(national.to_owned()));
        }
        let digits = number
            .strip_prefix('+')
            .filter(|rest| !rest.starts_with("86"))
            .unwrap_or("");
        if all_digits(digits, 7, 15) && !digits.starts_with('0') {
            return Ok(Self(number));
        }
        Err(PhoneError::Mobile)
    }

    /// Any number on which somebody can be reached: mobile, landline with area code and perhaps an
    /// extension (`025-83301234-801`), or a service number (400, 800).
    pub fn any(text: &str) -> Result<Self, PhoneError> {
        if let Ok(mobile) = Self::mobile(text) {
            return Ok(mobile);
        }
        let number = compact(text);
        if all_digits(&number, 10, 10) && (number.starts_with("400") || number.starts_with("800")) {
            return Ok(Self(number));
        }
        landline(text).map(Self).ok_or(PhoneError::Any)
    }

    /// The number itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number with its middle hidden.
    pub fn masked(&self) -> String {
        let chars: Vec<char> = self.0.chars().collect();
        let hidden = 3..chars.len().saturating_sub(4).max(4).min(chars.len());
        chars
            .iter()
            .enumerate()
            .map(|(i, &c)| if hidden.contains(&i) { '*' } else { c })
            .collect()
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(***)")
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Full-width digits and signs as plain ones.
fn plain(c: char) -> char {
    match c {
        '０'..='９' | '＋' | '－' | '（' | '）' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '—' | '–' | '‐' | '‑' => '-',
        _ => c,
    }
}

fn compact(text: &str) -> String {
    text.chars()
        .map(plain)
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')'))
        .collect()
}

fn all_digits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// 1, then 3 to 9, then nine digits (the mainland's numbering plan).
fn is_mainland_mobile(text: &str) -> bool {
    all_digits(text, 11, 11) && text.starts_with('1') && matches!(text.as_bytes()[1], b'3'..=b'9')
}

/// `area-number` or `area-number-extension`; the first dash may be missing.
fn landline(text: &str) -> Option<String> {
    let written: String = text
        .chars()
        .map(plain)
        .map(|c| if matches!(c, '(' | ')' | ' ') { '-' } else { c })
        .collect();
    let parts: Vec<&str> = written.split('-').filter(|part| !part.is_empty()).collect();
    let (whole, extension) = match parts[..] {
        [whole] => (whole.to_owned(), None),
        [area, number] => (format!("{area}{number}"), None),
        [area, number, extension] => (format!("{area}{number}"), Some(extension)),
        _ => return None,
    };
    // Area codes have three digits where the second is 1 or 2, else four.
    let area = if matches!(whole.as_bytes().get(1), Some(b'1' | b'2')) {
        3
    } else {
        4
    };
    let good = whole.starts_with('0')
        && all_digits(&whole, area + 7, area + 8)
        && extension.is_none_or(|digits| all_digits(digits, 1, 6));
    let tail = extension.map(|digits| format!("-{digits}")).unwrap_or_default();
    good.then(|| format!("{}-{}{tail}", &whole[..area], &whole[area..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn mobile_numbers_take_one_form() {
        for text in [
            "13912345678",
            "139 1234 5678",
            "+86 139-1234-5678",
            "008613912345678",
            "１３９１２３４５６７８",
        ] {
            assert_eq!(Phone::mobile(text).unwrap().expose(), "13912345678", "{text}");
        }
        assert_eq!(Phone::mobile("+852 9123 4567").unwrap().expose(), "+85291234567");
    }

    #[test]
    fn what_is_no_mobile_number_is_refused() {
        for text in [
            "",
            "12912345678",
            "1391234567",
            "139123456789",
            "+8612345",
            "abc",
            "1.39E+10",
            "+0123456789",
        ] {
            assert_eq!(Phone::mobile(text), Err(PhoneError::Mobile), "{text}");
        }
    }

    #[test]
    fn landlines_and_service_numbers_are_accepted_where_any_number_is() {
        let any = |text| Phone::any(text).map(|phone| phone.expose().to_owned());
        assert_eq!(any("02583301234"), Ok("025-83301234".into()));
        assert_eq!(any("（0551）6360 1234"), Err(PhoneError::Any));
        assert_eq!(any("(0551)63601234"), Ok("0551-63601234".into()));
        assert_eq!(any("025-83301234-801"), Ok("025-83301234-801".into()));
        assert_eq!(any("400-820-8820"), Ok("4008208820".into()));
        assert_eq!(any("83301234"), Err(PhoneError::Any));
    }

    #[test]
    fn a_number_hides_itself() {
        let phone = Phone::mobile("13912345678").unwrap();
        assert_eq!(
            format!("{phone:?} {phone} {}", phone.masked()),
            "Phone(***) *** 139****5678"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_read_reads_again(text in "[-+0-9０-９ ()（）x]{0,24}|\\PC*") {
            if let Ok(phone) = Phone::any(&text) {
                let _ = phone.masked();
                prop_assert_eq!(Phone::any(phone.expose()), Ok(phone));
            }
        }
    }
}
