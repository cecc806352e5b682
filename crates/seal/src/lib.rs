//! The seal: keys and certificates, PAdES signatures as appended revisions, and the verifier.
//!
//! Nothing here sets type, reads a database or decides whether an agreement is in force. A document is
//! sealed by [`Pades`] and judged by [`verify::check`]; the two share no assumption but the standards.

mod authority;
mod brief;
mod cert;
mod cms;
mod crypto;
mod edit;
mod error;
mod form;
mod import;
mod oids;
mod revocation;
mod sealer;
mod sign;
mod signer;
mod tsp;
pub mod verify;

pub use authority::{ACT, Authority, ISSUING, ROOT, ROOT_PEM, SCHOOL, Vault, ends};
pub use brief::{judge, report, write as to_brief};
pub use domain::sealing::Revoked;
pub use error::Error;
pub use import::{GIVEN_PEM, Given};
pub use revocation::{REVOKED_PEM, expires, revoked_in, to_pem as lists_to_pem};
pub use sealer::{OwnSigners, Pades, Signers};
pub use signer::{Algorithm, LocalKey, LocalSigner, Signer, from_der, read_certificates, to_der, to_pem};
pub use tsp::{Http, Post, Stamp, Stamper};
pub use x509_cert::Certificate;
pub use x509_cert::crl::CertificateList as Revocations;

/// Reads revocation lists: one in DER, or any number in PEM.
pub fn read_revocations(bytes: &[u8]) -> Result<Vec<Revocations>, Error> {
    use der::{Decode, DecodePem};
    const BEGIN: &str = "-----BEGIN X509 CRL-----";
    const END: &str = "-----END X509 CRL-----";
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if !text.contains(BEGIN) {
        return Ok(vec![Revocations::from_der(bytes)?]);
    }
    text.split_inclusive(END)
        .filter_map(|part| part.find(BEGIN).map(|at| &part[at..]))
        .map(|part| Ok(Revocations::from_pem(part)?))
        .collect()
}
