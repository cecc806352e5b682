//! Our own certificate authority: made at the first start, and honest about being self-made.
//!
//! A root that signs nothing but the issuing authority; its key may be taken away after the first start.
//! The issuing authority signs the seals of schools and, for every act of signing, a certificate whose key
//! may sign for a day and is never stored. Certificates count as long as the issuing authority, so that
//! others find what they sealed valid years later; how long their keys may sign is said apart.

use crate::cert::{self, Request, Subject, Use};
use crate::crypto;
use crate::error::Error;
use crate::oids;
use crate::signer::{self, LocalKey, LocalSigner};
use crate::verify::chain;
use domain::document::Signer as Role;
use domain::ports::Env;
use domain::sealing::Act;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
use x509_cert::Certificate;
use zeroize::Zeroizing;

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// How long the root counts: ten years.
pub const ROOT: SignedDuration = days(3653);
/// How long an issuing authority counts, within its root's time.
pub const ISSUING: SignedDuration = ROOT;
/// How long a school seals with one key.
pub const SCHOOL: SignedDuration = days(2 * 365);
/// How long the key of one act may sign. It is gone within seconds.
pub const ACT: SignedDuration = days(1);
/// Allowed difference of clocks: certificates count from a little before they are made.
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// What is left of a seal when it is renewed.
const RENEW: SignedDuration = days(60);

/// Keeps keys: sealed, readable by their owner only. Names are paths such as `root/key`.
pub trait Vault: Send + Sync {
    /// What is kept under a name.
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error>;
    /// Keeps a secret under a name that nothing has; whether it was this call that did.
    fn create(&self, name: &str, secret: &[u8]) -> Result<bool, Error>;
    /// Replaces what is kept under a name.
    fn replace(&self, name: &str, secret: &[u8]) -> Result<(), Error>;
    /// Puts a public text (a certificate) beside the keys.
    fn publish(&self, name: &str, text: &str) -> Result<(), Error>;
    /// A public text.
    fn published(&self, name: &str) -> Result<Option<String>, Error>;
}

/// A key and its certificate, as kept in the vault.
pub(crate) struct Pair {
    pub(crate) key: LocalKey,
    pub(crate) certificate: Certificate,
}

impl Pair {
    /// Length of the key (two bytes), key, certificate.
    fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = self.key.to_pkcs8()?;
        let length = u16::try_from(key.len()).map_err(|_| Error::Keys("key too long".into()))?;
        let mut bytes = Zeroizing::new(length.to_be_bytes().to_vec());
        bytes.extend_from_slice(&key);
        bytes.extend(signer::to_der(&self.certificate)?);
        Ok(bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let broken = || Error::Keys("a kept key cannot be read".into());
        let (length, rest) = bytes.split_first_chunk::<2>().ok_or_else(broken)?;
        let (key, certificate) = rest
            .split_at_checked(u16::from_be_bytes(*length).into())
            .ok_or_else(broken)?;
        Ok(Self {
            key: LocalKey::from_pkcs8(key)?,
            certificate: signer::from_der(certificate)?,
        })
    }
}

/// The authority of an installation.
pub struct Authority {
    pub(crate) env: Env,
    pub(crate) vault: Box<dyn Vault>,
    root: Certificate,
    pub(crate) issuing: Pair,
    /// Where this installation is found, without a slash at its end.
    site: Option<String>,
    /// Held while the seal of a school is looked for or made: of two that need it first, one makes it.
    schools: Mutex<()>,
}

const ROOT_KEY: &str = "root/key";
/// Where the vault publishes the root's certificate.
pub const ROOT_PEM: &str = "root/root.pem";
pub(crate) const ISSUING_KEY: &str = "issuing/key";
/// The certificates of all issuing authorities, the present one first.
const ISSUING_PEM: &str = "issuing/issuing.pem";

impl Authority {
    /// Opens the authority kept in `vault`, or makes one.
    pub fn open(vault: Box<dyn Vault>, env: Env) -> Result<Self, Error> {
        let root = Self::root_of(vault.as_ref(), &env)?;
        let issuing = if let Some(bytes) = vault.read(ISSUING_KEY)? {
            Pair::from_bytes(&bytes)?
        } else {
            let made = Self::make_issuing(vault.as_ref(), &env, &root)?;
            vault.create(ISSUING_KEY, &made.to_bytes()?)?;
            let kept = vault.read(ISSUING_KEY)?;
            Pair::from_bytes(&kept.ok_or_else(|| Error::Keys("the vault forgets".into()))?)?
        };
        let authority = Self {
            env,
            vault,
            root,
            issuing,
            site: None,
            schools: Mutex::new(()),
        };
        if authority.all_issuing()?.first() != Some(&authority.issuing.certificate) {
            authority.publish_issuing()?;
        }
        Ok(authority)
    }

