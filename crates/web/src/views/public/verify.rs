//! 核验: the form, and what anyone may know of an agreement: its present state in large type, masked
//! parties, who signed when, and in plain words what the signatures are worth.

use crate::i18n::{Lang, has, tk};
use crate::tr;
use crate::views::badge;
use crate::views::form::{Field, Form, error, summary};
use crate::views::frame::Frame;
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::note;
use crate::views::time;
use domain::agreement::StateKind;
use domain::document::Signer;
use jiff::Timestamp;
use maud::{Markup, html};
use std::borrow::Cow;

/// What was asked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The agreement number.
    pub number: String,
    /// The code beside it.
    pub code: String,
}

/// The answer.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// There is no such agreement, or the code is not its own.
    Unknown,
    /// There is.
    Found(Box<Found>),
    /// A file that is not in our archive.
    Stranger(Box<Stranger>),
    /// A file that is not in our archive, and whose signatures take more memory or time than any agreement.
    Unchecked {
        /// SHA-256 of the file, in hexadecimal digits.
        sha256: String,
    },
}

/// What is said of a good signature in a file with one that is not.
const OTHER: &str = "other_invalid";

/// A fault that has words; whatever else was said means no more than that the file is not good.
pub fn known_fault(fault: Cow<'static, str>) -> Cow<'static, str> {
    if has(Lang::default(), &format!("verify_fault.{fault}")) {
        fault
    } else {
        "damaged".into()
    }
}

/// A file that is not in our archive.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// What is wrong with it; nothing when its signatures are good.
    pub fault: Option<Cow<'static, str>>,
    /// Its signatures.
    pub signatures: Vec<Signature>,
}

/// A signature in a file that is not ours.
#[derive(Debug, Clone)]
pub struct Signature {
    /// For whom, as far as it says.
    pub signer: Option<Signer>,
    /// When, as it claims.
    pub at: Option<Timestamp>,
    /// What is wrong with it.
    pub fault: Option<Cow<'static, str>>,
}

/// One signature.
#[derive(Debug, Clone)]
pub struct Act {
    /// For which party.
    pub signer: Signer,
    /// When the person acted.
    pub acted_at: Timestamp,
    /// When the system signed.
    pub signed_at: Timestamp,
    /// The time that a time-stamp authority attests.
    pub stamped_at: Option<Timestamp>,
    /// That authority.
    pub stamped_by: Option<String>,
    /// What is wrong with this signature in our archive.
    pub fault: Option<Cow<'static, str>>,
    /// The certificates, the signer's first.
    pub chain: Vec<Certificate>,
}

/// A certificate, without whom it names.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// Its serial number in hexadecimal digits.
    pub serial: String,
    /// Who issued it.
    pub issuer: String,
    /// From when it counts.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
}

/// Where the sealed file stands.
#[derive(Debug, Clone)]
pub enum Seal {
    /// It is there.
    Made {
        /// SHA-256 of the file, in hexadecimal digits.
        sha256: String,
        /// Since when.
        at: Timestamp,
    },
    /// It is still to be made.
    Waiting,
}

/// What anyone may see of an agreement.
#[derive(Debug, Clone)]
pub struct Found {
    /// Somebody brought the very file of our archive.
    pub is_same: bool,
    /// Its present state.
    pub state: StateKind,
    /// Since when.
    pub since: Timestamp,
    /// Its number.
    pub number: String,
    /// Graduation year.
    pub year: i32,
    /// The school's name.
    pub school: String,
    /// The employer's name, masked.
    pub employer: String,
    /// The student's name, masked.
    pub student: String,
    /// SHA-256 of what was agreed, as in the foot of the document's pages.
    pub content: String,
    /// The signatures.
    pub acts: Vec<Act>,
    /// The sealed file.
    pub seal: Seal,
    /// What is wrong with the sealed file in our archive; nothing is expected ever to be.
    pub fault: Option<Cow<'static, str>>,
}

/// The form alone.
pub fn form(frame: &Frame, asked: &Asked, form: &Form) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "verify.title");
    let content = html! {
        div.lone.small.stack {
            h1 { (title) }
            p.lead { (tr!(lang, "verify.lead")) }
            (fields(frame, asked, form))
            (bring(frame, form))
            (level(frame))
        }
    };
    layout::public(frame, &Page::new(&title, Spot::Nowhere), None, &content)
}

