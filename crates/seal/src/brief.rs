//! What a file is judged by, as text: for a judge in a process of its own, which has no keys, no clock, no
//! data folder and a file that it must not trust.

use crate::error::Error;
use crate::sealer::judgement;
use crate::signer::to_pem;
use crate::verify::{Options, Report, check};
use crate::{read_certificates, read_revocations};
use der::EncodePem;
use der::pem::LineEnding;
use domain::sealing::Judgement;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// [`Options`], certificates and lists in PEM.
#[derive(Serialize, Deserialize)]
struct Brief {
    roots: String,
    stamp_roots: String,
    revoked: String,
    now: Timestamp,
}

/// The options as text.
pub fn write(options: &Options) -> Result<String, Error> {
    // By name, so that whatever is added to the options cannot be forgotten here.
    let Options {
        roots,
        stamp_roots,
        revoked,
        now,
    } = options;
    let all = |certificates: &[x509_cert::Certificate]| -> Result<String, Error> {
        certificates.iter().map(to_pem).collect()
    };
    let lists = revoked.iter().map(|list| list.to_pem(LineEnding::LF));
    let brief = Brief {
        roots: all(roots)?,
        stamp_roots: all(stamp_roots)?,
        revoked: lists.collect::<Result<_, _>>()?,
        now: *now,
    };
    serde_json::to_string(&brief).map_err(|error| Error::Certificate(error.to_string()))
}

fn read(text: &str) -> Result<Options, Error> {
    let brief: Brief = serde_json::from_str(text).map_err(|error| Error::Certificate(error.to_string()))?;
    let revoked = if brief.revoked.is_empty() {
        Vec::new()
    } else {
        read_revocations(brief.revoked.as_bytes())?
    };
    Ok(Options {
        roots: read_certificates(&brief.roots)?,
        stamp_roots: read_certificates(&brief.stamp_roots)?,
        revoked,
        now: brief.now,
    })
}

/// What a file is worth by a [`domain::sealing::Judge::brief`]; an error when the brief cannot be read.
pub fn judge(brief: &str, file: &[u8]) -> Result<Judgement, Error> {
    Ok(judgement(file, &read(brief)?))
}

/// The same with everything that was found.
pub fn report(brief: &str, file: &[u8]) -> Result<Report, Error> {
    Ok(check(file, &read(brief)?))
}
