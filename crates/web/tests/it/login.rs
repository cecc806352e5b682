//! Logging in: right, wrong, too often, with a captcha.

use crate::cast::PASSWORD;
use crate::site::{Browser, CAPTCHA, Page, Site};
use reqwest::StatusCode;
use store::testing::{World, both};

#[tokio::test]
async fn everybody_reaches_their_own_first_page() {
    both(|world| async {
        let site = Site::open(world).await;
        let [first, _] = &site.cast.schools;
        let doors = [
            (&site.cast.firms[0].login, "/employer"),
            (&first.student_logins[0], "/student"),
            (&first.reviewer, "/college"),
            (&first.staff, "/school"),
            (&site.cast.platform, "/platform"),
        ];
        for (who, home) in doors {
            let browser = site.signed_in(who).await;
            assert_eq!(browser.get("/").await.to(), home, "{}", who.login);
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_keeps_what_was_typed_but_not_the_password() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = &site.cast.schools[0].student_logins[0];
        let page = site.browser().log_in(who, "not-the-password").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.attr("input[name=login]", "value"), who.login);
        assert_eq!(page.find("input[name=password]", "value"), None);
        assert_eq!(
            page.attr("select[name=school] option[selected]", "value"),
            "10001"
        );
        assert!(
            page.says("[role=alert]").contains("账号、密码不对"),
            "{}",
            page.says("[role=alert]")
        );
        assert!(!page.text.contains("not-the-password"));
    })
    .await;
}

#[tokio::test]
async fn an_account_of_another_door_or_school_is_unknown() {
    let site = Site::open(World::sqlite().await).await;
    let student = site.cast.schools[0].student_logins[0].clone();
    for other in [
        crate::cast::Login {
            door: "/login/staff",
            ..student.clone()
        },
        crate::cast::Login {
            school: Some("10003".into()),
            ..student.clone()
        },
    ] {
        let page = site.browser().log_in(&other, PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("[role=alert]").contains("账号、密码不对"));
    }
    let nowhere = crate::cast::Login {
        school: Some("99999".into()),
        ..student
    };
    let page = site.browser().log_in(&nowhere, PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("#f-school[aria-invalid]"), "the school is marked");
}

#[tokio::test]
async fn five_wrong_passwords_pause_the_account_ever_longer_and_never_for_good() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = &site.cast.firms[0].login;
        let browser = site.browser();
        for _ in 0..5 {
            assert!(
                browser
                    .log_in(who, "wrong")
                    .await
                    .says("[role=alert]")
                    .contains("不对")
            );
        }
        let locked = browser.log_in(who, PASSWORD).await;
        assert!(
            locked.says("[role=alert]").contains("分钟后再试"),
            "{}",
            locked.says("[role=alert]")
        );
        assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY);
        site.wait(61);
        assert!(
            browser
                .log_in(who, "wrong")
                .await
                .says("[role=alert]")
                .contains("不对")
        );
        site.wait(61);
        assert!(
            browser
                .log_in(who, PASSWORD)
                .await
                .says("[role=alert]")
                .contains("分钟后再试"),
            "two minutes by now"
        );
        site.wait(60);
        assert_eq!(browser.log_in(who, PASSWORD).await.status, StatusCode::SEE_OTHER);
        let again = site.browser();
        assert!(
            again
                .log_in(who, "wrong")
                .await
                .says("[role=alert]")
                .contains("不对")
        );
        assert_eq!(
            again.log_in(who, PASSWORD).await.status,
            StatusCode::SEE_OTHER,
            "a good login forgets the failures"
        );
    })
    .await;
}

