//! From a signer's certificate to a trusted one.

use super::report::{CertificateFacts, Reason};
use crate::cert::{self, moment};
use crate::crypto;
use crate::oids;
use der::Encode;
use der::asn1::ObjectIdentifier;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

/// The longest chain, the root not counted.
const LENGTH: usize = 5;
/// Extensions that are understood here; a critical one that is not makes a certificate useless.
const UNDERSTOOD: [&str; 5] = ["2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.17", "2.5.29.16"];

/// What a chain is judged by.
pub struct Trust<'a> {
    /// Trusted certificates: roots, or the very certificate of a signer.
    pub roots: &'a [Certificate],
    /// Revocation lists; those of issuers in the chain count.
    pub revoked: &'a [CertificateList],
    /// The use that the first certificate must allow.
    pub purpose: ObjectIdentifier,
    /// When the signature was made.
    pub at: Timestamp,
    /// Whether somebody who is trusted says so, and not only the signer.
    pub is_proven: bool,
}

/// The chain from `leaf` to a trusted certificate, that one not included unless it is the leaf itself.
pub fn build(
    leaf: &Certificate,
    others: &[Certificate],
    trust: &Trust<'_>,
) -> Result<Vec<Certificate>, Reason> {
    check_use(leaf, trust.purpose)?;
    check_key_period(leaf, trust.at)?;
    let mut chain = vec![leaf.clone()];
    while let Some(last) = chain.last() {
        check_period(last, trust.at)?;
        if trust.roots.contains(last) {
            return Ok(chain);
        }
        let above = issuer(last, trust.roots).or_else(|| issuer(last, others));
        let above = above.ok_or(Reason::Untrusted)?;
        check_authority(above, chain.len() - 1)?;
        check_revocation(last, above, trust)?;
        if trust.roots.contains(above) {
            check_period(above, trust.at)?;
            return Ok(chain);
        }
        if chain.len() >= LENGTH || chain.contains(above) {
            return Err(Reason::Untrusted);
        }
        chain.push(above.clone());
    }
    Err(Reason::Untrusted)
}

/// Who of `candidates` issued a certificate, by name and by signature.
fn issuer<'c>(certificate: &Certificate, candidates: &'c [Certificate]) -> Option<&'c Certificate> {
    candidates
        .iter()
        .filter(|candidate| *candidate != certificate)
        .find(|candidate| {
            candidate.tbs_certificate().subject() == certificate.tbs_certificate().issuer()
                && issued_by(certificate, candidate)
        })
}

/// A certificate and those of `others` above it, by name and by signature.
pub fn above(leaf: &Certificate, others: &[Certificate]) -> Vec<Certificate> {
    let mut found = vec![leaf.clone()];
    let mut at = 0;
    while let Some(below) = found.get(at).cloned() {
        let unknown: Vec<Certificate> = others
            .iter()
            .filter(|other| !found.contains(other))
            .cloned()
            .collect();
        found.extend(unknown.into_iter().filter(|other| {
            other.tbs_certificate().subject() == below.tbs_certificate().issuer() && issued_by(&below, other)
        }));
        at += 1;
    }
    found
}

/// Whether the key of `issuer` signed `certificate`.
pub fn issued_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let algorithm = certificate.signature_algorithm();
    if algorithm != certificate.tbs_certificate().signature() {
        return false;
    }
    let Ok(message) = certificate.tbs_certificate().to_der() else {
        return false;
    };
    let key = issuer.tbs_certificate().subject_public_key_info();
    // Whole bytes: a number of unused bits that is another one would go unnoticed.
    let Some(signature) = certificate.signature().as_bytes() else {
        return false;
    };
    crypto::verify(key, algorithm.oid, &message, signature).is_ok()
}

fn check_period(certificate: &Certificate, at: Timestamp) -> Result<(), Reason> {
    let validity = certificate.tbs_certificate().validity();
    if (moment(validity.not_before)..=moment(validity.not_after)).contains(&at) {
        Ok(())
    } else {
        Err(Reason::OutsideValidity)
    }
}

/// The key may have signed at that time. It is a shorter time than that in which what it signed counts.
fn check_key_period(leaf: &Certificate, at: Timestamp) -> Result<(), Reason> {
    match cert::signs(leaf).map_err(|_| Reason::WrongUse)? {
        Some((from, until)) if !(from..=until).contains(&at) => Err(Reason::OutsideValidity),
        _ => Ok(()),
    }
}

