//! The way to the mail server.

use domain::codes::email::Email;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;
use uuid::Uuid;

/// How long the server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one message may take in all; less than the lease of its job.
const LONGEST: Duration = Duration::from_secs(40);

/// How the way to the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// In plain words first, then STARTTLS; a server that offers none gets nothing.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a server on this machine only.
    None,
}

/// Where the server is and who we are to it.
#[derive(Clone)]
pub struct Settings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way is protected.
    pub security: Security,
    /// User and password, where the server asks for them.
    pub credentials: Option<(String, String)>,
    /// The sender: an address, or a name with the address in angle brackets.
    pub from: String,
    /// Authorities besides the public ones, as PEM.
    pub roots: Option<Vec<u8>>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settings({}:{})", self.host, self.port)
    }
}

/// Why mail was not sent. What a server says is not part of it: it likes to name addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The settings make no sense.
    #[error("the mail settings: {0}")]
    Settings(&'static str),
    /// The server cannot be reached, is too slow, or speaks no good TLS.
    #[error("the mail server: {0}")]
    Unreachable(&'static str),
    /// The server answered with this code.
    #[error("the mail server answered {0}")]
    Refused(u16),
    /// The message could not be written.
    #[error("the message could not be written")]
    Unwritten,
}

impl MailError {
    /// Whether another try can help: it cannot where there is no such mailbox.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Refused(550 | 551 | 553) | Self::Unwritten)
    }

    /// Whether other messages would fare no better at the moment.
    pub fn is_general(self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::Refused(421 | 454 | 530 | 534 | 535 | 538)
        )
    }
}

/// A message to one address.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Stays the same when the message is sent again, and becomes its Message-ID.
    pub id: Uuid,
    /// To whom.
    pub to: Email,
    /// When it was asked for.
    pub at: Timestamp,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Reads the settings; nothing is connected yet.
    pub fn new(settings: &Settings) -> Result<Self, MailError> {
        let from: Mailbox = settings
            .from
            .parse()
            .map_err(|_| MailError::Settings("from is no address"))?;
        let tls = match settings.security {
            Security::None => Tls::None,
            Security::StartTls => Tls::Required(parameters(settings)?),
            Security::Tls => Tls::Wrapper(parameters(settings)?),
        };
        let host = from.email.domain().to_owned();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
            .port(settings.port)
            .tls(tls)
            .hello_name(ClientId::Domain(host))
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &settings.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }

    /// Sends a message. It may arrive twice when the server's last word is lost; the Message-ID is the same then.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.write(mail)?;
        match tokio::time::timeout(LONGEST, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(reason(&error)),
            Err(_) => Err(MailError::Unreachable("too slow")),
        }
    }

    fn write(&self, mail: &Mail) -> Result<Message, MailError> {
        let to: Address = mail.to.reveal().parse().map_err(|_| MailError::Unwritten)?;
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".into(),
        );
        MessageBuilder::new()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            .date(mail.at.into())
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .raw_header(automatic)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .map_err(|_| MailError::Unwritten)
    }

    /// Connects, says EHLO, begins TLS and signs in as for a message, and leaves. The error is in words for
    /// whoever set the server up.
    pub async fn check(&self) -> Result<(), String> {
        match tokio::time::timeout(LONGEST, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("it does not answer".into()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("too slow".into()),
        }
    }
}

fn parameters(settings: &Settings) -> Result<TlsParameters, MailError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.roots {
        let root =
            Certificate::from_pem(pem).map_err(|_| MailError::Settings("ca_file holds no certificate"))?;
        builder = builder.add_root_certificate(root);
    }
    builder
        .build()
        .map_err(|_| MailError::Settings("TLS cannot be set up"))
}

fn reason(error: &lettre::transport::smtp::Error) -> MailError {
    if let Some(code) = error.status() {
        return MailError::Refused(u16::from(code));
    }
    MailError::Unreachable(if error.is_tls() {
        "no good TLS"
    } else if error.is_timeout() {
        "too slow"
    } else if error.is_client() {
        "does not offer what we need (STARTTLS, a way to sign in)"
    } else if error.is_response() {
        "speaks no SMTP"
    } else {
        "cannot be reached"
    })
}
