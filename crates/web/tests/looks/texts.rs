//! The texts: complete in every language, all of them used, none outside the message layer.

use domain::agreement::EventKind;
use domain::agreement::EventKind as E;
use domain::agreement::StateKind;
use domain::agreement::terms::{ArchiveKind, Exemption, HouseholdKind};
use domain::eligibility::{Admission, Block, SourceStatus};
use domain::params::spec::{Group, Kind, SPECS};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use web::i18n::{self, Lang};
use web::views::list::EmployerTab;
use web::views::public::error::ErrorKind;
use web::views::review::agreement::RETURN_REASONS;
use web::views::review::parameters::prefix;
use web::views::review::queue::QueueTab;
use web::views::student::offer::DECLINE_REASONS;
use web::views::student::resume::FIELDS;

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

/// The source without comments.
fn code(text: &str) -> String {
    let line = |line: &str| {
        if line.trim_start().starts_with("//") {
            String::new()
        } else {
            line.split(" // ").next().unwrap_or("").to_owned()
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Every string literal of the sources.
fn literals() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in sources() {
        found.extend(code(&text).split('"').skip(1).step_by(2).map(ToOwned::to_owned));
        // A quote inside a string shifts the pairs: take the other half as well.
        found.extend(code(&text).split('"').step_by(2).map(ToOwned::to_owned));
    }
    found
}

fn texts(lang: Lang) -> BTreeMap<String, String> {
    i18n::all(lang).into_iter().collect()
}

/// The `%{name}` places of a text.
fn places(text: &str) -> BTreeSet<String> {
    text.split("%{")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_places() {
    let (zh, en) = (texts(Lang::Zh), texts(Lang::En));
    let (zh_keys, en_keys): (BTreeSet<_>, BTreeSet<_>) = (zh.keys().collect(), en.keys().collect());
    assert_eq!(zh_keys, en_keys);
    for (key, text) in &zh {
        assert_eq!(places(text), places(&en[key]), "{key}");
        assert!(!text.trim().is_empty(), "{key} is empty");
    }
}

#[test]
fn every_fixed_key_of_the_sources_exists() {
    let keys = texts(Lang::Zh);
    for (path, text) in sources() {
        for call in code(&text).split("tr!(").skip(1) {
            let Some(key) = call.split('"').nth(1) else {
                continue;
            };
            let before = call.split('"').next().unwrap_or("");
            if before.contains(')') || key == "key" || key.contains('{') {
                continue;
            }
            assert!(keys.contains_key(key), "{}: {key}", path.display());
        }
    }
}

#[test]
fn every_text_is_used() {
    let literals = literals();
    let unused: Vec<String> = texts(Lang::Zh)
        .into_keys()
        .filter(|key| {
            let by_prefix = key
                .match_indices('.')
                .any(|(at, _)| literals.contains(&key[..at]));
            !literals.contains(key) && !by_prefix
        })
        .collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn no_text_stands_in_the_sources() {
    let cjk = |c: char| {
        ('\u{2e80}'..='\u{9fff}').contains(&c)
            || ('\u{ff00}'..='\u{ff0f}').contains(&c)
            || ('\u{20000}'..='\u{323af}').contains(&c)
    };
    let mut found = Vec::new();
    for (path, text) in sources() {
        let own = code(&text);
        let before_tests = own.split("#[cfg(test)]").next().unwrap_or("");
        found.extend(
            before_tests
                .lines()
                .filter(|line| line.chars().any(cjk))
                .map(|line| format!("{}: {}", path.display(), line.trim())),
        );
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn expect(prefix: &str, codes: impl IntoIterator<Item = &'static str>) {
    for code in codes {
        for lang in Lang::ALL {
            assert!(
                i18n::has(lang, &format!("{prefix}.{code}")),
                "{prefix}.{code} in {}",
                lang.code()
            );
        }
    }
}

#[test]
fn every_code_of_the_domain_has_its_words() {
    expect("state", StateKind::ALL.map(StateKind::code));
    expect("event", EventKind::ALL.iter().map(|kind| kind.code()));
    expect("block", Block::ALL.map(Block::code));
    expect("nobody_why", Block::ALL.map(Block::code));
    expect("archive", ArchiveKind::ALL.iter().map(|kind| kind.code()));
    expect("household", HouseholdKind::ALL.iter().map(|kind| kind.code()));
    expect("exemption", Exemption::ALL.iter().map(|kind| kind.code()));
    let sources = [
        SourceStatus::Imported,
        SourceStatus::Approved,
        SourceStatus::Returned,
    ]
    .map(SourceStatus::code);
    for prefix in [
        "source_status",
        "source_hint",
        "source_tab",
        "source_empty",
        "source_empty_why",
    ] {
        expect(prefix, sources);
    }
    let admissions = [Admission::Pending, Admission::Approved, Admission::Returned].map(Admission::code);
    for prefix in ["certification", "certification_hint", "entry", "entry_hint"] {
        expect(prefix, admissions);
    }
    for prefix in ["tab", "tab_long"] {
        expect(prefix, EmployerTab::ALL.map(EmployerTab::code));
    }
    for prefix in ["queue_tab", "queue_empty", "queue_empty_why"] {
        expect(prefix, QueueTab::ALL.map(QueueTab::code));
    }
    for prefix in ["http_title", "http_text"] {
        expect(prefix, ErrorKind::ALL.map(ErrorKind::texts));
    }
    expect("reason", DECLINE_REASONS);
    expect("reason", RETURN_REASONS);
    expect("batch_status", ["checked", "to_mend", "running", "done"]);
    expect("batch_line", ["bad", "ready", "sent", "refused"]);
    expect("param", SPECS.map(|spec| spec.key));
    expect("param_why", SPECS.map(|spec| spec.key));
    expect("param_group", Group::ALL.map(Group::code));
    for spec in SPECS {
        if let Kind::Choice(codes) = spec.kind {
            expect(prefix(&spec), codes.iter().copied());
        }
    }
    expect("resume_field", FIELDS.map(|(name, _)| name));
}

#[test]
fn every_refusal_and_every_problem_has_its_words() {
    let domain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src/agreement");
    for (file, prefixes) in [
        ("command.rs", &["refusal"][..]),
        ("form.rs", &["error", "doubt"][..]),
    ] {
        let text = fs::read_to_string(domain.join(file)).unwrap();
        let body = text
            .split("pub fn code(&self)")
            .nth(1)
            .and_then(|rest| rest.split("\n    }").next())
            .unwrap();
        let codes: Vec<&str> = body
            .split("=> \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(codes.len() > 10, "{file}");
        for code in codes {
            let known = |lang| {
                prefixes
                    .iter()
                    .any(|prefix| i18n::has(lang, &format!("{prefix}.{code}")))
            };
            assert!(Lang::ALL.into_iter().all(known), "{file}: {code}");
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of who is told what")]
fn whoever_is_told_of_an_event_is_told_in_words() {
    let tell = |side: &str, events: &[EventKind]| {
        for event in events {
            for lang in Lang::ALL {
                assert!(
                    i18n::has(lang, &format!("message.{side}.{}", event.code())),
                    "{side}: {}",
                    event.code()
                );
            }
        }
    };
    expect("message.student", [domain::notice::Told::ReplyDue.code()]);
    let ends = [E::TerminationRefused, E::TerminationCancelled];
    tell(
        "employer",
        &[
            E::Accepted,
            E::Declined,
            E::Expired,
            E::Superseded,
            E::CollegeApproved,
            E::SchoolApproved,
            E::Returned,
            E::Terminated,
            E::TerminationRejected,
            E::Voided,
        ],
    );
    tell(
        "student",
        &[
            E::Sent,
            E::Withdrawn,
            E::DeadlineExtended,
            E::Expired,
            E::Superseded,
            E::CollegeApproved,
            E::SchoolApproved,
            E::Returned,
            E::Terminated,
            E::TerminationRejected,
            E::Voided,
        ],
    );
    tell(
        "college",
        &[
            E::Accepted,
            E::SchoolApproved,
            E::Terminated,
            E::TerminationRejected,
            E::Voided,
        ],
    );
    tell(
        "school",
        &[
            E::Accepted,
            E::CollegeApproved,
            E::TerminationCollegeApproved,
            E::VoidProposed,
            E::VoidDropped,
        ],
    );
    let asked = [
        E::TerminationRequested,
        E::TerminationConsented,
        E::TerminationEscalated,
    ];
    for side in ["employer", "student", "college", "school"] {
        tell(side, &ends);
        tell(side, &asked);
    }
}
