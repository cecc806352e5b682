//! Mail, by real conversations with a server on loopback: addresses that are confirmed, notices that the
//! school may switch, codes that prove who acts, and servers that do not answer.

use crate::cast::{Login, PASSWORD, Stage};
use crate::offers::NoPaper;
use crate::site::{Browser, CAPTCHA, Page, Site};
use crate::student::keys;
use domain::agreement::{Command, Reason};
use domain::codes::email::Email;
use domain::ids::{AgreementId, FileId, SchoolId};
use domain::params::Factor;
use domain::params::spec::{Group, SPECS};
use domain::policy::Actor;
use jobs::Worker;
use jobs::mail::testing::{Got, Manners, Sink};
use jobs::mail::{Post, Smtp};
use reqwest::StatusCode;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::agreements::{self, Act, Origin};
use store::passcodes::{self, Purpose, Tried};
use store::schools::{self, ParamChange};
use store::testing::{World, both};
use store::uploads::{self, NewUpload, Purpose as Kind};
use store::{inbox, mail};
use tokio::sync::Notify;
use web::Demo;

const STUDENT: &str = "zhang@student.example";

/// A site that sends mail, its server, and the hands in between.
struct Stand {
    site: Site,
    sink: Sink,
    worker: Worker,
}

impl Stand {
    async fn new(world: World) -> Self {
        let site = Site::with(world, |config| {
            config.demo = Some(Demo {
                captcha: CAPTCHA.into(),
            });
            config.mail = true;
        })
        .await;
        let sink = Sink::start(Manners::default()).await.unwrap();
        let smtp = Smtp::new(&sink.settings()).unwrap();
        let worker = Worker::new(site.world.store.clone(), Arc::new(NoPaper))
            .mailing(Post::new(smtp, "https://sign.example.edu.cn"));
        Self { site, sink, worker }
    }

    fn student(&self) -> &Login {
        &self.site.cast.schools[0].student_logins[0]
    }

    /// What arrives with everything that is due now.
    async fn mails(&self) -> Vec<Got> {
        self.worker.drain().await;
        self.sink.got()
    }

    /// The code that came last; notices may come after it.
    async fn code(&self) -> String {
        let codes = self.mails().await.into_iter().map(|mail| mail.code());
        codes.filter(|code| !code.is_empty()).last().expect("a code")
    }

    /// The code that came last to an address.
    async fn code_at(&self, to: &str) -> String {
        let mails = self.mails().await.into_iter().filter(|mail| mail.to == to);
        let codes = mails.map(|mail| mail.code()).filter(|code| !code.is_empty());
        codes.last().expect("a code")
    }

    async fn has_address(&self, who: &Login, address: &str) {
        let (key, address) = ((who.home, who.account), Email::parse(address).unwrap());
        let store = self.site.world.store.clone();
        let set = self.site.world.store.write(move |c| {
            let (store, address) = (store.clone(), address.clone());
            Box::pin(async move {
                let sealed = mail::seal(store.keys(), store.env(), key.1, &address)?;
                mail::set_address(c, key, &sealed, store.env()).await
            })
        });
        set.await.unwrap();
    }

    async fn set(&self, key: &'static str, value: &'static str) {
        let (school, now) = (self.school(), self.site.world.env.now());
        let set = self.site.world.store.write(move |c| {
            Box::pin(async move {
                let change = ParamChange {
                    year: 0,
                    key: key.into(),
                    value: serde_json::json!(value),
                    by: None,
                };
                schools::set_param(c, school, &change, now).await
            })
        });
        set.await.unwrap();
    }

    fn school(&self) -> SchoolId {
        self.site.cast.schools[0].id
    }

    async fn at(&self, stage: Stage) -> AgreementId {
        let (firm, campus) = (&self.site.cast.firms[0], &self.site.cast.schools[0]);
        firm.agreement(&self.site.world, campus, 0, stage).await
    }

    fn actor(&self, who: &str) -> Actor {
        let (campus, firm) = (&self.site.cast.schools[0], &self.site.cast.firms[0]);
        let staff = |login: &Login| Actor::School {
            account: login.account,
            school: campus.id,
        };
        match who {
            "student" => Actor::Student {
                account: campus.student_logins[0].account,
                school: campus.id,
                student: campus.students[0],
            },
            "employer" => Actor::Employer {
                account: firm.login.account,
                employer: firm.id,
            },
            "college" => Actor::College {
                account: campus.reviewer.account,
                school: campus.id,
                colleges: campus.colleges.to_vec(),
            },
            "second" => staff(&campus.second_staff),
            _ => staff(&campus.staff),
        }
    }

