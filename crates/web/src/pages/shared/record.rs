//! 版本与凭据: contents with their differences, confirmations, acts. Each reader sees what concerns them: the
//! employer's unsent drafts are its own, and from where somebody acted is for themselves and the school.

use super::detail::{self, Opened};
use super::{progress, upload};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::i18n::Lang;
use crate::params::Id;
use crate::tr;
use crate::views::record::{self, Act, Change, Record, Tick, Version};
use crate::views::terms;
use axum::response::IntoResponse;
use domain::agreement::diff::diff;
use domain::agreement::{Content, EventKind, Payload};
use domain::ids::AgreementId;
use domain::policy::Actor;
use std::collections::{BTreeMap, BTreeSet};
use store::audit::Entry;
use store::consents::Given;
use store::contents;
use store::dossier::Dossier;
use store::licences::{self, Seen};

/// The page.
pub async fn show(ctx: Ctx, Id(id): Id<AgreementId>) -> Result {
    let opened = detail::at(&ctx, id).await?;
    let school = ctx.school()?.id;
    let employer = opened.dossier.loaded.agreement.employer;
    let read = ctx.store().read(move |c| {
        Box::pin(async move {
            let all = contents::versions(c, school, id).await?;
            Ok((all, licences::seen(c, school, id, employer).await?))
        })
    });
    let (all, seen) = read.await?;
    let view = Record {
        agreement: detail::model(&ctx, &opened)?,
        versions: versions(&ctx, &opened.dossier, all),
        ticks: ticks(&ctx, &opened),
        acts: acts(&ctx, &opened.dossier, &seen),
        files: opened.dossier.uploads.iter().map(upload::row).collect(),
    };
    Ok(record::page(&ctx.frame().await?, &view).into_response())
}

/// The contents that the reader may see, each with what changed since the one before.
fn versions(ctx: &Ctx, dossier: &Dossier, all: Vec<contents::Version>) -> Vec<Version> {
    let sent = sent(&dossier.entries);
    let own = matches!(ctx.actor, Actor::Employer { .. });
    let seen: Vec<contents::Version> = all
        .into_iter()
        .filter(|version| own || sent.contains(&version.number))
        .collect();
    let lang = ctx.lang();
    seen.iter()
        .enumerate()
        .map(|(at, version)| Version {
            number: version.number,
            at: version.at,
            by: version.by.clone(),
            hash: version.content.hash().to_string(),
            changes: seen
                .get(at + 1)
                .map(|before| changes(lang, &before.content, &version.content)),
        })
        .collect()
}

/// Versions that left the employer's desk.
fn sent(entries: &[Entry]) -> BTreeSet<i32> {
    let left = [EventKind::Sent.code(), EventKind::Registered.code()];
    entries
        .iter()
        .filter(|entry| left.contains(&entry.kind.as_str()))
        .filter_map(|entry| serde_json::from_str::<Payload>(&entry.payload).ok())
        .map(|payload| payload.content_version)
        .collect()
}

/// Terms by their labels, then the clauses that the parties wrote themselves.
fn changes(lang: Lang, old: &Content, new: &Content) -> Vec<Change> {
    let rows = |content: &Content| -> Vec<(String, String)> {
        let groups = terms::groups(lang, &content.terms);
        groups.into_iter().flat_map(|group| group.rows).collect()
    };
    let (before, after) = (rows(old), rows(new));
    let known: BTreeMap<&str, &str> = before
        .iter()
        .map(|(label, value)| (label.as_str(), value.as_str()))
        .collect();
    let value = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut found: Vec<Change> = after
        .iter()
        .filter(|(label, text)| known.get(label.as_str()).copied().unwrap_or("") != text)
        .map(|(label, text)| Change {
            label: label.clone(),
            old: known.get(label.as_str()).copied().and_then(value),
            new: value(text),
        })
        .collect();
    let kept: BTreeSet<&str> = after.iter().map(|(label, _)| label.as_str()).collect();
    let gone = before
        .iter()
        .filter(|(label, text)| !kept.contains(label.as_str()) && !text.is_empty());
    found.extend(gone.map(|(label, text)| Change {
        label: label.clone(),
        old: value(text),
        new: None,
    }));
    found.extend(diff(old, new).into_iter().map(|change| Change {
        label: change.title,
        old: change.old,
        new: change.new,
    }));
    found
}

fn ticks(ctx: &Ctx, opened: &Opened) -> Vec<Tick> {
    let dossier = &opened.dossier;
    let clauses = &dossier.loaded.agreement.content.clauses;
    let sides: [(&'static str, &Given); 2] = [
        ("employer", &dossier.employer_ticks),
        ("student", &dossier.student_ticks),
    ];
    let mut found = Vec::new();
    for (party, given) in sides {
        for clause in clauses {
            let Some(tick) = given.get(&clause.key) else {
                continue;
            };
            found.push(Tick {
                clause: clause.title.clone(),
                party,
                at: tick.at,
                hash: tick.hash.to_string(),
                valid: tick.hash == clause.hash(),
                from: may_know(ctx, party).then(|| from(&tick.address, &tick.client)),
            });
        }
    }
    found
}

/// From where somebody acted is for their own side and the school's staff.
fn may_know(ctx: &Ctx, role: &str) -> bool {
    matches!(ctx.actor, Actor::School { .. }) || ctx.actor.role() == role
}

fn from(address: &str, client: &str) -> String {
    super::who::spaced(&[address, client])
}

fn acts(ctx: &Ctx, dossier: &Dossier, seen: &[Seen]) -> Vec<Act> {
    let lang = ctx.lang();
    let origin = |seq| dossier.origins.iter().find(|origin| origin.seq == seq);
    let act = |entry: &Entry| {
        let line = progress::timeline(lang, std::slice::from_ref(entry)).pop()?;
        let found = origin(entry.seq);
        let knows = entry.role().is_some_and(|role| may_know(ctx, role));
        Some(Act {
            seq: entry.seq,
            kind: line.kind,
            actor: if line.actor.is_empty() {
                tr!(lang, "role.system").into_owned()
            } else {
                line.actor
            },
            at: entry.at,
            proof: found.and_then(|origin| origin.second_factor.clone()),
            from: found
                .filter(|_| knows)
                .map(|origin| from(&origin.address, &origin.client)),
            licence: seen
                .iter()
                .find(|seen| seen.seq == entry.seq)
                .map(|seen| record::Seen {
                    licence: seen.licence_id,
                    name: seen.name.clone(),
                    at: seen.at,
                    is_batch: seen.how == "checked",
                }),
            reason: line.reason.map(|(code, text)| reason(lang, &code, &text)),
        })
    };
    progress::visible(ctx, &dossier.entries)
        .iter()
        .filter_map(act)
        .collect()
}

fn reason(lang: Lang, code: &str, text: &str) -> String {
    let name = if code.is_empty() {
        String::new()
    } else {
        crate::i18n::tk(lang, "reason", code).into_owned()
    };
    match (name.is_empty(), text.is_empty()) {
        (true, _) => text.to_owned(),
        (false, true) => name,
        (false, false) => format!("{name}: {text}"),
    }
}
