//! Certificates and revocation lists of our own authority.

use crate::error::Error;
use crate::oids;
use crate::signer::LocalKey;
use const_oid::AssociatedOid as _;
use der::asn1::{Any, GeneralizedTime, Ia5String, ObjectIdentifier, OctetString, UtcTime};
use der::flagset::FlagSet;
use der::{Decode, Encode, Tag, asn1::BitString};
use domain::document::Signer as Role;
use domain::ports::Env;
use domain::sealing::{RevocationReason, Revoked};
use jiff::{SignedDuration, Timestamp};
use signature::Signer as _;
use spki::{DynSignatureAlgorithmIdentifier, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use std::time::Duration;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::crl::{CrlNumber, CrlReason};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
    CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsages, PrivateKeyUsagePeriod, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, TbsCertificate};

/// The longest name in a certificate, in characters (RFC 5280, appendix A: ub-common-name). The document
/// itself holds names in full.
const NAME_LENGTH: usize = 64;

/// Begins the URI that says for whom a certificate's owner signs.
pub const ROLE: &str = "urn:sanfang:role:";
/// Begins the URI with the hash of what was consented to.
pub const CONSENT: &str = "urn:sanfang:consent:sha-256:";

/// What a certificate is for.
pub enum Use {
    /// An authority, with so many authorities below it.
    Authority {
        /// Authorities allowed below it.
        below: u8,
    },
    /// Signing documents for one party.
    Documents {
        /// The party.
        role: Role,
        /// SHA-256 of the consent record, for a certificate of one act.
        consent: Option<[u8; 32]>,
    },
}

/// What a new certificate says.
pub struct Request<'a> {
    /// Whom it names.
    pub subject: &'a Subject,
    /// What for.
    pub purpose: Use,
    /// From when.
    pub from: Timestamp,
    /// Until when signatures made with it can be verified.
    pub until: Timestamp,
    /// For how long the key may sign, where that is shorter (RFC 3280, 4.2.1.4).
    pub signs_for: Option<SignedDuration>,
    /// Where the installation of the issuer is found, where that is to be said.
    pub site: Option<&'a str>,
}

/// Whom a certificate names.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The organisation, where there is one.
    pub organisation: Option<String>,
    /// A part of it, or a remark.
    pub unit: Option<String>,
    /// The person, seal or authority.
    pub name: String,
}

impl Subject {
    fn to_name(&self) -> Result<Name, Error> {
        let mut sequence = RdnSequence::default();
        let country = Some(("CN", oids::COUNTRY, Tag::PrintableString));
        let text = |text, oid| (text, oid, Tag::Utf8String);
        let parts = [
            country,
            self.organisation
                .as_deref()
                .map(|it| text(it, oids::ORGANISATION)),
            self.unit.as_deref().map(|it| text(it, oids::ORGANISATIONAL_UNIT)),
            Some(text(&self.name, oids::COMMON_NAME)),
        ];
        for (value, oid, tag) in parts.into_iter().flatten().filter(|part| !part.0.is_empty()) {
            let value: String = value.chars().take(NAME_LENGTH).collect();
            let pair = AttributeTypeAndValue {
                oid,
                value: Any::new(tag, value.into_bytes())?,
            };
            sequence.push(RelativeDistinguishedName::try_from(vec![pair])?);
        }
        Ok(Name::from_der(&sequence.to_der()?)?)
    }
}

/// The profile of all our certificates.
struct Profile<'a> {
    subject: Name,
    issuer: Option<Name>,
    purpose: &'a Use,
    /// From when until when the key signs.
    signs: Option<(Timestamp, Timestamp)>,
    /// Where the issuer's revocation list is found, and its certificate.
    places: Option<(String, String)>,
}

