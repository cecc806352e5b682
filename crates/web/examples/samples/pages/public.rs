//! Portals, logins, passwords, errors, help.

use super::Sample;
use super::frames::{employer, public, school, student};
use domain::agreement::StateKind;
use domain::document::Signer;
use uuid::Uuid;
use web::i18n::Lang;
use web::views::account as own;
use web::views::form::{Choice, Form};
use web::views::frame::Frame;
use web::views::public::account::{self, Activate, ChangePassword, Policy};
use web::views::public::error::{self, ErrorKind, ErrorPage};
use web::views::public::help;
use web::views::public::login::{self, Captcha, Door, Login};
use web::views::public::portal::{self, SchoolLink, SchoolPortal};
use web::views::public::verify::{self, Act, Asked, Certificate, Found, Outcome, Seal, Signature, Stranger};

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

fn mine(address: Option<&str>, awaited: Option<&str>, form: Form) -> own::Account {
    own::Account {
        name: "阿卜杜热合曼·吐尔逊江".into(),
        login: "2023010001".into(),
        role: "student",
        is_party: true,
        mail: true,
        address: address.map(Into::into),
        awaited: awaited.map(Into::into),
        form,
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
        (
            "account",
            own::page(&employer(lang), &mine(None, None, Form::default())),
        ),
        (
            "account-awaited",
            own::page(
                &student(lang),
                &mine(
                    Some("zhang.li@example.com"),
                    Some("a.rather.long.address.of.somebody@mail.jiangcheng-ligong.example"),
                    Form::default().with_error("old_code", "wrong_code"),
                ),
            ),
        ),
        (
            "account-wrong",
            own::page(
                &employer(lang),
                &mine(
                    None,
                    None,
                    Form::default()
                        .with_error("email", "email_bad")
                        .with_error("password", "wrong_password"),
                ),
            ),
        ),
        ("help", help::page(&frame)),
        ("help-employer", help::page(&employer(lang))),
        ("help-student", help::page(&student(lang))),
    ];
    pages.extend(logins(lang));
    pages.extend(errors(lang));
    pages.extend(verifications(lang));
    pages
}

fn verified(state: StateKind) -> Outcome {
    let at = |text: &str| text.parse().unwrap_or_default();
    let act = |signer, time: &str| Act {
        signer,
        acted_at: at(time),
        signed_at: at("2026-11-20T02:16:05Z"),
        stamped_at: Some(at("2026-11-20T02:16:06Z")).filter(|_| signer == Signer::School),
        stamped_by: Some("联合信任时间戳服务中心".into()),
        fault: None,
        chain: ["自建签发证书 C61E90", "自建根证书 D66C3B"]
            .into_iter()
            .map(|issuer| Certificate {
                serial: "5F3A9C0E77D14B20A1C96E4D8B7F0213".into(),
                issuer: format!("Sanfang {issuer}"),
                not_before: at("2026-11-20T02:11:05Z"),
                not_after: at("2036-11-17T02:11:05Z"),
            })
            .collect(),
    };
    let is_sealed = state != StateKind::Terminating;
    Outcome::Found(Box::new(Found {
        is_same: state == StateKind::Terminated,
        fault: None,
        state,
        since: at("2026-11-22T08:30:00Z"),
        number: "20261035930001234K".into(),
        year: 2027,
        school: "江城理工大学".into(),
        employer: "北京云帆****有限公司".into(),
        student: "张*雯".into(),
        content: "9f2c64a1d0b37e5588c1f4a2e6703bd915ac48e07d2f6b3190ce57a8d4162f3b".into(),
        acts: if is_sealed {
            vec![
                act(Signer::Employer, "2026-11-18T01:05:00Z"),
                act(Signer::Student, "2026-11-19T12:40:00Z"),
                act(Signer::School, "2026-11-20T02:16:00Z"),
            ]
        } else {
            Vec::new()
        },
        seal: if is_sealed {
            Seal::Made {
                sha256: "2b4f64a1d0b37e5588c1f4a2e6703bd915ac48e07d2f6b3190ce57a8d416aa01".into(),
                at: at("2026-11-20T02:16:06Z"),
            }
        } else {
            Seal::Waiting
        },
    }))
}

fn changed() -> Outcome {
    let at: Option<jiff::Timestamp> = "2026-11-20T02:16:05Z".parse().ok();
    Outcome::Stranger(Box::new(Stranger {
        sha256: "77aa64a1d0b37e5588c1f4a2e6703bd915ac48e07d2f6b3190ce57a8d416aa01".into(),
        fault: Some("digest_mismatch".into()),
        signatures: [
            (Some(Signer::Employer), "other_invalid"),
            (None, "digest_mismatch"),
        ]
        .map(|(signer, fault)| Signature {
            signer,
            at,
            fault: Some(fault.into()),
        })
        .to_vec(),
    }))
}

fn verifications(lang: Lang) -> Vec<Sample> {
    let frame = public(lang);
    let asked = Asked {
        number: "20261035930001234K".into(),
        code: "7KQ2MPZ4RT".into(),
    };
    let page = |state| verify::page(&frame, &asked, &verified(state));
    let empty = Form::default().with_error("code", "required");
    vec![
        (
            "verify",
            verify::form(&frame, &Asked::default(), &Form::default()),
        ),
        ("verify-missing", verify::form(&frame, &asked, &empty)),
        (
            "verify-no-file",
            verify::form(
                &frame,
                &Asked::default(),
                &Form::default().with_error("file", "file_required"),
            ),
        ),
        (
            "verify-changed",
            verify::page(&frame, &Asked::default(), &changed()),
        ),
        (
            "verify-unchecked",
            verify::page(
                &frame,
                &Asked::default(),
                &Outcome::Unchecked {
                    sha256: "77aa64a1d0b37e5588c1f4a2e6703bd915ac48e07d2f6b3190ce57a8d416aa01".into(),
                },
            ),
        ),
        (
            "verify-busy",
            verify::form(
                &frame,
                &Asked::default(),
                &Form::default().with_error("file", "file_busy"),
            ),
        ),
        ("verify-unknown", verify::page(&frame, &asked, &Outcome::Unknown)),
        ("verify-effective", page(StateKind::Effective)),
        ("verify-terminating", page(StateKind::Terminating)),
        ("verify-terminated", page(StateKind::Terminated)),
    ]
}
