//! What a handler knows about its request: who asks, from where, in which language, on whose behalf.
//! Made by the guard; handlers only take it.

use crate::access::Role;
use crate::app::App;
use crate::csrf::{self, Secret};
use crate::error::{Error, Result};
use crate::flash;
use crate::i18n::Lang;
use crate::nav::{self, Nav};
use crate::reply;
use crate::views::frame::{self, Flash, Frame, User};
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use domain::ids::{AccountId, CollegeId, EmployerId, SchoolId, StudentId};
use domain::policy::{self, Action, Actor, Subject};
use domain::ports::Env;
use jiff::Timestamp;
use std::sync::Arc;
use store::Store;

/// The request itself, whoever sent it.
#[derive(Clone)]
pub struct Here {
    /// The door.
    pub app: App,
    /// The language of the answer.
    pub lang: Lang,
    /// The moment of the request.
    pub now: Timestamp,
    /// Path and query: the way back after a switch of language.
    pub path: String,
    /// Whether htmx asks for a part of the page.
    pub htmx: bool,
    /// The client's address, as text.
    pub address: String,
    /// The client's description of itself, at most 200 characters.
    pub client: String,
    /// The secret behind the tokens of this page's forms.
    pub(crate) secret: Secret,
    /// The message for this page.
    pub(crate) flash: Option<Flash>,
}

/// The person behind a session.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account's school; 0 for employers and the platform.
    pub home: SchoolId,
    /// The account.
    pub account: AccountId,
    /// What they type to log in.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The hash of their session's token.
    pub(crate) session: [u8; 32],
    /// When they last typed the password.
    pub reauth_at: Option<Timestamp>,
    /// The chosen language.
    pub locale: Option<Lang>,
}

/// A school, as pages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    /// Which.
    pub id: SchoolId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Contact of the career centre, as one line.
    pub contact: String,
}

/// A request of somebody who is signed in.
#[derive(Clone)]
pub struct Ctx {
    /// The request.
    pub here: Here,
    /// Who.
    pub person: Arc<Person>,
    /// Who, for the rules.
    pub actor: Actor,
    /// The school of the person, or the one an employer works at on this page.
    pub(crate) school: Option<Arc<School>>,
    /// The graduation year an employer works in on this page.
    pub(crate) year: Option<i32>,
    /// What the frame shows; loaded with the session for pages, on demand for changes.
    pub(crate) nav: Option<Arc<Nav>>,
}

/// A request of anybody.
#[derive(Clone)]
pub struct Visitor {
    /// The request.
    pub here: Here,
    /// The person, when somebody is signed in.
    pub ctx: Option<Box<Ctx>>,
}

/// The school and graduation year an employer works in: `At { school, year, .. }: At`.
#[derive(Debug, Clone)]
pub struct At {
    /// The employer.
    pub employer: EmployerId,
    /// The school, which has approved the employer's entry.
    pub school: Arc<School>,
    /// A graduation year of the school.
    pub year: i32,
}

impl Here {
    /// A token for one form of this page.
    pub fn token(&self) -> String {
        csrf::token(self.app.env(), &self.secret)
    }

    /// The frame of a page with nobody in it.
    pub fn frame(&self) -> Frame {
        Frame {
            lang: self.lang,
            now: self.now,
            path: self.path.clone(),
            csrf: self.token(),
            flash: self.flash.clone(),
            user: None,
            school: None,
            place: None,
            places: Vec::new(),
        }
    }
}

impl Ctx {
    /// The memory.
    pub fn store(&self) -> &Store {
        self.here.app.store()
    }

    /// Clock and randomness.
    pub fn env(&self) -> &Env {
        self.here.app.env()
    }

    /// The moment of the request.
    pub fn now(&self) -> Timestamp {
        self.here.now
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.here.lang
    }

    /// The person's account.
    pub fn account(&self) -> AccountId {
        self.person.account
    }

    /// The school of the person, or the one an employer works at on this page.
    pub fn school(&self) -> Result<&School> {
        self.school.as_deref().ok_or(Error::NotFound)
    }

    /// The employer, for accounts of one.
    pub fn employer(&self) -> Result<EmployerId> {
        match &self.actor {
            Actor::Employer { employer, .. } => Ok(*employer),
            _ => Err(Error::NotFound),
        }
    }

    /// The student, for accounts of one.
    pub fn student(&self) -> Result<StudentId> {
        match &self.actor {
            Actor::Student { student, .. } => Ok(*student),
            _ => Err(Error::NotFound),
        }
    }

    /// The colleges of a reviewer; none for everybody else.
    pub fn colleges(&self) -> &[CollegeId] {
        match &self.actor {
            Actor::College { colleges, .. } => colleges,
            _ => &[],
        }
    }

    /// Whether the person may do this to an agreement: foreign answers as absent.
    pub fn may(&self, action: Action, subject: &Subject) -> Result<()> {
        Ok(policy::may(&self.actor, action, subject)?)
    }

    /// The frame of a page. Free on a GET; on a change it reads what the frame shows.
    pub async fn frame(&self) -> Result<Frame> {
        let nav = match &self.nav {
            Some(nav) => nav.clone(),
            None => Arc::new(nav::load(self).await?),
        };
        Ok(self.frame_with(&nav))
    }

    pub(crate) fn frame_with(&self, nav: &Nav) -> Frame {
        let place = self.school.as_ref().zip(self.year);
        Frame {
            user: Some(User {
                name: self.person.name.clone(),
                unit: nav.unit.clone(),
                area: nav::area(self.person.role),
                unread: nav.unread,
                waiting: nav.waiting,
            }),
            school: self.school.as_deref().map(School::view),
            place: place.map(|(school, year)| frame::Place {
                school: school.code.clone(),
                year,
            }),
            places: nav.places.clone(),
            ..self.here.frame()
        }
    }

    /// 303 to a path, with a message on the next page: `flash.<code>` with its values.
    pub fn done(&self, path: &str, code: &str, params: &[(&str, &str)]) -> Response {
        let mut response = reply::see_other(path);
        if let Some(cookie) = flash::set(&self.here.app, path, code, params) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// 303 from a page that only leads on to another, with the message that was sent to it.
    pub fn on(&self, path: &str) -> Response {
        let Some(flash) = &self.here.flash else {
            return reply::see_other(path);
        };
        let params: Vec<(&str, &str)> = flash
            .params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.done(path, &flash.code, &params)
    }
}

impl Visitor {
    /// The frame of a page.
    pub async fn frame(&self) -> Result<Frame> {
        match &self.ctx {
            Some(ctx) => ctx.frame().await,
            None => Ok(self.here.frame()),
        }
    }
}

impl School {
    /// The school as the frame shows it.
    pub fn view(&self) -> frame::School {
        frame::School {
            code: self.code.clone(),
            name: self.name.clone(),
            contact: self.contact.clone(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Ctx {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts.extensions.get::<Ctx>().cloned().ok_or(Error::SignIn("/"))
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let here = parts.extensions.get::<Here>().cloned().ok_or(Error::NotFound)?;
        Ok(Self {
            here,
            ctx: parts.extensions.get::<Ctx>().cloned().map(Box::new),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for At {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let ctx = parts.extensions.get::<Ctx>().ok_or(Error::NotFound)?;
        let (school, year) = ctx.school.clone().zip(ctx.year).ok_or(Error::NotFound)?;
        Ok(Self {
            employer: ctx.employer()?,
            school,
            year,
        })
    }
}
