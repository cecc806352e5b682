//! Sessions: a random token in a cookie, its SHA-256 in the database. Every answer to "who is this"
//! comes from the database, so that an end takes effect with the next request.

use crate::access::Role;
use crate::app::App;
use crate::auth::policy;
use crate::csrf::Secret;
use crate::ctx::{Ctx, Here, Person, School};
use crate::error::{Error, Result};
use crate::i18n::Lang;
use crate::nav::{self, Nav, Whose};
use crate::seal;
use domain::ids::{AccountId, SchoolId};
use domain::policy::Actor;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::accounts::{self, Account};
use store::sessions::{self, NewSession, SessionRow};
use store::{Conn, schools, surroundings};

/// A session ends after this, whatever happens.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// The last use is noted at most so often, so that reading does not write.
pub const TOUCH: SignedDuration = SignedDuration::from_secs(60);

/// How long a session may rest: students read long texts on the phone, staff leave desks.
pub const fn idle(role: Role) -> SignedDuration {
    match role {
        Role::Student => SignedDuration::from_mins(60),
        Role::Employer | Role::College | Role::School | Role::Platform => SignedDuration::from_mins(30),
    }
}

/// The token of a cookie or a link, split: the school that leads its row's key, and the hash.
#[derive(Clone, Copy)]
pub struct Token {
    /// The school, or none.
    pub school: SchoolId,
    /// SHA-256 of the random part.
    pub hash: [u8; 32],
}

impl Token {
    /// Reads `<school>.<base64url of 32 bytes>`.
    pub fn parse(text: &str) -> Option<Self> {
        let (school, random) = text.split_once('.')?;
        let random = seal::decode(random).filter(|bytes| bytes.len() == 32)?;
        Some(Self {
            school: SchoolId(school.parse().ok()?),
            hash: Sha256::digest(random).into(),
        })
    }

    /// A new one, and the text that only its holder has.
    pub fn new(app: &App, school: SchoolId) -> (Self, String) {
        let random: [u8; 32] = app.env().bytes();
        let text = format!("{school}.{}", seal::encode(&random));
        (
            Self {
                school,
                hash: Sha256::digest(random).into(),
            },
            text,
        )
    }
}

/// What the first read of a request has to find.
#[derive(Clone)]
pub struct Asked {
    /// The session's token.
    pub token: Token,
    /// The school's code and the year in an employer's address.
    pub place: Option<(String, i32)>,
    /// Whether a page is asked for, which shows a frame.
    pub page: bool,
}

/// What it found.
pub struct Found {
    /// Who.
    pub person: Arc<Person>,
    /// Who, for the rules.
    pub actor: Actor,
    /// The school.
    pub school: Option<Arc<School>>,
    /// The year.
    pub year: Option<i32>,
    /// The frame's data, for a page.
    pub nav: Option<Arc<Nav>>,
    /// The secret of the session's forms.
    pub secret: Secret,
    /// Whether the address names a place where the employer may not work.
    pub place_absent: bool,
    /// Whether the password is too old for anything else.
    pub password_due: bool,
    seen_at: Timestamp,
}

impl Found {
    /// The handlers' view of it.
    pub fn ctx(&self, here: &Here) -> Ctx {
        Ctx {
            here: here.clone(),
            person: self.person.clone(),
            actor: self.actor.clone(),
            school: self.school.clone(),
            year: self.year,
            nav: self.nav.clone(),
        }
    }
}

/// The session behind a token, with all that a frame needs, in one read.
pub async fn find(app: &App, asked: Asked, now: Timestamp) -> Result<Option<Found>> {
    let token = asked.token;
    let read = app.store().read(move |c| {
        let asked = asked.clone();
        Box::pin(async move { load(c, &asked, now).await })
    });
    let Some(found) = read.await? else { return Ok(None) };
    if now.duration_since(found.seen_at) >= TOUCH {
        let touch = app.store().write(move |c| {
            Box::pin(async move { sessions::touch(c, token.school, &token.hash, now).await })
        });
        touch.await?;
    }
    Ok(Some(found))
}

