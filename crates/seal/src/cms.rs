//! The signature itself: CMS SignedData, detached, as PAdES baseline wants it (ETSI EN 319 142-1).

use crate::error::Error;
use crate::oids;
use crate::signer::{Algorithm, Signer};
use crate::tsp::Stamper;
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode, Encode, Sequence};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;

/// RFC 5035 with the default hash algorithm, SHA-256, left out.
#[derive(Sequence)]
struct EssCertIdV2 {
    hash: OctetString,
}

#[derive(Sequence)]
struct SigningCertificateV2 {
    certificates: Vec<EssCertIdV2>,
}

/// A signature, and the time that an authority attests.
pub struct Made {
    /// The ContentInfo in DER.
    pub der: Vec<u8>,
    /// The time in its time-stamp token.
    pub stamped_at: Option<Timestamp>,
}

/// Room for everything but certificates, the issuer's name, the signature and a time-stamp token.
const FRAME: usize = 400;
/// The longest ECDSA signature with P-256, in DER.
const ELLIPTIC: usize = 72;
/// The longest RSA signature: a key of 8192 bits.
const RSA: usize = 1024;
/// How many bytes a signature of `signer` may take.
pub fn room(signer: &dyn Signer, stamper: Option<&Stamper>) -> Result<usize, Error> {
    let signature = match signer.algorithm() {
        Algorithm::EcdsaP256 => ELLIPTIC,
        Algorithm::Rsa => RSA,
    };
    let issuer = signer.certificate().tbs_certificate().issuer().encoded_len()?;
    let mut room = FRAME + signature + usize::try_from(issuer)? + stamper.map_or(0, Stamper::room);
    for certificate in std::iter::once(signer.certificate()).chain(signer.chain()) {
        room += usize::try_from(certificate.encoded_len()?)?;
    }
    Ok(room)
}

/// Signs a document whose signed bytes have the SHA-256 `digest`.
pub fn sign(digest: &[u8], signer: &dyn Signer, stamper: Option<&Stamper>) -> Result<Made, Error> {
    let attributes = signed_attributes(digest, signer.certificate())?;
    let signature = signer.sign(&attributes.to_der()?)?;
    let (algorithm, null) = match signer.algorithm() {
        Algorithm::EcdsaP256 => (oids::ECDSA_SHA256, false),
        Algorithm::Rsa => (oids::RSA_SHA256, true),
    };
    let stamp = match stamper {
        Some(stamper) => Some(stamper.stamp(&signature)?),
        None => None,
    };
    let stamped_at = stamp.as_ref().map(|stamp| stamp.at);
    let unsigned = match stamp {
        Some(stamp) => Some(SetOfVec::try_from(vec![Attribute {
            oid: oids::TIME_STAMP_TOKEN,
            values: SetOfVec::try_from(vec![Any::from_der(&stamp.token)?])?,
        }])?),
        None => None,
    };
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: identifier(signer.certificate()),
        digest_alg: plain(oids::SHA256),
        signed_attrs: Some(attributes),
        signature_algorithm: if null {
            with_null(algorithm)?
        } else {
            plain(algorithm)
        },
        signature: OctetString::new(signature)?,
        unsigned_attrs: unsigned,
    };
    Ok(Made {
        der: envelope(info, signer)?,
        stamped_at,
    })
}

fn envelope(info: SignerInfo, signer: &dyn Signer) -> Result<Vec<u8>, Error> {
    let certificates: Vec<CertificateChoices> = std::iter::once(signer.certificate())
        .chain(signer.chain())
        .cloned()
        .map(CertificateChoices::Certificate)
        .collect();
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![plain(oids::SHA256)])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: oids::DATA,
            econtent: None,
        },
        certificates: Some(CertificateSet::try_from(certificates)?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![info])?,
    };
    let content = ContentInfo {
        content_type: oids::SIGNED_DATA,
        content: Any::from_der(&data.to_der()?)?,
    };
    Ok(content.to_der()?)
}

/// What is signed: the kind of content, its hash, and which certificate is meant. No signing time: PAdES
/// has it in the signature's dictionary, and a trusted one in the time-stamp.
fn signed_attributes(digest: &[u8], certificate: &Certificate) -> Result<SetOfVec<Attribute>, Error> {
    let meant = SigningCertificateV2 {
        certificates: vec![EssCertIdV2 {
            hash: OctetString::new(Sha256::digest(certificate.to_der()?).to_vec())?,
        }],
    };
    Ok(SetOfVec::try_from(vec![
        attribute(oids::CONTENT_TYPE, &oids::DATA)?,
        attribute(oids::MESSAGE_DIGEST, &OctetString::new(digest)?)?,
        attribute(oids::SIGNING_CERTIFICATE_V2, &meant)?,
    ])?)
}

fn attribute(oid: ObjectIdentifier, value: &impl Encode) -> Result<Attribute, Error> {
    let value = Any::from_der(&value.to_der()?)?;
    Ok(Attribute {
        oid,
        values: SetOfVec::try_from(vec![value])?,
    })
}

fn identifier(certificate: &Certificate) -> SignerIdentifier {
    let certificate = certificate.tbs_certificate();
    SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: certificate.issuer().clone(),
        serial_number: certificate.serial_number().clone(),
    })
}

/// An algorithm without parameters.
pub fn plain(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid,
        parameters: None,
    }
}

/// An algorithm whose parameters are NULL.
pub fn with_null(oid: ObjectIdentifier) -> Result<AlgorithmIdentifierOwned, Error> {
    Ok(AlgorithmIdentifierOwned {
        oid,
        parameters: Some(Any::from_der(&[0x05, 0x00])?),
    })
}
