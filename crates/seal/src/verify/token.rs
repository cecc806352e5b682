//! Checks a time-stamp token (RFC 3161).

use super::chain::{self, Trust};
use super::cms::{self, Content};
use super::report::Reason;
use crate::crypto;
use crate::oids;
use ::cms::cert::CertificateChoices;
use ::cms::content_info::{CmsVersion, ContentInfo};
use ::cms::signed_data::SignedData;
use der::asn1::{Any, OctetString};
use der::{Decode, Encode, Tag, Tagged};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;

/// What a good token says.
pub struct Seen {
    /// The attested time.
    pub at: Timestamp,
    /// The number of the question that it answers.
    pub nonce: Option<Vec<u8>>,
    /// Whom the authority's certificate names.
    pub authority: Option<String>,
    /// Whether its chain leads to one of the given roots.
    pub trusted: bool,
}

/// Checks that a token in DER attests the time of `signature`.
pub fn check(token: &[u8], signature: &[u8], roots: &[Certificate]) -> Result<Seen, Reason> {
    let wrong = |_| Reason::TimeStampWrong;
    let opened = cms::open(token, &Content::Inside(oids::TST_INFO)).map_err(wrong)?;
    let content = opened.content.ok_or(Reason::TimeStampWrong)?;
    let info = read(&content).ok_or(Reason::TimeStampWrong)?;
    if crypto::digest(info.algorithm.oid, &[signature]).map_err(|_| Reason::TimeStampWrong)? != info.hash {
        return Err(Reason::TimeStampWrong);
    }
    let trust = Trust {
        roots,
        revoked: &[],
        is_proven: false,
        purpose: oids::TIME_STAMPING,
        at: info.at,
    };
    let trusted = match chain::build(&opened.signer, &opened.certificates, &trust) {
        Ok(_) => true,
        Err(Reason::Untrusted) => false,
        Err(_) => return Err(Reason::TimeStampWrong),
    };
    // What nothing vouches for must not be there ([`tidy`] leaves it out).
    if chain::above(&opened.signer, &opened.certificates).len() != opened.certificates.len() {
        return Err(Reason::TimeStampWrong);
    }
    Ok(Seen {
        at: info.at,
        nonce: info.nonce,
        authority: chain::common_name(&opened.signer),
        trusted,
    })
}

/// A token as authorities send it, brought into the one form that [`check`] takes: in DER, with the
/// certificates that lead from the signer upwards and no others, without the root and without anything
/// unsigned. What the authority signed stays as it is.
///
/// Authorities add more certificates than are needed, in any order; nothing protects those, so that a
/// change of them could not be told from what was there at first.
pub fn tidy(token: &[u8]) -> Result<Vec<u8>, Reason> {
    let mut info = ContentInfo::from_der(token).map_err(cms::encoding)?;
    let mut data: SignedData = info.content.decode_as().map_err(cms::encoding)?;
    let [signer] = data.signer_infos.0.as_slice() else {
        return Err(Reason::BadEncoding);
    };
    let mut signer = signer.clone();
    signer.unsigned_attrs = None;
    let all: Vec<Certificate> = data
        .certificates
        .iter()
        .flat_map(|set| set.0.iter())
        .filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
            CertificateChoices::Other(_) => None,
        })
        .collect();
    let leaf = cms::find(&all, &signer)?;
    let is_root = |certificate: &Certificate| {
        let parts = certificate.tbs_certificate();
        certificate != leaf && parts.subject() == parts.issuer()
    };
    let kept: Vec<CertificateChoices> = chain::above(leaf, &all)
        .into_iter()
        .filter(|certificate| !is_root(certificate))
        .map(CertificateChoices::Certificate)
        .collect();
    let algorithms = vec![signer.digest_alg.clone()];
    data.version = CmsVersion::V3;
    data.digest_algorithms = algorithms.try_into().map_err(cms::encoding)?;
    data.certificates = Some(kept.try_into().map_err(cms::encoding)?);
    data.crls = None;
    data.signer_infos = vec![signer].try_into().map_err(cms::encoding)?;
    info.content = Any::encode_from(&data).map_err(cms::encoding)?;
    info.to_der().map_err(cms::encoding)
}

struct Info {
    algorithm: AlgorithmIdentifierOwned,
    hash: Vec<u8>,
    at: Timestamp,
    nonce: Option<Vec<u8>>,
}

/// TSTInfo: version, policy, imprint, serial number, time, then optional parts of which the only plain
/// INTEGER is the nonce.
fn read(content: &[u8]) -> Option<Info> {
    let parts = Vec::<Any>::from_der(content).ok()?;
    let [version, _, imprint, _, time, rest @ ..] = parts.as_slice() else {
        return None;
    };
    if version.value() != [1] || time.tag() != Tag::GeneralizedTime {
        return None;
    }
    let imprint: Vec<Any> = imprint.decode_as().ok()?;
    let [algorithm, hash] = imprint.as_slice() else {
        return None;
    };
    let hash: OctetString = hash.decode_as().ok()?;
    let nonce = rest.iter().find(|part| part.tag() == Tag::Integer);
    Some(Info {
        algorithm: algorithm.decode_as().ok()?,
        hash: hash.as_bytes().to_vec(),
        at: generalized(time.value())?,
        nonce: nonce.map(|part| part.value().to_vec()),
    })
}

/// `20261125021600.123Z`; fractions are allowed here (RFC 3161, 2.4.2), unlike in certificates.
fn generalized(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    if seconds.len() != 14 || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let civil = DateTime::strptime("%Y%m%d%H%M%S", seconds).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
