//! The verifier. Takes any file, believes none, and calls a document valid only when every rule is kept
//! that sealing keeps.

pub(crate) mod chain;
mod cms;
mod file;
mod report;
pub mod token;

pub use report::{CertificateFacts, Coverage, Reason, Report, Signature, TimeStamp, Verdict};

use crate::cert;
use crate::oids;
use chain::Trust;
use cms::Content;
use domain::document::Signer as Role;
use file::{Found, Place};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;

/// The longest file looked at, in bytes: agreements have less than a hundredth of it.
pub const LONGEST: usize = 32 * 1024 * 1024;
/// Allowed difference of clocks.
const SKEW: SignedDuration = SignedDuration::from_mins(10);
/// The parties whose signatures make an agreement.
const PARTIES: [Role; 3] = [Role::Employer, Role::Student, Role::School];

/// What a file is judged by.
#[derive(Default)]
pub struct Options {
    /// Trusted certificates: our root, or the very certificate of a signer.
    pub roots: Vec<Certificate>,
    /// Trusted roots of time-stamp authorities.
    pub stamp_roots: Vec<Certificate>,
    /// Revocation lists of issuing authorities.
    pub revoked: Vec<CertificateList>,
    /// The present moment.
    pub now: Timestamp,
}

/// Checks a file.
pub fn check(pdf: &[u8], options: &Options) -> Report {
    // A parser that meets what its authors did not think of must not take the program down with it.
    let checked = catch_unwind(AssertUnwindSafe(|| look(pdf, options, Haste::None)));
    let signatures = match checked {
        Ok(Ok(signatures)) => signatures,
        Ok(Err(reason)) => return nothing(pdf, reason),
        Err(_) => return nothing(pdf, Reason::Damaged),
    };
    let broken = broken(&signatures);
    let reason = broken.or_else(|| incomplete(&signatures));
    Report {
        sha256: hex::encode(Sha256::digest(pdf)),
        size: pdf.len(),
        verdict: if broken.is_none() {
            Verdict::Valid
        } else {
            Verdict::Invalid
        },
        ours: reason.is_none(),
        reason,
        signatures,
    }
}

/// A file of which nothing is said, because it is not known what was revoked.
pub(crate) fn unknown(pdf: &[u8]) -> Report {
    nothing(pdf, Reason::RevocationUnknown)
}

/// A file that broke whoever was to look at it, or kept them too long.
pub fn beyond_limits(pdf: &[u8]) -> Report {
    nothing(pdf, Reason::BeyondLimits)
}

/// Whether a file is a sealed agreement of ours, without saying more about one that is not than its first
/// fault. Stops there: much quicker than [`check`] for what was tampered with, and never of another opinion.
pub fn is_ours(pdf: &[u8], options: &Options) -> Result<(), Reason> {
    let looked = catch_unwind(AssertUnwindSafe(|| look(pdf, options, Haste::FirstFault)));
    let signatures = looked.unwrap_or(Err(Reason::Damaged))?;
    match broken(&signatures).or_else(|| incomplete(&signatures)) {
        None => Ok(()),
        Some(reason) => Err(reason),
    }
}

/// The fault itself rather than what it does to the other signatures.
fn broken(signatures: &[Signature]) -> Option<Reason> {
    let faults = || signatures.iter().filter_map(|signature| signature.reason);
    faults()
        .find(|reason| *reason != Reason::OtherInvalid)
        .or_else(|| faults().next())
}

/// How far to look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Haste {
    /// At everything, for a full report.
    None,
    /// Until something is wrong.
    FirstFault,
}

fn nothing(pdf: &[u8], reason: Reason) -> Report {
    let unreadable = matches!(reason, Reason::NotPdf | Reason::TooLarge | Reason::BeyondLimits);
    Report {
        sha256: hex::encode(Sha256::digest(pdf)),
        size: pdf.len(),
        verdict: if unreadable {
            Verdict::Unreadable
        } else {
            Verdict::Invalid
        },
        ours: false,
        reason: Some(reason),
        signatures: Vec::new(),
    }
}

