//! Checks one signature against one public key. What is not known here is not valid.

use crate::oids;
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use p256::elliptic_curve::sec1::ToSec1Point;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use rsa::pkcs1v15;
use sha2::{Digest, Sha256, Sha384, Sha512};
use signature::Verifier;
use spki::SubjectPublicKeyInfoOwned;
use std::borrow::Cow;

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The algorithm or key is not one that is checked here.
    Unsupported,
    /// It does not fit key and message.
    Wrong,
}

/// The shortest RSA key that counts, in bits.
const RSA_BITS: usize = 2048;

/// Whether `signature` over `message` was made with the key of `public`.
pub fn verify(
    public: &SubjectPublicKeyInfoOwned,
    algorithm: ObjectIdentifier,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Fault> {
    match algorithm {
        oids::ECDSA_SHA256 => elliptic(public, message, signature),
        oids::RSA_SHA256 => rsa_with::<Sha256>(public, message, signature),
        oids::RSA_SHA384 => rsa_with::<Sha384>(public, message, signature),
        oids::RSA_SHA512 => rsa_with::<Sha512>(public, message, signature),
        _ => Err(Fault::Unsupported),
    }
}

/// The signature algorithm that a signer info means: some name only the key's.
pub fn with_digest(algorithm: ObjectIdentifier, digest: ObjectIdentifier) -> ObjectIdentifier {
    match (algorithm, digest) {
        (oids::RSA, oids::SHA256) => oids::RSA_SHA256,
        (oids::RSA, oids::SHA384) => oids::RSA_SHA384,
        (oids::RSA, oids::SHA512) => oids::RSA_SHA512,
        (oids::EC_PUBLIC_KEY, oids::SHA256) => oids::ECDSA_SHA256,
        (other, _) => other,
    }
}

/// The hash of `parts` by a digest algorithm that still counts.
pub fn digest(algorithm: ObjectIdentifier, parts: &[&[u8]]) -> Result<Vec<u8>, Fault> {
    fn of<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
        let mut hash = D::new();
        for part in parts {
            hash.update(part);
        }
        hash.finalize().to_vec()
    }
    match algorithm {
        oids::SHA256 => Ok(of::<Sha256>(parts)),
        oids::SHA384 => Ok(of::<Sha384>(parts)),
        oids::SHA512 => Ok(of::<Sha512>(parts)),
        _ => Err(Fault::Unsupported),
    }
}

fn elliptic(public: &SubjectPublicKeyInfoOwned, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
    let curve = public.algorithm.parameters.as_ref();
    let curve = curve.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
    if public.algorithm.oid != oids::EC_PUBLIC_KEY || curve != Some(oids::P256) {
        return Err(Fault::Unsupported);
    }
    let point = public.subject_public_key.raw_bytes();
    // `ring` reads points in full only; a certificate may have the short form (SEC 1, 2.3.3).
    let full = match point.first() {
        Some(2 | 3) => {
            let key = p256::PublicKey::from_sec1_bytes(point).map_err(|_| Fault::Wrong)?;
            Cow::Owned(key.to_sec1_point(false).as_bytes().to_vec())
        }
        _ => Cow::Borrowed(point),
    };
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, full)
        .verify(message, signature)
        .map_err(|_| Fault::Wrong)
}

fn rsa_with<D>(public: &SubjectPublicKeyInfoOwned, message: &[u8], signature: &[u8]) -> Result<(), Fault>
where
    D: Digest + const_oid::AssociatedOid,
    pkcs1v15::VerifyingKey<D>: Verifier<pkcs1v15::Signature>,
{
    use rsa::traits::PublicKeyParts;
    if public.algorithm.oid != oids::RSA {
        return Err(Fault::Unsupported);
    }
    let der = public.to_der().map_err(|_| Fault::Wrong)?;
    let reference = spki::SubjectPublicKeyInfoRef::from_der(&der).map_err(|_| Fault::Wrong)?;
    let key = rsa::PublicKey::try_from(reference).map_err(|_| Fault::Wrong)?;
    if key.size() * 8 < RSA_BITS {
        return Err(Fault::Unsupported);
    }
    let signature = pkcs1v15::Signature::try_from(signature).map_err(|_| Fault::Wrong)?;
    pkcs1v15::VerifyingKey::<D>::new(key)
        .verify(message, &signature)
        .map_err(|_| Fault::Wrong)
}
