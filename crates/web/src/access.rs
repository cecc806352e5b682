//! The policy of a route. A [`Route`] cannot be made without one, and only routes reach the router.

use crate::app::App;
use crate::ctx::Here;
use crate::error::Result;
use crate::upload::{Limits, Place};
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodRouter};
use futures::future::BoxFuture;
use std::fmt;

pub use store::accounts::Role;

/// Where a role begins and where it signs in.
pub trait RolePaths {
    /// The first page after login.
    fn home(self) -> &'static str;
    /// The page to sign in at.
    fn login(self) -> &'static str;
}

impl RolePaths for Role {
    fn home(self) -> &'static str {
        match self {
            Self::Employer => "/employer",
            Self::Student => "/student",
            Self::College => "/college",
            Self::School => "/school",
            Self::Platform => "/platform",
        }
    }

    fn login(self) -> &'static str {
        match self {
            Self::Employer => "/login/employer",
            Self::Student => "/login/student",
            Self::College | Self::School | Self::Platform => "/login/staff",
        }
    }
}

/// Who may use a route. What they may do with a single object is decided by `domain::policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, and no session is looked up: files, captchas, health.
    Open,
    /// Everybody; pages show who is signed in.
    Public,
    /// Whoever is signed in.
    AnyAccount,
    /// Accounts of one role.
    Role(Role),
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("open"),
            Self::Public => f.write_str("public"),
            Self::AnyAccount => f.write_str("signed in"),
            Self::Role(role) => f.write_str(role.code()),
        }
    }
}

/// What a request must pass before a byte of its body is read; the place is its own until it is answered.
pub type Toll = fn(Here) -> BoxFuture<'static, Result<Place>>;

/// One route: method, path, policy, handler.
pub struct Route {
    method: Method,
    path: &'static str,
    access: Access,
    files: Option<Limits>,
    toll: Option<Toll>,
    handler: MethodRouter<App>,
}

impl Route {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path with its `{parameters}`.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The policy.
    pub fn access(&self) -> Access {
        self.access
    }

    /// What files its form may hold; none unless it was made by [`upload`].
    pub fn files(&self) -> Option<Limits> {
        self.files
    }

    /// What must be passed before the body is read.
    pub fn toll(&self) -> Option<Toll> {
        self.toll
    }

    /// The same route behind a toll.
    #[must_use]
    pub fn behind(self, toll: Toll) -> Self {
        Self {
            toll: Some(toll),
            ..self
        }
    }

    pub(crate) fn into_handler(self) -> MethodRouter<App> {
        self.handler
    }
}

/// A page.
pub fn get<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route {
        method: Method::GET,
        path,
        access,
        files: None,
        toll: None,
        handler: routing::get(handler),
    }
}

/// A change.
pub fn post<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route {
        method: Method::POST,
        path,
        access,
        files: None,
        toll: None,
        handler: routing::post(handler),
    }
}

/// A change whose form may hold files.
pub fn upload<H, T>(path: &'static str, access: Access, files: Limits, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route {
        files: Some(files),
        ..post(path, access, handler)
    }
}