    /// The same, known under this address (`https://host`): what it issues from now on says where the revocation
    /// list and the issuing authority's certificate are found (RFC 5280, 4.2.1.13 and 4.2.2.1).
    #[must_use]
    pub fn at(mut self, site: Option<String>) -> Self {
        self.site = site;
        self
    }

    /// The certificates of this issuing authority and of those before it, the present one first. What is
    /// published is believed as far as the root signed it.
    pub fn all_issuing(&self) -> Result<Vec<Certificate>, Error> {
        let published = self.vault.published(ISSUING_PEM)?.unwrap_or_default();
        let mut all = signer::read_certificates(&published)?;
        all.retain(|certificate| chain::issued_by(certificate, &self.root));
        Ok(all)
    }

    fn publish_issuing(&self) -> Result<(), Error> {
        let present = &self.issuing.certificate;
        let before = self.all_issuing()?;
        let all = std::iter::once(present).chain(before.iter().filter(|certificate| *certificate != present));
        let pem = all.map(signer::to_pem).collect::<Result<String, Error>>()?;
        self.vault.publish(ISSUING_PEM, &pem)
    }

    /// The root's certificate; makes the root at the first start.
    fn root_of(vault: &dyn Vault, env: &Env) -> Result<Certificate, Error> {
        if let Some(pem) = vault.published(ROOT_PEM)? {
            let found = signer::read_certificates(&pem)?;
            return found
                .into_iter()
                .next()
                .ok_or_else(|| Error::Keys("root.pem is empty".into()));
        }
        if vault.read(ROOT_KEY)?.is_none() {
            let key = LocalKey::generate(env)?;
            let mark = hex::encode(env.bytes::<3>()).to_uppercase();
            let subject = Subject {
                organisation: Some("Sanfang 三方".into()),
                unit: Some("自建证书，未经第三方电子认证机构认证 (self-made)".into()),
                name: format!("Sanfang 自建根证书 {mark}"),
            };
            let from = before(env.now());
            let request = Request {
                subject: &subject,
                purpose: Use::Authority { below: 1 },
                from,
                until: cert::later(from, ROOT),
                signs_for: None,
                site: None,
            };
            let certificate = cert::issue(env, &request, key.public()?, None, &key)?;
            vault.create(ROOT_KEY, &Pair { key, certificate }.to_bytes()?)?;
        }
        let kept = vault.read(ROOT_KEY)?;
        let pair = Pair::from_bytes(&kept.ok_or_else(|| Error::Keys("the vault forgets".into()))?)?;
        vault.publish(ROOT_PEM, &signer::to_pem(&pair.certificate)?)?;
        Ok(pair.certificate)
    }

    fn make_issuing(vault: &dyn Vault, env: &Env, root: &Certificate) -> Result<Pair, Error> {
        let kept = vault.read(ROOT_KEY)?.ok_or_else(|| {
            Error::Keys("the key of the root is not here; put it back to make an issuing authority".into())
        })?;
        let above = Pair::from_bytes(&kept)?;
        if above.certificate != *root {
            return Err(Error::Keys("root.pem is not of the root's key".into()));
        }
        let key = LocalKey::generate(env)?;
        let mark = hex::encode(env.bytes::<3>()).to_uppercase();
        let subject = Subject {
            organisation: Some("Sanfang 三方".into()),
            unit: Some("自建证书，未经第三方电子认证机构认证 (self-made)".into()),
            name: format!("Sanfang 自建签发证书 {mark}"),
        };
        let from = before(env.now());
        let request = Request {
            subject: &subject,
            purpose: Use::Authority { below: 0 },
            from,
            until: cert::later(from, ISSUING).min(ends(root)),
            signs_for: None,
            site: None,
        };
        let certificate = cert::issue(env, &request, key.public()?, Some(root), &above.key)?;
        Ok(Pair { key, certificate })
    }

    /// The root's certificate, which whoever verifies must trust.
    pub fn root(&self) -> &Certificate {
        &self.root
    }

    /// The issuing authority's certificate.
    pub fn issuing(&self) -> &Certificate {
        &self.issuing.certificate
    }

    /// A signer for one act of a party. Its key exists only in the answer and dies with it.
    pub fn for_act(&self, act: &Act) -> Result<LocalSigner, Error> {
        let key = LocalKey::generate(&self.env)?;
        let subject = Subject {
            organisation: Some(act.organisation.clone()),
            unit: Some(match act.signer {
                Role::Employer => "用人单位经办人（仅用于一次签署）".into(),
                _ => "毕业生（仅用于一次签署）".into(),
            }),
            name: act.name.clone(),
        };
        let request = Request {
            subject: &subject,
            purpose: Use::Documents {
                role: act.signer,
                consent: Some(act.consent),
            },
            from: before(self.env.now()),
            until: ends(&self.issuing.certificate),
            signs_for: Some(ACT),
            site: self.site.as_deref(),
        };
        self.signer(key, &request)
    }

