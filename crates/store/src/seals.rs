//! Seals: what waits to be sealed, what was sealed, and the certificates issued for it.

use domain::ids::{AgreementId, FileId, SchoolId};
use domain::sealing::{RevocationReason, Revoked, Signed};
use hmac::Mac;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::db::{Conn, Error};
use crate::files::StoredFile;
use crate::keys::Keys;
use crate::{documents, exec, fetch_all, fetch_one, fetch_opt, row, sealed, sweep};

row! {
    /// A seal, made or to be made.
    #[derive(Debug, Clone)]
    pub struct Seal {
        /// The exact bytes to be signed; let go when they are the beginning of the sealed file.
        pub prepared_file_id: Option<FileId>,
        /// Their SHA-256.
        pub prepared_sha256: Vec<u8>,
        /// How many they are.
        pub prepared_size: i64,
        /// Who signs, as JSON of `domain::sealing::Order`.
        pub ordered: String,
        /// The records of consent, as JSON.
        pub evidence: String,
        /// The sealed file, once there is one.
        pub file_id: Option<FileId>,
        /// Its SHA-256.
        pub sha256: Option<Vec<u8>>,
        /// Its signatures, as JSON of `domain::sealing::Signed`.
        pub signatures: Option<String>,
        /// How often sealing has failed since.
        pub failures: i64,
        /// Why it failed the last time.
        pub error: Option<String>,
        /// When it was asked for.
        pub created_at: Timestamp,
        /// When it was made.
        pub sealed_at: Option<Timestamp>,
    }
}

impl Seal {
    /// What is wrong with the file of a document that was sealed: it must be the one that was, and hold the bytes
    /// that were to be signed unless those are kept by themselves.
    pub fn fault(&self, file: FileId, found: &StoredFile) -> Option<&'static str> {
        self.file_id?;
        if self.file_id != Some(file) || self.sha256.as_deref() != Some(&found.sha256[..]) {
            return Some("the document is not the one that was sealed");
        }
        let size = usize::try_from(self.prepared_size).ok();
        let signed = size.and_then(|size| found.bytes.get(..size));
        let is_kept = signed.is_some_and(|bytes| Sha256::digest(bytes)[..] == self.prepared_sha256);
        (self.prepared_file_id.is_none() && !is_kept).then_some("the bytes that were signed are not kept")
    }
}

/// What is to be sealed.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The file with the exact bytes to be signed.
    pub prepared: FileId,
    /// The SHA-256 of those bytes.
    pub prepared_sha256: Vec<u8>,
    /// How many they are.
    pub prepared_size: i64,
    /// Who signs, as JSON.
    pub ordered: String,
    /// The records of consent, as JSON.
    pub evidence: String,
}

/// The seal of an agreement.
pub async fn get(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Option<Seal>, Error> {
    fetch_opt!(
        c,
        Seal,
        "SELECT prepared_file_id, prepared_sha256, prepared_size, ordered, evidence, file_id, sha256, signatures, failures, error, created_at, \
         sealed_at FROM seal WHERE school_id = $1 AND agreement_id = $2",
        school,
        id
    )
}

/// Stores what is to be signed. What is there already stays: it is signed once.
pub async fn want(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO seal (school_id, agreement_id, prepared_file_id, prepared_sha256, prepared_size, ordered, \
         evidence, failures, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) ON CONFLICT (school_id, agreement_id) DO NOTHING",
        school,
        id,
        wanted.prepared,
        &wanted.prepared_sha256,
        wanted.prepared_size,
        &wanted.ordered,
        &wanted.evidence,
        now
    )?;
    Ok(())
}

/// A sealed file, stored.
#[derive(Debug, Clone)]
pub struct Done {
    /// Whether it begins with the very bytes that were to be signed: those need no file of their own then.
    pub appended: bool,
    /// The file.
    pub file: FileId,
    /// Its SHA-256.
    pub sha256: Vec<u8>,
    /// Its signatures.
    pub signatures: Vec<Signed>,
}