    async fn act(&self, id: AgreementId, who: &str, command: Command) {
        let act = Act {
            school: self.school(),
            id,
            version: None,
            command,
            ticked: BTreeSet::new(),
            actor: self.actor(who),
            origin: Origin::default(),
        };
        agreements::perform(&self.site.world.store, act).await.unwrap();
    }

    async fn letter(&self, id: AgreementId) -> FileId {
        let new = NewUpload {
            school: self.school(),
            agreement: Some(id),
            purpose: Kind::Letter,
            account: self.student().account,
            name: "letter.pdf".into(),
            pages: 1,
            bytes: b"%PDF-1.7 a letter".to_vec(),
            media_type: "application/pdf",
        };
        let (school, world) = (self.school(), &self.site.world);
        let upload = uploads::put(&world.store, new).await.unwrap();
        let read = world.read(move |c| Box::pin(uploads::get(c, school, upload)));
        read.await.unwrap().unwrap().file_id.unwrap()
    }

    async fn asked(&self) -> AgreementId {
        let id = self.at(Stage::Effective).await;
        let command = Command::RequestTermination {
            reason: reason("family"),
            letter: Some(self.letter(id).await),
            second_factor: Some(Factor::Password),
        };
        self.act(id, "student", command).await;
        id
    }

    /// Does what a parameter is about; who is told besides the inbox, and how the subject begins.
    async fn story(&self, key: &str) -> (&'static [&'static str], &'static str) {
        const HR: &str = "hr@example.com";
        match key {
            "notice_offer" => {
                self.at(Stage::Offered).await;
                (&[STUDENT], "你收到一份签约邀约")
            }
            "notice_reminder" => {
                self.at(Stage::Offered).await;
                self.site.wait(3 * 24 * 3600 + 60);
                (&[STUDENT], "邀约即将到期")
            }
            "notice_change" => {
                let id = self.at(Stage::Offered).await;
                self.act(id, "employer", Command::Withdraw).await;
                (&[STUDENT], "单位撤回了邀约")
            }
            "notice_answer" => {
                self.at(Stage::CollegeReview).await;
                (&[HR], "学生已应约")
            }
            "notice_review" => {
                self.at(Stage::SchoolReview).await;
                (&[HR, STUDENT], "院系审核通过")
            }
            "notice_return" => {
                let id = self.at(Stage::CollegeReview).await;
                let reason = reason("terms_incomplete");
                self.act(id, "college", Command::Return { reason }).await;
                (&[HR, STUDENT], "协议被审核退回")
            }
            "notice_termination" => {
                self.asked().await;
                (&[HR], "对方申请解约")
            }
            "notice_termination_step" => {
                let id = self.asked().await;
                self.act(id, "employer", Command::ConsentTermination).await;
                (&[STUDENT], "对方同意解约")
            }
            "notice_termination_end" => {
                let id = self.asked().await;
                self.act(id, "student", Command::CancelTermination).await;
                (&[HR], "解约申请已撤销")
            }
            "notice_void" => {
                let id = self.at(Stage::Effective).await;
                let reason = reason("fraud");
                self.act(id, "staff", Command::ProposeVoid { reason }).await;
                self.act(id, "second", Command::ConfirmVoid).await;
                (&[HR, STUDENT], "协议已作废")
            }
            other => panic!("no story of {other}"),
        }
    }
}

fn reason(code: &str) -> Reason {
    Reason {
        code: code.into(),
        text: String::new(),
    }
}

/// Who got mail whose subject begins so.
fn told(got: &[Got], subject: &str) -> Vec<String> {
    let mut to: Vec<String> = got
        .iter()
        .filter(|mail| decoded(&mail.header("Subject")).starts_with(subject))
        .map(|mail| mail.to.clone())
        .collect();
    to.sort();
    to
}

/// A header in encoded words (RFC 2047, base64).
fn decoded(header: &str) -> String {
    use base64::Engine as _;
    let words = header.split("=?utf-8?b?").skip(1);
    let bytes = words.flat_map(|word| {
        let word = word.split("?=").next().unwrap_or_default();
        base64::engine::general_purpose::STANDARD.decode(word).unwrap()
    });
    String::from_utf8(bytes.collect()).unwrap()
}