impl BuilderProfile for Profile<'_> {
    fn get_issuer(&self, subject: &Name) -> Name {
        self.issuer.clone().unwrap_or_else(|| subject.clone())
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let mut all: Vec<Extension> = Vec::new();
        let name = tbs.subject().clone();
        all.push((&SubjectKeyIdentifier::try_from(key)?).to_extension(&name, &all)?);
        all.push((&AuthorityKeyIdentifier::try_from(issuer_key)?).to_extension(&name, &all)?);
        let constraints = BasicConstraints {
            ca: matches!(self.purpose, Use::Authority { .. }),
            path_len_constraint: match self.purpose {
                Use::Authority { below } => Some(*below),
                Use::Documents { .. } => None,
            },
        };
        all.push((&constraints).to_extension(&name, &all)?);
        let usages: FlagSet<KeyUsages> = match self.purpose {
            Use::Authority { .. } => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
            Use::Documents { .. } => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
        };
        all.push((&KeyUsage(usages)).to_extension(&name, &all)?);
        if let Some((from, until)) = self.signs {
            let period = PrivateKeyUsagePeriod {
                not_before: Some(general(from)?),
                not_after: Some(general(until)?),
            };
            all.push((&period).to_extension(&name, &all)?);
        }
        if let Use::Documents { role, consent } = self.purpose {
            let purposes = ExtendedKeyUsage(vec![oids::DOCUMENT_SIGNING]);
            all.push((&purposes).to_extension(&name, &all)?);
            let consent = consent.map(|hash| format!("{CONSENT}{}", hex::encode(hash)));
            let names = std::iter::once(format!("{ROLE}{}", role.key()))
                .chain(consent)
                .map(|text| uri(&text))
                .collect::<Result<Vec<_>, _>>()?;
            all.push((&SubjectAltName(names)).to_extension(&name, &all)?);
        }
        if let Some((list, authority)) = &self.places {
            let names = vec![uri(list)?];
            let point = DistributionPoint {
                distribution_point: Some(DistributionPointName::FullName(names)),
                reasons: None,
                crl_issuer: None,
            };
            all.push((&CrlDistributionPoints(vec![point])).to_extension(&name, &all)?);
            let access = AccessDescription {
                access_method: oids::CA_ISSUERS,
                access_location: uri(authority)?,
            };
            all.push((&AuthorityInfoAccessSyntax(vec![access])).to_extension(&name, &all)?);
        }
        Ok(all)
    }
}

fn uri(text: &str) -> der::Result<GeneralName> {
    Ia5String::new(text).map(GeneralName::UniformResourceIdentifier)
}

/// What an issuing authority is called in addresses and in the vault: its serial number in hexadecimal digits.
pub fn id(certificate: &Certificate) -> String {
    hex::encode(certificate.tbs_certificate().serial_number().as_bytes())
}

/// Issues a certificate for `public`, signed by `key`; `issuer` is the certificate of `key`, absent when
/// the certificate is its own.
pub fn issue(
    env: &Env,
    request: &Request<'_>,
    public: SubjectPublicKeyInfoOwned,
    issuer: Option<&Certificate>,
    key: &LocalKey,
) -> Result<Certificate, Error> {
    let profile = Profile {
        subject: request.subject.to_name()?,
        issuer: issuer.map(|certificate| certificate.tbs_certificate().subject().clone()),
        purpose: &request.purpose,
        signs: request
            .signs_for
            .map(|lasts| (request.from, later(request.from, lasts).min(request.until))),
        places: issuer.zip(request.site).map(|(issuer, site)| {
            let id = id(issuer);
            (format!("{site}/v/crl/{id}.crl"), format!("{site}/v/ca/{id}.cer"))
        }),
    };
    let validity = Validity::new(time(request.from)?, time(request.until)?);
    let builder = CertificateBuilder::new(profile, serial(env)?, validity, public)?;
    Ok(builder.build::<_, p256::ecdsa::DerSignature>(key.signing_key())?)
}

/// A revocation list of `issuer`, whose key is `key`, valid for `lasts`, with the number `number`.
pub fn revocations(
    issuer: &Certificate,
    key: &LocalKey,
    revoked: &[Revoked],
    (now, lasts): (Timestamp, SignedDuration),
    number: u64,
) -> Result<CertificateList, Error> {
    let name = issuer.tbs_certificate().subject().clone();
    let mut extensions =
        vec![CrlNumber(der::asn1::Uint::new(&number.to_be_bytes())?).to_extension(&name, &[])?];
    if let Some((_, identifier)) = issuer.tbs_certificate().get_extension::<SubjectKeyIdentifier>()? {
        let authority = AuthorityKeyIdentifier {
            key_identifier: Some(OctetString::new(identifier.0.as_bytes())?),
            ..Default::default()
        };
        extensions.push((&authority).to_extension(&name, &extensions)?);
    }
    let entry = |revoked: &Revoked| {
        Ok(RevokedCert {
            serial_number: SerialNumber::new(&revoked.serial)?,
            revocation_date: time(revoked.at)?,
            crl_entry_extensions: why(revoked.reason)
                .map(|why| Ok::<_, Error>(vec![why.to_extension(&name, &[])?]))
                .transpose()?,
        })
    };
    let entries = revoked.iter().map(entry).collect::<Result<Vec<_>, Error>>()?;
    let list = TbsCertList {
        version: x509_cert::Version::V2,
        signature: key.signing_key().signature_algorithm_identifier()?,
        issuer: name.clone(),
        this_update: time(now)?,
        next_update: Some(time(later(now, lasts))?),
        revoked_certificates: Some(entries).filter(|entries| !entries.is_empty()),
        crl_extensions: Some(extensions),
    };
    let signature: p256::ecdsa::DerSignature = key.signing_key().try_sign(&list.to_der()?)?;
    Ok(CertificateList {
        signature_algorithm: list.signature.clone(),
        tbs_cert_list: list,
        signature: BitString::from_bytes(signature.as_bytes())?,
    })
}

