//! Puts the seal together: keys in the vault of the data folder, the configured time-stamp authorities,
//! the seals that schools have from elsewhere.

use crate::config::Config;
use crate::failure::usage;
use anyhow::Context;
use domain::ports::Env;
use seal::{Authority, Certificate, Http, LocalSigner, OwnSigners, Pades, Stamper, read_certificates};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use zeroize::Zeroizing;

/// How long a time-stamp authority may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The vault, as the seal knows it.
struct Keys(store::vault::Vault);

fn keys(error: &store::Error) -> seal::Error {
    seal::Error::Keys(error.to_string())
}

impl seal::Vault for Keys {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, seal::Error> {
        self.0.read(name).map_err(|error| keys(&error))
    }

    fn create(&self, name: &str, secret: &[u8]) -> Result<bool, seal::Error> {
        self.0.create(name, secret).map_err(|error| keys(&error))
    }

    fn replace(&self, name: &str, secret: &[u8]) -> Result<(), seal::Error> {
        self.0.replace(name, secret).map_err(|error| keys(&error))
    }

    fn publish(&self, name: &str, text: &str) -> Result<(), seal::Error> {
        self.0.publish(name, text).map_err(|error| keys(&error))
    }

    fn published(&self, name: &str) -> Result<Option<String>, seal::Error> {
        self.0.published(name).map_err(|error| keys(&error))
    }
}

/// Opens the installation's authority; makes it at the first start, and says so.
pub fn authority(config: &Config, store: &Store) -> anyhow::Result<Arc<Authority>> {
    open(config, store).map(Arc::new)
}

/// The same, to be changed.
pub fn open(config: &Config, store: &Store) -> anyhow::Result<Authority> {
    let vault = vault(config, store)?;
    let is_new = vault.published(seal::ROOT_PEM)?.is_none();
    let authority =
        Authority::open(Box::new(Keys(vault)), store.env().clone()).context("the keys of the seal")?;
    if is_new {
        let folder = config.data.dir.join("keys/root");
        tracing::info!(
            folder = %folder.display(),
            "made a certificate authority of our own: self-made, vouched for by nobody else; \
             keep a copy of the folder apart and take its key away from this machine"
        );
    }
    Ok(authority.at(site(config)?))
}

/// Where certificates say that this installation is found: only where somebody said it, and as certificates can.
fn site(config: &Config) -> anyhow::Result<Option<String>> {
    if config.server.public_url.is_none() {
        return Ok(None);
    }
    Ok(Some(config.server.public_url()?).filter(|url| url.is_ascii()))
}

/// Whether there is an authority already.
pub fn exists(config: &Config, store: &Store) -> anyhow::Result<bool> {
    Ok(vault(config, store)?.published(seal::ROOT_PEM)?.is_some())
}

fn vault(config: &Config, store: &Store) -> Result<store::vault::Vault, store::Error> {
    store::vault::Vault::open(&config.data.dir, store.keys(), store.env().clone())
}

/// The sealer that the configuration describes.
pub fn sealer(config: &Config, authority: &Arc<Authority>, env: &Env) -> anyhow::Result<Pades> {
    let mut given = BTreeMap::new();
    for (school, files) in &config.seal.schools {
        let school: i64 = school.parse().map_err(|_| {
            usage(format!(
                "seal.schools.{school}: the key is the number of a school"
            ))
        })?;
        let signer = LocalSigner::from_pem(&text(&files.key_file)?, &text(&files.certificate_file)?)
            .map_err(|error| usage(format!("seal.schools.{school}: {error}")))?;
        given.insert(school, Arc::new(signer));
    }
    let signers = OwnSigners::new(authority.clone(), given);
    Ok(Pades::new(Box::new(signers), stamper(config, env)?, env.clone()))
}

/// The time-stamp authorities, where any are configured.
fn stamper(config: &Config, env: &Env) -> anyhow::Result<Option<Stamper>> {
    if config.seal.tsa.is_empty() {
        return Ok(None);
    }
    for url in &config.seal.tsa {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(usage(format!(
                "seal.tsa \"{url}\": expected an http or https address"
            )));
        }
    }
    let post = Box::new(Http::new(PATIENCE));
    Ok(Some(Stamper::new(
        config.seal.tsa.clone(),
        stamp_roots(config)?,
        post,
        env.clone(),
    )))
}

/// The trusted roots of time-stamp authorities.
pub fn stamp_roots(config: &Config) -> anyhow::Result<Vec<Certificate>> {
    match &config.seal.tsa_roots_file {
        Some(file) => certificates(file),
        None => Ok(Vec::new()),
    }
}

/// The certificates of a PEM file; an error when there are none.
pub fn certificates(file: &Path) -> anyhow::Result<Vec<Certificate>> {
    let found =
        read_certificates(&text(file)?).map_err(|error| usage(format!("{}: {error}", file.display())))?;
    if found.is_empty() {
        return Err(usage(format!("{}: no certificate in PEM", file.display())));
    }
    Ok(found)
}

fn text(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).map_err(|error| usage(format!("{}: {error}", file.display())))
}
