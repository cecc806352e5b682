//! An agreement as a reviewer sees it: 通过, or 退回 with a reason.

use crate::i18n::tk;
use crate::tr;
use crate::views::agreement::{
    AgreementView, content, document_buttons, heading, history, reason_note, refused, steps_card,
};
use crate::views::badge;
use crate::views::form::{Choice, Field, Form, error_text};
use crate::views::frame::{Area, Frame};
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::licence::{self, Line};
use crate::views::links;
use crate::views::nav::Spot;
use crate::views::part::{Ask, confirm, crumbs, note, pairs};
use crate::views::termination;
use domain::agreement::{CommandKind, StateKind};
use domain::ids::AgreementId;
use maud::{Markup, html};

/// The codes of `reason.*` from which a reviewer who returns chooses.
pub const RETURN_REASONS: [&str; 5] = [
    "source_mismatch",
    "terms_unlawful",
    "terms_incomplete",
    "employer_doubt",
    "other",
];

/// The review.
#[derive(Debug, Clone)]
pub struct Review {
    /// The agreement.
    pub agreement: AgreementView,
    /// The record of the student beside it: labels in the language and values.
    pub record: Vec<(String, String)>,
    /// The employer's certificate beside what the agreement says.
    pub certificate: Option<Certificate>,
    /// What a reviewer should look at: doubts about the terms, as texts in the language.
    pub doubts: Vec<String>,
    /// `reason`, `text`: errors and kept values of the return.
    pub form: Form,
}

/// One line of a comparison.
#[derive(Debug, Clone)]
pub struct Beside {
    /// What it is, in the language.
    pub label: String,
    /// As the agreement says it.
    pub then: String,
    /// As it is certified now.
    pub now: String,
}

/// The employer's certificate, to be compared.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// Line by line.
    pub lines: Vec<Beside>,
    /// Code of the certification's state.
    pub certification: String,
    /// Code of the state of its entry to the school.
    pub entry: String,
    /// The certificate as a file, with where it is and where it is shown.
    pub licence: Option<Line>,
}

fn certificate(frame: &Frame, id: AgreementId, shown: &Certificate) -> Markup {
    let lang = frame.lang;
    html! {
        section.card {
            header {
                h2 { (tr!(lang, "review.certificate")) }
                span.more { (badge::admission(lang, "certification", &shown.certification)) " " (badge::admission(lang, "entry", &shown.entry)) }
            }
            div.beside.licence { div { div.wrap { table.tb {
                thead { tr { th scope="col" { (tr!(lang, "review.item")) } th scope="col" { (tr!(lang, "review.in_agreement")) } th scope="col" { (tr!(lang, "review.certified")) } } }
                tbody { @for line in &shown.lines { tr {
                    th scope="row" { (line.label) }
                    td { (line.then) }
                    td { @if line.now == line.then { span.ok-t { "✓ " (tr!(lang, "review.same")) } } @else { b.warn-t { (line.now) } } }
                } } }
            } }
            div.body.stack { h3 { (tr!(lang, "licence.title")) } (facts(frame, id, shown)) } }
            @if let Some(line) = &shown.licence { div.body.stack { (licence::pages(lang, line, &at(frame, id, line, "licence/picture"))) } } }
        }
    }
}

fn at(frame: &Frame, id: AgreementId, line: &Line, path: &str) -> String {
    format!("{}?licence={}", links::under(frame, id, path), line.id)
}

/// What is known of the certificate, or plainly that there is none.
fn facts(frame: &Frame, id: AgreementId, shown: &Certificate) -> Markup {
    let lang = frame.lang;
    html! {
        @match &shown.licence {
            Some(line) => (licence::facts(lang, line, &at(frame, id, line, "licence"))),
            None => (note("warn", &html! { (tr!(lang, "licence.missing")) })),
        }
    }
}

fn approval(frame: &Frame) -> CommandKind {
    if frame.is(Area::School) {
        CommandKind::SchoolApprove
    } else {
        CommandKind::CollegeApprove
    }
}