async fn load(
    c: &mut Conn<'_>,
    asked: &Asked,
    now: Timestamp,
) -> std::result::Result<Option<Found>, store::Error> {
    let Some(row) = sessions::load(c, asked.token.school, &asked.token.hash).await? else {
        return Ok(None);
    };
    let secret = <Secret>::try_from(row.csrf.as_slice());
    let (Ok(secret), true) = (secret, is_alive(&row, now)) else {
        return Ok(None);
    };
    let Some(actor) = actor(c, &row).await? else {
        return Ok(None);
    };
    let (school, year) = scope(c, asked, &row).await?;
    let mut found = Found {
        secret,
        place_absent: asked.place.is_some() && school.is_none(),
        password_due: policy::is_due(row.role, row.password_set_at, now),
        seen_at: row.seen_at,
        nav: None,
        school: school.map(Arc::new),
        year,
        actor,
        person: Arc::new(person(asked, row)),
    };
    if asked.page {
        let school = found.school.as_ref().map(|school| school.id);
        let whose = Whose {
            actor: found.actor.clone(),
            school,
            year,
        };
        found.nav = Some(Arc::new(nav::read(c, &whose).await?));
    }
    Ok(Some(found))
}

fn is_alive(row: &SessionRow, now: Timestamp) -> bool {
    now < row.expires_at && now.duration_since(row.seen_at) < idle(row.role)
}

async fn actor(c: &mut Conn<'_>, row: &SessionRow) -> std::result::Result<Option<Actor>, store::Error> {
    let (account, school) = (row.account_id, row.school_id);
    Ok(match (row.role, row.employer_id, row.student_id) {
        (Role::Employer, Some(employer), _) => Some(Actor::Employer { account, employer }),
        (Role::Student, _, Some(student)) => Some(Actor::Student {
            account,
            school,
            student,
        }),
        (Role::College, ..) => {
            let colleges = accounts::colleges_of(c, school, account).await?;
            Some(Actor::College {
                account,
                school,
                colleges,
            })
        }
        (Role::School, ..) => Some(Actor::School { account, school }),
        (Role::Platform, ..) => Some(Actor::Platform { account }),
        // The database refuses such rows.
        (Role::Employer, None, _) | (Role::Student, _, None) => None,
    })
}

/// The school in view: the person's own, or the one in an employer's address.
async fn scope(
    c: &mut Conn<'_>,
    asked: &Asked,
    row: &SessionRow,
) -> std::result::Result<(Option<School>, Option<i32>), store::Error> {
    if let (Some(employer), Some((code, year))) = (row.employer_id, &asked.place) {
        let place = surroundings::place(c, employer, code, *year).await?;
        let year = place.as_ref().map(|place| place.year);
        return Ok((place.map(School::from), year));
    }
    if row.school_id == SchoolId::NONE {
        return Ok((None, None));
    }
    Ok((schools::by_id(c, row.school_id).await?.map(School::from), None))
}

impl From<schools::School> for School {
    fn from(row: schools::School) -> Self {
        let contact = nav::contact_line(&row.contact, &row.phone);
        Self {
            id: row.id,
            code: row.code,
            name: row.name,
            contact,
        }
    }
}

fn person(asked: &Asked, row: SessionRow) -> Person {
    Person {
        home: row.school_id,
        account: row.account_id,
        login: row.login,
        name: row.name,
        role: row.role,
        session: asked.token.hash,
        reauth_at: row.reauth_at,
        locale: row.locale.as_deref().and_then(Lang::from_code),
    }
}

/// Begins a session inside a transaction; ends the one that `old` names, so that no token from before
/// a login is worth anything after it.
pub async fn begin(
    c: &mut Conn<'_>,
    new: &NewSession,
    old: Option<Token>,
) -> std::result::Result<(), store::Error> {
    if let Some(old) = old {
        sessions::delete(c, old.school, &old.hash).await?;
    }
    sessions::create(c, new).await
}

/// A session to be begun, and the cookie's value.
pub fn prepare(
    app: &App,
    school: SchoolId,
    account: AccountId,
    now: Timestamp,
) -> Result<(NewSession, String)> {
    let (token, text) = Token::new(app, school);
    let secret: Secret = app.env().bytes();
    let session = NewSession {
        school_id: school,
        token_hash: token.hash.to_vec(),
        account_id: account,
        csrf: secret.to_vec(),
        created_at: now,
        reauth_at: Some(now),
        expires_at: now.checked_add(ABSOLUTE).map_err(Error::internal)?,
    };
    Ok((session, text))
}

/// Who may log in with a password at all.
pub fn may_log_in(account: &Account) -> bool {
    account.status == accounts::Status::Active && account.password_hash.is_some()
}
