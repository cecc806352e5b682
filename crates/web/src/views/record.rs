//! 版本与凭据 of an agreement: its contents with their differences, who confirmed what, who did what from where.

use super::agreement::{AgreementView, heading};
use super::frame::{Area, Frame};
use super::layout::{self, Mast, Page};
use super::nav::Spot;
use super::part::{crumbs, empty};
use super::upload::{self, FileRow};
use super::{links, time};
use crate::i18n::{tk, tk_with};
use crate::tr;
use domain::agreement::EventKind;
use domain::ids::AgreementId;
use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

/// What changed between two contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The term or clause.
    pub label: String,
    /// How it was; nothing where it is new.
    pub old: Option<String>,
    /// How it is; nothing where it is gone.
    pub new: Option<String>,
}

/// One content.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its number.
    pub number: i32,
    /// When it was saved.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The hash that confirmations name.
    pub hash: String,
    /// What changed; nothing for the first one that the reader sees.
    pub changes: Option<Vec<Change>>,
}

/// One confirmed clause.
#[derive(Debug, Clone)]
pub struct Tick {
    /// Title of the clause.
    pub clause: String,
    /// Whose: `role.*`.
    pub party: &'static str,
    /// When.
    pub at: Timestamp,
    /// Hash of what was confirmed.
    pub hash: String,
    /// Whether the clause still reads so.
    pub valid: bool,
    /// From where, for those who may know.
    pub from: Option<String>,
}

/// The employer's certificate on which a reviewer decided.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which.
    pub licence: Uuid,
    /// Its file's name.
    pub name: String,
    /// When it had been sent.
    pub at: Timestamp,
    /// Whether only its number and validity were compared, in a batch.
    pub is_batch: bool,
}

/// One act.
#[derive(Debug, Clone)]
pub struct Act {
    /// Its place in the chain.
    pub seq: i64,
    /// What.
    pub kind: EventKind,
    /// Who.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// What proved who it was: `second_factor.*`.
    pub proof: Option<String>,
    /// From where, for those who may know.
    pub from: Option<String>,
    /// The employer's certificate on which a reviewer decided.
    pub licence: Option<Seen>,
    /// The hash that the next one names.
    pub reason: Option<String>,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Record {
    /// The agreement.
    pub agreement: AgreementView,
    /// Contents, the latest first.
    pub versions: Vec<Version>,
    /// Confirmations.
    pub ticks: Vec<Tick>,
    /// Acts, the first one first.
    pub acts: Vec<Act>,
    /// Files that came with acts.
    pub files: Vec<FileRow>,
}

/// The page.
pub fn page(frame: &Frame, view: &Record) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "record.title");
    let page = Page::new(&title, Spot::Agreements);
    let back = links::agreement(frame, view.agreement.id);
    let content = html! {
        (versions(frame, view)) (ticks(frame, view)) (acts(frame, view)) (files(frame, view))
    };
    if frame.is(Area::Student) {
        let top = Mast {
            back: Some((back, tr!(lang, "document.back").into_owned())),
            heading: title.to_string(),
            ..Mast::default()
        };
        return layout::student(frame, &page, &top, &content, false);
    }
    let list = format!("{}/agreements", links::base(frame));
    let body = html! {
        (crumbs(&tr!(lang, "common.position"), &[(list, tr!(lang, "list.title").into_owned()), (back, tr!(lang, "agreement.detail").into_owned())], &title))
        div.head { (heading(lang, &view.agreement)) }
        div.stack { (content) }
    };
    layout::staff(frame, &page, &body)
}

fn versions(frame: &Frame, view: &Record) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "record.versions")) } }
            ul.rows.versions { @for version in &view.versions {
                li { div.grow {
                    b { (tr!(lang, "record.version", n = version.number)) }
                    span.sub { (version.by) " · " (time::stamp(version.at)) }
                    @match &version.changes {
                        None => span.sub { (tr!(lang, "record.first")) },
                        Some(changes) if changes.is_empty() => span.sub { (tr!(lang, "record.same")) },
                        Some(changes) => dl.kv.one { @for change in changes {
                            div { dt { (change.label) } dd {
                                @if let Some(old) = &change.old { del { (old) } " " }
                                @if let Some(new) = &change.new { ins { (new) } }
                            } }
                        } },
                    }
                    span.sub.hash { "SHA-256 " (version.hash) }
                } }
            } }
        }
    }
}

fn ticks(frame: &Frame, view: &Record) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "record.ticks")) } }
            @if view.ticks.is_empty() { (empty(&tr!(lang, "record.no_ticks"), &tr!(lang, "record.no_ticks_why"), None)) }
            @else { div.wrap { table.tb.fold {
                thead { tr {
                    th scope="col" { (tr!(lang, "record.clause")) }
                    th scope="col" { (tr!(lang, "record.party")) }
                    th scope="col" { (tr!(lang, "record.when")) }
                    th scope="col" { (tr!(lang, "record.from")) }
                } }
                tbody { @for tick in &view.ticks { tr {
                    td.name { b { (tick.clause) } span.sub.hash { (tick.hash) } }
                    td { (tk(lang, "role", tick.party)) @if !tick.valid { span.sub { (tr!(lang, "record.lapsed")) } } }
                    td.nw { (time::stamp(tick.at)) }
                    td { @if let Some(from) = &tick.from { (from) } @else { "—" } }
                } } }
            } } }
        }
    }
}

fn acts(frame: &Frame, view: &Record) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header { h2 { (tr!(lang, "record.acts")) } }
            div.wrap { table.tb.fold {
                thead { tr {
                    th scope="col" { (tr!(lang, "record.act")) }
                    th scope="col" { (tr!(lang, "record.when")) }
                    th scope="col" { (tr!(lang, "record.proof")) }
                    th scope="col" { (tr!(lang, "record.from")) }
                } }
                tbody { @for act in &view.acts { tr {
                    td.name { b { (act.seq) ". " (tk_with(lang, "event", act.kind.code(), &[("actor", &act.actor)])) }
                        @if let Some(reason) = &act.reason { span.sub { (reason) } }
                        @if let Some(licence) = &act.licence { (seen(frame, view.agreement.id, licence)) } }
                    td.nw { (time::stamp(act.at)) }
                    td { @if let Some(proof) = &act.proof { (tk(lang, "second_factor", proof)) } @else { "—" } }
                    td { @if let Some(from) = &act.from { (from) } @else { "—" } }
                } } }
            } }
        }
    }
}

/// Which certificate a reviewer saw; reviewers can look at it again.
fn seen(frame: &Frame, id: AgreementId, seen: &Seen) -> Markup {
    let (lang, name, at) = (frame.lang, &seen.name, time::stamp(seen.at));
    let words = if seen.is_batch {
        tr!(lang, "licence.checked", name = name, at = at)
    } else {
        tr!(lang, "licence.seen", name = name, at = at)
    };
    let reviewer = frame.is(Area::College) || frame.is(Area::School);
    html! {
        span.sub {
            @if reviewer { a href={ (links::under(frame, id, "licence")) "?licence=" (seen.licence) } { (words) } }
            @else { (words) }
        }
    }
}

fn files(frame: &Frame, view: &Record) -> Markup {
    let lang = frame.lang;
    html! {
        @if !view.files.is_empty() { section.card {
            header { h2 { (tr!(lang, "record.files")) } }
            div.body { (upload::rows(frame, view.agreement.id, &view.files)) }
        } }
    }
}