fn look(pdf: &[u8], options: &Options, haste: Haste) -> Result<Vec<Signature>, Reason> {
    if !pdf.starts_with(b"%PDF-") {
        return Err(Reason::NotPdf);
    }
    if pdf.len() > LONGEST {
        return Err(Reason::TooLarge);
    }
    let document = file::load(pdf)?;
    let mut places = file::signatures(pdf, &document);
    if places.is_empty() {
        return Err(Reason::NoSignature);
    }
    places.sort_by_key(|(_, place)| place.as_ref().map_or(usize::MAX, |place| place.end));
    // The last one first: it covers the most.
    let judged = places.iter().rev().map(|(field, place)| {
        let found = place
            .as_ref()
            .map_err(|reason| *reason)
            .and_then(|place| Ok((place, file::read(pdf, &document, place)?)));
        let signature = match found {
            Ok((place, found)) => judge(pdf, place, &found, options),
            Err(reason) => blank(field, Some(reason)),
        };
        match signature.reason {
            Some(reason) if haste == Haste::FirstFault => Err(reason),
            _ => Ok(signature),
        }
    });
    let mut signatures = judged.collect::<Result<Vec<Signature>, Reason>>()?;
    signatures.reverse();
    let places: Vec<Option<&Place>> = places.iter().map(|(_, place)| place.as_ref().ok()).collect();
    follow(pdf, &places, &mut signatures);
    Ok(signatures)
}

/// A signature taken out of its file.
pub struct Part {
    /// The name of its field.
    pub field: String,
    /// The CMS structure in DER.
    pub signature: Vec<u8>,
    /// Its time-stamp token in DER.
    pub token: Option<Vec<u8>>,
    /// The certificates with it, the signer's first.
    pub certificates: Vec<Certificate>,
}

/// Takes the signatures out of a file, in the order in which they were made; fails when one of them does
/// not fit its content.
pub fn parts(pdf: &[u8]) -> Result<Vec<Part>, Reason> {
    let document = file::load(pdf)?;
    let mut places = Vec::new();
    for (_, place) in file::signatures(pdf, &document) {
        places.push(place?);
    }
    places.sort_by_key(|place| place.end);
    let part = |place: Place| {
        let found = file::read(pdf, &document, &place)?;
        let content = [&pdf[..place.hole.0], &pdf[place.hole.1..place.end]];
        let opened = cms::open(&found.der, &Content::Detached(&content))?;
        Ok(Part {
            field: place.field,
            signature: found.der,
            token: opened.token,
            certificates: chain::above(&opened.signer, &opened.certificates),
        })
    };
    places.into_iter().map(part).collect()
}

/// A signature of which nothing is known yet.
fn blank(field: &str, reason: Option<Reason>) -> Signature {
    Signature {
        field: field.to_owned(),
        signer: None,
        organisation: None,
        role: None,
        time: None,
        time_stamp: None,
        consent: None,
        coverage: Coverage::Broken,
        certifies: false,
        chain: Vec::new(),
        verdict: if reason.is_none() {
            Verdict::Valid
        } else {
            Verdict::Invalid
        },
        reason,
    }
}

/// Judges one signature by itself.
fn judge(pdf: &[u8], place: &Place, found: &Found, options: &Options) -> Signature {
    let mut signature = Signature {
        time: found.time,
        certifies: found.certifies,
        coverage: if place.end == pdf.len() {
            Coverage::WholeFile
        } else {
            Coverage::Revision
        },
        ..blank(&place.field, None)
    };
    if let Err(reason) = judge_into(pdf, place, found, (options, &mut signature)) {
        signature.verdict = Verdict::Invalid;
        signature.reason = Some(reason);
    }
    signature
}

