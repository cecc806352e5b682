//! The three logins: 单位登录, 毕业生登录, 教师登录.

use crate::access::{Role, RolePaths};
use crate::auth::captcha::Kind;
use crate::auth::login::{self, Attempt, Outcome};
use crate::auth::session::Token;
use crate::cookies::Cookie;
use crate::ctx::{School, Visitor};
use crate::error::Result;
use crate::form::Form;
use crate::params::Query;
use crate::reply;
use crate::views::form::{Choice, FieldError, Form as FormView};
use crate::views::public::login::{self as view, Captcha, Door, Login};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::agreement::form::Input;
use domain::ids::SchoolId;
use jiff::Timestamp;
use store::schools;

/// 单位登录.
pub async fn employer(visitor: Visitor, query: Query) -> Result {
    show(visitor, Door::Employer, query).await
}

/// 毕业生登录.
pub async fn student(visitor: Visitor, query: Query) -> Result {
    show(visitor, Door::Student, query).await
}

/// 教师登录.
pub async fn staff(visitor: Visitor, query: Query) -> Result {
    show(visitor, Door::Staff, query).await
}

/// 单位登录, typed.
pub async fn enter_employer(visitor: Visitor, headers: HeaderMap, form: Form) -> Result {
    enter(visitor, Door::Employer, &headers, form).await
}

/// 毕业生登录, typed.
pub async fn enter_student(visitor: Visitor, headers: HeaderMap, form: Form) -> Result {
    enter(visitor, Door::Student, &headers, form).await
}

/// 教师登录, typed.
pub async fn enter_staff(visitor: Visitor, headers: HeaderMap, form: Form) -> Result {
    enter(visitor, Door::Staff, &headers, form).await
}

const fn roles(door: Door) -> &'static [Role] {
    match door {
        Door::Employer => &[Role::Employer],
        Door::Student => &[Role::Student],
        Door::Staff => &[Role::College, Role::School, Role::Platform],
    }
}

async fn show(visitor: Visitor, door: Door, Query(query): Query) -> Result {
    if let Some(ctx) = &visitor.ctx {
        return Ok(reply::see_other(ctx.person.role.home()));
    }
    let here = &visitor.here;
    let asks =
        door == Door::Employer || login::address_is_suspect(&here.app, &here.address, here.now).await?;
    let in_words = query.raw("captcha") == "text";
    let mut kept = Input::default();
    kept.set("school", query.raw("school"));
    let page = Page {
        door,
        form: FormView::filled(kept),
        captcha: asks.then_some(in_words),
        next: query.raw("next"),
    };
    page.respond(&visitor).await
}

async fn enter(visitor: Visitor, door: Door, headers: &HeaderMap, Form(input): Form) -> Result {
    let here = &visitor.here;
    let in_words = is_in_words(&visitor, &input);
    let mut wrong = FormView::default();
    for field in ["login", "password"] {
        if input.raw(field).trim().is_empty() {
            wrong = wrong.with_error(field, "required");
        }
    }
    let school = school_of(&visitor, door, &input).await?;
    if school.is_none() {
        wrong = wrong.with_error("school", "required");
    }
    if let (Some(school), true) = (school, wrong.errors.is_empty()) {
        let attempt = Attempt {
            school,
            login: input.raw("login").trim().to_owned(),
            roles: roles(door),
            captcha: login::answer(&here.app, input.raw("captcha_id"), input.raw("captcha"), here.now),
            always_captcha: door == Door::Employer,
            address: here.address.clone(),
            now: here.now,
        };
        let old = Cookie::Session
            .read(here.app.config(), headers)
            .and_then(Token::parse);
        let outcome = login::run(&here.app, attempt, input.raw("password").to_owned(), old).await?;
        match outcome {
            Outcome::In(cookie) => return Ok(welcome(&visitor, door, &cookie, input.raw("next"))),
            other => wrong.errors.push(error_of(&other, here.now)),
        }
    }
    let asked_before = !input.raw("captcha_id").is_empty();
    let asked_now = wrong.errors.iter().any(|error| error.field == "captcha");
    let suspect = login::address_is_suspect(&here.app, &here.address, here.now).await?;
    let asks = door == Door::Employer || asked_before || asked_now || suspect;
    wrong.input = kept(&input);
    let page = Page {
        door,
        form: wrong,
        captcha: asks.then_some(in_words),
        next: input.raw("next"),
    };
    page.respond(&visitor).await
}

