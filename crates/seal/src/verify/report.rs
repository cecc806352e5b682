//! What a check found, for people and for programs.

use domain::document::Signer as Role;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

macro_rules! reasons { ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
    /// Why something is not valid.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Reason { $($(#[$doc])* $name,)* }
    impl Reason {
        /// All reasons.
        pub const ALL: &[Reason] = &[$(Reason::$name),*];
        /// Its stable name.
        pub fn code(self) -> &'static str { match self { $(Self::$name => $code),* } }
        /// In words.
        pub fn text(self) -> &'static str { match self { $(Self::$name => $text),* } }
    }
} }

reasons! {
    /// It does not begin as a PDF does.
    NotPdf = "not_pdf", "this is not a PDF";
    /// It is longer than any document of ours could be.
    TooLarge = "too_large", "the file is too large";
    /// Reading it takes more than is allowed.
    BeyondLimits = "beyond_limits", "the file cannot be checked within the limits on memory and time; no agreement of ours needs as much";
    /// Its structure is damaged.
    Damaged = "damaged", "the file is damaged";
    /// It is encrypted.
    Encrypted = "encrypted", "the file is encrypted";
    /// Nobody signed it.
    NoSignature = "no_signature", "the file has no signature";
    /// The signed range is not the file without the signature.
    BadRange = "bad_range", "the signed range leaves out more than the signature";
    /// The signature is not written as signatures are.
    BadEncoding = "bad_encoding", "the signature is not encoded as it must be";
    /// The content is not the one that was signed.
    DigestMismatch = "digest_mismatch", "the content was changed after it was signed";
    /// The signature does not fit the signer's key.
    SignatureWrong = "signature_wrong", "the signature does not fit the signer's key";
    /// An algorithm that is not accepted.
    UnsupportedAlgorithm = "unsupported_algorithm", "the algorithm is not accepted";
    /// The signer's certificate is not in it, or another one was meant.
    SignerUnknown = "signer_unknown", "the signer's certificate is missing or not the one that was meant";
    /// There is no root to trust.
    NoRoot = "no_root", "no root certificate is known; give one with --root";
    /// The chain of certificates does not lead to a trusted root.
    Untrusted = "untrusted", "the certificate does not lead to the trusted root";
    /// A certificate did not count at the time of signing.
    OutsideValidity = "outside_validity", "a certificate was not valid when the signature was made";
    /// A certificate is for something else.
    WrongUse = "wrong_use", "a certificate is not for signing documents";
    /// A certificate was revoked.
    Revoked = "revoked", "a certificate was revoked";
    /// Whether one was revoked cannot be said.
    RevocationUnknown = "revocation_unknown", "the revocation lists cannot be read";
    /// The claimed time is missing or not believable.
    TimeWrong = "time_wrong", "the time of the signature is missing or in the future";
    /// The time-stamp does not hold.
    TimeStampWrong = "time_stamp_wrong", "the time-stamp does not hold";
    /// Something other than a signature was added later.
    ChangedAfterwards = "changed_afterwards", "the file was changed after this signature";
    /// There are bytes that no signature covers.
    NotWholeFile = "not_whole_file", "there is content that no signature covers";
    /// The first signature does not forbid changes.
    NotCertified = "not_certified", "the first signature does not certify the document";
    /// Not exactly one signature of employer, student and school.
    PartiesMissing = "parties_missing", "the signatures of employer, student and school are not all there";
    /// A signature stands in the field of another party.
    WrongParty = "wrong_party", "a signature stands in the place of another party";
    /// Another signature of the file is not valid.
    OtherInvalid = "other_invalid", "another signature of the file is not valid";
}

/// The outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything holds.
    Valid,
    /// Something does not hold.
    Invalid,
    /// It could not be read at all.
    Unreadable,
}

/// How much of the file a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// All of it.
    WholeFile,
    /// All up to the end of its revision; later signatures cover the rest.
    Revision,
    /// Not even that.
    Broken,
}

/// What was found in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// SHA-256 of the file.
    pub sha256: String,
    /// Its length in bytes.
    pub size: usize,
    /// Whether all signatures hold.
    pub verdict: Verdict,
    /// Whether it is an agreement sealed under the trusted root: employer, student and school signed, the
    /// last signature covers the whole file, and nothing else was added.
    pub ours: bool,
    /// Why not, if not.
    pub reason: Option<Reason>,
    /// The signatures, the first one first.
    pub signatures: Vec<Signature>,
}

/// What was found of one signature.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Signature {
    /// Name of its field.
    pub field: String,
    /// Whom the certificate names.
    pub signer: Option<String>,
    /// The organisation that the certificate names.
    pub organisation: Option<String>,
    /// For which party, by the certificate.
    pub role: Option<Role>,
    /// The time that the signature claims.
    pub time: Option<Timestamp>,
    /// The time that an authority attests.
    pub time_stamp: Option<TimeStamp>,
    /// SHA-256 of the record of the consent that the certificate was issued for.
    pub consent: Option<String>,
    /// How much of the file it covers.
    pub coverage: Coverage,
    /// Whether it certifies the document: only signatures may follow.
    pub certifies: bool,
    /// The certificates, the signer's first.
    pub chain: Vec<CertificateFacts>,
    /// Whether it holds.
    pub verdict: Verdict,
    /// Why not, if not.
    pub reason: Option<Reason>,
}

/// A time-stamp.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TimeStamp {
    /// The attested time.
    pub time: Timestamp,
    /// Whom the authority's certificate names.
    pub authority: Option<String>,
    /// Whether its chain leads to a root that was given for time-stamps.
    pub trusted: bool,
}

/// A certificate in brief.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// SHA-256 of it.
    pub sha256: String,
}
