//! The evidence bundle: what shows to anybody, without this system, how an agreement was made. A zip with the sealed
//! file, the records of consent and their texts, certificates, signatures, events and proofs, and with a script and
//! a description for checking all of it.

use crate::i18n::Lang;
use crate::tr;
use domain::sealing::{Extract, Judge, Published, SealError};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write};
use store::evidence::Evidence;
use store::tree::Proof;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const CHECK: &[u8] = include_bytes!("check.py");
const HOW_TO: [(Lang, &[u8]); 2] = [
    (Lang::Zh, include_bytes!("how-to.zh.md")),
    (Lang::En, include_bytes!("how-to.en.md")),
];

/// Why a bundle could not be packed. Holds no personal data.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The zip cannot be written.
    #[error("zip: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// Nor its bytes.
    #[error("write: {0}")]
    Write(#[from] std::io::Error),
    /// A text of it cannot be written out.
    #[error("json: {0}")]
    Json(#[from] serde_json::Error),
    /// The sealed file cannot be taken apart.
    #[error("{0}")]
    Seal(#[from] SealError),
    /// What is kept does not fit together.
    #[error("{0}")]
    Kept(&'static str),
}

/// Everything that goes into a bundle.
pub struct Material<'a> {
    /// What is kept of the agreement.
    pub evidence: &'a Evidence,
    /// The sealed file.
    pub pdf: &'a [u8],
    /// The signatures taken out of it.
    pub signatures: &'a [Extract],
    /// Certificates.
    pub published: &'a Published,
    /// Where and when.
    pub place: &'a Place<'a>,
}

/// Where and when a bundle is made, for its description.
pub struct Place<'a> {
    /// The address of the site.
    pub url: &'a str,
    /// The page where the agreement's present state stands.
    pub verify: &'a str,
    /// When the bundle is made.
    pub at: Timestamp,
}

/// Takes a sealed file apart and packs it with everything else. CPU-bound: call it on a blocking thread.
pub fn make(
    judge: &dyn Judge,
    evidence: &Evidence,
    pdf: &[u8],
    place: &Place<'_>,
) -> Result<Vec<u8>, PackError> {
    pack(&Material {
        evidence,
        pdf,
        signatures: &judge.extract(pdf)?,
        published: &judge.published()?,
        place,
    })
}

/// An event as it is hashed.
#[derive(Serialize)]
struct Event<'a> {
    seq: i64,
    kind: &'a str,
    actor: &'a str,
    payload: &'a str,
    at: i64,
    time: Timestamp,
    prev_hash: String,
    hash: String,
    proof: Option<&'a Proof>,
}

#[derive(Serialize)]
struct Book<'a> {
    school: i64,
    agreement: String,
    events: Vec<Event<'a>>,
}

/// Whose a record of consent is.
#[derive(serde::Deserialize)]
struct Whose {
    party: String,
}

/// The members of a zip, with their sums.
struct Packer {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    sums: String,
}

impl Packer {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(0o644);
        self.zip.start_file(name, options)?;
        self.zip.write_all(bytes)?;
        self.sums.push_str(&hex::encode(Sha256::digest(bytes)));
        self.sums.extend(["  ", name, "\n"]);
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, PackError> {
        let sums = std::mem::take(&mut self.sums);
        self.add("SHA256SUMS", sums.as_bytes())?;
        Ok(self.zip.finish()?.into_inner())
    }
}

/// Packs a bundle. As large as the sealed file and some tens of kilobytes.
pub fn pack(material: &Material<'_>) -> Result<Vec<u8>, PackError> {
    let mut packer = Packer {
        zip: ZipWriter::new(Cursor::new(Vec::new())),
        sums: String::new(),
    };
    let evidence = material.evidence;
    for (lang, text) in HOW_TO {
        packer.add(&tr!(lang, "evidence.how_to"), how_to(text, material).as_bytes())?;
    }
    packer.add("check.py", CHECK)?;
    packer.add("agreement.pdf", material.pdf)?;
    let content = &evidence.agreement.content;
    packer.add("content/template.txt", content.template.as_bytes())?;
    packer.add("content/terms.json", &serde_json::to_vec(&content.terms)?)?;
    packer.add("content/clauses.json", &serde_json::to_vec(&content.clauses)?)?;
    for record in &evidence.records {
        let whose: Whose = serde_json::from_str(record)?;
        packer.add(
            &format!("consents/{}.json", plain(&whose.party)?),
            record.as_bytes(),
        )?;
    }
    let published = material.published;
    packer.add("certificates/root.pem", published.roots.as_bytes())?;
    packer.add("certificates/issuing.pem", published.authorities.as_bytes())?;
    if !published.stamp_roots.is_empty() {
        packer.add(
            "certificates/time-stamp-roots.pem",
            published.stamp_roots.as_bytes(),
        )?;
    }
    if !published.revocations.is_empty() {
        packer.add("certificates/revoked.pem", published.revocations.as_bytes())?;
    }
    for part in material.signatures {
        let field = plain(&part.field)?;
        packer.add(&format!("certificates/{field}.pem"), part.certificates.as_bytes())?;
        packer.add(&format!("signatures/{field}.p7s"), &part.signature)?;
        if let Some(stamp) = &part.stamp {
            packer.add(&format!("signatures/{field}.tst"), stamp)?;
        }
    }
    packer.add("audit/events.json", &serde_json::to_vec_pretty(&book(evidence))?)?;
    packer.add("audit/checkpoint.txt", evidence.checkpoint.statement.as_bytes())?;
    packer.add("audit/checkpoint.sig", &evidence.checkpoint.signature)?;
    packer.finish()
}

/// The name of a party or a field, which becomes part of the name of a file.
fn plain(name: &str) -> Result<&str, PackError> {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        Ok(name)
    } else {
        Err(PackError::Kept("a signature with another name than ours"))
    }
}

fn book(evidence: &Evidence) -> Book<'_> {
    let events = evidence.events.iter().map(|(event, proof)| Event {
        seq: event.seq,
        kind: &event.kind,
        actor: &event.actor,
        payload: &event.payload,
        at: event.at.as_microsecond(),
        time: event.at,
        prev_hash: hex::encode(&event.prev_hash),
        hash: hex::encode(&event.hash),
        proof: proof.as_ref(),
    });
    Book {
        school: evidence.agreement.school.0,
        agreement: evidence.agreement.id.to_string(),
        events: events.collect(),
    }
}

fn how_to(text: &[u8], material: &Material<'_>) -> String {
    let number = material.evidence.agreement.state.number().unwrap_or_default();
    let place = material.place;
    String::from_utf8_lossy(text)
        .replace("{number}", number)
        .replace("{made}", &crate::views::time::stamp(place.at))
        .replace("{verify}", place.verify)
        .replace("{url}", place.url)
}