/// Records a seal; whether it is this one that counts. A file that is sealed stays as it is. What nobody needs
/// any more from then on goes: the bytes that were to be signed where the sealed file begins with them, the document
/// without signatures, and what was shown before the agreement took effect.
pub async fn done(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    done: &Done,
    now: Timestamp,
) -> Result<bool, Error> {
    let signatures =
        serde_json::to_string(&done.signatures).map_err(|_| Error::Corrupt("signatures".into()))?;
    let Some(before) = get(c, school, id).await?.filter(|seal| seal.file_id.is_none()) else {
        return Ok(false);
    };
    let prepared = before.prepared_file_id.filter(|_| !done.appended);
    let changed = exec!(
        c,
        "UPDATE seal SET file_id = $3, sha256 = $4, signatures = $5, sealed_at = $6, prepared_file_id = $7, \
         error = NULL WHERE school_id = $1 AND agreement_id = $2 AND file_id IS NULL",
        school,
        id,
        done.file,
        &done.sha256,
        signatures,
        now,
        prepared
    )?;
    if changed == 0 {
        return Ok(false);
    }
    for signed in &done.signatures {
        issued(c, school, id, signed).await?;
    }
    let replaced = documents::seal(c, school, id, done.file, now).await?;
    let free = replaced.into_iter().chain(before.prepared_file_id);
    sweep::let_go(c, &free.map(|file| (school, file)).collect(), now).await?;
    Ok(true)
}

async fn issued(c: &mut Conn<'_>, school: SchoolId, id: AgreementId, signed: &Signed) -> Result<(), Error> {
    let of_act = signed.signer != domain::document::Signer::School;
    remember(c, school, of_act.then_some(id), signed).await
}

/// Remembers a certificate, so that it can be found and revoked. A school's seal signs many documents.
pub async fn remember(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: Option<AgreementId>,
    signed: &Signed,
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO certificate (school_id, serial, agreement_id, signer, der, issued_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (school_id, serial) DO NOTHING",
        school,
        &signed.serial,
        id,
        signed.signer.key(),
        &signed.certificate,
        signed.at
    )?;
    Ok(())
}

/// Sealing failed; `error` holds no personal data. How often it has by now.
pub async fn failed(c: &mut Conn<'_>, school: SchoolId, id: AgreementId, error: &str) -> Result<i64, Error> {
    let found = fetch_opt!(
        c,
        (i64,),
        "UPDATE seal SET failures = failures + 1, error = $3 \
         WHERE school_id = $1 AND agreement_id = $2 AND file_id IS NULL RETURNING failures",
        school,
        id,
        error
    )?;
    Ok(found.map_or(0, |(failures,)| failures))
}

row! {
    /// Agreements that wait for their seal.
    #[derive(Debug, Clone)]
    pub struct Overdue {
        /// How many.
        pub waiting: i64,
        /// Since when the first of them.
        pub oldest: Option<Timestamp>,
        /// Why sealing one of them failed, if it did.
        pub error: Option<String>,
    }
}

/// The agreements of all schools that took effect before `since` and are not sealed yet.
pub async fn overdue(c: &mut Conn<'_>, since: Timestamp) -> Result<Overdue, Error> {
    fetch_one!(
        c,
        Overdue,
        "SELECT count(*) AS waiting, min(created_at) AS oldest, max(error) AS error FROM seal \
         WHERE file_id IS NULL AND created_at < $1",
        since
    )
}

row! {
    /// A sealed file and what is recorded of it.
    #[derive(Debug, Clone)]
    pub struct SealedFile {
        /// At which school.
        pub school_id: SchoolId,
        /// Of which agreement.
        pub agreement_id: AgreementId,
        /// The file.
        pub file_id: FileId,
        /// Its SHA-256.
        pub sha256: Vec<u8>,
    }
}

/// Sealed files of all schools after a place, in the order of school and agreement.
pub async fn sealed_after(
    c: &mut Conn<'_>,
    (school, id): (SchoolId, AgreementId),
    most: i64,
) -> Result<Vec<SealedFile>, Error> {
    fetch_all!(
        c,
        SealedFile,
        "SELECT school_id, agreement_id, file_id, sha256 FROM seal WHERE (school_id, agreement_id) > ($1, $2) \
         AND file_id IS NOT NULL ORDER BY school_id, agreement_id LIMIT $3",
        school,
        id,
        most
    )
}

