//! Schools, their graduation years and their parameters.

use std::collections::BTreeMap;

use domain::ids::{AccountId, SchoolId};
use jiff::Timestamp;
use serde_json::Value as JsonValue;

use crate::db::{Conn, Error};
use crate::{exec, fetch_all, fetch_one, fetch_opt, row};

row! {
    /// A school 学校.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct School {
        /// Which.
        pub id: SchoolId,
        /// The national code of the institution (院校代码), in addresses and numbers.
        pub code: String,
        /// The full name.
        pub name: String,
        /// The short name.
        pub short_name: String,
        /// Whom to ask.
        pub contact: String,
        /// The office's telephone.
        pub phone: String,
        /// The postal address.
        pub address: String,
        /// The postal code.
        pub postcode: String,
        /// When it joined.
        pub created_at: Timestamp,
    }
}

/// A school to be made.
#[derive(Debug, Clone, Default)]
pub struct NewSchool {
    /// The national code of the institution.
    pub code: String,
    /// The full name.
    pub name: String,
    /// The short name.
    pub short_name: String,
    /// Whom to ask.
    pub contact: String,
    /// The office's telephone.
    pub phone: String,
    /// The postal address.
    pub address: String,
    /// The postal code.
    pub postcode: String,
}

/// All schools, by code.
pub async fn all(c: &mut Conn<'_>) -> Result<Vec<School>, Error> {
    fetch_all!(
        c,
        School,
        "SELECT id, code, name, short_name, contact, phone, address, postcode, created_at FROM school ORDER BY code"
    )
}

/// The school with this code.
pub async fn by_code(c: &mut Conn<'_>, code: &str) -> Result<Option<School>, Error> {
    fetch_opt!(
        c,
        School,
        "SELECT id, code, name, short_name, contact, phone, address, postcode, created_at FROM school WHERE code = $1",
        code
    )
}

/// The school with this number.
pub async fn by_id(c: &mut Conn<'_>, id: SchoolId) -> Result<Option<School>, Error> {
    fetch_opt!(
        c,
        School,
        "SELECT id, code, name, short_name, contact, phone, address, postcode, created_at FROM school WHERE id = $1",
        id
    )
}

/// Makes a school and gives it the next number. `Error::Unique("school_code")` when the code is taken.
pub async fn create(c: &mut Conn<'_>, new: &NewSchool, now: Timestamp) -> Result<SchoolId, Error> {
    let (id,) = fetch_one!(
        c,
        (SchoolId,),
        "INSERT INTO school (id, code, name, short_name, contact, phone, address, postcode, created_at) \
         VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM school), $1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        new.code,
        new.name,
        new.short_name,
        new.contact,
        new.phone,
        new.address,
        new.postcode,
        now
    )?;
    Ok(id)
}

/// The graduation years of a school, the latest first.
pub async fn years(c: &mut Conn<'_>, school: SchoolId) -> Result<Vec<i32>, Error> {
    let rows = fetch_all!(
        c,
        (i32,),
        "SELECT year FROM graduation_year WHERE school_id = $1 ORDER BY year DESC",
        school
    )?;
    Ok(rows.into_iter().map(|(year,)| year).collect())
}

/// Opens a graduation year; nothing happens when it is open already.
pub async fn add_year(c: &mut Conn<'_>, school: SchoolId, year: i32) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO graduation_year (school_id, year) VALUES ($1, $2) ON CONFLICT (school_id, year) DO NOTHING",
        school,
        year
    )?;
    Ok(())
}

/// The parameters in force for a graduation year: those for all years, and over them those of the year.
pub async fn params(
    c: &mut Conn<'_>,
    school: SchoolId,
    year: i32,
) -> Result<BTreeMap<String, JsonValue>, Error> {
    let rows = fetch_all!(
        c,
        (String, JsonValue),
        "SELECT key, value FROM school_param WHERE school_id = $1 AND year IN (0, $2) ORDER BY year",
        school,
        year
    )?;
    Ok(rows.into_iter().collect())
}

/// A parameter's new value.
#[derive(Debug, Clone)]
pub struct ParamChange {
    /// The graduation year, 0 for all.
    pub year: i32,
    /// The parameter.
    pub key: String,
    /// Its value.
    pub value: JsonValue,
    /// Who sets it; nobody when the command line does.
    pub by: Option<AccountId>,
}

/// Sets a parameter. Whether the value is one, `domain::params` has decided before.
pub async fn set_param(
    c: &mut Conn<'_>,
    school: SchoolId,
    change: &ParamChange,
    now: Timestamp,
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO school_param (school_id, year, key, value, updated_by, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (school_id, year, key) DO UPDATE SET \
         value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at",
        school,
        change.year,
        change.key,
        change.value,
        change.by,
        now
    )?;
    Ok(())
}
