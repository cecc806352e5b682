//! Numbers that look real and pass every check, but belong to nobody.

use super::random::Seeded;
use domain::codes::{IdNumber, Uscc, organisation_check};
use jiff::civil::Date;

/// An identity number. Its region ends in 0000, which is a whole province and never stands in a real one.
pub fn identity(rng: &Seeded, province: &str, birth: Date, gender: &str) -> String {
    let mut order = rng.below(999);
    if (order % 2 == 1) != (gender == "1") {
        order += 1;
    }
    let body = format!("{province}{}{order:03}", birth.strftime("%Y%m%d"));
    let checked = "0123456789X".chars().map(|check| format!("{body}{check}"));
    checked
        .into_iter()
        .find(|number| IdNumber::parse(number).is_ok())
        .unwrap_or(body)
}

/// A passport number of no country.
pub fn passport(rng: &Seeded) -> String {
    format!("XX{:07}", rng.below(10_000_000))
}

/// A mobile number. 1400 belongs to machines, whose numbers have 13 digits.
pub fn mobile(rng: &Seeded) -> String {
    format!("1400{:07}", rng.below(10_000_000))
}

/// A landline. Within an area no number begins with 0, so this one rings nowhere.
pub fn landline(area: &str, rng: &Seeded) -> String {
    format!("{area}-0000{:04}", rng.below(10_000))
}

/// A 统一社会信用代码 of the `n`th employer. The registries give organisation codes of digits or of MA…,
/// never of DM….
pub fn uscc(kind: &str, province: &str, n: usize) -> String {
    let organisation = format!("DM{n:06}");
    let check = organisation_check(&organisation).unwrap_or('0');
    let body = format!("{kind}{province}{organisation}{check}");
    let fits = |code: &String| Uscc::parse(code).is_ok_and(|code| code.warning().is_none());
    let checked = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .map(|check| format!("{body}{check}"));
    checked.into_iter().find(fits).unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::codes::Phone;

    #[test]
    fn every_number_passes_its_check() {
        let rng = Seeded::new("numbers");
        for n in 0..200 {
            let gender = if n % 2 == 0 { "1" } else { "2" };
            let birth = jiff::civil::date(2004, 2, 29);
            let number = IdNumber::parse(&identity(&rng, "420000", birth, gender)).unwrap();
            assert_eq!((number.birth(), number.gender()), (Some(birth), Some(gender)));
            let code = Uscc::parse(&uscc("91", "420000", n)).unwrap();
            assert_eq!(code.warning(), None, "{code}");
            assert!(Phone::mobile(&mobile(&rng)).is_ok());
            assert!(Phone::any(&landline("027", &rng)).is_ok());
            assert!(IdNumber::parse(&passport(&rng)).is_ok());
        }
    }
}