#[tokio::test]
async fn every_notice_shows_both_of_its_sides_and_the_inbox_has_it_anyway() {
    let notices = SPECS.iter().filter(|spec| spec.group == Group::Notice);
    for key in notices.map(|spec| spec.key) {
        for value in ["mail", "inbox"] {
            both(|world| async move {
                let stand = Stand::new(world).await;
                stand.has_address(&stand.student().clone(), STUDENT).await;
                stand.set(key, value).await;
                let (expected, subject) = stand.story(key).await;
                let got = stand.mails().await;
                let expected = if value == "mail" { expected } else { &[] };
                // Whether an answer is asked for, the school decides.
                let asks = |mail: &Got| decoded(&mail.header("Subject")).contains("解约，请答复");
                assert!(!got.iter().any(asks), "{key}");
                assert_eq!(told(&got, subject), expected, "{key} = {value}");
                let (school, student) = (stand.school(), stand.site.cast.schools[0].students[0]);
                let read = stand.site.world.read(move |c| {
                    let audience = domain::notice::Audience::Student(student);
                    Box::pin(inbox::count(c, school, audience))
                });
                assert!(
                    read.await.unwrap() > 0,
                    "{key} = {value}: the inbox always has it"
                );
            })
            .await;
        }
    }
}

#[tokio::test]
async fn a_notice_says_what_happened_where_to_go_and_nothing_about_persons() {
    both(|world| async {
        let stand = Stand::new(world).await;
        let hr = stand.site.cast.firms[0].login.clone();
        stand.has_address(&stand.student().clone(), STUDENT).await;
        stand.has_address(&hr, "wang@firm.example").await;
        let id = stand.at(Stage::CollegeReview).await;
        let got = stand.mails().await;
        assert_eq!(told(&got, "你收到一份签约邀约"), [STUDENT]);
        // A member who has confirmed an address gets it, and the registered contact no longer does.
        assert_eq!(told(&got, "学生已应约"), ["wang@firm.example"]);
        let mail = got.iter().find(|mail| mail.to == "wang@firm.example").unwrap();
        let text = mail.text();
        let link = format!("https://sign.example.edu.cn/employer/10001/2027/agreements/{id}");
        for words in [
            "第10001大学",
            "第1科技有限公司",
            "院系审核中",
            "The student has accepted",
            &link,
        ] {
            assert!(text.contains(words), "{words} is not in\n{text}");
        }
        for person in ["张𬭎", "20270000", "王五", "0931"] {
            assert!(
                !mail.raw.contains(person) && !text.contains(person),
                "{person} is in\n{text}"
            );
        }
        let offer = got.iter().find(|mail| mail.to == STUDENT).unwrap().text();
        assert!(offer.contains(&format!("https://sign.example.edu.cn/student/agreements/{id}")));
        // What was sent is sent once.
        let before = got.len();
        assert_eq!(stand.mails().await.len(), before);
    })
    .await;
}

#[tokio::test]
async fn a_change_of_the_parameter_counts_for_new_notices_only() {
    let stand = Stand::new(World::sqlite().await).await;
    stand.has_address(&stand.student().clone(), STUDENT).await;
    let id = stand.at(Stage::Offered).await;
    stand.set("notice_offer", "inbox").await;
    stand.set("notice_change", "mail").await;
    assert_eq!(
        told(&stand.mails().await, "你收到一份签约邀约"),
        [STUDENT],
        "told as it was then"
    );
    stand.act(id, "employer", Command::Withdraw).await;
    assert_eq!(told(&stand.mails().await, "单位撤回了邀约"), [STUDENT]);
}

