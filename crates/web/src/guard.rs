//! Stands before every handler: finds the session, keeps the route's policy, reads and checks the form
//! of a change, and hands the handler its [`Ctx`]. Nothing reaches a handler past it.

use crate::access::{Access, Role, RolePaths, Toll};
use crate::app::App;
use crate::auth::session::{self, Asked, Found, Token};
use crate::cookies::Cookie;
use crate::csrf;
use crate::ctx::{Ctx, Here};
use crate::error::{Error, Problem, Result};
use crate::flash;
use crate::form::{self, Form};
use crate::i18n::Lang;
use crate::params;
use crate::seal;
use crate::upload::{self, Files, Limits, Place};
use crate::views::frame::Frame;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use std::net::SocketAddr;
use std::time::Duration;

/// What the guard of one route knows.
#[derive(Clone)]
pub struct Gate {
    pub(crate) app: App,
    pub(crate) access: Access,
    pub(crate) files: Option<Limits>,
    pub(crate) toll: Option<Toll>,
}

/// How long the body of a request behind a toll may take: a file of 10 MB over a line of 1.5 Mbit/s.
const BODY: Duration = Duration::from_mins(1);
/// How long what was refused is still read, and thrown away: a browser shows an answer only after it has sent
/// everything.
const REST: Duration = Duration::from_secs(10);

/// The frame in which `boundary` shows a problem.
#[derive(Clone)]
pub struct ProblemFrame(pub Frame);

/// Marks an answer that no cache may keep.
#[derive(Clone, Copy)]
pub struct Personal;

