//! Identifiers that follow from a number, so that a script of `pgbench` can make them too.

use domain::ids::{AccountId, AgreementId, CollegeId, EmployerId, SchoolId, StudentId};
use uuid::Uuid;

/// The only school; the first that a store makes.
pub const SCHOOL: SchoolId = SchoolId(1);
/// Its code.
pub const SCHOOL_CODE: &str = "10001";
/// The graduation year.
pub const YEAR: i32 = 2027;
/// Employers; agreement `n` is of employer `n` modulo this.
pub const EMPLOYERS: u64 = 40;
/// Colleges; student `n` is in college `n` modulo this.
pub const COLLEGES: u64 = 20;

/// What a number is added to, so that it has twelve digits, which are hexadecimal digits too.
pub const BASE: u64 = 100_000_000_000;

/// The first 24 characters of identifiers of one kind.
pub fn prefix(kind: u16) -> String {
    format!("0190{kind:04}-0000-7000-8000-")
}

fn id(kind: u16, n: u64) -> Uuid {
    let high = 0x0190_0000_0000_7000_8000_0000_0000_0000_u128;
    let kind = u128::from_str_radix(&kind.to_string(), 16).unwrap_or_default() << 96;
    let n = u128::from_str_radix(&(BASE + n).to_string(), 16).unwrap_or_default();
    Uuid::from_u128(high | kind | n)
}

/// Agreement `n`.
pub fn agreement(n: u64) -> AgreementId {
    AgreementId(id(1, n))
}

/// Student `n`.
pub fn student(n: u64) -> StudentId {
    StudentId(id(2, n))
}

/// Student `n`'s account.
pub fn student_account(n: u64) -> AccountId {
    AccountId(id(3, n))
}

/// College `n` modulo their number.
pub fn college(n: u64) -> CollegeId {
    CollegeId(id(4, n % COLLEGES))
}

/// The account of the reviewer of a college.
pub fn reviewer(n: u64) -> AccountId {
    AccountId(id(5, n % COLLEGES))
}

/// Employer `n` modulo their number.
pub fn employer(n: u64) -> EmployerId {
    EmployerId(id(6, n % EMPLOYERS))
}

/// The account of an employer's member.
pub fn member(n: u64) -> AccountId {
    AccountId(id(7, n % EMPLOYERS))
}

/// The account of the school's staff.
pub fn staff() -> AccountId {
    AccountId(id(8, 0))
}

/// The number in an identifier made here, if it is one, with its kind's prefix.
pub fn number(text: &str) -> Option<(&str, u64)> {
    let (prefix, digits) = text.split_at_checked(24)?;
    let kind = prefix.strip_prefix("0190")?.strip_suffix("-0000-7000-8000-")?;
    if kind.len() != 4 || !kind.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((prefix, digits.parse::<u64>().ok()?.checked_sub(BASE)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_gives_its_number_back() {
        let text = agreement(4711).to_string();
        assert_eq!(text, "01900001-0000-7000-8000-100000004711");
        assert_eq!(number(&text), Some((prefix(1).as_str(), 4711)));
        assert_eq!(number("0190ab01-0000-7000-8000-100000004711"), None);
        assert_eq!(number("short"), None);
    }
}
