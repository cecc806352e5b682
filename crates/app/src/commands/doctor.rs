//! `sanfang doctor`: checks the installation; code 1 when something is wrong, not when something is only
//! worth a look.

use crate::config::Config;
use crate::{demo, mailing, output, sealing, world};
use jiff::SignedDuration;
use serde::Serialize;
use std::os::unix::fs::PermissionsExt;
use std::process::ExitCode;
use store::accounts::{self, Role};
use store::seals::Overdue;
use store::{EngineKind, Store, outbox, schools, seals};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// As it should be.
    Good,
    /// Worth a look.
    Warning,
    /// Wrong.
    Bad,
}

/// One check.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    status: Status,
    detail: String,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    good: bool,
    checks: Vec<Check>,
}

impl Report {
    fn note(&mut self, name: &'static str, status: Status, detail: impl Into<String>) {
        self.checks.push(Check {
            name,
            status,
            detail: detail.into(),
        });
    }
}

/// Checks everything and prints it.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    clock(&mut report);
    address(config, &mut report);
    uploads(config, &mut report).await;
    mail(config, &mut report).await;
    match Store::open(&config.store(), world::real()).await {
        Ok(store) => memory(config, &store, &mut report).await,
        Err(error) => report.note("database", Status::Bad, error.to_string()),
    }
    report.good = report.checks.iter().all(|check| check.status != Status::Bad);
    if json {
        output::say(&serde_json::to_string_pretty(&report)?);
    } else {
        let word = |status| match status {
            Status::Good => "good",
            Status::Warning => "look",
            Status::Bad => "BAD",
        };
        let row = |check: &Check| vec![word(check.status).into(), check.name.into(), check.detail.clone()];
        output::say(output::table(&report.checks.iter().map(row).collect::<Vec<_>>()).trim_end());
    }
    Ok(ExitCode::from(u8::from(!report.good)))
}

/// A clock before the first release is wrong, and deadlines with it.
fn clock(report: &mut Report) {
    let now = world::real().now();
    let status = if now.as_second() > 1_790_000_000 {
        Status::Good
    } else {
        Status::Bad
    };
    report.note("clock", status, now.to_string());
}

fn address(config: &Config, report: &mut Report) {
    let found = config
        .server
        .is_loopback()
        .and_then(|loopback| Ok((loopback, config.server.public_url()?)));
    match found {
        Err(error) => report.note("public_url", Status::Bad, format!("{error:#}")),
        Ok((_, url)) if url.starts_with("https://") => report.note("public_url", Status::Good, url),
        Ok((true, url)) => {
            report.note(
                "public_url",
                Status::Warning,
                format!("{url}: this machine only, without TLS"),
            );
        }
        Ok((false, url)) => {
            report.note(
                "public_url",
                Status::Bad,
                format!("{url}: other machines need https"),
            );
        }
    }
}

/// Whether the reader of files starts and the scanner, where there is one, tells good from bad.
async fn uploads(config: &Config, report: &mut Report) {
    match config.uploads.readers() {
        Ok(readers) => match web::upload::try_reader(&readers).await {
            Ok(()) => report.note("uploads", Status::Good, "read in a process of their own"),
            Err(why) => report.note("uploads", Status::Bad, format!("the reader of files: {why}")),
        },
        Err(error) => report.note("uploads", Status::Bad, format!("{error:#}")),
    }
    let Some(scanner) = config.uploads.scanner() else {
        report.note("scanner", Status::Good, "no virus scanner: none is configured");
        return;
    };
    let name = &config.uploads.scanner[0];
    match web::upload::try_scanner(&scanner).await {
        Ok(()) => report.note(
            "scanner",
            Status::Good,
            format!("{name} notices the EICAR test file"),
        ),
        Err(why) => report.note(
            "scanner",
            Status::Bad,
            format!("{name}: {why}; files are refused"),
        ),
    }
}

/// Whether the mail server lets us in, as it would for a message.
async fn mail(config: &Config, report: &mut Report) {
    match mailing::smtp(config) {
        Ok(None) => report.note(
            "mail",
            Status::Good,
            "no mail server is configured: notices stay in the inbox, and no codes are sent",
        ),
        Ok(Some(smtp)) => match smtp.check().await {
            Ok(()) => report.note("mail", Status::Good, "the server lets us in"),
            Err(why) => report.note("mail", Status::Bad, format!("the server: {why}")),
        },
        Err(error) => report.note("mail", Status::Bad, format!("{error:#}")),
    }
}

async fn memory(config: &Config, store: &Store, report: &mut Report) {
    let engine = match store.engine() {
        EngineKind::Sqlite => "SQLite, durable settings checked",
        EngineKind::Postgres => "PostgreSQL",
    };
    let schools = store.read(|c| Box::pin(schools::all(c))).await;
    let Ok(schools) = schools else {
        report.note("database", Status::Bad, "not up to date: run sanfang migrate");
        return;
    };
    report.note("database", Status::Good, engine);
    report.note(
        "keys",
        Status::Good,
        "the master key can be read by its owner only",
    );
    folder(config, report);
    seal(config, store, report).await;
    match demo::is_demo(store).await {
        Ok(true) => report.note(
            "accounts",
            Status::Warning,
            "demo data: everybody knows the passwords",
        ),
        _ => people(store, &schools, report).await,
    }
}

