//! What a good password is: two profiles. `asvs` (OWASP ASVS 5.0 §6.2) for students; `mlps3`
//! (GB/T 22239-2019 level 3, 8.1.4.1) for staff and employers.

use crate::access::Role;
use crate::auth::blocklist;
use jiff::{SignedDuration, Timestamp};

/// A set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: &'static str,
    /// The fewest characters.
    pub min: usize,
    /// The fewest kinds of characters (small, capital, digit, other).
    pub classes: usize,
    /// After how many days it has to be changed.
    pub days: Option<i64>,
    /// How many earlier ones may not come back.
    pub history: usize,
}

/// The most characters of any password; longer ones only cost time.
pub const MAX: usize = 128;

/// Long, not common, nothing else.
pub const ASVS: Profile = Profile {
    name: "asvs",
    min: 12,
    classes: 1,
    days: None,
    history: 0,
};
/// Composition, age and history besides.
pub const MLPS3: Profile = Profile {
    name: "mlps3",
    min: 12,
    classes: 3,
    days: Some(90),
    history: 5,
};

/// The profile of a role.
pub const fn profile(role: Role) -> &'static Profile {
    match role {
        Role::Student => &ASVS,
        Role::Employer | Role::College | Role::School | Role::Platform => &MLPS3,
    }
}

/// Why a new password is refused; the codes of its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than the profile's characters.
    TooShort(usize),
    /// More than [`MAX`] characters.
    TooLong,
    /// Fewer kinds of characters than the profile asks for.
    FewClasses(usize),
    /// On the list of common passwords, or made of the account's own name.
    Common,
    /// One of the last ones.
    Reused,
    /// The present one.
    Same,
}

impl Weakness {
    /// The code of its text.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort(_) => "too_short",
            Self::TooLong => "too_long",
            Self::FewClasses(_) => "too_simple",
            Self::Common => "too_common",
            Self::Same => "same_as_old",
            Self::Reused => "used_before",
        }
    }
}

/// Checks a new password; `own` are words of the account (login, name, school) that may not make it up.
/// Whether it was used before, only the hashes can tell.
pub fn check(profile: &Profile, password: &str, own: &[&str]) -> Result<(), Weakness> {
    let length = password.chars().count();
    if length < profile.min {
        return Err(Weakness::TooShort(profile.min));
    }
    if length > MAX {
        return Err(Weakness::TooLong);
    }
    if classes(password) < profile.classes {
        return Err(Weakness::FewClasses(profile.classes));
    }
    if blocklist::is_common(password, own) {
        Err(Weakness::Common)
    } else {
        Ok(())
    }
}

fn classes(password: &str) -> usize {
    let kinds: [fn(char) -> bool; 4] = [char::is_lowercase, char::is_uppercase, char::is_numeric, |c| {
        !c.is_alphanumeric()
    }];
    kinds.iter().filter(|kind| password.chars().any(**kind)).count()
}

/// Whether a password is older than its profile allows.
pub fn is_due(role: Role, set_at: Option<Timestamp>, now: Timestamp) -> bool {
    let Some((days, set_at)) = profile(role).days.zip(set_at) else {
        return false;
    };
    now.duration_since(set_at) >= SignedDuration::from_hours(days * 24)
}
