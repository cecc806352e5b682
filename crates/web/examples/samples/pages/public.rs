//! Portals, logins, passwords, errors, help.

use super::Sample;
use super::frames::{employer, public, school, student};
use uuid::Uuid;
use web::i18n::Lang;
use web::views::form::{Choice, Form};
use web::views::frame::Frame;
use web::views::public::account::{self, Activate, ChangePassword, Policy};
use web::views::public::error::{self, ErrorKind, ErrorPage};
use web::views::public::help;
use web::views::public::login::{self, Captcha, Door, Login};
use web::views::public::portal::{self, SchoolLink, SchoolPortal};

fn login_page(door: Door, captcha: Option<Captcha>, form: Form) -> Login {
    let schools = vec![
        Choice::new("10359", "江城理工大学"),
        Choice::new("10701", "东湖科技大学"),
    ];
    Login {
        door,
        form,
        captcha,
        schools,
        next: String::new(),
    }
}

fn logins(lang: Lang) -> Vec<Sample> {
    let frame = Frame {
        school: Some(school()),
        ..public(lang)
    };
    let id = Uuid::from_u128(5);
    let mut wrong = Form::default()
        .with_error("form", "wrong_login")
        .with_error("captcha", "wrong_captcha");
    wrong.input.set("login", "mingyuan");
    vec![
        (
            "login-employer",
            login::page(
                &frame,
                &login_page(Door::Employer, Some(Captcha::Image(id)), Form::default()),
            ),
        ),
        (
            "login-employer-text",
            login::page(
                &frame,
                &login_page(
                    Door::Employer,
                    Some(Captcha::Sum { id, a: 12, b: 7 }),
                    Form::default(),
                ),
            ),
        ),
        (
            "login-employer-wrong",
            login::page(
                &frame,
                &login_page(Door::Employer, Some(Captcha::Image(id)), wrong),
            ),
        ),
        (
            "login-student",
            login::page(&frame, &login_page(Door::Student, None, Form::default())),
        ),
        (
            "login-staff",
            login::page(&frame, &login_page(Door::Staff, None, Form::default())),
        ),
    ]
}

fn errors(lang: Lang) -> Vec<Sample> {
    let page = |kind, detail: &str| ErrorPage {
        kind,
        detail: detail.into(),
        back: None,
        request: "01935678-9abc".into(),
    };
    let mut pages: Vec<Sample> = vec![
        (
            "error-409",
            error::page(&employer(lang), &page(ErrorKind::Conflict, "已签约")),
        ),
        (
            "error-404-student",
            error::page(&student(lang), &page(ErrorKind::NotFound, "")),
        ),
        (
            "error-503",
            error::page(&public(lang), &page(ErrorKind::Unavailable, "")),
        ),
    ];
    pages.extend(ErrorKind::ALL.map(|kind| ("error-any", error::page(&public(lang), &page(kind, "")))));
    pages
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    let frame = public(lang);
    let at_school = Frame {
        school: Some(school()),
        ..public(lang)
    };
    let schools = [("10359", "江城理工大学"), ("10701", "东湖科技大学")].map(|(code, name)| SchoolLink {
        code: code.into(),
        name: name.into(),
    });
    let activate = Activate {
        token: "t0k3n".into(),
        name: "刘文博".into(),
        login: "liuwb".into(),
        policy: Policy::Mlps3,
        form: Form::default().with_error("repeat", "not_the_same"),
    };
    let change = |overdue| ChangePassword {
        policy: Policy::Asvs,
        form: Form::default(),
        overdue,
    };
    let portal = SchoolPortal {
        window: "2027 届网签开放时间：2026 年 10 月 15 日 至 2027 年 8 月 31 日。".into(),
        address: "江城市珞瑜路 1037 号".into(),
    };
    let mut pages = vec![
        ("portal", portal::home(&frame, &schools)),
        ("portal-school", portal::school(&at_school, &portal)),
        ("activate", account::activate(&frame, &activate)),
        (
            "password-employer",
            account::password(&employer(lang), &change(true)),
        ),
        (
            "password-student",
            account::password(&student(lang), &change(false)),
        ),
        ("help", help::page(&frame)),
        ("help-employer", help::page(&employer(lang))),
        ("help-student", help::page(&student(lang))),
    ];
    pages.extend(logins(lang));
    pages.extend(errors(lang));
    pages
}
