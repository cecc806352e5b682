//! A mail server for tests: speaks SMTP on a loopback port, with or without TLS, keeps what it gets, and
//! misbehaves as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::{Security, Settings};

/// How the server behaves.
#[derive(Debug, Clone, Default)]
pub struct Manners {
    /// Offers STARTTLS, or speaks TLS from the first byte.
    pub tls: Option<Tls>,
    /// Whom it lets in; everybody when nobody is named.
    pub login: Option<(String, String)>,
    /// Answers these words of the protocol with these lines.
    pub answers: Vec<(String, String)>,
    /// Says nothing at all.
    pub mute: bool,
}

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// After STARTTLS.
    Later,
    /// At once.
    First,
}

/// A message that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// The recipient of the envelope.
    pub to: String,
    /// Header and body as they came.
    pub raw: String,
}

impl Got {
    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> String {
        let head = self
            .raw
            .split("\r\n\r\n")
            .next()
            .unwrap_or_default()
            .replace("\r\n ", " ");
        let line = head
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        line.unwrap_or_default()
    }

    /// The text, decoded.
    pub fn text(&self) -> String {
        let body = self.raw.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        match self.header("Content-Transfer-Encoding").as_str() {
            "base64" => unbase64(body),
            "quoted-printable" => unquote(body),
            _ => body.to_owned(),
        }
    }

    /// The six digits in the text.
    pub fn code(&self) -> String {
        let text = self.text();
        let digits = |part: &&str| part.len() == 6 && part.bytes().all(|b| b.is_ascii_digit());
        let mut parts = text.split(|c: char| !c.is_ascii_alphanumeric());
        parts.find(digits).unwrap_or_default().to_owned()
    }
}

fn unbase64(text: &str) -> String {
    let value = |b: u8| {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            .iter()
            .position(|x| *x == b)
    };
    let sixes: Vec<u32> = text
        .bytes()
        .filter_map(value)
        .filter_map(|v| u32::try_from(v).ok())
        .collect();
    let mut bytes = Vec::new();
    for chunk in sixes.chunks(4) {
        let bits = chunk
            .iter()
            .enumerate()
            .fold(0u32, |bits, (i, six)| bits | six << (18 - 6 * i));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..chunk.len().max(1)]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn unquote(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let (mut out, mut rest) = (Vec::new(), joined.as_bytes());
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'=', Some(byte)) => {
                out.push(byte);
                rest = &tail[2..];
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A running server.
#[derive(Clone)]
pub struct Sink {
    port: u16,
    manners: Arc<Mutex<Manners>>,
    got: Arc<Mutex<Vec<Got>>>,
    calls: Arc<Mutex<usize>>,
    root: String,
}

impl Sink {
    /// Starts one.
    pub async fn start(manners: Manners) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])
            .map_err(std::io::Error::other)?;
        let key = tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .map_err(std::io::Error::other)?;
        let sink = Self {
            port: listener.local_addr()?.port(),
            manners: Arc::new(Mutex::new(manners)),
            got: Arc::default(),
            calls: Arc::default(),
            root: made.cert.pem(),
        };
        let (server, acceptor) = (sink.clone(), TlsAcceptor::from(Arc::new(config)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (server, acceptor) = (server.clone(), acceptor.clone());
                tokio::spawn(async move { server.serve(stream, acceptor).await });
            }
        });
        Ok(sink)
    }

    /// Settings that reach it, for the way it speaks.
    pub fn settings(&self) -> Settings {
        let manners = self.read();
        Settings {
            host: "localhost".into(),
            port: self.port,
            security: match manners.tls {
                None => Security::None,
                Some(Tls::Later) => Security::StartTls,
                Some(Tls::First) => Security::Tls,
            },
            credentials: manners.login,
            from: "Sanfang <sanfang@school.example>".into(),
            roots: Some(self.root.clone().into_bytes()),
        }
    }

    /// Changes how it behaves.
    pub fn behave(&self, manners: Manners) {
        if let Ok(mut held) = self.manners.lock() {
            *held = manners;
        }
    }

    fn read(&self) -> Manners {
        self.manners.lock().map(|held| held.clone()).unwrap_or_default()
    }

    /// What came so far, the first one first.
    pub fn got(&self) -> Vec<Got> {
        self.got.lock().map(|got| got.clone()).unwrap_or_default()
    }

    /// How often somebody called.
    pub fn calls(&self) -> usize {
        self.calls.lock().map(|calls| *calls).unwrap_or_default()
    }

    async fn serve(&self, stream: TcpStream, acceptor: TlsAcceptor) -> std::io::Result<()> {
        if let Ok(mut calls) = self.calls.lock() {
            *calls += 1;
        }
        let manners = self.read();
        if manners.mute {
            tokio::time::sleep(Duration::from_secs(600)).await;
            return Ok(());
        }
        if manners.tls == Some(Tls::First) {
            let mut talk = Talk::new(acceptor.accept(stream).await?, manners, true);
            talk.say("220 sink").await?;
            talk.go(self).await?;
            return Ok(());
        }
        let mut talk = Talk::new(stream, manners.clone(), false);
        talk.say("220 sink").await?;
        if talk.go(self).await? {
            let secret = acceptor.accept(talk.stream.into_inner()).await?;
            Talk::new(secret, manners, true).go(self).await?;
        }
        Ok(())
    }
}

