//! Demo mode: a database with made-up people whose passwords everybody knows. It is marked as such, never
//! mixed with real data, and never served to another machine.
//!
//! `world` and `names` hold what is invented, `people`, `terms` and `stories` make a [`plan::Plan`] of it
//! (always the same one for the same moment), `setting` and `play` write that through the functions that
//! the pages use.

mod accounts;
mod licence;
mod names;
mod numbers;
mod people;
mod plan;
mod play;
mod random;
mod resume;
mod script;
mod seed;
mod setting;
mod stories;
mod terms;
#[cfg(test)]
mod tests;
mod world;

use crate::failure::usage;
use anyhow::Context;
use serde::Serialize;
use store::accounts::{PasswordHash, Role};
use store::{Conn, Store, schools};
use web::auth::password::{Cost, Hasher};

/// The answer that every captcha takes in demo mode.
pub const CAPTCHA: &str = "demo";

/// The password of every demo account.
const PASSWORD: &str = "Qingshan-2048";

/// The parameter that marks a demo school.
const MARK: &str = "demo";

/// An account that people may try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// employer, student, college, school or platform.
    #[serde(serialize_with = "role_code")]
    pub role: Role,
    /// Code of the school, where the account belongs to one.
    pub school: Option<String>,
    /// The person's name.
    pub name: String,
    /// Login name.
    pub login: String,
    /// Password.
    pub password: String,
    /// What there is to see.
    pub note: &'static str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn role_code<S: serde::Serializer>(role: &Role, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(role.code())
}

/// Fills an empty database with demo data, or finds it there; the accounts to try.
pub async fn prepare(store: &Store) -> anyhow::Result<Vec<Account>> {
    if !is_demo(store).await? {
        let schools = store.read(|c| Box::pin(schools::all(c))).await?;
        if !schools.is_empty() {
            return Err(usage(
                "this database holds real data; demo data goes into a database of its own",
            ));
        }
        // One hash for all: hashing each account's would take a minute, and everybody knows the password.
        let hasher = Hasher::new(Cost::default(), store.env().clone());
        let hash = hasher
            .hash(PASSWORD.to_owned())
            .await
            .map_err(|_| anyhow::anyhow!("the password could not be hashed"))?;
        seed::seed(store, PasswordHash(hash)).await.context("demo data")?;
    }
    Ok(accounts::list(store).await?)
}

/// Whether the database holds demo data.
pub async fn is_demo(store: &Store) -> anyhow::Result<bool> {
    Ok(store.read(|c| Box::pin(marked(c))).await?)
}

async fn marked(c: &mut Conn<'_>) -> Result<bool, store::Error> {
    for school in schools::all(c).await? {
        if schools::params(c, school.id, 0).await?.contains_key(MARK) {
            return Ok(true);
        }
    }
    Ok(false)
}