#[tokio::test]
async fn an_address_counts_once_its_code_came_back_and_the_one_before_is_told() {
    both(|world| async {
        let stand = Stand::new(world).await;
        let student = stand.site.signed_in(stand.student()).await;
        let page = student.get("/account").await;
        assert!(page.has("input[name=email]") && !page.has("input[name=code]"));
        for (email, password, error) in [
            ("", PASSWORD, "#email-e"),
            ("zhang@localhost", PASSWORD, "#email-e"),
            ("zhang@student.example", "", "#password-e"),
            ("zhang@student.example", "not it", "#password-e"),
        ] {
            let page = student
                .post("/account/email", &[("email", email), ("password", password)])
                .await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
            assert!(!page.says(error).is_empty(), "{error}");
            assert_eq!(page.attr("#f-email", "value"), email, "what was typed is kept");
        }
        assert!(stand.mails().await.is_empty(), "nothing was sent");
        let ask = |email: &'static str| {
            let student = &student;
            async move {
                student
                    .post("/account/email", &[("email", email), ("password", PASSWORD)])
                    .await
            }
        };
        assert_eq!(
            ask(" Zhang＠student.example ").await.status,
            StatusCode::SEE_OTHER
        );
        let got = stand.mails().await;
        assert_eq!(got[0].to, "Zhang@student.example");
        let again = ask(STUDENT).await;
        assert!(
            again.says("#email-e").contains("60"),
            "{}",
            again.says("#email-e")
        );
        let page = student.get("/account").await;
        assert!(
            page.has("input[name=code]") && page.has("#mail .t2"),
            "not confirmed yet"
        );
        let confirm = |code: String| {
            let student = &student;
            async move {
                student
                    .post("/account/email/confirmation", &[("code", code.as_str())])
                    .await
            }
        };
        let code = got[0].code();
        assert_eq!(code.len(), 6, "{}", got[0].text());
        let wrong = confirm(if code == "000000" {
            "000001".into()
        } else {
            "000000".into()
        })
        .await;
        assert!(wrong.says("#code-e").contains("不对"), "{}", wrong.text);
        assert_eq!(confirm(code.clone()).await.status, StatusCode::SEE_OTHER);
        let page = student.get("/account").await;
        assert!(page.says("#mail").contains("Zhang@student.example"));
        let spent = confirm(code).await;
        assert_eq!(
            spent.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a code is good once"
        );

        // Its own address again: nothing is sent, least of all a warning to it.
        stand.site.wait(61);
        let same = ask("zhang@student.example").await;
        assert!(
            same.says("#email-e").contains("现在的邮箱"),
            "{}",
            same.says("#email-e")
        );
        assert_eq!(stand.mails().await.len(), 1);

        // Another address: the first one has to agree, is told of it, and not before it counts.
        ask("li@student.example").await;
        assert_eq!(stand.mails().await.len(), 3);
        let (old, new) = (
            stand.code_at("Zhang@student.example").await,
            stand.code_at("li@student.example").await,
        );
        let both_codes = |new: String, old: String| {
            let student = &student;
            async move {
                let fields = [("code", new.as_str()), ("old_code", old.as_str())];
                student.post("/account/email/confirmation", &fields).await
            }
        };
        let alone = confirm(new.clone()).await;
        assert!(
            alone.says("#old_code-e").contains("请填写"),
            "who has only the password does not get further: {}",
            alone.text
        );
        let other = if old == "000000" { "000001" } else { "000000" };
        let guessed = both_codes(new.clone(), other.into()).await;
        assert!(guessed.says("#old_code-e").contains("不对"), "{}", guessed.text);
        let swapped = both_codes(old.clone(), new.clone()).await;
        assert_eq!(swapped.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = student.get("/account").await;
        assert!(page.says("#mail b").contains("Zhang@student.example"));
        assert_eq!(told(&stand.mails().await, "账号的邮箱已更改"), [""; 0]);
        assert_eq!(both_codes(new, old).await.status, StatusCode::SEE_OTHER);
        let page = student.get("/account").await;
        assert!(page.says("#mail b").contains("li@student.example"));
        let got = stand.mails().await;
        assert_eq!(told(&got, "账号的邮箱已更改"), ["Zhang@student.example"]);
        // Nobody else's page shows it.
        let other = stand
            .site
            .signed_in(&stand.site.cast.schools[0].student_logins[1])
            .await;
        assert!(!other.get("/account").await.text.contains("student.example"));
    })
    .await;
}

async fn offer(browser: &Browser, id: AgreementId, path: &str, more: &[(&str, &str)]) -> Page {
    let page = browser.get(&format!("/student/agreements/{id}")).await;
    let version = page
        .find("form[data-ticks] input[name=version]", "value")
        .unwrap_or_default();
    let ticks = keys(&page);
    let mut fields = vec![("version", version.as_str()), ("signing", "yes")];
    fields.extend(ticks.iter().map(|key| ("tick", key.as_str())));
    fields.extend_from_slice(more);
    browser
        .post(&format!("/student/agreements/{id}/{path}"), &fields)
        .await
}

