//! `sanfang verify FILE`: says whether a PDF is a sealed agreement, without a database and without a network.
//! The file may come from anybody: it is read in the confined process that reads what strangers bring to the server.

use crate::cli;
use crate::config::Config;
use crate::failure::usage;
use crate::{output, sealing, world};
use bytes::Bytes;
use jiff::tz::{Offset, TimeZone};
use seal::verify::{LONGEST, Options, Reason, Report, Signature, Verdict, beyond_limits};
use seal::{Certificate, read_certificates};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::ExitCode;
use web::upload::{Broke, report};

/// Checks a file and prints what was found. Code 0: valid and ours; 1: not; 2: unreadable.
pub async fn run(config: &Config, asked: &cli::Verify, file: &Path) -> anyhow::Result<ExitCode> {
    let unreadable = |error: io::Error| usage(format!("{}: {error}", file.display()));
    let mut open = File::open(file).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let most = (LONGEST + 1) as u64;
    (&mut open)
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let options = Options {
        roots: roots(config, asked)?,
        stamp_roots: match &asked.tsa_root {
            Some(file) => sealing::certificates(file)?,
            None => sealing::stamp_roots(config)?,
        },
        revoked: revoked(config, asked)?,
        now: world::real().now(),
    };
    let report = if bytes.len() > LONGEST {
        too_large(&bytes, open).map_err(unreadable)?
    } else {
        confined(config, &options, bytes.into()).await?
    };
    if asked.json {
        output::say(&serde_json::to_string_pretty(&report)?);
    } else {
        describe(&report);
    }
    Ok(ExitCode::from(match report.verdict {
        Verdict::Unreadable => 2,
        Verdict::Valid if report.ours => 0,
        Verdict::Valid | Verdict::Invalid => 1,
    }))
}

/// What is found of a file where it can break nothing but its reader.
async fn confined(config: &Config, options: &Options, bytes: Bytes) -> anyhow::Result<Report> {
    let brief = seal::to_brief(options)?;
    match report(&config.uploads.readers()?, brief, bytes.clone()).await {
        Ok(report) => Ok(report),
        Err(Broke::Over) => Ok(beyond_limits(&bytes)),
        // Nothing is known of the file: that is not the code of one that is not ours.
        Err(Broke::Unread) => Err(usage("the process that reads files cannot be started")),
    }
}

/// Of a file that is longer than any of ours only its length and SHA-256 are said, in as little memory.
fn too_large(begun: &[u8], rest: impl Read) -> io::Result<Report> {
    let mut digest = Sha256::new_with_prefix(begun);
    let mut rest = BufReader::with_capacity(64 << 10, rest);
    let mut size = begun.len();
    loop {
        let read = rest.fill_buf()?;
        if read.is_empty() {
            break;
        }
        digest.update(read);
        let length = read.len();
        size = size.saturating_add(length);
        rest.consume(length);
    }
    Ok(Report {
        sha256: hex::encode(digest.finalize()),
        size,
        verdict: Verdict::Unreadable,
        ours: false,
        reason: Some(Reason::TooLarge),
        signatures: Vec::new(),
    })
}

/// The given root, or that of this installation, or none.
fn roots(config: &Config, asked: &cli::Verify) -> anyhow::Result<Vec<Certificate>> {
    if let Some(file) = &asked.root {
        return sealing::certificates(file);
    }
    let mut roots = Vec::new();
    let own = config.data.dir.join("keys").join(seal::ROOT_PEM);
    if let Ok(pem) = std::fs::read_to_string(&own) {
        roots = read_certificates(&pem).map_err(|error| usage(format!("{}: {error}", own.display())))?;
    }
    let given = config.data.dir.join("keys").join(seal::GIVEN_PEM);
    if given.exists() {
        roots.extend(sealing::certificates(&given)?);
    }
    // Of a seal from elsewhere the very certificate is trusted, not whoever issued it.
    for files in config.seal.schools.values() {
        roots.extend(sealing::certificates(&files.certificate_file)?.into_iter().next());
    }
    Ok(roots)
}

/// The given lists, and those of this installation where it has any.
fn revoked(config: &Config, asked: &cli::Verify) -> anyhow::Result<Vec<seal::Revocations>> {
    let mut lists = match &asked.crl {
        Some(file) => revocations(file)?,
        None => Vec::new(),
    };
    let own = config.data.dir.join("keys").join(seal::REVOKED_PEM);
    if own.exists() {
        lists.extend(revocations(&own)?);
    }
    Ok(lists)
}

fn revocations(file: &Path) -> anyhow::Result<Vec<seal::Revocations>> {
    let bytes = std::fs::read(file).map_err(|error| usage(format!("{}: {error}", file.display())))?;
    seal::read_revocations(&bytes).map_err(|error| usage(format!("{}: {error}", file.display())))
}

fn describe(report: &Report) {
    let outcome = match (report.verdict, report.ours) {
        (Verdict::Unreadable, _) => "无法读取 unreadable",
        (_, true) => "有效，由本系统签章 valid and ours",
        (Verdict::Valid, false) => "签名有效，但不是本系统的协议 signatures valid, not an agreement of ours",
        (Verdict::Invalid, false) => "无效 not valid",
    };
    output::say(outcome);
    if let Some(reason) = report.reason {
        output::say(&format!("  {}: {}", reason.code(), reason.text()));
    }
    output::say(&format!("  SHA-256 {}  {} bytes", report.sha256, report.size));
    for signature in &report.signatures {
        describe_signature(signature);
    }
    if report.ours {
        output::say(
            "这说明文件自签章以来未被改动；协议现时是否有效（如是否已解约），以核验页为准。\n\
             签名由系统依据各方操作记录生成，不是各方自行持有密钥所作的签名。",
        );
    }
}

fn describe_signature(signature: &Signature) {
    let zone = TimeZone::fixed(Offset::constant(8));
    let at = |time: jiff::Timestamp| {
        time.to_zoned(zone.clone())
            .strftime("%Y-%m-%d %H:%M:%S %:z")
            .to_string()
    };
    let name = |text: &Option<String>| text.as_deref().map_or_else(|| "?".into(), plain);
    let verdict = match signature.reason {
        None => "valid".into(),
        Some(reason) => format!("NOT valid ({})", reason.code()),
    };
    output::say(&format!(
        "- {} {} / {}: {verdict}",
        plain(&signature.field),
        name(&signature.signer),
        name(&signature.organisation)
    ));
    let claimed = signature.time.map_or_else(|| "no time".into(), &at);
    let stamp = signature.time_stamp.as_ref().map_or_else(
        || "no time-stamp".into(),
        |stamp| {
            let trust = if stamp.trusted { "" } else { " (root unknown)" };
            format!(
                "time-stamp {} by {}{trust}",
                at(stamp.time),
                name(&stamp.authority)
            )
        },
    );
    output::say(&format!("  {claimed}; {stamp}"));
    for certificate in &signature.chain {
        output::say(&format!("  {}", plain(&certificate.subject)));
    }
}

/// What a stranger wrote, without what a terminal would obey or show in another order.
fn plain(text: &str) -> String {
    let shown = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if shown(c) { c } else { char::REPLACEMENT_CHARACTER })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_commands_no_terminal() {
        assert_eq!(
            plain("苏\u{1b}[2J\n\u{202E}valid"),
            "苏\u{FFFD}[2J\u{FFFD}\u{FFFD}valid"
        );
    }
}
