//! People who log in. One row per person; accounts of employers and of the platform belong to no school
//! ([`SchoolId::NONE`]). What a good password is, and when an account is locked, the door decides.

use std::fmt;

use domain::ids::{AccountId, CollegeId, EmployerId, SchoolId, StudentId};
use jiff::Timestamp;

use crate::db::{Cell, Column, Conn, Error, Json, ToValue, Value};
use crate::{codes, exec, fetch_all, fetch_opt, row, sessions};

codes! {
    /// What a person is to the system.
    pub enum Role {
        /// 用人单位.
        Employer = "employer",
        /// 毕业生.
        Student = "student",
        /// 院系审核人.
        College = "college",
        /// 学校就业中心.
        School = "school",
        /// 平台管理员.
        Platform = "platform",
    }
}

codes! {
    /// Whether somebody can log in.
    pub enum Status {
        /// Has an activation link and no password yet.
        Invited = "invited",
        /// Can log in.
        Active = "active",
        /// Cannot.
        Disabled = "disabled",
    }
}

/// A password's hash in PHC format. Prints as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl ToValue for PasswordHash {
    fn to_value(&self) -> Value<'_> {
        self.0.to_value()
    }
}

impl Column for PasswordHash {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        String::from_cell(cell).map(Self)
    }
}

/// Earlier hashes, the latest first. Prints as `***`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PasswordHistory(pub Vec<String>);

impl fmt::Debug for PasswordHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Column for PasswordHistory {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        Json::from_cell(cell).map(|Json(hashes)| Self(hashes))
    }
}

row! {
    /// A person who can log in, or will be able to.
    #[derive(Debug, Clone)]
    pub struct Account {
        /// The school, or none.
        pub school_id: SchoolId,
        /// Which.
        pub id: AccountId,
        /// The role.
        pub role: Role,
        /// The login name, unique in the school.
        pub login: String,
        /// The person's name.
        pub name: String,
        /// The employer, exactly for the role employer.
        pub employer_id: Option<EmployerId>,
        /// The student, exactly for the role student.
        pub student_id: Option<StudentId>,
        /// The password's hash, once one is set.
        pub password_hash: Option<PasswordHash>,
        /// When it was set.
        pub password_set_at: Option<Timestamp>,
        /// Earlier hashes.
        pub password_history: PasswordHistory,
        /// Whether the person can log in.
        pub status: Status,
        /// Wrong passwords since the last right one.
        pub failures: u32,
        /// Locked until then.
        pub locked_until: Option<Timestamp>,
        /// Until when the activation link works.
        pub activation_expires_at: Option<Timestamp>,
        /// The chosen language.
        pub locale: Option<String>,
        /// When the account was made.
        pub created_at: Timestamp,
    }
}

/// An account to be made: invited, without a password.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The school, or none.
    pub school_id: SchoolId,
    /// Which.
    pub id: AccountId,
    /// The role.
    pub role: Role,
    /// The login name, unique in the school.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The employer, exactly for the role employer.
    pub employer_id: Option<EmployerId>,
    /// The student, exactly for the role student.
    pub student_id: Option<StudentId>,
    /// Now.
    pub created_at: Timestamp,
}

const BY_LOGIN: &str = "SELECT school_id, id, role, login, name, employer_id, student_id, password_hash, \
     password_set_at, password_history, status, failures, locked_until, activation_expires_at, locale, created_at \
     FROM account WHERE school_id = $1 AND login = $2";

const BY_ID: &str = "SELECT school_id, id, role, login, name, employer_id, student_id, password_hash, \
     password_set_at, password_history, status, failures, locked_until, activation_expires_at, locale, created_at \
     FROM account WHERE school_id = $1 AND id = $2";

const BY_ACTIVATION: &str = "SELECT school_id, id, role, login, name, employer_id, student_id, password_hash, \
     password_set_at, password_history, status, failures, locked_until, activation_expires_at, locale, created_at \
     FROM account WHERE school_id = $1 AND activation_hash = $2";

const BY_ROLE: &str = "SELECT school_id, id, role, login, name, employer_id, student_id, password_hash, \
     password_set_at, password_history, status, failures, locked_until, activation_expires_at, locale, created_at \
     FROM account WHERE school_id = $1 AND role = $2 ORDER BY id";

/// The account with this login name, if it has one of the roles.
pub async fn by_login(
    c: &mut Conn<'_>,
    school: SchoolId,
    login: &str,
    roles: &[Role],
) -> Result<Option<Account>, Error> {
    let account = fetch_opt!(c, Account, BY_LOGIN, school, login)?;
    Ok(account.filter(|account| roles.contains(&account.role)))
}

/// The account with this identifier.
pub async fn by_id(c: &mut Conn<'_>, school: SchoolId, id: AccountId) -> Result<Option<Account>, Error> {
    fetch_opt!(c, Account, BY_ID, school, id)
}

