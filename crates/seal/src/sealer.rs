//! Puts it together: places, signers, signatures.

use crate::authority::Authority;
use crate::brief;
use crate::cert;
use crate::error::Error;
use crate::form::{self, Place};
use crate::revocation;
use crate::sign::{Signing, Wanted};
use crate::signer::{self, LocalSigner, Signer};
use crate::tsp::Stamper;
use crate::verify::{self, Options};
use der::Encode;
use domain::document::{FieldRect, Signer as Role};
use domain::ports::Env;
use domain::sealing::{
    Act, CertificateFacts, Extract, FoundSignature, FoundStamp, Issuer, Judge, Judgement, Order, Published,
    Revoked, SealError, Sealed, Sealer, Signed,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use x509_cert::crl::CertificateList;

/// Who signs for whom. Ours answers with certificates of the installation's own authority; another one may
/// ask a commercial authority, a module or a service.
pub trait Signers: Send + Sync {
    /// The signer for one act of a party.
    fn for_act(&self, act: &Act) -> Result<Box<dyn Signer>, Error>;
    /// The seal of a school.
    fn for_school(&self, school: i64, name: &str) -> Result<Box<dyn Signer>, Error>;
    /// What whoever verifies must trust: roots, and certificates that are trusted by themselves.
    fn roots(&self) -> Result<Vec<x509_cert::Certificate>, Error>;
    /// The authorities between those roots and the signers, the present one first.
    fn authorities(&self) -> Result<Vec<x509_cert::Certificate>, Error>;
    /// The published revocation lists of these authorities.
    fn revocations(&self) -> Result<Vec<CertificateList>, Error>;
    /// Publishes what is revoked, unless it is published already; whether new lists were made.
    fn publish_revoked(&self, revoked: &[Revoked]) -> Result<bool, Error>;
    /// Signs a statement of the installation itself.
    fn attest(&self, statement: &[u8]) -> Result<Vec<u8>, Error>;
}

/// Our own authority, but for schools whose seal was issued by somebody else.
pub struct OwnSigners {
    authority: Arc<Authority>,
    given: BTreeMap<i64, Arc<LocalSigner>>,
}

impl OwnSigners {
    /// Signers of `authority`; the schools in `given` seal with keys and certificates of their own.
    pub fn new(authority: Arc<Authority>, given: BTreeMap<i64, Arc<LocalSigner>>) -> Self {
        Self { authority, given }
    }
}

impl Signers for OwnSigners {
    fn for_act(&self, act: &Act) -> Result<Box<dyn Signer>, Error> {
        Ok(Box::new(self.authority.for_act(act)?))
    }

    fn for_school(&self, school: i64, name: &str) -> Result<Box<dyn Signer>, Error> {
        if let Some(given) = self.given.get(&school) {
            return Ok(Box::new(Shared(given.clone())));
        }
        if let Some(imported) = self.authority.imported(school)? {
            return Ok(Box::new(imported));
        }
        Ok(Box::new(self.authority.for_school(school, name)?))
    }

    fn roots(&self) -> Result<Vec<x509_cert::Certificate>, Error> {
        let given = self.given.values().map(|signer| signer.certificate().clone());
        Ok(std::iter::once(self.authority.root().clone())
            .chain(given)
            .chain(self.authority.imported_certificates()?)
            .collect())
    }

    fn authorities(&self) -> Result<Vec<x509_cert::Certificate>, Error> {
        self.authority.all_issuing()
    }

    fn revocations(&self) -> Result<Vec<CertificateList>, Error> {
        self.authority.published_revocations()
    }

    fn publish_revoked(&self, revoked: &[Revoked]) -> Result<bool, Error> {
        self.authority.publish_revoked(revoked)
    }

    fn attest(&self, statement: &[u8]) -> Result<Vec<u8>, Error> {
        self.authority.attest(statement)
    }
}

struct Shared(Arc<LocalSigner>);

impl Signer for Shared {
    fn certificate(&self) -> &x509_cert::Certificate {
        self.0.certificate()
    }

    fn chain(&self) -> &[x509_cert::Certificate] {
        self.0.chain()
    }

    fn algorithm(&self) -> crate::signer::Algorithm {
        self.0.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.sign(message)
    }
}

/// Seals documents with PAdES signatures.
pub struct Pades {
    signers: Box<dyn Signers>,
    stamper: Option<Stamper>,
    env: Env,
}

impl Pades {
    /// A sealer; without a stamper the signatures have no time-stamp.
    pub fn new(signers: Box<dyn Signers>, stamper: Option<Stamper>, env: Env) -> Self {
        Self {
            signers,
            stamper,
            env,
        }
    }

    fn signed(&self, order: &Order, prepared: &[u8]) -> Result<Sealed, Error> {
        let mut signing = Signing::open(prepared.to_vec())?;
        let mut signatures = Vec::new();
        for act in &order.acts {
            let signer = match act.signer {
                Role::School => self.signers.for_school(order.school, &order.school_name)?,
                _ => self.signers.for_act(act)?,
            };
            let at = self.env.now();
            let wanted = Wanted {
                role: act.signer,
                name: match act.signer {
                    Role::School => &order.school_name,
                    _ => &act.name,
                },
                reason: reason(act.signer),
                at,
            };
            let stamped_at = signing.sign(&wanted, signer.as_ref(), self.stamper.as_ref())?;
            signatures.push(Signed {
                signer: act.signer,
                serial: signer
                    .certificate()
                    .tbs_certificate()
                    .serial_number()
                    .as_bytes()
                    .to_vec(),
                certificate: signer::to_der(signer.certificate())?,
                at,
                stamped_at,
            });
        }
        Ok(Sealed {
            pdf: signing.finish(),
            signatures,
        })
    }
}

impl Sealer for Pades {
    fn prepare(&self, pdf: &[u8], places: &[FieldRect]) -> Result<Vec<u8>, SealError> {
        let places: Vec<Place> = places.iter().map(place).collect();
        Ok(form::prepare(pdf, &places)?)
    }

    fn plain(&self, prepared: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(form::plain(prepared)?)
    }

    fn seal(&self, prepared: &[u8], order: &Order) -> Result<Sealed, SealError> {
        Ok(self.signed(order, prepared)?)
    }

    fn check(&self, sealed: &[u8]) -> Result<(), SealError> {
        verify::is_ours(sealed, &self.options()?)
            .map_err(|reason| SealError(format!("the sealed file is not good: {}", reason.code())))
    }

    fn attest(&self, statement: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(self.signers.attest(statement)?)
    }

    fn publish_revoked(&self, revoked: &[Revoked]) -> Result<bool, SealError> {
        Ok(self.signers.publish_revoked(revoked)?)
    }
}

impl Pades {
    /// What files are judged by: the roots of this installation, its revocation lists, its clock.
    fn options(&self) -> Result<Options, Error> {
        let stamp_roots = self.stamper.as_ref().map(Stamper::roots).unwrap_or_default();
        Ok(Options {
            roots: self.signers.roots()?,
            stamp_roots: stamp_roots.to_vec(),
            now: self.env.now(),
            revoked: self.signers.revocations()?,
        })
    }
}

impl Judge for Pades {
    fn judge(&self, file: &[u8]) -> Judgement {
        match self.options() {
            Ok(options) => judgement(file, &options),
            // Without roots and lists nothing is called good.
            Err(_) => judged(verify::unknown(file)),
        }
    }

    fn brief(&self) -> Result<String, SealError> {
        Ok(brief::write(&self.options()?)?)
    }

    fn extract(&self, file: &[u8]) -> Result<Vec<Extract>, SealError> {
        let extract = |part: verify::Part| -> Result<Extract, SealError> {
            let certificates = part.certificates.iter().map(signer::to_pem);
            Ok(Extract {
                field: part.field,
                signature: part.signature,
                stamp: part.token,
                certificates: certificates.collect::<Result<String, Error>>()?,
            })
        };
        verify::parts(file)
            .map_err(|reason| SealError(reason.code().to_owned()))?
            .into_iter()
            .map(extract)
            .collect()
    }

    fn published(&self) -> Result<Published, SealError> {
        let pem = |all: &[x509_cert::Certificate]| {
            all.iter().map(signer::to_pem).collect::<Result<String, Error>>()
        };
        let stamp_roots = self.stamper.as_ref().map(Stamper::roots).unwrap_or_default();
        let (authorities, lists) = (self.signers.authorities()?, self.signers.revocations()?);
        let issuers = authorities.iter().map(|authority| issuer(authority, &lists));
        Ok(Published {
            roots: pem(&self.signers.roots()?)?,
            authorities: pem(&authorities)?,
            stamp_roots: pem(stamp_roots)?,
            revocations: revocation::to_pem(&lists)?,
            issuers: issuers.collect::<Result<_, Error>>()?,
        })
    }
}

fn issuer(authority: &x509_cert::Certificate, lists: &[CertificateList]) -> Result<Issuer, Error> {
    let name = authority.tbs_certificate().subject();
    let list = lists.iter().find(|list| list.tbs_cert_list.issuer == *name);
    Ok(Issuer {
        id: cert::id(authority),
        certificate: signer::to_der(authority)?,
        revocations: list.map(Encode::to_der).transpose()?,
    })
}

/// What a file is worth by these options.
pub(crate) fn judgement(file: &[u8], options: &Options) -> Judgement {
    judged(verify::check(file, options))
}

fn judged(report: verify::Report) -> Judgement {
    Judgement {
        sha256: report.sha256,
        is_ours: report.ours,
        fault: report.reason.map(|reason| reason.code().into()),
        signatures: report.signatures.into_iter().map(found).collect(),
    }
}

fn found(signature: verify::Signature) -> FoundSignature {
    let certificate = |facts: verify::CertificateFacts| CertificateFacts {
        subject: facts.subject,
        issuer: facts.issuer,
        serial: facts.serial,
        not_before: facts.not_before,
        not_after: facts.not_after,
        sha256: facts.sha256,
    };
    FoundSignature {
        signer: signature.role,
        name: signature.signer,
        at: signature.time,
        stamp: signature.time_stamp.map(|stamp| FoundStamp {
            at: stamp.time,
            authority: stamp.authority,
            trusted: stamp.trusted,
        }),
        chain: signature.chain.into_iter().map(certificate).collect(),
        fault: signature.reason.map(|reason| reason.code().into()),
    }
}

impl From<Error> for SealError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "points on a page; PDF has no finer numbers"
)]
fn place(rect: &FieldRect) -> Place {
    Place {
        name: rect.signer.key(),
        label: match rect.signer {
            Role::Employer => "用人单位签署",
            Role::Student => "毕业生签署",
            Role::College => "院系签署",
            Role::School => "学校签章",
        },
        page: u32::try_from(rect.page).unwrap_or(0),
        rect: [rect.x0 as f32, rect.y0 as f32, rect.x1 as f32, rect.y1 as f32],
    }
}

/// What a signature says it is. The level is stated as it is: the system signs what it has recorded.
fn reason(role: Role) -> &'static str {
    match role {
        Role::Employer => "系统依据用人单位经办人的逐条确认和发出邀约的记录签署",
        Role::Student => "系统依据毕业生的逐条确认和应约的记录签署",
        Role::College => "系统依据院系审核的记录签署",
        Role::School => "系统依据学校审核的记录签章",
    }
}
