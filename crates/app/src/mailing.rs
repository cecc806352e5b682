//! The way for mail, as it is configured.

use crate::config::{Config, Mail, MailTls};
use crate::failure::usage;
use jobs::mail::{Security, Settings, Smtp};
use std::net::IpAddr;

/// The mail server; none when none is configured.
pub fn smtp(config: &Config) -> anyhow::Result<Option<Smtp>> {
    let Some(settings) = settings(&config.mail)? else {
        return Ok(None);
    };
    let smtp = Smtp::new(&settings).map_err(|error| usage(format!("mail: {error}")))?;
    Ok(Some(smtp))
}

fn settings(mail: &Mail) -> anyhow::Result<Option<Settings>> {
    let Some(host) = &mail.host else {
        return Ok(None);
    };
    let from = mail
        .from
        .clone()
        .ok_or_else(|| usage("mail.from: who sends? An address is needed"))?;
    if mail.tls == MailTls::None && !is_here(host) {
        return Err(usage(format!(
            "mail.tls: \"none\" is for a server on this machine; {host} is another one"
        )));
    }
    let credentials = match (&mail.user, &mail.password) {
        (Some(user), Some(password)) => Some((user.clone(), password.clone())),
        (None, None) => None,
        _ => {
            return Err(usage(
                "mail.user and mail.password (or mail.password_file) go together",
            ));
        }
    };
    let roots = match &mail.ca_file {
        Some(file) => {
            Some(std::fs::read(file).map_err(|error| usage(format!("{}: {error}", file.display())))?)
        }
        None => None,
    };
    let (security, port) = match mail.tls {
        MailTls::StartTls => (Security::StartTls, 587),
        MailTls::Tls => (Security::Tls, 465),
        MailTls::None => (Security::None, 25),
    };
    Ok(Some(Settings {
        host: host.clone(),
        port: mail.port.unwrap_or(port),
        security,
        credentials,
        from,
        roots,
    }))
}

fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(host: &str, tls: MailTls) -> Mail {
        Mail {
            host: Some(host.into()),
            tls,
            from: Some("Sanfang <sanfang@school.example>".into()),
            ..Mail::default()
        }
    }

    #[test]
    fn only_a_server_on_this_machine_is_spoken_to_without_tls() {
        for host in ["localhost", "127.0.0.1", "::1", "[::1]"] {
            assert!(settings(&mail(host, MailTls::None)).unwrap().is_some(), "{host}");
        }
        for host in [
            "smtp.school.example",
            "10.0.0.1",
            "localhost.example.com",
            "127.0.0.1.example.com",
        ] {
            let error = settings(&mail(host, MailTls::None)).unwrap_err();
            assert!(error.to_string().contains("mail.tls"), "{host}");
            let found = settings(&mail(host, MailTls::Tls)).unwrap().unwrap();
            assert_eq!((found.security, found.port), (Security::Tls, 465));
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(settings(&Mail::default()).unwrap().is_none());
        let nobody = Mail {
            from: None,
            ..mail("localhost", MailTls::StartTls)
        };
        assert!(settings(&nobody).unwrap_err().to_string().contains("mail.from"));
        let half = Mail {
            user: Some("u".into()),
            ..mail("localhost", MailTls::StartTls)
        };
        assert!(settings(&half).unwrap_err().to_string().contains("mail.password"));
    }
}
