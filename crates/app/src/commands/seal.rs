//! `sanfang admin seal …`: looks after the certificate authority of this installation. A running server seals with
//! what is made here at once; a new issuing authority it uses from its next start.

use crate::cli::{Reason, SealCommand};
use crate::config::Config;
use crate::failure::usage;
use crate::{output, sealing, serve};
use anyhow::Context;
use domain::document::Signer;
use domain::sealing::{RevocationReason, Signed};
use seal::{Authority, Certificate, Given, Signer as _};
use std::path::Path;
use store::schools::School;
use store::{Store, schools, seals};
use zeroize::Zeroizing;

/// Does what is asked, and shows what there is afterwards.
pub async fn run(config: &Config, command: SealCommand) -> anyhow::Result<()> {
    let store = serve::open(config).await?;
    // Looking makes no keys, and without keys there is nothing to revoke.
    let is_first = !sealing::exists(config, &store)?;
    match (&command, is_first) {
        (SealCommand::Show, true) => {
            output::say("no authority yet: it is made at the first start of the server");
            return Ok(());
        }
        (SealCommand::Revoke { .. }, true) => {
            return Err(usage("no authority yet, so no certificate to revoke"));
        }
        _ => {}
    }
    let mut authority = sealing::open(config, &store)?;
    match command {
        SealCommand::Show => {}
        SealCommand::Renew => {
            authority
                .renew_issuing()
                .context("the root's key signs a new issuing authority: put it back for this")?;
            // Whoever meets a certificate of the new one looks for its list.
            publish(&store, &authority).await?;
        }
        SealCommand::RenewSchool { school: code } => {
            let school = school(&store, &code).await?;
            if is_from_elsewhere(config, &authority, &school)? {
                return Err(usage(format!(
                    "{} seals with a certificate of another authority: ask that one for a new certificate, then: \
                     sanfang admin seal import (or change [seal.schools])",
                    school.name
                )));
            }
            authority.renew_school(school.id.0, &school.name)?;
            output::say(&format!("the seal of {} has a new key", school.name));
        }
        SealCommand::Import { school: code, file } => {
            let school = school(&store, &code).await?;
            import(config, &authority, &school, &file)?;
        }
        SealCommand::Revoke {
            serial,
            school: code,
            reason,
        } => match (serial, code) {
            (Some(serial), _) => revoke(&store, &authority, &serial, reason.into()).await?,
            (None, Some(code)) => {
                let school = school(&store, &code).await?;
                if is_from_elsewhere(config, &authority, &school)? {
                    return Err(usage(format!(
                        "{} seals with a certificate of another authority: have it revoked there. A seal that it \
                         had from this one is revoked by its serial number (sanfang admin seal show)",
                        school.name
                    )));
                }
                revoke_school(&store, &authority, &school, reason.into()).await?;
            }
            (None, None) => return Err(usage("which certificate? SERIAL or --school CODE")),
        },
    }
    show(&store, &authority).await
}

/// Whether the present seal of a school was issued by somebody else, however it came here.
fn is_from_elsewhere(config: &Config, authority: &Authority, school: &School) -> anyhow::Result<bool> {
    let is_configured = config.seal.schools.contains_key(&school.id.0.to_string());
    Ok(is_configured || authority.imported(school.id.0)?.is_some())
}

/// The environment variable with the password of a PKCS#12 file: an argument would stand in every list of processes.
const PASSWORD: &str = "SANFANG_P12_PASSWORD";

fn password() -> anyhow::Result<Zeroizing<String>> {
    if let Ok(given) = std::env::var(PASSWORD) {
        return Ok(Zeroizing::new(given));
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin()
        .read_line(&mut line)
        .context("the password, from standard input")?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn import(config: &Config, authority: &Authority, school: &School, file: &Path) -> anyhow::Result<()> {
    if config.seal.schools.contains_key(&school.id.0.to_string()) {
        return Err(usage(format!(
            "{} has its seal from [seal.schools], which would go before: take it out there first",
            school.name
        )));
    }
    let complain = |error: &dyn std::fmt::Display| usage(format!("{}: {error}", file.display()));
    let bytes = Zeroizing::new(std::fs::read(file).map_err(|error| complain(&error))?);
    let given = Given::from_pkcs12(&bytes, &password()?).map_err(|error| complain(&error))?;
    authority
        .import_school(school.id.0, &given)
        .map_err(|error| complain(&error))?;
    output::say(&format!(
        "{} seals with this certificate from now on",
        school.name
    ));
    Ok(())
}

impl From<Reason> for RevocationReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::KeyCompromise => Self::KeyCompromise,
            Reason::AffiliationChanged => Self::AffiliationChanged,
            Reason::Superseded => Self::Superseded,
            Reason::CessationOfOperation => Self::CessationOfOperation,
            Reason::Unspecified => Self::Unspecified,
        }
    }
}

async fn school(store: &Store, code: &str) -> anyhow::Result<School> {
    let all = store.read(|c| Box::pin(schools::all(c))).await?;
    let found = all.into_iter().find(|school| school.code == code);
    found.ok_or_else(|| usage(format!("no school {code}")))
}