/// A signer's certificate must be for this purpose, and no authority.
fn check_use(leaf: &Certificate, purpose: ObjectIdentifier) -> Result<(), Reason> {
    let certificate = leaf.tbs_certificate();
    only_understood(leaf)?;
    let usage = certificate
        .get_extension::<KeyUsage>()
        .map_err(|_| Reason::WrongUse)?;
    let signs = usage.is_none_or(|(_, usage)| usage.digital_signature() || usage.non_repudiation());
    let purposes = certificate
        .get_extension::<ExtendedKeyUsage>()
        .map_err(|_| Reason::WrongUse)?;
    let fits = match purposes {
        Some((_, purposes)) => purposes.0.contains(&purpose),
        None => purpose == oids::DOCUMENT_SIGNING,
    };
    let constraints = certificate
        .get_extension::<BasicConstraints>()
        .map_err(|_| Reason::WrongUse)?;
    let authority = constraints.is_some_and(|(_, constraints)| constraints.ca);
    if signs && fits && !authority {
        Ok(())
    } else {
        Err(Reason::WrongUse)
    }
}

/// An authority must be one, and allow as many authorities `below` it as there are.
fn check_authority(certificate: &Certificate, below: usize) -> Result<(), Reason> {
    only_understood(certificate)?;
    let parts = certificate.tbs_certificate();
    let constraints = parts
        .get_extension::<BasicConstraints>()
        .map_err(|_| Reason::WrongUse)?;
    let (_, constraints) = constraints.ok_or(Reason::WrongUse)?;
    let deep_enough = constraints
        .path_len_constraint
        .is_none_or(|most| below <= usize::from(most));
    let usage = parts.get_extension::<KeyUsage>().map_err(|_| Reason::WrongUse)?;
    let issues = usage.is_none_or(|(_, usage)| usage.key_cert_sign());
    if constraints.ca && deep_enough && issues {
        Ok(())
    } else {
        Err(Reason::WrongUse)
    }
}

fn only_understood(certificate: &Certificate) -> Result<(), Reason> {
    let all = certificate.tbs_certificate().extensions();
    let strange = all
        .into_iter()
        .flatten()
        .any(|extension| extension.critical && !UNDERSTOOD.contains(&extension.extn_id.to_string().as_str()));
    if strange { Err(Reason::WrongUse) } else { Ok(()) }
}

/// A certificate that was revoked counts no more, unless it is proven that the signature is older: whoever stole
/// a key writes whatever time they like.
fn check_revocation(
    certificate: &Certificate,
    issuer: &Certificate,
    trust: &Trust<'_>,
) -> Result<(), Reason> {
    let issuer = issuer.tbs_certificate();
    let serial = certificate.tbs_certificate().serial_number();
    let of_issuer = |list: &&CertificateList| list.tbs_cert_list.issuer == *issuer.subject();
    for list in trust.revoked.iter().filter(of_issuer) {
        let parts = &list.tbs_cert_list;
        crypto::verify(
            issuer.subject_public_key_info(),
            list.signature_algorithm.oid,
            &parts.to_der().map_err(|_| Reason::BadEncoding)?,
            list.signature.as_bytes().ok_or(Reason::BadEncoding)?,
        )?;
        let entries = parts.revoked_certificates.iter().flatten();
        let gone = entries
            .filter(|entry| entry.serial_number == *serial)
            .any(|entry| !trust.is_proven || moment(entry.revocation_date) <= trust.at);
        if gone {
            return Err(Reason::Revoked);
        }
    }
    Ok(())
}

/// A certificate in brief.
pub fn facts(certificate: &Certificate) -> CertificateFacts {
    let parts = certificate.tbs_certificate();
    CertificateFacts {
        subject: parts.subject().to_string(),
        issuer: parts.issuer().to_string(),
        serial: hex::encode(parts.serial_number().as_bytes()),
        not_before: moment(parts.validity().not_before),
        not_after: moment(parts.validity().not_after),
        sha256: hex::encode(Sha256::digest(certificate.to_der().unwrap_or_default())),
    }
}

/// Whom a certificate names.
pub fn common_name(certificate: &Certificate) -> Option<String> {
    cert::named(certificate.tbs_certificate().subject(), oids::COMMON_NAME)
}
