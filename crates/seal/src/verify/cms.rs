//! Checks a CMS SignedData with one signer, strictly: what is not understood is not valid, and every byte
//! is either signed, compared or must be as it always is.

use super::report::Reason;
use crate::crypto::{self, Fault};
use crate::oids;
use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{Any, ObjectIdentifier, OctetString};
use der::{Decode, Encode, Tag, Tagged};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectKeyIdentifier;

/// A signature that fits its signer's key and the content. Whether the signer is trusted is another
/// question.
pub struct Opened {
    /// The signer's certificate.
    pub signer: Certificate,
    /// All certificates in it.
    pub certificates: Vec<Certificate>,
    /// The raw signature.
    pub signature: Vec<u8>,
    /// The unsigned time-stamp token in DER, if there is one.
    pub token: Option<Vec<u8>>,
    /// The content, where it is inside.
    pub content: Option<Vec<u8>>,
}

/// What is signed.
pub enum Content<'a> {
    /// Bytes outside, of type `id-data`.
    Detached(&'a [&'a [u8]]),
    /// What is inside, of this type.
    Inside(ObjectIdentifier),
}

impl From<Fault> for Reason {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unsupported => Self::UnsupportedAlgorithm,
            Fault::Wrong => Self::SignatureWrong,
        }
    }
}

/// The most certificates looked at.
const MOST: usize = 16;

pub fn encoding<E>(_: E) -> Reason {
    Reason::BadEncoding
}

/// Opens and checks a ContentInfo in DER.
pub fn open(der: &[u8], content: &Content<'_>) -> Result<Opened, Reason> {
    let info = ContentInfo::from_der(der).map_err(encoding)?;
    let data: SignedData = info.content.decode_as().map_err(encoding)?;
    let again = ContentInfo {
        content_type: oids::SIGNED_DATA,
        content: Any::encode_from(&data).map_err(encoding)?,
    };
    // One signature has one encoding; another one has been tampered with.
    if info.content_type != oids::SIGNED_DATA || again.to_der().map_err(encoding)? != der {
        return Err(Reason::BadEncoding);
    }
    let [signer] = data.signer_infos.0.as_slice() else {
        return Err(Reason::BadEncoding);
    };
    let certificates = certificates(&data)?;
    check_frame(&data, signer, content)?;
    let certificate = find(&certificates, signer)?.clone();
    check_signature(&data, signer, content, &certificate)?;
    Ok(Opened {
        signer: certificate,
        signature: signer.signature.as_bytes().to_vec(),
        token: token(signer)?,
        content: inside(&data)?,
        certificates,
    })
}

fn certificates(data: &SignedData) -> Result<Vec<Certificate>, Reason> {
    if data.crls.is_some() {
        return Err(Reason::BadEncoding);
    }
    let set = data.certificates.as_ref().ok_or(Reason::SignerUnknown)?;
    if set.0.len() > MOST {
        return Err(Reason::BadEncoding);
    }
    set.0
        .iter()
        .map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Ok(certificate.clone()),
            CertificateChoices::Other(_) => Err(Reason::BadEncoding),
        })
        .collect()
}

/// What the signature does not protect must be as it always is.
fn check_frame(data: &SignedData, signer: &SignerInfo, content: &Content<'_>) -> Result<(), Reason> {
    use cms::content_info::CmsVersion;
    let digests: Vec<_> = data.digest_algorithms.iter().collect();
    let digest_ok = digests == [&signer.digest_alg] && parameters_ok(&signer.digest_alg);
    let (kind, version) = match content {
        Content::Detached(_) => (oids::DATA, CmsVersion::V1),
        Content::Inside(kind) => (*kind, CmsVersion::V3),
    };
    let inside = data.encap_content_info.econtent.is_some();
    let content_ok =
        data.encap_content_info.econtent_type == kind && inside == matches!(content, Content::Inside(_));
    let signer_ok = match (&signer.sid, content) {
        (SignerIdentifier::IssuerAndSerialNumber(_), _) => signer.version == CmsVersion::V1,
        // Some time-stamp authorities name themselves by their key.
        (SignerIdentifier::SubjectKeyIdentifier(_), Content::Inside(_)) => signer.version == CmsVersion::V3,
        (SignerIdentifier::SubjectKeyIdentifier(_), Content::Detached(_)) => false,
    };
    let versions_ok = data.version == version && signer_ok;
    if digest_ok && content_ok && versions_ok && parameters_ok(&signer.signature_algorithm) {
        Ok(())
    } else {
        Err(Reason::BadEncoding)
    }
}

/// Hashes and signatures accepted here have no parameters, or NULL.
fn parameters_ok(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm
        .parameters
        .as_ref()
        .is_none_or(|any| any.to_der().is_ok_and(|der| der == [0x05, 0x00]))
}