/// As other programs show it: with or without colons, small or large letters.
fn serial_number(typed: &str) -> anyhow::Result<Vec<u8>> {
    let digits: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ':')
        .collect();
    let wrong = || usage(format!("serial number \"{typed}\": expected hexadecimal digits"));
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return Err(wrong());
    }
    (0..digits.len())
        .step_by(2)
        .map(|at| {
            let pair = digits.get(at..at + 2).ok_or_else(wrong)?;
            u8::from_str_radix(pair, 16).map_err(|_| wrong())
        })
        .collect()
}

/// Revokes one certificate that was issued here.
async fn revoke(
    store: &Store,
    authority: &Authority,
    typed: &str,
    reason: RevocationReason,
) -> anyhow::Result<()> {
    let serial = serial_number(typed)?;
    let wanted = serial.clone();
    let read = store.read(move |c| {
        let wanted = wanted.clone();
        Box::pin(async move { seals::by_serial(c, &wanted).await })
    });
    let Some(found) = read.await? else {
        return Err(usage(format!(
            "no certificate {typed} was issued here for a signature; a new issuing authority is made with: sanfang admin seal renew"
        )));
    };
    let is_given = |one: &Certificate| one.tbs_certificate().serial_number().as_bytes() == serial;
    if authority.imported_certificates()?.iter().any(is_given) {
        return Err(usage(
            "another authority issued this certificate: have it revoked there",
        ));
    }
    if found.signer == Signer::School.key() {
        let of_school = authority.school_certificate(found.school_id.0)?;
        if of_school.is_some_and(|one| one.tbs_certificate().serial_number().as_bytes() == serial) {
            let all = store.read(|c| Box::pin(schools::all(c))).await?;
            if let Some(school) = all.iter().find(|school| school.id == found.school_id) {
                authority.renew_school(school.id.0, &school.name)?;
            }
        }
    }
    note(store, authority, (found.school_id, serial), reason).await
}

/// Revokes the seal that a school has now, and makes it a new one: the next document needs one.
async fn revoke_school(
    store: &Store,
    authority: &Authority,
    school: &School,
    reason: RevocationReason,
) -> anyhow::Result<()> {
    let Some(certificate) = authority.school_certificate(school.id.0)? else {
        return Err(usage(format!(
            "{} has no seal of this authority yet",
            school.name
        )));
    };
    let serial = certificate.tbs_certificate().serial_number().as_bytes().to_vec();
    // It may never have signed anything.
    let signed = Signed {
        signer: Signer::School,
        serial: serial.clone(),
        certificate: seal::to_der(&certificate)?,
        at: store.env().now(),
        stamped_at: None,
    };
    let id = school.id;
    let remembered = store.write(move |c| {
        let signed = signed.clone();
        Box::pin(async move { seals::remember(c, id, None, &signed).await })
    });
    remembered.await?;
    authority.renew_school(id.0, &school.name)?;
    note(store, authority, (id, serial), reason).await
}

/// Writes it down first: should publishing fail, the server does it within minutes.
async fn note(
    store: &Store,
    authority: &Authority,
    (school, serial): (domain::ids::SchoolId, Vec<u8>),
    reason: RevocationReason,
) -> anyhow::Result<()> {
    let (wanted, now) = (serial.clone(), store.env().now());
    let revoked = store.write(move |c| {
        let wanted = wanted.clone();
        Box::pin(async move { seals::revoke(c, school, &wanted, (reason, now)).await })
    });
    let is_new = revoked.await?;
    publish(store, authority).await?;
    let words = if is_new { "revoked" } else { "was revoked before" };
    output::say(&format!("certificate {} {words}", hex(&serial)));
    Ok(())
}

/// Publishes what is revoked.
async fn publish(store: &Store, authority: &Authority) -> anyhow::Result<()> {
    let all = store.read(|c| Box::pin(seals::revoked(c))).await?;
    authority.publish_revoked(&all)?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

async fn show(store: &Store, authority: &Authority) -> anyhow::Result<()> {
    let mut rows = vec![row("root", authority.root())];
    rows.extend(authority.all_issuing()?.iter().map(|one| row("issuing", one)));
    for school in store.read(|c| Box::pin(schools::all(c))).await? {
        if let Some(given) = authority.imported(school.id.0)? {
            rows.push(row(
                &format!("school {} (imported)", school.code),
                given.certificate(),
            ));
        }
        if let Some(certificate) = authority.school_certificate(school.id.0)? {
            rows.push(row(&format!("school {}", school.code), &certificate));
        }
    }
    for list in authority.published_revocations()? {
        rows.push(vec![
            "revocation list".into(),
            list.tbs_cert_list.issuer.to_string(),
            format!("next one by {}", seal::expires(&list)),
        ]);
    }
    for gone in store.read(|c| Box::pin(seals::revoked(c))).await? {
        rows.push(vec![
            "revoked".into(),
            hex(&gone.serial),
            format!("since {}: {}", gone.at, gone.reason.code()),
        ]);
    }
    output::say(output::table(&rows).trim_end());
    Ok(())
}

fn row(name: &str, certificate: &Certificate) -> Vec<String> {
    let serial = certificate.tbs_certificate().serial_number();
    vec![
        name.to_owned(),
        serial.to_string(),
        format!("counts until {}", seal::ends(certificate)),
    ]
}