/// The guard.
pub async fn guard(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    if gate.access == Access::Open {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let mut cookies = Vec::new();
    // A place that was taken before the body was read is given back after the answer.
    let mut place = None;
    let entered = enter(&gate, &mut parts, (body, &mut place), &mut cookies).await;
    let (ctx, here) = (
        parts.extensions.get::<Ctx>().cloned(),
        parts.extensions.get::<Here>().cloned(),
    );
    let mut response = match entered {
        Ok(body) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => error.into_response(),
    };
    if response.extensions().get::<Problem>().is_some() {
        let frame = match &ctx {
            Some(ctx) => ctx.frame().await.ok(),
            None => here.map(|here| here.frame()),
        };
        if let Some(frame) = frame {
            response.extensions_mut().insert(ProblemFrame(frame));
        }
    }
    response.extensions_mut().insert(Personal);
    for cookie in cookies {
        add_cookie(&mut response, cookie);
    }
    response
}

/// Adds a cookie unless the handler has set the same one.
fn add_cookie(response: &mut Response, cookie: HeaderValue) {
    let name = |value: &HeaderValue| {
        value
            .as_bytes()
            .split(|byte| *byte == b'=')
            .next()
            .map(<[u8]>::to_vec)
    };
    let set = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .any(|other| name(other) == name(&cookie));
    if !set {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

async fn enter(
    gate: &Gate,
    parts: &mut Parts,
    (body, place): (Body, &mut Option<Place>),
    cookies: &mut Vec<HeaderValue>,
) -> Result<Body> {
    let app = &gate.app;
    let reading = parts.method == Method::GET || parts.method == Method::HEAD;
    let mut here = look(app, parts);
    if here.flash.is_some() {
        cookies.extend(Cookie::Flash.clear(app.config()));
    }
    let sent = Cookie::Session
        .read(app.config(), &parts.headers)
        .map(str::to_owned);
    let found = match sent.as_deref().and_then(Token::parse) {
        Some(token) => {
            let asked = Asked {
                token,
                place: where_at(gate, parts).await,
                page: reading,
            };
            session::find(app, asked, here.now).await?
        }
        None => None,
    };
    if let Some(found) = &found {
        here.secret = found.secret;
        here.lang = found.person.locale.unwrap_or(here.lang);
    } else {
        if sent.is_some() {
            cookies.extend(Cookie::Session.clear(app.config()));
        }
        before_login(app, parts, &mut here, cookies);
    }
    parts.extensions.insert(here.clone());
    if let Some(found) = &found {
        parts.extensions.insert(found.ctx(&here));
    }
    keep_policy(gate.access, found.as_ref())?;
    if reading {
        return Ok(body);
    }
    if !csrf::same_site(app, &parts.headers) {
        return Err(Error::Token);
    }
    let (form, files) = match gate.toll {
        None => read_form(gate, parts, &here, body).await?,
        Some(toll) => match toll(here.clone()).await {
            Ok(taken) => {
                *place = Some(taken);
                let read = tokio::time::timeout(BODY, read_form(gate, parts, &here, body));
                read.await.map_err(|_| Error::Timeout)??
            }
            Err(error) => {
                waste(gate, body).await;
                return Err(error);
            }
        },
    };
    parts.extensions.insert(form);
    parts.extensions.insert(files);
    Ok(Body::empty())
}

/// The one place that compares a person with a route's policy.
fn keep_policy(access: Access, found: Option<&Found>) -> Result<()> {
    match (access, found) {
        (Access::Open | Access::Public, _) | (Access::AnyAccount, Some(_)) => Ok(()),
        (Access::AnyAccount, None) => Err(Error::SignIn("/")),
        (Access::Role(role), None) => Err(Error::SignIn(role.login())),
        (Access::Role(role), Some(found)) => keep_role(role, found),
    }
}

fn keep_role(role: Role, found: &Found) -> Result<()> {
    if role != found.person.role {
        Err(Error::NotAllowed)
    } else if found.password_due {
        Err(Error::PasswordDue)
    } else if found.place_absent {
        Err(Error::NotFound)
    } else {
        Ok(())
    }
}

/// What the request says about itself.
fn look(app: &App, parts: &Parts) -> Here {
    let config = app.config();
    let text = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let htmx = text(HeaderName::from_static("hx-request")).is_some();
    let page = !htmx && (parts.method == Method::GET || parts.method == Method::HEAD);
    let chosen = Cookie::Language
        .read(config, &parts.headers)
        .and_then(Lang::from_code);
    let accepted = || Lang::from_accept(text(header::ACCEPT_LANGUAGE).unwrap_or(""));
    Here {
        app: app.clone(),
        lang: chosen.unwrap_or_else(accepted),
        now: app.env().now(),
        path: parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned(),
        htmx,
        address: address(app, parts),
        client: text(header::USER_AGENT).unwrap_or("").chars().take(200).collect(),
        secret: [0; 32],
        flash: page
            .then(|| flash::read(app, &parts.headers, parts.uri.path()))
            .flatten(),
    }
}

/// The language of a request that no guard has seen.
pub fn language(headers: &HeaderMap) -> Lang {
    Lang::from_accept(
        headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or(""),
    )
}

/// The client's address; behind our own proxy the last one that the proxy named.
fn address(app: &App, parts: &Parts) -> String {
    let forwarded = parts
        .headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok());
    let named = forwarded
        .filter(|_| app.config().behind_proxy)
        .and_then(|list| list.rsplit(',').next());
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|peer| peer.0.ip().to_string());
    named
        .map(|text| text.trim().chars().take(45).collect())
        .or(peer)
        .unwrap_or_default()
}

/// Gives a browser without a session the cookie that its form tokens are made of.
fn before_login(app: &App, parts: &Parts, here: &mut Here, cookies: &mut Vec<HeaderValue>) {
    let known = Cookie::Form
        .read(app.config(), &parts.headers)
        .filter(|value| value.len() == 22);
    let value = known.map_or_else(|| seal::encode(&app.env().bytes::<16>()), str::to_owned);
    if known.is_none() {
        cookies.extend(Cookie::Form.set(app.config(), &value, None));
    }
    here.secret = csrf::before_login(app, &value);
}

/// The school and year in the address of an employer's page.
async fn where_at(gate: &Gate, parts: &mut Parts) -> Option<(String, i32)> {
    if gate.access != Access::Role(Role::Employer) {
        return None;
    }
    let school = params::raw(parts, "school").await?;
    let year = params::raw(parts, "year").await?;
    // A year that is no number is a place that does not exist.
    Some((school, year.parse().unwrap_or(0)))
}

/// Reads what was refused and keeps nothing of it.
async fn waste(gate: &Gate, body: Body) {
    let mut left = gate.files.map_or(form::LIMIT, |limits| limits.body);
    let mut chunks = body.into_data_stream();
    let read = async {
        while let Some(Ok(chunk)) = chunks.next().await
            && let Some(less) = left.checked_sub(chunk.len())
        {
            left = less;
        }
    };
    // Whoever takes longer has to do without the answer.
    let _ = tokio::time::timeout(REST, read).await;
}

async fn read_form(gate: &Gate, parts: &Parts, here: &Here, body: Body) -> Result<(Form, Files)> {
    let (input, files) = match (gate.files, upload::boundary(&parts.headers)) {
        (Some(limits), Some(boundary)) => upload::read(body, boundary, limits).await?,
        _ => {
            let bytes = axum::body::to_bytes(body, form::LIMIT)
                .await
                .map_err(|_| Error::TooLarge)?;
            (form::parse(&bytes), Files::default())
        }
    };
    let form = Form(input);
    let header = parts
        .headers
        .get("x-csrf-token")
        .and_then(|value| value.to_str().ok());
    if !csrf::fits(&here.secret, header.unwrap_or_else(|| form.0.raw("csrf"))) {
        return Err(Error::Token);
    }
    Ok((form, files))
}