/// The signer's certificate among those that came with the signature.
pub fn find<'c>(certificates: &'c [Certificate], signer: &SignerInfo) -> Result<&'c Certificate, Reason> {
    let is_meant = |certificate: &&Certificate| {
        let certificate = certificate.tbs_certificate();
        match &signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(named) => {
                *certificate.serial_number() == named.serial_number && *certificate.issuer() == named.issuer
            }
            SignerIdentifier::SubjectKeyIdentifier(named) => certificate
                .get_extension::<SubjectKeyIdentifier>()
                .is_ok_and(|found| found.is_some_and(|(_, found)| found == *named)),
        }
    };
    certificates.iter().find(is_meant).ok_or(Reason::SignerUnknown)
}

fn check_signature(
    data: &SignedData,
    signer: &SignerInfo,
    content: &Content<'_>,
    certificate: &Certificate,
) -> Result<(), Reason> {
    let attributes = signer.signed_attrs.as_ref().ok_or(Reason::BadEncoding)?;
    let one = |oid| -> Result<&Any, Reason> {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
        let (Some(attribute), None) = (found.next(), found.next()) else {
            return Err(Reason::BadEncoding);
        };
        match attribute.values.as_slice() {
            [value] => Ok(value),
            _ => Err(Reason::BadEncoding),
        }
    };
    let kind: ObjectIdentifier = one(oids::CONTENT_TYPE)?.decode_as().map_err(encoding)?;
    if kind != data.encap_content_info.econtent_type {
        return Err(Reason::BadEncoding);
    }
    let digest: OctetString = one(oids::MESSAGE_DIGEST)?.decode_as().map_err(encoding)?;
    let computed = match content {
        Content::Detached(parts) => crypto::digest(signer.digest_alg.oid, parts)?,
        Content::Inside(_) => crypto::digest(
            signer.digest_alg.oid,
            &[&inside(data)?.ok_or(Reason::BadEncoding)?],
        )?,
    };
    if digest.as_bytes() != computed {
        return Err(Reason::DigestMismatch);
    }
    let meant = one(oids::SIGNING_CERTIFICATE_V2).or_else(|_| one(oids::SIGNING_CERTIFICATE));
    check_meant(meant?, certificate)?;
    crypto::verify(
        certificate.tbs_certificate().subject_public_key_info(),
        crypto::with_digest(signer.signature_algorithm.oid, signer.digest_alg.oid),
        &attributes.to_der().map_err(encoding)?,
        signer.signature.as_bytes(),
    )?;
    Ok(())
}

/// The signer must have meant this very certificate (RFC 5035; RFC 2634 with SHA-1).
fn check_meant(value: &Any, certificate: &Certificate) -> Result<(), Reason> {
    let outer: Vec<Any> = value.decode_as().map_err(encoding)?;
    let list: Vec<Any> = outer
        .first()
        .ok_or(Reason::BadEncoding)?
        .decode_as()
        .map_err(encoding)?;
    let first: Vec<Any> = list
        .first()
        .ok_or(Reason::BadEncoding)?
        .decode_as()
        .map_err(encoding)?;
    let der = certificate.to_der().map_err(encoding)?;
    let (algorithm, hash) = match first.as_slice() {
        [algorithm, hash, ..] if algorithm.tag() == Tag::Sequence && hash.tag() == Tag::OctetString => {
            let algorithm: AlgorithmIdentifierOwned = algorithm.decode_as().map_err(encoding)?;
            (algorithm.oid, hash)
        }
        [hash, ..] if hash.value().len() == 20 => (oids::SHA1, hash),
        [hash, ..] => (oids::SHA256, hash),
        [] => return Err(Reason::BadEncoding),
    };
    if algorithm == oids::SHA1 {
        // Nothing rests on it: the signer is found by issuer and serial number as well, and its key is checked.
        return Ok(());
    }
    if crypto::digest(algorithm, &[&der])? == hash.value() {
        Ok(())
    } else {
        Err(Reason::SignerUnknown)
    }
}

/// The time-stamp token; nothing else may be unsigned.
fn token(signer: &SignerInfo) -> Result<Option<Vec<u8>>, Reason> {
    let Some(unsigned) = &signer.unsigned_attrs else {
        return Ok(None);
    };
    match unsigned.as_slice() {
        [only] if only.oid == oids::TIME_STAMP_TOKEN && only.values.len() == 1 => only
            .values
            .get(0)
            .map(|token| token.to_der().map_err(encoding))
            .transpose(),
        _ => Err(Reason::BadEncoding),
    }
}

fn inside(data: &SignedData) -> Result<Option<Vec<u8>>, Reason> {
    let Some(content) = &data.encap_content_info.econtent else {
        return Ok(None);
    };
    let content: OctetString = content.decode_as().map_err(encoding)?;
    Ok(Some(content.as_bytes().to_vec()))
}
