//! What the frame of a page shows about its person: unit, unread messages, what waits, other places.

use crate::access::Role;
use crate::ctx::{Ctx, School};
use crate::error::Result;
use crate::views::frame::{Area, Place, PlaceChoice};
use domain::ids::{AccountId, SchoolId};
use domain::notice::Audience;
use domain::policy::Actor;
use store::surroundings::{self, PlaceRow};
use store::{Conn, Error, inbox};

/// The frame's own data.
#[derive(Debug, Clone, Default)]
pub struct Nav {
    /// The unit: employer, colleges.
    pub unit: String,
    /// Unread messages.
    pub unread: u64,
    /// What waits for the person.
    pub waiting: u64,
    /// Places of an employer.
    pub places: Vec<PlaceChoice>,
}

/// The area of the site a role works in.
pub const fn area(role: Role) -> Area {
    match role {
        Role::Employer => Area::Employer,
        Role::Student => Area::Student,
        Role::College => Area::College,
        Role::School => Area::School,
        Role::Platform => Area::Platform,
    }
}

impl From<PlaceRow> for School {
    fn from(row: PlaceRow) -> Self {
        let contact = contact_line(&row.contact, &row.phone);
        Self {
            id: row.school_id,
            code: row.code,
            name: row.name,
            contact,
        }
    }
}

/// Contact and telephone as one line.
pub fn contact_line(contact: &str, phone: &str) -> String {
    [contact, phone]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whose frame: what the reads below need to know.
#[derive(Debug, Clone)]
pub struct Whose {
    /// The actor.
    pub actor: Actor,
    /// The school in view.
    pub school: Option<SchoolId>,
    /// The year in view.
    pub year: Option<i32>,
}

/// Loads it in a read of its own (for the page of a refused change).
pub async fn load(ctx: &Ctx) -> Result<Nav> {
    let whose = Whose {
        actor: ctx.actor.clone(),
        school: ctx.school.as_ref().map(|school| school.id),
        year: ctx.year,
    };
    let nav = ctx.store().read(move |c| {
        let whose = whose.clone();
        Box::pin(async move { read(c, &whose).await })
    });
    Ok(nav.await?)
}

/// Reads what the frame shows, on the connection of the page's first read.
pub async fn read(c: &mut Conn<'_>, whose: &Whose) -> std::result::Result<Nav, Error> {
    match (&whose.actor, whose.school) {
        (Actor::Employer { .. }, _) => employer(c, whose).await,
        (Actor::Student { account, student, .. }, Some(school)) => Ok(Nav {
            unread: unread(c, school, *account, &[Audience::Student(*student)]).await?,
            waiting: count(surroundings::waiting_for_student(c, school, *student).await?),
            ..Nav::default()
        }),
        (Actor::College { account, .. }, Some(school)) => college(c, school, *account).await,
        (Actor::School { account, .. }, Some(school)) => Ok(Nav {
            unread: unread(c, school, *account, &[Audience::School]).await?,
            waiting: count(surroundings::waiting_for_school(c, school).await?),
            ..Nav::default()
        }),
        _ => Ok(Nav::default()),
    }
}

async fn employer(c: &mut Conn<'_>, whose: &Whose) -> std::result::Result<Nav, Error> {
    let Actor::Employer { account, employer } = whose.actor else {
        return Ok(Nav::default());
    };
    let pending = surroundings::pending(c, employer).await?;
    let open = |school, year| {
        pending
            .iter()
            .find(|row| (row.0, row.1) == (school, year))
            .map_or(0, |row| count(row.2))
    };
    let places = surroundings::places(c, employer).await?;
    let unread = match whose.school {
        Some(school) => unread(c, school, account, &[Audience::Employer(employer)]).await?,
        None => 0,
    };
    Ok(Nav {
        unit: surroundings::employer_name(c, employer).await?,
        unread,
        waiting: whose
            .school
            .zip(whose.year)
            .map_or(0, |(school, year)| open(school, year)),
        places: places
            .into_iter()
            .map(|row| PlaceChoice {
                pending: open(row.school_id, row.year),
                place: Place {
                    school: row.code,
                    year: row.year,
                },
                school_name: row.name,
            })
            .collect(),
    })
}

async fn college(c: &mut Conn<'_>, school: SchoolId, account: AccountId) -> std::result::Result<Nav, Error> {
    let colleges = surroundings::colleges(c, school, account).await?;
    let audiences: Vec<Audience> = colleges.iter().map(|(id, _)| Audience::College(*id)).collect();
    let mut waiting = 0;
    for (id, _) in &colleges {
        waiting += count(surroundings::waiting_for_college(c, school, *id).await?);
    }
    let names: Vec<String> = colleges.into_iter().map(|(_, name)| name).collect();
    Ok(Nav {
        unit: names.join(" / "),
        unread: unread(c, school, account, &audiences).await?,
        waiting,
        ..Nav::default()
    })
}

async fn unread(
    c: &mut Conn<'_>,
    school: SchoolId,
    account: AccountId,
    audiences: &[Audience],
) -> std::result::Result<u64, Error> {
    let seen = inbox::seen(c, school, account).await?;
    let mut sum = 0;
    for audience in audiences {
        sum += count(inbox::unread(c, school, *audience, seen).await?);
    }
    Ok(sum)
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}