/// The reason as lists have it; what is not said is left out (RFC 5280, 5.3.1).
fn why(reason: RevocationReason) -> Option<CrlReason> {
    match reason {
        RevocationReason::KeyCompromise => Some(CrlReason::KeyCompromise),
        RevocationReason::AffiliationChanged => Some(CrlReason::AffiliationChanged),
        RevocationReason::Superseded => Some(CrlReason::Superseded),
        RevocationReason::CessationOfOperation => Some(CrlReason::CessationOfOperation),
        RevocationReason::Unspecified => None,
    }
}

/// What a list revokes, as [`revocations`] was given it.
pub fn revoked(list: &CertificateList) -> Result<Vec<Revoked>, Error> {
    let entry = |entry: &RevokedCert| {
        let mut extensions = entry.crl_entry_extensions.iter().flatten();
        let said = extensions.find(|extension| extension.extn_id == CrlReason::OID);
        let said = said
            .map(|extension| CrlReason::from_der(extension.extn_value.as_bytes()))
            .transpose()?;
        Ok(Revoked {
            serial: entry.serial_number.as_bytes().to_vec(),
            at: moment(entry.revocation_date),
            reason: said.map_or(RevocationReason::Unspecified, reason),
        })
    };
    let entries = list.tbs_cert_list.revoked_certificates.iter().flatten();
    entries.map(entry).collect()
}

/// The reason as it is known here; one of elsewhere is not.
fn reason(why: CrlReason) -> RevocationReason {
    match why {
        CrlReason::KeyCompromise => RevocationReason::KeyCompromise,
        CrlReason::AffiliationChanged => RevocationReason::AffiliationChanged,
        CrlReason::Superseded => RevocationReason::Superseded,
        CrlReason::CessationOfOperation => RevocationReason::CessationOfOperation,
        _ => RevocationReason::Unspecified,
    }
}

fn serial(env: &Env) -> Result<SerialNumber, Error> {
    let mut bytes = env.bytes::<16>();
    // Positive, and of full length.
    bytes[0] = bytes[0] & 0x7F | 0x40;
    Ok(SerialNumber::new(&bytes)?)
}

/// A moment, in the form that certificates have until 2049 and after.
pub fn time(at: Timestamp) -> Result<Time, Error> {
    let seconds =
        u64::try_from(at.as_second()).map_err(|_| Error::Certificate("a date before 1970".into()))?;
    let since = Duration::from_secs(seconds);
    Ok(match UtcTime::from_unix_duration(since) {
        Ok(short) => Time::UtcTime(short),
        Err(_) => Time::GeneralTime(GeneralizedTime::from_unix_duration(since)?),
    })
}

/// So much later, or the end of time.
pub fn later(at: Timestamp, lasts: SignedDuration) -> Timestamp {
    at.saturating_add(lasts).unwrap_or(Timestamp::MAX)
}

fn general(at: Timestamp) -> der::Result<GeneralizedTime> {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    GeneralizedTime::from_unix_duration(Duration::from_secs(seconds))
}

/// From when until when a certificate's key may sign, where it says so.
pub fn signs(certificate: &Certificate) -> Result<Option<(Timestamp, Timestamp)>, der::Error> {
    let Some((_, period)) = certificate
        .tbs_certificate()
        .get_extension::<PrivateKeyUsagePeriod>()?
    else {
        return Ok(None);
    };
    let moment =
        |time: Option<GeneralizedTime>, absent| time.map_or(absent, |time| moment(Time::GeneralTime(time)));
    Ok(Some((
        moment(period.not_before, Timestamp::MIN),
        moment(period.not_after, Timestamp::MAX),
    )))
}

/// The moment of a certificate's date.
pub fn moment(time: Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// One text of a certificate's subject.
pub fn named(name: &Name, oid: ObjectIdentifier) -> Option<String> {
    let pair = name.iter().find(|pair| pair.oid == oid)?;
    String::from_utf8(pair.value.value().to_vec()).ok()
}

/// The URIs of a certificate.
fn uris(certificate: &Certificate) -> Vec<String> {
    let names = certificate.tbs_certificate().get_extension::<SubjectAltName>();
    let Ok(Some((_, names))) = names else {
        return Vec::new();
    };
    let uri = |name: GeneralName| match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(uri.as_str().to_owned()),
        _ => None,
    };
    names.0.into_iter().filter_map(uri).collect()
}

/// For whom the owner of a certificate of ours signs.
pub fn role(certificate: &Certificate) -> Option<Role> {
    uris(certificate).iter().find_map(|uri| {
        let key = uri.strip_prefix(ROLE)?;
        Role::ALL.into_iter().find(|role| role.key() == key)
    })
}

/// The hash of the consent that a certificate of one act was issued for.
pub fn consent(certificate: &Certificate) -> Option<[u8; 32]> {
    uris(certificate).iter().find_map(|uri| {
        let mut hash = [0; 32];
        hex::decode_to_slice(uri.strip_prefix(CONSENT)?, &mut hash).ok()?;
        Some(hash)
    })
}