/// Which certificate the page shows, to be posted with the decision.
fn shown(view: &Review) -> Markup {
    let licence = view.certificate.as_ref().and_then(|shown| shown.licence.as_ref());
    html! { @if let Some(line) = licence { input type="hidden" name="licence" value=(line.id); } }
}

fn approve(frame: &Frame, review: &Review) -> Markup {
    let (lang, view) = (frame.lang, &review.agreement);
    let kind = approval(frame);
    html! {
        @if view.may(kind) {
            form method="post" action=(links::under(frame, view.id, "approval")) {
                (frame.token())
                input type="hidden" name="version" value=(view.version);
                (shown(review))
                button.btn.pri.wide type="submit" { (icon(Icon::CircleCheck)) (tr!(lang, "act.approve")) }
            }
            p.why { (if frame.is(Area::School) { tr!(lang, "review.approve_school") } else { tr!(lang, "review.approve_college") }) }
        } @else { (refused(lang, view, kind, Icon::CircleCheck, &tr!(lang, "act.approve"))) }
    }
}

fn give_back(frame: &Frame, view: &Review) -> Markup {
    let lang = frame.lang;
    let agreement = &view.agreement;
    if !agreement.may(CommandKind::Return) {
        return refused(
            lang,
            agreement,
            CommandKind::Return,
            Icon::Undo2,
            &tr!(lang, "act.return"),
        );
    }
    let choices: Vec<Choice> = RETURN_REASONS
        .iter()
        .map(|code| Choice::new(*code, tk(lang, "reason", code)))
        .collect();
    let fields = html! {
        (shown(view))
        (Field::select("reason", tr!(lang, "review.reason"), &choices).required().view(lang, &view.form))
        (Field::area("text", tr!(lang, "review.reason_text"), 3).max(500).hint(tr!(lang, "review.reason_hint")).view(lang, &view.form))
    };
    let ask = Ask {
        id: "return",
        action: &links::under(frame, agreement.id, "return"),
        version: agreement.version,
        button: &tr!(lang, "act.return"),
        icon: Icon::Undo2,
        title: &tr!(lang, "ask.return", name = agreement.student),
        text: &tr!(lang, "ask.return_text"),
        danger: true,
    };
    confirm(frame, &ask, &fields)
}

/// The page.
pub fn page(frame: &Frame, view: &Review) -> Markup {
    let lang = frame.lang;
    let agreement = &view.agreement;
    let title = format!("{} · {}", agreement.student, agreement.terms.position);
    let list = format!("{}/agreements", links::base(frame));
    let body = html! {
        (crumbs(&tr!(lang, "common.position"), &[(list, tr!(lang, "queue.all").into_owned())], &tr!(lang, "agreement.detail")))
        div.head { (heading(lang, agreement)) }
        div.grid.g-main {
            div.stack {
                @if let Some(wrong) = view.form.errors.iter().find(|error| error.field == "licence") {
                    div #licence-e role="alert" tabindex="-1" data-focus { (note("warn", &html! { (error_text(lang, wrong)) })) }
                }
                (reason_note(lang, agreement))
                (termination::void_note(lang, agreement))
                @if !view.doubts.is_empty() { (note("warn", &html! { b { (tr!(lang, "review.doubts")) } ul { @for doubt in &view.doubts { li { (doubt) } } } })) }
                (steps_card(frame, agreement))
                (termination::card(frame, agreement))
                @if let Some(shown) = &view.certificate { (certificate(frame, agreement.id, shown)) }
                (content(frame, agreement))
            }
            aside.stack.rail {
                section.card { header { h2 { (tr!(lang, "agreement.actions")) } } div.body.acts-v {
                    @if agreement.state == StateKind::Terminating { (termination::answers(frame, agreement, &view.form)) }
                    @else { (approve(frame, view)) }
                    (document_buttons(frame, agreement))
                    @if agreement.state != StateKind::Terminating { (give_back(frame, view)) }
                    (termination::void(frame, agreement, &view.form))
                } }
                @if !view.record.is_empty() { section.card { header { h2 { (tr!(lang, "review.record")) } } div.body { (pairs("one", &view.record)) } } }
                (history(frame, agreement))
            }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Agreements), &body)
}