/// The account that this activation token (its hash) was made for; whether it is still good, the account says.
pub async fn by_activation(
    c: &mut Conn<'_>,
    school: SchoolId,
    token_hash: &[u8],
) -> Result<Option<Account>, Error> {
    fetch_opt!(c, Account, BY_ACTIVATION, school, token_hash)
}

/// All accounts of a role at a school (or of none).
pub async fn by_role(c: &mut Conn<'_>, school: SchoolId, role: Role) -> Result<Vec<Account>, Error> {
    fetch_all!(c, Account, BY_ROLE, school, role)
}

/// Makes an account. `Error::Unique("account_login")` when the login name is taken.
pub async fn create(c: &mut Conn<'_>, new: &NewAccount) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO account (school_id, id, role, login, name, employer_id, student_id, password_history, status, \
         failures, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, '[]', 'invited', 0, $8)",
        new.school_id,
        new.id,
        new.role,
        new.login,
        new.name,
        new.employer_id,
        new.student_id,
        new.created_at
    )?;
    Ok(())
}

/// Sets a password: the account becomes active, its activation link and its locks are void, and **all its
/// sessions end** (also the one that asked: begin a new one).
pub async fn set_password(
    c: &mut Conn<'_>,
    (school, id): (SchoolId, AccountId),
    hash: &PasswordHash,
    history: &[String],
    now: Timestamp,
) -> Result<(), Error> {
    let rows = exec!(
        c,
        "UPDATE account SET password_hash = $3, password_history = $4, password_set_at = $5, status = 'active', \
         failures = 0, locked_until = NULL, activation_hash = NULL, activation_expires_at = NULL \
         WHERE school_id = $1 AND id = $2 AND status <> 'disabled'",
        school,
        id,
        hash,
        Json(history),
        now
    )?;
    if rows == 0 {
        return Err(Error::NotFound);
    }
    sessions::delete_all_of(c, school, id).await?;
    Ok(())
}

/// Replaces the hash of the *same* password (stronger parameters, at login).
pub async fn rehash(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AccountId,
    hash: &PasswordHash,
) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE account SET password_hash = $3 WHERE school_id = $1 AND id = $2",
        school,
        id,
        hash
    )?;
    Ok(())
}

/// Counts a wrong password: the new number of failures, and the time until which the account is locked.
pub async fn record_failure(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AccountId,
    failures: u32,
    locked_until: Option<Timestamp>,
) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE account SET failures = $3, locked_until = $4 WHERE school_id = $1 AND id = $2",
        school,
        id,
        failures,
        locked_until
    )?;
    Ok(())
}

/// Forgets the wrong passwords.
pub async fn clear_failures(c: &mut Conn<'_>, school: SchoolId, id: AccountId) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE account SET failures = 0, locked_until = NULL WHERE school_id = $1 AND id = $2",
        school,
        id
    )?;
    Ok(())
}

/// Gives an account a new activation token (its hash); an older one stops working.
pub async fn set_activation(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AccountId,
    token_hash: &[u8],
    expires_at: Timestamp,
) -> Result<(), Error> {
    let rows = exec!(
        c,
        "UPDATE account SET activation_hash = $3, activation_expires_at = $4 \
         WHERE school_id = $1 AND id = $2 AND status <> 'disabled'",
        school,
        id,
        token_hash,
        expires_at
    )?;
    if rows == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Remembers the chosen language.
pub async fn set_locale(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AccountId,
    locale: &str,
) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE account SET locale = $3 WHERE school_id = $1 AND id = $2",
        school,
        id,
        locale
    )?;
    Ok(())
}

/// Takes away the right to log in, at once: all sessions end.
pub async fn disable(c: &mut Conn<'_>, school: SchoolId, id: AccountId) -> Result<(), Error> {
    exec!(
        c,
        "UPDATE account SET status = 'disabled', activation_hash = NULL WHERE school_id = $1 AND id = $2",
        school,
        id
    )?;
    sessions::delete_all_of(c, school, id).await?;
    Ok(())
}

/// Makes a reviewer responsible for one more college.
pub async fn add_college(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AccountId,
    college: CollegeId,
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO account_college (school_id, account_id, college_id) VALUES ($1, $2, $3) \
         ON CONFLICT (school_id, account_id, college_id) DO NOTHING",
        school,
        id,
        college
    )?;
    Ok(())
}

/// The colleges a reviewer is responsible for.
pub async fn colleges_of(c: &mut Conn<'_>, school: SchoolId, id: AccountId) -> Result<Vec<CollegeId>, Error> {
    let rows = fetch_all!(
        c,
        (CollegeId,),
        "SELECT college_id FROM account_college WHERE school_id = $1 AND account_id = $2 ORDER BY college_id",
        school,
        id
    )?;
    Ok(rows.into_iter().map(|(college,)| college).collect())
}