#[tokio::test]
async fn a_name_that_does_not_exist_answers_as_one_that_does() {
    both(|world| async {
        let site = Site::open(world).await;
        let student = site.cast.schools[0].student_logins[0].clone();
        for known in [site.cast.firms[0].login.clone(), student] {
            let unknown = crate::cast::Login {
                login: "20279999".into(),
                ..known.clone()
            };
            let (one, two) = (site.browser(), site.browser());
            for n in 0..9 {
                let (a, b) = (
                    one.log_in(&known, "wrong").await,
                    two.log_in(&unknown, "wrong").await,
                );
                assert_eq!(a.says("[role=alert]"), b.says("[role=alert]"), "try {n}");
                assert_eq!(a.says("#captcha-e"), b.says("#captcha-e"), "try {n}");
                assert_eq!(
                    a.has("input[name=captcha_id]"),
                    b.has("input[name=captcha_id]"),
                    "try {n}"
                );
                assert_eq!(a.status, b.status);
                site.wait(25);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn many_tries_at_once_are_no_more_than_five() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = &site.cast.firms[0].login;
        let tries = (0..12).map(|_| async {
            let browser = site.browser();
            browser.log_in(who, "wrong").await.says("[role=alert]")
        });
        let answers = futures::future::join_all(tries).await;
        let evaluated = answers.iter().filter(|answer| answer.contains("不对")).count();
        assert_eq!(evaluated, 5, "{answers:?}");
    })
    .await;
}

async fn captcha_id(browser: &Browser) -> String {
    browser
        .get("/login/employer")
        .await
        .attr("input[name=captcha_id]", "value")
}

async fn try_captcha(site: &Site, browser: &Browser, id: &str, answer: &str) -> Page {
    let login = &site.cast.firms[0].login.login;
    let fields = [
        ("login", login.as_str()),
        ("password", PASSWORD),
        ("captcha_id", id),
        ("captcha", answer),
    ];
    browser.post("/login/employer", &fields).await
}

fn complaint(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("#captcha-e")
}

#[tokio::test]
async fn the_employers_captcha_is_asked_for_and_used_once() {
    both(|world| async {
        let site = Site::open(world).await;
        let browser = site.browser();
        assert!(complaint(&try_captcha(&site, &browser, "", "").await).contains("请输入验证码"));
        let id = captcha_id(&browser).await;
        assert!(complaint(&try_captcha(&site, &browser, &id, "wrong").await).contains("不对"));
        let reused = try_captcha(&site, &browser, &id, CAPTCHA).await;
        assert!(complaint(&reused).contains("已失效"), "a wrong answer spends it");
        assert_ne!(
            reused.attr("input[name=captcha_id]", "value"),
            id,
            "there is a new one"
        );
        let id = captcha_id(&browser).await;
        assert_eq!(
            try_captcha(&site, &browser, &id, CAPTCHA).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(complaint(&try_captcha(&site, &site.browser(), &id, CAPTCHA).await).contains("已失效"));
        let id = captcha_id(&site.browser()).await;
        site.wait(121);
        assert!(
            complaint(&try_captcha(&site, &site.browser(), &id, CAPTCHA).await).contains("已失效"),
            "two minutes"
        );
        let forged = "00000000-0000-0000-0000-000000000001";
        assert!(complaint(&try_captcha(&site, &site.browser(), forged, CAPTCHA).await).contains("已失效"));
    })
    .await;
}

#[tokio::test]
async fn without_demo_mode_only_the_true_answer_counts() {
    let site = Site::with(World::sqlite().await, |_| {}).await;
    let browser = site.browser();
    let id = captcha_id(&browser).await;
    let picture = browser.get(&format!("/captcha/{id}.png")).await;
    assert_eq!(
        (picture.status, picture.header("content-type")),
        (StatusCode::OK, "image/png")
    );
    assert!(complaint(&try_captcha(&site, &browser, &id, CAPTCHA).await).contains("不对"));

    let page = browser.get("/login/employer?captcha=text").await;
    let id = page.attr("input[name=captcha_id]", "value");
    assert_eq!(
        browser.get(&format!("/captcha/{id}.png")).await.status,
        StatusCode::NOT_FOUND,
        "a sum has no picture"
    );
    let label = page.says("label[for=f-captcha]");
    let sum: u32 = label
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|word| word.parse::<u32>().ok())
        .sum();
    assert!(sum >= 4, "two numbers in {label}");
    assert_eq!(
        try_captcha(&site, &browser, &id, &sum.to_string()).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn after_three_wrong_passwords_a_student_is_asked_too() {
    both(|world| async {
        let site = Site::open(world).await;
        let who = &site.cast.schools[0].student_logins[0];
        let browser = site.browser();
        assert!(!browser.get(who.door).await.has("input[name=captcha_id]"));
        for _ in 0..3 {
            assert!(!browser.log_in(who, "wrong").await.has("input[name=captcha_id]"));
        }
        let asked = browser.log_in(who, PASSWORD).await;
        assert!(complaint(&asked).contains("请输入验证码"));
        let id = asked.attr("input[name=captcha_id]", "value");
        let fields = [
            ("login", who.login.as_str()),
            ("school", "10001"),
            ("password", PASSWORD),
            ("captcha_id", &id),
            ("captcha", CAPTCHA),
        ];
        assert_eq!(
            browser.post(who.door, &fields).await.status,
            StatusCode::SEE_OTHER
        );
    })
    .await;
}

#[tokio::test]
async fn an_address_that_fails_twenty_times_is_asked_at_once() {
    let site = Site::open(World::sqlite().await).await;
    let who = site.cast.schools[0].student_logins[0].clone();
    for n in 0..20 {
        let other = crate::cast::Login {
            login: format!("nobody{n}"),
            ..who.clone()
        };
        site.browser().log_in(&other, "wrong").await;
    }
    assert!(site.browser().get(who.door).await.has("input[name=captcha_id]"));
    site.wait(600);
    assert!(
        !site.browser().get(who.door).await.has("input[name=captcha_id]"),
        "ten minutes later it is forgotten"
    );
}

#[tokio::test]
async fn the_way_back_after_login_stays_on_this_site() {
    let site = Site::open(World::sqlite().await).await;
    let who = &site.cast.schools[0].student_logins[0];
    for (next, to) in [
        ("/student/resume", "/student/resume"),
        ("//evil.example", "/student"),
        ("https://evil.example", "/student"),
    ] {
        let fields = [
            ("login", who.login.as_str()),
            ("school", "10001"),
            ("password", PASSWORD),
            ("next", next),
        ];
        assert_eq!(site.browser().post(who.door, &fields).await.to(), to);
    }
}
