//! A seal that somebody else issued: key and certificates from a PKCS#12 file, kept in the vault.

use crate::authority::Authority;
use crate::error::Error;
use crate::oids;
use crate::signer::{self, LocalSigner, Signer};
use crate::verify::chain::{self, Trust};
use p12_keystore::{KeyStore, KeyStoreEntry, PrivateKeyChain};
use x509_cert::Certificate;
use zeroize::Zeroizing;

/// The public text with the certificates of all seals that were ever imported: what they sealed is judged by them.
pub const GIVEN_PEM: &str = "given/given.pem";

fn place(school: i64) -> String {
    format!("given/{school}")
}

/// A key with its certificates, the signer's first.
pub struct Given {
    key: Zeroizing<Vec<u8>>,
    certificates: Vec<Certificate>,
}

impl Given {
    /// Opens a PKCS#12 file. Fails when it holds not exactly one private key or no certificate of that key.
    pub fn from_pkcs12(file: &[u8], password: &str) -> Result<Self, Error> {
        let opened = KeyStore::from_pkcs12(file, password).map_err(|error| complain(&error))?;
        let chains = opened.entries().filter_map(|(_, entry)| match entry {
            KeyStoreEntry::PrivateKeyChain(chain) => Some(chain),
            _ => None,
        });
        let chains: Vec<&PrivateKeyChain> = chains.collect();
        let [found] = chains.as_slice() else {
            let count = chains.len();
            return Err(Error::Keys(format!(
                "{count} private keys with a certificate in the file, not one"
            )));
        };
        let key = Zeroizing::new(found.key().to_vec());
        let all = found.chain().iter().map(|one| signer::from_der(one.as_der()));
        let all = all.collect::<Result<Vec<Certificate>, Error>>()?;
        let fits = |one: &&Certificate| LocalSigner::from_der(&key, vec![(*one).clone()]).is_ok();
        let leaf = all.iter().find(fits).ok_or_else(|| {
            Error::Keys("no certificate in the file belongs to its key (P-256 or RSA)".into())
        })?;
        let certificates = chain::above(leaf, &all);
        Ok(Self { key, certificates })
    }

    /// The signer's certificate.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificates.first()
    }

    /// The signer.
    pub fn signer(&self) -> Result<LocalSigner, Error> {
        LocalSigner::from_der(&self.key, self.certificates.clone())
    }

    /// Length of the key (two bytes), key, certificates in PEM.
    fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let length = u16::try_from(self.key.len()).map_err(|_| Error::Keys("key too long".into()))?;
        let mut bytes = Zeroizing::new(length.to_be_bytes().to_vec());
        bytes.extend_from_slice(&self.key);
        for certificate in &self.certificates {
            bytes.extend(signer::to_pem(certificate)?.into_bytes());
        }
        Ok(bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let broken = || Error::Keys("a kept key cannot be read".into());
        let (length, rest) = bytes.split_first_chunk::<2>().ok_or_else(broken)?;
        let (key, pem) = rest
            .split_at_checked(u16::from_be_bytes(*length).into())
            .ok_or_else(broken)?;
        let pem = std::str::from_utf8(pem).map_err(|_| broken())?;
        Ok(Self {
            key: Zeroizing::new(key.to_vec()),
            certificates: signer::read_certificates(pem)?,
        })
    }
}

fn complain(error: &p12_keystore::error::Error) -> Error {
    use p12_keystore::error::Error as P12;
    Error::Keys(match error {
        P12::MacError(_) => "the password is wrong".into(),
        other => format!("not a PKCS#12 file that can be read with this password: {other}"),
    })
}

impl Authority {
    /// Keeps a seal from elsewhere, which the school seals with from now on. Refused when its certificate may not
    /// sign documents now.
    pub fn import_school(&self, school: i64, given: &Given) -> Result<(), Error> {
        let signer = given.signer()?;
        let leaf = signer.certificate();
        let trust = Trust {
            roots: std::slice::from_ref(leaf),
            revoked: &[],
            purpose: oids::DOCUMENT_SIGNING,
            at: self.env.now(),
            is_proven: false,
        };
        chain::build(leaf, signer.chain(), &trust).map_err(|reason| {
            Error::Certificate(format!("it cannot seal documents now: {}", reason.text()))
        })?;
        let mut known = self.imported_certificates()?;
        if !known.contains(leaf) {
            known.push(leaf.clone());
        }
        // Trusted before it signs.
        let pem = known
            .iter()
            .map(signer::to_pem)
            .collect::<Result<String, Error>>()?;
        self.vault.publish(GIVEN_PEM, &pem)?;
        self.vault.replace(&place(school), &given.to_bytes()?)
    }

    /// The seal from elsewhere that a school has.
    pub fn imported(&self, school: i64) -> Result<Option<LocalSigner>, Error> {
        let kept = self.vault.read(&place(school))?;
        kept.map(|bytes| Given::from_bytes(&bytes)?.signer()).transpose()
    }

    /// The certificates of all seals that were ever imported.
    pub fn imported_certificates(&self) -> Result<Vec<Certificate>, Error> {
        match self.vault.published(GIVEN_PEM)? {
            Some(pem) => signer::read_certificates(&pem),
            None => Ok(Vec::new()),
        }
    }
}