/// Which agreement a sealed file belongs to, by its SHA-256.
pub async fn by_file(c: &mut Conn<'_>, sha256: &[u8]) -> Result<Option<(SchoolId, AgreementId)>, Error> {
    fetch_opt!(
        c,
        (SchoolId, AgreementId),
        "SELECT school_id, agreement_id FROM seal WHERE sha256 = $1 LIMIT 1",
        sha256
    )
}

/// Which agreement has a number at the school whose code the number names.
pub async fn by_number(
    c: &mut Conn<'_>,
    school_code: &str,
    number: &str,
) -> Result<Option<(SchoolId, AgreementId)>, Error> {
    fetch_opt!(
        c,
        (SchoolId, AgreementId),
        "SELECT a.school_id, a.id FROM school k JOIN agreement a ON a.school_id = k.id AND a.number = $2 \
         WHERE k.code = $1",
        school_code,
        number
    )
}

row! {
    struct Gone {
        serial: Vec<u8>,
        revoked_at: Timestamp,
        reason: Option<String>,
    }
}

/// All revoked certificates.
pub async fn revoked(c: &mut Conn<'_>) -> Result<Vec<Revoked>, Error> {
    let rows = fetch_all!(
        c,
        Gone,
        "SELECT serial, revoked_at, reason FROM certificate WHERE revoked_at IS NOT NULL ORDER BY revoked_at, serial"
    )?;
    let revoked = |row: Gone| Revoked {
        serial: row.serial,
        at: row.revoked_at,
        reason: RevocationReason::from_code(&row.reason.unwrap_or_default()),
    };
    Ok(rows.into_iter().map(revoked).collect())
}

row! {
    /// A certificate that was issued here.
    #[derive(Debug, Clone)]
    pub struct Issued {
        /// At which school.
        pub school_id: SchoolId,
        /// For which party.
        pub signer: String,
        /// For the act on which agreement; none for the seal of a school.
        pub agreement_id: Option<AgreementId>,
        /// Since when it does not count.
        pub revoked_at: Option<Timestamp>,
    }
}

/// The certificate with a serial number.
pub async fn by_serial(c: &mut Conn<'_>, serial: &[u8]) -> Result<Option<Issued>, Error> {
    fetch_opt!(
        c,
        Issued,
        "SELECT i.school_id, i.signer, i.agreement_id, i.revoked_at FROM school k \
         JOIN certificate i ON i.school_id = k.id AND i.serial = $1",
        serial
    )
}

/// Revokes a certificate; whether it counted until now.
pub async fn revoke(
    c: &mut Conn<'_>,
    school: SchoolId,
    serial: &[u8],
    (reason, now): (RevocationReason, Timestamp),
) -> Result<bool, Error> {
    let changed = exec!(
        c,
        "UPDATE certificate SET revoked_at = $3, reason = $4 WHERE school_id = $1 AND serial = $2 \
         AND revoked_at IS NULL",
        school,
        serial,
        now,
        reason.code()
    )?;
    Ok(changed == 1)
}

/// Digits and letters that nobody confuses (no I, L, O, U).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a verification code: 50 bits, and guesses are few.
pub const CODE: usize = 10;

/// The verification code of an agreement: printed on its document, and needed to look it up.
pub fn code(keys: &Keys, school: SchoolId, id: AgreementId) -> Result<String, Error> {
    let key = keys.derive("verification code 1")?;
    let mut mac = sealed::hmac(&key)?;
    mac.update(format!("{school}|{id}").as_bytes());
    let hash = mac.finalize().into_bytes();
    Ok(hash
        .iter()
        .take(CODE)
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect())
}

/// A code as typed: small letters, blanks and dashes do not count, nor do letters read for digits.
pub fn typed(code: &str) -> String {
    code.chars()
        .filter(|ch| !ch.is_whitespace() && *ch != '-')
        .map(|ch| match ch.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}