/// To bring a file.
fn bring(frame: &Frame, form: &Form) -> Markup {
    let lang = frame.lang;
    html! {
        section.card #file { header { h2 { (tr!(lang, "verify.bring")) } } div.body {
            form.fields.one method="post" action="/v" enctype="multipart/form-data" data-guard {
                (frame.token())
                fieldset.fld.full.bad[form.is_bad("file")] #f-file {
                    label for="file-file" { (tr!(lang, "verify.choose")) }
                    input.in.file type="file" id="file-file" name="file" accept="application/pdf,.pdf" aria-describedby="file-file-k" data-file;
                    span.hint id="file-file-k" { (tr!(lang, "verify.bring_hint")) }
                    (error(lang, form, "file"))
                }
                button.btn.lg.wide type="submit" { (tr!(lang, "verify.bring_submit")) }
            }
        } }
    }
}

fn fields(frame: &Frame, asked: &Asked, form: &Form) -> Markup {
    let lang = frame.lang;
    let mut form = form.clone();
    form.input.set("number", &asked.number);
    form.input.set("code", &asked.code);
    html! {
        section.card { div.body {
            form.fields.one method="get" action="/v" {
                @if !form.is_bad("file") { (summary(lang, &form)) }
                (Field::text("number", tr!(lang, "verify.number")).required().max(24).complete("off").hint(tr!(lang, "verify.number_hint")).view(lang, &form))
                (Field::text("code", tr!(lang, "verify.code")).required().max(20).complete("off").hint(tr!(lang, "verify.code_hint")).view(lang, &form))
                button.btn.pri.lg.wide type="submit" { (tr!(lang, "verify.submit")) }
            }
        } }
    }
}

/// The answer.
pub fn page(frame: &Frame, asked: &Asked, outcome: &Outcome) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "verify.title");
    let content = html! {
        div.lone.read.stack {
            h1 { (title) }
            @match outcome {
                Outcome::Unknown => {
                    (note("bad", &html! { b { (tr!(lang, "verify.unknown")) } div { (tr!(lang, "verify.unknown_hint")) } }))
                    (fields(frame, asked, &Form::default()))
                },
                Outcome::Stranger(stranger) => {
                    (strange(frame, stranger))
                    (bring(frame, &Form::default()))
                    p { a href="/v" { (tr!(lang, "verify.another")) } }
                },
                Outcome::Unchecked { sha256 } => {
                    (different(frame, "unchecked", &tr!(lang, "verify.unchecked_why")))
                    (this_file(frame, sha256))
                    (bring(frame, &Form::default()))
                    p { a href="/v" { (tr!(lang, "verify.another")) } }
                },
                Outcome::Found(found) => {
                    @if found.is_same { (note("good", &html! { b { (tr!(lang, "verify.same")) } div { (tr!(lang, "verify.same_hint")) } })) }
                    @if let Some(fault) = &found.fault { (note("bad", &html! { b { (tr!(lang, "verify.archive_bad")) } div { (tk(lang, "verify_fault", fault)) } })) }
                    (state(frame, found))
                    (facts(frame, found))
                    (signatures(frame, found))
                    (file(frame, found))
                    p { a href="/v" { (tr!(lang, "verify.another")) } }
                },
            }
            (level(frame))
        }
    };
    layout::public(frame, &Page::new(&title, Spot::Nowhere), None, &content)
}

/// How good a state is for whoever relies on the document.
fn tone(state: StateKind) -> &'static str {
    match state {
        StateKind::Effective => "good",
        StateKind::Terminating => "doubt",
        _ => "gone",
    }
}

fn state(frame: &Frame, found: &Found) -> Markup {
    let lang = frame.lang;
    html! {
        section.verdict.(tone(found.state)) {
            p.t { (tr!(lang, "verify.now")) }
            p.big { (tk(lang, "state", found.state.code())) }
            p { (tk(lang, "verify_state", found.state.code())) }
            p.t { (tr!(lang, "verify.since", at = time::stamp(found.since))) }
        }
    }
}

/// A file that nobody should rely on: what it is not, and why.
fn different(frame: &Frame, what: &str, why: &str) -> Markup {
    let lang = frame.lang;
    html! {
        section.verdict.gone {
            p.t { (tr!(lang, "verify.file")) }
            p.big { (tk(lang, "verify", what)) }
            p { (why) }
            p.t { (tr!(lang, "verify.different_hint")) }
        }
    }
}

fn this_file(frame: &Frame, sha256: &str) -> Markup {
    html! {
        section.card { header { h2 { (tr!(frame.lang, "verify.this_file")) } } div.body {
            p { "SHA-256 " code.hash { (sha256) } }
        } }
    }
}

