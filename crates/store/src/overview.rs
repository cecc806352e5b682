//! The platform's view: schools, counts, work that was given up. Reads across schools, and only counts.

use jiff::Timestamp;

use crate::db::{Conn, Error};
use crate::{fetch_all, fetch_one, row};

row! {
    /// A school and its numbers.
    #[derive(Debug, Clone)]
    pub struct SchoolRow {
        /// The code.
        pub code: String,
        /// The name.
        pub name: String,
        /// Students.
        pub students: i64,
        /// Agreements in any state.
        pub agreements: i64,
        /// Agreements in force.
        pub effective: i64,
    }
}

row! {
    /// Work that was given up.
    #[derive(Debug, Clone)]
    pub struct DeadRow {
        /// What sort of work.
        pub topic: String,
        /// How often it was tried.
        pub attempts: i64,
        /// When it was given up.
        pub dead_at: Timestamp,
        /// What went wrong.
        pub last_error: Option<String>,
    }
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The schools, by code.
    pub schools: Vec<SchoolRow>,
    /// Certified employers.
    pub employers: i64,
    /// Work that is due and waits; what is planned for later is not counted.
    pub waiting: i64,
    /// Work that was given up, mail left out, the newest first, at most 50.
    pub dead: Vec<DeadRow>,
    /// Mail that was given up in the last weeks, the newest first, at most 20.
    pub undelivered: Vec<DeadRow>,
}

/// Reads it.
pub async fn read(c: &mut Conn<'_>, now: Timestamp) -> Result<Overview, Error> {
    let schools = fetch_all!(
        c,
        SchoolRow,
        "SELECT s.code, s.name, \
         (SELECT count(*) FROM student p WHERE p.school_id = s.id) AS students, \
         (SELECT count(*) FROM agreement a WHERE a.school_id = s.id) AS agreements, \
         (SELECT count(*) FROM agreement a WHERE a.school_id = s.id AND a.state = 'effective') AS effective \
         FROM school s ORDER BY s.code"
    )?;
    let (employers,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM employer WHERE certification = 'approved'"
    )?;
    let (waiting,) = fetch_one!(
        c,
        (i64,),
        "SELECT (SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND topic <> 'mail.send' \
         AND available_at <= $1) + (SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL \
         AND topic = 'mail.send' AND available_at <= $1) AS waiting",
        now
    )?;
    let dead = fetch_all!(
        c,
        DeadRow,
        "SELECT topic, attempts, dead_at, last_error FROM outbox WHERE dead_at IS NOT NULL \
         AND topic <> 'mail.send' ORDER BY dead_at DESC, id LIMIT 50"
    )?;
    let undelivered = fetch_all!(
        c,
        DeadRow,
        "SELECT topic, attempts, dead_at, last_error FROM outbox WHERE dead_at IS NOT NULL \
         AND topic = 'mail.send' ORDER BY dead_at DESC, id LIMIT 20"
    )?;
    Ok(Overview {
        schools,
        employers,
        waiting,
        dead,
        undelivered,
    })
}