    /// The seal of a school: made when first needed, renewed when its certificate runs out.
    pub fn for_school(&self, school: i64, name: &str) -> Result<LocalSigner, Error> {
        let _making = self.schools.lock().unwrap_or_else(PoisonError::into_inner);
        let place = format!("schools/{school}");
        if let Some(bytes) = self.vault.read(&place)? {
            let kept = Pair::from_bytes(&bytes)?;
            // A seal of an earlier issuing authority is renewed too.
            if !self.runs_out(&kept.certificate)?
                && chain::issued_by(&kept.certificate, &self.issuing.certificate)
            {
                return Ok(LocalSigner::new(
                    kept.key,
                    kept.certificate,
                    vec![self.issuing.certificate.clone()],
                ));
            }
        }
        self.renew_school(school, name)
    }

    /// The certificate that a school seals with at present, where one was made.
    pub fn school_certificate(&self, school: i64) -> Result<Option<Certificate>, Error> {
        let kept = self.vault.read(&format!("schools/{school}"))?;
        Ok(kept
            .map(|bytes| Pair::from_bytes(&bytes))
            .transpose()?
            .map(|pair| pair.certificate))
    }

    /// A new key and certificate for the seal of a school. Documents sealed with the old one stay good.
    pub fn renew_school(&self, school: i64, name: &str) -> Result<LocalSigner, Error> {
        let key = LocalKey::generate(&self.env)?;
        let subject = Subject {
            organisation: Some(name.to_owned()),
            unit: Some("学校就业主管部门 · 系统电子签章".into()),
            name: name.to_owned(),
        };
        let request = Request {
            subject: &subject,
            purpose: Use::Documents {
                role: Role::School,
                consent: None,
            },
            from: before(self.env.now()),
            until: ends(&self.issuing.certificate),
            signs_for: Some(SCHOOL),
            site: self.site.as_deref(),
        };
        let certificate = self.certify(&key, &request)?;
        let pair = Pair { key, certificate };
        let place = format!("schools/{school}");
        self.vault.replace(&place, &pair.to_bytes()?)?;
        self.vault
            .publish(&format!("{place}.pem"), &signer::to_pem(&pair.certificate)?)?;
        Ok(LocalSigner::new(
            pair.key,
            pair.certificate,
            vec![self.issuing.certificate.clone()],
        ))
    }

    /// A new issuing authority; needs the root's key. What the old one issued stays good, and can still be
    /// revoked: its key is kept for that.
    pub fn renew_issuing(&mut self) -> Result<(), Error> {
        let made = Self::make_issuing(self.vault.as_ref(), &self.env, &self.root)?;
        self.vault
            .replace(&retired(&self.issuing.certificate), &self.issuing.to_bytes()?)?;
        self.vault.replace(ISSUING_KEY, &made.to_bytes()?)?;
        self.issuing = made;
        self.publish_issuing()
    }

    /// Signs a statement of the installation itself (a checkpoint of the audit trail) with the key of the
    /// issuing authority: ECDSA P-256 with SHA-256, in DER.
    pub fn attest(&self, statement: &[u8]) -> Result<Vec<u8>, Error> {
        use signature::Signer as _;
        let signature: p256::ecdsa::DerSignature = self.issuing.key.signing_key().try_sign(statement)?;
        Ok(signature.as_bytes().to_vec())
    }

    /// Whether a statement was signed by this installation's issuing authority, or one before it.
    pub fn attested(&self, statement: &[u8], signature: &[u8]) -> Result<bool, Error> {
        let signed = |certificate: &Certificate| {
            let key = certificate.tbs_certificate().subject_public_key_info();
            crypto::verify(key, oids::ECDSA_SHA256, statement, signature).is_ok()
        };
        Ok(signed(&self.issuing.certificate) || self.all_issuing()?.iter().any(signed))
    }

    fn runs_out(&self, certificate: &Certificate) -> Result<bool, Error> {
        let signs = cert::signs(certificate)?.map_or(Timestamp::MAX, |(_, until)| until);
        Ok(cert::later(self.env.now(), RENEW) >= signs.min(ends(certificate)))
    }

    fn certify(&self, key: &LocalKey, request: &Request<'_>) -> Result<Certificate, Error> {
        cert::issue(
            &self.env,
            request,
            key.public()?,
            Some(&self.issuing.certificate),
            &self.issuing.key,
        )
    }

    fn signer(&self, key: LocalKey, request: &Request<'_>) -> Result<LocalSigner, Error> {
        let certificate = self.certify(&key, request)?;
        Ok(LocalSigner::new(
            key,
            certificate,
            vec![self.issuing.certificate.clone()],
        ))
    }
}

/// Where the key of an earlier issuing authority lies.
pub(crate) fn retired(certificate: &Certificate) -> String {
    format!("issuing/{}", cert::id(certificate))
}

/// Until when a certificate counts.
pub fn ends(certificate: &Certificate) -> Timestamp {
    cert::moment(certificate.tbs_certificate().validity().not_after)
}

fn before(now: Timestamp) -> Timestamp {
    now.saturating_sub(SKEW).unwrap_or(now)
}
