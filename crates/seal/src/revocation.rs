//! What is revoked: the lists of our issuing authorities, signed by them and kept beside their certificates.

use crate::authority::{Authority, Pair, retired};
use crate::cert::{self, moment};
use crate::error::Error;
use const_oid::AssociatedOid;
use der::pem::LineEnding;
use der::{Decode, EncodePem};
use domain::sealing::Revoked;
use jiff::{SignedDuration, Timestamp};
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix::crl::CrlNumber;

/// How long a revocation list counts.
const LIST: SignedDuration = SignedDuration::from_hours(24 * 7);
/// What is left of a list when it is renewed.
const RENEW: SignedDuration = SignedDuration::from_hours(24 * 4);
/// Where the vault publishes the lists, those of the present issuing authority first.
pub const REVOKED_PEM: &str = "issuing/revoked.pem";

impl Authority {
    /// New revocation lists of this issuing authority and of those before it, the present one's first. A serial
    /// number stands in all of them: they are long and random, and mean one certificate.
    pub fn revocations(&self, revoked: &[Revoked]) -> Result<Vec<CertificateList>, Error> {
        let dates = (self.env.now(), LIST);
        let before = self.published_revocations()?;
        let list = |certificate: &Certificate, pair: &Pair| {
            let number = following(&before, certificate, dates.0)?;
            cert::revocations(certificate, &pair.key, revoked, dates, number)
        };
        let mut lists = vec![list(self.issuing(), &self.issuing)?];
        for earlier in self.all_issuing()?.iter().skip(1) {
            if let Some(bytes) = self.vault.read(&retired(earlier))? {
                lists.push(list(earlier, &Pair::from_bytes(&bytes)?)?);
            }
        }
        Ok(lists)
    }

    /// Publishes what is revoked, all of it, unless lists that count for some days say just that already; whether
    /// new ones were made.
    pub fn publish_revoked(&self, revoked: &[Revoked]) -> Result<bool, Error> {
        let until = cert::later(self.env.now(), RENEW);
        let mut wanted: Vec<_> = revoked
            .iter()
            .map(|one| (one.serial.clone(), one.at.as_second()))
            .collect();
        wanted.sort();
        let says = |list: &CertificateList| {
            let mut found: Vec<_> = revoked_in(list)
                .into_iter()
                .map(|(serial, at)| (serial, at.as_second()))
                .collect();
            found.sort();
            found == wanted && expires(list) > until
        };
        let issuers = self.all_issuing()?.len();
        let before = self.published_revocations()?;
        if before.len() == issuers && before.iter().all(says) {
            return Ok(false);
        }
        let lists = self.revocations(revoked)?;
        self.vault.publish(REVOKED_PEM, &to_pem(&lists)?)?;
        Ok(true)
    }

    /// The lists as they were published last; none before the first.
    pub fn published_revocations(&self) -> Result<Vec<CertificateList>, Error> {
        match self.vault.published(REVOKED_PEM)? {
            Some(pem) => crate::read_revocations(pem.as_bytes()),
            None => Ok(Vec::new()),
        }
    }
}

/// The number of the next list of an issuer: larger than the last one's, whatever the clock says.
fn following(before: &[CertificateList], issuer: &Certificate, now: Timestamp) -> Result<u64, Error> {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let last = before
        .iter()
        .find(|list| list.tbs_cert_list.issuer == *issuer.tbs_certificate().subject());
    let last = last.map(number).transpose()?.unwrap_or(0);
    Ok(seconds.max(last.saturating_add(1)))
}

fn number(list: &CertificateList) -> Result<u64, Error> {
    let extensions = list.tbs_cert_list.crl_extensions.iter().flatten();
    let mut found = extensions.filter(|extension| extension.extn_id == CrlNumber::OID);
    let Some(extension) = found.next() else {
        return Ok(0);
    };
    let number = CrlNumber::from_der(extension.extn_value.as_bytes())?;
    Ok(number
        .0
        .as_bytes()
        .iter()
        .fold(0_u64, |value, byte| value << 8 | u64::from(*byte)))
}

/// The serial numbers of a list, each with the moment since which it does not count.
pub fn revoked_in(list: &CertificateList) -> Vec<(Vec<u8>, Timestamp)> {
    let entries = list.tbs_cert_list.revoked_certificates.iter().flatten();
    entries
        .map(|entry| {
            (
                entry.serial_number.as_bytes().to_vec(),
                moment(entry.revocation_date),
            )
        })
        .collect()
}

/// When the next list is due: after that a list says nothing about what was revoked since.
pub fn expires(list: &CertificateList) -> Timestamp {
    list.tbs_cert_list.next_update.map_or(Timestamp::MIN, moment)
}

/// Lists as PEM.
pub fn to_pem(lists: &[CertificateList]) -> Result<String, Error> {
    lists
        .iter()
        .map(|list| Ok(list.to_pem(LineEnding::LF)?))
        .collect()
}