#[tokio::test]
async fn a_code_proves_who_accepts_once_and_the_evidence_says_so() {
    both(|world| async {
        let stand = Stand::new(world).await;
        stand.set("second_factor", "code").await;
        stand.has_address(&stand.student().clone(), STUDENT).await;
        let id = stand.at(Stage::Offered).await;
        let student = stand.site.signed_in(stand.student()).await;
        let page = student.get(&format!("/student/agreements/{id}")).await;
        assert!(page.has("input[name=code]") && !page.has("input[type=password]"));
        let first = "form[data-ticks] button[type=submit]";
        assert_eq!(
            page.find(first, "formaction"),
            None,
            "what the enter key presses accepts"
        );
        assert!(page.text.contains("z***@student.example") && !page.text.contains(STUDENT));

        let none = offer(&student, id, "acceptance", &[]).await;
        assert!(!none.says("#code-e").is_empty(), "a code is needed");
        let password = offer(&student, id, "acceptance", &[("password", PASSWORD)]).await;
        assert_eq!(
            password.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "the password is not asked for"
        );
        let gone = offer(&student, id, "acceptance", &[("code", "123456")]).await;
        assert!(gone.says("#code-e").contains("重新发送"), "none was sent yet");

        let sent = offer(&student, id, "acceptance/code", &[]).await;
        assert_eq!(sent.status, StatusCode::OK);
        assert!(
            sent.has("[data-reopen]") && sent.has("#f-signing[checked]"),
            "what was typed is kept"
        );
        let code = stand.code().await;
        let again = offer(&student, id, "acceptance/code", &[]).await;
        assert!(
            again.says("#code-e").contains("秒后再试"),
            "{}",
            again.says("#code-e")
        );

        // It is good for this deed alone.
        let elsewhere = student
            .post("/account/email/confirmation", &[("code", &code)])
            .await;
        assert_eq!(elsewhere.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wide: String = code
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
            .collect();
        let done = offer(&student, id, "acceptance", &[("code", &format!(" {wide} "))]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.says("#code-e"));
        let record = student.get(&format!("/student/agreements/{id}/record")).await;
        assert!(
            record.text.contains("邮件验证码"),
            "the evidence says what it was"
        );

        // The same for a termination, with the letter kept while the code is on its way.
        stand.act(id, "college", Command::CollegeApprove).await;
        stand.act(id, "staff", Command::SchoolApprove).await;
        let page = student
            .get(&format!("/student/agreements/{id}/termination"))
            .await;
        assert!(page.has("input[name=code]"));
        let first = "form.fields button[type=submit]";
        assert_eq!(
            page.find(first, "formaction"),
            None,
            "what the enter key presses asks"
        );
        let version = page.attr("form.fields input[name=version]", "value");
        let fields = [
            ("version", version.as_str()),
            ("reason", "family"),
            ("text", "另有安排"),
        ];
        let sent = student
            .post(&format!("/student/agreements/{id}/termination/code"), &fields)
            .await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
        assert!(sent.has("option[value=family][selected]"));
        assert_eq!(stand.code().await.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn codes_that_went_to_an_address_end_with_it() {
    both(|world| async {
        let stand = Stand::new(world).await;
        stand.set("second_factor", "code").await;
        stand.has_address(&stand.student().clone(), STUDENT).await;
        let id = stand.at(Stage::Offered).await;
        let student = stand.site.signed_in(stand.student()).await;
        offer(&student, id, "acceptance/code", &[]).await;
        let code = stand.code().await;
        stand.site.wait(1);
        stand
            .has_address(&stand.student().clone(), "li@student.example")
            .await;
        let late = offer(&student, id, "acceptance", &[("code", &code)]).await;
        assert!(
            late.says("#code-e").contains("重新发送"),
            "{}",
            late.says("#code-e")
        );

        stand.site.wait(1);
        // Whoever lost the mailbox has it taken off; that too is told and written down.
        let (key, env) = (
            (stand.student().home, stand.student().account),
            stand.site.world.env.clone(),
        );
        let forget = || {
            let env = env.clone();
            stand.site.world.store.write(move |c| {
                let env = env.clone();
                Box::pin(async move { mail::forget_address(c, key, &env).await })
            })
        };
        assert!(forget().await.unwrap());
        assert!(!forget().await.unwrap(), "there is none any more");
        let read = stand
            .site
            .world
            .read(move |c| Box::pin(async move { mail::history(c, key.0, key.1).await }));
        let history: Vec<String> = read.await.unwrap().into_iter().map(|(what, _)| what).collect();
        assert_eq!(history, ["confirmed", "confirmed", "forgotten"]);
        let told = told(&stand.mails().await, "账号的邮箱已更改");
        assert_eq!(told, ["li@student.example", STUDENT]);
        let page = student.get(&format!("/student/agreements/{id}")).await;
        assert!(
            page.has("input[type=password]"),
            "the password stands in, and the page says so"
        );
        let page = student.get("/account").await;
        assert!(page.says("#mail").contains("还没有确认过的邮箱"));
    })
    .await;
}

#[tokio::test]
async fn a_code_is_used_up_with_its_act_or_not_at_all() {
    both(|world| async {
        let stand = Stand::new(world).await;
        stand.set("second_factor", "code").await;
        stand.has_address(&stand.student().clone(), STUDENT).await;
        let id = stand.at(Stage::Offered).await;
        let student = stand.site.signed_in(stand.student()).await;
        offer(&student, id, "acceptance/code", &[]).await;
        let code = stand.code().await;
        let right = async || {
            let purpose = Purpose {
                school: stand.student().home,
                account: stand.student().account,
                what: format!("accept:{id}"),
            };
            let (store, code, now) = (
                stand.site.world.store.clone(),
                code.clone(),
                stand.site.world.env.now(),
            );
            let tried = stand.site.world.store.write(move |c| {
                let (store, code, purpose) = (store.clone(), code.clone(), purpose.clone());
                Box::pin(async move { passcodes::attempt(c, &purpose, &code, (store.keys(), now)).await })
            });
            match tried.await.unwrap() {
                Tried::Right(right) => right,
                other => panic!("{other:?}"),
            }
        };
        let act = |version| Act {
            school: stand.school(),
            id,
            version: Some(version),
            command: Command::Withdraw,
            ticked: BTreeSet::new(),
            actor: stand.actor("employer"),
            origin: Origin::default(),
        };
        // As often as one likes: what is right is no try, and an act that comes too late costs no code.
        for _ in 0..7 {
            let late = agreements::perform_proved(&stand.site.world.store, act(99), Some(right().await));
            assert!(matches!(late.await, Err(store::Error::Stale)));
        }
        // Of two that have the same code, one acts.
        let (one, other) = (right().await, right().await);
        let accepted = offer(&student, id, "acceptance", &[("code", &code)]).await;
        assert_eq!(
            accepted.status,
            StatusCode::SEE_OTHER,
            "{}",
            accepted.says("#code-e")
        );
        for spent in [one, other] {
            let spend = stand.site.world.store.write(move |c| {
                let spent = spent.clone();
                Box::pin(async move { passcodes::spend(c, &spent).await })
            });
            assert!(!spend.await.unwrap(), "used up with the acceptance");
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_told_nothing_by_mail_is_asked_for_no_address() {
    let stand = Stand::new(World::sqlite().await).await;
    let campus = &stand.site.cast.schools[0];
    for who in [&campus.reviewer, &campus.staff] {
        let browser = stand.site.signed_in(who).await;
        let page = browser.get("/account").await;
        assert!(page.status.is_success() && !page.has("#mail") && !page.has("input[name=email]"));
        let fields = [("email", "staff@school.example"), ("password", PASSWORD)];
        let answer = browser.post("/account/email", &fields).await;
        assert_eq!(answer.to(), "/account");
    }
    assert!(stand.mails().await.is_empty(), "and nothing is sent");
}

#[tokio::test]
async fn a_code_ends_after_five_minutes_and_five_tries_and_guesses_lock_as_passwords_do() {
    both(|world| async {
        let stand = Stand::new(world).await;
        stand.set("second_factor", "code").await;
        stand.has_address(&stand.student().clone(), STUDENT).await;
        let id = stand.at(Stage::Offered).await;
        let student = stand.site.signed_in(stand.student()).await;
        let send = || offer(&student, id, "acceptance/code", &[]);
        let accept = |code: String| {
            let student = &student;
            async move { offer(student, id, "acceptance", &[("code", code.as_str())]).await }
        };
        send().await;
        let old = stand.code().await;
        stand.site.wait(301);
        assert!(
            accept(old.clone()).await.says("#code-e").contains("过期"),
            "after five minutes"
        );
        send().await;
        let code = stand.code().await;
        assert!(code != old, "a new one");
        let wrong = if code == "111111" { "222222" } else { "111111" };
        for _ in 0..4 {
            assert!(accept(wrong.into()).await.says("#code-e").contains("不对"));
        }
        accept(wrong.into()).await;
        let locked = accept(code.clone()).await;
        assert!(
            locked.says("#code-e").contains("次数过多"),
            "locked: {}",
            locked.says("#code-e")
        );
        stand.site.wait(61);
        let spent = accept(code).await;
        assert!(
            spent.says("#code-e").contains("输错次数过多"),
            "{}",
            spent.says("#code-e")
        );
        // Not more than ten codes in a day, of which two were sent.
        for _ in 0..8 {
            stand.site.wait(61);
            assert_eq!(send().await.status, StatusCode::OK);
        }
        stand.site.wait(61);
        let enough = send().await;
        assert!(
            enough.says("#code-e").contains("明天"),
            "{}",
            enough.says("#code-e")
        );
    })
    .await;
}

#[tokio::test]
async fn without_an_address_or_without_mail_the_password_stands_in_and_the_evidence_says_so() {
    let stand = Stand::new(World::sqlite().await).await;
    stand.set("second_factor", "code").await;
    let id = stand.at(Stage::Offered).await;
    let student = stand.site.signed_in(stand.student()).await;
    let page = student.get(&format!("/student/agreements/{id}")).await;
    assert!(
        page.has("input[type=password]") && page.has("main a[href='/account']"),
        "with the way to an address"
    );
    let done = offer(&student, id, "acceptance", &[("password", PASSWORD)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let record = student
        .get(&format!("/student/agreements/{id}/record"))
        .await
        .text;
    assert!(record.contains("登录密码") && !record.contains("邮件验证码"));

    let site = Site::open(World::sqlite().await).await;
    let silent = Stand {
        worker: Worker::new(site.world.store.clone(), Arc::new(NoPaper)),
        sink: stand.sink,
        site,
    };
    silent.set("second_factor", "code").await;
    silent.has_address(&silent.student().clone(), STUDENT).await;
    let id = silent.at(Stage::Offered).await;
    let student = silent.site.signed_in(silent.student()).await;
    let page = student.get(&format!("/student/agreements/{id}")).await;
    assert!(page.has("input[type=password]") && page.text.contains("暂不能发送邮件"));
    let account = student.get("/account").await;
    assert!(!account.has("input[name=email]"), "nothing to fill in");
    let refused = student
        .post("/account/email", &[("email", STUDENT), ("password", PASSWORD)])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    silent.worker.drain().await;
    let done = offer(&student, id, "acceptance", &[("password", PASSWORD)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_server_that_does_not_answer_holds_up_nothing_and_mail_goes_out_later() {
    let stand = Stand::new(World::sqlite().await).await;
    stand.has_address(&stand.student().clone(), STUDENT).await;
    stand.sink.behave(Manners {
        mute: true,
        ..Manners::default()
    });
    let stop = Arc::new(Notify::new());
    let working = tokio::spawn(stand.worker.clone().run(stop.clone()));
    let id = stand.at(Stage::Offered).await;
    while stand.sink.calls() == 0 {
        stand.site.world.store.bell().notify_one();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The server has the message in hand and says nothing; the deadline is met all the same.
    stand.site.wait(6 * 24 * 3600);
    stand.site.world.store.bell().notify_one();
    let school = stand.school();
    let expired = async {
        loop {
            let read = stand
                .site
                .world
                .read(move |c| Box::pin(agreements::load(c, school, id)));
            if read.await.unwrap().unwrap().agreement.state.kind().code() == "expired" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(7), expired)
        .await
        .expect("the worker went on");
    stop.notify_one();
    working.await.unwrap();
    stand.sink.behave(Manners::default());
    // Whoever was waited for gives up by its own patience; the lease of a job runs out, and it goes out.
    tokio::time::sleep(Duration::from_secs(11)).await;
    stand.site.wait(3600);
    assert_eq!(told(&stand.mails().await, "你收到一份签约邀约"), [STUDENT]);
}
