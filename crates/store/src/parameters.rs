//! The page of the parameters: what is set for the school and for a year, and every change with who made
//! it. What a value may be, `domain::params` decides before.

use domain::ids::{AccountId, SchoolId};
use domain::ports::Env;
use jiff::Timestamp;
use serde_json::Value as JsonValue;
use uuid::Uuid;

use crate::db::{Conn, Error};
use crate::{exec, fetch_all, fetch_opt, row};

row! {
    /// A value that was set.
    #[derive(Debug, Clone)]
    pub struct Setting {
        /// The graduation year; 0 for all.
        pub year: i32,
        /// The parameter.
        pub key: String,
        /// Its value.
        pub value: JsonValue,
        /// Who set it; nobody when it was set up without a person.
        pub by: Option<String>,
        /// When.
        pub updated_at: Timestamp,
    }
}

row! {
    /// One change of one parameter.
    #[derive(Debug, Clone)]
    pub struct Change {
        /// Which.
        pub id: Uuid,
        /// The graduation year; 0 for all.
        pub year: i32,
        /// The parameter.
        pub key: String,
        /// The value before; nothing when none of its own was set.
        pub old_value: Option<JsonValue>,
        /// The value since; nothing when it was given up.
        pub new_value: Option<JsonValue>,
        /// Who changed it.
        pub by: Option<String>,
        /// When.
        pub at: Timestamp,
    }
}

/// Everything that is set at a school, for all years and for each.
pub async fn settings(c: &mut Conn<'_>, school: SchoolId) -> Result<Vec<Setting>, Error> {
    fetch_all!(
        c,
        Setting,
        "SELECT p.year, p.key, p.value, a.name AS by, p.updated_at FROM school_param p \
         LEFT JOIN account a ON a.school_id = p.school_id AND a.id = p.updated_by \
         WHERE p.school_id = $1 ORDER BY p.year, p.key",
        school
    )
}

/// The latest changes before `after`, at most `limit`.
pub async fn changes(
    c: &mut Conn<'_>,
    school: SchoolId,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Change>, Error> {
    let (at, id) = after.unwrap_or((Timestamp::MAX, Uuid::max()));
    fetch_all!(
        c,
        Change,
        "SELECT h.id, h.year, h.key, h.old_value, h.new_value, a.name AS by, h.at FROM school_param_change h \
         LEFT JOIN account a ON a.school_id = h.school_id AND a.id = h.account_id \
         WHERE h.school_id = $1 AND (h.at, h.id) < ($2, $3) ORDER BY h.at DESC, h.id DESC LIMIT $4",
        school,
        at,
        id,
        limit
    )
}

/// How many changes there were: the version of the whole page.
pub async fn version(c: &mut Conn<'_>, school: SchoolId) -> Result<i64, Error> {
    let (count,) = crate::fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM school_param_change WHERE school_id = $1",
        school
    )?;
    Ok(count)
}

/// What somebody saves.
#[derive(Debug, Clone)]
pub struct Save {
    /// The graduation year; 0 for all.
    pub year: i32,
    /// Parameters with their values; nothing to give up a value of one's own.
    pub values: Vec<(&'static str, Option<JsonValue>)>,
    /// Who.
    pub by: AccountId,
    /// The version that they saw.
    pub version: i64,
}

/// Sets what differs from what is stored and writes down each change; how many there were.
/// [`Error::Stale`] when somebody else has changed anything since.
pub async fn save(c: &mut Conn<'_>, school: SchoolId, save: &Save, env: &Env) -> Result<usize, Error> {
    // Two who save at once meet here: the second waits, and then sees the first one's version.
    exec!(c, "UPDATE school SET code = code WHERE id = $1", school)?;
    if version(c, school).await? != save.version {
        return Err(Error::Stale);
    }
    let now = env.now();
    let mut changed = 0;
    for (key, value) in &save.values {
        let old = fetch_opt!(
            c,
            (JsonValue,),
            "SELECT value FROM school_param WHERE school_id = $1 AND year = $2 AND key = $3",
            school,
            save.year,
            *key
        )?;
        let old = old.map(|(value,)| value);
        if old == *value {
            continue;
        }
        put(c, school, (save, key, value.as_ref()), now).await?;
        exec!(
            c,
            "INSERT INTO school_param_change (school_id, id, year, key, old_value, new_value, account_id, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            school,
            domain::ids::uuid_v7(now, env.random.as_ref()),
            save.year,
            *key,
            old,
            value,
            save.by,
            now
        )?;
        changed += 1;
    }
    Ok(changed)
}

async fn put(
    c: &mut Conn<'_>,
    school: SchoolId,
    (save, key, value): (&Save, &str, Option<&JsonValue>),
    now: Timestamp,
) -> Result<(), Error> {
    if let Some(value) = value {
        let change = crate::schools::ParamChange {
            year: save.year,
            key: key.to_owned(),
            value: value.clone(),
            by: Some(save.by),
        };
        return crate::schools::set_param(c, school, &change, now).await;
    }
    exec!(
        c,
        "DELETE FROM school_param WHERE school_id = $1 AND year = $2 AND key = $3",
        school,
        save.year,
        key
    )?;
    Ok(())
}
