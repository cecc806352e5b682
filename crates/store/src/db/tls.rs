//! TLS to PostgreSQL: always verified, and required for every server that is not on this machine.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Error;

/// Where Linux distributions keep the certificates of public authorities.
const SYSTEM_ROOTS: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// Takes `sslrootcert=FILE`, which the driver does not know, out of a connection URL.
pub fn split_root_cert(url: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let (roots, rest): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .partition(|pair| pair.starts_with("sslrootcert="));
    let root = roots
        .first()
        .and_then(|pair| pair.split_once('='))
        .map(|(_, file)| file.to_owned());
    (
        if rest.is_empty() {
            base.to_owned()
        } else {
            format!("{base}?{}", rest.join("&"))
        },
        root,
    )
}

/// Whether the connection must be encrypted: as `sslmode` says; where it leaves the choice
/// (`prefer`, the default), for every server that is not on this machine.
pub fn required(config: &tokio_postgres::Config) -> bool {
    match config.get_ssl_mode() {
        SslMode::Disable => false,
        SslMode::Prefer => !config.get_hosts().iter().all(is_local),
        _ => true,
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
    }
}

/// A connector that trusts the authorities in `root_cert` (PEM), or those of the system.
pub fn connector(root_cert: Option<&str>) -> Result<MakeRustlsConnect, Error> {
    let file = root_cert
        .or_else(|| SYSTEM_ROOTS.into_iter().find(|file| Path::new(file).exists()))
        .ok_or_else(|| {
            Error::Config("no certificate authorities found: name a file with sslrootcert=".into())
        })?;
    let unreadable = |error| Error::Config(format!("sslrootcert {file}: {error}"));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
        // A bundle may hold certificates that this library does not accept; the rest counts.
        drop(roots.add(certificate.map_err(unreadable)?));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Config(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_on_this_machine_may_go_without_encryption() {
        let needs = |url: &str| required(&url.parse().unwrap());
        assert!(!needs("postgres://u@127.0.0.1/d"));
        assert!(!needs("postgres://u@localhost/d"));
        assert!(!needs("postgres://u@%2Frun%2Fpostgresql/d"));
        assert!(needs("postgres://u@db.example.org/d"));
        assert!(needs("postgres://u@127.0.0.1/d?sslmode=require"));
        assert!(!needs("postgres://u@db.example.org/d?sslmode=disable"));
    }

    #[test]
    fn the_root_certificate_is_taken_out_of_the_url() {
        let split = |url| split_root_cert(url);
        assert_eq!(split("postgres://h/d"), ("postgres://h/d".into(), None));
        assert_eq!(
            split("postgres://h/d?sslrootcert=/ca"),
            ("postgres://h/d".into(), Some("/ca".into()))
        );
        assert_eq!(
            split("postgres://h/d?sslmode=require&sslrootcert=/ca&application_name=a"),
            (
                "postgres://h/d?sslmode=require&application_name=a".into(),
                Some("/ca".into())
            )
        );
    }
}
