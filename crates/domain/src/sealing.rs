//! Sealing a finished document, as data, and the port of whoever seals it.
//!
//! Two steps, because what will be signed is stored before it is: [`Sealer::prepare`] makes the exact bytes
//! with everything that will be seen, [`Sealer::seal`] adds signatures and changes nothing that is seen.

use crate::document::{FieldRect, Png, Signer};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What one signer did, for the certificate of the signature that documents it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// For which party.
    pub signer: Signer,
    /// The person.
    pub name: String,
    /// The employer or school that the person belongs to.
    pub organisation: String,
    /// SHA-256 of the record of the consent, or of the event.
    pub consent: [u8; 32],
    /// When the person acted.
    pub at: Timestamp,
}

impl std::fmt::Debug for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Act")
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

/// What is seen in the place of a signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Whose.
    pub signer: Signer,
    /// The organisation; empty for a student.
    pub organisation: String,
    /// The person who acted.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// The number of the agreement.
    pub number: String,
    /// The picture of the organisation's seal, where it has one.
    pub seal: Option<Png>,
}

impl std::fmt::Debug for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stamp")
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

/// Everything that is needed to seal one prepared document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The school, whose seal comes last.
    pub school: i64,
    /// The school's name.
    pub school_name: String,
    /// Who acted, in the order of signing; the first signature certifies the document.
    pub acts: Vec<Act>,
}

/// What is known of one signature afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// For which party.
    pub signer: Signer,
    /// The certificate's serial number.
    pub serial: Vec<u8>,
    /// The certificate in DER.
    pub certificate: Vec<u8>,
    /// When the signature was made, by the clock of this machine.
    pub at: Timestamp,
    /// The time that a time-stamp authority attests, where one was asked.
    pub stamped_at: Option<Timestamp>,
}

/// A sealed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The file.
    pub pdf: Vec<u8>,
    /// Its signatures, in order.
    pub signatures: Vec<Signed>,
}

/// Why a document could not be sealed. Names steps, never contents: it is logged and stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SealError(pub String);

/// Seals documents. CPU-bound and, where a time-stamp authority is asked, waiting for the network: call it
/// on a blocking thread, in no request and no transaction.
pub trait Sealer: Send + Sync {
    /// Adds the places of the signatures to a document; its last pages, one for each place and in that order,
    /// become what is seen in them ([`crate::document::Renderer::to_sign`]). The exact bytes to be signed.
    fn prepare(&self, pdf: &[u8], places: &[FieldRect]) -> Result<Vec<u8>, SealError>;

    /// A prepared document without the places: what is handed out when sealing it fails.
    fn plain(&self, prepared: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Signs a prepared document.
    fn seal(&self, prepared: &[u8], order: &Order) -> Result<Sealed, SealError>;

    /// Whether a document that was just sealed is good, as whoever gets it will judge it.
    fn check(&self, sealed: &[u8]) -> Result<(), SealError>;

    /// Signs a statement of the installation itself, such as a checkpoint of the audit trail.
    fn attest(&self, statement: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Publishes what is revoked, all of it, unless that is said already in lists that count for long enough;
    /// whether new ones were made.
    fn publish_revoked(&self, revoked: &[Revoked]) -> Result<bool, SealError>;
}

/// A certificate in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Whom it names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Its serial number in hexadecimal digits.
    pub serial: String,
    /// From when it counts.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// SHA-256 of it, in hexadecimal digits.
    pub sha256: String,
}

/// A time-stamp in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundStamp {
    /// The attested time.
    pub at: Timestamp,
    /// Whom the authority's certificate names.
    pub authority: Option<String>,
    /// Whether it leads to a root that is trusted here.
    pub trusted: bool,
}

/// A signature in a file, judged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSignature {
    /// For which party, where the certificate says so.
    pub signer: Option<Signer>,
    /// Whom the certificate names.
    pub name: Option<String>,
    /// When it claims to have been made.
    pub at: Option<Timestamp>,
    /// Its time-stamp.
    pub stamp: Option<FoundStamp>,
    /// The certificates, the signer's first and without the trusted one.
    pub chain: Vec<CertificateFacts>,
    /// Why it does not hold, as a stable name; nothing when it does.
    pub fault: Option<Cow<'static, str>>,
}

impl std::fmt::Debug for FoundSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundSignature")
            .field("signer", &self.signer)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

/// What a file is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Whether it is an agreement that was sealed here and is as it was then.
    pub is_ours: bool,
    /// Why not, as a stable name.
    pub fault: Option<Cow<'static, str>>,
    /// Its signatures, the first one first.
    pub signatures: Vec<FoundSignature>,
}

/// A signature taken out of its file, for whoever wants to look at it with other programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// The name of its field.
    pub field: String,
    /// The signature: CMS in DER.
    pub signature: Vec<u8>,
    /// Its time-stamp token in DER.
    pub stamp: Option<Vec<u8>>,
    /// The certificates with it in PEM, the signer's first.
    pub certificates: String,
}

/// A certificate that no longer counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Its serial number.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// Why a certificate was revoked (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationReason {
    /// Somebody else may have the key.
    KeyCompromise,
    /// What it says of its owner is no longer so.
    AffiliationChanged,
    /// Another one took its place.
    Superseded,
    /// It is no longer used.
    CessationOfOperation,
    /// Not said.
    Unspecified,
}

impl RevocationReason {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::KeyCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::Unspecified,
    ];

    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyCompromise => "key_compromise",
            Self::AffiliationChanged => "affiliation_changed",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessation_of_operation",
            Self::Unspecified => "unspecified",
        }
    }

    /// From the stored code; another word says nothing.
    pub fn from_code(code: &str) -> Self {
        let found = Self::ALL.into_iter().find(|reason| reason.code() == code);
        found.unwrap_or(Self::Unspecified)
    }
}

/// What whoever verifies without us needs of us, in PEM; a text is empty where there is nothing of the kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The certificates that are trusted here: our root, and seals from elsewhere that are trusted by themselves.
    pub roots: String,
    /// Our issuing authorities, the present one first. They sign the checkpoints of the audit trail too.
    pub authorities: String,
    /// The trusted roots of time-stamp authorities.
    pub stamp_roots: String,
    /// The revocation lists of the issuing authorities.
    pub revocations: String,
    /// The same one by one.
    pub issuers: Vec<Issuer>,
}

/// An issuing authority, as programs ask for it that found its address in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The serial number of its certificate in hexadecimal digits: it stands in the address.
    pub id: String,
    /// Its certificate in DER.
    pub certificate: Vec<u8>,
    /// Its revocation list in DER, once there is one.
    pub revocations: Option<Vec<u8>>,
}

/// Judges files that anybody may bring. CPU-bound: call it on a blocking thread.
pub trait Judge: Send + Sync {
    /// What a file is worth. Believes nothing it says of itself.
    fn judge(&self, file: &[u8]) -> Judgement;

    /// What files are judged by here, as text, for a judge in another process: it holds no secret.
    fn brief(&self) -> Result<String, SealError>;

    /// The signatures of a file of ours.
    fn extract(&self, file: &[u8]) -> Result<Vec<Extract>, SealError>;

    /// What whoever wants to verify without us needs.
    fn published(&self) -> Result<Published, SealError>;
}
