//! Who signs: the port behind which a key may live in this process, a file, a module or a service.

use crate::error::Error;
use der::pem::LineEnding;
use der::{Decode, DecodePem, Encode};
use domain::ports::Env;
use p256::ecdsa::{DerSignature, Signature, SigningKey};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use signature::{SignatureEncoding, Signer as _};
use x509_cert::Certificate;
use zeroize::Zeroizing;

/// How a signer signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA over P-256 with SHA-256, the signature in DER.
    EcdsaP256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rsa,
}

/// A key with its certificate. Whoever can answer [`Signer::sign`] can sign documents: a key of our own,
/// a key from a file, a hardware module, a signing service.
pub trait Signer: Send + Sync {
    /// The signer's certificate.
    fn certificate(&self) -> &Certificate;
    /// The certificates between it and its root, the root itself not included.
    fn chain(&self) -> &[Certificate];
    /// How it signs.
    fn algorithm(&self) -> Algorithm;
    /// Signs `message` (not its hash).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// A P-256 key in this process.
pub struct LocalKey(SigningKey);

impl LocalKey {
    /// A new key from the randomness of `env`.
    pub fn generate(env: &Env) -> Result<Self, Error> {
        // A draw is out of range with probability 2^-32.
        for _ in 0..8 {
            let draw = Zeroizing::new(env.bytes::<32>());
            if let Ok(key) = SigningKey::from_slice(draw.as_ref()) {
                return Ok(Self(key));
            }
        }
        Err(Error::Keys("no key could be drawn".into()))
    }

    /// Reads a key in PKCS#8 DER.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        SigningKey::from_pkcs8_der(der)
            .map(Self)
            .map_err(|_| Error::Keys("not a P-256 key in PKCS#8".into()))
    }

    /// The key in PKCS#8 DER; wiped when dropped.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let document = self
            .0
            .to_pkcs8_der()
            .map_err(|_| Error::Keys("a key could not be encoded".into()))?;
        Ok(Zeroizing::new(document.as_bytes().to_vec()))
    }

    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.0
    }

    pub(crate) fn public(&self) -> Result<spki::SubjectPublicKeyInfoOwned, Error> {
        Ok(spki::SubjectPublicKeyInfoOwned::from_key(self.0.verifying_key())?)
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature: Signature = self.0.try_sign(message)?;
        // Of the two forms of a signature the lower one, so that a signature has one form only.
        let der: DerSignature = signature.normalize_s().to_der();
        Ok(der.to_vec())
    }
}

/// A key in this process with its certificate.
pub struct LocalSigner {
    key: Key,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

enum Key {
    Elliptic(LocalKey),
    Rsa(Box<rsa::pkcs1v15::SigningKey<sha2::Sha256>>),
}

impl Key {
    fn either(
        elliptic: Option<SigningKey>,
        rsa: impl FnOnce() -> Option<rsa::PrivateKey>,
    ) -> Result<Self, Error> {
        if let Some(key) = elliptic {
            return Ok(Self::Elliptic(LocalKey(key)));
        }
        let key = rsa().ok_or_else(|| Error::Keys("neither a P-256 nor an RSA key in PKCS#8".into()))?;
        Ok(Self::Rsa(Box::new(rsa::pkcs1v15::SigningKey::new(key))))
    }
}

impl LocalSigner {
    /// Puts together what belongs together.
    pub fn new(key: LocalKey, certificate: Certificate, chain: Vec<Certificate>) -> Self {
        Self {
            key: Key::Elliptic(key),
            certificate,
            chain,
        }
    }

    /// Reads a private key (PKCS#8, unencrypted) and its certificates, the signer's first, from PEM: what
    /// `openssl pkcs12 -nodes` writes for a PKCS#12 file of a commercial authority. Fails when key and
    /// certificate do not belong together.
    pub fn from_pem(key: &str, certificates: &str) -> Result<Self, Error> {
        let elliptic = SigningKey::from_pkcs8_pem(key).ok();
        let rsa = || rsa::PrivateKey::from_pkcs8_pem(key).ok();
        let key = Key::either(elliptic, rsa)?;
        Self::together(key, read_certificates(certificates)?)
    }

    /// The same of a key in PKCS#8 DER and certificates, the signer's first.
    pub fn from_der(key: &[u8], certificates: Vec<Certificate>) -> Result<Self, Error> {
        let elliptic = SigningKey::from_pkcs8_der(key).ok();
        let rsa = || rsa::PrivateKey::from_pkcs8_der(key).ok();
        Self::together(Key::either(elliptic, rsa)?, certificates)
    }

    /// Key and certificates, which have to belong together.
    fn together(key: Key, mut chain: Vec<Certificate>) -> Result<Self, Error> {
        if chain.is_empty() {
            return Err(Error::Certificate("no certificate".into()));
        }
        let certificate = chain.remove(0);
        chain.retain(|other| other.tbs_certificate().subject() != other.tbs_certificate().issuer());
        let signer = Self {
            key,
            certificate,
            chain,
        };
        let probe = b"sanfang: does this key belong to this certificate?";
        crate::crypto::verify(
            signer.certificate.tbs_certificate().subject_public_key_info(),
            match signer.algorithm() {
                Algorithm::EcdsaP256 => crate::oids::ECDSA_SHA256,
                Algorithm::Rsa => crate::oids::RSA_SHA256,
            },
            probe,
            &signer.sign(probe)?,
        )
        .map_err(|_| Error::Keys("the key does not belong to the certificate".into()))?;
        Ok(signer)
    }
}

impl Signer for LocalSigner {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn algorithm(&self) -> Algorithm {
        match self.key {
            Key::Elliptic(_) => Algorithm::EcdsaP256,
            Key::Rsa(_) => Algorithm::Rsa,
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.key {
            Key::Elliptic(key) => key.sign(message),
            Key::Rsa(key) => Ok(key.try_sign(message)?.to_vec()),
        }
    }
}

const END: &str = "-----END CERTIFICATE-----";

/// All certificates of a PEM text.
pub fn read_certificates(pem: &str) -> Result<Vec<Certificate>, Error> {
    if !pem.contains("-----BEGIN CERTIFICATE-----") {
        return Ok(Vec::new());
    }
    pem.split_inclusive(END)
        .filter_map(|part| part.find("-----BEGIN CERTIFICATE-----").map(|at| &part[at..]))
        .filter(|part| part.ends_with(END))
        .map(|part| Certificate::from_pem(part).map_err(Error::from))
        .collect()
}

/// A certificate as PEM.
pub fn to_pem(certificate: &Certificate) -> Result<String, Error> {
    use der::EncodePem;
    Ok(certificate.to_pem(LineEnding::LF)?)
}

/// A certificate from DER.
pub fn from_der(bytes: &[u8]) -> Result<Certificate, Error> {
    Ok(Certificate::from_der(bytes)?)
}

/// A certificate as DER.
pub fn to_der(certificate: &Certificate) -> Result<Vec<u8>, Error> {
    Ok(certificate.to_der()?)
}
