//! Real conversations with a mail server on loopback.

use domain::codes::email::Email;
use jiff::Timestamp;
use jobs::mail::testing::{Manners, Sink, Tls};
use jobs::mail::{Mail, MailError, Security, Settings, Smtp};
use uuid::Uuid;

fn mail() -> Mail {
    Mail {
        id: Uuid::from_u128(7),
        to: Email::parse("li.lei@student.example").unwrap(),
        at: Timestamp::from_second(1_795_395_600).unwrap(),
        subject: "学生已应约 / The student has accepted".into(),
        text: "第1大学\n.\n一行以点开头。\n".repeat(30),
    }
}

fn login() -> Option<(String, String)> {
    Some(("sanfang".into(), "secret".into()))
}

async fn send(settings: &Settings) -> Result<(), MailError> {
    Smtp::new(settings).unwrap().send(&mail()).await
}

#[tokio::test]
async fn a_message_arrives_whole_over_every_way_and_says_who_it_is() {
    for tls in [None, Some(Tls::Later), Some(Tls::First)] {
        let sink = Sink::start(Manners {
            tls,
            login: login(),
            ..Manners::default()
        })
        .await
        .unwrap();
        assert_eq!(
            Smtp::new(&sink.settings()).unwrap().check().await,
            Ok(()),
            "{tls:?}"
        );
        for _ in 0..2 {
            send(&sink.settings()).await.unwrap();
        }
        let got = sink.got();
        assert_eq!(got.len(), 2, "{tls:?}");
        assert_eq!(got[0].to, "li.lei@student.example");
        assert_eq!(
            got[0].text().replace("\r\n", "\n").trim_end(),
            mail().text.trim_end()
        );
        assert_eq!(
            got[0].header("Message-ID"),
            "<00000000-0000-0000-0000-000000000007@school.example>"
        );
        assert_eq!(got[0], got[1], "sent again it is the same message");
        assert_eq!(got[0].header("Auto-Submitted"), "auto-generated");
        assert!(
            got[0].header("Date").contains("23 Nov 2026"),
            "{}",
            got[0].header("Date")
        );
        assert!(got[0].raw.is_ascii(), "as every server takes it");
    }
}

#[tokio::test]
async fn a_way_that_is_not_safe_is_not_taken() {
    // A server that offers no STARTTLS gets no password and no message.
    let plain = Sink::start(Manners {
        login: login(),
        ..Manners::default()
    })
    .await
    .unwrap();
    let settings = Settings {
        security: Security::StartTls,
        ..plain.settings()
    };
    assert!(matches!(send(&settings).await, Err(MailError::Unreachable(_))));
    assert!(Smtp::new(&settings).unwrap().check().await.is_err());
    assert!(plain.got().is_empty());
    // A certificate of nobody we know.
    for tls in [Tls::Later, Tls::First] {
        let stranger = Sink::start(Manners {
            tls: Some(tls),
            ..Manners::default()
        })
        .await
        .unwrap();
        let settings = Settings {
            roots: None,
            ..stranger.settings()
        };
        assert!(
            matches!(send(&settings).await, Err(MailError::Unreachable(_))),
            "{tls:?}"
        );
        // One of somebody else: the name is not the one that was asked for.
        let other = Settings {
            host: "127.0.0.1".into(),
            ..stranger.settings()
        };
        assert!(send(&other).await.is_err(), "{tls:?}");
        assert!(stranger.got().is_empty());
    }
}

#[tokio::test]
async fn a_refusal_is_told_by_its_code_and_never_with_the_address() {
    let answer = |word: &str, line: &str| Manners {
        answers: vec![(word.into(), line.into())],
        ..Manners::default()
    };
    let sink = Sink::start(Manners::default()).await.unwrap();
    for (manners, code, last, general) in [
        (
            answer("RCPT", "550 <li.lei@student.example> is nobody"),
            550,
            true,
            false,
        ),
        (
            answer("RCPT", "450 <li.lei@student.example> later"),
            450,
            false,
            false,
        ),
        (answer("MAIL", "421 too many"), 421, false, true),
    ] {
        sink.behave(manners);
        let error = send(&sink.settings()).await.unwrap_err();
        assert_eq!(error, MailError::Refused(code));
        assert_eq!((error.is_final(), error.is_general()), (last, general), "{code}");
        assert!(!error.to_string().contains("li.lei"), "{error}");
    }
    sink.behave(Manners {
        login: login(),
        ..Manners::default()
    });
    let wrong = Settings {
        credentials: Some(("sanfang".into(), "wrong".into())),
        ..sink.settings()
    };
    let error = send(&wrong).await.unwrap_err();
    assert!(
        error.is_general() && !error.is_final(),
        "{error}: the settings are to be mended"
    );
    let gone = Settings {
        port: 1,
        ..sink.settings()
    };
    assert!(send(&gone).await.unwrap_err().is_general());
    assert!(sink.got().is_empty());
}

#[test]
fn settings_that_make_no_sense_are_told_before_anything_is_sent() {
    let settings = Settings {
        host: "localhost".into(),
        port: 25,
        security: Security::StartTls,
        credentials: None,
        from: "nobody".into(),
        roots: None,
    };
    assert!(matches!(Smtp::new(&settings), Err(MailError::Settings(_))));
    let settings = Settings {
        from: "a@school.example".into(),
        roots: Some(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec()),
        ..settings
    };
    assert!(Smtp::new(&settings).is_err());
}
