//! The configuration: defaults, then one TOML file, then `SANFANG_<SECTION>__<KEY>`, then the command line.
//!
//! Everything has a working default. A key that nobody knows is an error: it is a typing mistake.

use crate::cli::{Place, READ_UPLOAD};
use crate::failure::usage;
use anyhow::Context;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::StoreConfig;
use web::upload::{Outside, Readers, Rooms};

/// All settings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `[server]`.
    pub server: Server,
    /// `[data]`.
    pub data: Data,
    /// `[database]`.
    pub database: Database,
    /// `[uploads]`.
    pub uploads: Uploads,
    /// `[log]`.
    pub log: Log,
    /// `[seal]`.
    pub seal: Seal,
    /// `[mail]`.
    pub mail: Mail,
}

/// `[mail]`: the server by which notices and codes are sent. Without a host nobody is told by mail.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// Its name.
    pub host: Option<String>,
    /// Its port: 587, 465 with `tls = "tls"`, 25 with `tls = "none"`.
    pub port: Option<u16>,
    /// How the way there is protected.
    pub tls: MailTls,
    /// The user, where the server asks for one.
    pub user: Option<String>,
    /// Its password; a file is better.
    pub password: Option<String>,
    /// A file that holds the password.
    pub password_file: Option<PathBuf>,
    /// The sender: an address, or a name with the address in angle brackets.
    pub from: Option<String>,
    /// A PEM file with an authority of your own, besides the public ones.
    pub ca_file: Option<PathBuf>,
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// STARTTLS; a server that offers none gets nothing.
    #[default]
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: for a server on this machine only.
    None,
}

/// `[seal]`: who attests the time of signatures, and seals that schools have from elsewhere.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seal {
    /// Time-stamp authorities (RFC 3161), asked in this order. None: signatures have no time-stamp.
    pub tsa: Vec<String>,
    /// A PEM file with the roots that time-stamps must lead to.
    pub tsa_roots_file: Option<PathBuf>,
    /// By a school's number: the key and certificates that it seals with instead of ours.
    pub schools: BTreeMap<String, SealFiles>,
}

/// A seal from elsewhere, as PEM files (`openssl pkcs12 -in FILE -nodes` makes them of a PKCS#12 file).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealFiles {
    /// The private key in PKCS#8.
    pub key_file: PathBuf,
    /// Its certificate, then those above it.
    pub certificate_file: PathBuf,
}

/// `[server]`: where Sanfang listens and how people reach it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port.
    pub listen: String,
    /// The address that people type, without a path; `http://<listen>` when absent.
    pub public_url: Option<String>,
    /// Whether a proxy of ours stands in front, whose last `X-Forwarded-For` entry is the client.
    pub behind_proxy: bool,
}

/// `[data]`: the data folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// Keys, files, and the embedded database.
    pub dir: PathBuf,
}

/// `[database]`: the server to use instead of the embedded database.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// A PostgreSQL URL; it may hold a password, so a file is better.
    pub url: Option<String>,
    /// A file that holds the URL.
    pub url_file: Option<PathBuf>,
}

/// `[uploads]`: who looks at files that people send, before they are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Uploads {
    /// A virus scanner with its arguments, which reads the file from its standard input and ends with 0 for a
    /// clean file and with 1 for an infected one, as `clamdscan` does. None when empty.
    pub scanner: Vec<String>,
    /// Seconds that it may take; a file that is not scanned is refused.
    pub scanner_seconds: u64,
}

/// `[log]`: how much is logged, and in which form.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// A level (`info`) or directives (`info,store=debug`).
    pub level: String,
    /// Lines for people or JSON.
    pub format: LogFormat,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            public_url: None,
            behind_proxy: false,
        }
    }
}

impl Default for Data {
    fn default() -> Self {
        Self { dir: "data".into() }
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            scanner: Vec::new(),
            scanner_seconds: 30,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".into(),
            format: LogFormat::Text,
        }
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail({:?})", self.host)
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.url.is_some() {
            "Database(server)"
        } else {
            "Database(embedded)"
        })
    }
}

/// Reads the configuration.
pub fn load(place: &Place) -> anyhow::Result<Config> {
    let mut sources = Figment::from(Serialized::defaults(Config::default()));
    if let Some(file) = &place.config {
        if !file.is_file() {
            return Err(usage(format!("{}: no such file", file.display())));
        }
        sources = sources.merge(Toml::file_exact(file));
    }
    // A variable without a section (SANFANG_BIN) is somebody else's.
    let variables = Env::prefixed("SANFANG_")
        .filter(|key| key.as_str().contains("__"))
        .split("__");
    let mut config: Config = sources
        .merge(variables)
        .extract()
        .map_err(|error| usage(format!("configuration: {error}")))?;
    if let Some(file) = &config.database.url_file {
        config.database.url = Some(secret(file)?);
    }
    if let Some(file) = &config.mail.password_file {
        config.mail.password = Some(secret(file)?);
    }
    if let Some(dir) = &place.data {
        config.data.dir.clone_from(dir);
        config.database.url = None;
    }
    if let Some(url) = &place.database {
        config.database.url = Some(url.clone());
    }
    Ok(config)
}

