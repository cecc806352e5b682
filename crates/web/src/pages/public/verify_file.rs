//! 核验文件: anyone may bring a sealed file and learn whether it is exactly the one of our archive. The file
//! is looked at and forgotten.

use super::verify::{allow, found_of, judge, miss, open};
use crate::ctx::Visitor;
use crate::error::{Error, Result};
use crate::reply;
use crate::upload::{Fault, Files, Sent};
use crate::views::form::Form;
use crate::views::public::verify::{self, Asked, Outcome, Stranger};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::sealing::Judgement;
use store::seals;

/// The largest file taken, in MiB.
const MOST: usize = crate::upload::PAPER_LIMIT >> 20;

/// Judges the file of the form.
pub async fn create(visitor: Visitor, files: Files) -> Result {
    allow(&visitor).await?;
    let sent = match files.of("file").ok_or(Fault::Missing).and_then(acceptable) {
        Ok(sent) => sent,
        Err(fault) => {
            let form = Form {
                errors: vec![fault.beside("file")],
                ..Form::default()
            };
            let page = verify::form(&visitor.frame().await?, &Asked::default(), &form);
            return Ok(reply::unprocessable(page));
        }
    };
    let judgement = judge(&visitor, sent.bytes.clone()).await?;
    let outcome = outcome(&visitor, judgement).await?;
    if !matches!(outcome, Outcome::Found(_)) {
        miss(&visitor).await?;
    }
    Ok(verify::page(&visitor.frame().await?, &Asked::default(), &outcome).into_response())
}

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

/// The archive decides: what has the SHA-256 of a sealed file of ours is that file.
async fn outcome(visitor: &Visitor, judgement: Judgement) -> Result<Outcome> {
    let hash = hex::decode(&judgement.sha256).map_err(Error::internal)?;
    let read = visitor.here.app.store().read(move |c| {
        let hash = hash.clone();
        Box::pin(async move {
            match seals::by_file(c, &hash).await? {
                Some((school, id)) => open(c, school, id).await,
                None => Ok(None),
            }
        })
    });
    Ok(match read.await? {
        Some(opened) => Outcome::Found(Box::new(found_of(&opened, Some(&judgement), true))),
        None => Outcome::Stranger(Box::new(Stranger {
            sha256: judgement.sha256,
            fault: judgement.fault,
            signatures: judgement
                .signatures
                .into_iter()
                .map(|found| (found.signer, found.at, found.fault))
                .collect(),
        })),
    })
}

/// The certificates that are trusted here, for whoever verifies without us.
pub async fn root(visitor: Visitor) -> Result {
    let judge = visitor.here.app.judge().ok_or(Error::NotFound)?;
    let mut response = Response::new(judge.published().map_err(Error::internal)?.roots.into());
    let headers = response.headers_mut();
    let value = |text| HeaderValue::from_static(text);
    headers.insert(header::CONTENT_TYPE, value("application/x-pem-file"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        value("attachment; filename=\"sanfang-root.pem\""),
    );
    Ok(response)
}
