//! 核验文件: anyone may bring a sealed file and learn whether it is exactly the one of our archive. The file
//! is looked at and forgotten.

use super::verify::{Opened, allow, archived, found_of, miss, open};
use crate::ctx::{Here, Visitor};
use crate::error::{Error, Result};
use crate::reply;
use crate::upload::{self, Broke, Fault, Files, Place, Sent};
use crate::views::form::{FieldError, Form};
use crate::views::public::verify::{self, Asked, Outcome, Signature, Stranger};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::sealing::{Issuer, Judgement, Published};
use futures::FutureExt;
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use store::seals;

/// The largest file taken, in MiB.
const MOST: usize = upload::PAPER_LIMIT >> 20;

/// Asked before the file is read: how often this address has asked, and whether there is room for a file.
pub fn toll(here: Here) -> BoxFuture<'static, Result<Place>> {
    async move {
        allow(&here).await?;
        let rooms = &here.app.config().readers.rooms;
        rooms.porch.enter().await.ok_or(Error::Busy { file: true })
    }
    .boxed()
}

/// Judges the file of the form.
pub async fn create(visitor: Visitor, files: Files) -> Result {
    let sent = match files.of("file").ok_or(Fault::Missing).and_then(acceptable) {
        Ok(sent) => sent,
        Err(fault) => return Ok(reply::unprocessable(again(&visitor, fault).await?)),
    };
    let sha256 = Sha256::digest(&sent.bytes).to_vec();
    // The archive decides: what has the SHA-256 of a sealed file of ours is that file.
    let outcome = match archive(&visitor, sha256.clone()).await? {
        Some(opened) => {
            let judgement = match archived(&visitor, &opened).await {
                Err(Error::Busy { .. }) => return Ok(reply::busy(again(&visitor, Fault::Busy).await?)),
                other => other?,
            };
            Outcome::Found(Box::new(found_of(&opened, judgement.as_ref(), true)))
        }
        None => match strange(&visitor, sent.bytes.clone(), hex::encode(sha256)).await? {
            Ok(outcome) => {
                miss(&visitor).await?;
                outcome
            }
            Err(fault) => return Ok(reply::busy(again(&visitor, fault).await?)),
        },
    };
    Ok(verify::page(&visitor.frame().await?, &Asked::default(), &outcome).into_response())
}

/// The form with what is wrong beside the file.
async fn again(visitor: &Visitor, fault: Fault) -> Result<maud::Markup> {
    let form = Form {
        errors: vec![match fault {
            // Pictures are taken elsewhere, not here.
            Fault::UnknownKind => FieldError::new("file", "verify_no_pdf"),
            other => other.beside("file"),
        }],
        ..Form::default()
    };
    Ok(verify::form(&visitor.frame().await?, &Asked::default(), &form))
}

async fn archive(visitor: &Visitor, sha256: Vec<u8>) -> Result<Option<Opened>> {
    let read = visitor.here.app.store().read(move |c| {
        let sha256 = sha256.clone();
        Box::pin(async move {
            match seals::by_file(c, &sha256).await? {
                Some((school, id)) => open(c, school, id).await,
                None => Ok(None),
            }
        })
    });
    Ok(read.await?)
}

/// What a file that is not in the archive is worth; the fault when too many others ask the same, or when what
/// reads files is out of order, which no waiting mends.
async fn strange(visitor: &Visitor, bytes: Bytes, sha256: String) -> Result<Result<Outcome, Fault>> {
    let app = &visitor.here.app;
    let judge = app.judge().ok_or(Error::NotFound)?;
    let readers = &app.config().readers;
    let Some(_place) = readers.rooms.strangers.enter().await else {
        return Ok(Err(Fault::Busy));
    };
    match upload::judge(readers, judge, bytes).await {
        Ok(judgement) => Ok(Ok(Outcome::Stranger(Box::new(stranger(judgement, sha256))))),
        Err(Broke::Over) => Ok(Ok(Outcome::Unchecked { sha256 })),
        Err(Broke::Unread) => Ok(Err(Fault::Unread)),
    }
}

/// What is shown of a judgement, which a hostile file may have had a hand in.
fn stranger(judgement: Judgement, sha256: String) -> Stranger {
    let fault = |fault: Option<std::borrow::Cow<'static, str>>| fault.map(verify::known_fault);
    Stranger {
        sha256,
        fault: fault(judgement.fault),
        signatures: judgement
            .signatures
            .into_iter()
            .take(SHOWN)
            .map(|found| Signature {
                signer: found.signer,
                at: found.at,
                fault: fault(found.fault),
            })
            .collect(),
    }
}

/// The most signatures shown of a file.
const SHOWN: usize = 32;

fn acceptable(sent: &Sent) -> Result<&Sent, Fault> {
    if sent.too_large {
        Err(Fault::TooLarge(MOST))
    } else if sent.bytes.is_empty() {
        Err(Fault::Empty)
    } else if !sent.bytes.starts_with(b"%PDF-") {
        Err(Fault::UnknownKind)
    } else {
        Ok(sent)
    }
}

/// The certificates that are trusted here, for whoever verifies without us.
pub async fn root(visitor: Visitor) -> Result {
    pem(&published(&visitor)?.roots, "sanfang-root.pem")
}

/// Our own authorities: the issuing ones, which signers' certificates name, and those that are trusted.
pub async fn authorities(visitor: Visitor) -> Result {
    let published = published(&visitor)?;
    pem(&(published.authorities + &published.roots), "sanfang-ca.pem")
}

/// What is revoked.
pub async fn revocations(visitor: Visitor) -> Result {
    pem(&published(&visitor)?.revocations, "sanfang-crl.pem")
}

/// The revocation list of one authority, at the address that certificates name.
pub async fn revocations_of(visitor: Visitor, Path(file): Path<String>) -> Result {
    let issuer = issuer(&visitor, file.strip_suffix(".crl"))?;
    let list = issuer.revocations.ok_or(Error::NotFound)?;
    Ok(der(list, "application/pkix-crl"))
}

/// The certificate of one authority, at the address that certificates name.
pub async fn authority(visitor: Visitor, Path(file): Path<String>) -> Result {
    let issuer = issuer(&visitor, file.strip_suffix(".cer"))?;
    Ok(der(issuer.certificate, "application/pkix-cert"))
}

fn issuer(visitor: &Visitor, id: Option<&str>) -> Result<Issuer> {
    let issuers = published(visitor)?.issuers;
    let mut found = issuers.into_iter().filter(|issuer| Some(&*issuer.id) == id);
    found.next().ok_or(Error::NotFound)
}

fn der(bytes: Vec<u8>, media_type: &'static str) -> Response {
    let mut response = Response::new(bytes.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn published(visitor: &Visitor) -> Result<Published> {
    let judge = visitor.here.app.judge().ok_or(Error::NotFound)?;
    judge.published().map_err(Error::internal)
}

fn pem(text: &str, name: &str) -> Result {
    let mut response = Response::new(text.to_owned().into());
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-pem-file"),
    );
    let saved = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")).map_err(Error::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, saved);
    Ok(response)
}
