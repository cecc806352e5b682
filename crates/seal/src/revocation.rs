//! What is revoked: the lists of our issuing authorities, signed by them and kept beside their certificates.

use crate::authority::{Authority, ISSUING_KEY, Pair, retired};
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
    /// New revocation lists of every issuing authority there has been, the present one's first. A serial number
    /// stands in all of them: they are long and random, and mean one certificate.
    pub fn revocations(&self, revoked: &[Revoked]) -> Result<Vec<CertificateList>, Error> {
        let before = self.published_revocations()?;
        self.issuers()?
            .iter()
            .map(|pair| self.list(pair, revoked, &before))
            .collect()
    }

    fn list(
        &self,
        issuer: &Pair,
        revoked: &[Revoked],
        before: &[CertificateList],
    ) -> Result<CertificateList, Error> {
        let dates = (self.env.now(), LIST);
        let number = following(before, &issuer.certificate, dates.0)?;
        cert::revocations(&issuer.certificate, &issuer.key, revoked, dates, number)
    }

    /// The issuing authorities whose keys are here, in the order in which they are published. The present one may
    /// have been made by another process since this one was started.
    fn issuers(&self) -> Result<Vec<Pair>, Error> {
        let mut kept = Vec::new();
        for name in std::iter::once(ISSUING_KEY.to_owned()).chain(self.all_issuing()?.iter().map(retired)) {
            if let Some(bytes) = self.vault.read(&name)? {
                kept.push(Pair::from_bytes(&bytes)?);
            }
        }
        let mut issuers = Vec::new();
        for certificate in self.all_issuing()? {
            if let Some(at) = kept.iter().position(|pair| pair.certificate == certificate) {
                issuers.push(kept.swap_remove(at));
            }
        }
        Ok(issuers)
    }

    /// Publishes what is revoked, all of it, unless lists that count for some days say just that already; whether
    /// new ones were made. What the lists before revoked stays revoked, though `revoked` may not know of it: it
    /// was read earlier, or from a database that was put back.
    pub fn publish_revoked(&self, revoked: &[Revoked]) -> Result<bool, Error> {
        let before = self.published_revocations()?;
        let mut revoked = revoked.to_vec();
        for gone in before
            .iter()
            .map(cert::revoked)
            .collect::<Result<Vec<_>, _>>()?
            .concat()
        {
            if revoked.iter().all(|known| known.serial != gone.serial) {
                revoked.push(gone);
            }
        }
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
        let issuers = self.issuers()?;
        let of_each = before.len() == issuers.len()
            && before.iter().zip(&issuers).all(|(list, pair)| {
                list.tbs_cert_list.issuer == *pair.certificate.tbs_certificate().subject()
            });
        if of_each && before.iter().all(says) {
            return Ok(false);
        }
        let lists = issuers
            .iter()
            .map(|pair| self.list(pair, &revoked, &before))
            .collect::<Result<Vec<_>, Error>>()?;
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