struct Talk<S> {
    stream: BufReader<S>,
    manners: Manners,
    secret: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    fn new(stream: S, manners: Manners, secret: bool) -> Self {
        Self {
            stream: BufReader::new(stream),
            manners,
            secret,
        }
    }

    async fn say(&mut self, line: &str) -> std::io::Result<()> {
        self.stream
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())
            .await?;
        self.stream.get_mut().flush().await
    }

    async fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        Ok(line)
    }

    /// Talks until the other side leaves, or wants TLS.
    async fn go(&mut self, sink: &Sink) -> std::io::Result<bool> {
        let (mut to, mut known) = (String::new(), self.manners.login.is_none());
        loop {
            let line = self.line().await?;
            let line = line.trim_end();
            let word = line
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            let planned = self.manners.answers.iter().find(|(asked, _)| *asked == word);
            if let Some((_, answer)) = planned.cloned() {
                self.say(&answer).await?;
                continue;
            }
            match word.as_str() {
                "EHLO" => self.greet().await?,
                "STARTTLS" if !self.secret && self.manners.tls.is_some() => {
                    self.say("220 go ahead").await?;
                    return Ok(true);
                }
                "AUTH" => {
                    known = self.fits(line.rsplit(' ').next().unwrap_or_default());
                    self.say(if known { "235 welcome" } else { "535 not you" })
                        .await?;
                }
                "MAIL" if !known => self.say("530 who are you").await?,
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    self.say("250 ok").await?;
                }
                "DATA" => {
                    self.say("354 go on").await?;
                    let mut raw = String::new();
                    loop {
                        let line = self.line().await?;
                        if line == ".\r\n" || line.is_empty() {
                            break;
                        }
                        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    }
                    if let Ok(mut got) = sink.got.lock() {
                        got.push(Got { to: to.clone(), raw });
                    }
                    self.say("250 kept").await?;
                }
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Ok(false);
                }
                "" => return Ok(false),
                _ => self.say("250 ok").await?,
            }
        }
    }

    async fn greet(&mut self) -> std::io::Result<()> {
        let mut offers = vec!["sink"];
        if self.manners.tls == Some(Tls::Later) && !self.secret {
            offers.push("STARTTLS");
        }
        if self.manners.login.is_some() {
            offers.push("AUTH PLAIN");
        }
        offers.push("8BITMIME");
        let last = offers.len() - 1;
        for (at, offer) in offers.into_iter().enumerate() {
            self.say(&format!("250{}{offer}", if at == last { " " } else { "-" }))
                .await?;
        }
        Ok(())
    }

    fn fits(&self, coded: &str) -> bool {
        self.manners
            .login
            .as_ref()
            .is_none_or(|(user, password)| unbase64(coded) == format!("\0{user}\0{password}"))
    }
}