/// The account and the school stay as typed; the password and the captcha's answer do not.
fn kept(input: &Input) -> Input {
    let mut kept = Input::default();
    for field in ["login", "school"] {
        kept.set(field, input.raw(field));
    }
    kept
}

fn is_in_words(visitor: &Visitor, input: &Input) -> bool {
    let captchas = visitor.here.app.captchas();
    let opened = input
        .raw("captcha_id")
        .parse()
        .ok()
        .and_then(|id| captchas.open(id));
    opened.is_some_and(|(_, kind)| kind == Kind::Sum)
}

/// The school of the accounts behind a door: none for employers, and for staff who choose no school
/// (the platform's). `None` when the form names no school and has to, or one that does not exist.
async fn school_of(visitor: &Visitor, door: Door, input: &Input) -> Result<Option<SchoolId>> {
    let code = input.raw("school").to_owned();
    if door == Door::Employer || (door == Door::Staff && code.is_empty()) {
        return Ok(Some(SchoolId::NONE));
    }
    let read = visitor.here.app.store().read(move |c| {
        let code = code.clone();
        Box::pin(async move { schools::by_code(c, &code).await })
    });
    Ok(read.await?.map(|school| school.id))
}

fn error_of(outcome: &Outcome, now: Timestamp) -> FieldError {
    match outcome {
        Outcome::In(_) | Outcome::Wrong => FieldError::new("form", "wrong_login"),
        Outcome::Locked(until) => {
            let minutes = (until.as_second() - now.as_second() + 59).max(60).div_euclid(60);
            FieldError {
                params: vec![("minutes", minutes.to_string())],
                ..FieldError::new("form", "locked_for")
            }
        }
        Outcome::CaptchaRequired => FieldError::new("captcha", "captcha_required"),
        Outcome::CaptchaWrong => FieldError::new("captcha", "wrong_captcha"),
        Outcome::CaptchaExpired => FieldError::new("captcha", "captcha_expired"),
    }
}

fn welcome(visitor: &Visitor, door: Door, cookie: &str, next: &str) -> Response {
    let home = match door {
        Door::Employer => Role::Employer.home(),
        Door::Student => Role::Student.home(),
        // The portal sends each to their own first page.
        Door::Staff => "/",
    };
    let mut response = reply::see_other(reply::local_or(next, home));
    if let Some(cookie) = Cookie::Session.set(visitor.here.app.config(), cookie, None) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A login page to be shown, or shown again.
struct Page<'a> {
    door: Door,
    form: FormView,
    /// Whether a captcha is asked for, and whether in words.
    captcha: Option<bool>,
    next: &'a str,
}

impl Page<'_> {
    async fn respond(self, visitor: &Visitor) -> Result {
        let app = &visitor.here.app;
        let mut frame = visitor.frame().await?;
        let all = app.store().read(|c| Box::pin(schools::all(c))).await?;
        let chosen = self.form.input.raw("school").to_owned();
        let choices = all
            .iter()
            .map(|school| Choice::new(school.code.clone(), school.name.clone()))
            .collect();
        frame.school = all
            .into_iter()
            .find(|school| school.code == chosen)
            .map(|school| School::from(school).view());
        let again = !self.form.errors.is_empty();
        let view = Login {
            door: self.door,
            form: self.form,
            captcha: self
                .captcha
                .map(|in_words| match login::new_captcha(app, in_words) {
                    (id, Kind::Picture) => Captcha::Image(id),
                    (id, Kind::Sum) => {
                        let (a, b) = app.captchas().summands(id);
                        Captcha::Sum { id, a, b }
                    }
                }),
            schools: choices,
            next: reply::local_or(self.next, "").to_owned(),
        };
        let page = view::page(&frame, &view);
        Ok(if again {
            reply::unprocessable(page)
        } else {
            page.into_response()
        })
    }
}