fn strange(frame: &Frame, stranger: &Stranger) -> Markup {
    let lang = frame.lang;
    let why = if let Some(fault) = &stranger.fault {
        tk(lang, "verify_fault", fault)
    } else {
        tr!(lang, "verify.not_archived")
    };
    html! {
        (different(frame, "different", &why))
        (this_file(frame, &stranger.sha256))
        @if !stranger.signatures.is_empty() { section.card { header { h2 { (tr!(lang, "verify.signatures_in")) } } ul.rows { @for signature in &stranger.signatures { li { div.grow {
            b { @match signature.signer { Some(signer) => (tk(lang, "verify_party", signer.key())), None => (tr!(lang, "verify.somebody")) } }
            div.t3 { @match signature.at { Some(at) => (tr!(lang, "verify.signed", at = time::stamp(at))), None => (tr!(lang, "verify.no_time")) } }
            div { @match &signature.fault { Some(fault) => (tk(lang, "verify_fault", fault)), None => (tr!(lang, "verify.holds")) } }
        } } } } } }
    }
}

fn facts(frame: &Frame, found: &Found) -> Markup {
    let lang = frame.lang;
    let rows = [
        (tr!(lang, "verify.number"), found.number.clone()),
        (tr!(lang, "verify.year"), found.year.to_string()),
        (tr!(lang, "verify.employer"), found.employer.clone()),
        (tr!(lang, "verify.student"), found.student.clone()),
        (tr!(lang, "verify.school"), found.school.clone()),
    ];
    html! {
        section.card { header { h2 { (tr!(lang, "verify.agreement")) } span.more { (badge::badge(lang, found.state)) } } div.body {
            dl.kv.one { @for (label, value) in &rows { div { dt { (label) } dd { (value) } } }
                div { dt { (tr!(lang, "verify.content")) } dd { code.hash { (found.content) } } } }
            p.why { (tr!(lang, "verify.masked")) }
        } }
    }
}

fn signatures(frame: &Frame, found: &Found) -> Markup {
    let lang = frame.lang;
    html! {
        section.card { header { h2 { (tr!(lang, "verify.signatures")) } }
            @if found.acts.is_empty() { div.body { p { (tr!(lang, "verify.not_sealed")) } } }
            @else { ul.rows { @for act in &found.acts { li { div.grow {
                b { (tk(lang, "verify_party", act.signer.key())) }
                div { (tr!(lang, "verify.acted", at = time::stamp(act.acted_at))) }
                div.t3 { (tr!(lang, "verify.signed", at = time::stamp(act.signed_at))) }
                div.t3 { @match act.stamped_at {
                    Some(at) => { (tr!(lang, "verify.stamped", at = time::stamp(at))) @if let Some(by) = &act.stamped_by { " · " (by) } },
                    None => (tr!(lang, "verify.not_stamped")),
                } }
                @if let Some(fault) = &act.fault { div.(if fault == OTHER { "t3" } else { "danger-t" }) { (tk(lang, "verify_fault", fault)) } }
                (chain(frame, &act.chain))
            } } } } }
        }
    }
}

/// From the signer's certificate to the trusted one, which is ours.
fn chain(frame: &Frame, chain: &[Certificate]) -> Markup {
    let lang = frame.lang;
    html! {
        @if !chain.is_empty() { details.more { summary { (tr!(lang, "verify.chain")) }
            ol { @for certificate in chain { li {
                div { (tr!(lang, "verify.serial")) " " code.hash { (certificate.serial) } }
                div.t3 { (tr!(lang, "verify.issuer", name = certificate.issuer)) }
                div.t3 { (tr!(lang, "verify.counts", from = time::stamp(certificate.not_before), until = time::stamp(certificate.not_after))) }
            } } }
            p { a href="/v/root.pem" download { (tr!(lang, "verify.root")) } }
        } }
    }
}

fn file(frame: &Frame, found: &Found) -> Markup {
    let lang = frame.lang;
    html! {
        section.card { header { h2 { (tr!(lang, "verify.file")) } } div.body.prose {
            @match &found.seal {
                Seal::Made { sha256, at } => {
                    p { (tr!(lang, "verify.file_made", at = time::stamp(*at))) }
                    p { code.hash { (sha256) } }
                    p.why { (tr!(lang, "verify.file_how")) }
                },
                Seal::Waiting => p { (tr!(lang, "verify.not_sealed")) },
            }
        } }
    }
}

/// What the signatures are, said as it is.
fn level(frame: &Frame) -> Markup {
    let lang = frame.lang;
    note(
        "",
        &html! { b { (tr!(lang, "verify.level")) } div { (tr!(lang, "verify.level_text")) } },
    )
}