/// The first line of a file that holds a secret.
fn secret(file: &Path) -> anyhow::Result<String> {
    let text =
        std::fs::read_to_string(file).map_err(|error| usage(format!("{}: {error}", file.display())))?;
    match text.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(usage(format!("{}: the file is empty", file.display()))),
    }
}

impl Config {
    /// Where the data lives.
    pub fn store(&self) -> StoreConfig {
        StoreConfig {
            data: self.data.dir.clone(),
            database: self.database.url.clone(),
        }
    }
}

/// How long the reader of one file may take; its processor time is limited by itself.
const READER: Duration = Duration::from_secs(30);

impl Uploads {
    /// The scanner, if there is one.
    pub fn scanner(&self) -> Option<Outside> {
        (!self.scanner.is_empty()).then(|| Outside {
            command: self.scanner.iter().map(Into::into).collect(),
            patience: Duration::from_secs(self.scanner_seconds),
        })
    }

    /// Who looks at files: the scanner, and this very program in a process of its own.
    pub fn readers(&self) -> anyhow::Result<Readers> {
        // Where there is such a link it names the running program even after the file was replaced by a newer
        // one, with which it could not talk.
        let itself = Path::new("/proc/self/exe");
        let program = if itself.exists() {
            itself.to_owned()
        } else {
            std::env::current_exe().context("this program cannot find itself")?
        };
        Ok(Readers {
            scanner: self.scanner(),
            reader: Some(Outside {
                command: vec![program.into(), READ_UPLOAD.into()],
                patience: READER,
            }),
            rooms: Rooms::default(),
        })
    }
}

impl Server {
    /// The addresses to listen on.
    pub fn addresses(&self) -> anyhow::Result<Vec<SocketAddr>> {
        let found: Vec<SocketAddr> = self
            .listen
            .to_socket_addrs()
            .map_err(|error| usage(format!("cannot listen on \"{}\": {error}", self.listen)))?
            .collect();
        if found.is_empty() {
            return Err(usage(format!(
                "cannot listen on \"{}\": no such address",
                self.listen
            )));
        }
        Ok(found)
    }

    /// Whether only this machine can reach us.
    pub fn is_loopback(&self) -> anyhow::Result<bool> {
        Ok(self.addresses()?.iter().all(|address| address.ip().is_loopback()))
    }

    /// The address that people type, without a slash at its end.
    pub fn public_url(&self) -> anyhow::Result<String> {
        let url = self
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{}", self.listen));
        let url = url.trim_end_matches('/').to_owned();
        let host = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(url),
            _ => Err(usage(format!(
                "server.public_url \"{url}\": expected https://host without a path"
            ))),
        }
    }

    /// Whether people reach us without TLS.
    pub fn plain_http(&self) -> anyhow::Result<bool> {
        Ok(self.public_url()?.starts_with("http://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(listen: &str, public_url: Option<&str>) -> Server {
        Server {
            listen: listen.into(),
            public_url: public_url.map(Into::into),
            behind_proxy: false,
        }
    }

    #[test]
    fn the_defaults_work_alone() {
        let config = Config::default();
        assert_eq!(config.server.listen, "127.0.0.1:8080");
        assert_eq!(config.server.public_url().unwrap(), "http://127.0.0.1:8080");
        assert!(config.store().database.is_none());
    }

    #[test]
    fn loopback_is_told_from_the_rest() {
        assert!(server("127.0.0.1:0", None).is_loopback().unwrap());
        assert!(server("[::1]:0", None).is_loopback().unwrap());
        assert!(!server("0.0.0.0:0", None).is_loopback().unwrap());
        assert!(server("127.0.0.1", None).is_loopback().is_err());
    }

    #[test]
    fn a_public_address_is_a_scheme_and_a_host() {
        let url = |text| server("127.0.0.1:1", Some(text)).public_url();
        assert_eq!(
            url("https://sign.example.edu.cn/").unwrap(),
            "https://sign.example.edu.cn"
        );
        for bad in [
            "sign.example.edu.cn",
            "https://",
            "https://a/b",
            "ftp://a",
            "http://u@h",
            "http://h?x",
        ] {
            assert!(url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets_never_show_in_debug() {
        let database = Database {
            url: Some("postgres://u:secret@h/d".into()),
            url_file: None,
        };
        assert!(
            !format!(
                "{:?}",
                Config {
                    database,
                    mail: Mail {
                        password: Some("secret".into()),
                        ..Mail::default()
                    },
                    ..Config::default()
                }
            )
            .contains("secret")
        );
    }
}