/// How long a seal may take; the worker tries again without end meanwhile.
const SEALING: SignedDuration = SignedDuration::from_mins(30);
/// A certificate that ends so soon has to be renewed.
const NEAR: SignedDuration = SignedDuration::from_hours(60 * 24);

async fn seal(config: &Config, store: &Store, report: &mut Report) {
    match sealing::exists(config, store) {
        Ok(false) => report.note("seal", Status::Good, "its keys are made at the first start"),
        Ok(true) => match sealing::open(config, store) {
            Ok(authority) => {
                let ends = ::seal::ends(authority.issuing()).min(::seal::ends(authority.root()));
                let status = if ends < store.env().now() + NEAR {
                    Status::Bad
                } else {
                    Status::Good
                };
                let words = format!("its certificates count until {ends}: sanfang admin seal show");
                report.note("seal", status, words);
                lists(&authority, store, report);
                given(config, &authority, store, report).await;
            }
            Err(error) => report.note("seal", Status::Bad, format!("{error:#}")),
        },
        Err(error) => report.note("seal", Status::Bad, format!("{error:#}")),
    }
    let since = store.env().now() - SEALING;
    let unprinted = store.read(move |c| Box::pin(outbox::unprinted(c, since))).await;
    match unprinted {
        Ok(overdue) => waiting("printing", "document", overdue, report),
        Err(error) => report.note("printing", Status::Bad, error.to_string()),
    }
    match store.read(move |c| Box::pin(seals::overdue(c, since))).await {
        Ok(overdue) => waiting("sealing", "seal", overdue, report),
        Err(error) => report.note("sealing", Status::Bad, error.to_string()),
    }
}

fn waiting(name: &'static str, what: &str, overdue: Overdue, report: &mut Report) {
    let Some(oldest) = overdue.oldest else {
        report.note(name, Status::Good, format!("no agreement waits for its {what}"));
        return;
    };
    let why = overdue.error.unwrap_or_else(|| "is the worker running?".into());
    let words = format!("{} agreements wait since {oldest}: {why}", overdue.waiting);
    report.note(name, Status::Bad, words);
}

/// Seals of schools from other authorities: nobody renews them by itself.
async fn given(config: &Config, authority: &::seal::Authority, store: &Store, report: &mut Report) {
    let Ok(schools) = store.read(|c| Box::pin(schools::all(c))).await else {
        return;
    };
    for school in schools {
        let found = match config.seal.schools.get(&school.id.0.to_string()) {
            Some(files) => sealing::certificates(&files.certificate_file).map(|all| all.into_iter().next()),
            None => authority
                .imported(school.id.0)
                .map(|found| found.map(|signer| ::seal::Signer::certificate(&signer).clone()))
                .map_err(Into::into),
        };
        match found {
            Ok(None) => {}
            Ok(Some(certificate)) => {
                let ends = ::seal::ends(&certificate);
                let status = if ends < store.env().now() + NEAR {
                    Status::Bad
                } else {
                    Status::Good
                };
                let words = format!("{}: from another authority, counts until {ends}", school.name);
                report.note("seal of a school", status, words);
            }
            Err(error) => report.note(
                "seal of a school",
                Status::Bad,
                format!("{}: {error:#}", school.name),
            ),
        }
    }
}

/// The worker renews the revocation lists days before they run out: one that did has no worker.
fn lists(authority: &::seal::Authority, store: &Store, report: &mut Report) {
    let lists = match authority.published_revocations() {
        Ok(lists) => lists,
        Err(error) => return report.note("revocation", Status::Bad, format!("{error:#}")),
    };
    match lists.iter().map(::seal::expires).min() {
        None => report.note("revocation", Status::Good, "the worker makes the first list"),
        Some(next) if next < store.env().now() => {
            let words = format!("the revocation list ran out at {next}: is the worker running?");
            report.note("revocation", Status::Bad, words);
        }
        Some(next) => {
            let count = ::seal::revoked_in(&lists[0]).len();
            let words = format!("{count} certificates revoked; the list counts until {next}");
            report.note("revocation", Status::Good, words);
        }
    }
}

fn folder(config: &Config, report: &mut Report) {
    let dir = &config.data.dir;
    match std::fs::metadata(dir) {
        Ok(found) if found.permissions().mode().trailing_zeros() >= 6 => {
            report.note("data", Status::Good, dir.display().to_string());
        }
        Ok(_) => {
            report.note(
                "data",
                Status::Warning,
                format!("{}: others may look into it", dir.display()),
            );
        }
        Err(error) => report.note("data", Status::Bad, format!("{}: {error}", dir.display())),
    }
}

async fn people(store: &Store, schools: &[schools::School], report: &mut Report) {
    if schools.is_empty() {
        report.note(
            "schools",
            Status::Warning,
            "none yet: sanfang admin school create",
        );
    }
    for school in schools {
        let id = school.id;
        let staff = store
            .read(move |c| Box::pin(accounts::by_role(c, id, Role::School)))
            .await;
        let (status, detail) = match staff {
            Ok(staff) if staff.is_empty() => {
                (Status::Warning, "no staff yet: sanfang admin staff create".into())
            }
            Ok(staff) => (Status::Good, format!("{} members of staff", staff.len())),
            Err(error) => (Status::Bad, error.to_string()),
        };
        report.note(
            "school",
            status,
            format!("{} {}: {detail}", school.code, school.name),
        );
    }
}
