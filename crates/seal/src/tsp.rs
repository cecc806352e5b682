//! Time-stamps (RFC 3161): asked of the configured authorities in order. When none answers, sealing fails
//! and is tried again later; the clock of this machine never takes their place.

use crate::cms::with_null;
use crate::error::Error;
use crate::oids;
use crate::verify::token;
use der::asn1::{Any, Int, OctetString};
use der::{Decode, Encode, Sequence};
use domain::ports::Env;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierOwned;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use x509_cert::Certificate;

#[derive(Sequence)]
struct Imprint {
    algorithm: AlgorithmIdentifierOwned,
    hash: OctetString,
}

#[derive(Sequence)]
struct Request {
    version: u8,
    imprint: Imprint,
    nonce: Int,
    certificate_wanted: bool,
}

#[derive(Sequence)]
struct Response {
    status: Any,
    #[asn1(optional = "true")]
    token: Option<Any>,
}

/// Carries a request to an authority and its answer back.
pub trait Post: Send + Sync {
    /// Sends `request` to `url`; the body of the answer.
    fn post(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Error>;
}

/// Over HTTP.
pub struct Http(ureq::Agent);

/// The longest answer, in bytes.
const ANSWER: u64 = 64 * 1024;

impl Http {
    /// A client that waits at most so long for an answer.
    pub fn new(patience: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .max_redirects(0)
            .build();
        Self(ureq::Agent::new_with_config(config))
    }
}

impl Post for Http {
    fn post(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Error> {
        let fail = |error: ureq::Error| Error::TimeStamp(format!("{url}: {error}"));
        let mut answer = self
            .0
            .post(url)
            .header("Content-Type", "application/timestamp-query")
            .send(request)
            .map_err(fail)?;
        answer
            .body_mut()
            .with_config()
            .limit(ANSWER)
            .read_to_vec()
            .map_err(fail)
    }
}

/// The configured time-stamp authorities.
pub struct Stamper {
    urls: Vec<String>,
    post: Box<dyn Post>,
    roots: Vec<Certificate>,
    /// The longest token so far, in bytes.
    longest: AtomicUsize,
    env: Env,
}

/// Room for the first token, with the chain of its authority, in bytes.
const FIRST: usize = 12 * 1024;
/// How much longer than all before a token may be: serial number, time and signature vary by a few bytes.
const MORE: usize = 256;

/// A time-stamp.
pub struct Stamp {
    /// The token in DER.
    pub token: Vec<u8>,
    /// The time that it attests.
    pub at: Timestamp,
}

impl Stamper {
    /// Authorities to be asked in this order; with `roots`, only tokens whose chain leads to one of them
    /// are taken.
    pub fn new(urls: Vec<String>, roots: Vec<Certificate>, post: Box<dyn Post>, env: Env) -> Self {
        Self {
            urls,
            post,
            roots,
            longest: AtomicUsize::new(0),
            env,
        }
    }

    /// The roots that time-stamps must lead to.
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// How much room to leave for a token, in bytes: half of a signature's place would be empty otherwise, and zeros
    /// that are part of a signature cannot be packed. One that is longer all the same (of another authority) makes
    /// the signature fail, and has its room when it is made again.
    pub fn room(&self) -> usize {
        match self.longest.load(Ordering::Relaxed) {
            0 => FIRST,
            longest => longest + MORE,
        }
    }

    /// A time-stamp over `signature`, of the first authority that gives a good one.
    pub fn stamp(&self, signature: &[u8]) -> Result<Stamp, Error> {
        let mut failures = Vec::new();
        for url in &self.urls {
            match self.ask(url, signature) {
                Ok(stamp) => return Ok(stamp),
                Err(error) => failures.push(error.to_string()),
            }
        }
        Err(Error::TimeStamp(failures.join("; ")))
    }

    fn ask(&self, url: &str, signature: &[u8]) -> Result<Stamp, Error> {
        let mut nonce = self.env.bytes::<8>();
        nonce[0] = nonce[0] & 0x7F | 0x40;
        let request = Request {
            version: 1,
            imprint: Imprint {
                algorithm: with_null(oids::SHA256)?,
                hash: OctetString::new(Sha256::digest(signature).to_vec())?,
            },
            nonce: Int::new(&nonce)?,
            certificate_wanted: true,
        };
        let answer = self.post.post(url, &request.to_der()?)?;
        let refused = || Error::TimeStamp(format!("{url}: it gave no token"));
        let response = Response::from_der(&answer).map_err(|_| refused())?;
        let given = response.token.ok_or_else(refused)?.to_der()?;
        let seen = token::tidy(&given)
            .and_then(|token| Ok((token::check(&token, signature, &self.roots)?, token)))
            .map_err(|reason| Error::TimeStamp(format!("{url}: {}", reason.code())));
        let (seen, token) = seen?;
        if seen.nonce.as_deref() != Some(&nonce[..]) {
            return Err(Error::TimeStamp(format!("{url}: it answered another question")));
        }
        if !self.roots.is_empty() && !seen.trusted {
            return Err(Error::TimeStamp(format!("{url}: its certificate is not trusted")));
        }
        self.longest.fetch_max(token.len(), Ordering::Relaxed);
        Ok(Stamp { token, at: seen.at })
    }
}