fn judge_into(
    pdf: &[u8],
    place: &Place,
    found: &Found,
    (options, into): (&Options, &mut Signature),
) -> Result<(), Reason> {
    let parts = [&pdf[..place.hole.0], &pdf[place.hole.1..place.end]];
    let opened = cms::open(&found.der, &Content::Detached(&parts))?;
    let subject = opened.signer.tbs_certificate().subject();
    let role = cert::role(&opened.signer);
    into.signer = cert::named(subject, oids::COMMON_NAME);
    into.organisation = cert::named(subject, oids::ORGANISATION);
    into.role = role;
    into.consent = cert::consent(&opened.signer).map(hex::encode);
    into.chain = vec![chain::facts(&opened.signer)];
    let latest = options.now.saturating_add(SKEW).unwrap_or(Timestamp::MAX);
    let claimed = found.time.filter(|at| *at <= latest).ok_or(Reason::TimeWrong)?;
    if let Some(token) = &opened.token {
        let seen = token::check(token, &opened.signature, &options.stamp_roots)?;
        if !options.stamp_roots.is_empty() && !seen.trusted {
            return Err(Reason::TimeStampWrong);
        }
        into.time_stamp = Some(TimeStamp {
            time: seen.at,
            authority: seen.authority,
            trusted: seen.trusted,
        });
    }
    if options.roots.is_empty() {
        return Err(Reason::NoRoot);
    }
    let stamp = into.time_stamp.as_ref().filter(|stamp| stamp.trusted);
    let trust = Trust {
        roots: &options.roots,
        revoked: &options.revoked,
        purpose: oids::DOCUMENT_SIGNING,
        // A time that nobody trusted attests is no better than the one that our signer signed.
        at: stamp.map_or(claimed, |stamp| stamp.time),
        is_proven: stamp.is_some(),
    };
    let chain = chain::build(&opened.signer, &opened.certificates, &trust)?;
    into.chain = chain.iter().map(chain::facts).collect();
    let known =
        |certificate: &Certificate| chain.contains(certificate) || options.roots.contains(certificate);
    if !opened.certificates.iter().all(known) {
        return Err(Reason::BadEncoding);
    }
    // A certificate from elsewhere that is trusted by itself is the seal of a school, and signs for nobody else.
    let pinned = options.roots.contains(&opened.signer) && place.field == Role::School.key();
    let signs_for = role.or(pinned.then_some(Role::School));
    into.role = signs_for;
    Ok(())
}

/// Judges what came after each signature: nothing but further good signatures.
fn follow(pdf: &[u8], places: &[Option<&Place>], signatures: &mut [Signature]) {
    let mut fault = None;
    // From the last one backwards: what spoils a later revision spoils all that came before it.
    for at in (0..signatures.len()).rev() {
        let Some(this) = places[at] else {
            fault = fault.or(Some(Reason::OtherInvalid));
            continue;
        };
        let own = signatures[at].reason;
        if own.is_none() && fault.is_none() {
            fault = match places.get(at + 1).copied().flatten() {
                Some(next) => file::only_signs(pdf, this, next).err(),
                None if this.end == pdf.len() => None,
                None => Some(Reason::NotWholeFile),
            };
        }
        if let (None, Some(reason)) = (own, fault) {
            signatures[at].verdict = Verdict::Invalid;
            signatures[at].reason = Some(reason);
        }
        if own.is_some() {
            fault = fault.or(Some(Reason::OtherInvalid));
        }
    }
}

/// What keeps good signatures from making an agreement.
fn incomplete(signatures: &[Signature]) -> Option<Reason> {
    let roles: Vec<Role> = signatures.iter().filter_map(|signature| signature.role).collect();
    if roles.len() != PARTIES.len() || !PARTIES.iter().all(|role| roles.contains(role)) {
        return Some(Reason::PartiesMissing);
    }
    if !signatures
        .iter()
        .all(|signature| signature.role.map(Role::key) == Some(signature.field.as_str()))
    {
        return Some(Reason::WrongParty);
    }
    if !signatures.first().is_some_and(|first| first.certifies) {
        return Some(Reason::NotCertified);
    }
    let whole = signatures
        .last()
        .is_some_and(|last| last.coverage == Coverage::WholeFile);
    (!whole).then_some(Reason::NotWholeFile)
}
